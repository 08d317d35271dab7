"""The ontology: types and predicates with the words that documents and questions use for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.model import VALUE_TYPES

DEFAULT_ONTOLOGY = Path(__file__).resolve().parent / "ontologies" / "compliance.ttl"
#: Types that an extractor gives to what it cannot type: they shut a fact out only where a value is wanted.
GUESSED_TYPES = ("", "Concept", "Term")


class OntologyError(Exception):
    """The ontology file cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class EntityType:
    """A class: how people call it, by which words and patterns its names are told, how certain it is, what it is a
    kind of (`ancestors`, near or far)."""

    name: str
    labels: tuple[str, ...]
    headwords: tuple[str, ...]
    patterns: tuple[str, ...]
    rank: int
    ancestors: tuple[str, ...]
    definition: str


@dataclass(frozen=True, slots=True)
class Predicate:
    """A property with the phrases that state it and the types it joins; empty domain or range allows any.

    `inverse` names the property that says the same the other way round, "" when there is none. `functional`: a subject
    has one object only; `inverse_functional`: an object has one subject only, as an e-mail address has one owner.
    """

    name: str
    label: str
    labels: tuple[str, ...]
    cues: tuple[str, ...]
    inverse_cues: tuple[str, ...]
    columns: tuple[str, ...]
    inverse_columns: tuple[str, ...]
    domain: tuple[str, ...]
    range: tuple[str, ...]
    inverse: str
    symmetric: bool
    functional: bool
    inverse_functional: bool


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """An individual that the ontology itself names; `definition` is "" when it gives none."""

    name: str
    type: str
    aliases: tuple[str, ...]
    definition: str


@dataclass(frozen=True, slots=True, eq=False)
class Ontology:
    """Types, predicates and known entities, by name; `version` is content-addressed. Compared by identity, so that
    what is derived from one can be cached. `inverses` maps the names of inverses to the predicates that stand for them.
    """

    version: str
    types: Mapping[str, EntityType]
    predicates: Mapping[str, Predicate]
    inverses: Mapping[str, str]
    known: tuple[KnownEntity, ...]

    def rank(self, type_name: str) -> int:
        """How certain a type is; 0 for one that the ontology does not have."""
        found = self.types.get(type_name)
        return found.rank if found else 0

    def label(self, predicate: str) -> str:
        """The predicate in words: "is hosted by"; one outside the ontology reads as its name does."""
        found = self.predicates.get(predicate)
        return found.label if found else predicate.lower().replace("_", " ")

    def is_a(self, type_name: str, ancestor: str) -> bool:
        """Whether a type is this other one or a kind of it."""
        found = self.types.get(type_name)
        return type_name == ancestor or (found is not None and ancestor in found.ancestors)

    def fits(self, type_name: str, wanted: tuple[str, ...]) -> bool:
        """Whether something of a type may stand in a domain or range. A guessed type shuts out only from values."""
        if type_name in GUESSED_TYPES and not set(wanted) & set(VALUE_TYPES):
            return True
        return not wanted or any(self.is_a(type_name, kind) for kind in wanted)


@cache
def load_ontology(path: Path = DEFAULT_ONTOLOGY) -> Ontology:
    """Read a Turtle file. Raises `OntologyError` when it is missing, no Turtle, or contradicts itself."""
    from kg.ontology_turtle import read_turtle  # rdflib takes long to import: who needs no ontology does not wait

    try:
        data = path.read_bytes()
    except OSError as error:
        raise OntologyError(f"The ontology {path} cannot be read ({error.strerror}); set EVIGRAPH_ONTOLOGY.") from error
    return read_turtle(data, path)
