"""The candidates of a question: what full text and vectors find, and what the names in the best of them lead to."""

import math
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kg.model import VALUE_TYPES
from kg.names import bare_title
from kg.store import Row
from kg.terms import term_text
from qa.link import Link
from qa.nearness import vectors_of
from qa.question import Question
from qa.recorder import Recorder
from qa.sentences import sentence_spans, sentence_terms

_SEARCHED = 30
# An entity that as many passages mention as these leads nowhere in particular.
_COMMON_FROM, _COMMON = 41, 0.3
# Nor does one mentioned so often, whoever may see where: to find that out would cost the more the larger the graph is.
_TOO_OFTEN = 200
# How many neighbours a source may bring in: those over the rarest names first.
_NEIGHBOURS = 6
# How many passages the texts that candidates suggest may bring in.
_FOUND_ON = 16
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Candidate:
    """A passage that may be evidence.

    `title` is its document's, without what brackets tell, `title_said` its words. `text_rank` counts from 1, 0 where
    full text did not find it; `text_score` is relative to the best. `names` are the entities that it mentions, each
    with the characters of the document where, `titled` those that its title names.
    """

    id: str
    title: str
    title_said: str
    terms: frozenset[str]
    text_rank: int = 0
    text_score: float = 0.0
    near: float = 0.0
    names: Mapping[str, Sequence[int]] = field(default_factory=dict)
    titled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters `start` to `end` of a passage: `said` is its words, `terms` are its terms."""

    start: int
    end: int
    said: str
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the text of a passage tells: `said` is its words; `mentions` in which sentences it mentions an entity."""

    row: Row
    said: str
    sentences: tuple[Sentence, ...]
    mentions: dict[str, list[int]]


@dataclass(slots=True)
class Pool:
    """All candidates of one question, by id, the passages that mention each entity, and those that were read.

    `asked` are the entities that each name in the question may stand for.
    """

    question: Question
    asked: list[frozenset[str]]
    candidates: dict[str, Candidate] = field(default_factory=dict)
    passages_of: dict[str, list[str]] = field(default_factory=dict)
    read: dict[str, Reading] = field(default_factory=dict)
    _rarities: dict[str, float] = field(default_factory=dict)

    @property
    def asked_entities(self) -> frozenset[str]:
        """Every entity that the question may name."""
        return frozenset(identity for name in self.asked for identity in name)

    def is_common(self, entity_id: str) -> bool:
        """Whether an entity is mentioned in too many passages to lead from one to another."""
        return self._rarities.get(entity_id) == _COMMON

    def rarity(self, entity_id: str) -> float:
        """1 for an entity of one passage or not followed yet, down to 0.5 for one of 40; 0.3 for a common one."""
        return self._rarities.get(entity_id, 1.0)

    def learn(self, entity_id: str, passage_ids: list[str], common: bool) -> None:
        """Note which passages mention an entity."""
        self.passages_of[entity_id] = passage_ids
        rarity = 1.0 - 0.5 * math.log(max(len(passage_ids), 1)) / math.log(_COMMON_FROM)
        self._rarities[entity_id] = _COMMON if common else rarity


def gather(question: Question, links: Sequence[Link], recorder: Recorder) -> Pool:
    """The candidates before any walk: by full text, by vectors, and those that mention what the question names."""
    pool = Pool(question, [frozenset(link.ids) for link in links])
    found = recorder.search_text("search_passages", term_text(question.text), _SEARCHED)
    near = recorder.search_vectors(vectors_of([question.text])[0], _SEARCHED)
    _follow(pool, pool.asked_entities, recorder)
    named = [
        p for entity in sorted(pool.asked_entities) if not pool.is_common(entity) for p in pool.passages_of[entity]
    ]
    _add(pool, [*(row["id"] for row in found), *(row["id"] for row in near), *named], recorder)
    for rank, row in enumerate(found, start=1):
        if candidate := pool.candidates.get(row["id"]):
            candidate.text_rank, candidate.text_score = rank, float(row["score"]) / float(found[0]["score"])
    return pool


