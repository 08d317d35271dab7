import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.magnitude import magnitude


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        *(("72 hours", "4 days"), ("30 days", "6 months"), ("12 months", "2 years"), ("90 minutes", "two hours")),
        *(
            ("3 March 2026", "4 March 2026"),
            ("2026-03-03T02:57:21Z", "2026-03-03T04:00:00Z"),
            ("May 2025", "June 2025"),
        ),
        *(("EUR 400,000", "EUR 2.5 million"), ("5%", "12.5 per cent"), ("8", "16"), ("5 days", "5 business days")),
    ],
)
def test_values_of_one_measure_are_ranked(smaller: str, larger: str) -> None:
    one, other = magnitude(smaller), magnitude(larger)
    assert one
    assert other
    assert one[0] == other[0]
    assert one[1] < other[1]


@pytest.mark.parametrize("name", ["High", "Anna Holm", "INC-2026-003", "3 March", ""])
def test_what_is_no_value_has_no_size(name: str) -> None:
    assert magnitude(name) is None


@pytest.mark.parametrize(("one", "other"), [("EUR 5", "USD 5"), ("5 days", "5%"), ("5", "5 days")])
def test_different_measures_are_told_apart(one: str, other: str) -> None:
    first, second = magnitude(one), magnitude(other)
    assert first
    assert second
    assert first[0] != second[0]


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from(["hours", "days", "weeks", "months", "years"]))
def test_more_of_a_unit_is_longer(low: int, high: int, unit: str) -> None:
    one, other = magnitude(f"{low} {unit}"), magnitude(f"{high} {unit}")
    assert one
    assert other
    assert (one[1] < other[1]) == (low < high)
