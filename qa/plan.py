"""Question and links to a plan: which catalogue queries to run with which predicates. By rule, never by chance."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from kg.model import VALUE_TYPES
from kg.ontology import Ontology
from kg.terms import stem, terms
from qa.direction import End, anchor_end
from qa.link import Link
from qa.nearness import vectors_of
from qa.question import SUPERLATIVES, Question

OBLIGATIONS = ("MAY", "MUST", "MUST_NOT")

Kind = Literal["path", "compare", "superlative", "without", "change", "joined", "facts", "passages"]

# Cosine of a question's word with a predicate's label from which the one may stand for the other.
_SAME_RELATION = 0.65
_NEAR_PREDICATES = 2
# What dates a thing when a question asks for the latest one and names no date.
_DATED_BY = ("EFFECTIVE_FROM", "OCCURRED_ON")
_RANKED_WORDS = 4
_OF_NUMBER = frozenset("most fewest least".split())
_OF_TIME = frozenset("latest newest last earliest oldest first".split())


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a superlative ranks: things of `types` (any when empty) by the values that `predicates` give them.

    Or, where `counted` names types, by how many of those are joined to them by `predicates` (any when empty).
    """

    types: tuple[str, ...]
    predicates: tuple[str, ...]
    counted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """Predicates that the question names at word `position`: one step from the named things to what is asked for."""

    position: int
    predicates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """`kind` names the shape of retrieval; `relations` are what is asked, in the question's words or by meaning.

    They come from the named things outward: "the manager of the owner of Atlas" asks for its owner, then for a manager.
    `ends` tells for a predicate at which end of its facts the linked entity stands, where the words tell. `ranking` is
    there for superlatives; then `relations` are what is asked of the winner.
    """

    kind: Kind
    links: tuple[Link, ...]
    relations: tuple[Relation, ...]
    ends: tuple[tuple[str, End], ...] = ()
    ranking: Ranking | None = None

    @property
    def predicates(self) -> tuple[str, ...]:
        """The predicates of all relations, sorted."""
        return tuple(sorted({name for relation in self.relations for name in relation.predicates}))

    @property
    def entity_ids(self) -> list[str]:
        """Ids of all linked entities, sorted."""
        return sorted({identity for link in self.links for identity in link.ids})

    def end_of(self, predicate: str) -> End | None:
        """The end at which the linked entity stands in facts of a predicate, None when it may be either."""
        return dict(self.ends).get(predicate)

    @property
    def ambiguous(self) -> list[Link]:
        """The links that may mean several entities."""
        return [link for link in self.links if len(link.entities) > 1 and link.how != "rank"]


def make_plan(question: Question, links: list[Link], ontology: Ontology) -> Plan:
    """The plan for a question; the same question, links and ontology always give the same plan."""
    ranking = _ranking(question, links, ontology) if question.kind == "superlative" else None
    relations = _relations(question, links, ontology)
    if ranking:
        relations = tuple(item for item in relations if not set(item.predicates) & set(ranking.predicates))
    predicates = tuple(name for relation in relations for name in relation.predicates)
    things = [link for link in links if any(entity["type"] not in VALUE_TYPES for entity in link.entities)]
    kind: Kind
    if question.kind == "path" and len(links) >= 2:
        kind = "path"
    elif ranking:
        kind = "superlative"
    elif question.kind == "compare" and len(things) >= 2 and predicates:
        kind = "compare"
    elif question.lacking and predicates and not links:
        kind = "without"
    elif question.kind == "change" and things:
        kind = "change"
    elif question.kind in ("count", "list") and links and (question.target_type or predicates):
        kind = "joined"
    else:
        kind = "facts" if links else "passages"
    ends = _ends(question, links, predicates, ontology)
    return Plan(kind, tuple(links), relations, ends, ranking)


def types_within(name: str, ontology: Ontology) -> tuple[str, ...]:
    """A type with all that are kinds of it; () for no type."""
    return tuple(sorted(kind for kind in ontology.types if ontology.is_a(kind, name))) if name else ()


