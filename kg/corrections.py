"""What people corrected of a document's facts, carried over to its next version: the same words mean the same."""

from collections.abc import Iterable
from dataclasses import replace

from kg.model import DocumentGraph, Entity, Evidence, Fact, Mention, entity_id
from kg.names import value_of
from kg.store import GraphStore, Row
from kg.terms import term_text

#: How sure a reader is whom a person corrected.
CERTAIN = 1.0


def with_corrections(store: GraphStore, graph: DocumentGraph) -> DocumentGraph:
    """The next version of a document that is held, with the facts that people put in place of what it states.

    A correction is of the words that it was made of: where they changed, a person has to look again.
    """
    rows = store.run("corrections_of_document", document_id=graph.document.id).rows
    stated = {fact.id: fact for fact in graph.facts}
    for row in rows:
        wrong = stated.get(row["fact_id"])
        if wrong is None or row["corrected_to"] in stated:
            continue
        evidence = [item for item in wrong.evidence if graph.text[item.start : item.end] == row["quote"]]
        if evidence:
            graph = _with(graph, wrong, row, evidence)
    return graph


def _with(graph: DocumentGraph, wrong: Fact, row: Row, evidence: Iterable[Evidence]) -> DocumentGraph:
    sure = tuple(replace(item, score=CERTAIN) for item in evidence)
    # The ends of a symmetric predicate are in the order of their names, so the one that is meant may come first.
    end, kept = ("object", "subject") if entity_id(row["subject_key"]) == wrong.subject_id else ("subject", "object")
    meant = named_entity(row[end], row[f"{end}_key"], row[f"{end}_type"])
    ends = {end: meant.id, kept: wrong.subject_id}
    fact = replace(
        wrong,
        id=row["corrected_to"],
        subject_id=ends["subject"],
        object_id=ends["object"],
        confidence=CERTAIN,
        evidence=sure,
    )
    texts = {passage.id: (passage.text, passage.start) for passage in graph.passages}
    mentions = [mention_of(meant, item, *texts[item.passage_id]) for item in sure]
    known = {entity.id for entity in graph.entities}
    return replace(
        graph,
        entities=graph.entities if meant.id in known else (*graph.entities, meant),
        mentions=(*graph.mentions, *mentions),
        facts=(*graph.facts, fact),
    )


def named_entity(name: str, key: str, type_name: str) -> Entity:
    """The entity that a person names; what any document tells of its type is surer."""
    return Entity(entity_id(key), key, name, type_name, 0, term_text(name), value_of(name))


def mention_of(entity: Entity, evidence: Evidence, text: str, offset: int) -> Mention:
    """Where a passage, whose text begins at `offset`, names an entity; else the words that were read as naming it."""
    at = text.casefold().find(entity.name.casefold())
    found = at >= 0 and text[at : at + len(entity.name)].casefold() == entity.name.casefold()
    start, end = (offset + at, offset + at + len(entity.name)) if found else (evidence.start, evidence.end)
    return Mention(evidence.passage_id, entity.id, start, end, text[start - offset : end - offset], CERTAIN)
