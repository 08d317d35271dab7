"""Mentions: a spaCy pipeline's entities, if there is one, with what rules built from the ontology find.

The rules know the ontology's vocabulary, identifiers, values, capitalised names and noun phrases that end in a word of
the ontology ("the finance system"). Their types of bare names are guesses, scored low, which a trained pipeline mends.
"""

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extraction.found import FoundMention
from extraction.values import find_values
from kg.model import VALUE_TYPES
from kg.ontology import Ontology
from kg.terms import STOP_WORDS

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_CAPITAL = r"^[A-ZÀ-ÖØ-Þ][\w&.’'+/-]*$"
_JOINER = ["of", "and", "for", "van", "von", "de", "der", "den", "af", "&"]
_NEVER_IN_PHRASE = STOP_WORDS | frozenset("every no new must shall may might cannot".split())
_LOWER_WORD = {"TEXT": {"REGEX": r"^[a-zà-öø-ÿ][a-zà-öø-ÿ-]+$", "NOT_IN": sorted(_NEVER_IN_PHRASE)}}
_TITLES = frozenset("mr ms mrs dr prof".split())
_NOT_A_NAME = frozenset(
    """the this that these those if when where while each every all any no in on at by for from to of and or but it its
    they their we our you your he she his her as with within without under after before during between both following
    article section chapter clause annex appendix page table note figure see must shall may should please only once
    neither nor none not then later also however therefore moreover furthermore finally otherwise
    today yesterday tomorrow see ask contact since because although
    scope purpose introduction definitions summary background responsibilities overview""".split()
)
_NOT_BEFORE_NAME = _NOT_A_NAME | {"a", "an"}
_SPACE = re.compile(r"(?!\n\W{0,3}[A-Z][\w /-]{1,30}\*{0,2}:)\s")
_LONG_CAPITALS = 80
_SENTENCE_START = re.compile(r"(?:^|[.!?] +)\w")
_LOWER = re.compile(r"(?<![\w.-])[a-zà-öø-ÿ]{2,}(?![\w-])")
_PERSON = re.compile(
    r"^[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ’'-]+(?: (?:van|von|de|der|den|af|[A-Z]\.))*(?: [A-ZÀ-ÖØ-Þ][\w’'-]+){1,2}$"
)
# No sentence ends with these; "No." is one only before a number ("No. 7"), else it is an answer.
_ABBREVIATION = re.compile(r"(?<![\w.])(?:e\.g|i\.e|art|dr|mrs?|ms|prof|cf|vs|approx|par)\.$")
_NUMBER_SIGN = re.compile(r"(?<![\w.])nos?\.$")
_MAX_NAME = 300  # a longer "name" is a text: no pattern is tried on it
#: Types of a spaCy pipeline's labels (ours, OntoNotes, WikiNER); numbers and dates are left to `extraction.values`.
_PIPELINE_TYPES = {
    **{kind: kind for kind in ("Person", "Organization", "Location", "Term")},
    **dict.fromkeys(("PERSON", "PER"), "Person"),
    "ORG": "Organization",
    **dict.fromkeys(("GPE", "LOC", "FAC"), "Location"),
    "LAW": "Policy",
    **dict.fromkeys(("PRODUCT", "EVENT", "WORK_OF_ART", "MISC"), "Term"),
}
_RULES = "evigraph_rules"  # the group of spans in which the ruler leaves what it finds
_CERTAIN, _LIKELY = 0.9, 0.65
_SCORES = {"pattern": 0.95, "value": 0.95, "headword": 0.8, "person": 0.6, "name": 0.5, "phrase": 0.6, "pipeline": 0.65}


