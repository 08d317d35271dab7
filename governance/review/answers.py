"""An answer into the review queue, and what the one who asked is told of it."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from governance.identity.principal import Principal
from governance.review.items import Item, New
from governance.review.policy import Rule
from kg.ontology import Ontology
from kg.store import GraphStore, Row
from qa.answer import Answer, AnswerGraph

_MOST_CONTRADICTIONS = 20


def contradictions(answer: Answer, store: GraphStore, ontology: Ontology, groups: Sequence[str] | None) -> list[Row]:
    """What documents that the caller may see say against the facts of an answer."""
    if not answer.facts:
        return []
    single = sorted(name for name, item in ontology.predicates.items() if item.functional)
    return store.run(
        "contradictions_of_facts",
        fact_ids=sorted(fact.id for fact in answer.facts),
        predicates=single,
        limit=_MOST_CONTRADICTIONS,
        groups=None if groups is None else list(groups),
        as_of=_day_of(answer),
    ).rows


def item_of(
    answer: Answer, rule: Rule, stakes: str, principal: Principal, against: Sequence[Row], store: GraphStore
) -> New:
    """What comes into the queue of an answer: all that reviewers are to see, and which documents it is of.

    The same answer on the same evidence for the same groups is one item, however often it is given.
    """
    facts = sorted({fact.id for fact in answer.facts} | {row["other_id"] for row in against})
    documents = {citation.document.id for citation in answer.citations} | _documents_of(facts, store, principal.groups)
    resting = [(item.document.id, item.document.version, item.start, item.end) for item in answer.citations]
    groups = None if principal.groups is None else sorted(principal.groups)
    same = json.dumps([answer.question, answer.status, answer.answer, resting, groups, rule.name])
    return New(
        kind="answer",
        subject=hashlib.sha256(same.encode("utf-8", "surrogatepass")).hexdigest(),
        title=answer.question,
        payload={**_payload(answer, stakes, against), "groups": groups},
        documents=[[identity] for identity in sorted(documents)],
        rule=rule.name,
        asker=principal.user,
        handling=rule.handling,
    )


def told(answer: Answer, rule: Rule, item: Item) -> Answer:
    """The answer as it is given while it waits for review, or after."""
    if item.state == "done":
        return _decided(answer, item)
    noted = _noted(answer, f"in review: {rule.name} ({item.id})")
    if rule.returns == "answered":
        return noted
    text = (
        f"A person will look at this by {item.due_at[:16].replace('T', ' ')} UTC, since {rule.name} "
        f"(review item {item.id}); until then it is not confirmed. {answer.answer}"
    )
    return noted.model_copy(update={"status": "escalated", "answer": text})


def _decided(answer: Answer, item: Item) -> Answer:
    if item.verdict == "approve":
        return _noted(answer, f"approved in review ({item.id})")
    if item.verdict == "correct":
        noted = _noted(answer, f"corrected in review ({item.id})")
        return noted.model_copy(update={"status": "answered", "answer": item.text or ""})
    noted = _noted(answer, f"rejected in review ({item.id})")
    text = f"A reviewer rejected the answer that was found (review item {item.id})."
    empty: dict[str, Any] = {"citations": [], "facts": [], "graph": AnswerGraph(nodes=[], edges=[])}
    return noted.model_copy(update={"status": "escalated", "answer": text, **empty})


def _noted(answer: Answer, note: str) -> Answer:
    route = answer.trace.route
    noted = route.model_copy(update={"review": note})
    return answer.model_copy(update={"trace": answer.trace.model_copy(update={"route": noted})})


def _payload(answer: Answer, stakes: str, against: Sequence[Row]) -> dict[str, Any]:
    facts = [fact.model_dump(mode="json", exclude={"evidence"}) for fact in answer.facts]
    return {
        "answer_id": answer.id,
        "question": answer.question,
        "status": answer.status,
        "answer": answer.answer,
        "kind": answer.trace.plan.kind.partition("/")[0],
        "as_of": _day_of(answer),
        "stakes": stakes,
        "groundedness": answer.groundedness,
        "confidence": answer.confidence,
        "citations": [citation.model_dump(mode="json") for citation in answer.citations],
        "facts": facts,
        "contradictions": list(against),
        "route": answer.trace.route.reason,
        "removed": answer.trace.route.removed,
    }


def _documents_of(fact_ids: Sequence[str], store: GraphStore, groups: Sequence[str] | None) -> set[str]:
    if not fact_ids:
        return set()
    listed = None if groups is None else list(groups)
    rows = store.run("evidence_of_facts", fact_ids=list(fact_ids), groups=listed, as_of=None).rows
    return {row["document_id"] for row in rows}


def _day_of(answer: Answer) -> str | None:
    days = (query.parameters["as_of"] for query in answer.trace.queries if "as_of" in query.parameters)
    return next(days, None)
