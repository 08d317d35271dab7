"""Facts of sentences: cue phrases, lists, denials, obligations."""

import pytest
from extracting import ONTOLOGY, extract, facts, triple

from extraction.found import FoundMention
from extraction.relate import Relater

Triple = tuple[str, str, str]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Anna Holm owns the Atlas CRM.", ("Anna Holm", "OWNS", "Atlas CRM")),
        ("The Atlas CRM is owned by Anna Holm.", ("Anna Holm", "OWNS", "Atlas CRM")),
        ("Anna Holm reports to Bo Lund.", ("Anna Holm", "REPORTS_TO", "Bo Lund")),
        ("The Finance Department is managed by Bo Lund.", ("Bo Lund", "MANAGES", "Finance Department")),
        ("The Atlas CRM is hosted by Nordwind AB.", ("Atlas CRM", "HOSTED_BY", "Nordwind AB")),
        ("Nordwind AB hosts the Atlas CRM.", ("Atlas CRM", "HOSTED_BY", "Nordwind AB")),
        ("Anna Holm is the Data Protection Officer.", ("Anna Holm", "HOLDS_ROLE", "Data Protection Officer")),
        ("Every audit log is retained for 90 days.", ("audit log", "RETAINED_FOR", "90 days")),
        ("The annual licence fee of Atlas CRM amounts to EUR 98,000.", ("Atlas CRM", "COSTS", "EUR 98,000")),
        ("Anna Holm\nreports  to\nBo Lund.", ("Anna Holm", "REPORTS_TO", "Bo Lund")),
        ("İİİİİİ: Anna Holm owns the Atlas CRM.", ("Anna Holm", "OWNS", "Atlas CRM")),
        ("Anna Holm, Chief Financial Officer, left.", ("Anna Holm", "HOLDS_ROLE", "Chief Financial Officer")),
    ],
)
def test_cues(text: str, stated: Triple) -> None:
    assert stated in facts(text)


def test_the_longest_phrase_keeps_its_words() -> None:
    assert facts("Anna Holm is the owner of Atlas CRM.") == {("Anna Holm", "OWNS", "Atlas CRM")}


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        (
            "Anna Holm and Bo Lund report to Eva Berg.",
            {("Anna Holm", "REPORTS_TO", "Eva Berg"), ("Bo Lund", "REPORTS_TO", "Eva Berg")},
        ),
        (
            "Anna Holm owns Atlas CRM, Vega ERP and the Finance Portal.",
            {("Anna Holm", "OWNS", name) for name in ("Atlas CRM", "Vega ERP", "Finance Portal")},
        ),
        (
            "Mr. Holm and Dr Berg report to Eva Lind.",
            {("Holm", "REPORTS_TO", "Eva Lind"), ("Berg", "REPORTS_TO", "Eva Lind")},
        ),
    ],
)
def test_lists_state_a_fact_for_each(text: str, stated: set[Triple]) -> None:
    assert facts(text) == stated


@pytest.mark.parametrize(
    "text",
    [
        *("Anna Holm does not own Atlas CRM.", "Anna Holm doesn't own Atlas CRM.", "Anna Holm never owns Atlas CRM."),
        *("Atlas CRM is owned by neither Bo Lund nor Anna Holm.", "Neither Anna Holm nor Bo Lund reports to Eva Berg."),
        *(
            "Anna Holm reports to no longer Bo Lund.",
            "Anna Holm left. Reports to Bo Lund.",
            "Anna Holm owns it: Atlas CRM.",
        ),
        "Anna Holm leads the small and busy work as Chief Financial Officer.",
    ],
)
def test_what_is_denied_or_said_of_another_is_no_fact(text: str) -> None:
    assert facts(text) == set()


def test_domain_and_range_hold() -> None:
    assert facts("The Atlas CRM owns Vega ERP.") == set()
    assert facts("The Vega ERP reports to Bo Lund.") == set()
    assert facts("The audit log is retained for Anna Holm.") == set()


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("The Supplier must notify the customer.", ("Supplier", "MUST", "notify the customer")),
        ("Each Supplier shall pay; it is due.", ("Supplier", "MUST", "pay")),
        ("The Supplier has to pay at once.", ("Supplier", "MUST", "pay at once")),
        ("The Supplier is required to pay at once.", ("Supplier", "MUST", "pay at once")),
        ("The Supplier may pay later.", ("Supplier", "MAY", "pay later")),
        ("The Supplier is entitled to pay later.", ("Supplier", "MAY", "pay later")),
        ("The Supplier is not prohibited from paying.", ("Supplier", "MAY", "paying")),
        ("The Supplier must not subcontract.", ("Supplier", "MUST_NOT", "subcontract")),
        ("The Supplier shall never subcontract.", ("Supplier", "MUST_NOT", "subcontract")),
        ("The Supplier cannot subcontract.", ("Supplier", "MUST_NOT", "subcontract")),
        ("The Supplier is not permitted to subcontract.", ("Supplier", "MUST_NOT", "subcontract")),
        ("Staff are prohibited from sharing passwords.", ("Staff", "MUST_NOT", "sharing passwords")),
        ("If it fails, every new employee must call.", ("new employee", "MUST", "call")),
        ("No employee may share passwords.", ("employee", "MUST_NOT", "share passwords")),
        ("No Contractor may share passwords.", ("Contractor", "MUST_NOT", "share passwords")),
    ],
)
def test_obligations(text: str, stated: Triple) -> None:
    assert facts(text) == {stated}


def test_an_obligation_of_two() -> None:
    stated = facts("Only Samuel Ngata and Oskar Lindahl may delete copies.")
    assert stated == {(name, "MAY", "delete copies") for name in ("Samuel Ngata", "Oskar Lindahl")}


@pytest.mark.parametrize(
    "text",
    [
        *("It must be kept safe.", "They shall pay.", "Those who must pay are here.", "No one may enter."),
        *(
            "The Supplier is not required to pay.",
            "The Supplier does not have to pay.",
            "The Supplier doesn't have to pay.",
        ),
        *(
            "It applies from 1 May 2026 to all.",
            "Signed on 14 May 2025 in Oslo.",
            "In May the board met.",
            "72 hours must pass.",
        ),
        *("The Supplier must.", "must pay", "Neither the buyer nor its agent may pay."),
        "One two three four five six seven eight nine ten must pay.",
    ],
)
def test_no_obligation(text: str) -> None:
    assert not {predicate for _, predicate, _ in facts(text)} & {"MUST", "MAY", "MUST_NOT"}


def test_a_fact_is_evidenced_by_its_sentence() -> None:
    text = "First this. Anna Holm owns Atlas CRM. Then that."
    (fact,) = extract(text).facts
    assert text[fact.start : fact.end] == "Anna Holm owns Atlas CRM."


def test_a_thing_is_not_related_to_itself() -> None:
    mentions = [FoundMention(0, 5, "Atlas", "Term", 0.5), FoundMention(17, 22, "Atlas", "Term", 0.5)]
    assert [triple(fact) for fact in Relater(ONTOLOGY).relate("Atlas depends on Atlas.", 0, mentions)] == []
