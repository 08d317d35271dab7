"""Evidence to what is cited: the facts that answer, the best span of each passage, and how well they support it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.names import document_names
from kg.ontology import Ontology
from kg.store import Row
from kg.terms import terms
from qa.aggregate import Statement
from qa.answer import Quote
from qa.asked_for import answers, is_contrary
from qa.nearness import vectors_of
from qa.plan import Plan, types_within
from qa.question import Question
from qa.recorder import Recorder
from qa.retrieve import Evidence, quote_of, quotes_of_facts
from qa.sentences import sentence_spans, sentence_terms
from qa.support import Support, contexts_of, judge_support

_PASSAGES_READ = 12
_SENTENCES_READ = 32
_QUOTES = 6
_QUOTES_BESIDE_FACTS = 4
_QUOTE_CHARS = 600
_QUOTES_OF_STATED = 1
_FACTS_SCORED = 60
_FACTS_CITED = 8
_LISTED = 100
# A quote's relevance: how near a sentence is in meaning, how many of the question's terms it holds, and how high its
# passage ranks among all.
_NEARNESS, _COVERAGE, _RANK = 0.5, 0.3, 0.2
# Quotes this far below the best one are left out.
_QUOTE_MARGIN = 0.7
_FACT_MARGIN = 0.35
# A chain uses two of the question's predicates; a bridge is only guessed from the passages.
_CHAINED, _OUT_OF_ORDER, _BRIDGED = 0.7, 0.4, 0.1
# A denial where the question asks for what is so, or the other way round, answers only if nothing else does.
_DENIAL = 0.4
# A fact with the named entity at the other end than the words say: whom Anna reports to, not who reports to her.
_TURNED = 0.8
# Kinds whose answer has a type of its own: a fact without it hardly answers.
_TYPED_KINDS = ("when", "how_long", "how_much", "definition")


@dataclass(frozen=True, slots=True)
class ChosenFact:
    """A fact with its quotes and its score for this question."""

    row: Row
    quotes: tuple[Quote, ...]
    score: float


@dataclass(frozen=True, slots=True)
class ChosenStatement:
    """A statement with its quotes."""

    statement: Statement
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to cite, with how far it supports an answer; `nearness` is the best cosine of a quote.

    `answered`: the graph's facts or what was stated of them answer by themselves, whatever the words.
    """

    facts: tuple[ChosenFact, ...]
    quotes: tuple[Quote, ...]
    support: Support
    nearness: float
    statements: tuple[ChosenStatement, ...] = ()
    answered: bool = False


def select(question: Question, plan: Plan, evidence: Evidence, recorder: Recorder, ontology: Ontology) -> Selection:
    """Choose what to cite."""
    statements, stated = _choose_statements(evidence, recorder)
    asks_more = not statements or (plan.kind == "superlative" and bool(plan.predicates))
    facts = _choose_facts(question, plan, evidence, recorder, ontology) if asks_more else []
    quotes, nearness = _choose_quotes(question, evidence.passages[:_PASSAGES_READ])
    # Facts may list only a part of what the documents do, so a list shows as many quotes as an answer without facts.
    beside = bool(facts or statements) and not evidence.joined
    quotes = quotes[: _QUOTES_BESIDE_FACTS if beside else _QUOTES]
    cited = [(fact.row, fact.quotes) for fact in [*stated, *facts]]
    contexts = contexts_of(quotes, evidence.passages, cited, _entities_in(question, quotes, recorder, ontology))
    # A chain of facts between two names, and what was listed, counted or ranked, answers whatever the words.
    answered = bool(statements or (facts and (evidence.chains or evidence.joined)))
    answered = answered or any(answers(question, plan, fact.row) for fact in facts)
    support = judge_support(question, plan, contexts, nearness, answered, ontology)
    known = {fact.row["id"] for fact in stated}
    facts = [*stated, *(fact for fact in facts if fact.row["id"] not in known)]
    return Selection(tuple(facts), tuple(quotes), support, nearness, tuple(statements), answered)


def _entities_in(
    question: Question, quotes: list[Quote], recorder: Recorder, ontology: Ontology
) -> dict[str, tuple[tuple[str, str], ...]]:
    """The names of the expected types that the quoted passages mention, with their types, by passage."""
    types = sorted({kind for wanted in question.expected_types for kind in types_within(wanted, ontology)})
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    if types and quotes:
        ids = sorted({quote.passage_id for quote in quotes})
        for row in recorder.run("entities_in_passages", passage_ids=ids, types=types):
            found[row["passage_id"]].append((row["name"], row["type"]))
    return {key: tuple(names) for key, names in found.items()}


