"""A question that was answered before, asked again on the versions that the answer had."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, get_args

from api.asking import Asking, Manner
from api.kept import Kept
from api.operations import Operations
from api.present import present
from api.settings import Settings

if TYPE_CHECKING:
    from governance.answers import StoredAnswer
    from governance.versions.compare import Change, Replayed
    from governance.versions.registry import Version
    from qa.answer import Answer


class Replaying:
    """Replays answers. Nothing is kept, activated or written by it."""

    def __init__(self, operations: Operations, asking: Asking, kept: Kept) -> None:
        self._operations, self._asking, self._kept = operations, asking, kept

    def replay(self, identity: str, user: str | None, groups: Sequence[str] | None) -> "Replayed":
        """Answer a stored question again, with the ontology, policy, models and prompt that it had, as far as they are
        kept, and hold the two answers against each other.

        It is asked with the access that the first one was asked with, as far as the caller has it. Raises
        `NoSuchAnswer`, `AnswerWithdrawn`, and as `Service.ask` does.
        """
        from governance.versions.compare import Replayed, changed, differing, verdict

        stored = self._kept.read(identity, user, groups)
        again = _Again(self._operations, self._asking, stored, user, _narrower(stored, groups))
        restored = self._restored(stored.versions, again.settings)
        was = again.ask(restored)
        now = again.ask({}) if restored else was
        differs, differs_now = differing(stored.answer, was), differing(stored.answer, now)
        tried = _tried(again, restored, stored, was, now)
        # What changed though all that could be was put back.
        untried = _untried(changed(stored.versions, was.trace.versions.model_dump()), differs)
        causes = [change.kind for change in untried if differs] + [change.kind for change in tried if change.matters]
        if differs and not stored.is_whole_for(groups):
            causes.append("access")
        if differs and stored.answer.trace.route.review:
            causes.append("review")  # it may have put other words in the answer's place
        written_by_model = any(answer.trace.route.model != "none" for answer in (stored.answer, was))
        certain = not differs or len(causes) == 1
        return Replayed(
            id=stored.id,
            question=stored.asked.question,
            verdict=verdict(differs, differs_now, tuple(causes), certain, not written_by_model),
            differs=differs,
            differs_now=differs_now,
            causes=tuple(causes),
            changes=(*tried, *untried),
            deterministic=not written_by_model,
            answer=now,
        )

    def _restored(self, recorded: Mapping[str, str], settings: Settings) -> "dict[str, Version]":
        """Of the versions that the answer had and that are not those of now the ones whose content is kept."""
        from governance.versions.registry import ACTIVATABLE

        digits = {version.kind: version.digest for version in present(settings)}
        found = {}
        for kind in ACTIVATABLE:
            called = recorded.get(kind, "")
            version = self._operations.registry.recorded(kind, called)
            if version is not None and version.content is not None and version.digest != digits[kind]:
                found[kind] = version
        return found


class _Again:
    """One question, to be asked several times over."""

    def __init__(
        self,
        operations: Operations,
        asking: Asking,
        stored: "StoredAnswer",
        user: str | None,
        groups: Sequence[str] | None,
    ) -> None:
        self.settings = operations.in_force()
        self._operations, self._asking, self._stored = operations, asking, stored
        self._user, self._groups = user, groups

    def ask(self, versions: "Mapping[str, Version]") -> "Answer":
        """The answer with these versions in place of those of now."""
        from qa.answer import TIERS
        from qa.routing.features import Stakes

        asked = self._stored.asked
        settings = self._operations.with_versions(versions, self.settings)
        tier = next((item for item in TIERS if item == asked.tier), None)
        stakes: Stakes = next((item for item in get_args(Stakes) if item == asked.stakes), "normal")
        day = date.fromisoformat(asked.as_of) if asked.as_of else None
        return self._asking.fresh(asked.question, self._groups, tier, day, Manner(self._user, stakes), settings)


def _narrower(stored: "StoredAnswer", groups: Sequence[str] | None) -> Sequence[str] | None:
    """The groups that it was asked with, as far as the caller has them."""
    if stored.is_whole_for(groups) or groups is None:
        return stored.asked.groups
    return sorted(groups) if stored.asked.groups is None else sorted(set(groups) & set(stored.asked.groups))


def _tried(
    again: _Again, restored: "Mapping[str, Version]", stored: "StoredAnswer", was: "Answer", now: "Answer"
) -> "list[Change]":
    """For each version that could be put back, whether the answer is another one with only this one as it is now."""
    from governance.versions.compare import Change, differing

    found = []
    present_versions = now.trace.versions.model_dump()
    for kind in restored:
        others = {name: version for name, version in restored.items() if name != kind}
        answer = again.ask(others) if others else now
        matters = bool(differing(was, answer))
        found.append(Change(kind, stored.versions[kind], present_versions[kind], True, matters))
    return found


def _untried(versions: Mapping[str, tuple[str, str]], differs: tuple[str, ...]) -> "list[Change]":
    from governance.versions.compare import Change

    matters = None if differs else False
    return [Change(kind, recorded, present, False, matters) for kind, (recorded, present) in versions.items()]
