"""A small world written by hand: three documents that three groups may see, and builders for more.

everyone   handbook   Anna owns Atlas and reports to Bo, who manages the Data Office; Atlas and Borealis keep 72 hours
hr         salaries   Anna reports to Bo, from March 2024; Bo, "the Boss", owns Vega and Vega keeps 72 hours, until 2024
legal      opinion    in force in 2023 and 2024: Anna owns Atlas; Nordwind hosts Atlas and Borealis; the Data Office
                      must not export backups; Bo does not own Borealis
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from kg.catalogue import Query, catalogue
from kg.model import (
    VALUE_TYPES,
    Document,
    DocumentGraph,
    Entity,
    Evidence,
    Fact,
    Mention,
    Passage,
    Run,
    document_id,
    entity_id,
    fact_id,
    make_id,
)
from kg.names import normalise_name
from kg.resolution.names import blocks
from kg.store import GraphStore, QueryResult, Row, Vector
from kg.terms import term_text
from kg.writer import write_document

TYPES = {
    "Atlas": "System",
    "Borealis": "System",
    "Vega": "System",
    "Anna Holm": "Person",
    "Bo Lund": "Person",
    "Data Office": "Department",
    "Data Protection Officer": "Role",
    "Nordwind GmbH": "Organization",
    "72 hours": "Duration",
    "export backups": "Action",
}
RUN = Run(make_id("r", "rules"), "rules", "1", "test 1", "2026-01-01T00:00:00Z")


@dataclass(frozen=True)
class Said:
    """One paragraph: its heading, its text, whom it names (name, words), and facts (subject, predicate, object).

    `period`: from when and until when it says that the facts hold.
    """

    heading: str
    text: str
    names: tuple[str, ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    denied: tuple[tuple[str, str, str], ...] = ()
    period: tuple[str | None, str | None] = (None, None)


def e(name: str) -> str:
    """The id of the entity with this name."""
    return entity_id(normalise_name(name))


def f(subject: str, predicate: str, object_: str, negated: bool = False) -> str:
    """The id of a fact by its names."""
    return fact_id(e(subject), predicate, e(object_), negated)


def d(name: str) -> str:
    """The id of the document with this file name."""
    return document_id("test", f"file:///{name}.md")


def unit_vector(seed: str) -> Vector:
    """A unit vector [384] that depends on the seed alone."""
    state = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    vector = np.random.default_rng(state).standard_normal(384)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def vectors_of(graph: DocumentGraph) -> dict[str, Vector]:
    """One vector for each passage, by its text."""
    return {passage.id: unit_vector(passage.text) for passage in graph.passages}


def write(store: GraphStore, *graphs: DocumentGraph, replaces: bool = False) -> None:
    """Write documents one after the other, with their vectors."""
    for graph in graphs:
        write_document(store, graph, vectors_of(graph), replaces)


def document(
    name: str,
    access: Sequence[str],
    said: Iterable[Said],
    version: int = 1,
    confidence: float = 0.9,
    in_force: tuple[str | None, str | None] = (None, None),
) -> DocumentGraph:
    """A document of these paragraphs; offsets are found by searching, as a reader would."""
    paragraphs = list(said)
    text = "\n\n".join(item.text for item in paragraphs)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    held = Document(
        d(name),
        f"file:///{name}.md",
        name.title(),
        "text/markdown",
        sha256,
        version,
        "test",
        tuple(access),
        "2026-01-01T00:00:00Z",
        "rules 1",
        *in_force,
    )
    passages: list[Passage] = []
    entities: dict[str, Entity] = {}
    mentions: list[Mention] = []
    facts: dict[str, Fact] = {}
    start = 0
    for ordinal, item in enumerate(paragraphs):
        passage_id = make_id("p", held.id, sha256, str(start))
        end = start + len(item.text)
        page = 1 if ordinal else None
        terms = term_text(held.title, item.heading, item.text)
        passages.append(Passage(passage_id, ordinal, item.text, start, end, page, item.heading, terms))
        for entity_name in item.names:
            at = start + item.text.index(entity_name)
            mentions.append(Mention(passage_id, e(entity_name), at, at + len(entity_name), entity_name, 0.8))
        for entity_name, alias in item.aliases:
            at = start + item.text.index(alias)
            mentions.append(Mention(passage_id, e(entity_name), at, at + len(alias), alias, 0.7, alias=True))
        for subject, predicate, object_ in (*item.facts, *item.denied):
            negated = (subject, predicate, object_) in item.denied
            span, (begins, ends) = _span(item.text, start, subject, object_), item.period
            evidence = Evidence(passage_id, *span, confidence, valid_from=begins, valid_to=ends)
            identity = f(subject, predicate, object_, negated)
            fact = Fact(
                identity,
                e(subject),
                predicate,
                e(object_),
                confidence,
                (evidence,),
                negated=negated,
                outside_ontology=predicate == "HAS_ROLE",
            )
            before = facts.get(fact.id)
            facts[fact.id] = replace(before, evidence=(*before.evidence, evidence)) if before else fact
        named = (*item.names, *(entity_name for entity_name, _ in item.aliases))
        for entity_name in named:
            kind = TYPES.get(entity_name, "Concept")
            key = normalise_name(entity_name)
            entities[key] = Entity(e(entity_name), key, entity_name, kind, 5, term_text(entity_name))
        start = end + 2
    return DocumentGraph(
        held, text, tuple(passages), tuple(entities.values()), tuple(mentions), tuple(facts.values()), RUN
    )


def _span(text: str, offset: int, subject: str, object_: str) -> tuple[int, int]:
    """From the first to the last character of the two names."""
    places = [(text.index(name), text.index(name) + len(name)) for name in (subject, object_)]
    return offset + min(start for start, _ in places), offset + max(end for _, end in places)


# The umlaut and the emoji stand before evidence: offsets count characters, not bytes or UTF-16 units.
SYSTEMS = Said(
    "Systems",
    "Größe 🙂 zählt: Anna Holm owns Atlas.",
    ("Anna Holm", "Atlas"),
    (("Anna Holm", "OWNS", "Atlas"),),
)
HANDBOOK = document(
    "handbook",
    ["everyone"],
    [
        SYSTEMS,
        Said(
            "People",
            "Anna Holm reports to Bo Lund, who manages the Data Office.",
            ("Anna Holm", "Bo Lund", "Data Office"),
            (("Anna Holm", "REPORTS_TO", "Bo Lund"), ("Bo Lund", "MANAGES", "Data Office")),
        ),
        Said(
            "People",
            "Bo Lund is the Data Protection Officer (DPO).",
            ("Bo Lund", "Data Protection Officer"),
            (("Bo Lund", "HAS_ROLE", "Data Protection Officer"),),
            (("Data Protection Officer", "DPO"),),
        ),
        Said(
            "Retention",
            "Backups of Atlas and of Borealis are kept for 72 hours.",
            ("Atlas", "Borealis", "72 hours"),
            (("Atlas", "RETAINED_FOR", "72 hours"), ("Borealis", "RETAINED_FOR", "72 hours")),
        ),
    ],
)
SALARIES = document(
    "salaries",
    ["hr"],
    [
        Said(
            "Staff",
            "Salary band 7: Anna Holm reports to Bo Lund.",
            ("Anna Holm", "Bo Lund"),
            (("Anna Holm", "REPORTS_TO", "Bo Lund"),),
            period=("2024-03-01", None),
        ),
        Said(
            "Payroll",
            "Bo Lund, called the Boss, owns Vega, whose slips are kept for 72 hours.",
            ("Bo Lund", "Vega", "72 hours"),
            (("Bo Lund", "OWNS", "Vega"), ("Vega", "RETAINED_FOR", "72 hours")),
            (("Bo Lund", "the Boss"),),
            period=(None, "2024-12-30"),
        ),
    ],
    confidence=0.95,
)
OPINION = document(
    "opinion",
    ["legal", "board"],
    [
        Said(
            "Hosting",
            "Nordwind GmbH hosts Atlas. Nordwind GmbH hosts Borealis too.",
            ("Nordwind GmbH", "Atlas", "Borealis"),
            (("Nordwind GmbH", "HOSTS", "Atlas"), ("Nordwind GmbH", "HOSTS", "Borealis")),
        ),
        Said(
            "Duties",
            "Atlas belongs to Anna Holm. The Data Office must not export backups.",
            ("Atlas", "Anna Holm", "Data Office", "export backups"),
            (("Anna Holm", "OWNS", "Atlas"), ("Data Office", "MUST_NOT", "export backups")),
        ),
        Said(
            "Duties",
            "Bo Lund does not own Borealis.",
            ("Bo Lund", "Borealis"),
            denied=(("Bo Lund", "OWNS", "Borealis"),),
        ),
    ],
    confidence=0.8,
    in_force=("2023-01-01", "2024-12-31"),
)
WORLD = (HANDBOOK, SALARIES, OPINION)
# Spelt out, so that a test can ask about names without computing them from what it checks.
ALL_FACTS = sorted({fact.id for graph in WORLD for fact in graph.facts})
ALL_ENTITIES = sorted({entity.id for graph in WORLD for entity in graph.entities})
ALL_KEYS = sorted({entity.key for graph in WORLD for entity in graph.entities})
ALL_BLOCKS = sorted({block for graph in WORLD for entity in graph.entities for block in blocks(entity.name)})
ALL_PASSAGES = sorted(passage.id for graph in WORLD for passage in graph.passages)
PREDICATES = sorted({fact.predicate for graph in WORLD for fact in graph.facts})


def visible(graphs: Iterable[DocumentGraph], groups: Sequence[str] | None) -> list[DocumentGraph]:
    """The documents that these groups may see."""
    return [graph for graph in graphs if groups is None or set(groups) & set(graph.document.access)]


#: Before, within and after the periods of the world.
DAYS = ("2022-06-15", "2024-06-15", "2026-06-15")

# How a test asks every query about everything that the world holds, and reads all that comes back.

#: For each parameter the values worth asking with; a query with a new parameter fails until it has some here.
#: Few, since Neo4j plans a query anew for every size of its lists: a second each for the long ones.
ASKED: dict[str, list[Any]] = {
    "as_of": [None, *DAYS],
    "blocks": [ALL_BLOCKS],
    "confidence": [0.9],
    "day": ["2024-06-15"],
    "document": ["salaries.md"],
    "document_ids": [[graph.document.id for graph in WORLD]],
    "document_id": [graph.document.id for graph in WORLD],
    "end": ["subject", "object", "either"],
    "entity_id": ALL_ENTITIES,
    "entity_ids": [ALL_ENTITIES, [e("Atlas"), e("Bo Lund"), e("Vega")]],
    "fact_ids": [ALL_FACTS],
    "fewest": [False, True],
    "first": ["atlas", "anna holm"],
    "first_day": ["2020-01-01"],
    "from_ids": [[e("Atlas"), e("Nordwind GmbH")]],
    "to_ids": [ALL_ENTITIES, [e("Bo Lund"), e("Borealis"), e("Data Office")]],
    "keys": [ALL_KEYS],
    "last_day": ["2026-12-31"],
    "limit": [1000],
    "most": [1000],
    "name": ["atlas", "bo lund", "data office", "vega"],
    "negated": [False, True],
    "other_types": [sorted(set(TYPES.values()))],
    "passage_ids": [ALL_PASSAGES],
    "predicate": ["OWNS"],
    "predicates": [PREDICATES],
    "second": ["bo lund", "72 hours"],
    "since": ["2026-01-01"],
    "too_often": [1000],
    "type": sorted(set(TYPES.values())),
    "types": [sorted(set(TYPES.values()))],
    "value_types": [list(VALUE_TYPES)],
    "words": [["anna"], ["boss", "vega"]],
    "vector": [unit_vector("a question").tolist()],
    "without_types": [["Role"]],
}
#: These tell what former versions of documents said.
FORMER = ("changes_of_document", "retracted_facts")
Answers = dict[str, list[list[Row]]]
SEARCHES = ("search_entities", "search_passages", "similar_passages")
_WORDS = (
    "anna holm atlas",
    "the boss",
    "dpo",
    "vega salary band slips",
    "nordwind hosts export backups",
    "72 hours kept",
)


def readable(dialect: str) -> dict[str, Query]:
    """The catalogue's queries that answer: the writing ones name no columns."""
    return {name: query for name, query in catalogue(dialect).items() if query.columns}


