"""Supported or only about the same things: on evidence written by hand."""

from typing import Any

import pytest

from kg.ontology import Ontology
from qa.link import Link
from qa.plan import Plan
from qa.question import understand
from qa.support import Context, Support, judge_support


def _link(text: str, kind: str) -> Link:
    row: dict[str, Any] = {"id": f"e_{text}", "name": text, "type": kind, "aliases": [], "key": text.casefold()}
    return Link(0, 0, text, (row,))


def _support(
    question: str, context: str, ontology: Ontology, *links: Link, predicates: tuple[str, ...] = ()
) -> Support:
    sentences = () if predicates else tuple(context.split("; "))  # facts stay together
    found = Context(context, frozenset(predicates), sentences)
    return judge_support(understand(question, ontology), Plan("facts", links, ()), [found], ontology)


ANNA = _link("Anna Holm", "Person")


@pytest.mark.parametrize(
    ("question", "context", "enough"),
    [
        ("When was Anna Holm appointed?", "Anna Holm was appointed on 3 March 2026.", True),
        ("When was Anna Holm born?", "Anna Holm was appointed on 3 March 2026.", False),
        ("What salary does Anna Holm receive?", "Anna Holm receives her badge from Facilities.", False),
        ("What happened to Anna Holm in 2024?", "Anna Holm lost her badge in 2025.", False),
        ("Who is the boss of Anna Holm?", "Anna Holm reports to Bo Lund.", True),
        ("Who lost the badge of Anna Holm?", "Bo Lund lost the badge; Anna Holm was away.", True),
        ("When did Anna Holm resign?", "Bo Lund resigned in May.", False),
    ],
)
def test_enough(question: str, context: str, enough: bool, ontology: Ontology) -> None:
    assert _support(question, context, ontology, ANNA).enough is enough


def test_the_one_other_word_must_stand_in_the_names_sentence(ontology: Ontology) -> None:
    question = "When did Anna Holm resign?"
    assert _support(question, "Anna Holm resigned in May; Bo Lund stayed.", ontology, ANNA).enough
    assert not _support(question, "Anna Holm stayed; Bo Lund resigned in May.", ontology, ANNA).enough


def test_an_identifier_counts_only_as_a_whole(ontology: Ontology) -> None:
    link = _link("INC-2026-004", "Incident")
    question = "Who reported INC-2026-004?"
    assert _support(question, "INC-2026-004 was reported by Bo Lund.", ontology, link).enough
    assert not _support(question, "INC-2026-003 was reported by Bo Lund.", ontology, link).enough


def test_an_unknown_name_is_lacking(ontology: Ontology) -> None:
    support = _support("Who owns the system Harbourlight?", "Bo Lund owns the system Atlas.", ontology)
    assert "harbourlight" in support.lacking
    assert not support.enough


def test_a_facts_predicate_stands_for_its_words(ontology: Ontology) -> None:
    context = "Anna Holm Bo Lund organisation chart"
    question = "Who is the superior of Anna Holm?"
    assert not _support(question, context, ontology, ANNA).enough
    assert _support(question, context, ontology, ANNA, predicates=("REPORTS_TO",)).enough


def test_no_evidence_is_no_support(ontology: Ontology) -> None:
    support = judge_support(understand("Who owns Atlas?", ontology), Plan("passages", (), ()), [], ontology)
    assert not support.enough
