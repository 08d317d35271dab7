"""A company that never was, of any size: documents that state facts, in the shape in which an ingest writes them.

The same seed and number of facts give the same world. Things are met by a power law, so some are hubs: the most common
place stands in some 5% of the passages however large the world is. The vectors are those of a few real passages with
noise on them, since embedding 100,000 passages would take hours and a query costs the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from benchmarks.stores import CORPUS
from kg.embedding import DIMENSIONS, default_embedder
from kg.model import (
    Document,
    DocumentGraph,
    Entity,
    Evidence,
    Fact,
    Mention,
    Passage,
    Run,
    document_id,
    entity_id,
    fact_id,
    make_id,
)
from kg.names import normalise_name, value_of
from kg.ontology import load_ontology
from kg.store import Vector
from kg.terms import term_text

#: Who may see a document, and how large a share of them each group's is.
GROUPS = {"everyone": 0.6, "engineering": 0.1, "finance": 0.1, "legal": 0.1, "security": 0.1}
_PASSAGES = 20  # of a document
_DATED = 0.05  # the share of facts that say since when they hold
_NOISE = 0.7  # the length of the noise beside a real vector of length 1
_SINCE = "2022-03-01"

_GIVEN = """Ada Aino Anders Anna Astrid Bela Birgit Bruno Carla Carlos Clara Dagmar David Elena Elias Emil Erik Eva
Felix Frida Greta Hanna Hugo Ida Ines Ivan Jakob Jana Jonas Julia Karin Katja Lars Lea Leo Lena Magnus Marta Mats Mila
Nils Nora Olga Otto Paula Petra Rosa Sven""".split()
_HEADS = """Ledger Vault Gateway Portal Console Archive Planner Tracker Engine Hub Desk Warehouse Monitor Broker Mailer
Index""".split()
_TRADES = "Logistics Software Energy Analytics Hosting Security Foods Partners Telecom Media Research Networks".split()
_FORMS = "GmbH AB Ltd BV ApS".split()
_FIELDS = "Data Privacy Network Release Finance Audit Vendor Facility Training Incident".split()
_RANKS = "Officer Manager Analyst Engineer Coordinator Architect Auditor Director Administrator Counsel".split()
_HELD = """payroll customer supplier health travel telephone visitor location purchase contract training badge
complaint vehicle insurance research survey invoice pension patent""".split()
_OF_DATA = "data records files logs backups".split()
_MONTHS = "January February March April May June July August September October November December".split()
_ONSETS, _VOWELS = "B Br D Dr F Fl G Gr H K Kl L M N P Pr R S St T".split(), "aeiou"
_MIDDLES = "b bl d dr f g k l ld ll m mb n nd ng r rd rk s t".split()
_ENDS = "a an ax el en ia is on or os um yn".split()
_FAMILIES, _TOWNS = "berg dal lund mann sen".split(), "burg field ford haven holm mouth stad ton vik wick".split()
_FILLERS = (
    "The entry is reviewed once a year and corrected where needed.",
    "Questions about this page go to the register's editors.",
    "Earlier versions are kept in the archive of the department.",
    "What is stated here was taken from the yearly inventory.",
    "Changes take effect on the first day of the month after they are approved.",
)


@dataclass(frozen=True, slots=True)
class Says:
    """A predicate of things of a kind, with how a sentence says it of `s` and `o`; `inverse`: the other is subject."""

    predicate: str
    other: str
    sentence: str
    inverse: bool = False
    skew: float = 1.5


@dataclass(frozen=True, slots=True)
class Kind:
    """Things of a type: how many to each system, what is said of each, how many stand in a passage, and its name."""

    share: float
    says: tuple[Says, ...]
    together: int
    pronoun: str
    title: str


KINDS: dict[str, Kind] = {
    "System": Kind(
        1.0,
        (
            Says("OWNS", "Person", "{o} owns {s}.", inverse=True),
            Says("HOSTED_BY", "Organization", "{s} is hosted by {o}.", skew=2),
            Says("PROCESSES", "DataCategory", "{s} processes {o}.", skew=2),
            Says("DEPENDS_ON", "System", "{s} depends on {o}.", skew=2),
            Says("DEPENDS_ON", "System", "{s} depends on {o} as well.", skew=1),
            Says("RESPONSIBLE_FOR", "Department", "{o} is responsible for {s}.", inverse=True),
            Says("LOCATED_IN", "Location", "{s} is located in {o}.", skew=2),
            Says("HAS_CRITICALITY", "Value", "The criticality of {s} is {o}.", skew=1),
        ),
        1,
        "The system",
        "System register",
    ),
    "Person": Kind(
        1.0,
        (
            Says("HOLDS_ROLE", "Role", "{s} is the {o}."),
            Says("REPORTS_TO", "Person", "{s} reports to {o}.", skew=2),
            Says("MEMBER_OF", "Department", "{s} works in {o}."),
            Says("LOCATED_IN", "Location", "{s} is based in {o}.", skew=2),
        ),
        3,
        "The employee",
        "Staff directory",
    ),
    "Organization": Kind(
        0.2,
        (
            Says("LOCATED_IN", "Location", "{s} is located in {o}.", skew=2),
            Says("PROVIDES", "System", "{s} provides {o}."),
            Says("SUBPROCESSOR_OF", "Organization", "{s} is a sub-processor of {o}.", skew=2),
        ),
        3,
        "The supplier",
        "List of suppliers",
    ),
    "Contract": Kind(
        0.6,
        (
            Says("EFFECTIVE_FROM", "Date", "{s} is effective from {o}.", skew=1),
            Says("ENDS_ON", "Date", "{s} ends on {o}.", skew=1),
            Says("APPROVED_BY", "Person", "{s} was approved by {o}."),
            Says("OWNS", "Person", "{o} owns {s}.", inverse=True),
            Says("COSTS", "Amount", "{s} costs {o}.", skew=1),
        ),
        2,
        "The contract",
        "Contract register",
    ),
    "Incident": Kind(
        0.6,
        (
            Says("AFFECTS", "System", "{s} affected {o}.", skew=2),
            Says("REPORTED_BY", "Person", "{s} was reported by {o}."),
            Says("OCCURRED_ON", "Date", "{s} occurred on {o}.", skew=1),
            Says("HAS_SEVERITY", "Value", "{s} was rated {o}.", skew=1),
            Says("CAUSED_BY", "System", "{s} was caused by {o}."),
        ),
        2,
        "The incident",
        "Incident log",
    ),
}
_A_SYSTEM = sum(kind.share * len(kind.says) for kind in KINDS.values())  # facts to each system


class World:
    """`facts`: how many are said, at least; a few are said twice."""

    def __init__(self, facts: int, seed: int = 6) -> None:
        self._seed = seed
        systems = max(int(np.ceil(facts / _A_SYSTEM)), 10)
        self.count = {name: max(int(np.ceil(kind.share * systems)), 2) for name, kind in KINDS.items()}
        self.count |= {"Department": max(systems // 10, 2), "Location": 400, "Role": 100, "DataCategory": 100}
        self.count |= {"Date": 3600, "Amount": 900, "Value": 4}
        self._named: dict[tuple[str, int], Entity] = {}
        self._ranks = {name: item.rank for name, item in load_ontology().types.items()}

    @cached_property
    def others(self) -> Mapping[str, Sequence[NDArray[np.int64]]]:
        """Of each kind, for each thing that is said of it: the number of the other thing, by the number of the one."""
        draw = np.random.default_rng(self._seed)
        return {
            name: [
                (self.count[says.other] * draw.random(self.count[name]) ** says.skew).astype(np.int64)
                for says in kind.says
            ]
            for name, kind in KINDS.items()
        }

    def entity(self, kind: str, number: int) -> Entity:
        """The thing of a kind with this number; the smaller, the more often it is met."""
        if (kind, number) not in self._named:
            name = _name(kind, number)
            key = normalise_name(name)
            rank = self._ranks[kind]
            self._named[kind, number] = Entity(
                entity_id(key), key, name, kind, rank, term_text(name), value=value_of(name)
            )
        return self._named[kind, number]

    def documents(self) -> Iterator[tuple[DocumentGraph, dict[str, Vector]]]:
        """Every document with the vectors of its passages, in a fixed order."""
        draw = np.random.default_rng(self._seed + 1)
        run = Run(make_id("r", "world"), "world", "1", load_ontology().version, "2026-01-01T00:00:00+00:00")
        number = 0
        for kind, of in KINDS.items():
            parts = batched(range(self.count[kind]), of.together)
            for members in batched(parts, _PASSAGES):
                access = str(draw.choice(list(GROUPS), p=list(GROUPS.values())))
                graph = _Writing(self, kind, f"{of.title} {number}", access, run, draw).document(members)
                yield graph, dict(zip((p.id for p in graph.passages), self._vectors(kind, graph, draw), strict=True))
                number += 1

    def _vectors(self, kind: str, graph: DocumentGraph, draw: np.random.Generator) -> Vector:
        count = len(graph.passages)
        if kind not in self._real:
            self._real[kind] = default_embedder().embed([p.text for p in graph.passages])
        real = self._real[kind][draw.integers(len(self._real[kind]), size=count)]
        noisy = real + _NOISE / DIMENSIONS**0.5 * draw.standard_normal((count, DIMENSIONS), dtype=np.float32)
        unit: Vector = (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).astype(np.float32)
        return unit

    @cached_property
    def _real(self) -> dict[str, Vector]:
        return {}


class _Writing:
    """A document being written."""

    def __init__(self, world: World, kind: str, title: str, access: str, run: Run, draw: np.random.Generator) -> None:
        self._world, self._kind, self._title, self._run, self._draw = world, kind, title, run, draw
        self._access = access
        self._uri = f"{CORPUS}:{title.replace(' ', '-').lower()}.md"
        self._id = document_id(CORPUS, self._uri)
        self._text = ""
        self._passages: list[Passage] = []
        self._entities: dict[str, Entity] = {}
        self._mentions: list[Mention] = []
        self._facts: dict[str, Fact] = {}

    def document(self, passages: Sequence[Sequence[int]]) -> DocumentGraph:
        """The document with a passage for each group of things."""
        for members in passages:
            self._passage(members)
        sha = make_id("s", self._text)
        day = "2026-01-01T00:00:00+00:00"
        document = Document(
            self._id, self._uri, self._title, "text/markdown", sha, 1, CORPUS, (self._access,), day, "world"
        )
        held = tuple(self._passages), tuple(self._entities.values()), tuple(self._mentions), tuple(self._facts.values())
        return DocumentGraph(document, self._text, *held, self._run)

    def _passage(self, members: Sequence[int]) -> None:
        start, ordinal = len(self._text), len(self._passages)
        heading = self._world.entity(self._kind, members[0]).name
        identity = make_id("p", self._id, str(ordinal))
        for number in members:
            for place in range(len(KINDS[self._kind].says)):
                self._state(identity, number, place)
        self._text += str(self._draw.choice(_FILLERS))
        text = self._text[start:]
        self._text += "\n\n"
        terms = term_text(self._title, heading, text)
        self._passages.append(Passage(identity, ordinal, text, start, start + len(text), None, heading, terms))

    def _state(self, passage_id: str, number: int, place: int) -> None:
        """Say one thing; the thing itself is named in every second sentence and else meant."""
        kind = KINDS[self._kind]
        says = kind.says[place]
        one = self._world.entity(self._kind, number)
        other = self._world.entity(says.other, int(self._world.others[self._kind][place][number]))
        dated = self._draw.random() < _DATED
        written = {"s": one.name if place % 2 == 0 else kind.pronoun, "o": other.name}
        start = len(self._text)
        for piece in says.sentence.replace("{", "|{").replace("}", "}|").split("|"):
            if piece in ("{s}", "{o}"):
                name, entity = written[piece[1]], one if piece == "{s}" else other
                if name == entity.name:
                    at = len(self._text)
                    self._mentions.append(Mention(passage_id, entity.id, at, at + len(name), name, 0.9))
                if len(self._text) == start:
                    name = name[:1].upper() + name[1:]
                elif name == kind.pronoun:
                    name = name.lower()
                self._text += name
            else:
                self._text += piece
        if dated:
            self._text = f"{self._text.removesuffix('.')} since 1 March 2022."
        end = len(self._text)
        self._text += " "
        self._entities |= {one.id: one, other.id: other}
        ends = (other.id, one.id) if says.inverse else (one.id, other.id)
        identity = fact_id(ends[0], says.predicate, ends[1])
        evidence = Evidence(passage_id, start, end, 0.9, valid_from=_SINCE if dated else None)
        before = self._facts.get(identity)
        self._facts[identity] = Fact(
            identity, ends[0], says.predicate, ends[1], 0.9, (*(before.evidence if before else ()), evidence)
        )


def _name(kind: str, number: int) -> str:
    """The name of the thing of a kind with this number; no two of a kind have the same."""
    match kind:
        case "System":
            head, word = _digits(number, len(_HEADS), _WORDS)
            return f"{_word(word)} {_HEADS[head]}"
        case "Person":
            given, family, first = _digits(number, len(_GIVEN), len(_FAMILIES), 2000)
            return f"{_GIVEN[given]} {_word(first, '')}{_FAMILIES[family]}"
        case "Organization":
            trade, form, word = _digits(number, len(_TRADES), len(_FORMS), _WORDS)
            return f"{_word(word)} {_TRADES[trade]} {_FORMS[form]}"
        case "Department":
            return f"{_word(_digits(number, _WORDS)[0])} Team"
        case "Location":
            town, first = _digits(number, len(_TOWNS), 40)
            return f"{_word(first, '')}{_TOWNS[town]}"
        case "Role":
            return f"{_FIELDS[number % 10]} {_RANKS[number // 10]}"
        case "DataCategory":
            return f"{_HELD[number % 20]} {_OF_DATA[number // 20]}"
        case "Contract":
            return f"CTR-{2015 + number % 10}-{number // 10 + 1:05d}"
        case "Incident":
            return f"INC-{2015 + number % 10}-{number // 10 + 1:05d}"
        case "Date":
            day, month, year = number % 28, number // 28 % 12, number // 336
            return f"{day + 1} {_MONTHS[month]} {2015 + year}"
        case "Amount":
            return f"EUR {(number + 1) * 500:,}"
    return ("low", "medium", "high", "critical")[number]


_WORDS = len(_ONSETS) * len(_VOWELS) * len(_MIDDLES) * len(_ENDS)


def _digits(number: int, *bases: int) -> list[int]:
    """The number, shuffled among all that the bases can tell apart, in mixed radix."""
    capacity = int(np.prod(bases))
    assert number < capacity
    shuffled = (number * 1_000_003 + 17) % capacity  # the prime divides no capacity, so no two meet
    found = []
    for base in bases:
        found.append(shuffled % base)
        shuffled //= base
    return found


def _word(number: int, end: str | None = None) -> str:
    """An invented word; without an end of its own when one is given."""
    onset, vowel, middle, last = (
        number % len(_ONSETS),
        number // len(_ONSETS) % len(_VOWELS),
        number // len(_ONSETS) // len(_VOWELS) % len(_MIDDLES),
        number // len(_ONSETS) // len(_VOWELS) // len(_MIDDLES) % len(_ENDS),
    )
    return _ONSETS[onset] + _VOWELS[vowel] + _MIDDLES[middle] + (_ENDS[last] if end is None else end)
