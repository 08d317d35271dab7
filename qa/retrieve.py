"""Plan to evidence: facts by graph queries, passages by full text, vectors and shared entities, fused by rank."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from kg.model import VALUE_TYPES
from kg.ontology import Ontology
from kg.store import Row
from qa.aggregate import Statement
from qa.answer import Quote
from qa.asked_for import is_told
from qa.plan import Plan, types_within
from qa.question import Question
from qa.ranking.rank import ROUNDS, rank_passages
from qa.recorder import Recorder
from qa.routes import Route, find_routes

_FACT_LIMIT = 400
_JOIN_LIMIT = 3000
_PATH_LIMIT = 10
_RANKED = 12
_ROUNDS_BESIDE_FACTS = 0
_BRIDGE_PASSAGES = 3
# "the employee who lost the laptop": somebody is described, not named, so the passages must tell who it is.
_DESCRIBED = re.compile(r"\bthe [\w-]+ (?:who|whom|that|which|behind)\b", re.IGNORECASE)
_BRIDGE_TYPES = ("Contract", "Control", "Incident", "Organization", "Person", "Role", "System")


@dataclass(slots=True)
class Evidence:
    """What was found.

    `facts` of the named entities; `chains` of fact ids for paths; `joined` items with their facts for lists and counts
    (`cut_short` when there are more than were looked at);
    `routes` of facts that lead beyond the named entities; `bridged` facts of `bridges`, entities that the
    best passages name; `statements` that answer by themselves; `passages`, best first, with their `fused` scores.
    """

    facts: list[Row] = field(default_factory=list)
    chains: list[list[str]] = field(default_factory=list)
    joined: dict[str, list[Row]] = field(default_factory=dict)
    cut_short: bool = False
    routes: list[Route] = field(default_factory=list)
    bridges: set[str] = field(default_factory=set)
    bridged: list[Row] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    passages: list[Row] = field(default_factory=list)


def retrieve(
    question: Question, plan: Plan, statements: list[Statement], recorder: Recorder, ontology: Ontology
) -> Evidence:
    """Run the plan's queries: the graph's, then those of passages."""
    evidence = find_facts(question, plan, recorder, ontology)
    evidence.statements = statements
    # Passages prove what facts tell, and need not lead anywhere.
    rounds = _ROUNDS_BESIDE_FACTS if is_told(question, plan, evidence.facts, evidence.routes) else ROUNDS
    evidence.passages = rank_passages(question, plan.links, recorder, _RANKED, rounds)
    if plan.kind != "path" and not evidence.joined and plan.predicates and _DESCRIBED.search(question.text):
        evidence.bridges, evidence.bridged = _bridged(plan, evidence, recorder)
    return evidence


def find_facts(question: Question, plan: Plan, recorder: Recorder, ontology: Ontology) -> Evidence:
    """What the graph alone says of the plan's entities: no passages, and nothing that depends on their ranks."""
    evidence = Evidence()
    if plan.kind == "path":
        evidence.chains, evidence.facts = find_paths(plan.links[0].ids, plan.links[-1].ids, recorder)
    elif plan.kind == "joined":
        evidence.joined, evidence.cut_short = _joined(question, plan, recorder, ontology)
        evidence.facts = [row for rows in evidence.joined.values() for row in rows]
    if not evidence.facts and plan.links:
        evidence.facts, whole = _facts(plan, recorder)
        evidence.routes = find_routes(plan, recorder, evidence.facts if whole else None)
    return evidence


def _bridged(plan: Plan, evidence: Evidence, recorder: Recorder) -> tuple[set[str], list[Row]]:
    """Facts that the question asks for, of entities that it does not name but the best passages do."""
    best = [row["id"] for row in evidence.passages[:_BRIDGE_PASSAGES]]
    named = recorder.run("entities_in_passages", passage_ids=best, types=list(_BRIDGE_TYPES))
    bridges = {row["id"] for row in named} - set(plan.entity_ids)
    if not bridges:
        return set(), []
    rows = recorder.run(
        "facts_with_predicate", entity_ids=sorted(bridges), predicates=list(plan.predicates), limit=_FACT_LIMIT
    )
    known = {row["id"] for row in evidence.facts}
    return bridges, [row for row in rows if row["id"] not in known]


