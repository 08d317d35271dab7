"""Mentions by rules: a blank spaCy pipeline with an entity ruler built from the ontology, and patterns of names.

These are rules, not a trained model: they know the ontology's vocabulary, identifiers, values, capitalised names and
noun phrases that end in a word of the ontology ("the finance system"). Types of bare names are guesses, scored low.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
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
_LOWER_WORD = {"TEXT": {"REGEX": r"^[a-zà-öø-ÿ][a-zà-öø-ÿ-]+$", "NOT_IN": sorted(STOP_WORDS | {"every", "no", "new"})}}
_TITLES = re.compile(r"\b(?:Mr|Ms|Mrs|Dr|Prof)\.?\s+$")
_NOT_A_NAME = frozenset(
    """the this that these those if when where while each every all any no in on at by for from to of and or but it its
    they their we our you your he she his her as with within without under after before during between both following
    article section chapter clause annex appendix page table note figure see must shall may should please only once
    scope purpose introduction definitions summary background responsibilities overview""".split()
)
_LOWER = re.compile(r"(?<![\w.-])[a-zà-öø-ÿ]{2,}(?![\w-])")
_PERSON = re.compile(
    r"^[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ’'-]+(?: (?:van|von|de|der|den|af|[A-Z]\.))*(?: [A-ZÀ-ÖØ-Þ][\w’'-]+){1,2}$"
)
_ABBREVIATIONS = ("e.g.", "i.e.", "art.", "no.", "dr.", "mr.", "ms.", "mrs.", "prof.", "cf.", "vs.", "approx.", "par.")
_SCORES = {"known": 0.95, "pattern": 0.95, "value": 0.95, "headword": 0.8, "person": 0.6, "name": 0.5, "phrase": 0.6}


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

    def __post_init__(self) -> None:
        self.nlp = _build(self.ontology, self.pipeline)
        self._patterns = [
            (kind.name, re.compile(rf"(?<![\w-]){pattern}(?![\w-])"))
            for kind in sorted(self.ontology.types.values(), key=lambda kind: -kind.rank)
            for pattern in kind.patterns
        ]
        self._headwords = {
            word: kind.name
            for kind in sorted(self.ontology.types.values(), key=lambda kind: kind.rank)
            for word in kind.headwords
        }

    _patterns: list[tuple[str, re.Pattern[str]]] = field(init=False)
    _headwords: dict[str, str] = field(init=False)

    def tag(self, units: Sequence[tuple[int, str]]) -> list[TaggedUnit]:
        """Tag units given as (offset in the document, text)."""
        # A line break inside a block is a space to the rules; one for one, so offsets stay exact.
        texts = (re.sub(r"\s", " ", text) for _, text in units)
        common = {word for _, text in units for word in _LOWER.findall(text)}
        return [
            TaggedUnit(offset, doc, tuple(self._mentions(offset, text, doc, common)))
            for (offset, text), doc in zip(units, self.nlp.pipe(texts), strict=True)
        ]

    def type_of(self, name: str) -> tuple[str, float]:
        """The type that a name's own form tells, with a score: identifier, value, headword, person, else Value."""
        for kind, pattern in self._patterns:
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
        for kind, pattern in self._patterns:
            if match := pattern.search(text):
                return match.start(), match.end(), kind
        return None

    def _mentions(self, offset: int, text: str, doc: "Doc", common: set[str]) -> list[FoundMention]:
        found = [(start, end, kind, _SCORES["value"]) for start, end, kind in find_values(text)]
        for kind, pattern in self._patterns:
            found.extend((*match.span(), kind, _SCORES["pattern"]) for match in pattern.finditer(text))
        for span in doc.ents:
            found.extend(self._from_span(text, (span.start_char, span.end_char), span.label_, span.ent_id_, common))
        kept = _longest_first(found)
        return [FoundMention(offset + a, offset + b, text[a:b], kind, score) for a, b, kind, score in kept]

    def _from_span(
        self, text: str, place: tuple[int, int], label: str, source: str, common: set[str]
    ) -> Iterator[tuple[int, int, str, float]]:
        start, end = place
        words = text[start:end].split(" ")
        while words and words[0].casefold() in _NOT_A_NAME | {"a", "an"}:
            start += len(words.pop(0)) + 1
        while words and words[-1].casefold() in _NOT_A_NAME:
            end -= len(words.pop()) + 1
        name = text[start:end].rstrip(".,’'")
        end = start + len(name)
        if len(name) < 2 or name.isdigit():
            return
        if source != "name":
            yield start, end, label, _SCORES.get(source, 0.8)
        elif len(words) > 1 or start > 0 or _TITLES.search(text[:start]):
            kind, score = self.type_of(name)
            if _TITLES.search(text[:start]):
                kind, score = "Person", 0.9
            elif kind == "Person" and any(word.casefold() in common for word in name.split()):
                kind, score = "Term", _SCORES["name"]  # "Vendor Assessment": the document writes its words small too
            yield start, end, kind, score


