"""What sentences deny and hedge: marked, never dropped."""

import pytest
from extracting import extract, facts, graph_of, loaded

from kg.model import entity_id, fact_id


def marked(text: str) -> list[tuple[bool, bool]]:
    """Whether each fact is negated, and hedged."""
    return [(fact.negated, fact.hedged) for fact in extract(text).facts]


@pytest.mark.parametrize(
    "text",
    [
        *("Anna Holm does not own Atlas CRM.", "Anna Holm doesn't own Atlas CRM.", "Anna Holm never owns Atlas CRM."),
        *("Nordwind AB does not host Atlas CRM.", "Nordwind AB did not provide Atlas CRM."),
        *("Atlas CRM is not hosted by Nordwind AB.", "Atlas CRM isn't hosted by Nordwind AB."),
        *("Atlas CRM was not affected by INC-2026-001.", "Anna Holm is not the Data Protection Officer."),
        *("Anna Holm no longer owns Atlas CRM.", "Anna Holm reports to no longer Bo Lund."),
        *("No Supplier owns Atlas CRM.", "Anna Holm denied that Bo Lund owns Atlas CRM."),
        "There is no evidence that INC-2026-001 affected Atlas CRM.",
        "That INC-2026-001 affected Atlas CRM has been ruled out.",
        *("Atlas CRM is owned by neither Anna Holm.", "It is not true that Anna Holm owns Atlas CRM."),
    ],
)
def test_denied(text: str) -> None:
    assert marked(text) == [(True, False)]


@pytest.mark.parametrize(
    "text",
    [
        *("Nordwind AB might host Atlas CRM.", "Anna Holm would manage the Finance Department."),
        *("INC-2026-001 may have affected Atlas CRM.", "INC-2026-001 might have affected Atlas CRM."),
        *("Atlas CRM is probably hosted by Nordwind AB.", "Atlas CRM is reportedly hosted by Nordwind AB."),
        *("Atlas CRM is believed to be hosted by Nordwind AB.", "Nordwind AB possibly hosts Atlas CRM."),
        *("It is unclear whether INC-2026-001 affected Atlas CRM.", "Allegedly, Anna Holm owns Atlas CRM."),
        *("If INC-2026-001 affected Atlas CRM, we call.", "In case Anna Holm owns Atlas CRM, ask her."),
        *("It is likely that Anna Holm owns Atlas CRM.", "Does it mean that Anna Holm owns Atlas CRM?"),
        "Anna Holm suspects that INC-2026-001 affected Atlas CRM.",
        "Anna Holm owns Atlas CRM, it seems.",
    ],
)
def test_hedged(text: str) -> None:
    assert marked(text) == [(False, True)]


@pytest.mark.parametrize(
    "text",
    [
        *("Nordwind AB not only hosts Atlas CRM.", "Anna Holm owns Atlas CRM without doubt."),
        *("We do not know Bo, but Anna Holm owns Atlas CRM.", "If it rains, Anna Holm owns Atlas CRM."),
        *("It is unclear whether it rains; Anna Holm owns Atlas CRM.", "Atlas CRM is now also hosted by Nordwind AB."),
        "The liability of Nordwind AB shall not exceed EUR 400,000.",
    ],
)
def test_neither(text: str) -> None:
    assert set(marked(text)) == {(False, False)}


def test_both_names_of_neither_nor_are_denied() -> None:
    text = "Neither Anna Holm nor Bo Lund reports to Eva Berg."
    assert facts(text) == {(name, "REPORTS_TO", "Eva Berg") for name in ("Anna Holm", "Bo Lund")}
    assert marked(text) == [(True, False), (True, False)]


def test_a_denial_is_a_fact_of_its_own() -> None:
    graph = graph_of(loaded("Anna Holm owns Atlas CRM. Anna Holm does not own Atlas CRM."))
    ends = entity_id("anna holm"), "OWNS", entity_id("atlas crm")
    assert {fact.id: fact.negated for fact in graph.facts} == {fact_id(*ends): False, fact_id(*ends, True): True}


def test_a_hedge_lowers_confidence_and_one_plain_statement_restores_it() -> None:
    plain, hedge = "Anna Holm owns Atlas CRM.", "Possibly, Anna Holm owns Atlas CRM."
    (sure,), (unsure,) = graph_of(loaded(plain)).facts, graph_of(loaded(hedge)).facts
    assert unsure.evidence[0].hedged and not sure.evidence[0].hedged
    assert unsure.confidence < sure.confidence
    (both,) = graph_of(loaded(f"{hedge} {plain}")).facts
    assert both.confidence == sure.confidence
    assert [item.hedged for item in both.evidence] == [True, False]
