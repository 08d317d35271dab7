"""What a sentence cites, read once: the quotes with their sentences, the documents' names, the facts found there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.names import document_names
from kg.ontology import Ontology
from kg.terms import terms
from qa.answer import AnswerFact, Citation
from qa.sentences import sentence_spans
from qa.verification.quantities import Quantity, quantities_of
from qa.wording import fact_sentence

_KEPT = 5_000
_LAYOUT = re.compile(r"[*`|]+|^\s*(?:[-*•]|#+|\d+\.)\s+", re.MULTILINE)
_FIELD = re.compile(r"(?:^|;)\s*([A-Za-z][\w /-]{1,40}):\s*([^;]*)")
# A row of a table as its loader writes it has at least so many fields.
_ROW = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of one sentence of an answer.

    `units` are the sentences of the quotes, the rows of tables, and the facts in words; `context` are the names of the
    documents. `text` is all of it in lower case, `terms` its terms. `quotes` are the quotes on one line each.
    """

    numbers: tuple[int, ...]
    quotes: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]
    facts: tuple[AnswerFact, ...]
    context: str
    text: str
    terms: frozenset[str]
    quantities: tuple[Quantity, ...]

    @property
    def marks(self) -> str:
        """The evidence as reasons name it."""
        return "".join(f"[{number}]" for number in self.numbers)


def gather(cited: Sequence[Citation], facts: Sequence[AnswerFact], ontology: Ontology) -> Evidence:
    """The evidence that some citations are; of the facts, those that the cited passages state."""
    quotes = tuple(" ".join(item.quote.split()) for item in cited)
    passages = {item.passage_id for item in cited}
    stated = tuple(fact for fact in facts if passages & set(fact.evidence))
    said = tuple(_said(fact, ontology) for fact in stated)
    units = tuple(dict.fromkeys([*(unit for item in cited for unit in units_of(item.quote)), *said]))
    context = ". ".join(dict.fromkeys(_spaced(document_names(c.document.title, c.document.uri)) for c in cited))
    whole = "\n".join([context, *units])
    return Evidence(
        tuple(item.n for item in cited),
        quotes,
        units,
        tuple(row for unit in units if (row := fields_of(unit))),
        stated,
        context,
        whole.casefold(),
        frozenset(terms(whole)),
        tuple(value for part in (context, *units) for value in quantities_of(part)),
    )


@lru_cache(maxsize=_KEPT)
def units_of(quote: str) -> tuple[str, ...]:
    """The sentences of a quote, each on one line and without marks of layout; a row of a table is one."""
    if fields_of(quote):
        return (" ".join(quote.split()),)
    plain = _LAYOUT.sub(" ", quote)
    return tuple(" ".join(plain[start:end].split()) for start, end in sentence_spans(plain))


@lru_cache(maxsize=_KEPT)
def fields_of(text: str) -> tuple[tuple[str, str], ...]:
    """The fields of a row of a table with their names; none for a text that is no row."""
    found = tuple((name.strip(), value.strip()) for name, value in _FIELD.findall(" ".join(text.split())))
    return found if len(found) >= _ROW else ()


def _said(fact: AnswerFact, ontology: Ontology) -> str:
    parts = [fact_sentence(fact.subject, fact.predicate, [fact.object], ontology, fact.negated)]
    return ", ".join([*parts, *filter(None, (fact.deadline, fact.exception))])


def _spaced(name: str) -> str:
    return re.sub(r"[-_]+(?=[A-Za-z])|(?<=[A-Za-z])[-_]+(?!\d)", " ", name)
