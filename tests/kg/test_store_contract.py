"""Both stores answer every query of the catalogue alike, rightly, and only to those who may see it."""

from dataclasses import astuple, dataclass, field, replace
from typing import Any

import kg_world as world
import pytest
from kg_world import HANDBOOK, OPINION, SALARIES, WORLD, Said, d, e, f

from kg.bolt import Neo4jStore
from kg.embedded import EmbeddedStore
from kg.model import DocumentGraph, make_id
from kg.resolution.names import blocks
from kg.store import GraphStore, QueryResult, Row, StoreError, visibility
from kg.terms import term_text
from kg.writer import remove_document

VALUES = ["Duration", "Action"]
OWNS_ATLAS = f("Anna Holm", "OWNS", "Atlas")
REPORTS = f("Anna Holm", "REPORTS_TO", "Bo Lund")
MANAGES = f("Bo Lund", "MANAGES", "Data Office")
ROLE = f("Bo Lund", "HAS_ROLE", "Data Protection Officer")
ATLAS_72 = f("Atlas", "RETAINED_FOR", "72 hours")
BOREALIS_72 = f("Borealis", "RETAINED_FOR", "72 hours")
OWNS_VEGA = f("Bo Lund", "OWNS", "Vega")
VEGA_72 = f("Vega", "RETAINED_FOR", "72 hours")
HOSTS_ATLAS = f("Nordwind GmbH", "HOSTS", "Atlas")
HOSTS_BOREALIS = f("Nordwind GmbH", "HOSTS", "Borealis")
MUST_NOT = f("Data Office", "MUST_NOT", "export backups")
NOT_BOREALIS = f("Bo Lund", "OWNS", "Borealis", negated=True)
P1, P2, P3, P4 = (passage.id for passage in HANDBOOK.passages)
S1, S2 = (passage.id for passage in SALARIES.passages)
O1, O2, O3 = (passage.id for passage in OPINION.passages)
ALIASES = (("bo lund", "the Boss"), ("data protection officer", "DPO"))


@dataclass(frozen=True)
class Case:
    """What a query finds: some of its columns, as tuples; and parameters with which it finds nothing."""

    parameters: dict[str, Any]
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    groups: list[str] | None = None
    nothing: dict[str, Any] = field(default_factory=dict)
    nothing_rows: list[tuple[Any, ...]] = field(default_factory=list)


