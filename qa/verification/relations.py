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
_NO_VERB_AFTER = _BE | frozenset(("a", "an", "the"))
_SKIPPED = frozenset("not also only always never directly then both still itself himself herself themselves".split())
_STOPS = frozenset(".;:!?()") | frozenset("but while whereas although because if unless when after before".split())
# What may stand between names that share a place: "Chidi Okafor, the Chief Information Security Officer, who".
_BETWEEN = frozenset(", and or the a an who which both also himself herself as well".split())
_PRONOUNS = frozenset("he she it they who which that".split())
_OBJECTS = frozenset("it him her them this that".split())
_IRREGULAR = frozenset("made sent kept held written led given taken chosen told bound paid met run put set".split())
_WORDS_BESIDE = 6
# To write and to direct is not the same, so these are told by their verbs.
_SEVERAL_VERBS = frozenset(("CREATED_BY",))
# What contracts call a party by, and other words for somebody who has a name elsewhere.
_STAND_INS = frozenset(
    stem(word)
    for word in """supplier customer client company provider vendor party parties controller processor data importer
    exporter employer organisation organization firm agency authority hospital group""".split()
)

Name = frozenset[str]


@dataclass(frozen=True, slots=True)
class Relation:
    """A predicate with what may be its subject and what its object, as sets of terms; no objects: any may be meant.

    `named`: its subject is a name, `to_named`: a name stands right behind the verb. `before` and `after` are all that
    the sentence says on the two sides; `turned`: its subject stands behind.
    """

    predicate: str
    subjects: tuple[Name, ...]
    objects: tuple[Name, ...]
    named: bool = True
    to_named: bool = True
    before: Name = frozenset()
    after: Name = frozenset()
    turned: bool = False

    @property
    def far_subjects(self) -> Name:
        """All that stands on its subject's side."""
        return self.after if self.turned else self.before

    @property
    def far_objects(self) -> Name:
        """All that stands on its object's side."""
        return self.before if self.turned else self.after


@dataclass(frozen=True, slots=True)
class _Pivot:
    """The words [start, end) of a sentence that state a relation; `turned`: its subject stands after them."""

    start: int
    end: int
    predicate: str
    turned: bool


def relation_conflict(claim: str, evidence: Evidence, ontology: Ontology) -> str:
    """Why a relation that the claim states has other ends in its evidence; "" when none has."""
    called = frozenset(t for unit in evidence.units for run in names_of(unit) for word in run for t in word.terms)
    mine = _from_sentence(claim, (), ontology, called)
    if not mine:
        return ""
    stated = [*_from_facts(evidence), *_from_rows(evidence, ontology)]
    spoken_of: tuple[Name, ...] = ()
    for unit in evidence.units:
        if not fields_of(unit):
            stated += _from_sentence(unit, spoken_of, ontology, frozenset())
        # "She studied in Paris" leaves the one that is spoken of as it is.
        spoken_of = spoken_of if _begins_with_pronoun(unit) and spoken_of else _all_of(unit)
    for relation in mine:
        same = [o for o in stated if o.predicate == relation.predicate and not _stands_in(o, relation)]
        if not any(_agree(relation, other) for other in same):
            if any(_exchanged(relation, other) for other in same):
                return f"{evidence.marks} says it the other way round"
            if any(_of_another(relation, other) or _to_another(relation, other) for other in same):
                return f"{evidence.marks} says that of another one"
    return ""


def _agree(mine: Relation, other: Relation) -> bool:
    """Whether the ends are the same; a name that stands farther from the verb may be the one meant, too."""
    far_subjects = frozenset() if mine.turned else mine.before
    far_objects = mine.before if mine.turned else frozenset()
    subjects = _meet(mine.subjects, other.subjects) or any(name <= far_subjects for name in other.subjects)
    objects = _same_objects(mine, other) or any(name <= far_objects for name in other.objects)
    return subjects and (objects or any(name <= other.far_objects for name in mine.objects))


def _exchanged(mine: Relation, other: Relation) -> bool:
    """Whether the evidence's subject is the claim's object, and the claim's subject is not the evidence's."""
    if _meet(mine.subjects, other.subjects):
        return False
    if _meet(mine.objects, other.subjects):
        return _meet(mine.subjects, other.objects) or not _meet(mine.objects, other.objects)
    return mine.named and other.named and not mine.turned and any(subject <= mine.after for subject in other.subjects)


def _of_another(mine: Relation, other: Relation) -> bool:
    """Whether the evidence gives the same object another subject, both subjects being named."""
    if not (mine.named and other.named) or _meet(mine.subjects, other.subjects):
        return False
    return _same_objects(mine, other) and not any(subject <= other.far_subjects for subject in mine.subjects)


def _to_another(mine: Relation, other: Relation) -> bool:
    """Whether the evidence gives the same subject another object, both objects being named."""
    if not (mine.to_named and other.to_named) or _same_objects(mine, other) or not _meet(mine.subjects, other.subjects):
        return False
    return not any(name <= other.far_objects for name in mine.objects)


