"""How a question is to be answered: for whom, by which models, by when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from kg.ontology import Ontology
from qa.answer import Tier
from qa.budget import Purse
from qa.models.spec import Models
from qa.observer import Cancel, Observer
from qa.redaction import Redactor
from qa.routing.features import Stakes
from qa.routing.policy import Policy


@dataclass(frozen=True, slots=True)
class AskOptions:
    """`groups` None sees everything; `tier` None lets the policy choose; `models` None: none is set up.

    `as_of`: the day whose state of things is asked for; None for the one that the question names, else for any day.
    `seconds`: how long the answer may take; `purse`: what may be spent for it, None for whatever it takes.
    `prompt`: what a model is told before the evidence, None for the shipped text. `redact`: keeps personal data from
    large models, None where they may see it.
    """

    ontology: Ontology
    groups: Sequence[str] | None = None
    tier: Tier | None = None
    models: Models | None = None
    as_of: date | None = None
    stakes: Stakes = "normal"
    seconds: float = 30.0
    policy: Policy | None = None
    purse: Purse | None = None
    prompt: str | None = None
    observer: Observer = field(default_factory=Observer)
    cancel: Cancel = field(default_factory=Cancel)
    redact: Redactor | None = None
