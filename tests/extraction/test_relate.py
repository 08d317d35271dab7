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
        *("Anna Holm left. Reports to Bo Lund.", "Anna Holm owns it: Atlas CRM."),
        "Anna Holm leads the small and busy work as Chief Financial Officer.",
    ],
)
def test_what_is_said_of_another_is_no_fact(text: str) -> None:
    assert facts(text) == set()


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        (
            "Nordwind AB does not host Vega ERP but hosts Atlas CRM.",
            {("Atlas CRM", "HOSTED_BY", "Nordwind AB", False)},
        ),
        (
            "Anna Holm owns Atlas CRM and manages the Finance Department.",
            {("Anna Holm", "OWNS", "Atlas CRM", False), ("Anna Holm", "MANAGES", "Finance Department", False)},
        ),
    ],
)
def test_a_second_verb_speaks_of_what_the_sentence_begins_with(
    text: str, stated: set[tuple[str, str, str, bool]]
) -> None:
    found = {(*triple(fact), fact.negated) for fact in extract(text).facts}
    assert stated <= found
    assert not any(subject in ("Vega ERP", "Atlas CRM") and other == "Atlas CRM" for subject, _, other, _ in found)


def test_domain_and_range_hold() -> None:
    assert facts("The Atlas CRM owns Vega ERP.") == set()
    assert facts("The Vega ERP reports to Bo Lund.") == set()
    assert facts("The audit log is retained for Anna Holm.") == set()


def test_a_fact_is_evidenced_by_its_sentence() -> None:
    text = "First this. Anna Holm owns Atlas CRM. Then that."
    (fact,) = extract(text).facts
    assert text[fact.start : fact.end] == "Anna Holm owns Atlas CRM."


def test_a_thing_is_not_related_to_itself() -> None:
    mentions = [FoundMention(0, 5, "Atlas", "Term", 0.5), FoundMention(17, 22, "Atlas", "Term", 0.5)]
    assert [triple(fact) for fact in Relater(ONTOLOGY).relate("Atlas depends on Atlas.", 0, mentions)] == []
