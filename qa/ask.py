"""The whole way of a question, from its text to the verified answer with its trace."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kg.embedding import default_embedder
from kg.ontology import Ontology
from kg.store import GraphStore
from kg.version import code_version
from qa.aggregate import state, with_winners
from qa.answer import (
    Ambiguity,
    Answer,
    AnswerFact,
    AnswerGraph,
    Attempt,
    Candidate,
    Citation,
    GraphEdge,
    GraphNode,
    Status,
    Tier,
    Trace,
    TracePlan,
    TraceQuery,
    TraceRoute,
    TraceVersions,
    Usage,
)
from qa.corpus import corpus_version
from qa.generate import ModelSettings, generate, prompt_version
from qa.link import Link, link
from qa.plan import Plan, make_plan
from qa.question import MAX_QUESTION, Question, understand
from qa.recorder import Recorder
from qa.retrieve import retrieve
from qa.select import ChosenFact, Selection, select
from qa.synthesize import synthesize
from qa.verify import verify_quotes


class EmptyQuestion(ValueError):
    """The question holds no words."""


@dataclass(frozen=True, slots=True)
class AskOptions:
    """`groups` None sees everything; `tier` None lets the router choose; `model` None: no large model is set up.

    `as_of`: the day whose state of things is asked for; None for the one that the question names, else for any day.
    """

    ontology: Ontology
    groups: Sequence[str] | None = None
    tier: Tier | None = None
    model: ModelSettings | None = None
    as_of: date | None = None


@dataclass(slots=True)
class _Draft:
    status: Status
    text: str
    citations: list[Citation]
    route: TraceRoute
    usage: Usage


def ask(text: str, store: GraphStore, options: AskOptions) -> Answer:
    """Answer a question. Raises `EmptyQuestion`, and `StoreError` when the graph cannot be read."""
    if not any(character.isalnum() for character in text):
        raise EmptyQuestion("The question is empty; ask one in words.")
    clock = _Clock()
    question = understand(text, options.ontology)
    recorder = Recorder(store, options.groups, options.as_of.isoformat() if options.as_of else question.as_of)
    links = link(question, recorder, options.ontology)
    clock.lap("link")
    plan = make_plan(question, links, options.ontology)
    clock.lap("plan")
    statements = state(question, plan, recorder, options.ontology)
    plan = with_winners(plan, statements)
    evidence = retrieve(question, plan, statements, recorder, options.ontology)
    selection = select(question, plan, evidence, recorder, options.ontology)
    clock.lap("retrieve")
    answer_text, citations = synthesize(question, plan, evidence, selection, options.ontology)
    if not selection.support.enough or not citations:
        draft = _abstention(question, plan, selection)
    else:
        draft = _route(question, answer_text, citations, options)
    clock.lap("synthesize")
    verify_quotes(draft.citations, recorder)
    corpus = corpus_version(store, recorder.groups, recorder.as_of)
    versions = _versions(corpus, options, draft)
    clock.lap("verify")
    facts = [fact for fact in selection.facts if _cited(fact, draft.citations)]
    return Answer(
        id=uuid.uuid4().hex,
        question=question.text,
        status=draft.status,
        answer=_note_on_length(text) + _note_on_names(plan, facts) + draft.text,
        confidence=_confidence(draft, selection, facts),
        citations=draft.citations,
        facts=[_answer_fact(fact) for fact in facts],
        graph=_graph(facts),
        trace=Trace(
            plan=TracePlan(
                kind=f"{question.kind}/{plan.kind}",
                entities=plan.entity_ids,
                predicates=list(plan.predicates),
                ambiguous=[_ambiguity(item) for item in plan.ambiguous],
            ),
            queries=[
                TraceQuery(name=q.name, cypher=q.cypher, parameters=q.parameters, rows=len(q.rows), ms=q.ms)
                for q in recorder.queries
            ],
            route=draft.route,
            versions=versions,
            usage=draft.usage,
            latency_ms=clock.done(),
        ),
    )


def _route(question: Question, text: str, citations: list[Citation], options: AskOptions) -> _Draft:
    """The answer by the tier that may and can give it; the deterministic one stands whatever happens."""
    if options.tier == "none":
        return _deterministic(text, citations, "asked for", [])
    if options.tier == "small":
        return _deterministic(text, citations, "no small model is set up; answered without a model", [])
    if options.model is None:
        return _deterministic(
            text, citations, "no large model is set up (OPENAI_API_KEY); answered without a model", []
        )
    tried = generate(question.text, citations, options.model)
    if tried.text is None:
        reason = "the large model's answer could not be used; answered without a model"
        return _deterministic(text, citations, reason, [tried.attempt], tried.usage)
    route = TraceRoute(
        tier="large", model=options.model.model, reason="a large model is set up", attempts=[tried.attempt]
    )
    return _Draft("answered", tried.text, tried.citations, route, tried.usage)


def _deterministic(
    text: str, citations: list[Citation], reason: str, attempts: list[Attempt], usage: Usage | None = None
) -> _Draft:
    route = TraceRoute(tier="none", model="none", reason=reason, attempts=attempts)
    return _Draft("answered", text, citations, route, usage or Usage())


def _abstention(question: Question, plan: Plan, selection: Selection) -> _Draft:
    """Says what was looked for, so that the person can ask better or add the document that is missing."""
    names = ", ".join(item.text for item in plan.links) or "no known name"
    looked = ", ".join(question.terms) or "nothing to look for"
    absent = selection.support.lacking or selection.support.missing
    missing = f" What was found does not speak of: {', '.join(absent)}." if absent else ""
    text = f"No evidence found that answers this. Looked for {names}, and in the text for: {looked}.{missing}"
    route = TraceRoute(tier="none", model="none", reason="the evidence does not support an answer", attempts=[])
    return _Draft("abstained", text, [], route, Usage())


def _note_on_length(text: str) -> str:
    return f"(Only the first {MAX_QUESTION} characters of the question were read.) " if len(text) > MAX_QUESTION else ""


def _note_on_names(plan: Plan, facts: list[ChosenFact]) -> str:
    """Says which names may be several entities', where the facts of the answer are of more than one of them."""
    ends = {fact.row[f"{end}_id"] for fact in facts for end in ("subject", "object")}
    notes = []
    for item in plan.ambiguous:
        meant = [entity["name"] for entity in item.entities if entity["id"] in ends]
        if len(meant) > 1:
            notes.append(f"(“{item.text}” may be {' or '.join(meant)}.) ")
    return "".join(notes)


