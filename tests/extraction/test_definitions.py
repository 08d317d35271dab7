"""Terms, short forms and acronyms that a document gives."""

import pytest
from extracting import extract, facts

MEANING = "any information that relates to a person"


def aliases(text: str) -> set[tuple[str, str]]:
    return {(item.alias.text, item.entity.text) for item in extract(text).aliases}


@pytest.mark.parametrize(
    "text",
    [
        f'"Working Data" means {MEANING}.',
        f"“Working Data” means {MEANING}; “other” is not.",
        f"'Working Data' shall mean {MEANING}.",
        f"**Working Data** means {MEANING}.",
        f"Working Data means {MEANING}.",
        f"1.2 “Working Data” is defined as {MEANING}.",
    ],
)
def test_a_term_means_something(text: str) -> None:
    assert ("Working Data", "DEFINED_AS", MEANING) in facts(text)


def test_two_definitions_in_one_block() -> None:
    text = "“Alpha” means the first of all letters; “Omega” means the last of all letters."
    assert {
        ("Alpha", "DEFINED_AS", "the first of all letters"),
        ("Omega", "DEFINED_AS", "the last of all letters"),
    } <= (facts(text))


@pytest.mark.parametrize(
    "line", [f"Working Data: {MEANING}.", f"Working Data – {MEANING}.", f"**Working Data**: {MEANING}"]
)
def test_a_glossary_defines_by_its_heading(line: str) -> None:
    stated = ("Working Data", "DEFINED_AS", MEANING)
    assert stated in facts(f"## Glossary\n\n{line}\n")
    assert stated not in facts(f"## Minutes\n\n{line}\n")


@pytest.mark.parametrize(
    "given",
    [
        *(
            '(hereinafter the "Supplier")',
            "(the “Supplier”)",
            '("Supplier")',
            "(hereinafter referred to as the 'Supplier')",
        ),
        'hereinafter the "Supplier"',
    ],
)
def test_a_short_form_stands_for_the_organisation_named_before(given: str) -> None:
    text = f"This is between Nordwind AB {given} and Veltra AB.\n\nThe Supplier owns the Atlas CRM."
    assert ("Nordwind AB", "OWNS", "Atlas CRM") in facts(text)


def test_a_short_form_without_a_name_before_it_stands_for_itself() -> None:
    assert ("Supplier", "OWNS", "Atlas CRM") in facts(
        'That one (the "Supplier") is here.\n\nThe Supplier owns the Atlas CRM.'
    )


@pytest.mark.parametrize(
    ("text", "alias"),
    [
        ("the Data Protection Officer (DPO)", ("DPO", "Data Protection Officer")),
        ("a recovery time objective (RTO)", ("RTO", "recovery time objective")),
        ("the Chamber of Industry and Commerce (CIC)", ("CIC", "Chamber of Industry and Commerce")),
        ("its Key Risk Indicators (KRIs)", ("KRI", "Key Risk Indicators")),
        ("Data\nProtection\nOfficer (DPO)", ("DPO", "Data\nProtection\nOfficer")),
    ],
)
def test_acronyms(text: str, alias: tuple[str, str]) -> None:
    (short, name), *more = aliases(f"Ask {text} about it.")
    assert (short.rstrip("s"), name) == alias
    assert more == []


@pytest.mark.parametrize(
    "text",
    ["the Data Protection Officer (HR)", "see the annex (EU)", "Officer (DPO)", "Officer(DPO)", "it (A)", "(DPO)"],
)
def test_letters_that_are_no_initials_are_no_acronym(text: str) -> None:
    assert aliases(f"Ask {text} about it.") == set()


def test_offsets_of_an_acronym_are_exact() -> None:
    text = "Größe 🙂: the Data Protection Officer (DPO) said so."
    (found,) = extract(text).aliases
    assert text[found.entity.start : found.entity.end] == "Data Protection Officer"
    assert text[found.alias.start : found.alias.end] == "DPO"
    assert found.entity.type == found.alias.type == "Role"