def ask(store: GraphStore, query: Query, groups: Sequence[str] | None) -> Iterator[QueryResult]:
    """Run a query with every combination of `ASKED` that it takes."""
    if query.name == "similar_passages":
        for graph in WORLD:
            for passage in graph.passages:
                for day in ASKED["as_of"]:
                    yield store.search_vectors(unit_vector(passage.text), 100, groups, day)
    elif query.name in SEARCHES:
        for words, day in product(_WORDS, ASKED["as_of"]):
            yield store.search_text(query.name, term_text(words), 100, groups, day)
    else:
        names = [name for name in query.parameters if name != "groups"]
        for values in product(*(ASKED[name] for name in names)):
            parameters = dict(zip(names, values, strict=True))
            if "groups" in query.parameters:
                parameters["groups"] = groups
            yield store.run(query.name, **parameters)


def ask_all(store: GraphStore, groups: Sequence[str] | None) -> Answers:
    """The rows of all queries that people's questions run, without scores: those depend on all that is indexed."""
    return {
        name: [
            [{key: value for key, value in row.items() if key != "score" or name not in SEARCHES} for row in rows]
            for rows in (_listed(query, result) for result in ask(store, query, groups))
        ]
        for name, query in readable(store.dialect).items()
        if query.folder != "ingest"
    }


def _listed(query: Query, result: QueryResult) -> list[Row]:
    rows = result.rows
    return sorted(rows, key=lambda row: str(row["id"])) if query.name in SEARCHES else rows


def strings(value: Any) -> Iterator[str]:
    """All strings in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def traces(graphs: Iterable[DocumentGraph], held: Iterable[DocumentGraph]) -> set[str]:
    """Ids, names and texts that only `graphs` have and `held` do not: where one shows, something leaked."""
    return set().union(*map(_signs, graphs)) - set().union(*map(_signs, held))


def _signs(graph: DocumentGraph) -> set[str]:
    document = graph.document
    signs = {document.id, document.uri, document.title, document.sha256, graph.text}
    periods = [(document.valid_from, document.valid_to)]
    periods += [(item.valid_from, item.valid_to) for fact in graph.facts for item in fact.evidence]
    signs |= {day for period in periods for day in period if day}
    for passage in graph.passages:
        signs |= {passage.id, passage.text}
    for entity in graph.entities:
        signs |= {entity.id, entity.key, entity.name}
    signs |= {mention.text for mention in graph.mentions} | {fact.id for fact in graph.facts}
    return signs