def _ambiguity(item: Link) -> Ambiguity:
    candidates = [
        Candidate(**{key: entity[key] for key in ("id", "name", "type", "score")}) for entity in item.entities
    ]
    return Ambiguity(text=item.text, candidates=candidates)


def _confidence(draft: _Draft, selection: Selection, facts: list[ChosenFact]) -> float:
    """0 for an abstention; else how well the evidence covers the question, with the best fact's own confidence."""
    if draft.status == "abstained":
        return 0.0
    support = max(selection.support.probability, selection.nearness)
    best = max((float(fact.row["confidence"]) for fact in facts), default=0.6)
    return round(min(1.0, 0.5 * support + 0.5 * best), 4)


def _cited(fact: ChosenFact, citations: list[Citation]) -> bool:
    places = {(item.passage_id, item.start, item.end) for item in citations}
    return any((quote.passage_id, quote.start, quote.end) in places for quote in fact.quotes)


def _answer_fact(fact: ChosenFact) -> AnswerFact:
    row = fact.row
    return AnswerFact(
        id=row["id"],
        subject=row["subject"],
        predicate=row["predicate"],
        object=row["object"],
        confidence=row["confidence"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        negated=row["negated"],
        hedged=row["hedged"],
        deadline=row["deadline"],
        due=row["due"],
        exception=row["exception"],
        evidence=sorted({quote.passage_id for quote in fact.quotes}),
    )


def _graph(facts: list[ChosenFact]) -> AnswerGraph:
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


def _versions(corpus: str, options: AskOptions, draft: _Draft) -> TraceVersions:
    return TraceVersions(
        code=code_version(),
        model=f"{draft.route.model}; embedding {default_embedder().version}",
        prompt=prompt_version() if draft.route.tier == "large" else "none",
        corpus=corpus,
        ontology=options.ontology.version,
    )


class _Clock:
    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage] = round((now - self._last) * 1000, 3)
        self._last = now

    def done(self) -> dict[str, float]:
        return {**self._laps, "total": round((time.perf_counter() - self._started) * 1000, 3)}
