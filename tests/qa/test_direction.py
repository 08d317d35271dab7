import pytest
from qa_links import links_to

from kg.ontology import Ontology
from qa.direction import anchor_end, bearer_end
from qa.question import understand


@pytest.mark.parametrize(
    ("text", "predicate", "end"),
    [
        ("Who owns Atlas?", "OWNS", "object"),
        ("What does Atlas own?", "OWNS", "subject"),
        ("What is owned by Atlas?", "OWNS", "subject"),
        ("Who is the owner of Atlas?", "OWNS", "object"),
        ("Who is Atlas's owner?", "OWNS", "object"),
        ("Who reports to Atlas?", "REPORTS_TO", "object"),
        ("To whom does Atlas report?", "REPORTS_TO", "subject"),
        ("Who does Atlas report to?", "REPORTS_TO", "subject"),
        ("Who is the manager of Atlas?", "REPORTS_TO", "subject"),
        ("Whose manager is Atlas?", "REPORTS_TO", "object"),
        ("Which systems are hosted by Atlas?", "HOSTED_BY", "object"),
        ("Which systems does Atlas host?", "HOSTED_BY", "object"),
        ("Who hosts Atlas?", "HOSTED_BY", "subject"),
        ("Which systems were not affected by Atlas?", "AFFECTS", "subject"),
        ("What about Atlas?", "OWNS", None),
        ("What about Atlas?", "NO_SUCH_PREDICATE", None),
    ],
)
def test_the_end_at_which_a_name_stands(text: str, predicate: str, end: str | None, ontology: Ontology) -> None:
    question = understand(text, ontology)
    (link,) = links_to(question, "Atlas")
    assert anchor_end(question, link, predicate, ontology) == end


@pytest.mark.parametrize(
    ("text", "predicate", "end"),
    [
        ("Which systems have no owner?", "OWNS", "object"),
        ("Which systems are not owned by anyone?", "OWNS", "object"),
        ("Which people have no manager?", "REPORTS_TO", "subject"),
        ("Which systems have no colour?", "OWNS", None),
    ],
)
def test_the_end_of_what_has_something(text: str, predicate: str, end: str | None, ontology: Ontology) -> None:
    assert bearer_end(understand(text, ontology), predicate, ontology) == end
