"""Every analyst query and analysis finds what it must and nothing where nothing is, on both stores alike."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import analyst_world as analysts
import kg_world as world
import pytest
from analyst_world import MAYBE, NOTIFY, OWNED
from kg_world import e, f
from neo4j_server import Server

from kg.analysis import FOLDER, analyses, run_analysis
from kg.bolt import Neo4jStore
from kg.catalogue import DIALECTS, Query, catalogue
from kg.embedded import EmbeddedStore
from kg.model import VALUE_TYPES
from kg.ontology import load_ontology
from kg.store import GraphStore, Neo4jLogin, Row

NOBODY: dict[str, Any] = {"groups": []}
UNHEARD = {"name": "unheard"}
ATLAS_BOREALIS = "Atlas -HOSTED_BY-> Nordwind GmbH <-HOSTED_BY- Borealis"
BREACH_TWICE = [("breach", "any incident", "Opinion"), ("breach", "a loss of data", "Policy")]


@dataclass(frozen=True)
class Case:
    """With `parameters` (and defaults) these `rows` of some columns; with `nothing` over them, `nothing_rows`."""

    columns: str
    rows: list[tuple[Any, ...]]
    parameters: dict[str, Any] = field(default_factory=dict)
    nothing: dict[str, Any] = field(default_factory=lambda: NOBODY)
    nothing_rows: list[tuple[Any, ...]] = field(default_factory=list)


CASES = {
    "affirmed_and_denied": Case(
        "subject predicate object affirmed_by denied_by",
        [("Bo Lund", "OWNS", "Borealis", ["Opinion"], ["Policy"])],
        nothing={"groups": ["everyone"]},  # who may not see the opinion sees no contradiction
    ),
    "chains_of_three_facts": Case(
        "chain end_type",
        [
            ("AC-01 <-RESPONSIBLE_FOR- Anna Holm -OWNS-> Atlas -HAS_CRITICALITY-> High", "Value"),
            ("AC-01 <-RESPONSIBLE_FOR- Anna Holm -OWNS-> Atlas -HOSTED_BY-> Nordwind GmbH", "Organization"),
            ("AC-01 <-RESPONSIBLE_FOR- Anna Holm -OWNS-> Atlas -PROCESSES-> health data", "DataCategory"),
            ("AC-01 <-RESPONSIBLE_FOR- Anna Holm -OWNS-> Atlas <-AFFECTS- INC-001", "Incident"),
            ("AC-01 <-RESPONSIBLE_FOR- Anna Holm -OWNS-> Atlas <-AFFECTS- INC-002", "Incident"),
        ],
        {"name": "ac-01"},
        {"name": "malmö", "groups": ["everyone"]},
    ),
    "chains_of_two_facts": Case(
        "chain end fact_ids",
        [
            (
                "AC-01 <-RESPONSIBLE_FOR- Anna Holm -OWNS-> Atlas",
                "Atlas",
                [f("Anna Holm", "RESPONSIBLE_FOR", "AC-01"), f(*OWNED)],
            )
        ],
        {"name": "ac-01"},
        {"name": "malmö", "groups": ["everyone"]},
    ),
    "changes_of_document": Case(
        "change subject predicate object",
        [("retracted", "Bo Lund", "MANAGES", "Data Office"), ("added", "INC-002", "HAS_SEVERITY", "Low")],
        {"document": "register.md"},
        {"document": "unheard.md"},
    ),
    "contradicting_values": Case(
        "subject predicate objects documents",
        [("INC-001", "HAS_SEVERITY", ["High", "Low"], 2)],
        {"predicates": None},
        {"predicates": ["HAS_CRITICALITY"]},
    ),
    "count_entities_of_type": Case("count", [(3,)], {"type": "System"}, {"type": "Risk"}, [(0,)]),
    "dates_between": Case(
        "date subject predicate documents",
        [("2026-03-02", "INC-001", "OCCURRED_ON", 1)],
        {"first_day": "2026-03-02", "last_day": "2026-03-02"},
        {"first_day": "2026-03-03", "last_day": "2026-12-31"},
    ),
    "definitions_of": Case("term definition document", BREACH_TWICE, {"name": "breach"}, {"name": "atlas"}),
    "denied_facts": Case(
        "subject predicate object quote document",
        [("Bo Lund", "OWNS", "Borealis", "Bo Lund OWNS Borealis", "Policy")],
        nothing={"groups": ["few"]},
    ),
    "documents_by_entities": Case(
        "title version passages entities facts",
        [("Register", 2, 7, 19, 15), ("Policy", 1, 3, 11, 6), ("Opinion", 1, 3, 6, 4)],
    ),
    "documents_mentioning": Case(
        "title mentions names", [("Register", 3, ["Atlas"]), ("Policy", 1, ["Atlas"])], {"name": "atlas"}, UNHEARD
    ),
    "entities_of_type": Case("name", [("Atlas",), ("Borealis",), ("Vega",)], {"type": "System"}, {"type": "Risk"}),
    "entities_per_type": Case(
        "type entities mentions", [("Incident", 3, 6), ("System", 3, 11), ("Action", 2, 2)], {"limit": 3}
    ),
    "entities_without_facts": Case(
        "name type mentions documents",
        [("AC-02", "Control", 1, 1), ("Datta Office", "Department", 1, 1)],
        {"type": None},
        {"type": "System"},
    ),
    "entities_without_predicate": Case(
        "name documents",
        [("AC-02", 1)],
        {"type": "Control", "predicates": ["RESPONSIBLE_FOR"]},
        {"type": "System", "predicates": ["HOSTED_BY"]},
    ),
    "evidence_about": Case(
        "subject quote document page start end score",
        [
            ("Anna Holm", "Anna Holm OWNS Atlas", "Policy", 1, 137, 157, 0.9),
            ("Anna Holm", "Anna Holm OWNS Atlas", "Register", None, 0, 20, 0.9),
        ],
        {"name": "atlas", "predicate": "OWNS"},
        {"predicate": "MANAGES"},
    ),
    "extractor_runs": Case(
        "ingested_at extractor documents facts below_half outside_ontology",
        [("2026-02-01T00:00:00Z", "rules 1", 1, 15, 0, 1), ("2026-01-01T00:00:00Z", "rules 1", 2, 10, 1, 0)],
    ),
    "facts_as_object": Case(
        "subject predicate hedged confidence documents",
        [
            ("INC-001", "AFFECTS", False, 0.9, 1),
            ("INC-002", "AFFECTS", False, 0.9, 1),
            ("Anna Holm", "OWNS", False, 0.9, 2),
        ],
        {"name": "atlas"},
        {"name": "anna holm"},
    ),
    "facts_as_subject": Case(
        "predicate object hedged valid_from valid_to confidence",
        [("HOSTED_BY", "Polar Oy", True, "", "", 0.4), ("LOCATED_IN", "Malmö", False, "", "", 0.9)],
        {"name": "vega"},
        {"name": "malmö"},
    ),
    "facts_between_things": Case(
        "subject predicate object confidence",
        [("Polar Oy", "PROVIDES", "Vega", 0.8), ("Vega", "HOSTED_BY", "Polar Oy", 0.4)],
        {"without_types": ["Incident", "Person", "Location", "DataCategory"], "groups": ["few"]},
    ),
    "facts_outside_ontology": Case(
        "predicate subject_type object_type facts", [("HAS_ROLE", "Person", "Role", 1)], nothing={"groups": ["few"]}
    ),
    "facts_per_predicate": Case(
        "predicate facts denied hedged",
        [("AFFECTS", 3, 0, 0), ("HAS_SEVERITY", 3, 0, 0), ("HOSTED_BY", 3, 0, 1), ("OWNS", 3, 1, 0)],
        {"limit": 4},
    ),
    "facts_valid_on": Case(
        "subject predicate object valid_from valid_to document",
        [("Polar Oy", "PROVIDES", "Vega", "2025-01-01", "2025-12-31", "Opinion")],
        {"day": "2025-12-31"},
        {"day": "2026-01-01"},
    ),
    "facts_with_one_source": Case(
        "subject object confidence document",
        [("Bo Lund", "Borealis", 0.8, "Opinion")],  # that Anna owns Atlas two documents say
        {"predicate": "OWNS"},
        {"predicate": "MANAGES"},
    ),
    "hosts_and_subprocessors": Case(
        "supplier hosts provides subprocessors",
        [("Nordwind GmbH", ["Atlas", "Borealis"], [], ["Polar Oy"]), ("Polar Oy", ["Vega"], ["Vega"], [])],
    ),
    "incident_register": Case(
        "incident occurred severity affected documents",
        [
            ("INC-001", ["2026-03-02"], ["High", "Low"], ["Atlas"], 2),
            ("INC-002", [], ["Low"], ["Atlas"], 1),
            ("INC-003", [], [], ["Borealis"], 1),
        ],
        nothing={"groups": ["few"]},
    ),
    "joined_to_both": Case(
        "name to_first to_second",
        [("Nordwind GmbH", ["HOSTED_BY"], ["HOSTED_BY"])],
        {"first": "atlas", "second": "borealis"},
        {"second": "malmö"},
    ),
    "most_connected": Case("name type facts", [("Atlas", "System", 6), ("INC-001", "Incident", 4)], {"limit": 2}),
    "most_facts_with_predicate": Case(
        "name facts",
        [("Nordwind GmbH", 2), ("Polar Oy", 1)],
        {"type": "Organization", "predicate": "HOSTED_BY"},
        {"predicate": "MANAGES"},
    ),
    "most_incidents": Case(
        "name incidents which",
        [("Atlas", 2, ["INC-001", "INC-002"]), ("Borealis", 1, ["INC-003"])],
        nothing={"groups": ["few"]},
    ),
    "names_of_entities": Case(
        "name type names", [("AC-01", "Control", ["AC-01"]), ("AC-02", "Control", ["AC-02"])], {"limit": 2}
    ),
    "obligations": Case(
        "subject modality action deadline due exception document",
        [
            ("Data Office", "MUST", "notify the regulator", "within 72 hours", "PT72H", "unless unlikely", "Policy"),
            ("Data Office", "MUST_NOT", "export backups", "", "", "", "Policy"),
        ],
        nothing={"as_of": "2025-12-31"},  # the day before the policy comes into force
    ),
    "obligations_of": Case(
        "modality action deadline quote",
        [
            ("MUST", "notify the regulator", "within 72 hours", "Data Office MUST notify the regulator"),
            (
                "MUST_NOT",
                "export backups",
                "",
                "Data Office MUST notify the regulator. Data Office MUST_NOT export backups",
            ),
        ],
        {"name": "data office"},
        {"name": "bo lund"},
    ),
    "obligations_with_deadline": Case(
        "due deadline subject action fact_id",
        [("PT72H", "within 72 hours", "Data Office", "notify the regulator", f(*NOTIFY))],
        nothing={"as_of": "2025-12-31"},
    ),
    "orphaned_controls": Case("name documents", [("AC-02", 1)], nothing={"groups": ["few"]}),
    "recent_facts": Case(
        "ingested_at subject predicate object",
        [("2026-02-01T00:00:00Z", "Anna Holm", "RESPONSIBLE_FOR", "AC-01")],  # and not what the older policy says too
        {"since": "2026-01-15", "limit": 1},
        {"since": "2026-02-02"},
    ),
    "retracted_facts": Case(
        "document subject predicate object",
        [("Register", "Bo Lund", "MANAGES", "Data Office")],
        nothing={"groups": ["few"]},
    ),
    "short_paths": Case(
        "facts path",
        [
            (2, "Nordwind GmbH <-SUBPROCESSOR_OF- Polar Oy -PROVIDES-> Vega"),
            (2, "Nordwind GmbH <-SUBPROCESSOR_OF- Polar Oy <-HOSTED_BY- Vega"),
        ],
        {"first": "nordwind gmbh", "second": "vega"},
        {"second": "data office"},
    ),
    "shortest_paths": Case(
        "facts path",
        [(2, ATLAS_BOREALIS)],
        {"first": "atlas", "second": "borealis"},
        {"second": "data office"},
    ),
    "system_register": Case(
        "system owner hosted_by located_in data criticality",
        [
            ("Atlas", ["Anna Holm"], ["Nordwind GmbH"], [], ["health data"], ["High"]),
            ("Borealis", ["Bo Lund"], ["Nordwind GmbH"], [], [], []),
            ("Vega", [], ["Polar Oy"], ["Malmö"], [], []),
        ],
    ),
    "systems_without_owner": Case("name documents", [("Vega", 2)]),
    "terms_defined_differently": Case(
        "term definitions documents",
        [("breach", ["a loss of data", "any incident"], ["Policy", "Opinion"])],
        nothing={"groups": ["everyone"]},
    ),
    "uncertain_facts": Case(
        "subject certainty hedged fact_id", [("Vega", 0.4, True, f(*MAYBE))], nothing={"groups": ["everyone"]}
    ),
    "who_is_responsible": Case(
        "who predicate what document",
        [
            ("Anna Holm", "OWNS", "Atlas", "Policy"),
            ("Anna Holm", "OWNS", "Atlas", "Register"),
            ("Anna Holm", "RESPONSIBLE_FOR", "AC-01", "Register"),
            ("Bo Lund", "OWNS", "Borealis", "Opinion"),
        ],
    ),
    "central_entities": Case(
        "name neighbours facts",
        [("Atlas", 5, 5), ("Borealis", 3, 3), ("Nordwind GmbH", 3, 3), ("Vega", 2, 3)],
        {"limit": 4},
    ),
    "communities": Case(
        "community main_type entities members",
        [
            ("Atlas, Anna Holm, AC-01", "Incident", 6, ["Atlas"]),
            ("Borealis, Nordwind GmbH, Bo Lund", "Incident", 5, ["Borealis"]),
            ("Vega, Polar Oy, Malmö", "Location", 3, ["Vega"]),
        ],
        {"members": 1},
    ),
    "impact": Case(
        "name steps chain",
        [
            ("Atlas", 1, "Nordwind GmbH <-HOSTED_BY- Atlas"),
            ("Borealis", 1, "Nordwind GmbH <-HOSTED_BY- Borealis"),
            ("health data", 2, "Nordwind GmbH <-HOSTED_BY- Atlas -PROCESSES-> health data"),
        ],
        {"name": "nordwind gmbh"},
        {"name": "health data"},
    ),
    "single_points_of_failure": Case(
        "name cuts_off of dependents cut_off",
        [
            ("Nordwind GmbH", 5, 9, 3, ["Bo Lund", "Borealis", "Malmö", "Polar Oy", "Vega"]),
            ("Atlas", 3, 9, 1, ["AC-01", "Anna Holm", "health data"]),
            ("Polar Oy", 2, 9, 5, ["Malmö", "Vega"]),
            ("Anna Holm", 1, 9, 3, ["AC-01"]),
        ],
    ),
    "suspected_duplicates": Case(
        "first second why", [("Datta Office", "Data Office", "nearly the same spelling")], nothing={"groups": ["few"]}
    ),
}
GROUPS: list[list[str] | None] = [None, ["everyone", "nobody"], ["few", "nobody"], ["nobody", "no one"]]
DAYS = [None, "2025-06-01", "2026-06-01"]


def described(dialect: str) -> dict[str, Query]:
    queries = {name: query for name, query in catalogue(dialect).items() if query.folder == "analyst"}
    return queries | {name: item.description for name, item in analyses().items()}


def rows_of(store: GraphStore, name: str, parameters: dict[str, Any]) -> list[Row]:
    """The rows of a query or analysis with its defaults, asked by the owner on any day unless told otherwise."""
    query = described(store.dialect)[name]
    asked = {"groups": None, "as_of": None, **query.defaults, **parameters}
    rows = (
        run_analysis(store, analyses()[name], asked)[0].rows
        if query.folder == FOLDER
        else store.run(name, **asked).rows
    )
    assert all(tuple(row) == query.columns for row in rows)
    return rows


def picked(case: Case, rows: list[Row]) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in case.columns.split()) for row in rows]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    store = EmbeddedStore(tmp_path_factory.mktemp("analysts"))
    analysts.write(store)
    yield store
    store.close()


@pytest.fixture(scope="module")
def neo4j(clean_neo4j_module: Server) -> Iterator[GraphStore]:
    server = clean_neo4j_module
    store = Neo4jStore(server.uri, Neo4jLogin(server.user, server.password, "neo4j"))
    analysts.write(store)
    yield store
    store.close()


@pytest.fixture(params=DIALECTS)
def held(request: pytest.FixtureRequest) -> GraphStore:
    store: GraphStore = request.getfixturevalue(request.param)
    return store


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_analyst_query_and_analysis_has_a_case(dialect: str) -> None:
    assert set(CASES) == set(described(dialect))
    assert all(case.rows and case.nothing for case in CASES.values())


@pytest.mark.parametrize("name", CASES)
def test_finds_what_it_must(held: GraphStore, name: str) -> None:
    assert picked(CASES[name], rows_of(held, name, CASES[name].parameters)) == CASES[name].rows


@pytest.mark.parametrize("name", CASES)
def test_finds_nothing_where_nothing_is(held: GraphStore, name: str) -> None:
    case = CASES[name]
    assert picked(case, rows_of(held, name, {**case.parameters, **case.nothing})) == case.nothing_rows


@pytest.mark.parametrize("name", CASES)
def test_stores_agree_row_for_row(embedded: GraphStore, neo4j: GraphStore, name: str) -> None:
    for groups in GROUPS:
        for day in DAYS:
            asked = {**CASES[name].parameters, "groups": groups, "as_of": day}
            assert rows_of(embedded, name, asked) == rows_of(neo4j, name, asked), (groups, day)


@pytest.mark.parametrize("name", sorted(CASES))
def test_hidden_documents_change_nothing(embedded: GraphStore, only_everyone: GraphStore, name: str) -> None:
    parameters = CASES[name].parameters
    seen = rows_of(embedded, name, {**parameters, "groups": ["everyone"]})
    assert seen == rows_of(only_everyone, name, {**parameters, "groups": None})


@pytest.fixture(scope="module")
def only_everyone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    store = EmbeddedStore(tmp_path_factory.mktemp("everyone"))
    analysts.write(store, only_everyone=True)
    yield store
    store.close()


@pytest.mark.parametrize("name", world.FORMER)
def test_what_a_former_version_said_is_for_those_who_might_see_that_version(name: str, tmp_path: Path) -> None:
    """Who may see the document today may not have been one of those who might see what it said before."""
    former = analysts.REGISTER_1
    store = EmbeddedStore(tmp_path / "graph")
    world.write(store, replace(former, document=replace(former.document, access=("few",))))
    world.write(store, analysts.REGISTER, replaces=True)

    def predicates(groups: list[str]) -> set[str]:
        rows = rows_of(store, name, {**CASES[name].parameters, "groups": groups})
        return {row["predicate"] for row in rows if row.get("change", "retracted") != "added"}

    assert "MANAGES" not in predicates(["everyone"])
    assert "MANAGES" in predicates(["everyone", "few"])
    store.close()


def test_an_analysis_says_when_there_is_more_than_it_read(embedded: GraphStore) -> None:
    analysis = analyses()["central_entities"]
    asked = {"groups": None, "as_of": None, **analysis.description.defaults}
    assert run_analysis(embedded, analysis, asked)[1]
    result, complete = run_analysis(embedded, analysis, {**asked, "rows": 3})
    assert not complete
    assert result.rows


def test_texts_name_the_value_types_and_functional_predicates() -> None:
    texts = {name: query.cypher for name, query in described("embedded").items()}
    values = str(sorted(VALUE_TYPES))
    assert {name for name, text in texts.items() if "'Duration'" in text and values not in text} == set()
    functional = sorted(name for name, item in load_ontology().predicates.items() if item.functional)
    assert str(functional) in texts["contradicting_values"]


def test_the_entity_asked_for_is_the_one_of_that_key(embedded: GraphStore) -> None:
    """Names as a person types them into Neo4j Browser: only letters' case may differ from the key."""
    lower, upper = (rows_of(embedded, "facts_as_object", {"name": name}) for name in ("atlas", "ATLAS"))
    assert lower == upper != []
    assert {row["id"] for row in rows_of(embedded, "impact", {"name": "ANNA HOLM"})} == {
        e(name) for name in ("AC-01", "Atlas", "health data")
    }


@pytest.mark.parametrize("folder", [Path("retrieve"), Path("analyst")], ids=str)
def test_counted_by_purpose_there_are_enough(folder: Path) -> None:
    purposes = {query.purpose for query in catalogue("neo4j").values() if query.folder == str(folder)}
    assert len(purposes) == len({query.name for query in catalogue("neo4j").values() if query.folder == str(folder)})
    assert len(purposes) >= 25
