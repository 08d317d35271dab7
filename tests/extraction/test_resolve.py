"""Mentions to entities and facts with their evidence."""

import pytest
from extracting import ONTOLOGY, graph_of, loaded

from kg.model import DocumentGraph, entity_id, fact_id


def graph(text: str, name: str = "a.md") -> DocumentGraph:
    return graph_of(loaded(text, name))


def types(made: DocumentGraph) -> dict[str, str]:
    return {entity.key: entity.type for entity in made.entities}


def stated(made: DocumentGraph) -> dict[tuple[str, str, str], int]:
    """Facts by the keys of what they join, with how many evidences each has."""
    keys = {entity.id: entity.key for entity in made.entities}
    return {(keys[fact.subject_id], fact.predicate, keys[fact.object_id]): len(fact.evidence) for fact in made.facts}


def test_an_entitys_id_is_that_of_its_name_in_any_document() -> None:
    first, second = graph("We met Anna Holm."), graph("It was anna's.\n\nYesterday Anna Holm’s file came.", "b.txt")
    assert entity_id("anna holm") in {entity.id for entity in first.entities} & {
        entity.id for entity in second.entities
    }


def test_a_fact_has_the_same_id_in_any_document() -> None:
    wanted = fact_id(entity_id("anna holm"), "OWNS", entity_id("atlas crm"))
    for made in (graph("Anna Holm owns Atlas CRM."), graph("system,owner\nAtlas CRM,Anna Holm\n", "b.csv")):
        assert wanted in {fact.id for fact in made.facts}


def test_a_fact_stated_twice_has_two_evidences_and_the_higher_confidence() -> None:
    made = graph(
        "# Atlas CRM\n\nOwner: Anna Holm\n\nAnna Holm owns Atlas CRM. It is true that Anna Holm owns the Atlas CRM."
    )
    (fact,) = made.facts
    assert [made.text[item.start : item.end] for item in fact.evidence] == [
        "Owner: Anna Holm",
        "Anna Holm owns Atlas CRM.",
        "It is true that Anna Holm owns the Atlas CRM.",
    ]
    assert fact.confidence == max(item.score for item in fact.evidence) == fact.evidence[0].score


@pytest.mark.parametrize(
    "text",
    [
        "The Data Protection Officer (DPO) left. Anna Holm is the DPO.",
        "Anna Holm is the DPO. The Data Protection Officer (DPO) left.",
    ],
)
def test_an_acronym_and_its_long_form_are_one_entity(text: str) -> None:
    made = graph(text)
    assert stated(made) == {("anna holm", "HOLDS_ROLE", "data protection officer"): 1}
    assert "dpo" not in types(made)
    assert [(item.text, item.alias) for item in made.mentions if item.entity_id == entity_id("data protection officer")]
    assert [item.text for item in made.mentions if item.alias] == ["DPO"]


def test_a_known_alias_is_the_known_entity() -> None:
    made = graph("It follows the GDPR.")
    assert types(made) == {"general data protection regulation": "Policy"}
    assert made.entities[0].name == "General Data Protection Regulation"


def test_a_short_form_is_the_named_organisation() -> None:
    made = graph('Nordwind AB (the "Supplier") is here. The Supplier hosts Atlas CRM.')
    assert ("atlas crm", "HOSTED_BY", "nordwind ab") in stated(made)
    assert "supplier" not in types(made)


def test_an_id_in_a_row_is_the_named_thing() -> None:
    made = graph("system_id,system_name,owner\nSYS-1,Atlas CRM,Anna Holm\nSYS-2,Vega ERP,Anna Holm\n", "a.csv")
    assert set(types(made)) == {"atlas crm", "vega erp", "anna holm"}


def test_the_more_certain_type_wins() -> None:
    made = graph(
        "Here is Quillpay again.\n\n| System | Owner |\n|---|---|\n| Quillpay | Anna Holm |\n| Atlas | Bo Lund |"
    )
    assert types(made)["quillpay"] == "System"
    assert {entity.type_rank for entity in made.entities} <= {kind.rank for kind in ONTOLOGY.types.values()}


def test_nothing_is_related_to_itself() -> None:
    assert graph("The Atlas CRM depends on the ATLAS CRM.").facts == ()


def test_two_spellings_of_a_value_are_one_entity_with_its_value() -> None:
    made = graph("The audit log is kept for seventy-two (72) hours. The access log is kept for 72 hours.")
    assert [(item.name, item.value) for item in made.entities if item.type == "Duration"] == [
        ("seventy-two (72) hours", "PT72H")
    ]
    assert stated(made) == {(f"{name} log", "RETAINED_FOR", "pt72h"): 1 for name in ("audit", "access")}


def test_evidence_keeps_what_qualifies_it() -> None:
    made = graph("The Supplier must report it within 72 hours unless Anna Holm agrees.")
    (evidence,) = [item for fact in made.facts for item in fact.evidence]
    assert (evidence.deadline, evidence.due, evidence.exception, evidence.hedged) == (
        "within 72 hours",
        "PT72H",
        "unless Anna Holm agrees",
        False,
    )


def test_evidence_of_a_row_in_two_passages_is_where_the_object_stands() -> None:
    made = graph(f"system,notes,owner\nAtlas CRM,{'word ' * 300},Anna Holm\n", "a.csv")
    (fact,) = made.facts
    (item,) = fact.evidence
    assert len(made.passages) > 1
    assert stated(made) == {("anna holm", "OWNS", "atlas crm"): 1}
    passage = next(passage for passage in made.passages if passage.id == item.passage_id)
    assert passage.start <= item.start < item.end <= passage.end
