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
        *(
            f"„Working Data“ means {MEANING}.",
            f"«Working Data» shall mean {MEANING}.",
            f"(7) ‘Working Data’ means {MEANING};",
        ),
        *(f"The term “Working Data” refers to {MEANING}.", f"`Working Data` means {MEANING}."),
        f"1.2 Working Data means {MEANING}.",
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


def test_two_terms_share_a_definition() -> None:
    text = f"“Working Data” or “Data” means {MEANING}."
    assert {(term, "DEFINED_AS", MEANING) for term in ("Working Data", "Data")} <= facts(text)


def test_a_meaning_given_elsewhere() -> None:
    assert ("Loss", "DEFINED_AS", "given in clause 3") in facts("“Loss” has the meaning given in clause 3.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"| Term | Meaning |\n|---|---|\n| Working Data | {MEANING} |\n", "a.md"),
        (
            f"term,definition,source\nWorking Data,{MEANING},Anna Holm\nOther,something quite different,Bo Lund\n",
            "a.csv",
        ),
    ],
)
def test_a_table_of_terms_defines(text: str, name: str) -> None:
    found = facts(text, name)
    assert ("Working Data", "DEFINED_AS", MEANING) in found
    assert not {predicate for _, predicate, _ in found} & {"MEANING", "DEFINITION"}


@pytest.mark.parametrize(
    "text",
    ["Does it mean that we go home today?", "This means that all of us go home.", "We know what “it” is: a table."],
)
def test_no_definition(text: str) -> None:
    assert "DEFINED_AS" not in {predicate for _, predicate, _ in facts(text)}


def test_a_short_form_that_says_the_words_before_it_is_a_term_of_its_own() -> None:
    text = "Dunmore AB stores backup copies made by Vaultline (the “Backup Copies”).\n\nBackup Copies are safe."
    assert ("Backup Copies", "Term") in {(item.text, item.type) for item in extract(text).mentions if not item.name}


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
