"""IRIs: stable names of answers, facts, documents and the rest, and the vocabularies that are used."""

from urllib.parse import quote, unquote

from rdflib import DCTERMS, FOAF, PROV, RDF, RDFS, XSD, Graph, Namespace, URIRef

BASE = "urn:evigraph:"
#: What no standard vocabulary has.
EV = Namespace("urn:evigraph:vocabulary#")
OA = Namespace("http://www.w3.org/ns/oa#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
PREFIXES = {
    "prov": PROV,
    "dcterms": DCTERMS,
    "oa": OA,
    "spdx": SPDX,
    "foaf": FOAF,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "ev": EV,
}


def iri(kind: str, *parts: str) -> URIRef:
    """The name of a thing, such as urn:evigraph:fact:f_1a2b: the same whenever and wherever it is written."""
    return URIRef(BASE + ":".join([kind, *(quote(part, safe="") for part in parts)]))


def parts_of(name: str) -> list[str]:
    """The kind and the parts that an IRI was made of."""
    return [unquote(part) for part in name.removeprefix(BASE).split(":")]


def new_graph() -> Graph:
    """An empty graph that knows the prefixes."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph
