"""A world in which every analyst query finds something, with names short enough to reckon by hand.

everyone   register   who owns, hosts and answers for what; incidents; version 2, the first said one thing more
everyone   policy     in force from 2026: obligations, a definition, another severity, a denial
few        opinion    another definition, what the policy denies, something that may be so, a contract's period
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import kg_world as world
from kg_world import Said, f

from kg.model import DocumentGraph
from kg.names import value_of
from kg.store import GraphStore

TYPES = {
    **world.TYPES,
    "2026-03-02": "Date",
    "AC-01": "Control",
    "AC-02": "Control",
    "Datta Office": "Department",
    "High": "Value",
    "INC-001": "Incident",
    "INC-002": "Incident",
    "INC-003": "Incident",
    "Low": "Value",
    "Malmö": "Location",
    "Polar Oy": "Organization",
    "any incident": "Definition",
    "breach": "Term",
    "health data": "DataCategory",
    "a loss of data": "Definition",
    "notify the regulator": "Action",
}
type Statement = tuple[str, str, str]


def said(*facts: Statement, mentioned: Sequence[str] = (), denied: bool = False, **more: Any) -> Said:
    """A paragraph that states these facts, or denies them, in the plainest of words."""
    text = " ".join(f"{subject} {predicate} {object_}." for subject, predicate, object_ in facts)
    text += "".join(f" {name}." for name in mentioned)
    names = dict.fromkeys([name for fact in facts for name in (fact[0], fact[2])] + [*mentioned])
    return Said("", text.strip(), tuple(names), () if denied else facts, denied=facts if denied else (), **more)


def document(name: str, access: str, paragraphs: Iterable[Said], day: str = "2026-01-01", **more: Any) -> DocumentGraph:
    """A document with the types of this world, ingested on a day."""
    graph = world.document(name, [access], paragraphs, **more)
    entities = (
        replace(item, type=TYPES.get(item.name, "Concept"), value=value_of(item.name)) for item in graph.entities
    )
    at = f"{day}T00:00:00Z"
    run, held = replace(graph.run, started_at=at), replace(graph.document, ingested_at=at)
    return replace(graph, entities=tuple(entities), run=run, document=held)


def qualified(graph: DocumentGraph, statement: Statement, **qualities: Any) -> DocumentGraph:
    """The document with evidence of a fact qualified: hedged, a deadline and the like."""
    facts = tuple(
        replace(fact, evidence=tuple(replace(item, **qualities) for item in fact.evidence))
        if fact.id == f(*statement)
        else fact
        for fact in graph.facts
    )
    return replace(graph, facts=facts)


OWNED, HOSTED, HOSTED_TOO = (
    ("Anna Holm", "OWNS", "Atlas"),
    ("Atlas", "HOSTED_BY", "Nordwind GmbH"),
    ("Borealis", "HOSTED_BY", "Nordwind GmbH"),
)
FORMER = ("Bo Lund", "MANAGES", "Data Office")
NOTIFY, EXPORT = ("Data Office", "MUST", "notify the regulator"), ("Data Office", "MUST_NOT", "export backups")
MAYBE, CONTRACT = ("Vega", "HOSTED_BY", "Polar Oy"), ("Polar Oy", "PROVIDES", "Vega")
_REGISTER = (
    said(OWNED, HOSTED, HOSTED_TOO, ("Polar Oy", "SUBPROCESSOR_OF", "Nordwind GmbH")),
    said(("Vega", "LOCATED_IN", "Malmö"), ("Atlas", "PROCESSES", "health data"), ("Atlas", "HAS_CRITICALITY", "High")),
    said(("INC-001", "AFFECTS", "Atlas"), ("INC-002", "AFFECTS", "Atlas"), ("INC-003", "AFFECTS", "Borealis")),
    said(("INC-001", "OCCURRED_ON", "2026-03-02"), ("INC-001", "HAS_SEVERITY", "High")),
    said(("Anna Holm", "RESPONSIBLE_FOR", "AC-01"), mentioned=["AC-02", "Datta Office"]),
    said(("Bo Lund", "HAS_ROLE", "Data Protection Officer")),
)
REGISTER_1 = document("register", "everyone", [*_REGISTER, said(FORMER)])
REGISTER = document(
    "register", "everyone", [*_REGISTER, said(("INC-002", "HAS_SEVERITY", "Low"))], "2026-02-01", version=2
)
POLICY = qualified(
    document(
        "policy",
        "everyone",
        [
            said(NOTIFY, EXPORT),
            said(("breach", "DEFINED_AS", "a loss of data"), ("INC-001", "HAS_SEVERITY", "Low"), OWNED),
            said(("Bo Lund", "OWNS", "Borealis"), denied=True),
        ],
        in_force=("2026-01-01", None),
    ),
    NOTIFY,
    deadline="within 72 hours",
    due="PT72H",
    exception="unless unlikely",
)
OPINION = qualified(
    document(
        "opinion",
        "few",
        [
            said(("breach", "DEFINED_AS", "any incident"), ("Bo Lund", "OWNS", "Borealis")),
            said(MAYBE),
            said(CONTRACT, period=("2025-01-01", "2025-12-31")),
        ],
        confidence=0.8,
    ),
    MAYBE,
    hedged=True,
    score=0.4,
)


def write(store: GraphStore, *, only_everyone: bool = False) -> None:
    """The world into an empty store; `only_everyone` leaves out what few may see."""
    world.write(store, REGISTER_1, POLICY)
    if not only_everyone:
        world.write(store, OPINION)
    world.write(store, REGISTER, replaces=True)
