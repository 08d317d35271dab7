"""Whether facts are the very ones that a question asks for."""

from collections.abc import Iterable

from kg.store import Row
from qa.plan import Plan
from qa.question import Question
from qa.routes import Route


def answers(question: Question, plan: Plan, row: Row) -> bool:
    """Whether a fact is the very one asked for: a named entity, a named predicate, and an end of the expected type."""
    if is_contrary(question, row):
        return False
    ends = [end for end in ("subject", "object") if row[f"{end}_id"] not in plan.entity_ids]
    expected = [end for end in ends if row[f"{end}_type"] in question.expected_types]
    return row["predicate"] in plan.predicates and len(ends) == 1 and bool(expected)


def is_contrary(question: Question, row: Row) -> bool:
    """Whether a fact denies what is asked for, or says what is asked to be denied; yes or no are both answers."""
    return bool(row["negated"]) != question.negated and question.kind != "yes_no"


def is_told(question: Question, plan: Plan, facts: Iterable[Row], routes: Iterable[Route]) -> bool:
    """Whether facts of the named entities answer by themselves, by as many steps as the question has relations."""
    if len(plan.relations) > 1:
        return any(route.in_order and len(route.rows) == len(plan.relations) for route in routes)
    return any(answers(question, plan, row) for row in facts)
