"""The review queue: what a policy picks comes in, reviewers see what they may see, and what they decide is done."""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from governance.database import Database
from governance.identity.principal import Principal
from governance.review.answers import contradictions, item_of, told
from governance.review.carrying_out import CarryingOut, Gone, Grant
from governance.review.gathering import gather_facts, gather_merges
from governance.review.items import KINDS, Item, Kind, New, NoSuchItem, ReviewRefused, State, Verdict
from governance.review.policy import ReviewPolicy, Rule
from governance.review.shelf import Clock, Shelf, now_utc
from governance.review.signs import signs_of
from kg.ontology import Ontology
from kg.store import GraphStore
from qa.answer import Answer

#: Who did what to which item, for the audit trail: review, approve, correct or reject.
OnAct = Callable[[Principal, str, str, Mapping[str, Any]], None]
UNDECIDED: tuple[State, ...] = ("open", "second", "deciding")
_CORRECTABLE: tuple[Kind, ...] = ("answer", "fact")
_ROLE, _USER = "role:", "user:"
_ADMIN = "admin"


class AskedWith(Protocol):
    """How an answer was wanted; all that matters here is what a wrong one costs: low, normal or high."""

    @property
    def stakes(self) -> str:
        """What a wrong answer costs."""
        ...


class ReviewQueue:
    """The queue on an open graph and an open database. Safe to use from several threads.

    `writing` is held by whoever writes to the graph. `grant` gives a user a group, or a role as "role:NAME"; None:
    nobody can be given access. `on_act` hears of each verdict and request. Raises `DatabaseError`, `StoreError`.
    """

    def __init__(
        self,
        database: Database,
        store: GraphStore,
        ontology: Ontology,
        policy: ReviewPolicy,
        *,
        writing: "threading.Lock | None" = None,
        grant: Grant | None = None,
        on_act: OnAct = lambda who, action, item, details: None,
        clock: Clock = now_utc,
    ) -> None:
        self._store, self._ontology, self._policy = store, ontology, policy
        self._shelf = Shelf(database, clock)
        self._carry_out = CarryingOut(store, ontology, writing or threading.Lock(), grant)
        self._on_act = on_act

    def consider(self, answer: Answer, manner: AskedWith, principal: Principal) -> Answer:
        """The answer as it is to be given to who asked: as it was, noted in its trace, escalated, or as reviewed."""
        rule, against = self._rule_for(answer, manner.stakes, principal)
        if rule is None:
            return answer
        new = item_of(answer, rule, manner.stakes, principal, against, self._store)
        return told(answer, rule, self._shelf.put(new))

    def gather(self) -> dict[str, int]:
        """Put uncertain facts and suspected merges into the queue; how many of each came in."""
        return {
            "facts": gather_facts(self._store, self._shelf, self._policy),
            "merges": gather_merges(self._store, self._shelf, self._policy),
        }

    def request(self, principal: Principal, wanted: str, reason: str) -> Item:
        """Ask for a group, or for a role as "role:NAME"; the item, the same one while nobody decided.

        Raises `ReviewRefused`.
        """
        wanted, reason = wanted.strip(), _reason(reason)
        if not wanted.removeprefix(_ROLE):
            raise ReviewRefused("Name the group that you ask for, or role:NAME for a role.")
        held = wanted.removeprefix(_ROLE) in principal.roles if wanted.startswith(_ROLE) else _sees(principal, wanted)
        if held:
            raise ReviewRefused(f"You have {wanted} already.")
        subject = hashlib.sha256(f"{principal.user}\x1f{wanted}".encode("utf-8", "replace")).hexdigest()
        title = f"{principal.user} asks for {wanted}"
        payload = {"wanted": wanted, "reason": reason}
        new = New("access", subject, title, payload, [], reason, principal.user, self._policy.access)
        item = self._shelf.put(new, again=True)
        self._on_act(principal, "review", item.id, {"kind": "access", "wanted": wanted})
        return item

    def escalate(self) -> list[Item]:
        """Give what nobody decided in time to the next owner; the items that went on."""
        return self._shelf.escalate()

    def listed(
        self, principal: Principal, states: Sequence[State] = UNDECIDED, kinds: Sequence[Kind] = KINDS
    ) -> list[Item]:
        """The items that a reviewer may see, those due first at the top; what is overdue goes on before."""
        self._shelf.escalate()
        return self._visible(self._shelf.listed(states, kinds), principal)

    def show(self, identity: str, principal: Principal) -> Item:
        """One item with what became of it. Raises `NoSuchItem`, also where the reviewer may not see it."""
        self._shelf.escalate()
        item = self._shelf.get(identity)
        if not self._visible([item], principal):
            raise NoSuchItem(f"There is no review item {identity!r}; `evigraph review list` lists them.")
        return item

    def take(self, identity: str, principal: Principal) -> Item:
        """Say that one looks at it. Raises `NoSuchItem`, `ReviewRefused`."""
        self._check_owner(self.show(identity, principal), principal)
        self._shelf.take(identity, principal.user)
        return self._shelf.get(identity)

    def decide(
        self, identity: str, principal: Principal, verdict: Verdict, reason: str, text: str | None = None
    ) -> Item:
        """Decide an item, and do what that means; `text` is what a correction puts in place.

        An item that takes two users stays undecided after the first. Raises `NoSuchItem`, `ReviewRefused`, and what
        doing it raises: `FactReviewRefused`, `MergeRefused`, what `grant` raises; then it is as undecided as before.
        """
        reason = _reason(reason)
        item = self.show(identity, principal)
        self._check_owner(item, principal)
        text = _text(item, verdict, text)
        if item.kind == "access" and item.asker == principal.user:
            raise ReviewRefused("You asked for this yourself, so another one has to decide it.")
        try:
            if item.state != "done":
                self._carry_out.check(item)
        except Gone:
            self._shelf.forget([identity])
            raise
        item, decided = self._shelf.claim(identity, principal.user, verdict, text, reason)
        if decided:
            try:
                self._carry_out(item, verdict, text, principal.user)
            except BaseException:
                self._shelf.release(identity)
                raise
            item = self._shelf.settle(identity, verdict, text)
        self._on_act(principal, verdict, identity, {"kind": item.kind, "reason": reason, "decided": decided})
        return item

    def everything(self) -> list[Item]:
        """All items, whoever may see them."""
        return self._shelf.listed((*UNDECIDED, "done"), KINDS)

    def forget(self, identities: Sequence[str]) -> int:
        """Drop items; how many."""
        return self._shelf.forget(list(identities)) if identities else 0

    def forget_documents(self, documents: Sequence[str]) -> int:
        """Drop the items that rest on documents which are held no more; how many."""
        gone = set(documents)
        items = self._shelf.listed((*UNDECIDED, "done"), KINDS)
        found = [item.id for item in items if any(gone & set(group) for group in item.documents)]
        return self._shelf.forget(found) if found else 0

    def forget_user(self, user: str) -> int:
        """Drop the items that a user asked for; how many."""
        found = [item.id for item in self._shelf.listed((*UNDECIDED, "done"), KINDS) if item.asker == user]
        return self._shelf.forget(found) if found else 0

    def _rule_for(self, answer: Answer, stakes: str, principal: Principal) -> tuple[Rule | None, list[dict[str, Any]]]:
        against: list[dict[str, Any]] = []
        if self._policy.asks_for_contradictions:
            against = contradictions(answer, self._store, self._ontology, principal.groups)
        return self._policy.rule_for(signs_of(answer, stakes, bool(against))), against

    def _visible(self, items: Sequence[Item], principal: Principal) -> list[Item]:
        """Those of whose documents the reviewer sees one of each group; of wishes, their own and those they decide.

        An answer shows only to who may see all that the one who asked might: a question may name what others are not
        to know of.
        """
        items = [
            item
            for item in items
            if item.kind != "access" or item.asker == principal.user or _may_decide(item, principal)
        ]
        if principal.groups is None:
            return items
        ids = sorted({identity for item in items for group in item.documents for identity in group})
        asked = {"document_ids": ids, "groups": list(principal.groups), "as_of": None}
        seen = {row["id"] for row in self._store.run("access_of_documents", **asked).rows} if ids else set()
        items = [item for item in items if item.kind != "answer" or _sees_as_much(item, principal.groups)]
        return [item for item in items if all(seen & set(group) for group in item.documents)]

    def _check_owner(self, item: Item, principal: Principal) -> None:
        if not _may_decide(item, principal):
            raise ReviewRefused(f"The item {item.id} is for {item.owner} to decide.")


