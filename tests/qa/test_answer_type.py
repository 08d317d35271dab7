import pytest

from kg.ontology import Ontology
from qa.answer_type import answers_by_type
from qa.question import understand

ENTITIES = (("Bo Lund", "Person"), ("Data Office", "Department"), ("Atlas", "System"))


@pytest.mark.parametrize(
    ("question", "sentence", "typed"),
    [
        ("When was it lost?", "It was lost on 3 March.", True),
        ("When was it lost?", "It was lost at noon.", False),
        ("How long is it kept?", "It is kept for seven (7) years.", True),
        ("How often is it checked?", "It is checked weekly.", True),
        ("How much is the fee?", "The fee is EUR 9,800.", True),
        ("How much is the fee?", "The fee is due.", False),
        ("How many were lost?", "Nine were lost.", True),
        ("How many were lost?", "Some were lost.", False),
        ("Who lost it?", "Bo Lund lost it.", True),
        ("Who lost it?", "Somebody lost it.", False),
        ("Whom does Bo Lund report to?", "Bo Lund reports to somebody.", False),
        ("Which organisation lost it?", "The Data Office lost it.", True),
        ("What is it?", "It is a badge.", None),
    ],
)
def test_something_of_the_kind_asked_for(question: str, sentence: str, typed: bool | None, ontology: Ontology) -> None:
    assert answers_by_type(understand(question, ontology), sentence, ENTITIES, ontology) is typed
