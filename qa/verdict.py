"""Yes or no, said only where a fact says so; otherwise the evidence is shown without either word."""

import re
from collections.abc import Iterable
from typing import Literal

from kg.ontology import Ontology
from kg.terms import terms
from qa.plan import OBLIGATIONS, Plan
from qa.question import Question
from qa.select import ChosenFact

Verdict = Literal["Yes", "No"]

_PERMISSION = re.compile(r"^(?:may|can)\b|\b(?:allowed|permitted|acceptable)\b", re.IGNORECASE)
_DUTY = re.compile(r"^(?:must|shall|should)\b|\b(?:required|obliged|have to|need to)\b", re.IGNORECASE)


def verdict(
    question: Question, plan: Plan, facts: Iterable[ChosenFact], ontology: Ontology
) -> tuple[Verdict, ChosenFact] | None:
    """The word and the fact that it rests on; None when the question wants no such word or no fact decides.

    A fact decides only if it and its evidence hold every term of the question.
    """
    for fact in facts if question.kind == "yes_no" else ():
        row = fact.row
        if row["hedged"] or not _holds_all(question, fact, ontology):
            continue
        if row["predicate"] in OBLIGATIONS:
            word = _on_duty(question, row["predicate"], row["negated"])
        elif row["predicate"] in plan.predicates and _joins_two_names(plan, fact):
            word = "Yes" if bool(row["negated"]) == question.negated else "No"
        else:
            word = None
        if word:
            return word, fact
    return None


def _holds_all(question: Question, fact: ChosenFact, ontology: Ontology) -> bool:
    predicate = ontology.predicates.get(fact.row["predicate"])
    labels = predicate.labels if predicate else ()
    said = [fact.row["subject"], fact.row["object"], *labels, *(quote.quote for quote in fact.quotes)]
    return set(question.terms) <= {term for text in said for term in terms(text)}


def _joins_two_names(plan: Plan, fact: ChosenFact) -> bool:
    ends = {fact.row["subject_id"], fact.row["object_id"]}
    return len([link for link in plan.links if ends & set(link.ids)]) == 2


def _on_duty(question: Question, predicate: str, negated: bool) -> Verdict | None:
    """What a permission, a duty or a prohibition says to "may we" and "must we"."""
    asked = "MAY" if _PERMISSION.search(question.text) else "MUST" if _DUTY.search(question.text) else ""
    if predicate == asked:
        return "No" if negated else "Yes"
    return "No" if (asked, predicate, negated) == ("MAY", "MUST_NOT", False) else None
