"""The rule by which two names are one entity's: weights that add up, a threshold, and contradictions that forbid.

After Fellegi & Sunter 1969, "A Theory for Record Linkage": agreement on each feature adds its weight, and names are
only compared inside blocks. The weights are set by hand, so that each decision can be read and argued with.
"""

from dataclasses import dataclass

from kg.names import normalise_name
from kg.ontology import GUESSED_TYPES, Ontology
from kg.resolution.names import NameEvidence, compare, core, is_email, may_be_one, words
from kg.resolution.profile import Link, Profile
from kg.store import Vector

#: What each agreement adds. Exact identifiers reach the threshold alone; a name needs support from where it stands.
WEIGHTS = {
    "same identifier": 1.0,
    "one is the other's identifier": 1.0,
    "given as another name": 1.0,
    "address spells the name": 1.0,
    "same spelling": 0.8,
    "same but for the legal form": 0.6,
    "same first and last name": 0.6,
    "same but for the brackets": 0.55,
    "singular and plural": 0.45,
    "acronym": 0.5,
    "start of the name": 0.45,
    "same surname and initial": 0.4,
    "address spells surname and initial": 0.4,
    "nearly the same spelling": 0.35,
    "surname alone": 0.2,
    "same type": 0.1,
    "same document": 0.15,
    "similar context": 0.2,
    "facts in common": 0.3,
}
THRESHOLD = 0.7
#: Cosines of mean passage vectors up to the first count nothing, from the second on fully.
CONTEXT_RANGE = (0.4, 0.8)
_EXACT = 1.0
#: Types that say what kind of name it is, not what it names.
_UNTYPED = frozenset({*GUESSED_TYPES, "Value", "Identifier", "Email"})
_ADDRESSES = frozenset({"address spells the name", "address spells surname and initial"})
_TYPED_ONLY = frozenset({"same but for the brackets", "singular and plural"})
_ORGANISATIONS_ONLY = frozenset({"same but for the legal form", "start of the name"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rule says of two names, `key` and `into_key`: score from 0 to 1, and why.

    `veto` tells what forbids one entity, "" when nothing does. `short` is the key of the name that leaves out what the
    other says; `weight` is that of the names or identifiers alone.
    """

    key: str
    into_key: str
    score: float
    weight: float
    reasons: tuple[str, ...]
    veto: str = ""
    short: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether they are one entity, if nothing else is in the way."""
        return not self.veto and self.score >= THRESHOLD


class Rule:
    """The rule with the ontology's types, functional predicates and known names.

    `identifying` are the predicates whose object has one subject only; `known_names` maps the other names that the
    ontology gives what it knows, by key, to the key of the name that it goes by.
    """

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        predicates = ontology.predicates.items()
        self.identifying = frozenset(name for name, item in predicates if item.inverse_functional)
        self._single = sorted(name for name, item in predicates if item.functional or item.inverse_functional)
        self.known_names = {
            normalise_name(alias): normalise_name(item.name) for item in ontology.known for alias in item.aliases
        }

    def evidence(self, one: Profile, other: Profile) -> NameEvidence | None:
        """The strongest that identifiers and names say; contradictions included."""
        exact = self._identifiers(one, other)
        if exact:
            return exact
        found = compare(one.name, other.name, self._are_people(one, other))
        return found if found is None or found.contradicts or self._types_allow(found, one, other) else None

    def contradiction(self, one: Profile, other: Profile) -> str:
        """Why the two can never be one entity, "" when nothing speaks against it."""
        names = compare(one.name, other.name, self._are_people(one, other))
        if names and names.contradicts:
            return names.kind
        if names is None and all(self._is_full_name(item) for item in (one, other)) and not self._is_given(one, other):
            return "two people's names"
        typed = one.type not in _UNTYPED and other.type not in _UNTYPED
        if typed and not (self.ontology.is_a(one.type, other.type) or self.ontology.is_a(other.type, one.type)):
            return "two types"
        for name in self._single:
            mine, theirs = _values(one, name), _values(other, name)
            if mine and theirs and not any(_same_value(a, b) for a in mine for b in theirs):
                return f"two values of what has one ({self.ontology.label(name)})"
        return ""

    def decide(self, one: Profile, other: Profile, contexts: tuple[Vector | None, Vector | None]) -> Decision | None:
        """The decision on two names; None when neither names nor identifiers speak for it."""
        into, key = sorted((one, other), key=lambda profile: profile.preference)
        found = self.evidence(one, other)
        if found is None:
            return None
        veto = self.contradiction(one, other)
        if veto:
            return Decision(key.key, into.key, 0.0, 0.0, (), veto)
        parts = [(found.kind, WEIGHTS[found.kind])]
        if WEIGHTS[found.kind] < _EXACT:
            parts += self._support(one, other, contexts)
        short = None if found.short is None else (one, other)[found.short].key
        reasons = tuple(f"{text} +{value:.2f}" for text, value in parts)
        score = min(1.0, round(sum(value for _, value in parts), 4))
        return Decision(key.key, into.key, score, WEIGHTS[found.kind], reasons, "", short)

    def _identifiers(self, one: Profile, other: Profile) -> NameEvidence | None:
        identifying = self.identifying
        if any(_values(one, name) & _values(other, name) for name in identifying):
            return NameEvidence("same identifier")
        for place, (owner, identifier) in enumerate(((one, other), (other, one))):
            if any(Link(name, True, identifier.key) in owner.links for name in identifying):
                return NameEvidence("one is the other's identifier", 1 - place)
            if self._gives(owner, identifier):
                return NameEvidence("given as another name", 1 - place)
        return None

    def _gives(self, owner: Profile, other: Profile) -> bool:
        """Whether a document or the ontology gives the owner this other name."""
        given = {normalise_name(alias) for alias in owner.aliases}
        return other.key in given or self.known_names.get(other.key) == owner.key

    def _is_given(self, one: Profile, other: Profile) -> bool:
        return self._gives(one, other) or self._gives(other, one)

    def _are_people(self, one: Profile, other: Profile) -> bool:
        people = [item for item in (one, other) if self.ontology.is_a(item.type, "Person")]
        return bool(people) and all(item in people or item.type in _UNTYPED for item in (one, other))

    def _is_full_name(self, item: Profile) -> bool:
        return self.ontology.is_a(item.type, "Person") and len(words(item.name)) > 1

    def _types_allow(self, found: NameEvidence, one: Profile, other: Profile) -> bool:
        if found.kind in _ADDRESSES:
            named = other if is_email(one.name) else one
            return self.ontology.is_a(named.type, "Person") or named.type in _UNTYPED
        if found.kind in _ORGANISATIONS_ONLY:
            long = (other, one)[found.short or 0]
            # Departments are organisations too, but "Security" is no short form of Security Operations.
            return self.ontology.is_a(long.type, "Organization") and bool(core(long.name)[1])
        if found.kind in _TYPED_ONLY:
            return one.type not in _UNTYPED or other.type not in _UNTYPED
        return True

    def _support(
        self, one: Profile, other: Profile, contexts: tuple[Vector | None, Vector | None]
    ) -> list[tuple[str, float]]:
        parts = []
        if one.type == other.type and one.type not in _UNTYPED:
            parts.append(("same type", WEIGHTS["same type"]))
        if one.documents & other.documents:
            parts.append(("named in the same document", WEIGHTS["same document"]))
        mine, theirs = contexts
        if mine is not None and theirs is not None:
            cosine = float(mine @ theirs)
            low, high = CONTEXT_RANGE
            share = min(1.0, max(0.0, (cosine - low) / (high - low)))
            if share > 0:
                parts.append((f"similar context ({cosine:.2f})", round(share * WEIGHTS["similar context"], 2)))
        shared, together = len(one.links & other.links), len(one.links | other.links)
        if shared:
            added = round(shared / together * WEIGHTS["facts in common"], 2)
            parts.append((f"{shared} of {together} facts in common", added))
        return parts


def _values(profile: Profile, predicate: str) -> set[str]:
    return {link.other for link in profile.links if link.outward and link.predicate == predicate}


def _same_value(one: str, other: str) -> bool:
    return one == other or may_be_one(one, other)
