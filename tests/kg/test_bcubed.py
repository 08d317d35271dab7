"""B-cubed scores of groupings, and the alignment of spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.bcubed import Span, align, bcubed

LABELS = st.integers(0, 4)
GROUPINGS = st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=30)
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda s: (s[0], s[0] + s[1])), max_size=8)


@pytest.mark.parametrize(
    ("groups", "precision", "recall"),
    [
        # Bagga & Baldwin 1998, figures 3 and 4: entities of 5, 2 and 5 mentions; two of the three put together.
        ("aaaaabbbbbbb", (5 + 2 * 2 / 7 + 5 * 5 / 7) / 12, 1.0),
        ("aaaaabbaaaaa", (5 * 5 / 10 + 2 + 5 * 5 / 10) / 12, 1.0),
        ("abcdefghijkl", 1.0, 3 / 12),
    ],
)
def test_the_papers_example(groups: str, precision: float, recall: float) -> None:
    score = bcubed(groups, "111112233333")
    assert (score.precision, score.recall) == pytest.approx((precision, recall))


@given(GROUPINGS)
def test_by_the_definition(pairs: list[tuple[int, int]]) -> None:
    groups, entities = [g for g, _ in pairs], [e for _, e in pairs]
    shares = []
    for group, entity in pairs:
        both = sum(pair == (group, entity) for pair in pairs)
        shares.append((both / groups.count(group), both / entities.count(entity)))
    score, turned = bcubed(groups, entities), bcubed(entities, groups)
    assert score.precision == pytest.approx(sum(p for p, _ in shares) / len(shares))
    assert score.recall == pytest.approx(sum(r for _, r in shares) / len(shares))
    assert (turned.precision, turned.recall) == pytest.approx((score.recall, score.precision))
    assert bcubed(entities, entities).f1 == 1


def test_nothing_to_score() -> None:
    with pytest.raises(ValueError, match="no mention"):
        bcubed([], [])


def test_the_same_span_before_the_one_that_overlaps_most() -> None:
    assert align([(0, 5), (10, 20), (30, 40)], [(0, 6), (0, 5), (12, 20), (19, 40)]) == [1, 2, 3]
    assert align([(0, 5)], [(5, 9)]) == [None]
    assert align([(0, 5)], []) == [None]


@given(SPANS, SPANS)
def test_what_is_aligned_overlaps_and_nothing_overlaps_what_is_not(wanted: list[Span], found: list[Span]) -> None:
    for span, position in zip(wanted, align(wanted, found), strict=True):
        overlapping = {other for other in found if other[0] < span[1] and span[0] < other[1]}
        assert (position is None) == (not overlapping)
        if position is not None:
            assert found[position] in overlapping
            assert span not in found or found[position] == span
