"""Question to entities: by normalised name, by alias and by full text, the longest name winning."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from kg.names import normalise_name
from kg.ontology import Ontology
from kg.store import Row
from kg.terms import STOP_WORDS, term_text
from qa.question import Question
from qa.recorder import Recorder

_MAX_WORDS = 7
_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Link:
    """Words `start` to `end` of the question name these entities (several when the name is shared)."""

    start: int
    end: int
    text: str
    entities: tuple[Row, ...]

    @property
    def ids(self) -> list[str]:
        """The entities' ids."""
        return [entity["id"] for entity in self.entities]


def link(question: Question, recorder: Recorder, ontology: Ontology) -> list[Link]:
    """The names in the question, in order, without overlaps."""
    spans = _spans(question, _common_words(ontology))
    exact = recorder.run("entities_by_key", keys=sorted({key for _, _, key in spans}))
    searched = recorder.search_text("search_entities", term_text(question.text), _CANDIDATES)
    by_key: dict[str, dict[str, Row]] = defaultdict(dict)
    for entity in [*exact, *searched]:
        row = {name: entity[name] for name in ("id", "name", "type", "aliases", "key")}
        for name in (entity["key"], *(normalise_name(alias) for alias in entity["aliases"] or [])):
            by_key[name][row["id"]] = row
        for name in _short_names(row, ontology):
            by_key[name][row["id"]] = row
    found: list[Link] = []
    for start, end, key in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        free = all(end <= other.start or start >= other.end for other in found)
        if free and key in by_key:
            entities = tuple(by_key[key][identity] for identity in sorted(by_key[key]))
            found.append(Link(start, end, " ".join(question.words[start:end]), entities))
    return sorted(found, key=lambda item: item.start)


def _short_names(entity: Row, ontology: Ontology) -> list[str]:
    """What people also say: the family name alone, or the organisation without its legal form."""
    first, _, last = entity["key"].rpartition(" ")
    if entity["type"] == "Person" and first:
        return [last]
    kind = ontology.types.get(entity["type"])
    return [first] if first and entity["type"] == "Organization" and kind and last in kind.headwords else []


@lru_cache(maxsize=8)
def _common_words(ontology: Ontology) -> frozenset[str]:
    """The words that name types and predicates: "owner" or "line manager" asks, it does not name."""
    labels = [label for kind in ontology.types.values() for label in (*kind.labels, *kind.headwords)]
    labels += [label for predicate in ontology.predicates.values() for label in predicate.labels]
    return frozenset(normalise_name(label.casefold()) for label in labels)


def _spans(question: Question, common: frozenset[str]) -> list[tuple[int, int, str]]:
    """Runs of words that may name something, with their keys."""
    words = question.words
    spans = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + _MAX_WORDS, len(words)) + 1):
            chunk = words[start:end]
            if chunk[0].casefold() in STOP_WORDS or chunk[-1].casefold() in STOP_WORDS:
                continue
            if end == 1 and chunk[0].istitle() and len(words) > 2:
                continue  # the capital of a question's first word says nothing: "Name the systems"
            key = normalise_name(" ".join(chunk))
            asks = key in common or all(word in common or word in STOP_WORDS for word in key.split())
            if len(key) > 1 and not (asks and all(word.islower() for word in chunk)):
                spans.append((start, end, key))
    return spans
