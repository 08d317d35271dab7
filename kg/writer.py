"""Document graphs into a store: replace, remove, each in one transaction."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from kg.model import DocumentGraph, Entity, Mention
from kg.store import GraphStore, Row, Step, Vector
from kg.terms import term_text

_PREDICATE = re.compile(r"[A-Z][A-Z0-9_]*")


def document_state(store: GraphStore, document_id: str) -> Row | None:
    """The held document's `sha256`, `version`, `access` and `extractor`, or None."""
    rows = store.run("document_state", document_id=document_id).rows
    return rows[0] if rows else None


def write_document(store: GraphStore, graph: DocumentGraph, vectors: Mapping[str, Vector], replaces: bool) -> None:
    """Write a document; `replaces` first retracts what only its former version evidenced. One transaction.

    `vectors` holds one vector [384] for each passage id. Raises `StoreError`; then nothing was written.
    """
    steps: list[Step] = []
    affected = {entity.id for entity in graph.entities}
    if replaces:
        affected |= _entities_of(store, graph.document.id)
        steps += _forget_passages(graph.document.id)
    steps += _document_steps(graph)
    steps += _entity_upkeep(affected)
    store.write(steps, vectors)


def remove_document(store: GraphStore, document_id: str) -> None:
    """Remove a document with its passages, mentions and the facts that only it evidenced. One transaction."""
    affected = _entities_of(store, document_id)
    steps = [
        *_forget_passages(document_id),
        Step("delete_retracted_facts", {"document_id": document_id}),
        Step("delete_document", {"document_id": document_id}),
        *_entity_upkeep(affected),
    ]
    store.write(steps, {})


def _entities_of(store: GraphStore, document_id: str) -> set[str]:
    return {row["id"] for row in store.run("entities_of_document", document_id=document_id).rows}


def _forget_passages(document_id: str) -> list[Step]:
    names = ("retract_facts", "delete_retracted_edges", "delete_passages")
    return [Step(name, {"document_id": document_id}) for name in names]


def _entity_upkeep(entity_ids: Iterable[str]) -> list[Step]:
    listed = sorted(entity_ids)
    names = ("delete_orphan_entities", "refresh_types", "refresh_aliases")
    return [Step(name, {"entity_ids": listed}) for name in names]


def _document_steps(graph: DocumentGraph) -> list[Step]:
    document = asdict(graph.document) | {"access": list(graph.document.access)}
    passages = graph.passages
    following = [{"from": a.id, "to": b.id} for a, b in pairwise(passages)]
    entities = {entity.id: entity for entity in graph.entities}
    facts = [_fact_row(fact, graph.run.started_at) for fact in graph.facts]
    evidence = [asdict(item) | {"fact_id": fact.id} for fact in graph.facts for item in fact.evidence]
    steps = [
        Step("write_document", {"document": document, "text": graph.text}),
        Step("write_passages", {"document_id": graph.document.id, "rows": [asdict(p) for p in passages]}),
        Step("write_next", {"rows": following}),
        Step("write_entities", {"rows": [asdict(entity) for entity in graph.entities]}),
        Step("write_mentions", {"rows": [_mention_row(item, entities[item.entity_id]) for item in graph.mentions]}),
        Step("write_run", {"run": asdict(graph.run)}),
        Step("write_facts", {"rows": facts, "run_id": graph.run.id}),
        Step("write_evidence", {"rows": evidence}),
        Step("write_edges", {"rows": facts}),
    ]
    return [step for step in steps if step.parameters.get("rows") != []]


def _mention_row(mention: Mention, entity: Entity) -> dict[str, Any]:
    # The type as this document has it: when another one goes, what it alone knew of the entity goes too.
    known = {"name": entity.name, "type": entity.type, "type_rank": entity.type_rank}
    return asdict(mention) | known | {"terms": term_text(mention.text) if mention.alias else ""}


def _fact_row(fact: Any, recorded_at: str) -> dict[str, Any]:
    if not _PREDICATE.fullmatch(fact.predicate):
        raise ValueError(f"The predicate {fact.predicate!r} is not of the form OWNS or REPORTS_TO.")
    row = asdict(fact) | {"recorded_at": recorded_at}
    del row["evidence"]
    return row