def widen(pool: Pool, sources: Sequence[str], lead: str, recorder: Recorder) -> None:
    """Add what the sources lead to: passages that share a rare name with one, and what full text finds for `lead`."""
    names = {name for source in sources for name in pool.candidates[source].names}
    _follow(pool, names, recorder)
    wanted: list[str] = []
    for source in sources:
        ways = sorted(pool.candidates[source].names, key=lambda name: (-pool.rarity(name), name))
        neighbours = [p for name in ways if not pool.is_common(name) for p in pool.passages_of[name]]
        wanted += list(dict.fromkeys(neighbours))[:_NEIGHBOURS]
    found = recorder.search_text("search_passages", lead, _FOUND_ON)
    _add(pool, [*wanted, *(row["id"] for row in found)], recorder)


def _follow(pool: Pool, entity_ids: Iterable[str], recorder: Recorder) -> None:
    """Learn which passages mention these entities."""
    new = sorted(set(entity_ids) - pool.passages_of.keys())
    if not new:
        return
    # Who sees everything need not look on where so many are mentioned that hidden ones may be among them.
    looked_at = _COMMON_FROM if recorder.sees_all else _TOO_OFTEN
    for row in recorder.run("passages_of_entities", entity_ids=new, most=_COMMON_FROM, too_often=looked_at):
        pool.learn(row["entity_id"], row["passage_ids"], row["common"])
    for identity in set(new) - pool.passages_of.keys():
        pool.learn(identity, [], True)


def _add(pool: Pool, passage_ids: Iterable[str], recorder: Recorder) -> None:
    """Add candidates with their terms, names and nearness to the question."""
    new = sorted(set(passage_ids) - pool.candidates.keys())
    if not new:
        return
    rows = recorder.run("names_of_passages", passage_ids=new, value_types=list(VALUE_TYPES))
    nameless = sorted(set(new) - {row["id"] for row in rows})
    if nameless:
        rows = rows + recorder.run("terms_of_passages", passage_ids=nameless)
    for row in rows:
        title = bare_title(row["title"])
        candidate = Candidate(row["id"], title, words(title), frozenset(row["terms"].split()))
        candidate.names = _places_by_name(row.get("entity_ids", ()), row.get("starts", ()))
        candidate.titled = frozenset(row.get("titled", ()))
        pool.candidates[row["id"]] = candidate
    for identity, near in recorder.nearness(vectors_of([pool.question.text])[0], new).items():
        if identity in pool.candidates:
            pool.candidates[identity].near = near


def _places_by_name(entity_ids: Sequence[str], starts: Sequence[int]) -> dict[str, list[int]]:
    """Where each entity is mentioned, by id in the order of ids."""
    found: dict[str, list[int]] = defaultdict(list)
    for entity_id, start in zip(entity_ids, starts, strict=True):
        found[entity_id].append(start)
    return dict(sorted(found.items()))


def read(pool: Pool, passage_ids: Iterable[str], recorder: Recorder) -> None:
    """Read the texts of passages that were not read yet."""
    new = sorted(set(passage_ids) - pool.read.keys())
    if not new:
        return
    for row in recorder.run("passages_by_id", passage_ids=new):
        sentences = _sentences(row["text"])
        begins = [row["start"] + sentence.start for sentence in sentences]
        names = pool.candidates[row["id"]].names
        places = {name: sorted({bisect(begins, at) - 1 for at in starts} - {-1}) for name, starts in names.items()}
        pool.read[row["id"]] = Reading(row, words(row["text"]), sentences, places)


@lru_cache(maxsize=2_000)
def _sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a passage; many questions read the same ones."""
    parts = [(start, end, text[start:end]) for start, end in sentence_spans(text)]
    return tuple(Sentence(start, end, words(said), sentence_terms(said)) for start, end, said in parts)


def words(text: str) -> str:
    """The words of a text between single spaces, so that one text's words can be looked for in another's."""
    return f" {' '.join(_WORD.findall(text))} "
