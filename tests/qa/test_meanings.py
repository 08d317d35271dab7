import pytest

from kg.ontology import Ontology
from qa.meanings import Meanings, Text
from qa.question import understand


@pytest.mark.parametrize(
    ("question", "term", "text", "held"),
    [
        ("Who owns Atlas?", "own", "Bo is its owner", True),
        ("From which IP address was it opened?", "address", "source_ip: 203.0.113.77", True),
        ("From which IP address was it opened?", "address", "source: a letter", False),
        ("May data leave the EEA?", "eea", "within the European Economic Area", True),
        ("May data leave the EEA?", "eea", "within Europe", False),
        ("Who lost the badge?", "lost", "whoever loses a badge", True),
        ("What salary has Anna?", "salari", "Anna has a badge", False),
        ("Who reported it?", "report", "Anna answers to Bo", False),
    ],
)
def test_a_word_or_another_for_it(question: str, term: str, text: str, held: bool, ontology: Ontology) -> None:
    assert Meanings(understand(question, ontology), ontology).held(term, Text(text)) is held


def test_a_facts_predicate_stands_for_its_words(ontology: Ontology) -> None:
    meanings = Meanings(understand("Who is the superior of Anna?", ontology), ontology)
    assert not meanings.held("superior", Text("Anna Bo chart"))
    assert meanings.held("superior", Text("Anna Bo chart", frozenset({"REPORTS_TO"})))
