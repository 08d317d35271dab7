"""What two names say, and that names which may be one share a block."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.resolution.names import blocks, compare, is_code, may_be_one, words

PEOPLE = [
    ("M. Lind", "Maria Lind", "same surname and initial", 0),
    ("Lind, Maria", "Maria Lind", "same spelling", None),
    ("Dr. Maria Lind", "Maria Lind", "same spelling", None),
    ("Maria Lind", "Maria K. Lind", "same first and last name", 0),
    ("A. S. Lind", "Anna Sofia Lind", "same surname and initial", 0),
    ("Lind", "Maria Lind", "surname alone", 0),
    ("Søren Kjærgaard", "Soren Kjaergaard", "same spelling", None),
    ("Tomasz Wieczorek", "Tomasz Wieczorec", "nearly the same spelling", None),
    ("maria.lind@nordwind.example", "Maria Lind", "address spells the name", 1),
    ("lind.maria@nordwind.example", "Maria Lind", "address spells the name", 1),
    ("hans.mueller@nordwind.example", "Hans Müller", "address spells the name", 1),
    ("mei-ling.zhao@nordwind.example", "Mei-Ling Zhao", "address spells the name", 1),
    ("m.lind@nordwind.example", "Maria Lind", "address spells surname and initial", 0),
    ("mlind@nordwind.example", "Maria Lind", "address spells surname and initial", 0),
]
THINGS = [
    ("Nordwind", "Nordwind AB", "same but for the legal form", 0),
    ("Nordwind Limited", "Nordwind Ltd", "same spelling", None),
    ("Ravnsholt Assurance", "Ravnsholt Assurance A/S", "same but for the legal form", 0),
    ("Korvane", "Korvane Cloud AB", "start of the name", 0),
    ("DPIA", "data protection impact assessment", "acronym", 0),
    ("Pulse-Harbour", "PulseHarbour", "same spelling", None),
    ("Support Tickets", "support ticket", "singular and plural", None),
    ("Aalborg", "Aalborg (Denmark)", "same but for the brackets", 0),
    ("Brightfjrod Software ApS", "Brightfjord Software ApS", "nearly the same spelling", None),
    ("CTR-2024-007", "CTR/2024/007", "same spelling", None),
]
CONTRADICTIONS = [
    ("Maria Lind", "Martin Lind", True),
    ("Maria K. Lind", "Maria P. Lind", True),
    ("Nordwind AB", "Nordwind GmbH", False),
    ("CTR-2024-007", "CTR-2024-008", False),
    ("a.lind@x.example", "m.lind@x.example", True),
]
NOTHING = [
    ("Maria Lind", "Maria Holm", True),
    ("Tier 1", "Tier 2", False),
    ("release/7.3.1", "release/7.1.3", False),
    ("Schedule A", "Schedule B", False),
    ("privacy@nordwind.example", "Privacy Office", False),
    ("maria.lind2@nordwind.example", "Maria Lind", True),
    ("maria@nordwind.example", "Maria Lind", True),
    ("IT", "Incident Team", False),
    ("Data Protection Policy", "Data Protection Officer", False),
    ("Nordwind AB", "Nordwind Cloud Services GmbH", False),
]
GIVEN, FAMILY = (
    ("Maria", "Martin", "Anna Sofia", "Mei-Ling", "Søren"),
    ("Lind", "El-Amrani", "Müller", "Åkesson", "Zhao"),
)
WORDS = st.lists(st.sampled_from(["Nordwind", "Data", "Cloud", "Öresund", "Pulse", "4", "of"]), min_size=1, max_size=4)


@pytest.mark.parametrize(("one", "other", "kind", "short"), PEOPLE + THINGS)
def test_what_speaks_for_one_entity(one: str, other: str, kind: str, short: int | None) -> None:
    people = (one, other, kind, short) in PEOPLE
    found, turned = compare(one, other, people), compare(other, one, people)
    assert found is not None and turned is not None
    assert (found.kind, found.short, found.contradicts) == (kind, short, False)
    assert (turned.kind, turned.short) == (kind, None if short is None else 1 - short)
    assert blocks(one) & blocks(other)


@pytest.mark.parametrize(("one", "other", "people"), CONTRADICTIONS)
def test_what_contradicts(one: str, other: str, people: bool) -> None:
    for first, second in ((one, other), (other, one)):
        found = compare(first, second, people)
        assert found is not None and found.contradicts


@pytest.mark.parametrize(("one", "other", "people"), NOTHING)
def test_what_says_nothing(one: str, other: str, people: bool) -> None:
    assert compare(one, other, people) is None
    assert compare(other, one, people) is None


@pytest.mark.parametrize("name", ["CTR-2024-007", "INC-2026-003", "556677-8899", "SYS-03"])
def test_identifiers(name: str) -> None:
    assert is_code(name)


@pytest.mark.parametrize("name", ["Tier 1", "Nordwind AB", "A", "72 hours", "DPIA"])
def test_what_is_no_identifier(name: str) -> None:
    assert not is_code(name)


@given(st.sampled_from(GIVEN), st.sampled_from(FAMILY), st.integers(0, 6))
def test_people_are_found_however_they_are_written(given: str, family: str, way: int) -> None:
    full = f"{given} {family}"
    local = ".".join(words(full))
    variants = [
        f"{given[0]}. {family}",
        f"{family}, {given}",
        f"Prof. {full}",
        full.upper(),
        f"{local}@x.example",
        f"{words(full)[-1]}.{words(full)[0]}@x.example",
        f"{given.split()[0]} Q. {family}",
    ]
    variant = variants[way]
    if "-" in family and way == 5:
        return  # a double name's last word alone tells too little
    found = compare(variant, full, people=True)
    if way == 5 and len(words(full)) > 2:
        assert found is None
    elif len(words(full)) == 2 or way != 6:
        assert found is not None and not found.contradicts
        assert blocks(variant) & blocks(full)


@given(WORDS, WORDS)
def test_names_that_may_be_one_share_a_block(one: list[str], other: list[str]) -> None:
    """Else they would never be compared."""
    first, second = " ".join(one), " ".join(other)
    if may_be_one(first, second) and not any(character.isdigit() for character in first + second):
        assert blocks(first) & blocks(second)
    forward, backward = may_be_one(first, second), may_be_one(second, first)
    assert forward == backward


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_compared(one: str, other: str) -> None:
    for people in (True, False):
        found, turned = compare(one, other, people), compare(other, one, people)
        assert (found is None) == (turned is None)
        assert found is None or turned is None or found.contradicts == turned.contradicts
    assert all(block.strip() for block in blocks(one))
