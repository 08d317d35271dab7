"""The whole graph as RDF, out of one store and into another: nothing is lost but the vectors, which are made anew."""

import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from rdflib import PROV, RDF, Graph, URIRef
from rdflib.term import Node

from governance.provenance.names import iri, new_graph, parts_of
from governance.provenance.schema import TABLES, Table
from kg.embedding import default_embedder, text_of_passage
from kg.names import bare_title, normalise_name
from kg.store import GraphStore, Row, Step, Vector

FORMATS = {".ttl": "turtle", ".nt": "nt", ".jsonld": "json-ld"}


class UnusableGraphFile(ValueError):
    """A file cannot be written or read as a graph; the message is one sentence."""


class GraphNotEmpty(Exception):
    """There is something in the graph already; the message is one sentence."""


def export_graph(store: GraphStore) -> Graph:
    """All that the store holds, as RDF. Raises `StoreError`.

    Beside what `import_graph` reads there is one triple for each live fact that is not denied, from its subject to its
    object, so that a query follows facts as edges.
    """
    graph = new_graph()
    for table in TABLES.values():
        for row in _rows(store, table):
            for triple in table.triples(row):
                graph.add(triple)
            if table is TABLES["facts"] and row["status"] != "retracted" and not row["negated"]:
                ends = iri("entity", row["subject_id"]), iri("entity", row["object_id"])
                graph.add((ends[0], iri("predicate", row["predicate"]), ends[1]))
    for row in store.run("carried_findings").rows:
        graph.add((iri("fact", row["fact_id"]), PROV.wasGeneratedBy, iri("run", row["run_id"])))
    return graph


def write_file(graph: Graph, file: Path) -> None:
    """Write a graph as the name of the file says. Raises `UnusableGraphFile`, `OSError`."""
    file.write_text(graph.serialize(format=_format(file)), encoding="utf-8")


def read_file(file: Path) -> Graph:
    """The graph of a file. Raises `UnusableGraphFile`, `OSError`."""
    form = _format(file)
    data = file.read_bytes()
    try:
        return Graph().parse(data=data, format=form)
    except Exception as error:  # rdflib's parsers raise many kinds; each is the file's fault
        told = str(error).strip().splitlines()
        raise UnusableGraphFile(f"{file} is not valid RDF ({told[0] if told else type(error).__name__}).") from error


def import_graph(graph: Graph, store: GraphStore) -> dict[str, int]:
    """Bring an exported graph into an empty store, in one transaction; how much of what there is then.

    Raises `GraphNotEmpty`, `UnusableGraphFile`, `StoreError`; then nothing was written.
    """
    if any(store.run("graph_size", groups=None).rows[0].values()):
        raise GraphNotEmpty("The graph is not empty; import into an empty one: set EVIGRAPH_GRAPH to a new place.")
    rows = {name: _read(graph, table) for name, table in TABLES.items()}
    if not rows["documents"]:
        raise UnusableGraphFile("The file holds no exported graph; `evigraph export --graph FILE` writes one.")
    for merge in rows["merges"]:
        merge["reasons"] = json.loads(merge["reasons"])
    runs = defaultdict(list)
    facts = {row["id"]: row for row in rows["facts"]}
    for fact, run in graph.subject_objects(PROV.wasGeneratedBy):
        runs[parts_of(str(run))[-1]].append(facts[parts_of(str(fact))[-1]])
    store.write([step for step in _steps(rows, runs) if step.parameters.get("rows") != []], _vectors(rows))
    return {name: len(found) for name, found in rows.items() if name not in ("blocks", "merged_names")}


def _rows(store: GraphStore, table: Table) -> list[Row]:
    rows = store.run(table.query).rows
    if table is TABLES["merges"]:  # in their order, which a set has not
        return [{**row, "reasons": json.dumps(row["reasons"], ensure_ascii=False)} for row in rows]
    return rows


def _read(graph: Graph, table: Table) -> list[Row]:
    found = []
    for node in sorted(graph.subjects(RDF.type, table.classes[0]), key=str):
        if not isinstance(node, URIRef):
            raise UnusableGraphFile(f"The file has a {table.name} without a name; export it anew.")
        held: dict[Node, list[Node]] = defaultdict(list)
        for predicate, value in graph.predicate_objects(node):
            held[predicate].append(value)
        try:
            found.append(table.row(node, held))
        except ValueError as error:
            raise UnusableGraphFile(f"The file is no whole export ({error}); export it anew.") from error
    return found


def _steps(rows: dict[str, list[Row]], runs: dict[str, list[Row]]) -> list[Step]:
    passages: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows["passages"], key=lambda row: row["ordinal"]):
        passages[row["document_id"]].append(row)
    steps = []
    for document in rows["documents"]:
        held = {name: value for name, value in document.items() if name != "text"}
        held["title_key"] = normalise_name(bare_title(document["title"]))
        mine = passages[document["id"]]
        steps.append(Step("write_document", {"document": held, "text": document["text"]}))
        steps.append(Step("write_passages", {"document_id": document["id"], "rows": mine}))
        following = [{"from": a["id"], "to": b["id"]} for a, b in pairwise(mine)]
        steps.append(Step("write_next", {"rows": following}))
    steps.append(Step("write_entities", {"rows": rows["entities"]}))
    steps.append(Step("write_mentions", {"rows": rows["mentions"]}))
    steps += [Step("write_run", {"run": run}) for run in rows["runs"]]
    steps += [Step("write_facts", {"run_id": run, "rows": found}) for run, found in sorted(runs.items())]
    entities = [row["id"] for row in rows["entities"]]
    live = [row for row in rows["facts"] if row["status"] != "retracted" and not row["negated"]]
    settled = sorted({row["key"] for row in rows["blocks"] if not row["pending"]})
    merged = [{"key": row["key"], "to_id": row["entity_id"]} for row in rows["merged_names"]]
    return [
        *steps,
        Step("restore_facts", {"rows": rows["facts"]}),
        Step("write_evidence", {"rows": rows["evidence"]}),
        Step("write_edges", {"rows": live}),
        Step("write_merges", {"rows": rows["merges"]}),
        Step("write_merged_names", {"rows": merged}),
        Step("write_name_blocks", {"rows": rows["blocks"]}),
        Step("settle_names", {"rows": [{"key": key} for key in settled]}),
        # An entity's other names, and in Neo4j its label, are made of its mentions.
        Step("refresh_types", {"entity_ids": entities}),
        Step("refresh_aliases", {"entity_ids": entities}),
    ]


def _vectors(rows: dict[str, list[Row]]) -> dict[str, Vector]:
    documents: dict[str, Any] = {row["id"]: row for row in rows["documents"]}
    texts = []
    for row in rows["passages"]:
        document = documents[row["document_id"]]
        texts.append(text_of_passage(document["title"], document["uri"], row["heading"], row["text"]))
    matrix = default_embedder().embed(texts)
    return {row["id"]: matrix[number] for number, row in enumerate(rows["passages"])}


def _format(file: Path) -> str:
    form = FORMATS.get(file.suffix.lower())
    if form is None:
        raise UnusableGraphFile(f"{file} does not say in which form it is; end its name in {', '.join(FORMATS)}.")
    return form