def _sees_as_much(item: Item, groups: Sequence[str]) -> bool:
    asked_with = item.payload.get("groups")
    return asked_with is not None and set(asked_with) <= set(groups)


def _may_decide(item: Item, principal: Principal) -> bool:
    """Whether it is theirs: as owner, as one of those whom it goes to later, or as admin."""
    owners = {item.owner, *item.then}
    roles = {_ROLE + role for role in principal.roles}
    return _ADMIN in principal.roles or _USER + principal.user in owners or bool(owners & roles)


def _sees(principal: Principal, group: str) -> bool:
    return principal.groups is None or group in principal.groups


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ReviewRefused("Give a reason; it is kept with what you decide.")
    return reason.strip()


def _text(item: Item, verdict: Verdict, text: str | None) -> str | None:
    if verdict != "correct":
        return None
    if item.kind not in _CORRECTABLE:
        raise ReviewRefused(f"An item of the kind {item.kind} cannot be corrected; approve or reject it.")
    if text is None or not text.strip():
        raise ReviewRefused("Give the text that is right in place of what is there.")
    return _object_meant(item, " ".join(text.split())) if item.kind == "fact" else text.strip()


def _object_meant(item: Item, text: str) -> str:
    """The object that a correction gives, by itself or as the whole fact in the form in which the fact is shown."""
    subject, predicate, wrong = (item.payload[part] for part in ("subject", "predicate", "object"))
    whole = f"{subject} {predicate} "
    if text.casefold().startswith(whole.casefold()) and len(text) > len(whole):
        return text[len(whole) :]
    if f" {predicate} " in f" {text} ":
        raise ReviewRefused(
            f"Only the object of {item.title} can be corrected: give what is meant instead of {wrong}, or reject it."
        )
    return text
