import pytest

from kg.ontology import Ontology
from qa.question import MAX_QUESTION, understand


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who owns Atlas?", "who"),
        ("When was the contract signed?", "when"),
        ("How long are payroll records kept?", "how_long"),
        ("How much is the liability cap?", "how_much"),
        ("How many systems does Nordwind host?", "count"),
        ("Which systems does Anna own?", "list"),
        ("What does 'personal data' mean?", "definition"),
        ("How is Anna connected to Nordwind?", "path"),
        ("What links Anna to Nordwind?", "path"),
        ("Is Atlas hosted in Sweden?", "yes_no"),
        ("Tell me about Atlas", "about"),
        ("Atlas hosting", "fact"),
    ],
)
def test_kind(text: str, kind: str, ontology: Ontology) -> None:
    assert understand(text, ontology).kind == kind


def test_terms_are_content_and_come_once(ontology: Ontology) -> None:
    question = understand("Who must notify whom of the breach, the breach of personal data?", ontology)
    assert question.terms == ("notifi", "breach", "person", "data")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Which systems does Anna own?", "System"),
        ("How many incidents were reported?", "Incident"),
        ("Name the suppliers of Atlas", "Organization"),
        ("Which of them is best?", ""),
    ],
)
def test_the_type_that_a_list_is_of(text: str, target: str, ontology: Ontology) -> None:
    assert understand(text, ontology).target_type == target


def test_a_very_long_question_is_cut(ontology: Ontology) -> None:
    assert len(understand("word " * 30_000, ontology).text) <= MAX_QUESTION
