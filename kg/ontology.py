"""The ontology: types and predicates with the words that documents and questions use for them, read from Turtle."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Namespace
from rdflib.term import Identifier, Node

EV = Namespace("urn:evigraph:ontology#")
DEFAULT_ONTOLOGY = Path(__file__).resolve().parent / "ontologies" / "compliance.ttl"


class OntologyError(Exception):
    """The ontology file cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class EntityType:
    """A class: how people call it, by which words and patterns its names are told, how certain it is."""

    name: str
    labels: tuple[str, ...]
    headwords: tuple[str, ...]
    patterns: tuple[str, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Predicate:
    """A property with the phrases that state it and the types it joins; empty domain or range allows any."""

    name: str
    label: str
    labels: tuple[str, ...]
    cues: tuple[str, ...]
    inverse_cues: tuple[str, ...]
    columns: tuple[str, ...]
    inverse_columns: tuple[str, ...]
    domain: tuple[str, ...]
    range: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """An individual that the ontology itself names."""

    name: str
    type: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ontology:
    """Types, predicates and known entities, by name; `version` is content-addressed. Compared by identity, so that
    what is derived from one can be cached."""

    version: str
    types: dict[str, EntityType]
    predicates: dict[str, Predicate]
    known: tuple[KnownEntity, ...]

    def rank(self, type_name: str) -> int:
        """How certain a type is; 0 for one that the ontology does not have."""
        found = self.types.get(type_name)
        return found.rank if found else 0

    def label(self, predicate: str) -> str:
        """The predicate in words: "is hosted by"; one outside the ontology reads as its name does."""
        found = self.predicates.get(predicate)
        return found.label if found else predicate.lower().replace("_", " ")


@cache
def load_ontology(path: Path = DEFAULT_ONTOLOGY) -> Ontology:
    """Read a Turtle file. Raises `OntologyError` when it is missing or no Turtle."""
    try:
        data = path.read_bytes()
        graph = Graph().parse(data=data, format="turtle")
    except OSError as error:
        raise OntologyError(f"The ontology {path} cannot be read ({error.strerror}); set EVIGRAPH_ONTOLOGY.") from error
    except Exception as error:  # rdflib's parser raises many kinds; each is the file's fault
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise OntologyError(f"The ontology {path} is not valid Turtle: {first_line}") from error
    title = graph.value(predicate=RDF.type, object=OWL.Ontology)
    version = str(graph.value(title, OWL.versionInfo)) if title else path.stem
    classes = sorted(graph.subjects(RDF.type, OWL.Class), key=str)
    types = {_local(node): _entity_type(graph, node) for node in classes}
    predicates = {
        _local(node): _predicate(graph, node) for node in sorted(graph.subjects(RDF.type, OWL.ObjectProperty), key=str)
    }
    known = tuple(
        KnownEntity(str(graph.value(node, RDFS.label)), _local(kind), _texts(graph, node, SKOS.altLabel))
        for kind in classes
        for node in sorted(graph.subjects(RDF.type, kind), key=str)
    )
    return Ontology(f"{version}@{hashlib.sha256(data).hexdigest()[:12]}", types, predicates, known)


def _entity_type(graph: Graph, node: Node) -> EntityType:
    rank = graph.value(node, EV["rank"])
    return EntityType(
        name=_local(node),
        labels=_texts(graph, node, RDFS.label) + _texts(graph, node, SKOS.altLabel),
        headwords=_texts(graph, node, EV.headword),
        patterns=_texts(graph, node, EV.pattern),
        rank=int(str(rank)) if rank is not None else 0,
    )


def _predicate(graph: Graph, node: Node) -> Predicate:
    label = str(graph.value(node, RDFS.label) or _local(node).lower().replace("_", " "))
    return Predicate(
        name=_local(node),
        label=label,
        labels=(label, *_texts(graph, node, SKOS.altLabel)),
        cues=_texts(graph, node, EV.cue),
        inverse_cues=_texts(graph, node, EV.inverseCue),
        columns=_texts(graph, node, EV.column),
        inverse_columns=_texts(graph, node, EV.inverseColumn),
        domain=tuple(sorted(_local(item) for item in graph.objects(node, RDFS.domain))),
        range=tuple(sorted(_local(item) for item in graph.objects(node, RDFS.range))),
    )


def _texts(graph: Graph, node: Node, predicate: Identifier) -> tuple[str, ...]:
    return tuple(sorted(str(item) for item in graph.objects(node, predicate)))


def _local(node: Node) -> str:
    return str(node).rpartition("#")[2].rpartition("/")[2]
