"""Document graphs into a store: replace, remove, each in one transaction."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from kg.corrections import with_corrections
from kg.merges import load_merges
from kg.model import DocumentGraph, Entity, Fact, Mention, make_id
from kg.names import bare_title, normalise_name
from kg.resolution.names import MAX_BLOCK, blocks
from kg.resolution.profile import merged_names
from kg.store import GraphStore, Row, Step, Vector
from kg.terms import term_text

_PREDICATE = re.compile(r"[A-Z][A-Z0-9_]*")


def document_state(store: GraphStore, document_id: str) -> Row | None:
    """The held document's `sha256`, `version`, `access` and `extractor`, or None."""
    rows = store.run("document_state", document_id=document_id).rows
    return rows[0] if rows else None


def write_document(store: GraphStore, graph: DocumentGraph, vectors: Mapping[str, Vector], replaces: bool) -> None:
    """Write a document; `replaces` first retracts what only its former version evidenced. One transaction.

    Names that were merged into another one's entity go there. What a person approved, rejected or corrected stays so
    where it is stated again. `vectors` holds one vector [384] for each passage id.
    Raises `StoreError`; then nothing was written. `kg.resolution.resolve_entities` is to be run afterwards.
    """
    if replaces:
        graph = with_corrections(store, graph)
    merged = merged_names(store, (entity.key for entity in graph.entities))
    nodes = {entity.id: merged.get(entity.key, entity.id) for entity in graph.entities}
    steps: list[Step] = []
    affected = set(nodes.values())
    if replaces:
        affected |= _entities_of(store, graph.document.id)
        former = _names_of(store, graph.document.id)
        steps += _name_upkeep(store, former, {entity.key for entity in graph.entities})
        steps += _forget_passages(graph.document.id)
    steps += document_steps(graph, nodes)
    steps += _entity_upkeep(affected)
    store.write(steps, vectors)


def remove_document(store: GraphStore, document_id: str) -> None:
    """Remove a document with its passages, mentions and the facts that only it evidenced. One transaction.

    `kg.resolution.resolve_entities` is to be run afterwards: merges may have rested on what is gone.
    """
    affected = _entities_of(store, document_id)
    steps = [
        *_name_upkeep(store, _names_of(store, document_id), kept=()),
        *_forget_passages(document_id),
        Step("delete_retracted_facts", {"document_id": document_id}),
        Step("delete_document", {"document_id": document_id}),
        *_entity_upkeep(affected),
    ]
    store.write(steps, {})


def _names_of(store: GraphStore, document_id: str) -> list[Row]:
    return store.run("names_of_document", document_id=document_id).rows


def _name_upkeep(store: GraphStore, names: list[Row], kept: Collection[str]) -> list[Step]:
    """What is held of the names that a document had; `kept` are the keys of those that it still has."""
    gone = [row for row in names if not row["elsewhere"] and row["key"] not in kept]
    merges = load_merges(store, [row["key"] for row in gone]).values() if gone else ()
    steps = [
        Step("touch_names", {"rows": names}),
        Step("touch_neighbours", {"rows": gone, "limit": MAX_BLOCK}),
        Step("delete_name_blocks", {"rows": gone}),
        Step("delete_merged_names", {"rows": gone}),
        Step("delete_merges", {"rows": [{"id": merge.id} for merge in merges]}),
    ]
    return [step for step in steps if step.parameters["rows"]]


def _entities_of(store: GraphStore, document_id: str) -> set[str]:
    return {row["id"] for row in store.run("entities_of_document", document_id=document_id).rows}


def _forget_passages(document_id: str) -> list[Step]:
    names = ("retract_facts", "delete_retracted_edges", "delete_passages")
    return [Step(name, {"document_id": document_id}) for name in names]


