"""Mentions to entities, by normalised name and alias: everything a document adds to the graph, with stable ids."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from extraction.document import LoadedDocument
from extraction.found import Extraction, FoundAlias, FoundFact, FoundMention
from extraction.split import PassageSpan
from kg.model import Document, DocumentGraph, Entity, Evidence, Fact, Mention, Passage, Run, entity_id, fact_id, make_id
from kg.names import document_names, normalise_name, value_of
from kg.ontology import Ontology
from kg.terms import term_text

_MAX_NAME = 300
_SURE, _GUESSED_RANK = 0.7, 3  # a type that is less sure gives way to one that any document tells
#: What is said to be possible or likely is this share as certain as what is said.
_HEDGED = 0.6


def build_graph(
    document: Document,
    loaded: LoadedDocument,
    spans: Sequence[PassageSpan],
    extraction: Extraction,
    run: Run,
    ontology: Ontology,
) -> DocumentGraph:
    """The document's graph. Mentions without a usable name or outside every passage are left out."""
    passages = tuple(_passage(document, loaded.text, span) for span in spans)
    resolver = _Resolver(passages, extraction.aliases, ontology)
    for mention in extraction.mentions:
        resolver.add_mention(mention)
    for alias in extraction.aliases:
        resolver.add_alias(alias)
    for fact in extraction.facts:
        resolver.add_fact(fact)
    return DocumentGraph(
        document=document,
        text=loaded.text,
        passages=passages,
        entities=tuple(resolver.entities[key] for key in sorted(resolver.entities)),
        mentions=tuple(sorted(resolver.mentions.values(), key=lambda m: (m.start, m.end, m.entity_id))),
        facts=resolver.facts(),
        run=run,
    )


def full_names(aliases: Sequence[FoundAlias], ontology: Ontology) -> dict[str, str]:
    """What is called otherwise, by the ontology or in a document, with the name that its entity has."""
    known = {alias: item.name for item in ontology.known for alias in item.aliases}
    return known | {alias.alias.text: alias.entity.entity_name for alias in aliases}


def _passage(document: Document, text: str, span: PassageSpan) -> Passage:
    passage_id = make_id("p", document.id, document.sha256, str(span.start), str(span.end))
    body = text[span.start : span.end]
    indexed = term_text(document_names(document.title, document.uri), span.heading, body)
    return Passage(passage_id, span.ordinal, body, span.start, span.end, span.page, span.heading, indexed)


class _Resolver:
    """Collects one document's entities, mentions and facts, each once."""

    def __init__(self, passages: Sequence[Passage], aliases: Sequence[FoundAlias], ontology: Ontology) -> None:
        self._passages = passages
        self._starts = [passage.start for passage in passages]
        self._ontology = ontology
        self._names = full_names(aliases, ontology)
        self.entities: dict[str, Entity] = {}
        self.mentions: dict[tuple[str, int, int], Mention] = {}
        self._facts: dict[str, Fact] = {}
        self._evidence: dict[str, dict[tuple[str, int, int], Evidence]] = {}

    def add_mention(self, found: FoundMention, alias: bool = False) -> str | None:
        """The id of the mention's entity, or None when it has no usable name or lies in no passage."""
        passage = self._passage_of(found.start, found.end)
        name = self._names.get(found.entity_name, found.entity_name)[:_MAX_NAME]
        key = normalise_name(name)
        if passage is None or not key:
            return None
        identity = entity_id(key)
        rank = self._ontology.rank(found.type)
        if found.score < _SURE and found.type != "Person":
            rank = min(rank, _GUESSED_RANK)
        held = self.entities.get(key)
        if held is None:
            self.entities[key] = Entity(identity, key, _tidy(name), found.type, rank, term_text(name), value_of(name))
        elif rank > held.type_rank:
            self.entities[key] = replace(held, type=found.type, type_rank=rank)
        place = (identity, found.start, found.end)
        score = round(found.score, 4)
        before = self.mentions.get(place)
        if before is None or (alias and not before.alias):
            self.mentions[place] = Mention(passage.id, identity, found.start, found.end, found.text, score, alias)
        return identity

    def add_alias(self, found: FoundAlias) -> None:
        """The full name, and the short one as another name of the same entity."""
        self.add_mention(found.entity)
        self.add_mention(replace(found.alias, name=found.entity.entity_name, type=found.entity.type), alias=True)

    def add_fact(self, found: FoundFact) -> None:
        """A fact with its evidence; the same fact stated twice has two evidences and the higher confidence."""
        passage = self._passage_of(found.start, found.end) or self._passage_of(found.object.start, found.object.end)
        subject, object_ = self.add_mention(found.subject), self.add_mention(found.object)
        if passage is None or subject is None or object_ is None or subject == object_:
            return
        start, end = max(found.start, passage.start), min(found.end, passage.end)
        certainty = found.confidence * min(1.0, 0.5 + found.subject.score / 2) * (_HEDGED if found.hedged else 1.0)
        confidence = round(certainty, 4)
        period = (found.valid_from or None, found.valid_to or None)
        qualifiers = (found.hedged, found.deadline, found.due, found.exception, *period)
        evidence = Evidence(passage.id, start, end, confidence, *qualifiers)
        key = fact_id(subject, found.predicate, object_, found.negated)
        held = self._facts.get(key)
        if held is None or confidence > held.confidence:
            self._facts[key] = Fact(
                id=key,
                subject_id=subject,
                predicate=found.predicate,
                object_id=object_,
                confidence=confidence,
                evidence=(),
                negated=found.negated,
                outside_ontology=found.outside_ontology,
            )
        places = self._evidence.setdefault(key, {})
        place = (passage.id, start, end)
        if place not in places or confidence > places[place].score:
            places[place] = evidence

    def facts(self) -> tuple[Fact, ...]:
        """The facts by id, each with its evidence in the order of the text."""
        return tuple(
            replace(self._facts[key], evidence=tuple(sorted(self._evidence[key].values(), key=_place)))
            for key in sorted(self._facts)
        )

    def _passage_of(self, start: int, end: int) -> Passage | None:
        position = bisect_right(self._starts, start) - 1
        if position < 0 or end > self._passages[position].end:
            return None
        return self._passages[position]


def _place(evidence: Evidence) -> tuple[int, int, float]:
    return evidence.start, evidence.end, evidence.score


def _tidy(name: str) -> str:
    return " ".join(name.split())
