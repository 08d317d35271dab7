"""Evidence to what is cited: the facts that answer, the best span of each passage, and how well they support it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.embedding import default_embedder
from kg.ontology import Ontology
from kg.store import Row
from kg.terms import stem, terms
from qa.answer import Quote
from qa.plan import Plan
from qa.question import Question
from qa.recorder import Recorder
from qa.retrieve import Evidence, quotes_of_facts

_PASSAGES_READ = 8
_QUOTES = 5
_QUOTE_CHARS = 420
_FACTS_SCORED = 60
_FACTS_CITED = 8
_LISTED = 100
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[\"'“‘(A-Z0-9])|\n\s*\n")
# A sentence's relevance: how near it is in meaning, and how many of the question's terms it holds.
_NEARNESS, _COVERAGE = 0.6, 0.4
# Quotes this far below the best one are left out.
_QUOTE_MARGIN = 0.8


@dataclass(frozen=True, slots=True)
class ChosenFact:
    """A fact with its quotes and its score for this question."""

    row: Row
    quotes: tuple[Quote, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Selection:
    """`coverage`: share of the question's terms that the evidence holds; `nearness`: best cosine of a quote."""

    facts: tuple[ChosenFact, ...]
    quotes: tuple[Quote, ...]
    coverage: float
    nearness: float
    missing: tuple[str, ...]


def select(question: Question, plan: Plan, evidence: Evidence, recorder: Recorder, ontology: Ontology) -> Selection:
    """Choose what to cite."""
    facts = _choose_facts(question, plan, evidence, recorder, ontology)
    quotes, nearness = _choose_quotes(question, evidence.passages[:_PASSAGES_READ])
    held = _held_terms(plan, facts, quotes, evidence.passages)
    wanted = question.terms
    missing = tuple(term for term in wanted if term not in held)
    coverage = 1 - len(missing) / len(wanted) if wanted else 0.0
    return Selection(tuple(facts), tuple(quotes), round(coverage, 4), nearness, missing)


def _choose_facts(
    question: Question, plan: Plan, evidence: Evidence, recorder: Recorder, ontology: Ontology
) -> list[ChosenFact]:
    whole = plan.kind == "path" or bool(evidence.joined)
    scored = [(1.0 if whole else _fact_score(question, plan, row, ontology), row) for row in evidence.facts]
    scored = sorted((item for item in scored if item[0] >= 1.0), key=lambda item: (-item[0], item[1]["id"]))
    kept = scored[: _LISTED if whole else _FACTS_SCORED]
    quotes = quotes_of_facts([row["id"] for _, row in kept], recorder) if kept else {}
    chosen = [ChosenFact(row, tuple(quotes.get(row["id"], ())), round(score, 4)) for score, row in kept]
    chosen = [fact for fact in chosen if fact.quotes]
    if whole:
        return chosen
    chosen = sorted((_with_quote_score(question, fact) for fact in chosen), key=lambda fact: (-fact.score, fact.row["id"]))
    best = chosen[0].score if chosen else 0.0
    return [fact for fact in chosen if fact.score >= best - 0.35][:_FACTS_CITED]


def _fact_score(question: Question, plan: Plan, row: Row, ontology: Ontology) -> float:
    """At least 1 for a fact that may answer: of a predicate that the question names, or of the type it expects."""
    other = row["object"] if row["subject_id"] in plan.entity_ids else row["subject"]
    other_type = row["object_type"] if row["subject_id"] in plan.entity_ids else row["subject_type"]
    named = row["predicate"] in plan.predicates
    expected = other_type in question.expected_types
    named_ends = sum(any(row[end] in item.ids for item in plan.links) for end in ("subject_id", "object_id"))
    rest = _unnamed_terms(question, plan)
    said = set(terms(other)) | set(terms(ontology.label(row["predicate"])))
    overlap = sum(term in said for term in rest) / len(rest) if rest else 0.0
    score = 0.8 * named + 0.4 * expected + 0.3 * (named_ends > 1) + 0.8 * overlap
    if question.expected_types and not expected and question.kind in ("when", "how_long", "how_much", "definition"):
        score -= 0.5
    return score + 0.1 * row["confidence"]