def _choose_statements(evidence: Evidence, recorder: Recorder) -> tuple[list[ChosenStatement], list[ChosenFact]]:
    """The statements that something can be cited for, and the facts that they rest on."""
    rows = {row["id"]: row for statement in evidence.statements for row in statement.facts}
    quotes = quotes_of_facts(sorted(rows), recorder) if rows else {}
    chosen = []
    for statement in evidence.statements:
        cited = [quote for row in statement.facts for quote in quotes.get(row["id"], [])[:_QUOTES_OF_STATED]]
        cited += [_naming(passage, name) for passage, name in statement.passages]
        if cited:
            chosen.append(ChosenStatement(statement, tuple(cited)))
    return chosen, [ChosenFact(row, tuple(quotes[key]), 1.0) for key, row in rows.items() if quotes.get(key)]


def _naming(passage: Row, name: str) -> Quote:
    """The first sentence of a passage that holds a name, else its first."""
    spans = sentence_spans(passage["text"])
    start, end = next((span for span in spans if name in passage["text"][slice(*span)]), spans[0])
    return quote_of(passage, passage["id"], passage["start"] + start, passage["text"][start:end], 1.0)


def _choose_facts(
    question: Question, plan: Plan, evidence: Evidence, recorder: Recorder, ontology: Ontology
) -> list[ChosenFact]:
    if evidence.chains or evidence.joined:
        scored: list[tuple[float, tuple[Row, ...]]] = [(1.0, (row,)) for row in evidence.facts[:_LISTED]]
    else:
        scored = _candidates(question, plan, evidence, ontology)[:_FACTS_SCORED]
    rows = {row["id"]: row for _, chain in scored for row in chain}
    quotes = quotes_of_facts(sorted(rows), recorder) if rows else {}
    if evidence.chains or evidence.joined:
        return [ChosenFact(row, tuple(quotes[key]), 1.0) for key, row in rows.items() if quotes.get(key)]
    chains = [
        (_chain_score(question, score, chain, quotes), chain)
        for score, chain in scored
        if all(quotes.get(r["id"]) for r in chain)
    ]
    chains.sort(key=lambda item: (-item[0], [row["id"] for row in item[1]]))
    best = chains[0][0] if chains else 0.0
    chosen: dict[str, ChosenFact] = {}
    for score, chain in chains:
        if score >= best - _FACT_MARGIN and len(chosen) < _FACTS_CITED:
            for row in chain:
                chosen.setdefault(row["id"], ChosenFact(row, tuple(quotes[row["id"]]), score))
    return list(chosen.values())


def _candidates(
    question: Question, plan: Plan, evidence: Evidence, ontology: Ontology
) -> list[tuple[float, tuple[Row, ...]]]:
    """Facts, or chains of two, that may answer, best first: of the entities named, of their neighbours, of bridges."""
    direct = {row["id"]: row for row in evidence.facts}
    rest = _unnamed_terms(question, plan)
    found: list[tuple[float, tuple[Row, ...]]] = []
    for row in direct.values():
        anchor = row["subject_id"] if row["subject_id"] in plan.entity_ids else row["object_id"]
        found.append((_fact_score(question, plan, row, anchor, rest, ontology), (row,)))
    for route in evidence.routes:
        score = _fact_score(question, plan, route.rows[-1], route.bridge, rest, ontology)
        score += _CHAINED * (len(route.rows) - 1) - _OUT_OF_ORDER * (not route.in_order)
        found.append((score, route.rows))
    for row in evidence.bridged:
        anchor = row["subject_id"] if row["subject_id"] in evidence.bridges else row["object_id"]
        found.append((_fact_score(question, plan, row, anchor, rest, ontology) - _BRIDGED, (row,)))
    kept = [item for item in found if item[0] >= 1.0]
    return sorted(kept, key=lambda item: (-item[0], [row["id"] for row in item[1]]))