def _longest_first(found: Iterable[tuple[int, int, str, float]]) -> list[tuple[int, int, str, float]]:
    kept: list[tuple[int, int, str, float]] = []
    for item in sorted(
        found, key=lambda item: (item[2] not in VALUE_TYPES, -(item[3] >= 0.9), item[0] - item[1], item[0])
    ):
        if all(item[1] <= other[0] or item[0] >= other[1] for other in kept):
            kept.append(item)
    return sorted(kept)


def _build(ontology: Ontology, pipeline: str) -> "Language":
    import spacy

    if pipeline:
        try:
            nlp = spacy.load(pipeline, disable=["lemmatizer"])
        except OSError as error:
            raise ValueError(
                f"The spaCy pipeline {pipeline!r} is not installed; install it or set EVIGRAPH_EXTRACTOR=rules."
            ) from error
        ruler = nlp.add_pipe("entity_ruler", last=True, config={"overwrite_ents": False})
    else:
        nlp = spacy.blank("en")
        nlp.add_pipe("sentencizer")
        nlp.add_pipe("evigraph_sentence_repair")
        ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(_ruler_patterns(ontology))  # type: ignore[attr-defined]
    return nlp


def _ruler_patterns(ontology: Ontology) -> list[dict[str, object]]:
    patterns: list[dict[str, object]] = []
    for entity in ontology.known:
        for name in (entity.name, *entity.aliases):
            tokens = [{"LOWER": word.lower()} for word in name.split()] if name.islower() else name
            patterns.append({"label": entity.type, "pattern": tokens, "id": "known"})
    capital = {"TEXT": {"REGEX": _CAPITAL}}
    joined = {"LOWER": {"IN": _JOINER}, "OP": "?"}
    for kind in ontology.types.values():
        if kind.headwords:
            head = {"LOWER": {"IN": list(kind.headwords)}}
            capital_head = {"LOWER": {"IN": list(kind.headwords)}, "TEXT": {"REGEX": r"^[A-ZÀ-ÖØ-Þ]"}}
            patterns.append(
                {"label": kind.name, "pattern": [capital, {**capital, "OP": "*"}, capital_head], "id": "headword"}
            )
            patterns.append({"label": kind.name, "pattern": [{**_LOWER_WORD, "OP": "{1,2}"}, head], "id": "phrase"})
    patterns.append(
        {"label": "Term", "pattern": [{**capital, "OP": "+"}, joined, {**capital, "OP": "*"}], "id": "name"}
    )
    return patterns


def _register_sentence_repair() -> None:
    from spacy.language import Language
    from spacy.tokens import Doc

    @Language.component("evigraph_sentence_repair")
    def repair(doc: Doc) -> Doc:
        """No sentence begins after an abbreviation or with a lower-case word: the sentencizer only sees full stops."""
        for token in doc[1:]:
            before = doc[max(0, token.i - 2) : token.i].text.lower()
            if token.is_sent_start and (token.text[:1].islower() or before.endswith(_ABBREVIATIONS)):
                token.is_sent_start = False
        return doc


_register_sentence_repair()
