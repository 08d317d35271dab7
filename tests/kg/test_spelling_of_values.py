"""kg.values: one spelling for every value."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.names import normalise_name
from kg.values import normalise_value, parse_number


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (("2026-03-03", "3 March 2026", "3rd of March 2026", "March 3, 2026", "3 Mar. 2026"), "2026-03-03"),
        (("2026-03-03T10:00:00+0100", "2026-03-03 10:00:00+01:00"), "2026-03-03T10:00:00+01:00"),
        (("March 2026", "Mar. 2026"), "2026-03"),
        (("3 March", "3rd March"), "--03-03"),
        (("72 hours", "seventy-two hours", "seventy-two (72) hours", "72 (seventy-two) hours", "72-hour"), "PT72H"),
        (("30 days", "thirty (30) calendar days"), "P30D"),
        (("5 business days", "five working days"), "P5D business"),
        (("two years and 6 months",), "P2Y6M"),
        (("one quarter", "3 months"), "P3M"),
        (("1.5 hours", "1,5 hours"), "PT1.5H"),
        (("5-10 days", "5 – 10 days"), "P5D/P10D"),
        (("EUR 98,000", "98.000 €", "€98 000", "98,000.00 euros", "98 thousand EUR"), "EUR 98000.00"),
        (("€2.5 million", "EUR 2,500,000", "2,5 million euros", "EUR 2.500.000,00"), "EUR 2500000.00"),
        (("two million dollars", "US$2 million"), "USD 2000000.00"),
        (("2.5%", "2,5 %", "2.50 per cent"), "2.5%"),
        (("five percent", "5 %"), "5%"),
    ],
)
def test_spellings_of_one_value(texts: tuple[str, ...], value: str) -> None:
    assert {normalise_value(text) for text in texts} == {value}
    assert {normalise_name(f"the {text}") for text in texts} == {value.casefold()}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "31 February 2026",
            "2026-13-01",
            "May",
            "March",
            "thirty",
            "72",
            "EUR",
            "Nine Elms",
            "One Two",
            "500 kroner",
        ),
        *("1,2,3 days", "12.34.56 hours", "EUR 1.2.3", "x 5%", "5%x", "hours", "May 5", "24 Marches", ""),
    ],
)
def test_no_values(text: str) -> None:
    assert normalise_value(text) == ""


@given(st.dates(min_value=date(1000, 1, 1)))
def test_dates_go_round(day: date) -> None:
    assert normalise_value(day.isoformat()) == day.isoformat()
    assert (
        normalise_value(f"{day.day} {day:%B} {day.year}")
        == normalise_value(f"{day:%b} {day.day}, {day.year}")
        == day.isoformat()
    )


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_numbers_of_both_conventions_go_round(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02d}"
    continental = english.translate(str.maketrans(",.", ".,"))
    spaced = english.replace(",", "\u00a0")
    expected = Decimal(f"{whole}.{cents:02d}")
    assert {parse_number(text) for text in (english, continental, spaced, f"{whole}.{cents:02d}")} == {expected}
    assert normalise_value(f"EUR {english}") == normalise_value(f"€ {continental}") == f"EUR {expected:.2f}"


@given(st.text(max_size=30))
def test_any_text_has_a_value_or_none(text: str) -> None:
    value = normalise_value(text)
    assert value == "" or normalise_name(value.upper()) == value.casefold()
