"""What a policy may look at: the question, what was found for it, and the caller."""

from dataclasses import dataclass, fields
from typing import Literal

from qa.answer import Tier
from qa.models.spec import Sensitivity
from qa.plan import Plan
from qa.question import Question
from qa.retrieve import Evidence
from qa.select import Selection

Stakes = Literal["low", "normal", "high"]
_HOPS_OF_CHAINS = 2


@dataclass(frozen=True, slots=True)
class Features:
    """As `policy.toml` explains them."""

    wish: str
    stakes: Stakes
    kind: str
    answered: str
    support: float
    margin: float
    hops: int
    facts: int
    ambiguous: str
    sensitivity: Sensitivity
    budget_left: float


NAMES = tuple(field.name for field in fields(Features))


def features_of(
    question: Question,
    plan: Plan,
    evidence: Evidence,
    selection: Selection,
    sensitivity: Sensitivity,
    wish: Tier | None,
    stakes: Stakes,
    budget_left: float,
) -> Features:
    """The features of a question for which evidence was selected."""
    scores = [row["score"] for row in evidence.passages[:2]]
    chain = max((len(chain) for chain in evidence.chains), default=0)
    return Features(
        wish=wish or "any",
        stakes=stakes,
        kind=question.kind,
        answered=_said(selection.answered),
        support=round(max(selection.support.probability, selection.nearness), 4),
        margin=round(_margin(scores), 4),
        hops=max(chain, len(plan.relations), _HOPS_OF_CHAINS if evidence.bridges else 0),
        facts=len(selection.facts),
        ambiguous=_said(bool(plan.ambiguous)),
        sensitivity=sensitivity,
        budget_left=budget_left,
    )


def _margin(scores: list[float]) -> float:
    """Scores are logarithms of odds; their difference within 0 and 1."""
    if len(scores) < 2:
        return 1.0 if scores else 0.0
    return min(1.0, max(0.0, scores[0] - scores[1]))


def _said(holds: bool) -> str:
    return "yes" if holds else "no"