def by_id(*rows: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Rows in the order of their first columns, ids, which nobody can sort by hand."""
    return sorted(rows)


def named_in(graph: DocumentGraph, number: int, said: dict[str, str]) -> tuple[Any, ...]:
    """What a passage names, in reading order, each by the first of the words that name it."""
    passage = graph.passages[number]
    starts = sorted((graph.text.index(words), e(name)) for name, words in said.items())
    names, places = [name for _, name in starts], [start for start, _ in starts]
    return (passage.id, graph.document.title, passage.terms, names, places, [])


CASES: dict[str, Case] = {
    "contradictions_of_facts": Case(
        {"fact_ids": [HOSTS_ATLAS, OWNS_ATLAS], "predicates": ["HOSTS"], "limit": 10},
        ("fact_id", "other_id", "subject", "object", "other_object", "other_negated"),
        [(HOSTS_ATLAS, HOSTS_BOREALIS, "Nordwind GmbH", "Atlas", "Borealis", False)],
        nothing={"predicates": ["OWNS"]},
    ),
    "corpus_state": Case(
        {},
        ("id", "sha256"),
        by_id(*((graph.document.id, graph.document.sha256) for graph in WORLD)),
        nothing={"groups": ["nobody"]},
    ),
    "document": Case(
        {"document_id": d("opinion")},
        ("id", "title", "version", "access", "valid_from", "valid_to", "passages"),
        [(d("opinion"), "Opinion", 1, ["legal", "board"], "2023-01-01", "2024-12-31", 3)],
        nothing={"groups": ["hr"]},
    ),
    "document_text": Case(
        {"document_id": d("handbook")},
        ("id", "text"),
        [(d("handbook"), HANDBOOK.text)],
        nothing={"document_id": d("none")},
    ),
    "documents": Case(
        {"limit": 2},
        ("title", "version", "access", "passages"),
        [("Handbook", 1, ["everyone"], 4), ("Opinion", 1, ["legal", "board"], 3)],
        nothing={"groups": []},
    ),
    "entities_by_count": Case(
        {
            "types": ["System"],
            "other_types": ["Duration", "Organization", "Person"],
            "predicates": [],
            "fewest": False,
            "limit": 10,
        },
        ("id", "name", "count"),
        [(e("Atlas"), "Atlas", 3), *by_id((e("Borealis"), "Borealis", 2), (e("Vega"), "Vega", 2))],
        nothing={"other_types": ["Risk"]},
    ),
    "entities_in_blocks": Case(
        {"blocks": ["person:holm a", "person:nobody x"], "limit": 10},
        ("id", "name", "key"),
        [(e("Anna Holm"), "Anna Holm", "anna holm")],
        nothing={"blocks": ["person:nobody x"]},
    ),
    "entities_without": Case(
        # That Bo does not own Borealis is no owner.
        {"types": ["System"], "predicates": ["OWNS"], "end": "object", "limit": 10},
        ("id", "name", "passage_ids"),
        [(e("Borealis"), "Borealis", sorted([P4, O1, O3]))],
        nothing={"predicates": ["RETAINED_FOR"], "end": "subject"},
    ),
    "entities_by_key": Case(
        {"keys": ["atlas", "bo lund", "no such"]},
        ("id", "name", "type", "aliases"),
        by_id((e("Atlas"), "Atlas", "System", []), (e("Bo Lund"), "Bo Lund", "Person", ["the Boss"])),
        nothing={"keys": ["Atlas"]},
    ),
    "entities_in_passages": Case(
        {"passage_ids": [P2, O1], "types": ["Person", "System"]},
        ("id", "name", "passage_id"),
        by_id(
            (e("Anna Holm"), "Anna Holm", P2),
            (e("Bo Lund"), "Bo Lund", P2),
            (e("Atlas"), "Atlas", O1),
            (e("Borealis"), "Borealis", O1),
        ),
        nothing={"types": []},
    ),
    "entity": Case(
        {"entity_id": e("Data Protection Officer")},
        ("name", "type", "aliases", "key"),
        [("Data Protection Officer", "Role", ["DPO"], "data protection officer")],
        nothing={"entity_id": "e_none"},
    ),
    "evidence_of_facts": Case(
        {"fact_ids": [OWNS_ATLAS]},
        ("passage_id", "quote", "document_id", "page", "heading", "version"),
        by_id(
            # Characters, not bytes: an umlaut and an emoji stand before this one.
            (P1, "Anna Holm owns Atlas", d("handbook"), None, "Systems", 1),
            (O2, "Atlas belongs to Anna Holm", d("opinion"), 1, "Duties", 1),
        ),
        nothing={"fact_ids": ["f_none"]},
    ),
    "facts_by_id": Case(
        {"fact_ids": [REPORTS, ATLAS_72]},
        ("id", "subject", "predicate", "object", "object_type", "confidence", "valid_from"),
        by_id(
            (REPORTS, "Anna Holm", "REPORTS_TO", "Bo Lund", "Person", 0.95, "2024-03-01"),
            (ATLAS_72, "Atlas", "RETAINED_FOR", "72 hours", "Duration", 0.9, None),
        ),
        nothing={"fact_ids": []},
    ),
    "facts_joined_to": Case(
        {
            "entity_ids": [e("72 hours")],
            "predicates": ["RETAINED_FOR"],
            "type": "System",
            "negated": False,
            "limit": 10,
        },
        ("item_id", "item", "id", "predicate", "object"),
        by_id(
            (e("Atlas"), "Atlas", ATLAS_72, "RETAINED_FOR", "72 hours"),
            (e("Borealis"), "Borealis", BOREALIS_72, "RETAINED_FOR", "72 hours"),
            (e("Vega"), "Vega", VEGA_72, "RETAINED_FOR", "72 hours"),
        ),
        nothing={"negated": True},
    ),
    "facts_of_predicate": Case(
        {"predicates": ["OWNS", "RETAINED_FOR"], "types": ["System"], "limit": 10},
        ("id", "subject", "object"),
        by_id(
            (ATLAS_72, "Atlas", "72 hours"),
            (BOREALIS_72, "Borealis", "72 hours"),
            (VEGA_72, "Vega", "72 hours"),
        ),
        nothing={"types": ["Risk"]},
    ),
    "facts_of_document": Case(
        {"document_id": d("salaries")},
        ("id", "subject", "object", "confidence"),
        by_id(
            (REPORTS, "Anna Holm", "Bo Lund", 0.95),
            (OWNS_VEGA, "Bo Lund", "Vega", 0.95),
            (VEGA_72, "Vega", "72 hours", 0.95),
        ),
        nothing={"document_id": d("none")},
    ),
    "facts_of_entities": Case(
        {"entity_ids": [e("Atlas")], "limit": 10},
        ("id", "subject", "predicate", "object"),
        by_id(
            (OWNS_ATLAS, "Anna Holm", "OWNS", "Atlas"),
            (HOSTS_ATLAS, "Nordwind GmbH", "HOSTS", "Atlas"),
            (ATLAS_72, "Atlas", "RETAINED_FOR", "72 hours"),
        ),
        nothing={"entity_ids": ["e_none"]},
    ),
    "facts_with_predicate": Case(
        {"entity_ids": [e("Bo Lund")], "predicates": ["OWNS", "REPORTS_TO"], "limit": 10},
        ("id", "subject", "predicate", "object", "negated"),
        by_id(
            (OWNS_VEGA, "Bo Lund", "OWNS", "Vega", False),
            (REPORTS, "Anna Holm", "REPORTS_TO", "Bo Lund", False),
            (NOT_BOREALIS, "Bo Lund", "OWNS", "Borealis", True),
        ),
        nothing={"predicates": []},
    ),
    "graph_size": Case(
        {},
        ("documents", "passages"),
        [(2, 6)],
        groups=["everyone", "hr"],
        nothing={"groups": []},
        nothing_rows=[(0, 0)],
    ),
    "mentions_of_document": Case(
        {"document_id": d("salaries")},
        ("passage_id", "text", "name", "type", "score"),
        [
            (S1, "Anna Holm", "Anna Holm", "Person", 0.8),
            (S1, "Bo Lund", "Bo Lund", "Person", 0.8),
            (S2, "Bo Lund", "Bo Lund", "Person", 0.8),
            (S2, "the Boss", "Bo Lund", "Person", 0.7),
            (S2, "Vega", "Vega", "System", 0.8),
            (S2, "72 hours", "72 hours", "Duration", 0.8),
        ],
        nothing={"document_id": d("none")},
    ),
    # tests/qa/test_ranking.py has titles that name entities.
    "names_of_passages": Case(
        {"passage_ids": [P1, P4, O2], "value_types": VALUES},
        ("id", "title", "terms", "entity_ids", "starts", "titled"),
        by_id(
            named_in(HANDBOOK, 0, {"Anna Holm": "Anna Holm", "Atlas": "Atlas"}),
            named_in(HANDBOOK, 3, {"Atlas": "Atlas and", "Borealis": "Borealis"}),
            named_in(OPINION, 1, {"Atlas": "Atlas belongs", "Anna Holm": "Anna Holm", "Data Office": "Data Office"}),
        ),
        nothing={"passage_ids": ["p_none"]},
    ),
    "passages_of_entities": Case(
        {"entity_ids": [e("Vega"), e("Borealis"), e("Atlas")], "most": 4, "too_often": 9},
        ("entity_id", "passage_ids", "common"),
        by_id(
            (e("Vega"), [S2], False),
            (e("Borealis"), sorted([P4, O1, O3]), False),
            (e("Atlas"), [], True),
        ),
        nothing={"entity_ids": ["e_none"]},
    ),
    "access_of_documents": Case(
        {"document_ids": [d("handbook"), d("opinion")]},
        ("id", "access"),
        by_id((d("handbook"), ["everyone"]), (d("opinion"), ["legal", "board"])),
        nothing={"document_ids": [d("none")]},
    ),
    "terms_of_passages": Case(
        {"passage_ids": [P1, S2]},
        ("id", "title", "terms"),
        by_id(
            (P1, "Handbook", HANDBOOK.passages[0].terms),
            (S2, "Salaries", SALARIES.passages[1].terms),
        ),
        nothing={"passage_ids": ["p_none"]},
    ),
    "passages_by_id": Case(
        {"passage_ids": [P1, O2]},
        ("id", "ordinal", "text", "title"),
        by_id((P1, 0, HANDBOOK.passages[0].text, "Handbook"), (O2, 1, OPINION.passages[1].text, "Opinion")),
        nothing={"passage_ids": ["p_none"]},
    ),
    "passages_of_document": Case(
        {"document_id": d("handbook")},
        ("id", "ordinal", "page"),
        [(P1, 0, None), (P2, 1, 1), (P3, 2, 1), (P4, 3, 1)],
        nothing={"document_id": d("none")},
    ),
    "path_one_hop": Case(
        {"from_ids": [e("Atlas")], "to_ids": [e("Anna Holm"), e("Bo Lund"), e("Atlas")], "limit": 10},
        ("fact_ids",),
        [([OWNS_ATLAS],)],  # and not from Atlas over one fact back to Atlas
        nothing={"from_ids": [e("Borealis")], "to_ids": [e("Bo Lund")]},  # what is denied joins nothing
    ),
    "path_two_hops": Case(
        {"from_ids": [e("Atlas")], "to_ids": [e("Borealis")], "value_types": VALUES, "limit": 10},
        ("fact_ids",),
        [([HOSTS_ATLAS, HOSTS_BOREALIS],)],  # and not over "72 hours"
        nothing={"to_ids": [e("Data Office")]},
    ),
    "path_three_hops": Case(
        {"from_ids": [e("Atlas")], "to_ids": [e("Data Office")], "value_types": VALUES, "limit": 10},
        ("fact_ids",),
        [([OWNS_ATLAS, REPORTS, MANAGES],)],
        nothing={"to_ids": [e("Anna Holm")]},
    ),
    "search_entities": Case(
        {"query": "the boss of Vega", "k": 10},
        ("id", "name"),
        by_id((e("Bo Lund"), "Bo Lund"), (e("Vega"), "Vega")),
        nothing={"query": "unheard"},
    ),
    "search_passages": Case(
        {"query": "salary slips", "k": 10},
        ("id",),
        by_id((S1,), (S2,)),
        nothing={"query": "unheard"},
    ),
    "similar_passages": Case(
        {"vector": world.unit_vector(OPINION.passages[0].text), "k": 1},
        ("id",),
        [(O1,)],
        nothing={"groups": []},
    ),
    "document_state": Case(
        {"document_id": d("opinion")},
        ("sha256", "version", "access", "extractor"),
        [(OPINION.document.sha256, 1, ["legal", "board"], "rules 1")],
        nothing={"document_id": d("none")},
    ),
    "entities_of_document": Case(
        {"document_id": d("salaries")},
        ("id",),
        by_id((e("Anna Holm"),), (e("Bo Lund"),), (e("Vega"),), (e("72 hours"),)),
        nothing={"document_id": d("none")},
    ),
    "passage_ids": Case({}, ("id",), [(passage,) for passage in world.ALL_PASSAGES]),
    "blocks_of_names": Case(
        {"keys": ["atlas", "bo lund"]},
        ("key", "block"),
        [
            ("atlas", "consonants:atls"),
            ("atlas", "spelling:atla"),
            ("atlas", "word:atlas"),
            ("bo lund", "consonants:blnd"),
            ("bo lund", "consonants:bs"),  # he is "the Boss", too
            ("bo lund", "person:lund b"),
            ("bo lund", "spelling:bolund"),
            ("bo lund", "spelling:bos"),
            ("bo lund", "word:bo"),
            ("bo lund", "word:boss"),
            ("bo lund", "word:lund"),
        ],
        nothing={"keys": ["no such"]},
    ),
    "names_in_blocks": Case(
        {"blocks": ["word:data", "word:officer"], "most": 1},
        ("block", "keys"),
        [("word:data", ["data office"]), ("word:officer", ["data protection officer"])],
        nothing={"blocks": ["word:none"]},
    ),
    "names_of_document": Case(
        {"document_id": d("salaries")},
        ("key", "entity_id", "elsewhere"),
        [
            ("anna holm", e("Anna Holm"), True),
            ("bo lund", e("Bo Lund"), True),
            ("pt72h", e("72 hours"), True),
            ("vega", e("Vega"), False),
        ],
        nothing={"document_id": d("none")},
    ),
    "pending_names": Case({}, ("key",), [(key,) for key in world.ALL_KEYS]),
    "held_document": Case(
        {"document_id": d("opinion")},
        ("id", "uri", "version", "corpus", "access", "valid_from", "valid_to", "text"),
        [
            (
                d("opinion"),
                "file:///opinion.md",
                1,
                "test",
                ["legal", "board"],
                "2023-01-01",
                "2024-12-31",
                OPINION.text,
            ),
        ],
        nothing={"document_id": d("none")},
    ),
    "held_passages": Case(
        {"document_id": d("salaries")},
        ("id", "ordinal", "text", "start", "end", "terms"),
        [(p.id, p.ordinal, p.text, p.start, p.end, p.terms) for p in SALARIES.passages],
        nothing={"document_id": d("none")},
    ),
    "held_mentions": Case(
        {"document_id": d("salaries")},
        ("passage_id", "key", "text", "alias", "name", "type"),
        [
            (S1, "anna holm", "Anna Holm", False, "Anna Holm", "Person"),
            (S1, "bo lund", "Bo Lund", False, "Bo Lund", "Person"),
            (S2, "bo lund", "Bo Lund", False, "Bo Lund", "Person"),
            (S2, "bo lund", "the Boss", True, "Bo Lund", "Person"),
            (S2, "vega", "Vega", False, "Vega", "System"),
            (S2, "pt72h", "72 hours", False, "72 hours", "Duration"),
        ],
        nothing={"document_id": d("none")},
    ),
    "surest_types": Case(
        {"document_id": d("salaries")},
        ("key", "type", "type_rank"),
        [("anna holm", "Person", 5), ("bo lund", "Person", 5), ("pt72h", "Duration", 5), ("vega", "System", 5)],
        nothing={"document_id": d("none")},
    ),
    "held_facts": Case(
        {"document_id": d("salaries")},
        ("id", "predicate", "subject_key", "object_key", "object_name", "status", "run_id", "passage_id"),
        by_id(
            (REPORTS, "REPORTS_TO", "anna holm", "bo lund", "Bo Lund", "asserted", world.RUN.id, S1),
            (OWNS_VEGA, "OWNS", "bo lund", "vega", "Vega", "asserted", world.RUN.id, S2),
            (VEGA_72, "RETAINED_FOR", "vega", "pt72h", "72 hours", "asserted", world.RUN.id, S2),
        ),
        nothing={"document_id": d("none")},
    ),
    "entities_holding": Case(
        {"words": ["boss"]},
        ("id", "key", "name", "aliases"),
        [(e("Bo Lund"), "bo lund", "Bo Lund", ["the Boss"])],
        nothing={"words": ["nobody"]},
    ),
    "documents_of_entities": Case(
        {"entity_ids": [e("Vega")]},
        ("id",),
        [(d("salaries"),)],
        nothing={"entity_ids": [e("Nobody")]},
    ),
    "names_in_passages": Case(
        {"passage_ids": [S2], "value_types": VALUES},
        ("entity_id", "name", "type", "written", "text", "aliases"),
        sorted(
            [
                (e("Bo Lund"), "Bo Lund", "Person", "Bo Lund", "Bo Lund", ["the Boss"]),
                (e("Bo Lund"), "Bo Lund", "Person", "Bo Lund", "the Boss", ["the Boss"]),
                (e("Vega"), "Vega", "System", "Vega", "Vega", []),
            ]
        ),
        nothing={"passage_ids": []},
    ),
    "signatures": Case({}, ("name",), []),
    "name_profiles": Case(
        {"entity_ids": [e("Bo Lund")], "most": 2},
        ("key", "entity_id", "name", "type", "type_rank", "mentions", "aliases"),
        [("bo lund", e("Bo Lund"), "Bo Lund", "Person", 5, 6, ["the Boss"])],
        nothing={"entity_ids": []},
    ),
    "name_facts": Case(
        {"entity_ids": [e("Vega")]},
        ("id", "predicate", "subject_key", "object_key", "subject_id", "object_id", "status", "negated"),
        by_id(
            (OWNS_VEGA, "OWNS", "bo lund", "vega", e("Bo Lund"), e("Vega"), "asserted", False),
            (VEGA_72, "RETAINED_FOR", "vega", "pt72h", e("Vega"), e("72 hours"), "asserted", False),
        ),
        nothing={"entity_ids": ["e_none"]},
    ),
    # Nobody decided anything in this world; tests/kg/test_fact_reviews.py does.
    "corrections_of_document": Case({"document_id": d("handbook")}, ("fact_id",), []),
    "fact_states": Case(
        {"fact_ids": [ROLE, NOT_BOREALIS, "f_none"]},
        ("id", "predicate", "negated", "outside_ontology", "status", "review", "stated", "subject_key", "object"),
        by_id(
            (ROLE, "HAS_ROLE", False, True, "asserted", None, True, "bo lund", "Data Protection Officer"),
            (NOT_BOREALIS, "OWNS", True, False, "asserted", None, True, "bo lund", "Borealis"),
        ),
        nothing={"fact_ids": []},
    ),
    "statements_of_facts": Case(
        {"fact_ids": [OWNS_VEGA]},
        ("fact_id", "passage_id", "text", "passage_start", "hedged", "valid_from", "valid_to", "document_id"),
        [
            (
                OWNS_VEGA,
                S2,
                SALARIES.passages[1].text,
                SALARIES.passages[1].start,
                False,
                None,
                "2024-12-30",
                d("salaries"),
            )
        ],
        nothing={"fact_ids": ["f_none"]},
    ),
    # Nothing is merged in this world; tests/kg/test_resolution.py merges.
    "merged_names": Case({"keys": world.ALL_KEYS}, ("key",), []),
    "merges_of_names": Case({"keys": world.ALL_KEYS}, ("key",), []),
    "merges_of_entity": Case({"entity_id": e("Bo Lund")}, ("name",), []),
    "runs_of_facts": Case(
        {"fact_ids": [OWNS_ATLAS, NOT_BOREALIS]},
        ("fact_id", "id", "extractor", "model_version", "ontology_version", "started_at"),
        by_id(*((fact, *astuple(world.RUN)) for fact in (OWNS_ATLAS, NOT_BOREALIS))),
        nothing={"groups": ["nobody"]},
    ),
    # What is carried is compared with itself after a journey in tests/governance/test_carry.py.
    "carried_documents": Case(
        {},
        ("id", "sha256", "extractor", "text"),
        by_id(*((graph.document.id, graph.document.sha256, "rules 1", graph.text) for graph in WORLD)),
    ),
    "carried_passages": Case(
        {},
        ("id", "document_id", "terms"),
        by_id(*((passage.id, graph.document.id, passage.terms) for graph in WORLD for passage in graph.passages)),
    ),
    "carried_entities": Case(
        {},
        ("id", "key", "name", "terms"),
        by_id(*{(item.id, item.key, item.name, item.terms) for graph in WORLD for item in graph.entities}),
    ),
    "carried_mentions": Case(
        {},
        ("passage_id", "start", "end", "entity_id", "alias"),
        by_id(
            *(
                (item.passage_id, item.start, item.end, item.entity_id, item.alias)
                for graph in WORLD
                for item in graph.mentions
            )
        ),
    ),
    "carried_facts": Case(
        {},
        ("id", "subject_id", "predicate", "object_id", "negated", "status"),
        by_id(
            *{
                (item.id, item.subject_id, item.predicate, item.object_id, item.negated, "asserted")
                for graph in WORLD
                for item in graph.facts
            }
        ),
    ),
    "carried_evidence": Case(
        {},
        ("fact_id", "passage_id", "start", "end", "valid_from", "valid_to"),
        by_id(
            *(
                (fact.id, item.passage_id, item.start, item.end, item.valid_from, item.valid_to)
                for graph in WORLD
                for fact in graph.facts
                for item in fact.evidence
            )
        ),
    ),
    "carried_runs": Case({}, ("id", "extractor", "started_at"), [(world.RUN.id, "rules", world.RUN.started_at)]),
    "carried_findings": Case({}, ("fact_id", "run_id"), [(fact, world.RUN.id) for fact in world.ALL_FACTS]),
    "carried_merges": Case({}, ("id",), []),
    "carried_merged_names": Case({}, ("key",), []),
    "carried_blocks": Case(
        {},
        ("key", "block", "pending"),
        [
            (key, block, True)
            for _, key, block in by_id(
                *{
                    (make_id("b", block, item.key), item.key, block)
                    for graph in WORLD
                    for item in graph.entities
                    for name in (item.name, *(alias for key, alias in ALIASES if key == item.key))
                    for block in blocks(name)
                },
            )
        ],
    ),
}
UNORDERED = {*world.SEARCHES, "entities_by_key", "entities_of_document", "merges_of_names"}
# Lists of one length: for another order of length Neo4j plans each query anew, which takes most of the time here.
GROUPS: list[list[str] | None] = [
    None,
    ["everyone", "nobody"],
    ["hr", "nobody"],
    ["legal", "nobody"],
    ["everyone", "board"],
    ["nobody", "no one"],
]


def run(store: GraphStore, name: str, parameters: dict[str, Any]) -> QueryResult:
    """Run a query the way the product does: full text and vectors through their own calls."""
    rest = dict(parameters)
    if name == "similar_passages":
        return store.search_vectors(rest["vector"], rest["k"], rest["groups"], rest.get("as_of"))
    if name in world.SEARCHES:
        return store.search_text(name, term_text(rest["query"]), rest["k"], rest["groups"], rest.get("as_of"))
    seen = visibility(name, store.dialect, rest.pop("groups"), rest.pop("as_of", None))
    return store.run(name, **rest, **seen)


def picked(case: Case, result: QueryResult) -> list[tuple[Any, ...]]:
    rows = [tuple(row[column] for column in case.columns) for row in result.rows]
    return sorted(rows) if result.name in UNORDERED else rows


def test_every_query_has_a_case() -> None:
    # Those of analysts have theirs in test_analyst_queries. The embedded store knows changes and vectors without a
    # query: test_every_write_is_a_change, test_vectors_of_passages and test_nearness_is_the_cosine cover both.
    embedded, neo4j = (
        {name for name, query in world.readable(dialect).items() if query.folder != "analyst"}
        for dialect in ("embedded", "neo4j")
    )
    assert set(CASES) == embedded == neo4j - {"changes", "nearness", "passage_vectors"}


@pytest.mark.parametrize("name", CASES)
def test_finds_what_it_must(world_store: GraphStore, name: str) -> None:
    case = CASES[name]
    result = run(world_store, name, {**case.parameters, "groups": case.groups})
    assert picked(case, result) == case.rows
    columns = world.readable(world_store.dialect)[name].columns
    assert all(tuple(row) == columns for row in result.rows)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.nothing])
def test_finds_nothing_where_nothing_is(world_store: GraphStore, name: str) -> None:
    case = CASES[name]
    result = run(world_store, name, {**case.parameters, "groups": None, **case.nothing})
    assert picked(case, result) == case.nothing_rows


@pytest.mark.parametrize("groups", GROUPS, ids=str)
@pytest.mark.parametrize("name", CASES)
def test_stores_agree_row_for_row(
    embedded_world: EmbeddedStore, neo4j_world: Neo4jStore, name: str, groups: list[str] | None
) -> None:
    def rows(store: GraphStore) -> list[list[Row]]:
        results = list(world.ask(store, world.readable(store.dialect)[name], groups))
        if name not in UNORDERED:
            return [result.rows for result in results]
        # Scores of two implementations of BM25 differ, and so may the order of near ties.
        unscored = [[{**row, "score": None} for row in result.rows] for result in results]
        return [sorted(found, key=lambda row: str(row["id"])) for found in unscored]

    assert rows(embedded_world) == rows(neo4j_world)


def test_neo4j_scores_vectors_by_half_of_one_plus_cosine(
    embedded_world: EmbeddedStore, neo4j_world: Neo4jStore
) -> None:
    query = world.unit_vector("a question")
    cosines = {
        passage.id: float(world.unit_vector(passage.text) @ query) for graph in WORLD for passage in graph.passages
    }
    exact = {row["id"]: row["score"] for row in embedded_world.search_vectors(query, 9, None, None).rows}
    approximate = {row["id"]: row["score"] for row in neo4j_world.search_vectors(query, 9, None, None).rows}
    assert exact == pytest.approx(cosines, abs=1e-6)
    # float32 in Lucene; with quantised vectors, Neo4j's default, it would be 5e-3.
    assert approximate == pytest.approx({key: (1 + cosine) / 2 for key, cosine in cosines.items()}, abs=1e-5)


def test_vectors_of_passages(world_store: GraphStore) -> None:
    found = world_store.passage_vectors([P1, "p_none", S2])
    assert set(found) == {P1, S2}
    assert found[P1] == pytest.approx(world.unit_vector(HANDBOOK.passages[0].text), abs=1e-7)
    assert world_store.passage_vectors([]) == {}


def test_every_write_is_a_change(store: GraphStore) -> None:
    seen = [store.changes()]
    for act in (
        lambda: world.write(store, HANDBOOK),
        lambda: world.write(store, HANDBOOK, replaces=True),
        lambda: store.run("graph_size", groups=None),
        lambda: remove_document(store, HANDBOOK.document.id),
    ):
        act()
        seen.append(store.changes())
    assert seen[0] < seen[1] < seen[2] == seen[3] < seen[4]


def test_nearness_is_the_cosine(world_store: GraphStore) -> None:
    asked = world.unit_vector("a question")
    cosines = {key: float(world.unit_vector(text) @ asked) for key, text in ((P1, HANDBOOK.passages[0].text),)}
    assert world_store.nearness(asked, [P1, "p_none"]) == pytest.approx(cosines, abs=1e-5)
    assert world_store.nearness(asked, []) == {}


@pytest.mark.parametrize("limit", [1, 2])
@pytest.mark.parametrize(
    "name", [name for name, query in world.readable("embedded").items() if "limit" in query.parameters]
)
def test_limit_limits_all_rows(embedded_world: EmbeddedStore, neo4j_world: Neo4jStore, name: str, limit: int) -> None:
    parameters = {
        key: world.ASKED[key][0]
        for key in world.readable("embedded")[name].parameters
        if key not in ("groups", "as_of")
    }
    for store in (embedded_world, neo4j_world):
        assert len(run(store, name, {**parameters, "limit": limit, "groups": None}).rows) <= limit


@pytest.mark.parametrize("groups", GROUPS, ids=str)
def test_nothing_hidden_shows(world_store: GraphStore, groups: list[str] | None) -> None:
    seen = world.visible(WORLD, groups)
    hidden = world.traces([graph for graph in WORLD if graph not in seen], seen)
    for name, results in world.ask_all(world_store, groups).items():
        leaked = {text for text in set(world.strings(results)) if any(sign in text for sign in hidden)}
        assert not leaked, name


@pytest.mark.parametrize("groups", GROUPS, ids=str)
def test_answers_are_those_of_a_graph_without_the_hidden_documents(
    world_store: GraphStore, fresh: Any, groups: list[str] | None
) -> None:
    """Not even by counts, confidences, aliases or what a search finds can one tell that there is more."""
    only_visible = fresh()
    world.write(only_visible, *world.visible(WORLD, groups))
    expected, answered = world.ask_all(only_visible, None), world.ask_all(world_store, groups)
    for name in expected:
        assert answered[name] == expected[name], name


def test_the_strongest_visible_evidence_qualifies_a_fact(store: GraphStore) -> None:
    """A deadline that only a hidden document gives shows to nobody who may not see it."""

    def saying(name: str, group: str, score: float, deadline: str, hedged: bool) -> DocumentGraph:
        said = Said("", f"{name}: Anna Holm owns Atlas.", ("Anna Holm", "Atlas"), (("Anna Holm", "OWNS", "Atlas"),))
        graph = world.document(name, [group], [said], confidence=score)
        (fact,) = graph.facts
        (evidence,) = fact.evidence
        evidence = replace(evidence, hedged=hedged, deadline=deadline, due="PT1H", exception="unless it rains")
        return replace(graph, facts=(replace(fact, evidence=(evidence,)),))

    world.write(store, saying("plain", "all", 0.6, "", True), saying("secret", "few", 0.9, "within one hour", False))
    columns = ("confidence", "hedged", "deadline", "negated", "exception")
    seen = {
        group: [
            tuple(row[column] for column in columns)
            for row in store.run("facts_by_id", fact_ids=[OWNS_ATLAS], groups=[group], as_of=None).rows
        ]
        for group in ("all", "few")
    }
    assert seen == {
        "all": [(0.6, True, "", False, "unless it rains")],
        "few": [(0.9, False, "within one hour", False, "unless it rains")],
    }


def dated(name: str, group: str, period: tuple[str | None, str | None] = (None, None), **more: Any) -> DocumentGraph:
    """A document that says that Anna owns Atlas, in this period."""
    fact = ("Anna Holm", "OWNS", "Atlas")
    return world.document(
        name, [group], [Said("", f"{name}: Anna Holm owns Atlas.", fact[::2], (fact,), period=period)], **more
    )


def held(store: GraphStore, groups: list[str] | None, day: str | None) -> list[tuple[Any, ...]]:
    """When the fact of `dated` holds, and how certainly; nothing where it does not."""
    rows = store.run("facts_by_id", fact_ids=[OWNS_ATLAS], groups=groups, as_of=day).rows
    return [(row["valid_from"], row["valid_to"], row["confidence"]) for row in rows]


@pytest.mark.parametrize("begins", [None, "2024-03-01"])
@pytest.mark.parametrize("ends", [None, "2024-09-30"])
def test_a_fact_holds_from_its_first_to_its_last_day(store: GraphStore, begins: str | None, ends: str | None) -> None:
    world.write(store, dated("paper", "all", (begins, ends)))
    found = {day: bool(held(store, ["all"], day)) for day in ("2024-02-29", "2024-03-01", "2024-09-30", "2024-10-01")}
    assert list(found.values()) == [begins is None, True, True, ends is None]
    assert held(store, ["all"], None) == [(begins, ends, 0.9)]


def test_a_document_is_evidence_while_it_is_in_force(store: GraphStore) -> None:
    graph = dated("paper", "all", in_force=("2024-03-01", "2024-09-30"))
    world.write(store, graph)
    passage = graph.passages[0]

    def seen(day: str | None) -> list[bool]:
        return [
            bool(held(store, None, day)),
            bool(store.run("evidence_of_facts", fact_ids=[OWNS_ATLAS], groups=None, as_of=day).rows),
            bool(store.search_text("search_passages", term_text("Atlas"), 5, None, day).rows),
            bool(store.search_vectors(world.unit_vector(passage.text), 5, None, day).rows),
            bool(
                store.run(
                    "names_of_passages", passage_ids=[passage.id], value_types=VALUES, groups=None, as_of=day
                ).rows
            ),
            bool(store.run("corpus_state", groups=None, as_of=day).rows),
        ]

    assert [set(seen(day)) for day in ("2024-02-29", "2024-03-01", "2024-09-30", "2024-10-01", None)] == [
        {False}, {True}, {True}, {False}, {True}
    ]  # fmt: skip


def test_the_period_is_that_of_the_strongest_evidence_that_is_seen_and_holds(store: GraphStore) -> None:
    """What a hidden document knows of when a fact holds shows to nobody who may not see it, in nothing."""
    world.write(
        store,
        dated("plain", "all", ("2020-01-01", "2024-12-31"), confidence=0.6),
        dated("secret", "few", ("2025-01-01", None), confidence=0.9),
    )
    both = ["all", "few"]
    assert held(store, both, None) == held(store, both, "2025-06-15") == [("2025-01-01", None, 0.9)]
    assert held(store, both, "2024-06-15") == held(store, ["all"], None) == [("2020-01-01", "2024-12-31", 0.6)]
    assert held(store, ["all"], "2025-06-15") == held(store, ["few"], "2024-06-15") == []


def test_no_path_leads_over_a_fact_that_does_not_hold(store: GraphStore) -> None:
    facts = (
        ("Anna Holm", "OWNS", "Atlas"),
        ("Nordwind GmbH", "HOSTS", "Atlas"),
        ("Nordwind GmbH", "HOSTS", "Borealis"),
    )
    spoken = [
        Said("", f"{s} {p} {o}.", (s, o), ((s, p, o),), period=(None, "2024-12-31") if p == "OWNS" else (None, None))
        for s, p, o in facts
    ]
    world.write(store, world.document("chain", ["all"], spoken))
    ends = {"from_ids": [e("Anna Holm")], "limit": 5, "groups": None}

    def chains(day: str) -> list[int]:
        one = store.run("path_one_hop", to_ids=[e("Atlas")], as_of=day, **ends).rows
        two = store.run("path_two_hops", to_ids=[e("Nordwind GmbH")], value_types=VALUES, as_of=day, **ends).rows
        three = store.run("path_three_hops", to_ids=[e("Borealis")], value_types=VALUES, as_of=day, **ends).rows
        return [len(one), len(two), len(three)]

    assert chains("2024-12-31") == [1, 1, 1]
    assert chains("2025-01-01") == [0, 0, 0]


@pytest.mark.parametrize("day", world.DAYS)
def test_as_of_a_day_documents_not_in_force_are_as_if_never_written(
    world_store: GraphStore, fresh: Any, day: str
) -> None:
    def in_force(graph: DocumentGraph) -> bool:
        return (graph.document.valid_from or day) <= day <= (graph.document.valid_to or day)

    only_those = fresh()
    world.write(only_those, *filter(in_force, WORLD))
    for name, query in world.readable("embedded").items():
        if "as_of" not in query.parameters or name in world.SEARCHES:
            continue
        parameters = {key: world.ASKED[key][0] for key in query.parameters if key not in ("groups", "as_of")}
        asked = {**parameters, "groups": None, "as_of": day}
        assert run(world_store, name, asked).rows == run(only_those, name, asked).rows, name


def test_no_predicates_and_no_type_join_by_any(world_store: GraphStore) -> None:
    parameters = {
        "entity_ids": [e("Bo Lund")],
        "predicates": [],
        "type": None,
        "negated": False,
        "limit": 10,
        "groups": None,
        "as_of": None,
    }
    found = {row["id"] for row in world_store.run("facts_joined_to", **parameters).rows}
    assert found == {REPORTS, MANAGES, ROLE, OWNS_VEGA}


@pytest.mark.parametrize("words", ["Vega", "the Boss"])
def test_a_name_from_a_hidden_document_finds_nobody(world_store: GraphStore, words: str) -> None:
    found = {
        groups: [
            row["name"] for row in world_store.search_text("search_entities", term_text(words), 9, [groups], None).rows
        ]
        for groups in ("hr", "everyone", "legal")
    }
    assert found == {"hr": ["Vega" if words == "Vega" else "Bo Lund"], "everyone": [], "legal": []}


def test_full_text_takes_no_words_and_very_many(world_store: GraphStore) -> None:
    assert world_store.search_text("search_passages", "", 5, None, None).rows == []
    many = " ".join(["vega", *(f"w{number}" for number in range(3000))])
    assert [row["id"] for row in world_store.search_text("search_passages", many, 5, None, None).rows] == [S2]


def test_run_only_reads(world_store: GraphStore) -> None:
    with pytest.raises(StoreError, match="writ"):
        world_store.run("delete_document", document_id=d("handbook"))
    assert world_store.run("document_state", document_id=d("handbook")).rows


@pytest.mark.parametrize(
    "parameters", [{}, {"keys": [object()]}, {"keys": ["\ud800"]}], ids=["none", "odd", "surrogate"]
)
def test_parameters_that_cannot_be_sent_are_a_store_error(world_store: GraphStore, parameters: dict[str, Any]) -> None:
    with pytest.raises(StoreError):
        world_store.run("entities_by_key", groups=None, **parameters)
