"""Deterministic synthesis: sentences built from facts, each followed by its citations, then the quoted evidence."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from kg.ontology import Ontology
from qa.answer import Citation, CitedDocument, Quote
from qa.plan import Plan
from qa.question import Question
from qa.retrieve import Evidence
from qa.select import ChosenFact, Selection
from qa.verdict import verdict
from qa.wording import enumerate_names, fact_sentence

_QUOTES_OF_FACT = 2
# A document's own "[3]" is no citation of ours: a joiner that nobody sees keeps it from being read as one.
_MARK = re.compile(r"\[(?=\s*\d+(?:\s*,\s*\d+)*\s*\])")
_ITEMS_NAMED = 50
_MOST = 0.6


@dataclass(slots=True)
class Citations:
    """Numbers quotes as they are cited; the same span keeps its number."""

    _numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)
    listed: list[Citation] = field(default_factory=list)

    def cite(self, quote: Quote) -> str:
        """The mark "[n]" of a quote."""
        place = (quote.passage_id, quote.start, quote.end)
        if place not in self._numbers:
            self._numbers[place] = len(self.listed) + 1
            self.listed.append(
                Citation(
                    n=self._numbers[place],
                    document=CitedDocument(
                        id=quote.document_id, title=quote.title, uri=quote.uri, version=quote.version
                    ),
                    passage_id=quote.passage_id,
                    start=quote.start,
                    end=quote.end,
                    page=quote.page,
                    quote=quote.quote,
                )
            )
        return f"[{self._numbers[place]}]"

    def cover(self, quote: Quote) -> bool:
        """Whether most of a quote is cited already: the facts' own quotes need no repeating."""
        spans = [(item.start, item.end) for item in self.listed if item.passage_id == quote.passage_id]
        common = max((min(end, quote.end) - max(start, quote.start) for start, end in spans), default=0)
        return common >= _MOST * (quote.end - quote.start)


def synthesize(
    question: Question, plan: Plan, evidence: Evidence, selection: Selection, ontology: Ontology
) -> tuple[str, list[Citation]]:
    """The answer's text and its citations; no word of it comes from anywhere but the evidence."""
    citations = Citations()
    lines = _stated(selection, citations)
    stated = {row["id"] for item in selection.statements for row in item.statement.facts}
    facts = tuple(fact for fact in selection.facts if fact.row["id"] not in stated)
    if evidence.joined and selection.facts:
        lines += _joined_lines(question, evidence, selection, citations)
    elif evidence.chains and selection.facts:
        lines += _chain_lines(evidence, selection, citations, ontology)
    else:
        decided = verdict(question, plan, facts, ontology)
        if decided:
            word, fact = decided
            lines += [f"{word}: {line}" for line in _fact_lines((fact,), citations, ontology)]
            facts = tuple(other for other in facts if other is not fact)
        lines += _fact_lines(facts, citations, ontology)
    for quote in selection.quotes:
        if not citations.cover(quote):
            mark = citations.cite(quote)
            lines.append(_quoted(quote, mark))
    return "\n".join(lines), citations.listed


def _stated(selection: Selection, citations: Citations) -> list[str]:
    """The statements with their marks, those of one fact only once."""
    lines = []
    for item in selection.statements:
        marks = "".join(dict.fromkeys(citations.cite(quote) for quote in item.quotes))
        lines.append(f"{item.statement.text.rstrip('.')} {marks}.")
    return lines


def _fact_lines(facts: tuple[ChosenFact, ...], citations: Citations, ontology: Ontology) -> list[str]:
    grouped: dict[tuple[str, str, bool], list[ChosenFact]] = defaultdict(list)
    hedged = [quote for fact in facts if fact.row["hedged"] for quote in fact.quotes[:_QUOTES_OF_FACT]]
    for fact in facts:
        if fact.row["hedged"]:
            continue  # what is only said to be possible is quoted, since no sentence made of it says so
        grouped[(fact.row["subject_id"], fact.row["predicate"], fact.row["negated"])].append(fact)
    lines = []
    for group in grouped.values():
        first = group[0].row
        objects = [fact.row["object"] for fact in group]
        sentence = fact_sentence(first["subject"], first["predicate"], objects, ontology, first["negated"])
        lines.append(f"{sentence.rstrip('.')} {_marks(group, citations)}.")
    return lines + [_quoted(quote, citations.cite(quote)) for quote in dict.fromkeys(hedged)]


def _quoted(quote: Quote, mark: str) -> str:
    title, words = (_MARK.sub("[\u2060", " ".join(text.split())) for text in (quote.title, quote.quote))
    return f"{title}: “{words}” {mark}"


def _chain_lines(evidence: Evidence, selection: Selection, citations: Citations, ontology: Ontology) -> list[str]:
    by_id = {fact.row["id"]: fact for fact in selection.facts}
    lines: list[str] = []
    for chain in evidence.chains:
        if all(identity in by_id for identity in chain):
            lines += [
                line
                for identity in chain
                for line in _fact_lines((by_id[identity],), citations, ontology)
                if line not in lines
            ]
    return lines


def _joined_lines(question: Question, evidence: Evidence, selection: Selection, citations: Citations) -> list[str]:
    by_id = {fact.row["id"]: fact for fact in selection.facts}
    named = []
    for rows in evidence.joined.values():
        facts = [by_id[row["id"]] for row in rows if row["id"] in by_id]
        if facts:
            unsure = all(fact.row["hedged"] for fact in facts)
            named.append((f"{rows[0]['item']} (possibly)" if unsure else rows[0]["item"], facts))
    total = len(evidence.joined)
    shown = named[:_ITEMS_NAMED]
    marks = _marks([fact for _, facts in shown for fact in facts], citations)
    names = enumerate_names([name for name, _ in shown])
    more = f" and {total - len(shown)} more" if total > len(shown) else ""
    if question.kind == "count":
        counted = f"There {'is' if total == 1 else 'are'} {'at least ' if evidence.cut_short else ''}{total}"
        return [f"{counted}: {names}{more} {marks}."]
    return [f"{names}{more} {marks}."]


def _marks(facts: list[ChosenFact], citations: Citations) -> str:
    marks = [citations.cite(quote) for fact in facts for quote in fact.quotes[:_QUOTES_OF_FACT]]
    return "".join(dict.fromkeys(marks))