@dataclass(frozen=True, slots=True)
class TaggedUnit:
    """A block of text that went through the pipeline: its place in the document, sentences and mentions."""

    offset: int
    doc: "Doc"
    mentions: tuple[FoundMention, ...]

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Character spans of the sentences, in the document."""
        for sentence in self.doc.sents:
            yield self.offset + sentence.start_char, self.offset + sentence.end_char


@dataclass(slots=True)
class Tagger:
    """Tags units of text; `pipeline` names an installed spaCy pipeline whose entities are taken as well."""

    ontology: Ontology
    pipeline: str = ""
    nlp: "Language" = field(init=False)
    _of_rows: "Language" = field(init=False)

    def __post_init__(self) -> None:
        self._of_rows = _build(self.ontology, "")
        self.nlp = _build(self.ontology, self.pipeline) if self.pipeline else self._of_rows
        self._patterns = [
            (kind.name, re.compile(rf"(?<![\w-]){pattern}(?![\w-])"))
            for kind in sorted(self.ontology.types.values(), key=lambda kind: -kind.rank)
            for pattern in kind.patterns
        ]
        self._known = [
            (
                item.type,
                re.compile(
                    rf"(?<![\w-]){re.escape(name)}(?![\w-])".replace(r"\ ", " +"), re.IGNORECASE * name.islower()
                ),
            )
            for item in self.ontology.known
            for name in (item.name, *item.aliases)
        ]
        self._headwords = {
            word: kind.name
            for kind in sorted(self.ontology.types.values(), key=lambda kind: kind.rank)
            for word in kind.headwords
        }

    _patterns: list[tuple[str, re.Pattern[str]]] = field(init=False)
    _known: list[tuple[str, re.Pattern[str]]] = field(init=False)
    _headwords: dict[str, str] = field(init=False)

    def tag(self, units: Sequence[tuple[int, str]], rows: Container[int] = ()) -> list[TaggedUnit]:
        """Tag units given as (offset in the document, text).

        Those whose place is in `rows` are rows of a table or records: a pipeline trained on prose is not asked.
        """
        # A line break inside a block is a space to the rules, unless it begins another "Owner: Maria Lind";
        # one for one, so offsets stay exact.
        texts = [_SPACE.sub(" ", text) for _, text in units]
        common = {word for _, text in units for word in _LOWER.findall(text)}
        docs: dict[int, Doc] = {}
        for nlp, are_rows in ((self._of_rows, True), (self.nlp, False)):
            places = [place for place in range(len(units)) if (place in rows) == are_rows]
            docs |= zip(places, nlp.pipe(_cased(texts[place]) for place in places), strict=True)
        return [
            TaggedUnit(offset, docs[place], tuple(self._mentions(offset, text, texts[place], docs[place], common)))
            for place, (offset, text) in enumerate(units)
        ]

    def type_of(self, name: str) -> tuple[str, float]:
        """The type that a name's own form tells, with a score: known, identifier, value, headword, person or none."""
        if len(name) > _MAX_NAME:
            return "Value", 0.5
        name = " ".join(name.split())
        for kind, pattern in (*self._known, *self._patterns):
            if pattern.fullmatch(name):
                return kind, _SCORES["pattern"]
        for start, end, kind in find_values(name):
            if (start, end) == (0, len(name)):
                return kind, _SCORES["value"]
        words = name.split()
        if words and (kind := self._headwords.get(words[-1].casefold().strip(".,"), "")):
            return kind, _SCORES["headword"]
        if _PERSON.match(name):
            return "Person", _SCORES["person"]
        return ("Term", _SCORES["name"]) if re.match(_CAPITAL, words[0] if words else "") else ("Value", 0.5)

    def find_identifier(self, text: str) -> tuple[int, int, str] | None:
        """The first identifier in a text ("INC-2026-003"), as (start, end, type)."""
        found = [
            (match.start(), match.end(), kind)
            for kind, pattern in self._patterns
            if (match := pattern.search(text, 0, _MAX_NAME))
        ]
        return min(found, key=lambda item: item[0], default=None)  # of those at one place the most certain type

    def _mentions(self, offset: int, original: str, text: str, doc: "Doc", common: set[str]) -> list[FoundMention]:
        found = [(start, end, kind, _SCORES["value"]) for start, end, kind in find_values(text)]
        for kind, pattern in (*self._known, *self._patterns):
            found.extend((*match.span(), kind, _SCORES["pattern"]) for match in pattern.finditer(text))
        for span in doc.spans[_RULES]:
            found.extend(self._from_span(text, (span.start_char, span.end_char), span.label_, span.id_, common))
        for span in doc.ents:
            found.extend(self._from_span(text, (span.start_char, span.end_char), span.label_, "", common))
        kept = _longest_first(found)
        return [FoundMention(offset + a, offset + b, original[a:b], kind, score) for a, b, kind, score in kept]

    def _from_span(
        self, text: str, place: tuple[int, int], label: str, source: str, common: set[str]
    ) -> Iterator[tuple[int, int, str, float]]:
        start, end = place
        words = text[start:end].split(" ")
        while words and words[0].casefold() in _NOT_BEFORE_NAME:
            start += len(words.pop(0)) + 1
        while words and words[-1].casefold() in _NOT_A_NAME and not self._is_legal_form(words[-1]):
            end -= len(words.pop()) + 1
        middle = text.find(" and ", start, end)
        if source == "name" and middle > 0 and self._are_two(text[start:middle], text[middle + 5 : end], common):
            yield from self._from_span(text, (start, middle), label, source, common)
            yield from self._from_span(text, (middle + 5, end), label, source, common)
            return
        titled = len(words) > 1 and words[0].rstrip(".").casefold() in _TITLES
        if titled:
            start += len(words.pop(0)) + 1
        name = text[start:end].rstrip(".,’'")
        end = start + len(name)
        if len(name) < 2 or name.isdigit() or (source == "phrase" and len(words) < 2):
            return
        if titled:
            yield start, end, "Person", _CERTAIN
        elif source not in _SCORES:  # of the spaCy pipeline, in the words of its training
            if label in _PIPELINE_TYPES:
                kind = _PIPELINE_TYPES[label]
                # Pipelines know people; that a name is an organisation's and not a product's they often only guess.
                score = {"Term": _SCORES["name"], "Person": _SCORES["headword"]}.get(kind, _SCORES["pipeline"])
                yield start, end, kind, score
        elif source != "name":
            yield start, end, label, _SCORES[source]
        elif len(words) > 1 or start > 0:
            kind, score = self.type_of(name)
            if kind == "Person" and _is_written_small(name, common):
                kind, score = "Term", _SCORES["name"]  # "Vendor Assessment": the document writes its words small too
            yield start, end, kind, score

    def _are_two(self, left: str, right: str, common: set[str]) -> bool:
        """Whether "LEFT and RIGHT" names two things: "Anna Holm and Bo Lund", but not "Health and Safety Policy"."""
        if {left.split(" ")[0].rstrip(".").casefold(), right.split(" ")[0].rstrip(".").casefold()} & _TITLES:
            return True
        (kind, score), (other, _) = self.type_of(left), self.type_of(right)
        if kind == other == "Person":
            return not _is_written_small(f"{left} {right}", common)
        return " " in left and score >= _SCORES["headword"]

    def _is_legal_form(self, word: str) -> bool:
        return word.isupper() and word.casefold() in self._headwords  # "Isbrae Networks AS"


