"""The floor of the evaluation: the rules alone, in the corpus's words as far as the train part teaches them."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence

from extraction.corpora import AnnotatedText
from extraction.local.decode import PredictedEntity, PredictedRelation
from extraction.relate import Relater
from extraction.tag import Tagger
from kg.ontology import load_ontology

Span = tuple[int, int]


class RuleFloor:
    """The tagger's and relater's findings; each of their types and predicates is what it most often meets in `train`.

    A rule whose findings never meet anything of the corpus says nothing.
    """

    def __init__(self, train: Sequence[AnnotatedText]) -> None:
        ontology = load_ontology()
        self._tagger, self._relater = Tagger(ontology), Relater(ontology)
        types: defaultdict[str, Counter[str]] = defaultdict(Counter)
        labels: defaultdict[Hashable, Counter[str]] = defaultdict(Counter)
        for text in train:
            gold = {(item.start, item.end): item.type for item in text.entities}
            spans = [(item.start, item.end) for item in text.entities]
            stated = {(spans[item.head], spans[item.tail]): item.label for item in text.relations}
            mentions, relations = self._found(text)
            for span, kind in mentions.items():
                if span in gold:
                    types[kind][gold[span]] += 1
            for head, tail, predicate in relations:
                for turned, pair in ((False, (head, tail)), (True, (tail, head))):
                    if pair in stated:
                        labels[predicate, turned][stated[pair]] += 1
        self._types = _most_common(types)
        self._labels = _most_common(labels)

    def predict(self, text: AnnotatedText) -> tuple[list[PredictedEntity], list[PredictedRelation]]:
        """The rules' mentions and relations of one text, in the corpus's words."""
        mentions, relations = self._found(text)
        entities = [
            PredictedEntity(*span, self._types[kind], 1.0)
            for span, kind in sorted(mentions.items())
            if self._types.get(kind)
        ]
        places = {(item.start, item.end): place for place, item in enumerate(entities)}
        predicted = [
            PredictedRelation(places[a], places[b], label, 1.0)
            for head, tail, predicate in relations
            for turned, (a, b) in ((False, (head, tail)), (True, (tail, head)))
            if (label := self._labels.get((predicate, turned))) and a in places and b in places
        ]
        return entities, predicted

    def _found(self, text: AnnotatedText) -> tuple[dict[Span, str], list[tuple[Span, Span, str]]]:
        """Mentions by word span with their types, and facts by the word spans that they join."""
        joined = " ".join(text.words)
        starts = [0]
        for word in text.words[:-1]:
            starts.append(starts[-1] + len(word) + 1)
        unit = self._tagger.tag([(0, joined)])[0]

        def words_of(start: int, end: int) -> Span:
            return bisect_left(starts, start), bisect_left(starts, end)

        mentions = {words_of(item.start, item.end): item.type for item in unit.mentions}
        facts = [
            fact
            for start, end in unit.sentences()
            for fact in self._relater.relate(
                joined[start:end], start, [item for item in unit.mentions if start <= item.start and item.end <= end]
            )
        ]
        return mentions, [
            (
                words_of(fact.subject.start, fact.subject.end),
                words_of(fact.object.start, fact.object.end),
                fact.predicate,
            )
            for fact in facts
        ]


def _most_common[Key: Hashable](counts: Mapping[Key, Counter[str]]) -> dict[Key, str]:
    return {key: min(counter, key=lambda label: (-counter[label], label)) for key, counter in counts.items()}