def _facts(plan: Plan, recorder: Recorder) -> tuple[list[Row], bool]:
    """The entities' own facts, those by the predicates that the question names among them, and whether that is all."""
    rows = recorder.run("facts_of_entities", entity_ids=plan.entity_ids, limit=_FACT_LIMIT)
    whole = len(rows) < _FACT_LIMIT
    if plan.predicates and not whole:
        rows = rows + recorder.run(
            "facts_with_predicate", entity_ids=plan.entity_ids, predicates=list(plan.predicates), limit=_FACT_LIMIT
        )
    return list({row["id"]: row for row in rows}.values()), whole


def find_paths(from_ids: list[str], to_ids: list[str], recorder: Recorder) -> tuple[list[list[str]], list[Row]]:
    """The shortest chains of facts, of at most three, between two sets of entities: fact ids, and the facts."""
    ends = {"from_ids": from_ids, "to_ids": to_ids, "limit": _PATH_LIMIT}
    values = {"value_types": list(VALUE_TYPES)}
    for name, extra in (("path_one_hop", {}), ("path_two_hops", values), ("path_three_hops", values)):
        rows = recorder.run(name, **ends, **extra)
        if rows:
            chains = [row["fact_ids"] for row in rows]
            ids = sorted({identity for chain in chains for identity in chain})
            return chains, recorder.run("facts_by_id", fact_ids=ids)
    return [], []


def _joined(
    question: Question, plan: Plan, recorder: Recorder, ontology: Ontology
) -> tuple[dict[str, list[Row]], bool]:
    """For lists and counts: the entities that facts join to every name in the question, with those facts."""
    # Without a predicate or a value to go by, whatever is joined in any way would be counted.
    told = plan.predicates or any(e["type"] in VALUE_TYPES for item in plan.links for e in item.entities)
    if not (told or (question.kind == "list" and question.target_type)):
        return {}, False
    types = types_within(question.target_type, ontology)
    rows = recorder.run(
        "facts_joined_to",
        entity_ids=plan.entity_ids,
        predicates=list(plan.predicates) if len(plan.links) == 1 else [],
        type=types[0] if len(types) == 1 else None,
        negated=question.negated,
        limit=_JOIN_LIMIT,
    )
    groups = [set(link.ids) for link in plan.links]
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        end = plan.end_of(row["predicate"])
        if (not types or row["item_type"] in types) and (end is None or row[f"{end}_id"] in plan.entity_ids):
            found[row["item_id"]].append(row)
    joined = {
        item: facts
        for item, facts in sorted(found.items(), key=lambda entry: (entry[1][0]["item"], entry[0]))
        if all(any({fact["subject_id"], fact["object_id"]} & group for fact in facts) for group in groups)
    }
    return joined, len(rows) == _JOIN_LIMIT


def quotes_of_facts(fact_ids: list[str], recorder: Recorder) -> dict[str, list[Quote]]:
    """The quotes that evidence each fact, in reading order."""
    found: dict[str, list[Quote]] = defaultdict(list)
    for row in recorder.run("evidence_of_facts", fact_ids=sorted(fact_ids)):
        found[row["fact_id"]].append(quote_of(row, row["passage_id"], row["start"], row["quote"], 1.0))
    return found


def quote_of(row: Row, passage_id: str, start: int, text: str, score: float) -> Quote:
    """A quote that begins at `start` of the document; `row` has the columns of the document and the page."""
    return Quote(
        passage_id=passage_id,
        document_id=row["document_id"],
        title=row["title"],
        uri=row["uri"],
        version=row["version"],
        start=start,
        end=start + len(text),
        page=row["page"],
        quote=text,
        score=score,
    )