def _cased(text: str) -> str:
    """A long text all in capitals as it would be written in small letters, since its capitals tell no names."""
    if len(text) < _LONG_CAPITALS or not text.isupper():
        return text
    small = _SENTENCE_START.sub(lambda match: match.group().upper(), text.lower())
    return small if len(small) == len(text) else text


def _is_written_small(name: str, common: set[str]) -> bool:
    return any(word[:1].isupper() and word.casefold() in common for word in name.split())


def _longest_first(found: Iterable[tuple[int, int, str, float]]) -> list[tuple[int, int, str, float]]:
    """Those that stay where several overlap: the certain, then the likely, then guesses; of equals the longest."""
    kept: list[tuple[int, int, str, float]] = []
    for item in sorted(
        found,
        key=lambda item: (
            item[3] < _CERTAIN,
            item[3] < _LIKELY,
            item[0] - item[1],
            item[2] not in VALUE_TYPES,
            item[0],
            item[2] == "Term",
        ),
    ):
        at = bisect_left(kept, item)
        if (at == 0 or kept[at - 1][1] <= item[0]) and (at == len(kept) or kept[at][0] >= item[1]):
            kept.insert(at, item)
    return kept


def _build(ontology: Ontology, pipeline: str) -> "Language":
    import spacy

    if pipeline:
        try:
            nlp = spacy.load(pipeline, exclude=["lemmatizer"])
        except OSError as error:
            raise ValueError(
                f"The spaCy pipeline {pipeline!r} is not installed; install it or set EVIGRAPH_EXTRACTOR=rules."
            ) from error
        if not any(nlp.has_pipe(name) for name in ("parser", "senter", "sentencizer")):
            nlp.add_pipe("sentencizer", first=True)
    else:
        nlp = spacy.blank("en")
        nlp.add_pipe("sentencizer")
    if nlp.has_pipe("sentencizer"):
        nlp.add_pipe("evigraph_sentence_repair", after="sentencizer")
    ruler = nlp.add_pipe(
        "span_ruler",
        last=True,
        config={"spans_key": _RULES, "spans_filter": {"@misc": "spacy.first_longest_spans_filter.v1"}},
    )
    ruler.add_patterns(_ruler_patterns(ontology))  # type: ignore[attr-defined]
    return nlp


def _ruler_patterns(ontology: Ontology) -> list[dict[str, object]]:
    patterns: list[dict[str, object]] = []
    capital = {"TEXT": {"REGEX": _CAPITAL}}
    joined = {"LOWER": {"IN": _JOINER}, "OP": "?"}
    for kind in ontology.types.values():
        if kind.headwords:
            capital_head = {"LOWER": {"IN": list(kind.headwords)}, "TEXT": {"REGEX": r"^[A-ZÀ-ÖØ-Þ]"}}
            patterns.append(
                {"label": kind.name, "pattern": [capital, {**capital, "OP": "{0,6}"}, capital_head], "id": "headword"}
            )
            small_head = {"LOWER": {"IN": [word for word in kind.headwords if word not in STOP_WORDS]}}
            patterns.append(
                {"label": kind.name, "pattern": [{**_LOWER_WORD, "OP": "{1,2}"}, small_head], "id": "phrase"}
            )
    patterns.append(
        {"label": "Term", "pattern": [{**capital, "OP": "{1,6}"}, joined, {**capital, "OP": "{0,6}"}], "id": "name"}
    )
    return patterns


def _register_sentence_repair() -> None:
    from spacy.language import Language
    from spacy.tokens import Doc

    @Language.component("evigraph_sentence_repair")
    def repair(doc: Doc) -> Doc:
        """No sentence begins after an abbreviation or with a lower-case word: the sentencizer only sees full stops."""
        for token in doc[1:]:
            if not token.is_sent_start:
                continue
            before = doc[max(0, token.i - 3) : token.i].text.lower()
            number = _NUMBER_SIGN.search(before) and any(map(str.isdigit, token.text))
            if token.text[:1].islower() or _ABBREVIATION.search(before) or number:
                token.is_sent_start = False
        return doc


_register_sentence_repair()