def _same_objects(mine: Relation, other: Relation) -> bool:
    return not mine.objects or not other.objects or _meet(mine.objects, other.objects)


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


def _from_sentence(text: str, spoken_of: tuple[Name, ...], ontology: Ontology, called: Name) -> list[Relation]:
    """The relations that a sentence states; `spoken_of` is what pronouns mean, `called` what is a name elsewhere."""
    words = words_of(text)
    named = {word.start for run in names_of(text) for word in run}
    named |= {word.start for word in words[:1] if word.terms and set(word.terms) <= called}
    pivots = list(_pivots(words, ontology))
    found = []
    for number, pivot in enumerate(pivots):
        end = pivots[number + 1].start if number + 1 < len(pivots) else len(words)
        behind, ahead = _region(words, pivot.start - 1, -1, -1), _region(words, pivot.end, end, 1)
        left, right = _beside(behind, named), _beside(ahead, named)
        if _begins_with_pronoun(text) or any(word.low in _PRONOUNS for word in behind[:2]):
            left = (*left, *spoken_of)
        subjects, objects = (right, left or spoken_of) if pivot.turned else (left or spoken_of, right)
        meant = objects or any(word.low in _OBJECTS for word in (behind if pivot.turned else ahead)[:1])
        if subjects and meant:
            before, after = (frozenset(t for word in region for t in word.terms) for region in (behind, ahead))
            is_named = any(w.start in named or set(w.terms) & called for w in (ahead if pivot.turned else behind))
            to_named = not pivot.turned and any(word.start in named for word in ahead[:1])
            found.append(Relation(pivot.predicate, subjects, objects, is_named, to_named, before, after, pivot.turned))
    return found


def _begins_with_pronoun(text: str) -> bool:
    return any(word.low in _PRONOUNS for word in words_of(text)[:1])


def _pivots(words: Sequence[Word], ontology: Ontology) -> Iterator[_Pivot]:
    lows = tuple(word.low for word in words)
    phrases = _phrases(ontology)
    position = 0
    while position < len(lows):
        # "Be approved" and "a signed copy" are not what the phrases "approved" and "signed" state.
        other = position > 0 and lows[position - 1] in _NO_VERB_AFTER
        for phrase, predicate, turned in () if other else phrases.get(lows[position], ()):
            if lows[position : position + len(phrase)] == phrase:
                yield _Pivot(position, position + len(phrase), predicate, turned)
                position += len(phrase) - 1
                break
        else:
            if pivot := _verb(words, position):
                yield pivot
        position += 1


def _verb(words: Sequence[Word], position: int) -> _Pivot | None:
    """The verb at a position: before "by", after an auxiliary or a pronoun, or after a name with nothing between."""
    word = words[position]
    if not word.terms or not word.low[0].isalpha() or word.capital or len(word.terms) > 1:
        return None
    participle = word.low.endswith(("ed", "en", "wn")) or word.low in _IRREGULAR
    if participle and position + 1 < len(words) and words[position + 1].low == "by":
        return _Pivot(position, position + 2, word.terms[0], True)
    before = position - 1
    while before >= 0 and (words[before].low in _SKIPPED or words[before].low.endswith("ly")):
        before -= 1
    if before < 0:
        return None
    previous = words[before]
    if previous.low in _BE:
        return _Pivot(position, position + 1, f"{word.terms[0]} passive", False) if participle else None
    if previous.low in AUXILIARIES or previous.low in _PRONOUNS or (previous.capital and previous.terms):
        return _Pivot(position, position + 1, word.terms[0], False)
    return None


@lru_cache(maxsize=8)
def _phrases(ontology: Ontology) -> dict[str, list[tuple[tuple[str, ...], str, bool]]]:
    """The phrases of predicates by their first words, the longest first; `turned` ones have the object before them."""
    found: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
    for predicate in ontology.predicates.values():
        for cues, turned in ((predicate.cues, False), (predicate.inverse_cues, True)):
            for cue in () if predicate.symmetric or predicate.name in _SEVERAL_VERBS else cues:
                words = tuple(cue.split())
                if any(word not in AUXILIARIES and word not in ("the", "our", "also", "in") for word in words):
                    found.setdefault(words[0], []).append((words, predicate.name, turned))
    return {first: sorted(items, key=lambda item: -len(item[0])) for first, items in found.items()}


def _region(words: Sequence[Word], place: int, end: int, step: int) -> list[Word]:
    """The words from a place to where the clause ends, or to `end`, the nearest first."""
    region = []
    while place != end and 0 <= place < len(words) and words[place].low not in _STOPS:
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


def _all_of(unit: str) -> tuple[Name, ...]:
    """What a pronoun in the next sentence may stand for: the names of this one, or its words."""
    names = tuple(frozenset(term for word in run for term in word.terms) for run in names_of(unit))
    return names or ((frozenset(terms(unit)),) if unit else ())