def _ends(
    question: Question, links: list[Link], predicates: tuple[str, ...], ontology: Ontology
) -> tuple[tuple[str, End], ...]:
    if len(links) != 1:
        return ()  # with two names each end has one
    told = ((name, anchor_end(question, links[0], name, ontology)) for name in predicates)
    return tuple((name, end) for name, end in told if end)


def _relations(question: Question, links: list[Link], ontology: Ontology) -> tuple[Relation, ...]:
    """What the question's words ask of things, but for the words of the linked names, the nearest to a name first."""
    named = {position for link in links for position in range(link.start, link.end)}
    rest = [(position, word) for position, word in enumerate(question.words) if position not in named]
    # "Which supplier" asks for a type of thing; that it also means supplying counts only if nothing else is asked.
    found = _named_by(_without_type(rest, question.target_type, ontology), ontology) or _named_by(rest, ontology)
    if question.kind == "definition":
        found.append(Relation(0, ("DEFINED_AS",)))
    if question.kind == "obligation" or any(set(relation.predicates) & set(OBLIGATIONS) for relation in found):
        found = [relation for relation in found if not set(relation.predicates) & set(OBLIGATIONS)]
        found.append(Relation(0, OBLIGATIONS))  # "may we" is answered by what we must not, too
    if not found and links:
        found = _nearest(question, rest, ontology)
    return tuple(sorted(found, key=lambda item: (*_distance(question, links, item.position), item.predicates)))


def _distance(question: Question, links: list[Link], position: int) -> tuple[bool, int]:
    """How far from the named thing: "the owner of Atlas" and "Atlas's owner" bind closer than a verb after them."""
    start, end = (links[-1].start, links[-1].end) if links else _place_of_superlative(question)
    owning = end > 0 and question.words[end - 1].endswith(("'s", "’s", "s'", "s’"))
    after = position >= end
    return after != owning, abs(position - (end if after else start))


def _place_of_superlative(question: Question) -> tuple[int, int]:
    places = [i for i, word in enumerate(question.words) if word.casefold().split("-")[0] in SUPERLATIVES]
    return (places[0], places[0] + 1) if places else (len(question.words), len(question.words))


def _named_by(words: list[tuple[int, str]], ontology: Ontology) -> list[Relation]:
    """The predicates that words name, by place; of those that one place names, the ones that it names most fully."""
    asked = [(position, term) for position, word in words for term in terms(word)]
    full = [stem(word.casefold()) for _, word in words]
    best: dict[str, tuple[int, range]] = {}
    for name, labels, phrases in _phrases(ontology):
        said = any(_places(full, phrase) for phrase in phrases)
        for wanted in labels:
            for start in _places([term for _, term in asked], wanted):
                place = range(asked[start][0], asked[start + len(wanted) - 1][0] + 1)
                fullness = len(wanted) + said
                if name not in best or fullness > best[name][0]:
                    best[name] = (fullness, place)
    found: dict[int, list[str]] = {}
    for name, (fullness, place) in best.items():
        rivals = [other for other in best.values() if set(other[1]) & set(place)]
        if fullness == max(rival[0] for rival in rivals):
            found.setdefault(min(rival[1].start for rival in rivals), []).append(name)
    return [Relation(position, tuple(sorted(names))) for position, names in sorted(found.items())]


@lru_cache(maxsize=8)
def _phrases(ontology: Ontology) -> list[tuple[str, list[list[str]], list[list[str]]]]:
    """Each predicate with the terms of its labels, and the stems of its phrases of several words."""
    found = []
    for predicate in ontology.predicates.values():
        phrases = (*predicate.cues, *predicate.inverse_cues, *predicate.columns, *predicate.inverse_columns)
        several = [[stem(word) for word in phrase.split()] for phrase in phrases if " " in phrase]
        found.append((predicate.name, [terms(label) for label in predicate.labels], several))
    return found


def _without_type(words: list[tuple[int, str]], type_name: str, ontology: Ontology) -> list[tuple[int, str]]:
    """The words but for the first that names a type."""
    kind = ontology.types.get(type_name)
    labels = {stem(label.casefold()) for label in kind.labels} if kind else set()
    first = next((i for i, (_, word) in enumerate(words) if stem(word.casefold()) in labels), None)
    return words if first is None else words[:first] + words[first + 1 :]


