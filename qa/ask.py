"""The whole way of a question, from its text to the verified answer with its trace."""

import time
import uuid

from kg.embedding import default_embedder
from kg.store import GraphStore
from qa.aggregate import state, with_winners
from qa.answer import Answer, Trace, TracePlan, TraceQuery, TraceVersions
from qa.assemble import ambiguity, answer_fact, confidence, graph_of, is_cited, note_on_length, note_on_names
from qa.corpus import corpus_version
from qa.drafting import Draft, Plain, abstention, choose_and_write
from qa.generate import prompt_version
from qa.link import link
from qa.options import AskOptions
from qa.plan import make_plan
from qa.question import understand
from qa.recorder import Recorder
from qa.retrieve import retrieve
from qa.routing.policy import load_policy
from qa.select import select
from qa.synthesize import synthesize
from qa.verify import verify_quotes
from qa.versions import code, fitted, models_version

# What is left to do after a model wrote: looking the citations up, putting the answer together.
_FINISHING = 0.1


class EmptyQuestion(ValueError):
    """The question holds no words."""


def ask(text: str, store: GraphStore, options: AskOptions) -> Answer:
    """Answer a question. Raises `EmptyQuestion`, and `StoreError` when the graph cannot be read."""
    if not any(character.isalnum() for character in text):
        raise EmptyQuestion("The question is empty; ask one in words.")
    clock = _Clock()
    tell = options.observer.step
    question = understand(text, options.ontology)
    recorder = Recorder(store, options.groups, options.as_of.isoformat() if options.as_of else question.as_of)
    links = link(question, recorder, options.ontology)
    clock.lap("link")
    tell("link", {"names": [item.text for item in links], "queries": len(recorder.queries)})
    options.cancel.check()
    plan = make_plan(question, links, options.ontology)
    clock.lap("plan")
    tell("plan", {"kind": f"{question.kind}/{plan.kind}", "predicates": list(plan.predicates)})
    statements = state(question, plan, recorder, options.ontology)
    plan = with_winners(plan, statements)
    evidence = retrieve(question, plan, statements, recorder, options.ontology)
    selection = select(question, plan, evidence, recorder, options.ontology)
    clock.lap("retrieve")
    tell(
        "retrieve",
        {"facts": len(selection.facts), "passages": len(evidence.passages), "queries": len(recorder.queries)},
    )
    options.cancel.check()
    answer_text, citations = synthesize(question, plan, evidence, selection, options.ontology)
    if not selection.support.enough or not citations:
        draft = abstention(question, plan, selection)
    else:
        plain = Plain(question, plan, evidence, selection, answer_text, citations)
        draft = choose_and_write(plain, recorder, options, clock.deadline(options.seconds))
    clock.lap("synthesize")
    verify_quotes(draft.citations, recorder)
    corpus = corpus_version(store, recorder.groups, recorder.as_of)
    versions = _versions(corpus, options, draft)
    clock.lap("verify")
    facts = [fact for fact in selection.facts if is_cited(fact, draft.citations)]
    return Answer(
        id=uuid.uuid4().hex,
        question=question.text,
        status=draft.status,
        answer=note_on_length(text) + note_on_names(plan, facts) + draft.text,
        confidence=confidence(draft.status, selection, facts),
        groundedness=draft.groundedness,
        citations=draft.citations,
        facts=[answer_fact(fact) for fact in facts],
        graph=graph_of(facts),
        trace=Trace(
            plan=TracePlan(
                kind=f"{question.kind}/{plan.kind}",
                entities=plan.entity_ids,
                predicates=list(plan.predicates),
                ambiguous=[ambiguity(item) for item in plan.ambiguous],
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


def _versions(corpus: str, options: AskOptions, draft: Draft) -> TraceVersions:
    return TraceVersions(
        code=code().called,
        model=f"{draft.route.model}; embedding {default_embedder().version}",
        prompt=prompt_version(options.prompt) if draft.route.attempts else "none",
        corpus=corpus,
        ontology=options.ontology.version,
        models=models_version(options.models),
        policy=(options.policy or load_policy()).called,
        **{kind: part.called for kind, part in fitted().items()},
    )


class _Clock:
    def __init__(self) -> None:
        self._began = time.monotonic()
        self._started = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def deadline(self, seconds: float) -> float:
        """Until when (of `time.monotonic`) models may write, so that the whole answer takes no more than `seconds`."""
        return self._began + seconds - _FINISHING

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage] = round((now - self._last) * 1000, 3)
        self._last = now

    def done(self) -> dict[str, float]:
        return {**self._laps, "total": round((time.perf_counter() - self._started) * 1000, 3)}