def _entity_upkeep(entity_ids: Iterable[str]) -> list[Step]:
    listed = sorted(entity_ids)
    names = ("delete_orphan_entities", "refresh_types", "refresh_aliases")
    return [Step(name, {"entity_ids": listed}) for name in names]


def document_steps(graph: DocumentGraph, nodes: Mapping[str, str]) -> list[Step]:
    """The steps that add a document which is not held yet.

    `nodes` maps the id of each name's own entity to that of the entity which it was merged into, or to itself.
    """
    document = asdict(graph.document) | {"access": list(graph.document.access)}
    document["title_key"] = normalise_name(bare_title(graph.document.title))  # what its title names is found by this
    passages = graph.passages
    following = [{"from": a.id, "to": b.id} for a, b in pairwise(passages)]
    entities = {entity.id: entity for entity in graph.entities}
    facts = [_fact_row(fact, graph.run.started_at, entities, nodes) for fact in graph.facts]
    evidence = [asdict(item) | {"fact_id": fact.id} for fact in graph.facts for item in fact.evidence]
    unmerged = [asdict(entity) for entity in graph.entities if nodes[entity.id] == entity.id]
    mentions = [_mention_row(item, entities[item.entity_id], nodes[item.entity_id]) for item in graph.mentions]
    steps = [
        Step("write_document", {"document": document, "text": graph.text}),
        Step("write_passages", {"document_id": graph.document.id, "rows": [asdict(p) for p in passages]}),
        Step("write_next", {"rows": following}),
        Step("write_entities", {"rows": unmerged}),
        Step("write_mentions", {"rows": mentions}),
        Step("write_name_blocks", {"rows": _block_rows(graph)}),
        Step("write_run", {"run": asdict(graph.run)}),
        # A retracted fact that is found again may have been left at an entity which its names are no longer at.
        Step("unlink_facts", {"rows": facts}),
        Step("write_facts", {"rows": facts, "run_id": graph.run.id}),
        Step("write_evidence", {"rows": evidence}),
        # What is denied is no edge: a person exploring would read it as said.
        Step("write_edges", {"rows": [row for row in facts if not row["negated"]]}),
    ]
    return [step for step in steps if step.parameters.get("rows") != []]


def _block_rows(graph: DocumentGraph) -> list[dict[str, str]]:
    """The blocks of all names that may denote things, aliases included; a value is its own name."""
    keys = {entity.id: entity.key for entity in graph.entities if not entity.value}
    names = [(entity.key, entity.name) for entity in graph.entities if not entity.value]
    names += [(keys[item.entity_id], item.text) for item in graph.mentions if item.alias and item.entity_id in keys]
    rows = sorted({(key, block) for key, name in names for block in blocks(name)})
    return [{"id": make_id("b", block, key), "key": key, "block": block} for key, block in rows]


def _mention_row(mention: Mention, entity: Entity, node: str) -> dict[str, Any]:
    # The type as this document has it: when another one goes, what it alone knew of the entity goes too.
    known = {"name": entity.name, "type": entity.type, "type_rank": entity.type_rank}
    other_name = mention.text if mention.alias else entity.name if node != entity.id else None
    names = {"key": entity.key, "other_name": other_name, "terms": term_text(other_name or "")}
    return asdict(mention) | known | names | {"entity_id": node}


def _fact_row(fact: Fact, recorded_at: str, entities: Mapping[str, Entity], nodes: Mapping[str, str]) -> dict[str, Any]:
    if not _PREDICATE.fullmatch(fact.predicate):
        raise ValueError(f"The predicate {fact.predicate!r} is not of the form OWNS or REPORTS_TO.")
    row = asdict(fact) | {"recorded_at": recorded_at}
    subject, object_ = entities[fact.subject_id], entities[fact.object_id]
    row |= {"subject_key": subject.key, "object_key": object_.key, "object_name": object_.name}
    row |= {"subject_id": nodes[fact.subject_id], "object_id": nodes[fact.object_id]}
    del row["evidence"]
    return row
