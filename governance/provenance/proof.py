"""A provenance as text, once it was seen to be whole."""

from functools import cache
from pathlib import Path
from typing import Literal

from pyshacl import validate
from rdflib import RDF, Graph
from rdflib.namespace import SH
from rdflib.term import Node

from governance.provenance.names import EV, PREFIXES

SHAPES = Path(__file__).parent / "shapes.ttl"
Format = Literal["turtle", "json-ld"]
MEDIA_TYPES: dict[Format, str] = {"turtle": "text/turtle", "json-ld": "application/ld+json"}


class NotWhole(Exception):
    """A provenance lacks something; the message is one sentence that says what."""


def check_whole(graph: Graph) -> None:
    """Hold the provenance of one answer against the shapes. Raises `NotWhole`."""
    if len(set(graph.subjects(RDF.type, EV.Answer))) != 1:
        raise NotWhole("The provenance is not whole (it has no answer), so it is not given out; ask the question anew.")
    conforms, report, _ = validate(graph, shacl_graph=_shapes(), inference="none", abort_on_first=True)
    if not conforms:
        lack = _lack(report) if isinstance(report, Graph) else "it does not conform to the shapes"
        raise NotWhole(f"The provenance is not whole ({lack}), so it is not given out; ask the question anew.")


def written(graph: Graph, form: Format) -> str:
    """The graph as Turtle or JSON-LD."""
    if form == "json-ld":
        context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
        return graph.serialize(format="json-ld", context=context, auto_compact=False, indent=2)
    return graph.serialize(format="turtle")


@cache
def _shapes() -> Graph:
    return Graph().parse(SHAPES, format="turtle")


def _lack(report: Graph) -> str:
    """What the first violation is of: "urn:evigraph:fact:f_1 has no right prov:wasGeneratedBy"."""
    results = sorted(report.subjects(RDF.type, SH.ValidationResult), key=str)
    if not results:
        return "it does not conform to the shapes"
    node, path = report.value(results[0], SH.focusNode), report.value(results[0], SH.resultPath)
    return f"{node} has no right {_called(report, path)}" if path is not None else f"{node} is not as its shape says"


def _called(report: Graph, path: Node) -> str:
    inverse = report.value(path, SH.inversePath)
    if inverse is not None:
        return f"{_called(report, inverse)} that leads to it"
    for prefix, namespace in PREFIXES.items():
        if str(path).startswith(str(namespace)):
            return f"{prefix}:{str(path).removeprefix(str(namespace))}"
    return str(path)
