"""What the model states of a passage, beside what the base extractor found there: agreement and new facts."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from extraction.found import Extraction, FoundFact, FoundMention
from extraction.gguf.align import AlignedFact, Span
from kg.names import normalise_name
from kg.ontology import GUESSED_TYPES, Ontology

#: Of a fact that only the model states: even odds, since small models read things into the words.
MODEL_CONFIDENCE = 0.5
#: Types of clauses, which no form tells: what is said of something by a predicate of such a range is one.
_CLAUSE_TYPES = ("Action", "Definition")
_TOLD_BY_FORM = 0.6  # the tagger's score from which on a type is more than a guess
_LONGEST_NAME = 300

TypeOf = Callable[[str], tuple[str, float]]


class Combiner:
    """Collects the model's facts of one document beside the base's extraction; `dropped` counts those left out.

    `type_of` tells the type of a name, with a score, by its form (see `extraction.tag.Tagger.type_of`).
    """

    def __init__(self, base: Extraction, text: str, ontology: Ontology, type_of: TypeOf | None) -> None:
        self._base = base
        self._text = text
        self._ontology = ontology
        self._type_of = type_of
        self._mentions = _MentionsByName(_all_mentions(base), text)
        self._facts = list(base.facts)
        self._places: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        for at, fact in enumerate(base.facts):
            self._places[self._key(fact)].append(at)
        self._settled: set[int] = set()  # facts that the model has stated already
        self.dropped: Counter[str] = Counter()

    def add(self, aligned: AlignedFact, offset: int) -> None:
        """Take in a fact of the passage at `offset`: it confirms one of the base, is new, or is dropped.

        One that the base states of overlapping characters is kept once, with the confidence that at least one of two
        independent witnesses is right (noisy-or; Pearl, Probabilistic Reasoning in Intelligent Systems, 1988).
        """
        range_ = self._ontology.predicates[aligned.predicate].range
        subject, object_ = self._mention(aligned.subject, offset, ()), self._mention(aligned.object, offset, range_)
        start, end = (offset + place for place in aligned.evidence)
        fact = FoundFact(subject, aligned.predicate, object_, start, end, MODEL_CONFIDENCE)
        key = self._key(fact)
        if not key[0] or not key[2] or key[0] == key[2]:
            self.dropped["gguf: subject and object are not two names"] += 1
            return
        held = [at for at in self._places[key] if self._facts[at].start < end and start < self._facts[at].end]
        if any(self._facts[at].negated for at in held):
            self.dropped["gguf: the passage denies it"] += 1
        elif not held:
            self._settled.add(len(self._facts))
            self._places[key].append(len(self._facts))
            self._facts.append(fact)
        elif not self._settled.intersection(held):
            before = self._facts[held[0]]
            confidence = 1 - (1 - before.confidence) * (1 - MODEL_CONFIDENCE)
            self._facts[held[0]] = replace(before, confidence=confidence)
            self._settled.add(held[0])

    def extraction(self) -> Extraction:
        """The base's extraction with the model's facts in it."""
        dropped = Counter(self._base.dropped) + self.dropped
        return replace(self._base, facts=tuple(self._facts), dropped=dict(dropped))

    def _mention(self, span: Span, offset: int, wanted: tuple[str, ...]) -> FoundMention:
        """The base's mention of the same name there; else a new one, typed by its form or by what is wanted there."""
        start, end = offset + span[0], offset + span[1]
        name = self._text[start:end]
        held = self._mentions.find(start, end)
        kind = held.type if held else self._type(name)
        if kind in GUESSED_TYPES and len(wanted) == 1 and wanted[0] in _CLAUSE_TYPES:
            return FoundMention(start, end, name, wanted[0], MODEL_CONFIDENCE)
        return held or FoundMention(start, end, name, kind, MODEL_CONFIDENCE)

    def _type(self, name: str) -> str:
        kind, score = self._type_of(name) if self._type_of else ("Term", 0.0)
        return kind if score >= _TOLD_BY_FORM else "Term"

    def _key(self, fact: FoundFact) -> tuple[str, str, str]:
        subject, object_ = normalise_name(fact.subject.entity_name), normalise_name(fact.object.entity_name)
        predicate = self._ontology.predicates.get(fact.predicate)
        if predicate is not None and predicate.symmetric and object_ < subject:
            subject, object_ = object_, subject
        return subject, fact.predicate, object_


class _MentionsByName:
    """The base's mentions, found by a name and its place."""

    def __init__(self, mentions: Iterable[FoundMention], text: str) -> None:
        self._text = text
        self._named: defaultdict[str, list[FoundMention]] = defaultdict(list)
        for mention in sorted(set(mentions), key=lambda item: (item.start, item.end, -item.score, item.type)):
            self._named[normalise_name(mention.text)].append(mention)

    def find(self, start: int, end: int) -> FoundMention | None:
        """The mention of the name at `start` to `end` that overlaps it, the one there exactly first."""
        named = self._named.get(normalise_name(self._text[start:end]), [])
        first = bisect_left(named, start - _LONGEST_NAME, key=lambda item: item.start)
        last = bisect_left(named, end, key=lambda item: item.start)
        found = [item for item in named[first:last] if item.end > start]
        return min(found, key=lambda item: item.start != start or item.end != end, default=None)


def _all_mentions(extraction: Extraction) -> Iterator[FoundMention]:
    """Also those that only a fact or an alias names, such as cells of tables."""
    yield from extraction.mentions
    for fact in extraction.facts:
        yield fact.subject
        yield fact.object
    for alias in extraction.aliases:
        yield alias.entity
        yield alias.alias
