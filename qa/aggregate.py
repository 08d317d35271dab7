"""Answers that no single fact gives: the longest period, the same owner, what has no owner, what changed.

Each is a few statements, with the facts or the passages that each rests on.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from kg.model import VALUE_TYPES
from kg.ontology import Ontology
from kg.store import Row
from qa.direction import bearer_end
from qa.link import Link
from qa.magnitude import Magnitude, magnitude
from qa.plan import Plan, Ranking, types_within
from qa.question import Question
from qa.recorder import Recorder
from qa.wording import enumerate_names, fact_sentence

# "Is A's period longer than B's?" wants a yes or a no; the first name is the one in question.
_MORE_THAN = re.compile(r"^(?:is|are|was|were|does|do|did|has|have)\b.*\bthan\b", re.IGNORECASE)
_LOOKED_AT = 3000
_FACTS = 400
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence without its full stop, with the facts that it rests on, or the passages where there are none.

    `about` are the ids of the entities that it found, of which more may be asked.
    """

    text: str
    facts: tuple[Row, ...] = ()
    passages: tuple[tuple[Row, str], ...] = ()
    about: tuple[str, ...] = ()


def state(question: Question, plan: Plan, recorder: Recorder, ontology: Ontology) -> list[Statement]:
    """The statements that answer a question of a kind that needs several facts at once; none when they cannot."""
    if plan.kind == "superlative" and plan.ranking:
        rank = _rank_by_number if plan.ranking.counted else _rank_by_value
        return rank(question, plan.ranking, recorder, ontology)
    if plan.kind == "compare":
        return _compare(question, plan, recorder, ontology)
    if plan.kind == "without":
        return _without(question, plan, recorder, ontology)
    return _over_time(plan, recorder, ontology) if plan.kind == "change" else []


def with_winners(plan: Plan, statements: list[Statement]) -> Plan:
    """The plan with what a superlative found as a linked name, where more is asked: "the owner of the largest ..."."""
    winners = sorted({identity for statement in statements for identity in statement.about})
    if plan.kind != "superlative" or not (winners and plan.predicates):
        return plan
    names = {
        row[f"{end}_id"]: row for statement in statements for row in statement.facts for end in ("subject", "object")
    }
    entities = tuple(
        {"id": key, "name": row[end], "type": row[f"{end}_type"], "score": 1.0}
        for key in winners
        for row in [names[key]]
        for end in ("subject", "object")
        if row[f"{end}_id"] == key
    )
    return replace(plan, links=(*plan.links, Link(0, 0, entities[0]["name"], entities, "rank")))


def _rank_by_value(question: Question, ranking: Ranking, recorder: Recorder, ontology: Ontology) -> list[Statement]:
    rows = recorder.run(
        "facts_of_predicate", predicates=list(ranking.predicates), types=list(ranking.types), limit=_LOOKED_AT
    )
    sizes = {row["id"]: size for row in rows if not row["hedged"] and (size := magnitude(row["object"]))}
    if not sizes:
        return []
    measures = Counter(measure for measure, _ in sizes.values())
    measure = min(measures, key=lambda name: (-measures[name], name))
    ranked = {row["id"]: row for row in rows if sizes.get(row["id"], ("", 0))[0] == measure}
    best = _extreme(question)((sizes[key] for key in ranked), key=lambda size: size[1])
    winners = [row for key, row in ranked.items() if sizes[key] == best]
    of = f", the {question.comparative} of {len(ranked)} found" if len(ranked) > 1 else ""
    more = " at least" if len(rows) == _LOOKED_AT else ""
    return [
        Statement(f"{_sentence(row, ontology)}{of}{more}", (row,), about=(row["subject_id"],))
        for row in winners[:_NAMED]
    ]


def _rank_by_number(question: Question, ranking: Ranking, recorder: Recorder, ontology: Ontology) -> list[Statement]:
    rows = recorder.run(
        "entities_by_count",
        types=list(ranking.types),
        other_types=list(ranking.counted),
        predicates=list(ranking.predicates),
        fewest=question.extreme == "least",
        limit=_NAMED,
    )
    best = [row for row in rows if row["count"] == rows[0]["count"]]
    statements = []
    for row in best:
        joined = recorder.run(
            "facts_joined_to",
            entity_ids=[row["id"]],
            predicates=list(ranking.predicates),
            type=None,
            negated=False,
            limit=_FACTS,
        )
        facts = tuple(fact for fact in joined if fact["item_type"] in ranking.counted)
        names = enumerate_names(sorted({fact["item"] for fact in facts}))
        statements.append(Statement(f"{row['name']}: {row['count']}, {names}", facts, about=(row["id"],)))
    return statements


