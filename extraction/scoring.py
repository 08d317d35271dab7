"""Strict scores: a mention counts when its span and type are right, a relation when both its mentions and label are."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from extraction.corpora import AnnotatedText
from extraction.local.decode import PredictedEntity, PredictedRelation

ALL = ""  # the key of what is counted over all kinds


@dataclass(slots=True)
class Counts:
    """True positives, false positives and false negatives."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of the predicted that is right; 0 when nothing is predicted."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the annotated that is found; 0 when nothing is annotated."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Their harmonic mean, micro-averaged over all that was added."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def figures(self) -> dict[str, float]:
        """As JSON and the model card hold it."""
        return {"precision": round(self.precision, 4), "recall": round(self.recall, 4), "f1": round(self.f1, 4)}


@dataclass(slots=True)
class Scores:
    """Counts by type for mentions and by label for relations, each also over all."""

    entities: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    relations: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))

    def add(
        self, text: AnnotatedText, entities: Iterable[PredictedEntity], relations: Iterable[PredictedRelation]
    ) -> None:
        """Count one text's predictions; relations point into `entities`.

        In a text whose corpus relates entities (`by_cluster`), a relation is right when its mentions are right and
        of clusters so related, and a relation of two clusters counts once however often it is predicted.
        """
        entities = list(entities)
        predicted = [(item.start, item.end, item.type) for item in entities]
        gold = [(item.start, item.end, item.type) for item in text.entities]
        _count(self.entities, {item: item[2] for item in predicted}, {item: item[2] for item in gold})
        if not text.relations_known:
            return
        names: dict[Hashable, Hashable] = {}
        if text.by_cluster:
            names = {place: item.cluster for place, item in zip(gold, text.entities, strict=True)}
        said, stated = [names.get(item, item) for item in predicted], [names.get(item, item) for item in gold]
        _count(
            self.relations,
            {(said[item.head], said[item.tail], item.label): item.label for item in relations},
            {(stated[item.head], stated[item.tail], item.label): item.label for item in text.relations},
        )


def _count(counts: defaultdict[str, Counts], predicted: Mapping[Hashable, str], gold: Mapping[Hashable, str]) -> None:
    right = Counter(kind for item, kind in predicted.items() if item in gold)
    wrong = Counter(kind for item, kind in predicted.items() if item not in gold)
    missed = Counter(kind for item, kind in gold.items() if item not in predicted)
    for kind in {*right, *wrong, *missed}:
        for key in (kind, ALL):
            counts[key].right += right[kind]
            counts[key].wrong += wrong[kind]
            counts[key].missed += missed[kind]
