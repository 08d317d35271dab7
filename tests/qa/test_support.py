"""Supported or only about the same things: on evidence written by hand."""

from typing import Any

import pytest

from kg.ontology import Ontology
from qa.link import Link
from qa.meanings import Text
from qa.nearness import vectors_of
from qa.plan import Plan
from qa.question import understand
from qa.support import Context, Support, judge_support


def _link(text: str, kind: str) -> Link:
    row: dict[str, Any] = {"id": f"e_{text}", "name": text, "type": kind, "aliases": [], "key": text.casefold()}
    return Link(0, 0, text, (row,))


def _support(
    question: str,
    context: str,
    ontology: Ontology,
    *links: Link,
    answered: bool = False,
    entities: tuple[tuple[str, str], ...] = (),
) -> Support:
    sentences = context.split("; ")
    near = float(max(vectors_of(sentences) @ vectors_of([question])[0]))
    contexts = [Context(tuple(Text(sentence) for sentence in sentences), entities)]
    return judge_support(understand(question, ontology), Plan("facts", links, ()), contexts, near, answered, ontology)


ANNA = _link("Anna Holm", "Person")
BO = (("Bo Lund", "Person"), ("Anna Holm", "Person"))


@pytest.mark.parametrize(
    ("question", "context", "enough"),
    [
        ("When was Anna Holm appointed?", "Anna Holm was appointed on 3 March 2026.", True),
        ("When was Anna Holm born?", "Anna Holm was appointed on 3 March 2026.", False),
        ("What salary does Anna Holm receive?", "Anna Holm receives her badge from Facilities.", False),
        ("What happened to Anna Holm in 2024?", "Anna Holm lost her badge in 2025.", False),
        ("Who is the boss of Anna Holm?", "Anna Holm reports to Bo Lund.", True),
        ("When did Anna Holm resign?", "Bo Lund resigned in May.", False),
    ],
)
def test_enough(question: str, context: str, enough: bool, ontology: Ontology) -> None:
    assert _support(question, context, ontology, ANNA, entities=BO).enough is enough


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("When did Anna Holm resign?", "Anna Holm resigned in May 2025.", "Anna Holm resigned."),
        ("When did Anna Holm resign?", "Anna Holm resigned; Bo Lund stayed.", "Anna Holm stayed; Bo Lund resigned."),
        ("Who reported INC-2026-004?", "INC-2026-004: reported by Bo Lund.", "INC-2026-003: reported by Bo Lund."),
        ("Who lost the badge?", "The badge was lost by Bo Lund.", "The badge was lost."),
        ("How many badges were lost?", "Nine badges were lost.", "Badges were lost."),
    ],
)
def test_what_tells_of_an_answer_makes_it_likelier(question: str, better: str, worse: str, ontology: Ontology) -> None:
    links = (ANNA,) if "Anna" in question else (_link("INC-2026-004", "Incident"),) if "INC" in question else ()
    one, other = (_support(question, text, ontology, *links, entities=BO) for text in (better, worse))
    assert one.probability > other.probability


def test_an_unknown_name_is_lacking(ontology: Ontology) -> None:
    support = _support("Who owns the system Harbourlight?", "Bo Lund owns the system Atlas.", ontology, entities=BO)
    assert "harbourlight" in support.lacking
    assert not support.enough


def test_a_fact_that_is_asked_for_supports_more_than_words(ontology: Ontology) -> None:
    texts = ("Who is the superior of Anna Holm?", "Anna Holm Bo Lund organisation chart")
    found, words = (_support(*texts, ontology, ANNA, answered=answered).probability for answered in (True, False))
    assert found > words


def test_no_evidence_is_no_support(ontology: Ontology) -> None:
    support = judge_support(understand("Who owns Atlas?", ontology), Plan("facts", (), ()), [], 0.0, False, ontology)
    assert support.probability == 0.0
    assert not support.enough
