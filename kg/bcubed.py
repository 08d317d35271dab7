"""How well mentions are grouped into entities: B-cubed precision, recall and F1.

Bagga & Baldwin 1998, "Entity-Based Cross-Document Coreferencing Using the Vector Space Model".
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

#: Start and end of a mention in characters.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class BCubed:
    """Precision: how much of a mention's group is of its entity; recall: how much of its entity is in its group."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 0 when both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def bcubed(groups: Sequence[Hashable], entities: Sequence[Hashable]) -> BCubed:
    """Scores of mentions i that were put into `groups[i]` and are of `entities[i]`. Raises ValueError without any."""
    if not groups:
        raise ValueError("There is no mention to score.")
    together = Counter(zip(groups, entities, strict=True))
    in_group, of_entity = Counter(groups), Counter(entities)
    # Each mention of a pair has the same share, so the sum over mentions is one over pairs.
    precise = sum(n * n / in_group[group] for (group, _), n in together.items())
    complete = sum(n * n / of_entity[entity] for (_, entity), n in together.items())
    return BCubed(precise / len(groups), complete / len(groups))


def align(wanted: Sequence[Span], found: Sequence[Span]) -> list[int | None]:
    """For each wanted span of a text the position in `found` of the same, else of the one that it overlaps most.

    Most by the share of their common characters in both; None when it overlaps none.
    """
    exact = {span: position for position, span in reversed(list(enumerate(found)))}
    aligned: list[int | None] = []
    for span in wanted:
        best = exact.get(span)
        if best is None:
            shares = [(_overlap(span, other), -position) for position, other in enumerate(found)]
            share, position = max(shares, default=(0.0, 0))
            best = -position if share > 0 else None
        aligned.append(best)
    return aligned


def _overlap(one: Span, other: Span) -> float:
    common = min(one[1], other[1]) - max(one[0], other[0])
    return common / (max(one[1], other[1]) - min(one[0], other[0])) if common > 0 else 0.0
