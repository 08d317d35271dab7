from dataclasses import replace
from typing import Any

import pytest

from kg.ontology import Ontology
from qa.aggregate import Statement
from qa.answer import Quote
from qa.plan import Plan
from qa.question import understand
from qa.retrieve import Evidence
from qa.select import ChosenFact, ChosenStatement, Selection
from qa.support import Signs, Support
from qa.synthesize import synthesize

PLAN = Plan("facts", (), ())
SUPPORTED = Support(1.0, Signs(1, 1, 0, 1, 1, 0, 1), (), ())


def _quote(passage: str, start: int, end: int) -> Quote:
    return Quote(passage, "d_1", "Inventory", "file:///inventory.csv", 1, start, end, None, "x" * (end - start), 0.9)


def _row(identity: str, subject: str, predicate: str, object_: str) -> dict[str, Any]:
    ends = {
        "subject_id": f"e_{subject}",
        "object_id": f"e_{object_}",
        "subject_type": "System",
        "object_type": "System",
    }
    return {
        "id": identity,
        "subject": subject,
        "predicate": predicate,
        "object": object_,
        "confidence": 0.9,
        "negated": False,
        "hedged": False,
        **ends,
    }


def _fact(identity: str, subject: str, predicate: str, object_: str, *quotes: Quote) -> ChosenFact:
    return ChosenFact(_row(identity, subject, predicate, object_), quotes, 1.0)


def _said(
    ontology: Ontology, evidence: Evidence, *facts: ChosenFact, quotes: tuple[Quote, ...] = (), ask: str = "Who?"
) -> Any:
    return synthesize(understand(ask, ontology), PLAN, evidence, Selection(facts, quotes, SUPPORTED, 0.5), ontology)


def test_facts_of_one_subject_and_predicate_are_one_sentence(ontology: Ontology) -> None:
    facts = (
        _fact("f_1", "atlas", "HOSTED_BY", "Nordwind", _quote("p_1", 0, 20)),
        _fact("f_2", "atlas", "HOSTED_BY", "Sund", _quote("p_2", 0, 20)),
        _fact("f_3", "atlas", "HAS_COLOUR", "blue", _quote("p_1", 0, 20)),
    )
    text, citations = _said(ontology, Evidence(), *facts)
    assert text.splitlines() == ["Atlas is hosted by Nordwind and Sund [1][2].", "Atlas has colour blue [1]."]
    assert [(item.n, item.passage_id) for item in citations] == [(1, "p_1"), (2, "p_2")]


def test_a_denied_fact_is_never_said(ontology: Ontology) -> None:
    said = _fact("f_1", "Atlas", "HOSTED_BY", "Sund", _quote("p_1", 0, 20))
    denied = _fact("f_2", "Atlas", "HOSTED_BY", "Nordwind", _quote("p_2", 0, 20))
    denied = replace(denied, row={**denied.row, "negated": True})
    text, _ = _said(ontology, Evidence(), said, denied)
    assert text.splitlines() == ["Atlas is hosted by Sund [1].", "Atlas is not hosted by Nordwind [2]."]


def test_a_hedged_fact_is_quoted_and_marked_in_a_list(ontology: Ontology) -> None:
    sure = _fact("f_1", "Atlas", "HOSTED_BY", "Sund", _quote("p_1", 0, 3))
    unsure = _fact("f_2", "Vega", "HOSTED_BY", "Sund", _quote("p_2", 0, 4))
    unsure = replace(unsure, row={**unsure.row, "hedged": True})
    assert _said(ontology, Evidence(), sure, unsure)[0].splitlines() == [
        "Atlas is hosted by Sund [1].",
        "Inventory: “xxxx” [2]",
    ]
    joined = {fact.row["subject"]: [{**fact.row, "item": fact.row["subject"]}] for fact in (sure, unsure)}
    assert _said(ontology, Evidence(joined=joined), sure, unsure)[0] == "Atlas and Vega (possibly) [1][2]."


def test_a_quote_that_a_fact_cites_already_is_not_repeated(ontology: Ontology) -> None:
    fact = _fact("f_1", "Atlas", "HOSTED_BY", "Nordwind", _quote("p_1", 10, 100))
    same, other = _quote("p_1", 0, 110), _quote("p_1", 200, 300)
    text, citations = _said(ontology, Evidence(), fact, quotes=(same, other))
    assert [(item.start, item.end) for item in citations] == [(10, 100), (200, 300)]
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize(("cut_short", "said"), [(False, "There are 2: "), (True, "There are at least 2: ")])
def test_a_count_names_what_it_counted(cut_short: bool, said: str, ontology: Ontology) -> None:
    facts = [_fact(f"f_{n}", n, "HOSTED_BY", "Sund", _quote(f"p_{n}", 0, 9)) for n in ("Atlas", "Vega")]
    joined = {f"e_{fact.row['subject']}": [{**fact.row, "item": fact.row["subject"]}] for fact in facts}
    text, _ = _said(ontology, Evidence(joined=joined, cut_short=cut_short), *facts, ask="How many systems are there?")
    assert text == f"{said}Atlas and Vega [1][2]."


def test_a_path_is_told_step_by_step(ontology: Ontology) -> None:
    facts = (
        _fact("f_2", "Anna", "OWNS", "Atlas", _quote("p_2", 0, 9)),
        _fact("f_1", "Anna", "REPORTS_TO", "Bo", _quote("p_1", 0, 9)),
    )
    text, _ = _said(ontology, Evidence(chains=[["f_2", "f_1"], ["f_2", "f_missing"]]), *facts)
    assert text.splitlines() == ["Anna owns Atlas [1].", "Anna reports to Bo [2]."]


def test_a_statement_comes_first_and_its_facts_are_not_repeated(ontology: Ontology) -> None:
    facts = [_fact(f"f_{n}", n, "OWNS", "Sund", _quote(f"p_{n}", 0, 9)) for n in ("Anna", "Bo")]
    statement = Statement("Both own Sund", tuple(fact.row for fact in facts[:1]))
    selection = Selection(tuple(facts), (), SUPPORTED, 0.5, (ChosenStatement(statement, facts[0].quotes),))
    text, _ = synthesize(understand("Who?", ontology), PLAN, Evidence(), selection, ontology)
    assert text.splitlines() == ["Both own Sund [1].", "Bo owns Sund [2]."]
