"""How an answer went, as far as variants are compared by it."""

from dataclasses import dataclass

from qa.answer import Answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """`failed`: there was no answer but an error. Groundedness is from 0 to 1."""

    failed: bool
    abstained: bool
    groundedness: float
    latency_ms: float
    cost_usd: float


def outcome_of(answer: Answer) -> Outcome:
    """That of an answer."""
    trace = answer.trace
    return Outcome(
        failed=False,
        abstained=answer.status == "abstained",
        groundedness=answer.groundedness,
        latency_ms=trace.latency_ms.get("total", 0.0),
        cost_usd=trace.usage.cost_usd,
    )


def failure(latency_ms: float) -> Outcome:
    """That of an error."""
    return Outcome(failed=True, abstained=False, groundedness=0.0, latency_ms=latency_ms, cost_usd=0.0)
