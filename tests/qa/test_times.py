"""As of which day a question asks, and which dates of a question are no such day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.times import find_time

DAYS = st.dates(date(1990, 1, 1), date(2049, 12, 31))


@given(DAYS, st.sampled_from(["as of", "as at", "As of"]), st.booleans())
def test_as_of_a_day_wherever_it_stands(day: date, words: str, first: bool) -> None:
    question = f"{words} {day}, who owns Atlas?" if first else f"Who owns Atlas {words} {day}?"
    found, rest = find_time(question)
    assert found == day.isoformat()
    assert str(day.year) not in rest
    assert "Atlas" in rest


@pytest.mark.parametrize(
    ("question", "day", "rest"),
    [
        ("Who hosted Atlas in 2023?", "2023-12-31", "Who hosted Atlas ?"),
        ("In March 2024, who was the owner of Atlas?", "2024-03-31", "who was the owner of Atlas?"),
        ("On 3 March 2024 who managed the Data Office?", "2024-03-03", "who managed the Data Office?"),
        ("Which systems did Nordwind AB operate? As of 1 May 2024", None, ""),
        (
            "Who was the Chief Financial Officer at the end of 2024?",
            "2024-12-31",
            "Who was the Chief Financial Officer ?",
        ),
        (
            "How many systems were hosted by Sund AB during 2022?",
            "2022-12-31",
            "How many systems were hosted by Sund AB ?",
        ),
    ],
)
def test_the_last_day_of_the_time_that_is_asked_for(question: str, day: str | None, rest: str) -> None:
    if day is None:
        assert find_time(question)[0] == "2024-05-01"
    else:
        assert find_time(question) == (day, rest)


@pytest.mark.parametrize(
    "question",
    [
        *(
            "What happened on 3 March 2026?",
            "How many incidents were reported in 2024?",
            "What caused the failure in May 2025?",
        ),
        *("When was the policy approved in 2025?", "Which account was used during the outage on 27 March 2026?"),
        *(
            "Who owned Atlas in 2023 and in 2024?",
            "Who owns Atlas?",
            "What does CTR-2024-007 require?",
            "Who left in 2023?",
        ),
        *("Who owned Atlas as of 31 February 2024?", "Which supplier will replace Korvane AB in 2027?"),
    ],
)
def test_other_dates_are_left_in_the_question(question: str) -> None:
    assert find_time(question) == (None, question)


@given(st.text())
def test_any_text_gives_a_day_or_is_left_alone(text: str) -> None:
    day, rest = find_time(text)
    assert rest == text if day is None else date.fromisoformat(day)