def _compare(question: Question, plan: Plan, recorder: Recorder, ontology: Ontology) -> list[Statement]:
    """Each side's facts, and what they say beside one another; nothing unless every side has some."""
    things = [link for link in plan.links if any(row["type"] not in VALUE_TYPES for row in link.entities)]
    ids = sorted({identity for link in things for identity in link.ids})
    rows = recorder.run("facts_with_predicate", entity_ids=ids, predicates=list(plan.predicates), limit=_FACTS)
    rows = [row for row in rows if not row["negated"] and not row["hedged"]]
    sides = [[row for row in rows if {row["subject_id"], row["object_id"]} & set(link.ids)] for link in things]
    if not all(sides):
        return []
    told = [Statement(_sentence(row, ontology), (row,)) for side in sides for row in side]
    verdict = _larger(question, things, sides) if question.extreme else _same(things, sides)
    return [verdict, *told] if verdict else told


def _larger(question: Question, things: list[Link], sides: list[list[Row]]) -> Statement | None:
    """Which side has the greater value, or the smaller; None when they cannot be measured alike."""
    sizes: list[Magnitude] = []
    for side in sides:
        found = [size for row in side if (size := magnitude(row["object"]))]
        if not found:
            return None
        sizes.append(_extreme(question)(found, key=lambda size: size[1]))
    if len({measure for measure, _ in sizes}) > 1:
        return None
    best = _extreme(question)(sizes, key=lambda size: size[1])
    names = [link.entities[0]["name"] for link, size in zip(things, sizes, strict=True) if size == best]
    facts = tuple({row["id"]: row for side in sides for row in side}.values())
    word = "equal" if len(names) == len(things) else question.comparative
    said = f"{word.capitalize()}: {enumerate_names(names)}"
    if _MORE_THAN.search(question.text):
        said = f"{'Yes' if names == [things[0].entities[0]['name']] else 'No'}. {said}"
    return Statement(said, facts)


def _same(things: list[Link], sides: list[list[Row]]) -> Statement:
    """What all sides have in common, or that they have nothing."""
    others = [
        {
            row[f"{end}_id"]: row[end]
            for row in side
            for end in ("subject", "object")
            if row[f"{end}_id"] not in link.ids
        }
        for link, side in zip(things, sides, strict=True)
    ]
    common = set.intersection(*(set(side) for side in others))
    facts = tuple({row["id"]: row for side in sides for row in side}.values())
    if common:
        return Statement(f"Yes, the same: {enumerate_names(others[0][key] for key in sorted(common))}", facts)
    return Statement("No, not the same", facts)


def _without(question: Question, plan: Plan, recorder: Recorder, ontology: Ontology) -> list[Statement]:
    """The things with a name of their own of which nothing is said; a passage that names each stands for it."""
    ends = {name: bearer_end(question, name, ontology) for name in plan.predicates}
    known = {name: end for name, end in ends.items() if end} or ends
    end = next(iter(known.values())) or "either"
    rows = recorder.run(
        "entities_without",
        types=list(types_within(question.target_type, ontology)),
        predicates=sorted(known),
        end=end,
        limit=_LOOKED_AT,
    )
    named = [row for row in rows if any(letter.isupper() or letter.isdigit() for letter in row["name"])]
    named.sort(key=lambda row: (row["name"], row["id"]))
    if not named:
        return []
    shown = named[:_NAMED]
    passages = recorder.run("passages_by_id", passage_ids=sorted({row["passage_ids"][0] for row in shown}))
    by_id = {passage["id"]: passage for passage in passages}
    labels = " or ".join(f"“{ontology.label(name)}”" for name in sorted(known))
    more = f" and {len(named) - len(shown)} more" if len(named) > len(shown) else ""
    text = f"No document says {labels} of {enumerate_names(row['name'] for row in shown)}{more}"
    if question.kind == "count":
        text = f"There are {len(named)}. {text}" if len(named) > 1 else f"There is 1. {text}"
    cited = tuple((by_id[row["passage_ids"][0]], row["name"]) for row in shown if row["passage_ids"][0] in by_id)
    return [Statement(text, passages=cited)]


def _over_time(plan: Plan, recorder: Recorder, ontology: Ontology) -> list[Statement]:
    """Facts of one subject and predicate that hold at different times, the earliest first."""
    rows = recorder.run("facts_of_entities", entity_ids=plan.entity_ids, limit=_FACTS)
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        fixed = row["subject_id"] if row["subject_id"] in plan.entity_ids else row["object_id"]
        if (not plan.predicates or row["predicate"] in plan.predicates) and (row["valid_from"] or row["valid_to"]):
            groups[(fixed, row["predicate"])].append(row)
    told = []
    for group in (groups[key] for key in sorted(groups)):
        if len({(row["subject_id"], row["object_id"]) for row in group}) > 1:
            group.sort(key=lambda row: (row["valid_from"] or "", row["valid_to"] or "9999", row["id"]))
            told += [Statement(f"{_sentence(row, ontology)} ({_when(row)})", (row,)) for row in group]
    return told


def _when(row: Row) -> str:
    parts = (
        f"from {row['valid_from']}" if row["valid_from"] else "",
        f"to {row['valid_to']}" if row["valid_to"] else "",
    )
    return " ".join(part for part in parts if part)


def _sentence(row: Row, ontology: Ontology) -> str:
    return fact_sentence(row["subject"], row["predicate"], [row["object"]], ontology, row["negated"])


def _extreme(question: Question) -> Callable[..., Magnitude]:
    return min if question.extreme == "least" else max
