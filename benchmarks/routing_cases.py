"""The questions of the routing benchmark, and what becomes of each when a tier is asked that is so and so able."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from api.retrieval import entry_id, read_corpus, read_questions
from benchmarks.report import CannotMeasure
from benchmarks.stand_in_model import Gold, Speed, StandInModel
from kg.ontology import Ontology
from kg.store import GraphStore
from qa.answer import Answer, Tier
from qa.ask import ask
from qa.evaluate import Expected, judge
from qa.evaluate import read_questions as read_expected
from qa.models.spec import Models, ModelSpec, Role
from qa.options import AskOptions
from qa.routing.features import Features
from qa.routing.learned import features_from

#: US dollars for a million tokens, in and out: gpt-4.1-mini's list price; a local model's electricity and hardware.
PRICES = {"large": (0.40, 1.60), "small": (0.02, 0.05)}
SPEEDS = {"large": Speed(900.0, 12.0), "small": Speed(250.0, 8.0)}
_CONTEXTS = {"large": (128_000, 500), "small": (4096, 300)}
_MAY_BE_ASKED: dict[Tier, frozenset[str]] = {
    "none": frozenset(),
    "small": frozenset({"small"}),
    "large": frozenset({"large", "small"}),  # the small one where the large one gives no answer
}
#: By model: how often it does right with questions of one piece of evidence, and of several.
Competence = Mapping[str, tuple[float, float]]
#: Assumed, not measured: what the table shows, and two others to see how far it depends on that.
COMPETENCE: dict[str, Competence] = {
    "as assumed": {"large": (0.97, 0.92), "small": (0.75, 0.50)},
    "small strong": {"large": (0.97, 0.92), "small": (0.90, 0.80)},
    "small weak": {"large": (0.97, 0.92), "small": (0.60, 0.30)},
}
ASSUMED = next(iter(COMPETENCE))


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what is right; `entries` are those of a multi-hop corpus that must be cited."""

    expected: Expected
    gold: Gold
    entries: frozenset[str] = frozenset()

    @property
    def several(self) -> bool:
        """Whether more than one piece of evidence is needed."""
        return len(self.gold.evidence) > 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question; `at_once`: right, and the first line says it. `features` None: retrieval abstained."""

    right: bool
    at_once: bool
    usd: float
    ms: float
    features: Features | None


def read_samples(path: Path) -> list[Case]:
    """The questions that qa/evaluate.py reads. Raises `UnusableQuestions`."""
    cases = []
    for item in read_expected(path):
        evidence = tuple(tuple(quote for _, quote in choices) for choices in item.evidence)
        cases.append(Case(item, Gold(item.answers, item.all_answers, evidence)))
    return cases


def read_multihop(data: Path, limit: int, fitting: bool) -> list[Case]:
    """The first questions of a folder, of the half that may be fitted on or of the other. Raises `WrongUse`."""
    texts = {entry.id: f"# {entry.title}\n\n{entry.text}" if entry.title else entry.text for entry in read_corpus(data)}
    asked = [item for item in read_questions(data) if item.fitted_on == fitting][:limit]
    with (data / "questions.jsonl").open(encoding="utf-8") as lines:
        answers = {str(row["id"]): tuple(row["answers"]) for row in map(json.loads, lines) if row.get("answers")}
    if missing := [item.id for item in asked if item.id not in answers]:
        raise CannotMeasure(f"The question {missing[0]} of {data} has no answers; give each its list of answers.")
    cases = []
    for item in asked:
        gold = Gold(answers[item.id], False, tuple((texts[entry],) for entry in sorted(item.supporting)))
        expected = Expected(item.id, item.text, item.kind, True, gold.answers, False, ())
        cases.append(Case(expected, gold, item.supporting))
    return cases


def stand_ins(url: str) -> Models:
    """The two models, at the address of a server."""
    roles: dict[Role, tuple[Tier, ...]] = dict.fromkeys(get_args(Role), ("none",))
    roles["synthesis"] = ("none", "small", "large")
    shared = {"provider": "openai", "base_url": url, "retries": 0}
    specs = [
        ModelSpec(
            name=name,
            tier=name,  # type: ignore[arg-type]
            model=name,
            price_in=price_in,
            price_out=price_out,
            context=_CONTEXTS[name][0],
            answer=_CONTEXTS[name][1],
            **shared,  # type: ignore[arg-type]
        )
        for name, (price_in, price_out) in PRICES.items()
    ]
    return Models(tuple(specs), roles)


@dataclass(slots=True)
class Asker:
    """Asks tiers. The same question, tier and ability give the same answer, so each is asked only once."""

    store: GraphStore
    ontology: Ontology
    server: StandInModel
    _models: Models = field(init=False)
    _kept: dict[tuple[str, Tier, frozenset[str]], Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._models = stand_ins(self.server.url)

    def warm_up(self, cases: Sequence[Case]) -> None:
        """Load what the first answer would wait for."""
        for tier in get_args(Tier):
            self._ask(cases[0], tier, frozenset())

    def outcome(self, case: Case, tier: Tier, competence: Competence) -> Outcome:
        """What becomes of a question that is asked of a tier, when models are so competent."""
        if tier != "none" and (plain := self.outcome(case, "none", {})).features is None:
            return plain  # retrieval abstained, and no tier was asked
        draw = _draw(case.expected.id)
        able = frozenset(name for name, shares in competence.items() if draw < shares[case.several])
        key = (case.expected.id, tier, able & _MAY_BE_ASKED[tier])
        if key not in self._kept:
            self._kept[key] = self._ask(case, tier, able)
        return self._kept[key]

    def _ask(self, case: Case, tier: Tier, able: frozenset[str]) -> Outcome:
        self.server.begin(case.gold, able)
        answer = ask(case.expected.question, self.store, AskOptions(self.ontology, tier=tier, models=self._models))
        failed = [item.outcome for item in answer.trace.route.attempts if item.outcome.startswith("failed")]
        if failed:
            raise CannotMeasure(f"The stand-in for the {tier} model could not be asked ({failed[0]}); run it again.")
        # What was waited for a model that is faster than stated is replaced by what it would have taken.
        ms = answer.trace.latency_ms["total"] + self.server.stated_ms - self.server.waited_ms
        shown = answer.trace.route.features
        features = features_from({**shown, "wish": "any"}) if shown else None
        return Outcome(*judged(case, answer), answer.trace.usage.cost_usd, ms, features)


def judged(case: Case, answer: Answer) -> tuple[bool, bool]:
    """Whether an answer is right, with all right evidence cited, or rightly none; whether its first line says it."""
    verdict = judge(case.expected, answer)
    if not case.expected.answerable:
        return verdict.status == "abstained", verdict.status == "abstained"
    cited = {entry_id(item.document.uri) for item in answer.citations}
    right = verdict.right_answer and verdict.right_evidence and case.entries <= cited
    first = answer.model_copy(update={"answer": answer.answer.partition("\n")[0]})
    return right, right and judge(case.expected, first).right_answer


def _draw(identity: str) -> float:
    """From 0 to 1, by the question alone: what a weak model gets right, a stronger one does."""
    return int.from_bytes(hashlib.sha256(identity.encode()).digest()[:6]) / 2**48
