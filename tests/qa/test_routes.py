"""Routes over facts of a small graph, from the entity that a question names to what it asks for."""

import pytest

from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from qa.link import link
from qa.plan import make_plan
from qa.question import understand
from qa.recorder import Recorder
from qa.routes import Route, find_routes


def _routes(generated_store: EmbeddedStore, ontology: Ontology, text: str) -> list[Route]:
    question, recorder = understand(text, ontology), Recorder(generated_store, None)
    plan = make_plan(question, link(question, recorder, ontology), ontology)
    found = find_routes(plan, recorder, None)
    # All facts of the named entities, where they are known already, lead to the same.
    known = recorder.run("facts_of_entities", entity_ids=plan.entity_ids, limit=400)
    assert find_routes(plan, recorder, known) == found
    return found


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        (
            "Who does the owner of Atlas CRM report to?",
            [("Maria Lindberg", "OWNS", "Atlas CRM"), ("Maria Lindberg", "REPORTS_TO", "Ines Moreau")],
        ),
        (
            "What notice period do we have with the supplier hosting the system affected by INC-3?",
            [
                ("INC-3", "AFFECTS", "Vega ERP"),
                ("Vega ERP", "HOSTED_BY", "Nordwind Hosting AB"),
                ("Nordwind Hosting AB", "HAS_NOTICE_PERIOD", "3 months"),
            ],
        ),
    ],
)
def test_leads_step_by_step(
    question: str, steps: list[tuple[str, str, str]], generated_store: EmbeddedStore, ontology: Ontology
) -> None:
    found = [
        [(row["subject"], row["predicate"], row["object"]) for row in route.rows]
        for route in _routes(generated_store, ontology, question)
        if route.in_order
    ]
    assert steps in found


def test_no_route_goes_over_a_denial_or_back(generated_store: EmbeddedStore, ontology: Ontology) -> None:
    for route in _routes(generated_store, ontology, "Who is the manager of the owner of Vega ERP?"):
        assert not any(row["negated"] for row in route.rows)
        assert "Bo Lind" not in {row["subject"] for row in route.rows}
        assert len({row["id"] for row in route.rows}) == len(route.rows)


def test_one_relation_is_no_route(generated_store: EmbeddedStore, ontology: Ontology) -> None:
    assert _routes(generated_store, ontology, "Who owns Atlas CRM?") == []
