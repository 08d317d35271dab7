"""A generated world into a store, many documents at once: an ingest writes one after the other, which takes hours."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

from benchmarks.world import World
from kg.embedded import EmbeddedStore
from kg.model import DocumentGraph
from kg.store import GraphStore, Row, Step
from kg.writer import document_steps

_AT_ONCE = 100  # documents
_SETTLED = 5000


def load(store: GraphStore, world: World) -> None:
    """Write all documents of a world, with all that an ingest leaves behind. The store must be empty.

    Into Neo4j by the catalogue's own queries, many documents a transaction. Into the embedded store by grafeo's calls
    for many nodes and edges, five times as fast; a test holds the result against that of `kg.writer.write_document`.
    """
    write = _Bulk(store).write if isinstance(store, EmbeddedStore) else None
    keys: set[str] = set()
    ids: set[str] = set()
    for documents in batched(world.documents(), _AT_ONCE):
        steps = [step for graph, _ in documents for step in _steps(graph)]
        vectors = {key: vector for _, held in documents for key, vector in held.items()}
        if write:
            write(steps)
            store.write([], vectors)
            continue
        store.write(_joined(steps), vectors)
        keys |= {entity.key for graph, _ in documents for entity in graph.entities if not entity.value}
        ids |= {entity.id for graph, _ in documents for entity in graph.entities}
    # What resolving the names comes to: nothing to merge, all settled. An entity's type becomes its label.
    for part in batched(sorted(keys), _SETTLED):
        store.write([Step("settle_names", {"rows": [{"key": key} for key in part]})], {})
    for part in batched(sorted(ids), _SETTLED):
        store.write([Step("refresh_types", {"entity_ids": list(part)})], {})


def _steps(graph: DocumentGraph) -> list[Step]:
    return document_steps(graph, {entity.id: entity.id for entity in graph.entities})


def _joined(steps: Sequence[Step]) -> Iterator[Step]:
    """The same steps, those of a name as one where their rows are all that they differ in, in an order that holds."""
    order = list(dict.fromkeys(step.name for step in steps))
    for name in sorted(order, key=lambda name: (name == "unlink_facts", order.index(name))):
        of_name = [step for step in steps if step.name == name]
        shared = [{key: value for key, value in step.parameters.items() if key != "rows"} for step in of_name]
        if name == "unlink_facts":
            continue  # for facts that are there already and at other entities, of which there are none
        if "rows" in of_name[0].parameters and all(item == shared[0] for item in shared):
            rows = [row for step in of_name for row in step.parameters["rows"]]
            yield Step(name, {**shared[0], "rows": rows})
        else:
            yield from of_name


class _Bulk:
    """Write steps as nodes and edges of the embedded graph, as the catalogue's queries of these names would."""

    def __init__(self, store: EmbeddedStore) -> None:
        self._graph: Any = store._graph  # grafeo itself: the store has no call for much at once
        self._nodes: dict[str, int] = {}
        self._new: dict[str, dict[str, Row]] = {}
        self._edges: list[tuple[str, str, str, Row]] = []

    def write(self, steps: Sequence[Step]) -> None:
        """Create what the steps say and is not there yet."""
        self._new, self._edges = defaultdict(dict), []
        for step in steps:
            self._take(step.name, step.parameters)
        for label, rows in self._new.items():
            made = self._graph.batch_create_nodes_with_props(label, list(rows.values()))
            self._nodes |= dict(zip(rows, made, strict=True))
        at = self._nodes
        self._graph.batch_create_edges([(at[a], at[b], kind, held) for a, b, kind, held in self._edges])

    def _take(self, name: str, parameters: Mapping[str, Any]) -> None:
        rows: list[Row] = parameters.get("rows", [])
        match name:
            case "write_document":
                document = parameters["document"]
                self._node("Document", document["id"], document)
                text = f"text {document['id']}"
                self._node("DocumentText", text, {"id": document["id"], "text": parameters["text"]})
                self._edge(document["id"], text, "HAS_TEXT")
            case "write_passages":
                for row in rows:
                    self._node("Passage", row["id"], row | {"caption": row["heading"].rpartition(" > ")[2]})
                    self._edge(parameters["document_id"], row["id"], "HAS_PASSAGE")
            case "write_next":
                for row in rows:
                    self._edge(row["from"], row["to"], "NEXT")
            case "write_entities":
                for row in rows:
                    known = {key: row[key] for key in ("id", "key", "name", "type", "value", "terms")}
                    self._node("Entity", row["id"], known | {"name_terms": row["terms"], "aliases": []})
            case "write_mentions":
                for row in rows:
                    self._edge(
                        row["passage_id"], row["entity_id"], "MENTIONS", _without(row, "passage_id", "entity_id")
                    )
            case "write_name_blocks":
                for row in rows:
                    self._node("NameBlock", row["id"], row)
            case "write_run":
                self._node("Run", parameters["run"]["id"], parameters["run"])
            case "write_facts":
                for row in rows:
                    self._fact(row, parameters["run_id"])
            case "write_evidence":
                for row in rows:
                    self._edge(
                        row["fact_id"], row["passage_id"], "EVIDENCED_BY", _without(row, "fact_id", "passage_id")
                    )
            case "unlink_facts" | "write_edges":
                pass  # no fact is elsewhere; edges come with their facts
            case _:
                raise NotImplementedError(f"Writing much at once does not know the query {name}; teach it.")

    def _node(self, label: str, identity: str, held: Row) -> bool:
        """Whether it is a new one."""
        if identity in self._nodes or identity in self._new[label]:
            return False
        self._new[label][identity] = _without(held)
        return True

    def _edge(self, start: str, end: str, kind: str, held: Row | None = None) -> None:
        self._edges.append((start, end, kind, held or {}))

    def _fact(self, row: Row, run_id: str) -> None:
        caption = ("NOT " if row["negated"] else "") + row["predicate"].replace("_", " ")
        held = _without(row, "subject_id", "object_id") | {"status": "asserted", "caption": caption}
        if self._node("Fact", row["id"], held):
            self._edge(row["id"], row["subject_id"], "SUBJECT")
            self._edge(row["id"], row["object_id"], "OBJECT")
            self._edge(row["id"], run_id, "GENERATED_BY")
            if not row["negated"]:
                said = {"fact_id": row["id"], "predicate": row["predicate"]}
                self._edge(row["subject_id"], row["object_id"], "RELATES", said)


def _without(row: Row, *names: str) -> Row:
    """The row but for these columns, and for nulls, which no property is."""
    return {key: value for key, value in row.items() if key not in names and value is not None}
