"""What extraction finds in a document: mentions, facts and aliases with exact offsets."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FoundMention:
    """A name in the document: `document.text[start:end] == text`.

    `name` is what the entity is called when the text only stands for it ("the Supplier" for "Nordwind AB").
    """

    start: int
    end: int
    text: str
    type: str
    score: float
    name: str = ""

    @property
    def entity_name(self) -> str:
        """What the entity is called: its full name when known, else as written here."""
        return self.name or self.text


@dataclass(frozen=True, slots=True)
class FoundFact:
    """Subject, predicate, object; the document's characters `start` to `end` state it.

    `negated`: it is denied; `hedged`: it is said to be possible or likely only. `deadline` and `exception` are the
    document's own words ("within 72 hours", "unless ..."), `due` is the deadline as an ISO 8601 date or duration.
    `valid_from` and `valid_to` are the days (ISO) from and until which it is said to hold, "" when open.
    `outside_ontology`: its predicate or the types that it joins are none of the ontology's.
    """

    subject: FoundMention
    predicate: str
    object: FoundMention
    start: int
    end: int
    confidence: float
    negated: bool = False
    hedged: bool = False
    deadline: str = ""
    due: str = ""
    exception: str = ""
    valid_from: str = ""
    valid_to: str = ""
    outside_ontology: bool = False


@dataclass(frozen=True, slots=True)
class FoundAlias:
    """A place that gives an entity another name, valid beyond this document ("Data Protection Officer (DPO)")."""

    entity: FoundMention
    alias: FoundMention


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that an extractor finds in one document; `dropped` counts what it gave up, by reason ("domain", "quote")."""

    mentions: tuple[FoundMention, ...]
    facts: tuple[FoundFact, ...]
    aliases: tuple[FoundAlias, ...]
    dropped: Mapping[str, int] = field(default_factory=dict)
