"""qa.asked_for: facts that answer by themselves, in as many steps as the question has relations."""

import pytest

from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from qa.asked_for import is_told
from qa.link import link
from qa.plan import make_plan
from qa.question import understand
from qa.recorder import Recorder
from qa.retrieve import find_facts, retrieve


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Who owns Atlas CRM?", True),
        ("When was Atlas CRM bought?", False),  # its owner is no date
        ("Who does the owner of Atlas CRM report to?", True),
        ("Who does the owner of Atlas CRM report to in Oslo about the deadline of the audit?", True),
        ("Who is the owner of the system hosted by Zork Ltd?", False),
    ],
)
def test_told_by_facts(text: str, told: bool, generated_store: EmbeddedStore, ontology: Ontology) -> None:
    question, recorder = understand(text, ontology), Recorder(generated_store, None)
    plan = make_plan(question, link(question, recorder, ontology), ontology)
    evidence = find_facts(question, plan, recorder, ontology)
    assert is_told(question, plan, evidence.facts, evidence.routes) is told
    before = len(recorder.queries)
    found = retrieve(question, plan, [], recorder, ontology)
    # What is told is only to be proven: nothing is followed from passage to passage.
    searches = [query.name for query in recorder.queries[before:]].count("search_passages")
    assert (searches == 1) is told
    assert found.passages
