"""Facts by rules: cue phrases of the ontology between two mentions, with what the sentence denies or hedges."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from extraction.certainty import is_denied, is_hedged
from extraction.found import FoundFact, FoundMention
from extraction.subjects import begins_with, coordinated
from kg.ontology import Ontology, Predicate

_AUXILIARIES = frozenset("is are was were has have must shall".split())
# "is not hosted by", "was probably caused by": the phrase is the same, and `certainty` reads what stands in it.
_ADVERBS = r"(?:n['’]t)?(?:\s+(?:not|never|no\s+longer|also|now|still|only|currently|\w{2,20}ly|believed\s+to\s+be))*"
# "does not host", "may host": the verb without its ending.
_AFTER_AUXILIARY = r"(?:(?<=\bnot\s)|(?<=n['’]t\s)|(?<=\bmay\s)|(?<=\bmight\s)|(?<=\bcould\s)|(?<=\bwould\s))"
_AS = re.compile(r"\bas\b")
_CUE_CONFIDENCE = 0.75
_MAX_GAP = 45  # characters between a cue phrase and the mentions that it joins
# "A hosts B and operates C": what a second verb speaks of is what the sentence begins with.
_SAME_SUBJECT = re.compile(r"\s*,?\s*(?:and|but)\s+(?:also\s+|then\s+)?")


@dataclass(frozen=True, slots=True)
class _Cue:
    """A phrase that states a predicate: `word` is its longest; `qualified` if it denies or hedges of its own accord."""

    word: str
    pattern: re.Pattern[str]
    predicate: Predicate
    inverse: bool
    qualified: bool


@dataclass(slots=True)
class Relater:
    """Finds facts in sentences whose mentions are known."""

    ontology: Ontology
    _cues: list[_Cue] = field(init=False)

    def __post_init__(self) -> None:
        phrases = [
            (cue, predicate, inverse)
            for predicate in self.ontology.predicates.values()
            for cues, inverse in ((predicate.cues, False), (predicate.inverse_cues, True))
            for cue in cues
        ]
        phrases.sort(key=lambda item: (-len(item[0]), item[0], item[1].name))
        self._cues = [_cue(*phrase) for phrase in phrases]

    def relate(self, text: str, start: int, mentions: Sequence[FoundMention]) -> Iterator[FoundFact]:
        """Facts of one sentence: `text` begins at `start` of the document; `mentions` lie within it, in order."""
        if len(mentions) < 2:
            return
        taken: list[tuple[int, int]] = []
        lowered = text.lower()  # only to pass over phrases quickly: it may be longer than the text ("İ")
        for cue in self._cues:
            for match in cue.pattern.finditer(text) if cue.word in lowered else ():
                a, b = match.span()
                # The longest phrase that states something keeps its words: "is owned by" is not "is".
                if any(a < taken_end and b > taken_start for taken_start, taken_end in taken):
                    continue
                facts = list(self._joined(text, start, (a, b), mentions, cue))
                if facts:
                    taken.append((a, b))
                    yield from facts

    def _joined(
        self, text: str, start: int, place: tuple[int, int], mentions: Sequence[FoundMention], cue: _Cue
    ) -> Iterator[FoundFact]:
        befores = _before(text, start, place[0], mentions)
        right = [m for m in mentions if m.start >= start + place[1]]
        if not befores or not right or not _near(text[place[1] : right[0].start - start]):
            return
        if _AS.search(text, place[1], right[0].start - start):
            return  # who "leads the work as Director" leads no director
        afters = [*coordinated(text, start, right)]
        begin, end = min(m.start for m in befores) - start, max(m.end for m in afters) - start
        middle = (max(m.end for m in befores) - start, place[0] if cue.qualified else right[0].start - start)
        nearest = max(m.end for m in mentions if m.end <= start + place[0]) - start
        middle = (max(middle[0], nearest), middle[1])  # what an earlier verb denies is not denied of this one
        negated, hedged = is_denied(text, begin, middle, end), is_hedged(text, begin, middle, end)
        # "A and B report to C and D" states four facts.
        for before, after in product(befores, afters):
            subject, object_ = (after, before) if cue.inverse else (before, after)
            if self._fits(cue.predicate, subject, object_) and subject.text != object_.text:
                span = (start, start + len(text))
                name = cue.predicate.name
                yield FoundFact(subject, name, object_, *span, _CUE_CONFIDENCE, negated=negated, hedged=hedged)

    def _fits(self, predicate: Predicate, subject: FoundMention, object_: FoundMention) -> bool:
        fits = self.ontology.fits
        return fits(subject.type, predicate.domain) and fits(object_.type, predicate.range)


def _before(text: str, start: int, cue: int, mentions: Sequence[FoundMention]) -> list[FoundMention]:
    """The mentions that a cue phrase speaks of: those just before it, or those that the sentence begins with."""
    left = [m for m in mentions if m.end <= start + cue and _near(text[m.end - start : cue])]
    if left and _SAME_SUBJECT.fullmatch(text, left[-1].end - start, cue):
        begins = begins_with(text, start, mentions) and mentions[0] is not left[-1]
        return [*coordinated(text, start, mentions)] if begins else []
    return [*coordinated(text, start, left[::-1])]


def _cue(phrase: str, predicate: Predicate, inverse: bool) -> _Cue:
    whole = (0, len(phrase))
    qualified = is_denied(phrase, 0, whole, 0) or is_hedged(phrase, 0, whole, 0)
    word = max(phrase.lower().split(), key=len)
    word = _base(word) if word == phrase.lower() else word  # "hosts" is also looked for as "does not host"
    return _Cue(word, _pattern(phrase), predicate, inverse, qualified)


def _near(gap: str) -> bool:
    return len(gap) <= _MAX_GAP and not re.search(r"[.;:]\s", gap)


def _pattern(cue: str) -> re.Pattern[str]:
    """A cue phrase with white space as it comes, and room for "not" and adverbs after an auxiliary verb."""
    first, *rest = cue.split()
    verb = re.escape(first) + (_ADVERBS if rest and first.lower() in _AUXILIARIES else "")
    if first.lower() not in _AUXILIARIES and _base(first) != first:
        verb = rf"(?:{verb}|{_AFTER_AUXILIARY}{re.escape(_base(first))})"
    words = [verb, *map(re.escape, rest)]
    return re.compile(rf"\b{r'\s+'.join(words)}\b", re.IGNORECASE)


def _base(verb: str) -> str:
    """A verb without the ending of "hosts" or "processes"; anything else as it is."""
    if verb.endswith(("sses", "shes", "ches", "xes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith(("ss", "is", "us", "as")) else verb
