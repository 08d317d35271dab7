"""Who does what to whom: a claim that exchanges the two, or that gives a thing another owner than its evidence does.

Relations come from facts, from rows of tables by the ontology's columns, and from sentences by its phrases; verbs that
the ontology does not know stand for themselves.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from kg.ontology import Ontology
from kg.terms import stem, terms
from qa.verification.evidence import Evidence, fields_of
from qa.verification.names import names_of
from qa.verification.reading import AUXILIARIES, Word, words_of

_BE = frozenset("is are was were be been being".split())
_SKIPPED = frozenset("not also only always never directly then both still itself himself herself themselves".split())
_STOPS = frozenset(".;:!?()") | frozenset("but while whereas although because if unless when after before".split())
# What may stand between names that share a place: "Chidi Okafor, the Chief Information Security Officer, who".
_BETWEEN = frozenset(", and or the a an who which both also himself herself as well".split())
_PRONOUNS = frozenset("he she it they who which that".split())
_PREPOSITIONS = frozenset("to for in at on with from by of".split())
_IRREGULAR = frozenset("made sent kept held written led given taken chosen told bound paid met run put set".split())
_WORDS_BESIDE = 6
# What contracts call a party by, and other words for somebody who has a name elsewhere.
_STAND_INS = frozenset(
    stem(word)
    for word in """supplier customer client company provider vendor party parties controller processor data importer
    exporter employer organisation organization firm agency authority hospital group""".split()
)
_KEPT = 20_000

Name = frozenset[str]


@dataclass(frozen=True, slots=True)
class Relation:
    """A predicate with what may be its subject and what its object, as sets of terms.

    `named`: its subject is a name. `after` is all that a sentence says behind it.
    """

    predicate: str
    subjects: tuple[Name, ...]
    objects: tuple[Name, ...]
    named: bool = True
    after: Name = frozenset()


@dataclass(frozen=True, slots=True)
class _Pivot:
    """The words [start, end) of a sentence that state a relation; `turned`: its subject stands after them."""

    start: int
    end: int
    predicate: str
    turned: bool


def relation_conflict(claim: str, evidence: Evidence, ontology: Ontology) -> str:
    """Why a relation that the claim states has other ends in its evidence; "" when none has."""
    mine = _from_sentence(claim, "", ontology)
    if not mine:
        return ""
    stated = [*_from_facts(evidence), *_from_rows(evidence, ontology)]
    for before, unit in zip(("", *evidence.units), evidence.units, strict=False):
        if not fields_of(unit):
            stated += _from_sentence(unit, before, ontology)
    for relation in mine:
        same = [o for o in stated if o.predicate == relation.predicate and not _stands_in(o, relation)]
        if not any(_meet(relation.subjects, o.subjects) and _meet(relation.objects, o.objects) for o in same):
            if any(_exchanged(relation, other) for other in same):
                return f"{evidence.marks} says it the other way round"
            if relation.predicate in ontology.predicates and any(_of_another(relation, other) for other in same):
                return f"{evidence.marks} says that of another one"
    return ""


def _exchanged(mine: Relation, other: Relation) -> bool:
    """Whether the evidence's subject is the claim's object, and the claim's subject is not the evidence's."""
    if _meet(mine.subjects, other.subjects):
        return False
    if _meet(mine.objects, other.subjects):
        return _meet(mine.subjects, other.objects) or not _meet(mine.objects, other.objects)
    return mine.named and any(subject <= mine.after for subject in other.subjects)


def _of_another(mine: Relation, other: Relation) -> bool:
    """Whether the evidence gives the same object another subject, both subjects being named."""
    return mine.named and other.named and _meet(mine.objects, other.objects) and not _meet(mine.subjects, other.subjects)


def _stands_in(other: Relation, mine: Relation) -> bool:
    """Whether the evidence's subject may be the claim's under another name: "the Supplier"."""
    told = frozenset(term for subject in other.subjects for term in subject)
    held = frozenset(term for names in (mine.subjects, mine.objects) for name in names for term in name) | mine.after
    return told <= _STAND_INS and not told & held


def _meet(some: Sequence[Name], others: Sequence[Name]) -> bool:
    return any(len(one & other) * 2 >= min(len(one), len(other)) and one & other for one in some for other in others)


def _from_facts(evidence: Evidence) -> Iterator[Relation]:
    for fact in evidence.facts:
        yield Relation(fact.predicate, (frozenset(terms(fact.subject)),), (frozenset(terms(fact.object)),))


def _from_rows(evidence: Evidence, ontology: Ontology) -> Iterator[Relation]:
    for row in evidence.rows:
        names = [(column.casefold().replace("_", " "), frozenset(terms(value))) for column, value in row]
        for number, (column, value) in enumerate(names):
            rest = tuple(other for place, (_, other) in enumerate(names) if place != number and other)
            for predicate in ontology.predicates.values():
                if column in predicate.inverse_columns:
                    yield Relation(predicate.name, (value,), rest)
                elif column in predicate.columns:
                    yield Relation(predicate.name, rest, (value,))


def _from_sentence(text: str, before: str, ontology: Ontology) -> list[Relation]:
    words = words_of(text)
    named = {word.start for run in names_of(text) for word in run}
    spoken_of = _all_of(before) if words and words[0].low in _PRONOUNS else ()
    found = []
    for pivot in _pivots(words, ontology):
        behind, ahead = _region(words, pivot, -1), _region(words, pivot, 1)
        left = (*_beside(behind, named), *spoken_of) or _all_of(before)
        right = _beside(ahead, named)
        if left and right:
            subject = ahead if pivot.turned else behind
            is_named = any(word.start in named for word in subject)
            after = frozenset(term for word in ahead for term in word.terms)
            ends = (right, left) if pivot.turned else (left, right)
            found.append(Relation(pivot.predicate, *ends, named=is_named, after=frozenset() if pivot.turned else after))
    return found


def _pivots(words: Sequence[Word], ontology: Ontology) -> Iterator[_Pivot]:
    lows = tuple(word.low for word in words)
    phrases = _phrases(ontology)
    position = 0
    while position < len(lows):
        passive = position > 0 and lows[position - 1] in _BE
        for phrase, predicate, turned in () if passive else phrases.get(lows[position], ()):
            if lows[position : position + len(phrase)] == phrase:
                yield _Pivot(position, position + len(phrase), predicate, turned)
                position += len(phrase) - 1
                break
        else:
            if pivot := _verb(words, position):
                yield pivot
        position += 1


def _verb(words: Sequence[Word], position: int) -> _Pivot | None:
    """The verb at a position: after an auxiliary, or after a name with nothing between."""
    word = words[position]
    if not word.terms or word.capital or len(word.terms) > 1:
        return None
    before = position - 1
    while before >= 0 and (words[before].low in _SKIPPED or words[before].low.endswith("ly")):
        before -= 1
    if before < 0:
        return None
    previous = words[before]
    passive = previous.low in _BE and (word.low.endswith(("ed", "en", "wn")) or word.low in _IRREGULAR)
    if not (previous.low in AUXILIARIES or previous.low in _PRONOUNS or (previous.capital and previous.terms)):
        return None
    if previous.low in _BE and not passive:
        return None
    by = passive and position + 1 < len(words) and words[position + 1].low == "by"
    name = f"{word.terms[0]} passive" if passive and not by else word.terms[0]
    return _Pivot(position, position + 2 if by else position + 1, name, by)


@lru_cache(maxsize=8)
def _phrases(ontology: Ontology) -> dict[str, list[tuple[tuple[str, ...], str, bool]]]:
    """The phrases of predicates by their first words, the longest first; `turned` ones have the object before them."""
    found: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
    for predicate in ontology.predicates.values():
        for cues, turned in ((predicate.cues, False), (predicate.inverse_cues, True)):
            for cue in () if predicate.symmetric else cues:
                words = tuple(cue.split())
                if any(word not in AUXILIARIES and word not in ("the", "our", "also", "in") for word in words):
                    found.setdefault(words[0], []).append((words, predicate.name, turned))
    return {first: sorted(items, key=lambda item: -len(item[0])) for first, items in found.items()}


def _region(words: Sequence[Word], pivot: _Pivot, step: int) -> list[Word]:
    """The words beside a pivot to where its clause ends, the nearest first."""
    place = pivot.start - 1 if step < 0 else pivot.end
    region = []
    while 0 <= place < len(words) and words[place].low not in _STOPS:
        region.append(words[place])
        place += step
    return region


def _beside(region: Sequence[Word], named: Set[int]) -> tuple[Name, ...]:
    """What stands beside a pivot: the nearest name with those joined to it, else the nearest words."""
    names: list[Name] = []
    nearest: list[str] = []
    run: set[str] = set()
    for word in region:
        if word.start in named:
            run |= set(word.terms)
            continue
        if run:
            names.append(frozenset(run))
            run = set()
        if word.low not in _BETWEEN and names:
            break
        if word.low == "," and nearest:
            break
        if len(nearest) < _WORDS_BESIDE:
            nearest += word.terms
    if run:
        names.append(frozenset(run))
    return tuple(names) or ((frozenset(nearest),) if nearest else ())


def _all_of(before: str) -> tuple[Name, ...]:
    """What a pronoun may stand for: the names of the sentence before, or its words."""
    names = tuple(frozenset(term for word in run for term in word.terms) for run in names_of(before))
    return names or ((frozenset(terms(before)),) if before else ())
