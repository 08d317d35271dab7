import pytest
from qa_links import links_to

from kg.ontology import Ontology
from qa.plan import make_plan
from qa.question import understand


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
        ("Which of Atlas and Vega has the longer retention period?", ["Atlas", "Vega"], "compare", {"RETAINED_FOR"}),
        ("Do Atlas and Vega have the same owner?", ["Atlas", "Vega"], "compare", {"OWNS"}),
        ("What is the longest notice period?", [], "superlative", set()),
        ("Which systems have no owner?", [], "without", {"OWNS"}),
        ("How has the owner of Atlas changed?", ["Atlas"], "change", {"OWNS"}),
    ],
)
def test_kind_and_predicates(
    question: str, names: list[str], kind: str, predicates: set[str], ontology: Ontology
) -> None:
    asked = understand(question, ontology)
    plan = make_plan(asked, links_to(asked, *names), ontology)
    assert plan.kind == kind
    assert predicates <= set(plan.predicates)
    assert list(plan.predicates) == sorted(plan.predicates)


def test_the_words_of_a_name_ask_for_nothing(ontology: Ontology) -> None:
    question = understand("What is Owner Services", ontology)
    plan = make_plan(question, links_to(question, "Owner Services"), ontology)
    assert "OWNS" not in plan.predicates


def test_relations_lead_outward_from_the_name(ontology: Ontology) -> None:
    for text, last in (
        ("To whom does the owner of Atlas report?", "REPORTS_TO"),
        ("Who is the line manager of the owner of Atlas?", "REPORTS_TO"),
        ("Who is the manager of Atlas's owner?", "REPORTS_TO"),
        ("What notice period do we have with the supplier hosting Atlas?", "HAS_NOTICE_PERIOD"),
    ):
        question = understand(text, ontology)
        relations = make_plan(question, links_to(question, "Atlas"), ontology).relations
        assert last in relations[-1].predicates, text
        assert len(relations) > 1


def test_the_fuller_phrase_names_the_predicate(ontology: Ontology) -> None:
    """ "Reports to" is no report of an incident, and a notice period is no notice."""
    for text, predicates in (
        ("Which notice period has Atlas?", ("HAS_NOTICE_PERIOD",)),
        ("Who reports to Atlas?", ("REPORTS_TO",)),
        ("Which supplier will replace Atlas?", ("REPLACES",)),
        ("Which supplier has Atlas?", ("PROVIDES",)),
    ):
        question = understand(text, ontology)
        assert make_plan(question, links_to(question, "Atlas"), ontology).predicates == predicates


@pytest.mark.parametrize(
    ("text", "types", "predicates", "counted"),
    [
        ("Which system has the most incidents?", {"System"}, set(), {"Incident"}),
        ("Which contract has the highest liability cap?", {"Contract"}, {"LIABLE_UP_TO"}, set()),
        ("Who owns the most systems?", {"Person", "Role", "Department", "Organization"}, {"OWNS"}, {"System"}),
        ("Who owns the highest-scored risk?", {"Risk"}, {"HAS_SCORE"}, set()),
        ("What is the latest incident?", {"Incident"}, {"OCCURRED_ON", "EFFECTIVE_FROM"}, set()),
    ],
)
def test_what_a_superlative_ranks(
    text: str, types: set[str], predicates: set[str], counted: set[str], ontology: Ontology
) -> None:
    ranking = make_plan(understand(text, ontology), [], ontology).ranking
    assert ranking
    assert (set(ranking.types), set(ranking.predicates), set(ranking.counted)) == (types, predicates, counted)


@pytest.mark.parametrize(
    ("text", "predicates"),
    [
        ("When did Atlas begin?", {"EFFECTIVE_FROM"}),
        ("Where is Atlas situated?", {"LOCATED_IN", "LIVES_IN"}),
        ("What does Atlas weigh?", set()),
        ("Who repaired Atlas?", set()),
    ],
)
def test_a_word_that_means_a_label_names_its_predicate(text: str, predicates: set[str], ontology: Ontology) -> None:
    question = understand(text, ontology)
    assert set(make_plan(question, links_to(question, "Atlas"), ontology).predicates) == predicates
