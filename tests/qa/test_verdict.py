from typing import Any

import pytest
from qa_links import links_to

from kg.ontology import Ontology
from qa.answer import Quote
from qa.plan import make_plan
from qa.question import understand
from qa.select import ChosenFact
from qa.verdict import verdict


def _fact(subject: str, predicate: str, object_: str, quote: str, **changes: Any) -> ChosenFact:
    row = {
        "subject": subject,
        "predicate": predicate,
        "object": object_,
        "subject_id": f"e_{subject}",
        "object_id": f"e_{object_}",
        "negated": False,
        "hedged": False,
    }
    shown = Quote("p_1", "d_1", "Rules", "file:///rules.md", 1, 0, len(quote), None, quote, 1.0)
    return ChosenFact(row | changes, (shown,), 1.0)


HOSTS = ("Atlas", "HOSTED_BY", "Sund", "Atlas is hosted by Sund.")
COPY = "Suppliers {} copy data."


@pytest.mark.parametrize(
    ("question", "names", "fact", "word"),
    [
        ("Is Atlas hosted by Sund?", ("Atlas", "Sund"), _fact(*HOSTS), "Yes"),
        ("Is Atlas hosted by Sund?", ("Atlas", "Sund"), _fact(*HOSTS, negated=True), "No"),
        ("Is Atlas not hosted by Sund?", ("Atlas", "Sund"), _fact(*HOSTS, negated=True), "Yes"),
        ("Is Atlas hosted by Sund?", ("Atlas", "Sund"), _fact(*HOSTS, hedged=True), None),
        ("Is Atlas hosted by Sund in Malmö?", ("Atlas", "Sund"), _fact(*HOSTS), None),
        ("Is Atlas owned by Sund?", ("Atlas", "Sund"), _fact(*HOSTS), None),
        ("Who is Atlas hosted by?", ("Atlas",), _fact(*HOSTS), None),
        ("May suppliers copy data?", (), _fact("Suppliers", "MUST_NOT", "copy data", COPY), "No"),
        ("May suppliers copy data?", (), _fact("Suppliers", "MAY", "copy data", COPY), "Yes"),
        ("May suppliers copy data?", (), _fact("Suppliers", "MUST", "copy data", COPY), None),
        ("Must suppliers copy data?", (), _fact("Suppliers", "MUST", "copy data", COPY), "Yes"),
        ("Must suppliers copy data?", (), _fact("Suppliers", "MUST", "copy data", COPY, negated=True), "No"),
        ("Must suppliers copy data?", (), _fact("Suppliers", "MUST_NOT", "copy data", COPY), None),
        ("May suppliers sell data?", (), _fact("Suppliers", "MUST_NOT", "copy data", COPY), None),
    ],
)
def test_only_a_fact_says_yes_or_no(
    question: str, names: tuple[str, ...], fact: ChosenFact, word: str | None, ontology: Ontology
) -> None:
    asked = understand(question, ontology)
    plan = make_plan(asked, links_to(asked, *names), ontology)
    found = verdict(asked, plan, [fact], ontology)
    assert (found[0] if found else None) == word
