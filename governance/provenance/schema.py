"""How the graph's rows are written as RDF, in one table that export and import both read."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from rdflib import DCTERMS, PROV, RDF, RDFS, XSD, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.term import Node

from governance.provenance.names import EV, OA, iri, parts_of
from kg.store import Row

#: How a column's value is written. `texts`: a set, in the order of its texts; `link:KIND`: the IRI of a thing.
Kind = Literal["text", "integer", "number", "boolean", "texts"] | str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one query: their class, the kind and columns of their IRIs, and a predicate and kind for each column.

    `optional` names the columns that may be null; null is not written.
    """

    query: str
    classes: tuple[URIRef, ...]
    name: str
    key: tuple[str, ...]
    columns: Mapping[str, tuple[URIRef, Kind]]
    optional: frozenset[str] = frozenset()

    def iri_of(self, row: Row) -> URIRef:
        """The stable name of a row."""
        return iri(self.name, *(str(row[column]) for column in self.key))

    def triples(self, row: Row) -> list[tuple[URIRef, URIRef, Node]]:
        """All that is written of a row."""
        node = self.iri_of(row)
        found: list[tuple[URIRef, URIRef, Node]] = [(node, RDF.type, kind) for kind in self.classes]
        for column, (predicate, kind) in self.columns.items():
            value = row[column]
            if value is not None:
                values = value if kind == "texts" else [value]
                found += [(node, predicate, _written(item, kind)) for item in values]
        return found

    def row(self, node: URIRef, held: Mapping[Node, list[Node]]) -> Row:
        """The row of a node, of which `held` has the objects by predicate. Raises `ValueError`."""
        row: Row = {}
        for column, (predicate, kind) in self.columns.items():
            values = held.get(predicate, [])
            if kind == "texts":
                empty: list[str] | None = None if column in self.optional else []
                row[column] = sorted(str(value) for value in values) or empty
            elif len(values) == 1:
                row[column] = _read(values[0], kind)
            elif values or column not in self.optional:
                raise ValueError(f"{node} has {len(values) or 'no'} values of {predicate}")
            else:
                row[column] = None
        return row


def _written(value: Any, kind: Kind) -> Node:
    if kind.startswith("link:"):
        return iri(kind.removeprefix("link:"), str(value))
    if kind == "number":  # rdflib writes a double in Turtle with seven digits only
        return RdfLiteral(f"{Decimal(repr(float(value))):f}", datatype=XSD.decimal)
    return RdfLiteral(value)


def _read(value: Node, kind: Kind) -> Any:
    if kind.startswith("link:"):
        return parts_of(str(value))[-1]
    if kind == "integer":
        return int(str(value))
    if kind == "number":
        return float(str(value))
    if kind == "boolean":
        return str(value) == "true"
    return str(value)


_PERIOD: dict[str, tuple[URIRef, Kind]] = {"valid_from": (EV.validFrom, "text"), "valid_to": (EV.validTo, "text")}
_PLACE: dict[str, tuple[URIRef, Kind]] = {"start": (OA.start, "integer"), "end": (OA.end, "integer")}

