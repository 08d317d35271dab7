"""Routes of facts from what a question names to what it asks for: "the manager of the owner of Atlas", step by step."""

from dataclasses import dataclass

from kg.model import VALUE_TYPES
from kg.store import Row
from qa.plan import Plan
from qa.recorder import Recorder

_LONGEST = 3
_FACTS = 400
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Route:
    """Facts end to end: `rows` from a named entity outward, `bridge` the entity before the last fact.

    `in_order`: the relations are taken in the order in which the question's words lead outward.
    """

    rows: tuple[Row, ...]
    bridge: str
    in_order: bool


@dataclass(frozen=True, slots=True)
class _Reached:
    """An entity with the facts that lead to it and the numbers of the relations taken."""

    entity: str
    rows: tuple[Row, ...]
    taken: tuple[int, ...]
    seen: frozenset[str]


def find_routes(plan: Plan, recorder: Recorder, known: list[Row] | None) -> list[Route]:
    """Routes of two or three facts that take each of the plan's relations once or not at all; no fact is a denial.

    `known` are all facts of the named entities, None where they are too many to be. One query a step, by the entities
    reached, so the cost depends on their facts, not on the size of the graph.
    """
    if len(plan.relations) < 2:
        return []
    reached = [_Reached(identity, (), (), frozenset(plan.entity_ids)) for identity in plan.entity_ids]
    found: list[Route] = []
    for length in range(min(_LONGEST, len(plan.relations))):
        steps = _next(reached, plan, recorder, known if length == 0 else None)
        if not steps:
            break
        found += [
            Route(step.rows, bridge, sorted(step.taken) == list(step.taken))
            for step, bridge in steps
            if len(step.rows) > 1
        ]
        reached = [step for step, _ in steps if not _is_value(step)][:_KEPT]
    return found


def _next(
    reached: list[_Reached], plan: Plan, recorder: Recorder, known: list[Row] | None
) -> list[tuple[_Reached, str]]:
    """The steps that lead on from what is reached, by the relations not taken on the way there."""
    rows: dict[tuple[int, ...], list[Row]] = {}
    for taken in sorted({tuple(sorted(item.taken)) for item in reached}):
        # A place reached because something lies there is not asked what else does: there may be thousands.
        left = {p for n, relation in enumerate(plan.relations) if n not in taken for p in relation.predicates}
        ids = sorted({item.entity for item in reached if tuple(sorted(item.taken)) == taken})
        if left:
            found = known
            if found is None:
                found = recorder.run("facts_with_predicate", entity_ids=ids, predicates=sorted(left), limit=_FACTS)
            rows[taken] = [row for row in found if row["predicate"] in left and not row["negated"]]
    return [
        step for item in reached for row in rows.get(tuple(sorted(item.taken)), ()) for step in _steps(item, row, plan)
    ]


def _steps(item: _Reached, row: Row, plan: Plan) -> list[tuple[_Reached, str]]:
    """The step from an entity over a fact that has it at one end, by a relation that is not taken yet."""
    numbers = [n for n, relation in enumerate(plan.relations) if row["predicate"] in relation.predicates]
    number = next((n for n in numbers if n not in item.taken), None)
    if number is None:
        return []
    found = []
    for near, far in (("subject", "object"), ("object", "subject")):
        there, fits = row[f"{far}_id"], plan.end_of(row["predicate"]) in (None, near)
        if row[f"{near}_id"] == item.entity and fits and there not in item.seen:
            found.append((_Reached(there, (*item.rows, row), (*item.taken, number), item.seen | {there}), item.entity))
    return found


def _is_value(step: _Reached) -> bool:
    last = step.rows[-1]
    end = "subject" if last["subject_id"] == step.entity else "object"
    return last[f"{end}_type"] in VALUE_TYPES
