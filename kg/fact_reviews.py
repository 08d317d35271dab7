"""What a person decides about a fact: it holds until a person decides otherwise, whatever documents say later.

A fact is approved (then it is `reviewed`), rejected (then it is `retracted`, though documents say so), or corrected:
rejected, with another one in its place that rests on the same words and is reviewed.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from kg.corrections import CERTAIN, mention_of, named_entity
from kg.model import Entity, Evidence, Mention, entity_id, fact_id, make_id
from kg.names import normalise_name
from kg.ontology import Ontology
from kg.resolution.names import blocks
from kg.resolution.profile import merged_names
from kg.resolution.resolve import resolve_entities
from kg.store import GraphStore, Row, Step
from kg.terms import term_text

#: Who finds the facts that people put in place of others.
REVIEW = "review"


class FactReviewRefused(Exception):
    """A fact cannot be decided as asked; the message is one sentence."""


def approve_fact(store: GraphStore, identity: str, user: str) -> None:
    """It is so, says a person. Raises `FactReviewRefused`, `StoreError`."""
    fact = _stated(store, identity)
    edges = [] if fact["negated"] else [fact]
    _write(store, [_decided(identity, "approved", user), Step("write_edges", {"rows": edges})])


def reject_fact(store: GraphStore, identity: str, user: str) -> None:
    """It is not so, or no document means it, says a person. Raises `FactReviewRefused`, `StoreError`."""
    fact = _stated(store, identity)
    _write(store, [_decided(identity, "rejected", user), _without_edge(fact)])


def correct_fact(store: GraphStore, ontology: Ontology, identity: str, name: str, user: str) -> str:
    """Another object is meant, says a person; the id of the fact that it is then.

    The new fact rests on the same words as the one that is rejected for it. Raises `FactReviewRefused`, `StoreError`.
    """
    fact = _stated(store, identity)
    name = " ".join(name.split())
    key = normalise_name(name)
    if not key:
        raise FactReviewRefused(f"{name!r} is no name; give the one that is meant instead of {fact['object']}.")
    if key in (fact["object_key"], fact["subject_key"]):
        raise FactReviewRefused(f"{name} is in the fact already; give the name that is meant, or approve the fact.")
    row, meant, mentions, evidence = _put_right(store, ontology, fact, name, key)
    away = row["meant_id"] != meant.id
    now = datetime.now(UTC).isoformat(timespec="seconds")
    run = {"extractor": REVIEW, "model_version": user, "ontology_version": ontology.version, "started_at": now}
    run["id"] = make_id("r", *run.values())
    row["recorded_at"] = now
    found = [{"id": make_id("b", block, key), "key": key, "block": block} for block in sorted(blocks(meant.name))]
    steps = [
        Step("write_entities", {"rows": [] if away else [asdict(meant)]}),
        Step("write_mentions", {"rows": [_mention_row(item, meant, row["meant_id"]) for item in mentions]}),
        Step("write_name_blocks", {"rows": [] if meant.value else found}),
        Step("write_run", {"run": run}),
        Step("write_facts", {"rows": [row], "run_id": run["id"]}),
        Step("write_evidence", {"rows": [asdict(item) | {"fact_id": row["id"]} for item in evidence]}),
        _decided(identity, "rejected", user, row["id"]),
        _decided(row["id"], "approved", user),
        _without_edge(fact),
        Step("write_edges", {"rows": [] if fact["negated"] else [row]}),
        *(Step(refresh, {"entity_ids": [row["meant_id"]]}) for refresh in ("refresh_types", "refresh_aliases")),
    ]
    _write(store, steps)
    resolve_entities(store, ontology)
    return str(row["id"])


def _stated(store: GraphStore, identity: str) -> Row:
    rows = store.run("fact_states", fact_ids=[identity]).rows
    if not rows or not rows[0]["stated"]:
        raise FactReviewRefused(f"No document states the fact {identity} any longer; there is nothing to decide.")
    return rows[0]


def _put_right(
    store: GraphStore, ontology: Ontology, fact: Row, name: str, key: str
) -> tuple[Row, Entity, list[Mention], list[Evidence]]:
    """The fact as it is meant, as `write_facts` takes it, with its object, where that is named, and its evidence."""
    node = merged_names(store, [key]).get(key, entity_id(key))
    held = store.run("entity", entity_id=node, groups=None).rows
    meant = named_entity(name, key, held[0]["type"] if held else fact["object_type"])
    ends = [(fact["subject_key"], fact["subject_id"], fact["subject"]), (key, node, name)]
    known = ontology.predicates.get(fact["predicate"])
    if known is not None and known.symmetric:
        ends.sort()
    (subject_key, subject_id, _), (object_key, object_id, object_name) = ends
    identity = fact_id(entity_id(subject_key), fact["predicate"], entity_id(object_key), fact["negated"])
    row = {
        "id": identity,
        "predicate": fact["predicate"],
        "negated": fact["negated"],
        "outside_ontology": fact["outside_ontology"],
        "confidence": CERTAIN,
        "subject_key": subject_key,
        "object_key": object_key,
        "object_name": object_name,
        "subject_id": subject_id,
        "object_id": object_id,
        "meant_id": node,
    }
    mentions, evidence = [], []
    columns = ("passage_id", "start", "end", "hedged", "deadline", "due", "exception", "valid_from", "valid_to")
    for said in store.run("statements_of_facts", fact_ids=[fact["id"]]).rows:
        evidence.append(Evidence(score=CERTAIN, **{column: said[column] for column in columns}))
        mentions.append(mention_of(meant, evidence[-1], said["text"], said["passage_start"]))
    return row, meant, mentions, evidence


def _mention_row(mention: Mention, meant: Entity, node: str) -> dict[str, Any]:
    other_name = meant.name if node != meant.id else None
    return asdict(mention) | {
        "entity_id": node,
        "key": meant.key,
        "other_name": other_name,
        "terms": term_text(other_name or ""),
        "name": meant.name,
        "type": meant.type,
        "type_rank": meant.type_rank,
    }


def _decided(identity: str, review: str, user: str, corrected_to: str | None = None) -> Step:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    row = {"id": identity, "review": review, "by": user, "at": now, "corrected_to": corrected_to}
    return Step("decide_facts", {"rows": [row]})


def _without_edge(fact: Row) -> Step:
    return Step("unlink_edges", {"rows": [{"id": fact["id"], "old_subject_id": fact["subject_id"]}]})


def _write(store: GraphStore, steps: list[Step]) -> None:
    store.write([step for step in steps if step.parameters.get("rows") != []], {})