TABLES: dict[str, Table] = {
    "documents": Table(
        "carried_documents",
        (EV.Document, PROV.Entity),
        "document",
        ("id",),
        {
            "id": (DCTERMS.identifier, "text"),
            "uri": (DCTERMS.source, "text"),
            "title": (DCTERMS.title, "text"),
            "media_type": (DCTERMS["format"], "text"),
            "sha256": (EV.sha256, "text"),
            "version": (DCTERMS.hasVersion, "integer"),
            "corpus": (EV.corpus, "text"),
            "access": (EV.access, "texts"),
            "ingested_at": (EV.ingestedAt, "text"),
            "extractor": (EV.extractor, "text"),
            **_PERIOD,
            "text": (PROV.value, "text"),
        },
        frozenset(_PERIOD),
    ),
    "passages": Table(
        "carried_passages",
        (EV.Passage, PROV.Entity),
        "passage",
        ("id",),
        {
            "id": (DCTERMS.identifier, "text"),
            "document_id": (DCTERMS.isPartOf, "link:document"),
            "ordinal": (EV.ordinal, "integer"),
            "text": (PROV.value, "text"),
            **_PLACE,
            "page": (EV.page, "integer"),
            "heading": (EV.heading, "text"),
            "terms": (EV.terms, "text"),
        },
        frozenset({"page"}),
    ),
    "entities": Table(
        "carried_entities",
        (EV.Entity,),
        "entity",
        ("id",),
        {
            "id": (DCTERMS.identifier, "text"),
            "key": (EV.key, "text"),
            "name": (RDFS.label, "text"),
            "type": (EV.type, "text"),
            "value": (EV.value, "text"),
            "terms": (EV.terms, "text"),
        },
    ),
    "mentions": Table(
        "carried_mentions",
        (EV.Mention,),
        "mention",
        ("passage_id", "start", "end", "key"),
        {
            "passage_id": (DCTERMS.isPartOf, "link:passage"),
            "entity_id": (EV.mentions, "link:entity"),
            "key": (EV.key, "text"),
            **_PLACE,
            "text": (OA.exact, "text"),
            "score": (EV.score, "number"),
            "alias": (EV.alias, "boolean"),
            "other_name": (EV.otherName, "text"),
            "terms": (EV.terms, "text"),
            "name": (RDFS.label, "text"),
            "type": (EV.type, "text"),
            "type_rank": (EV.typeRank, "integer"),
        },
        frozenset({"other_name"}),
    ),
    "facts": Table(
        "carried_facts",
        (EV.Fact, RDF.Statement, PROV.Entity),
        "fact",
        ("id",),
        {
            "id": (DCTERMS.identifier, "text"),
            "subject_id": (RDF.subject, "link:entity"),
            "predicate": (RDF.predicate, "link:predicate"),
            "object_id": (RDF.object, "link:entity"),
            "confidence": (EV.confidence, "number"),
            "status": (EV.status, "text"),
            "recorded_at": (EV.recordedAt, "text"),
            "retracted_from": (EV.retractedFrom, "link:document"),
            "retracted_access": (EV.retractedAccess, "texts"),
            "negated": (EV.negated, "boolean"),
            "outside_ontology": (EV.outsideOntology, "boolean"),
            "subject_key": (EV.subjectKey, "text"),
            "object_key": (EV.objectKey, "text"),
            "object_name": (EV.objectName, "text"),
            "review": (EV.review, "text"),
            "reviewed_by": (EV.reviewedBy, "text"),
            "reviewed_at": (EV.reviewedAt, "text"),
            "corrected_to": (EV.correctedTo, "link:fact"),
        },
        frozenset({"retracted_from", "retracted_access", "review", "reviewed_by", "reviewed_at", "corrected_to"}),
    ),
    "evidence": Table(
        "carried_evidence",
        (EV.Evidence, OA.SpecificResource),
        "evidence",
        ("fact_id", "passage_id", "start", "end"),
        {
            "fact_id": (EV.evidences, "link:fact"),
            "passage_id": (DCTERMS.isPartOf, "link:passage"),
            **_PLACE,
            "score": (EV.score, "number"),
            "hedged": (EV.hedged, "boolean"),
            "deadline": (EV.deadline, "text"),
            "due": (EV.due, "text"),
            "exception": (EV.exception, "text"),
            **_PERIOD,
        },
        frozenset(_PERIOD),
    ),
    "runs": Table(
        "carried_runs",
        (EV.Extraction, PROV.Activity),
        "run",
        ("id",),
        {
            "id": (DCTERMS.identifier, "text"),
            "extractor": (EV.extractor, "text"),
            "model_version": (EV.modelVersion, "text"),
            "ontology_version": (EV.ontologyVersion, "text"),
            "started_at": (EV.startedAt, "text"),
        },
    ),
    "merges": Table(
        "carried_merges",
        (EV.Merge,),
        "merge",
        ("id",),
        {
            "id": (DCTERMS.identifier, "text"),
            "key": (EV.key, "text"),
            "into_key": (EV.intoKey, "text"),
            "score": (EV.score, "number"),
            "reasons": (EV.reasons, "text"),
            "decided_by": (EV.decidedBy, "text"),
            "decided_at": (EV.decidedAt, "text"),
            "status": (EV.status, "text"),
        },
    ),
    "merged_names": Table(
        "carried_merged_names",
        (EV.MergedName,),
        "merged-name",
        ("key",),
        {"key": (EV.key, "text"), "entity_id": (EV.names, "link:entity")},
    ),
    "blocks": Table(
        "carried_blocks",
        (EV.NameBlock,),
        "block",
        ("id",),
        {
            "id": (DCTERMS.identifier, "text"),
            "key": (EV.key, "text"),
            "block": (EV.block, "text"),
            "pending": (EV.pending, "boolean"),
        },
    ),
}
