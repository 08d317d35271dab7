import pytest

from kg.ontology import Ontology
from qa.link import Link
from qa.plan import make_plan
from qa.question import understand


def _links(question: str, *names: str) -> list[Link]:
    """Links to made-up entities where these names stand in the question."""
    words = question.rstrip("?").split()
    found = []
    for name in names:
        parts = name.split()
        start = next(i for i in range(len(words)) if words[i : i + len(parts)] == parts)
        row = {"id": f"e_{name}", "name": name, "type": "Term", "aliases": [], "key": name.casefold()}
        found.append(Link(start, start + len(parts), name, (row,)))
    return found


@pytest.mark.parametrize(
    ("question", "names", "kind", "predicates"),
    [
        ("Who owns Atlas?", ["Atlas"], "facts", {"OWNS"}),
        ("To whom does the owner of Atlas report?", ["Atlas"], "facts", {"OWNS", "REPORTS_TO", "REPORTED_BY"}),
        ("Which systems does Nordwind host?", ["Nordwind"], "joined", {"HOSTED_BY"}),
        ("How is Atlas connected to Nordwind?", ["Atlas", "Nordwind"], "path", set()),
        ("How is Atlas connected to something?", ["Atlas"], "facts", set()),
        ("What does controller mean?", ["controller"], "facts", {"DEFINED_AS"}),
        ("What must suppliers do?", [], "passages", {"MUST", "MAY", "MUST_NOT"}),
        ("Tell me something", [], "passages", set()),
    ],
)
def test_kind_and_predicates(
    question: str, names: list[str], kind: str, predicates: set[str], ontology: Ontology
) -> None:
    plan = make_plan(understand(question, ontology), _links(question, *names), ontology)
    assert plan.kind == kind
    assert predicates <= set(plan.predicates)
    assert list(plan.predicates) == sorted(plan.predicates)


def test_the_words_of_a_name_ask_for_nothing(ontology: Ontology) -> None:
    question = "What is Owner Services"
    plan = make_plan(understand(question, ontology), _links(question, "Owner Services"), ontology)
    assert "OWNS" not in plan.predicates
