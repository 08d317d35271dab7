"""What the policy of review may look at: an answer, and how it was asked for."""

from dataclasses import dataclass, fields

from qa.answer import Answer

#: The queries for what was asked, as against all that is known of a name.
_OF_WHAT_WAS_ASKED = ("facts_with_predicate", "facts_joined_to", "facts_of_predicate", "path_")


@dataclass(frozen=True, slots=True)
class Signs:
    """As `policy.toml` explains them."""

    status: str
    groundedness: float
    confidence: float
    stakes: str
    tier: str
    sensitivity: str
    removed: int
    contradiction: str
    evidence: str


NAMES = tuple(field.name for field in fields(Signs))
NUMBERS = frozenset(field.name for field in fields(Signs) if field.type in (int, float))


def signs_of(answer: Answer, stakes: str, contradicted: bool) -> Signs:
    """The signs of an answer."""
    route = answer.trace.route
    found = any(query.rows and query.name.startswith(_OF_WHAT_WAS_ASKED) for query in answer.trace.queries)
    return Signs(
        status=answer.status,
        groundedness=answer.groundedness,
        confidence=answer.confidence,
        stakes=stakes,
        tier=route.tier,
        sensitivity=str(route.features.get("sensitivity", "open")),
        removed=len(route.removed),
        contradiction=_said(contradicted),
        # What is looked at for the route is known only where the evidence was enough.
        evidence=_said(bool(route.features) or found),
    )


def _said(holds: bool) -> str:
    return "yes" if holds else "no"
