"""An ontology read from Turtle.

Read of OWL 2 (https://www.w3.org/TR/owl2-overview/): classes and their superclasses, object and datatype properties
with domain, range, inverse, and whether they are symmetric, functional or inverse functional. Several domains or ranges
are alternatives, as under owl:unionOf. Of two inverse properties one is kept, the one that owl:inverseOf points to (of
two that point to each other the first by name), and takes over the words of the other, so that each statement has one
form.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Identifier, Literal, Node

from kg.model import VALUE_TYPES
from kg.ontology import EntityType, KnownEntity, Ontology, OntologyError, Predicate

EV = Namespace("urn:evigraph:ontology#")

_PROPERTIES = (
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.SymmetricProperty,
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
)
_DATATYPES = {
    **dict.fromkeys(map(str, (XSD.date, XSD.dateTime, XSD.dateTimeStamp, XSD.gYear, XSD.gYearMonth)), "Date"),
    **dict.fromkeys(map(str, (XSD.duration, XSD.dayTimeDuration, XSD.yearMonthDuration)), "Duration"),
}
_PREDICATE = re.compile(r"[A-Z][A-Z0-9_]*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class _Malformed(ValueError):
    """What is wrong with one thing of the file, in words that name it."""


def read_turtle(data: bytes, path: Path) -> Ontology:
    """The ontology of a file's bytes; `path` names it. Raises `OntologyError` when it is no Turtle or contradicts
    itself."""
    try:
        graph = Graph().parse(data=data, format="turtle")
    except Exception as error:  # rdflib's parser raises many kinds; each is the file's fault
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise OntologyError(f"The ontology {path} is not valid Turtle: {first_line}") from error
    title = graph.value(predicate=RDF.type, object=OWL.Ontology)
    version = (_text(graph, title, OWL.versionInfo) if title else "") or path.stem
    try:
        return _ontology(graph, f"{version}@{hashlib.sha256(data).hexdigest()[:12]}")
    except _Malformed as error:
        raise OntologyError(f"The ontology {path} cannot be used: {error}.") from error


def _ontology(graph: Graph, version: str) -> Ontology:
    classes = _named(graph, (OWL.Class,))
    types = {name: _entity_type(graph, name, node, classes) for name, node in classes.items()}
    # A property may be declared by its kind alone: "a owl:FunctionalProperty".
    properties = {_predicate_name(name): node for name, node in _named(graph, _PROPERTIES).items()}
    read = {name: _predicate(graph, name, node, types) for name, node in properties.items()}
    inverses = _inverses(graph, properties)
    for other, name in inverses.items():
        read[name] = _joined(read[name], read[other])
    predicates = {name: predicate for name, predicate in read.items() if name not in inverses}
    return Ontology(version, types, predicates, inverses, _known(graph, classes))


def _named(graph: Graph, kinds: Iterable[Node]) -> dict[str, URIRef]:
    """The nodes of these kinds by local name, in its order; what has no name, such as a restriction, is left out."""
    nodes = {node for kind in kinds for node in graph.subjects(RDF.type, kind) if isinstance(node, URIRef)}
    found: dict[str, URIRef] = {}
    for node in sorted(nodes):
        if (name := _local(node)) in found:
            raise _Malformed(f"both {found[name]} and {node} would be called {name!r}")
        found[name] = node
    return found


def _entity_type(graph: Graph, name: str, node: Node, classes: Mapping[str, Node]) -> EntityType:
    above = {item for item in graph.transitive_objects(node, RDFS.subClassOf) if isinstance(item, URIRef)}
    ancestors = sorted(_local(item) for item in above - {node, OWL.Thing})
    if unknown := [item for item in ancestors if item not in classes]:
        raise _Malformed(f"the class {name} is a subclass of {unknown[0]!r}, which is no class of it")
    return EntityType(
        name=name,
        labels=_labels(graph, node) or (_CAMEL.sub(" ", name).lower().replace("_", " "),),
        headwords=_lowered(graph, node, EV.headword),
        patterns=_patterns(graph, name, node),
        rank=_rank(graph, name, node),
        ancestors=tuple(ancestors),
        definition=_definition(graph, node),
    )


def _patterns(graph: Graph, name: str, node: Node) -> tuple[str, ...]:
    found = _texts(graph, node, EV.pattern)
    for pattern in found:
        try:
            empty = re.compile(pattern).fullmatch("")
        except re.error as error:
            raise _Malformed(f"the pattern {pattern!r} of {name} is no regular expression ({error})") from error
        if empty:
            raise _Malformed(f"the pattern {pattern!r} of {name} matches the empty text")
    return found


def _rank(graph: Graph, name: str, node: Node) -> int:
    rank = _text(graph, node, EV["rank"]) or "0"
    if not re.fullmatch(r"-?\d+", rank):
        raise _Malformed(f"the rank {rank!r} of {name} is no whole number")
    return int(rank)


def _predicate_name(name: str) -> str:
    """The name of a property as a predicate: `hostedBy` and `hosted_by` are HOSTED_BY."""
    upper = _CAMEL.sub("_", name).replace("-", "_").upper()
    if not _PREDICATE.fullmatch(upper):
        raise _Malformed(f"the property {name!r} has a name with other characters than letters, digits and _")
    return upper


def _predicate(graph: Graph, name: str, node: Node, types: Mapping[str, EntityType]) -> Predicate:
    kinds = set(graph.objects(node, RDF.type))
    domain, range_ = (_types(graph, name, node, end, types) for end in (RDFS.domain, RDFS.range))
    symmetric = OWL.SymmetricProperty in kinds or (node, OWL.inverseOf, node) in graph
    labels = _labels(graph, node)
    label = labels[0] if (node, RDFS.label, None) in graph else name.lower().replace("_", " ")
    functional, inverse_functional = (kind in kinds for kind in (OWL.FunctionalProperty, OWL.InverseFunctionalProperty))
    return Predicate(
        name=name,
        label=label,
        labels=tuple(dict.fromkeys((label, *labels))),
        cues=_texts(graph, node, EV.cue),
        inverse_cues=_texts(graph, node, EV.inverseCue),
        columns=_lowered(graph, node, EV.column),
        inverse_columns=_lowered(graph, node, EV.inverseColumn),
        domain=domain or (range_ if symmetric else ()),
        range=range_ or (domain if symmetric else ()),
        inverse="",
        symmetric=symmetric,
        functional=functional or (symmetric and inverse_functional),
        inverse_functional=inverse_functional or (symmetric and functional),
    )


def _types(graph: Graph, name: str, node: Node, end: Identifier, types: Mapping[str, EntityType]) -> tuple[str, ...]:
    """The types of a domain or range; any when one of them is owl:Thing or a datatype that is no type of value."""
    found: set[str] = set()
    for item in graph.objects(node, end):
        union = graph.value(item, OWL.unionOf)
        for kind in Collection(graph, union) if union else [item]:
            if kind in (OWL.Thing, RDFS.Literal):
                return ()
            if str(kind).startswith(str(XSD)) and str(kind) not in _DATATYPES:
                return ()
            found.add(_DATATYPES.get(str(kind)) or _local(kind))
    if unknown := sorted(found - types.keys() - set(VALUE_TYPES)):
        raise _Malformed(f"the {_local(end)} of {name} names {unknown[0]!r}, which is no class of it")
    return tuple(sorted(found))


def _inverses(graph: Graph, properties: Mapping[str, Node]) -> dict[str, str]:
    """The names of the inverse properties that are not kept, with the predicate that stands for each."""
    names = {node: name for name, node in properties.items()}
    stated = [
        (name, names.get(other, _local(other)))
        for name, node in properties.items()
        for other in sorted(graph.objects(node, OWL.inverseOf), key=str)
        if other != node
    ]
    found: dict[str, str] = {}
    paired: dict[str, str] = {}
    for one, other in stated:
        if other not in properties:
            raise _Malformed(f"the inverse of {one} is {other!r}, which is no property of it")
        for name, inverse in ((one, other), (other, one)):
            if paired.setdefault(name, inverse) != inverse:
                raise _Malformed(f"{name} has two inverses, {paired[name]} and {inverse}")
        name, inverse = (min(one, other), max(one, other)) if (other, one) in stated else (other, one)
        found[inverse] = name
    return found


def _joined(kept: Predicate, inverse: Predicate) -> Predicate:
    """A predicate with what its inverse says of it."""
    return Predicate(
        name=kept.name,
        label=kept.label,
        labels=tuple(dict.fromkeys((*kept.labels, *inverse.labels))),
        cues=kept.cues + inverse.inverse_cues,
        inverse_cues=kept.inverse_cues + inverse.cues,
        columns=kept.columns + inverse.inverse_columns,
        inverse_columns=kept.inverse_columns + inverse.columns,
        domain=kept.domain or inverse.range,
        range=kept.range or inverse.domain,
        inverse=inverse.name,
        symmetric=kept.symmetric or inverse.symmetric,
        functional=kept.functional or inverse.inverse_functional,
        inverse_functional=kept.inverse_functional or inverse.functional,
    )


def _known(graph: Graph, classes: Mapping[str, Node]) -> tuple[KnownEntity, ...]:
    return tuple(
        KnownEntity(
            name=_text(graph, node, RDFS.label) or _local(node).replace("_", " "),
            type=kind,
            aliases=_texts(graph, node, SKOS.altLabel),
            definition=_definition(graph, node),
        )
        for kind, class_node in classes.items()
        for node in sorted(graph.subjects(RDF.type, class_node), key=str)
    )


def _definition(graph: Graph, node: Node) -> str:
    return _text(graph, node, SKOS.definition) or _text(graph, node, RDFS.comment)


def _labels(graph: Graph, node: Node) -> tuple[str, ...]:
    """Its label and what else it is called."""
    label = _text(graph, node, RDFS.label)
    others = (*_texts(graph, node, RDFS.label), *_texts(graph, node, SKOS.altLabel))
    return tuple(dict.fromkeys(text for text in (label, *others) if text))


def _text(graph: Graph, node: Node, predicate: Identifier) -> str:
    """One text: of several the first without a language or in English."""
    found = sorted(graph.objects(node, predicate), key=lambda item: (_is_foreign(item), str(item)))
    return str(found[0]) if found else ""


def _is_foreign(item: Node) -> bool:
    return isinstance(item, Literal) and not (item.language or "en").startswith("en")


def _texts(graph: Graph, node: Node, predicate: Identifier) -> tuple[str, ...]:
    return tuple(sorted(str(item) for item in graph.objects(node, predicate)))


def _lowered(graph: Graph, node: Node, predicate: Identifier) -> tuple[str, ...]:
    return tuple(sorted({text.casefold() for text in _texts(graph, node, predicate)}))


def _local(node: Node) -> str:
    return str(node).rpartition("#")[2].rpartition("/")[2]