def _with_quote_score(question: Question, fact: ChosenFact) -> ChosenFact:
    held = {term for quote in fact.quotes for term in terms(quote.quote + " " + quote.title)}
    held |= set(terms(fact.row["subject"] + " " + fact.row["object"]))
    covered = sum(term in held for term in question.terms) / len(question.terms) if question.terms else 0.0
    return ChosenFact(fact.row, fact.quotes, round(fact.score + 0.6 * covered, 4))


def _unnamed_terms(question: Question, plan: Plan) -> list[str]:
    named = {term for item in plan.links for term in terms(item.text)}
    return [term for term in question.terms if term not in named]


def _choose_quotes(question: Question, passages: list[Row]) -> tuple[list[Quote], float]:
    spans = [(passage, start, end) for passage in passages for start, end in sentence_spans(passage["text"])]
    if not spans:
        return [], 0.0
    texts = [f"{passage['heading']}\n{passage['text'][start:end]}" for passage, start, end in spans]
    vectors = default_embedder().embed([question.text, *texts])
    nearness = vectors[1:] @ vectors[0]
    best: dict[str, Quote] = {}
    top = 0.0
    for (passage, start, end), near in zip(spans, nearness, strict=True):
        held = set(terms(f"{passage['title']} {passage['heading']} {passage['text'][start:end]}"))
        covered = sum(term in held for term in question.terms) / len(question.terms) if question.terms else 0.0
        score = round(_NEARNESS * float(near) + _COVERAGE * covered, 4)
        top = max(top, round(float(near), 4))
        if passage["id"] not in best or score > best[passage["id"]].score:
            best[passage["id"]] = _quote(passage, start, end, score)
    ranked = sorted(best.values(), key=lambda quote: (-quote.score, quote.passage_id))
    return [quote for quote in ranked[:_QUOTES] if quote.score >= _QUOTE_MARGIN * ranked[0].score], top


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a passage, without the white space between them."""
    spans, start = [], 0
    for match in [*_SENTENCE_END.finditer(text), None]:
        end = match.start() if match else len(text)
        if text[start:end].strip():
            spans.append((start, end))
        start = match.end() if match else end
    return spans


def _quote(passage: Row, start: int, end: int, score: float) -> Quote:
    """The sentence with as many of its neighbours as fit, so that the quote can be understood alone."""
    text = passage["text"]
    for a, b in _widenings(sentence_spans(text), start, end):
        if b - a <= _QUOTE_CHARS:
            start, end = a, b
    return Quote(
        passage_id=passage["id"],
        document_id=passage["document_id"],
        title=passage["title"],
        uri=passage["uri"],
        version=passage["version"],
        start=passage["start"] + start,
        end=passage["start"] + end,
        page=passage["page"],
        quote=text[start:end],
        score=score,
    )


def _widenings(spans: list[tuple[int, int]], start: int, end: int) -> Iterable[tuple[int, int]]:
    first = next(i for i, span in enumerate(spans) if span[0] == start)
    last = next(i for i, span in enumerate(spans) if span[1] == end)
    while first > 0 or last < len(spans) - 1:
        last = min(last + 1, len(spans) - 1)
        yield spans[first][0], spans[last][1]
        first = max(first - 1, 0)
        yield spans[first][0], spans[last][1]


def _held_terms(plan: Plan, facts: list[ChosenFact], quotes: list[Quote], passages: list[Row]) -> set[str]:
    held: set[str] = set()
    by_id = {passage["id"]: passage for passage in passages}
    for quote in [*quotes[:3], *(quote for fact in facts for quote in fact.quotes)]:
        passage = by_id.get(quote.passage_id)
        held.update(terms(f"{quote.title} {passage['heading'] if passage else ''} {quote.quote}"))
    for fact in facts:
        held.update(terms(f"{fact.row['subject']} {fact.row['object']}"))
        held.update(stem(word) for word in fact.row["predicate"].lower().split("_"))
    return held
