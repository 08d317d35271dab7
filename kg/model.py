"""What the graph holds: documents, passages, entities, mentions, facts and the runs that found them.

All offsets (`start`, `end`) count characters of the document's extracted text: `text[start:end]` is the quote.
"""

import hashlib
from dataclasses import dataclass

#: Types whose entities are values, not things: no path or chain leads through "72 hours" or "High".
#: The group that everyone is in: a document that names it is open to all.
EVERYONE = "everyone"
VALUE_TYPES = ("Action", "Amount", "Date", "Definition", "Duration", "Percentage", "Value")


@dataclass(frozen=True, slots=True)
class Document:
    """A document as held; `access` names the groups that may see it, `version` counts its changes from 1.

    It is in force from `valid_from` until `valid_to`, days in ISO 8601; None where it names none.
    """

    id: str
    uri: str
    title: str
    media_type: str
    sha256: str
    version: int
    corpus: str
    access: tuple[str, ...]
    ingested_at: str
    extractor: str
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that is found and cited as one; `terms` is what full text indexes (see `kg.terms`)."""

    id: str
    ordinal: int
    text: str
    start: int
    end: int
    page: int | None
    heading: str
    terms: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing, person, organisation, term or value; `key` is its normalised name (see `kg.names`).

    `value` is a date, duration, amount or percentage in its one spelling (see `kg.values`), else "".
    """

    id: str
    key: str
    name: str
    type: str
    type_rank: int
    terms: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a passage names an entity; `alias` marks a place that gives it another name ("... (DPO)")."""

    passage_id: str
    entity_id: str
    start: int
    end: int
    text: str
    score: float
    alias: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """The characters of a passage that state a fact, and how they qualify it.

    `hedged`: said to be possible or likely only; `deadline` and `exception` are the passage's own words ("within 72
    hours", "unless ..."), `due` is the deadline as an ISO 8601 date or duration; "" where there is none. `valid_from`
    and `valid_to` are the days (ISO) from and until which the passage says that the fact holds, None when open. All
    belong to the evidence, so that a document which somebody may not see tells them nothing of a fact that another one
    states.
    """

    passage_id: str
    start: int
    end: int
    score: float
    hedged: bool = False
    deadline: str = ""
    due: str = ""
    exception: str = ""
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Subject, predicate, object, and where the document says so.

    `negated`: the documents deny it. "A hosts B" and "A does not host B" are two facts. `outside_ontology`: its
    predicate or the types that it joins are none of the ontology's.
    """

    id: str
    subject_id: str
    predicate: str
    object_id: str
    confidence: float
    evidence: tuple[Evidence, ...]
    negated: bool = False
    outside_ontology: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One extractor in one version with one ontology."""

    id: str
    extractor: str
    model_version: str
    ontology_version: str
    started_at: str


@dataclass(frozen=True, slots=True)
class DocumentGraph:
    """All that one document adds to the graph, written in one transaction."""

    document: Document
    text: str
    passages: tuple[Passage, ...]
    entities: tuple[Entity, ...]
    mentions: tuple[Mention, ...]
    facts: tuple[Fact, ...]
    run: Run


def make_id(kind: str, *parts: str) -> str:
    """A stable id: the kind's letter and 20 hex digits of the SHA-256 of the parts."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kind}_{digest[:20]}"


def document_id(corpus: str, uri: str) -> str:
    """The id of the document at `uri` in `corpus`; the same however often it changes."""
    return make_id("d", corpus, uri)


def entity_id(key: str) -> str:
    """The id of the entity with this normalised name."""
    return make_id("e", key)


def fact_id(subject_id: str, predicate: str, object_id: str, negated: bool = False) -> str:
    """The id of a fact: the same statement from two documents is one fact with two evidences; its denial is another."""
    return make_id("f", subject_id, predicate, object_id, *(["not"] if negated else []))
