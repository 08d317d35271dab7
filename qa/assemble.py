"""The parts of an answer, as users get them, from what was selected and written."""

from qa.answer import Ambiguity, AnswerFact, AnswerGraph, Candidate, Citation, GraphEdge, GraphNode, Status
from qa.link import Link
from qa.plan import Plan
from qa.question import MAX_QUESTION
from qa.select import ChosenFact, Selection


def note_on_length(text: str) -> str:
    """Says that a question was too long to be read whole, "" where it was not."""
    return f"(Only the first {MAX_QUESTION} characters of the question were read.) " if len(text) > MAX_QUESTION else ""


def note_on_names(plan: Plan, facts: list[ChosenFact]) -> str:
    """Says which names may be several entities', where the facts of the answer are of more than one of them."""
    ends = {fact.row[f"{end}_id"] for fact in facts for end in ("subject", "object")}
    notes = []
    for item in plan.ambiguous:
        meant = [entity["name"] for entity in item.entities if entity["id"] in ends]
        if len(meant) > 1:
            notes.append(f"(“{item.text}” may be {' or '.join(meant)}.) ")
    return "".join(notes)


def ambiguity(item: Link) -> Ambiguity:
    """What a name of the question may mean."""
    candidates = [
        Candidate(**{key: entity[key] for key in ("id", "name", "type", "score")}) for entity in item.entities
    ]
    return Ambiguity(text=item.text, candidates=candidates)


def confidence(status: Status, selection: Selection, facts: list[ChosenFact]) -> float:
    """0 for an abstention; else how well the evidence covers the question, with the best fact's own confidence."""
    if status == "abstained":
        return 0.0
    support = max(selection.support.probability, selection.nearness)
    best = max((float(fact.row["confidence"]) for fact in facts), default=0.6)
    return round(min(1.0, 0.5 * support + 0.5 * best), 4)


def is_cited(fact: ChosenFact, citations: list[Citation]) -> bool:
    """Whether one of the fact's quotes is among the citations."""
    places = {(item.passage_id, item.start, item.end) for item in citations}
    return any((quote.passage_id, quote.start, quote.end) in places for quote in fact.quotes)


def answer_fact(fact: ChosenFact) -> AnswerFact:
    """A fact as answers show it."""
    said = {name: fact.row[name] for name in AnswerFact.model_fields if name != "evidence"}
    return AnswerFact(**said, evidence=sorted({quote.passage_id for quote in fact.quotes}))


def graph_of(facts: list[ChosenFact]) -> AnswerGraph:
    """The entities of facts, and the facts between them that are not denied."""
    nodes: dict[str, GraphNode] = {}
    edges = []
    for fact in facts:
        row = fact.row
        for end in ("subject", "object"):
            key = row[f"{end}_id"]
            nodes[key] = GraphNode(id=key, label="Entity", name=row[end], type=row[f"{end}_type"])
        if row["negated"]:
            continue
        edges.append(
            GraphEdge(
                id=f"edge_{row['id']}",
                source=row["subject_id"],
                target=row["object_id"],
                type=row["predicate"],
                fact_id=row["id"],
            )
        )
    return AnswerGraph(nodes=[nodes[key] for key in sorted(nodes)], edges=edges)