def _nearest(question: Question, words: list[tuple[int, str]], ontology: Ontology) -> list[Relation]:
    """The predicates whose one-word labels mean most nearly what a word of the question does."""
    asked = [word.casefold() for _, word in words if terms(word) and set(terms(word)) <= set(question.terms)]
    labels = _single_labels(ontology)
    if not asked or not labels:
        return []
    cosines = np.max(vectors_of(asked) @ vectors_of([label for label, _ in labels]).T, axis=0)
    best: dict[str, float] = {}
    for (_, name), cosine in zip(labels, cosines, strict=True):
        best[name] = max(best.get(name, 0.0), round(float(cosine), 4))
    ranked = sorted(best, key=lambda name: (-best[name], name))[:_NEAR_PREDICATES]
    near = tuple(sorted(name for name in ranked if best[name] >= _SAME_RELATION))
    return [Relation(0, near)] if near else []


@lru_cache(maxsize=8)
def _single_labels(ontology: Ontology) -> tuple[tuple[str, str], ...]:
    """Each one-word label of a predicate, with the predicate."""
    return tuple(
        (label.casefold(), predicate.name)
        for predicate in ontology.predicates.values()
        for label in predicate.labels
        if len(label.split()) == 1
    )


def _ranking(question: Question, links: list[Link], ontology: Ontology) -> Ranking | None:
    """What is ranked, by the words around the superlative; None when they name nothing that can be."""
    if any(character.isupper() for item in links for character in item.text):
        return None  # "the longest period of Atlas": its own facts answer
    head, superlative, tail = _around_superlative(question)
    thing = _type_named(tail, ontology)
    ranked = _type_named(head, ontology)
    if superlative in _OF_NUMBER and thing and thing == _type_named(tail[:1], ontology):
        types = types_within(ranked, ontology) or question.expected_types
        words = _without_type(list(enumerate(question.words)), thing, ontology)
        by = tuple(sorted(name for relation in _named_by(words, ontology) for name in relation.predicates))
        return Ranking(types, by, types_within(thing, ontology)) if types else None
    kind = next((name for name in (ranked, thing) if name and name not in VALUE_TYPES), "")
    named = _named_by(list(enumerate(tail)), ontology)
    predicates = {name for relation in named for name in relation.predicates if _has_value(name, ontology)}
    if not predicates and kind and superlative in _OF_TIME:
        predicates = set(_DATED_BY) & set(ontology.predicates)
    return Ranking(types_within(kind, ontology), tuple(sorted(predicates)), ()) if predicates else None


def _around_superlative(question: Question) -> tuple[list[str], str, list[str]]:
    """The words before the superlative, itself, and the few after it; "highest-scored" is two words."""
    words = [part.casefold() for word in question.words for part in word.split("-")]
    at = next((i for i, word in enumerate(words) if word in SUPERLATIVES), len(words) - 1)
    return words[:at], words[at], words[at + 1 : at + 1 + _RANKED_WORDS]


def _type_named(words: list[str], ontology: Ontology) -> str:
    """The type whose label comes first among words."""
    stems = [stem(word) for word in words]
    found = (
        (position, kind.name)
        for kind in ontology.types.values()
        for label in kind.labels
        for wanted in [[stem(word) for word in label.casefold().split()]]
        for position in range(len(stems) - len(wanted) + 1)
        if stems[position : position + len(wanted)] == wanted
    )
    return min(found, default=(0, ""))[1]


def _has_value(predicate: str, ontology: Ontology) -> bool:
    """Whether the objects of a predicate may be values, which can be ranked."""
    wanted = ontology.predicates[predicate].range
    return not wanted or bool(set(wanted) & set(VALUE_TYPES))


def _places(words: list[str], wanted: list[str]) -> list[int]:
    """Where a phrase begins among words."""
    if not wanted or wanted[0] not in words:
        return []
    return [i for i in range(len(words) - len(wanted) + 1) if words[i : i + len(wanted)] == wanted]