def _fact_score(question: Question, plan: Plan, row: Row, anchor: str, rest: list[str], ontology: Ontology) -> float:
    """At least 1 for a fact that may answer: of a predicate that the question names, or of the type it expects.

    `anchor` is the end that is known; `rest` are the question's terms that name no entity.
    """
    end = "object" if row["subject_id"] == anchor else "subject"
    named = row["predicate"] in plan.predicates
    expected = row[f"{end}_type"] in question.expected_types
    both = all(row[side] in plan.entity_ids for side in ("subject_id", "object_id"))
    predicate = ontology.predicates.get(row["predicate"])
    labels = predicate.labels if predicate and named else (ontology.label(row["predicate"]),)
    said = {term for text in (row[end], *labels) for term in terms(text)}
    overlap = sum(term in said for term in rest) / len(rest) if rest else 0.0
    score = 0.8 * named + 0.4 * expected + 0.3 * both + 0.8 * overlap + 0.1 * float(row["confidence"])
    score -= _DENIAL * is_contrary(question, row) + _TURNED * (plan.end_of(row["predicate"]) == end)
    return score if expected or question.kind not in _TYPED_KINDS else score - 0.5


def _chain_score(question: Question, score: float, chain: tuple[Row, ...], quotes: dict[str, list[Quote]]) -> float:
    """The fact's score, and how much of the question the evidence itself speaks of."""
    held = {
        term
        for row in chain
        for quote in quotes[row["id"]]
        for term in terms(f"{document_names(quote.title, quote.uri)} {quote.quote}")
    }
    held |= {term for row in chain for term in terms(f"{row['subject']} {row['object']}")}
    covered = sum(term in held for term in question.terms) / len(question.terms) if question.terms else 0.0
    return round(score + 0.6 * covered, 4)


def _unnamed_terms(question: Question, plan: Plan) -> list[str]:
    named = {term for item in plan.links for term in terms(item.text)}
    return [term for term in question.terms if term not in named]


def _choose_quotes(question: Question, passages: list[Row]) -> tuple[list[Quote], float]:
    """The best span of each passage, best first, and the best cosine of a sentence with the question."""
    sentences = _likeliest_sentences(question, passages)
    if not sentences:
        return [], 0.0
    texts = [f"{item.passage['heading']}\n{item.passage['text'][item.start : item.end]}" for item in sentences]
    vectors = vectors_of([question.text, *texts])
    best: dict[str, Quote] = {}
    for item, near in zip(sentences, vectors[1:] @ vectors[0], strict=True):
        score = round(_NEARNESS * float(near) + item.score, 4)
        identity = item.passage["id"]
        if identity not in best or score > best[identity].score:
            best[identity] = _quote(item.passage, item.start, item.end, score)
    ranked = sorted(best.values(), key=lambda quote: (-quote.score, quote.passage_id))
    nearest = round(float(max(vectors[1:] @ vectors[0])), 4)
    return [quote for quote in ranked if quote.score >= _QUOTE_MARGIN * ranked[0].score], nearest


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a passage; `score` is what its words and its passage's rank tell of its relevance."""

    passage: Row
    start: int
    end: int
    score: float


def _likeliest_sentences(question: Question, passages: list[Row]) -> list[_Sentence]:
    """The sentences worth a look at their meaning, which takes 10 ms each."""
    found = []
    for passage in passages:
        frame = sentence_terms(f"{document_names(passage['title'], passage['uri'])} {passage['heading']}")
        rank = passage["fused"] / passages[0]["fused"]
        for start, end in sentence_spans(passage["text"]):
            held = frame | sentence_terms(passage["text"][start:end])
            covered = sum(term in held for term in question.terms) / max(len(question.terms), 1)
            found.append(_Sentence(passage, start, end, _COVERAGE * covered + _RANK * rank))
    found.sort(key=lambda item: (-round(item.score, 9), item.passage["id"], item.start))
    return found[:_SENTENCES_READ]


def _quote(passage: Row, start: int, end: int, score: float) -> Quote:
    """The sentence with as many of its neighbours as fit, so that the quote can be understood alone."""
    text = passage["text"]
    for a, b in _widenings(sentence_spans(text), start, end):
        if b - a <= _QUOTE_CHARS:
            start, end = a, b
    return quote_of(passage, passage["id"], passage["start"] + start, text[start:end], score)


def _widenings(spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterable[tuple[int, int]]:
    first = next(i for i, span in enumerate(spans) if span[0] == start)
    last = next(i for i, span in enumerate(spans) if span[1] == end)
    while first > 0 or last < len(spans) - 1:
        last = min(last + 1, len(spans) - 1)
        yield spans[first][0], spans[last][1]
        first = max(first - 1, 0)
        yield spans[first][0], spans[last][1]
