"""When facts hold: every way of writing a period, the clause that it belongs to, and dates that are no period."""

from calendar import monthrange
from datetime import date

import pytest
from extracting import extractor, loaded
from hypothesis import assume, given
from hypothesis import strategies as st

from extraction.split import split
from extraction.validity import date_facts, find_periods

DAYS = st.dates(date(1995, 1, 1), date(2045, 12, 31))
MONTHS = "January February March April May June July August September October November December".split()


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str, str]:
    """A date as people write it, with the first and the last day that it covers."""
    day = draw(DAYS)
    month, last = MONTHS[day.month - 1], monthrange(day.year, day.month)[1]
    full = (day.isoformat(), day.isoformat())
    whole = (day.replace(day=1).isoformat(), day.replace(day=last).isoformat())
    year = (f"{day.year}-01-01", f"{day.year}-12-31")
    forms = [
        (day.isoformat(), *full),
        (f"{day.day} {month} {day.year}", *full),
        (f"{day.day} {month[:3]} {day.year}", *full),
        (f"{day.day}th of {month} {day.year}", *full),
        (f"{month} {day.day}, {day.year}", *full),
        (f"{month} {day.year}", *whole),
        (str(day.year), *year),
        (f"the end of {day.year}", year[1], year[1]),
        (f"the beginning of {month} {day.year}", whole[0], whole[0]),
    ]
    return draw(st.sampled_from(forms))


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The extractor takes longer to build than hypothesis allows an example."""
    extractor()


def facts(text: str, name: str = "a.txt") -> dict[tuple[str, str, str], tuple[str, str]]:
    """From when and until when each fact holds."""
    document = loaded(text, name)
    dated = date_facts(extractor().extract(document, split(document)), document)
    return {
        (" ".join(f.subject.entity_name.split()), f.predicate, f.object.entity_name): (f.valid_from, f.valid_to)
        for f in dated.facts
    }


OWNS = ("Anna Holm", "OWNS", "Atlas CRM")


@pytest.mark.parametrize("sentence", ["Anna Holm owns Atlas CRM {}.", "{}, Anna Holm owns Atlas CRM."])
@pytest.mark.parametrize(
    "form",
    [
        *(
            "from {}",
            "since {}",
            "as of {}",
            "with effect from {}",
            "effective {}",
            "effective from {}",
            "starting on {}",
        ),
        *("from {} onwards", "valid from {}", "(since {})"),
    ],
)
@given(day=written())
def test_a_beginning_in_any_form(sentence: str, form: str, day: tuple[str, str, str]) -> None:
    assert facts(sentence.format(form.format(day[0])))[OWNS] == (day[1], "")


@pytest.mark.parametrize("sentence", ["Anna Holm owns Atlas CRM {}.", "{}, Anna Holm owns Atlas CRM."])
@pytest.mark.parametrize(
    "form", ["until {}", "through {}", "up to {}", "until and including {}", "valid until {}", "(until {})"]
)
@given(day=written())
def test_an_end_in_any_form(sentence: str, form: str, day: tuple[str, str, str]) -> None:
    assert facts(sentence.format(form.format(day[0])))[OWNS] == ("", day[2])


@pytest.mark.parametrize("sentence", ["Anna Holm owns Atlas CRM {}.", "{}, Anna Holm owns Atlas CRM."])
@pytest.mark.parametrize(
    "form",
    [
        *("from {} to {}", "from {} until {}", "from {} through {}", "since {} and until {}", "between {} and {}"),
        *("({} – {})", "with effect from {} until {}", "from {}, until the {}"),
    ],
)
@given(first=written(), last=written())
def test_both_ends_in_any_form(
    sentence: str, form: str, first: tuple[str, str, str], last: tuple[str, str, str]
) -> None:
    assume(first[1] <= last[2])
    assume(not (form.endswith("the {}") and last[0].startswith("the ")))
    assert facts(sentence.format(form.format(first[0], last[0])))[OWNS] == (first[1], last[2])


@given(day=written())
def test_in_a_time_is_for_what_lasts_not_for_what_happens(day: tuple[str, str, str]) -> None:
    assume(not day[0].startswith("the "))
    said = facts(f"In {day[0]} Anna Holm owns Atlas CRM. Atlas CRM was affected by INC-2026-001 in {day[0]}.")
    assert said[OWNS] == day[1:]
    assert said["INC-2026-001", "AFFECTS", "Atlas CRM"] == ("", "")


@given(first=DAYS, days=st.integers(0, 364))
def test_the_year_may_be_told_once(first: date, days: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    assume((first.month, first.day) != (2, 29))
    early, late = f"{first.day} {MONTHS[first.month - 1]}", f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    for form in (f"from {early} to {late}", f"between {early} and {late}"):
        (period,) = find_periods(f"Anna owns Atlas {form}.")
        assert (period.first, period.last) == (first.isoformat(), last.isoformat())


@given(st.text(), st.text())
def test_periods_of_any_text_are_ordered_days(before: str, after: str) -> None:
    for period in find_periods(f"{before} from 2024-02-30 to May 2025 {after} until 2023 {before}"):
        assert all(date.fromisoformat(day) for day in (period.first, period.last) if day)
        assert not period.last or period.first <= period.last


TWO_CLAUSES = "Atlas CRM is hosted by Nordwind AB until 31 May 2024, and Vega CRM is hosted by Sund AB since 2025."


@pytest.mark.parametrize(
    ("text", "fact", "period"),
    [
        ("Atlas CRM is since 2024 owned by Anna Holm.", "Anna Holm OWNS Atlas CRM", "2024-01-01 - open"),
        # Each clause has its own.
        (TWO_CLAUSES, "Atlas CRM HOSTED_BY Nordwind AB", "open - 2024-05-31"),
        (TWO_CLAUSES, "Vega CRM HOSTED_BY Sund AB", "2025-01-01 - open"),
        ("Bo Lund is in charge since 2021; Anna Holm owns Atlas CRM.", "Anna Holm OWNS Atlas CRM", "none"),
        ("The deal has been valid since 2020. Anna Holm owns Atlas CRM.", "Anna Holm OWNS Atlas CRM", "none"),
        ("Anna Holm owns Atlas CRM and has been certified since 2021.", "Anna Holm OWNS Atlas CRM", "none"),
        (
            "Atlas CRM, which since 2021 is hosted by Sund AB, is old.",
            "Atlas CRM HOSTED_BY Sund AB",
            "2021-01-01 - open",
        ),
        # What stands after several is said of all.
        ("Bo Lund and Anna Holm report to Eva Berg in 2025.", "Bo Lund REPORTS_TO Eva Berg", "2025-01-01 - 2025-12-31"),
        (
            "Bo Lund and Anna Holm report to Eva Berg in 2025.",
            "Anna Holm REPORTS_TO Eva Berg",
            "2025-01-01 - 2025-12-31",
        ),
        ("Maria Lind, Auditor since 2021, was here.", "Maria Lind HOLDS_ROLE Auditor", "2021-01-01 - open"),
        # Duties: from when, but not until when something is to be done.
        ("From 1 March 2025, employees must use tokens.", "employees MUST use tokens", "2025-03-01 - open"),
        ("Staff must use keys from 1 May 2025.", "Staff MUST use keys from 1 May 2025", "2025-05-01 - open"),
        ("Staff must keep forms until 1 May 2025.", "Staff MUST keep forms until 1 May 2025", "none"),
        ("Staff must delete logs from 1 May 2025.", "Staff MUST delete logs from 1 May 2025", "none"),
        ("Sund AB must pay within 30 days from May 2025.", "Sund AB MUST pay within 30 days from May 2025", "none"),
        ("Sund AB must pay by 1 March 2025.", "Sund AB MUST pay by 1 March 2025", "none"),
        # A denial holds for a time, too; what is a date holds for good; an event's date is no period.
        ("Anna Holm no longer owns Atlas CRM as of 2024-06-01.", "Anna Holm OWNS Atlas CRM", "2024-06-01 - open"),
        ("CTR-2024-007 expires on 31 December 2025.", "CTR-2024-007 ENDS_ON 31 December 2025", "none"),
        ("CTR-2024-007 was approved by Anna Holm on 3 March 2024.", "CTR-2024-007 APPROVED_BY Anna Holm", "none"),
    ],
)
def test_the_period_is_that_of_the_facts_own_clause(text: str, fact: str, period: str) -> None:
    found = {" ".join(key): value for key, value in facts(text).items()}
    first, last = found[fact]
    assert (f"{first or 'open'} - {last or 'open'}" if first or last else "none") == period


@pytest.mark.parametrize(
    "begins", ["from", "Start", "valid_from", "validFrom", "effective date", "contract.start_date", "Since"]
)
@pytest.mark.parametrize("ends", ["to", "End", "valid_to", "validTo", "expires", "contract.end_date", "Valid until"])
def test_columns_tell_when_a_row_holds(begins: str, ends: str) -> None:
    rows = ["Atlas CRM,Anna Holm,2021-03-15,May 2023", "Vega CRM,Bo Lund,2023,", "Odin CRM,Eva Berg,,soon"]
    table = "\n".join([f"system,owner,{begins},{ends}", *rows])
    lines = f'{{"system": "Atlas CRM", "owner": "Anna Holm", "{begins}": "2021-03-15", "{ends}": "2023-05"}}\n'
    found = facts(table, "a.csv")
    assert found[OWNS] == ("2021-03-15", "2023-05-31")
    assert found["Bo Lund", "OWNS", "Vega CRM"] == ("2023-01-01", "")
    assert found["Eva Berg", "OWNS", "Odin CRM"] == ("", "")
    assert facts(lines, "a.jsonl")[OWNS] == ("2021-03-15", "2023-05-31")
    assert {period for (_, _, said), period in found.items() if said in ("2021-03-15", "May 2023", "2023")} <= {
        ("", "")
    }


@pytest.mark.parametrize("header", ["in use since", "review start date", "last assessment", "from address", "due date"])
def test_other_dates_of_a_row_are_no_period(header: str) -> None:
    assert facts(f"system,owner,{header}\nAtlas CRM,Anna Holm,2021-03-15\n", "a.csv")[OWNS] == ("", "")
