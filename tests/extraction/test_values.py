"""Dates, durations, amounts and percentages."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.values import find_values

PIECES = [
    *(
        "3 March 2026",
        "2026-03-03",
        "T10:00:00Z",
        "72 hours",
        "thirty (30) days",
        "EUR 98,000",
        "€1.5 million",
        "12.5%",
    ),
    *(
        "3",
        "1,5",
        "2026",
        " ",
        "-",
        "/",
        ".",
        ",",
        "(",
        "March",
        "May",
        "hour",
        "€",
        "SEK",
        "a",
        "INC",
        "é",
        "\n",
        "\u00a0",
    ),
]


def found(text: str) -> list[tuple[str, str]]:
    return [(kind, text[start:end]) for start, end, kind in find_values(text)]


@pytest.mark.parametrize(
    "date",
    [
        *("2026-03-03", "2026-03-03 10:00", "2026-03-03T10:00:00Z", "2026-03-03T10:00:00.123+01:00"),
        *("3 March 2026", "3 March, 2026", "3rd of March 2026", "March 3, 2026", "March 3 2026", "3 Mar. 2026"),
        *("March 2026", "Sept. 2026", "3 March", "21st May"),
    ],
)
def test_dates(date: str) -> None:
    assert found(f"It begins on {date}, or later.") == [("Date", date)]


def test_a_full_stop_ends_the_sentence_and_not_the_month() -> None:
    assert found("They met on 3 March. Then they left.") == [("Date", "3 March")]


def test_a_range_of_dates_is_two_dates() -> None:
    assert found("1 January 2026-31 December 2026") == [("Date", "1 January 2026"), ("Date", "31 December 2026")]


@pytest.mark.parametrize(
    "duration",
    [
        *("72 hours", "six months", "thirty (30) days", "24-hour", "90 calendar days", "1 year", "two years"),
        *("1.5 hours", "2,500 hours", "5-10 days", "twenty-five days", "sixty-four days", "2 years and 6 months"),
    ],
)
def test_durations(duration: str) -> None:
    assert found(f"It takes {duration}.") == [("Duration", duration)]


@pytest.mark.parametrize(
    "amount",
    [
        *("EUR 98,000", "EUR 98,000.50", "€1.5 million", "SEK 12 000", "12 000 SEK", "SEK 12\u00a0000", "5 €", "US$5"),
        *("100 euros", "2.5 million EUR", "€ 98.000,50", "EUR 5-10 million", "GBP 1 billion"),
    ],
)
def test_amounts(amount: str) -> None:
    assert found(f"The fee is {amount}.") == [("Amount", amount)]


@pytest.mark.parametrize("percentage", ["12%", "99.9 %", "12,5%", "5 per cent", "5 percent"])
def test_percentages(percentage: str) -> None:
    assert found(f"It is {percentage} of all.") == [("Percentage", percentage)]


@pytest.mark.parametrize(
    "text",
    [
        *("EVT-2026-03-03-001", "v1.2024-05-01", "12026-03-03", "2026-03-031"),  # parts of an identifier or a number
        *("xEUR 5", "EUR 5kg", "INC-24 hours", "5 daysies", "3 Marches", "Marvin 2026", "some hours", "May I?"),
    ],
)
def test_no_values(text: str) -> None:
    assert found(text) == []


def test_several_values_in_the_order_of_their_kind() -> None:
    text = "From 3 March 2026, EUR 98,000 or 5% is due within 30 days."
    assert found(text) == [
        ("Date", "3 March 2026"),
        ("Duration", "30 days"),
        ("Amount", "EUR 98,000"),
        ("Percentage", "5%"),
    ]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_values_are_whole_words_that_do_not_overlap(text: str) -> None:
    values = sorted(find_values(text))
    for start, end, _ in values:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert start == 0 or not (text[start - 1] + text[start]).isalnum() or not text[start].isalnum()
        assert end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum())
        assert not (text[end - 1].isdigit() and text[end : end + 1] in (".", ",") and text[end + 1 : end + 2].isdigit())
    for (_, end, _), (start, _, _) in pairwise(values):
        assert end <= start
