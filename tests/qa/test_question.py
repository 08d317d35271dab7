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
        ("How many characters must a password have at least?", "fact"),
        ("Which systems does Anna own?", "list"),
        ("What does 'personal data' mean?", "definition"),
        ("How is Anna connected to Nordwind?", "path"),
        ("What links Anna to Nordwind?", "path"),
        ("Is Atlas hosted in Sweden?", "yes_no"),
        ("Tell me about Atlas", "about"),
        ("Atlas hosting", "fact"),
        ("Who stands in when Anna is away?", "who"),
        ("What happens when a badge is lost?", "fact"),
        ("What must suppliers do?", "obligation"),
        ("What does AC-07 require?", "obligation"),
        ("Do Atlas and Vega have the same owner?", "compare"),
        ("Is the notice period of Atlas longer than that of Vega?", "compare"),
        ("Which system has the most incidents?", "superlative"),
        ("Must passwords have at least 14 characters?", "yes_no"),
        ("What changed in the retention of Atlas?", "change"),
        ("What happens to a change request?", "fact"),
        ("What system is Anna responsible for?", "fact"),
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
        ("Which contract did we conclude with Dunmore?", "Contract"),
        ("What is a critical system?", ""),
    ],
)
def test_the_type_that_a_list_is_of(text: str, target: str, ontology: Ontology) -> None:
    assert understand(text, ontology).target_type == target


def test_a_very_long_question_is_cut(ontology: Ontology) -> None:
    assert len(understand("word " * 30_000, ontology).text) <= MAX_QUESTION


@pytest.mark.parametrize(
    ("text", "negated", "lacking"),
    [
        ("Which systems were not affected?", True, False),
        ("Which systems have no owner?", False, True),
        ("Which systems are without an owner?", False, True),
        ("Which systems are not owned by anyone?", False, True),
        ("What must not be shared?", False, False),
        ("What happens to a request that has no plan?", False, False),
    ],
)
def test_denied_or_lacking(text: str, negated: bool, lacking: bool, ontology: Ontology) -> None:
    question = understand(text, ontology)
    assert (question.negated, question.lacking) == (negated, lacking)


@pytest.mark.parametrize(
    ("text", "extreme"),
    [
        ("What is the longest period?", "most"),
        ("Who has the fewest systems?", "least"),
        ("Who owns the lowest-scored risk?", "least"),
        ("Is A older than B or not?", "least"),
        ("Which passwords have at least 14 characters?", ""),
        ("What was due at the latest in May?", ""),
    ],
)
def test_the_end_of_the_scale(text: str, extreme: str, ontology: Ontology) -> None:
    assert understand(text, ontology).extreme == extreme
