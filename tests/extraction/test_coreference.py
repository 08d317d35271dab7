"""Short names, descriptions and pronouns: resolved where only one can be meant, else left alone."""

import pytest
from extracting import extract, facts


def named(text: str, name: str = "a.md") -> list[tuple[str, str]]:
    """The mentions that stand for something, with what they stand for."""
    return [(item.text, item.name) for item in extract(text, name).mentions if item.name]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("We met Maria Lind. Then Lind spoke.", ("Lind", "Maria Lind")),
        ("We met Maria Lind. Ms Lind spoke.", ("Lind", "Maria Lind")),
        ("We met Maria Lind.\n\nLind spoke.", ("Lind", "Maria Lind")),
        ("We met Maria Lind. Maria spoke.", ("Maria", "Maria Lind")),
        ("Nordwind Hosting AB is here. Nordwind Hosting left.", ("Nordwind Hosting", "Nordwind Hosting AB")),
        ("We know Nordwind AB.\n\nNordwind hosts Atlas CRM.", ("Nordwind", "Nordwind AB")),
        ('Nordwind AB ("Nordwind" or "the Company") is here. The Company pays.', ("Company", "Nordwind AB")),
        ("The Compliance Committee met. The committee decided.", ("The committee", "Compliance Committee")),
        ("# Backup Policy\n\nThis policy applies to all.", ("This policy", "Backup Policy")),
        ("# Backup Policy\n\nThe policy applies to all.", ("The policy", "Backup Policy")),
        ("We use Atlas CRM. The system is old.", ("The system", "Atlas CRM")),
        ("Maria Lind left the office. She came back.", ("She", "Maria Lind")),
        ("Atlas CRM is old. It was bought in 2019.", ("It", "Atlas CRM")),
        ("The Finance Department moved. They like it.", ("They", "Finance Department")),
    ],
)
def test_what_only_one_can_be(text: str, pair: tuple[str, str]) -> None:
    assert pair in named(text)


@pytest.mark.parametrize(
    "text",
    [
        *("We met Maria Lind and Bo Lind. Lind spoke.", "Maria Lind met Bo Lund. She spoke."),
        *("Nordwind AB and Nordwind Hosting AB are here. Nordwind left.", "We like Atlas CRM. It rains."),
        *("We use Atlas CRM and Vega ERP. The system is old.", "We use Atlas CRM. The system owner is old."),
        *("Maria Lind left.\n\nShe came back.", "# Notification Procedure\n\nThe notice is sent."),
        *(
            "The Compliance Committee and the Audit Committee met. The committee decided.",
            "The system is old. Atlas CRM",
        ),
        "Customer Care is good. We care. Care is good.",
    ],
)
def test_what_could_be_several_or_none_is_left_alone(text: str) -> None:
    assert named(text) == []


def test_facts_and_obligations_are_of_what_is_meant() -> None:
    text = "We met Maria Lind today. She owns Atlas CRM. She must report to Bo Lund."
    assert {("Maria Lind", "OWNS", "Atlas CRM"), ("Maria Lind", "MUST", "report to Bo Lund")} <= facts(text)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        (
            "“Service Credit” means a reduction of the fee. Service Credits are paid.",
            ("Service Credits", "Service Credit"),
        ),
        ("'Facility' means the place in Cork. All Facilities are safe.", ("Facilities", "Facility")),
    ],
)
def test_a_defined_term_is_meant_wherever_it_is_written_so(text: str, pair: tuple[str, str]) -> None:
    assert pair in named(text)
    assert pair[0].lower() not in {item.text for item in extract(text.replace(pair[0], pair[0].lower())).mentions}


def test_an_organisation_goes_by_its_short_name_in_other_documents_too() -> None:
    found = extract("We know Nordwind AB.\n\nNordwind hosts Atlas CRM. Nordwind left.").aliases
    assert [(item.alias.text, item.entity.text) for item in found] == [("Nordwind", "Nordwind AB")]
