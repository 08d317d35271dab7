"""Question to entities: by name, alias, short name, spelling and meaning; scored, and told when several may be meant.

A name is looked for among exact keys and the full text of names first, the longest one winning. Only capitalised words
that name nothing so are held against names spelt nearly alike, then against names that mean nearly the same. Every look
is by an index, so it costs the same on a large graph as on a small one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

from kg.model import VALUE_TYPES
from kg.names import normalise_name
from kg.ontology import GUESSED_TYPES, Ontology
from kg.resolution.names import blocks, squash
from kg.store import Row
from kg.terms import STOP_WORDS, term_text
from qa.nearness import vectors_of
from qa.question import Question
from qa.recorder import Recorder

How = Literal["name", "alias", "short name", "spelling", "meaning", "rank"]

_MAX_WORDS = 7
_CANDIDATES = 40
# How much each way of being named is worth, before the type's fit; spelling and meaning take a part of it.
_WORTH: dict[How, float] = {
    "name": 1.0,
    "alias": 0.95,
    "short name": 0.9,
    "spelling": 0.85,
    "meaning": 0.8,
    "rank": 1.0,
}
_MISFIT = 0.1
_LEAST_SCORE = 0.55
# Entities this far below the best one of a span are not meant.
_MARGIN = 0.15
# Letters from which one slip of the pen, or two, may stand between a name and what was typed.
_ONE_SLIP, _TWO_SLIPS = 5, 9
# What the first words of a name are worth beside the whole.
_HEAD = 0.8
# Cosine of two names from which they may mean the same.
_SAME_MEANING = 0.8
_MEANT = 8
_CONSONANTS = "bcdfghjklmnpqrstvwxz"
_IN_BLOCKS = 200


@dataclass(frozen=True, slots=True)
class Link:
    """Words `start` to `end` of the question name these entities, best first, each with its `score` from 0 to 1.

    `how` tells by what the best one was found; "rank": a superlative found it. Several entities are as good as one
    another: the name is ambiguous.
    """

    start: int
    end: int
    text: str
    entities: tuple[Row, ...]
    how: How = "name"

    @property
    def ids(self) -> list[str]:
        """The entities' ids."""
        return [entity["id"] for entity in self.entities]

    @property
    def names(self) -> tuple[str, ...]:
        """What evidence may call it: the words of the question, or the right spelling of them."""
        return tuple(entity["name"] for entity in self.entities) if self.how == "spelling" else (self.text,)


_Found = tuple[Row, How, float]
_Span = tuple[int, int]


def link(question: Question, recorder: Recorder, ontology: Ontology) -> list[Link]:
    """The names in the question, in order, without overlaps."""
    spans = {(start, end): key for start, end, key in _spans(question, _common_words(ontology))}
    exact = recorder.run("entities_by_key", keys=sorted(set(spans.values())))
    searched = recorder.search_text("search_entities", term_text(question.text), _CANDIDATES)
    known = {row["id"]: {name: row[name] for name in ("id", "name", "type", "aliases", "key")} for row in searched}
    known |= {row["id"]: {name: row[name] for name in ("id", "name", "type", "aliases", "key")} for row in exact}
    by_key = _by_key(known.values(), spans.values(), ontology)
    links = _choose(question, spans, {span: by_key.get(key, []) for span, key in spans.items()}, [], ontology)
    for find in (_by_spelling, _by_meaning):
        rest = [span for span in spans if _may_be_a_name(question, span, links)]
        if rest:
            links = _choose(question, rest, find(question, rest, list(known.values()), recorder), links, ontology)
    return links


def _choose(
    question: Question, spans: Iterable[_Span], found: dict[_Span, list[_Found]], links: list[Link], ontology: Ontology
) -> list[Link]:
    """The links so far, and those of the spans that name something, the longest first."""
    chosen: list[Link] = []
    for span in sorted(spans, key=lambda item: (item[0] - item[1], item[0])):
        entities = _scored(question, found.get(span, []), ontology)
        if entities and _is_free(span, chosen) and not _is_two_names(question, span, found):
            best = entities[0]["score"]
            kept = tuple(row for row in entities if row["score"] >= best - _MARGIN)
            how = next(way for row, way, _ in found[span] if row["id"] == kept[0]["id"])
            chosen.append(Link(*span, " ".join(question.words[slice(*span)]), kept, how))
    kept_before = [item for item in links if _is_free((item.start, item.end), chosen)]
    return sorted([*kept_before, *chosen], key=lambda item: item.start)


def _is_two_names(question: Question, span: _Span, found: dict[_Span, list[_Found]]) -> bool:
    """Whether words are two names joined by "and", each of which names something by itself."""
    start, end = span
    joints = [i for i in range(start + 1, end - 1) if question.words[i].casefold() == "and"]
    return any(found.get((start, i)) and found.get((i + 1, end)) for i in joints)


def _may_be_a_name(question: Question, span: _Span, links: Sequence[Link]) -> bool:
    """Whether a span is of capitalised words, not the question's first, and goes beyond what is linked already."""
    inside = [item for item in links if span[0] <= item.start and item.end <= span[1]]
    across = any(not _is_free(span, [item]) for item in links if item not in inside)
    new = sum(item.end - item.start for item in inside) < span[1] - span[0]
    capitals = all(word[:1].isupper() for word in question.words[slice(*span)])
    return span[0] > 0 and capitals and new and not across


def _scored(question: Question, found: list[_Found], ontology: Ontology) -> list[Row]:
    """Each entity once, with its best score, best first; those that score too low are left out."""
    wanted = _types_joined(question, ontology)
    best: dict[str, Row] = {}
    for row, how, share in found:
        fits = not wanted or ontology.fits(row["type"], wanted)
        score = round(_WORTH[how] * share - (0 if fits else _MISFIT), 4)
        if score >= _LEAST_SCORE and score > best.get(row["id"], {"score": 0})["score"]:
            best[row["id"]] = {**row, "score": score}
    return sorted(best.values(), key=lambda row: (-row["score"], row["id"]))


@lru_cache(maxsize=8)
def _types_joined(question: Question, ontology: Ontology) -> tuple[str, ...]:
    """The types that the predicates named in the question join, () when one of them joins any."""
    lowered = {word.casefold() for word in question.words}
    found: set[str] = set()
    for predicate in ontology.predicates.values():
        if any(label in lowered for label in predicate.labels):
            if not predicate.domain or not predicate.range:
                return ()
            found |= {*predicate.domain, *predicate.range}
    return tuple(sorted(found))


def _by_key(rows: Iterable[Row], keys: Iterable[str], ontology: Ontology) -> dict[str, list[_Found]]:
    """For each key of the question, the entities that go by it."""
    asked = set(keys)
    found: dict[str, list[_Found]] = defaultdict(list)
    for row in rows:
        aliases = {normalise_name(alias) for alias in row["aliases"] or []}
        for key in sorted(asked & ({row["key"]} | aliases)):
            found[key].append((row, "name" if key == row["key"] else "alias", 1.0))
        for key in sorted(asked & set(_short_names(row, ontology)) - {row["key"]} - aliases):
            found[key].append((row, "short name", 1.0))
    return found


def _by_spelling(
    question: Question, spans: Sequence[_Span], known: Sequence[Row], recorder: Recorder
) -> dict[_Span, list[_Found]]:
    """Names that differ from these words by a slip of the pen. Figures must be the same: AC-07 is not AC-08."""
    texts = {span: " ".join(question.words[slice(*span)]) for span in spans}
    asked = sorted({block for text in texts.values() for block in _blocks_near(text)})
    near = recorder.run("entities_in_blocks", blocks=asked, limit=_IN_BLOCKS)
    rows = {row["id"]: {name: row[name] for name in ("id", "name", "type", "aliases", "key")} for row in near}
    rows |= {row["id"]: row for row in known}
    found: dict[_Span, list[_Found]] = {}
    for span, text in texts.items():
        alike = [(row, _alike(text, row)) for row in rows.values()]
        found[span] = [(row, "spelling", share) for row, share in alike if share]
    return found


def _blocks_near(text: str) -> set[str]:
    """The blocks in which names spelt nearly like this one are: theirs may have one consonant more, less or other."""
    found = {block for block in blocks(text) if not block.startswith("word:")}
    for block in sorted(found):
        kind, _, letters = block.partition(":")
        if kind == "consonants":
            parts = [(letters[:i], letters[i:]) for i in range(1, len(letters) + 1)]
            changed = {a + b[1:] for a, b in parts} | {a + b[1:2] + b[:1] + b[2:] for a, b in parts}
            changed |= {a + c + rest for a, b in parts for c in _CONSONANTS for rest in (b, b[1:])}
            # A block holds the first letter and at most five more.
            found |= {f"consonants:{way[:6]}" for way in changed}
    return found


def _alike(text: str, row: Row) -> float:
    """The share of letters in which words agree with a name of the entity, 0 when too few do.

    Things may go by their first words, as "Brightfjord Software ApS" does by "Brightfjord", which counts for less. Two
    swapped letters are one slip (optimal string alignment).
    """
    written = squash(text)
    allowed = 0 if any(character.isdigit() for character in written) else _slips(len(written))
    names = {row["name"], *(row["aliases"] or [])} if allowed else set()
    whole = row["type"] in ("Person", *GUESSED_TYPES, *VALUE_TYPES)
    heads = set() if whole else {" ".join(name.split()[: len(text.split())]) for name in names} - names
    best = 0.0
    for part, worth in ((names, 1.0), (heads, _HEAD)):
        for name in part:
            slips = OSA.distance(written, squash(name), score_cutoff=allowed)
            best = max(best, worth * (1 - slips / len(written)) if slips <= allowed else 0.0)
    return best


def _slips(letters: int) -> int:
    return 0 if letters < _ONE_SLIP else 1 if letters < _TWO_SLIPS else 2


def _by_meaning(
    question: Question, spans: Sequence[_Span], known: Sequence[Row], recorder: Recorder
) -> dict[_Span, list[_Found]]:
    """Names that full text found and that mean nearly what these words do."""
    near = [row for row in known[:_MEANT] if not any(character.isdigit() for character in row["name"])]
    texts = [" ".join(question.words[slice(*span)]) for span in spans]
    if not near:
        return {}
    cosines = vectors_of(texts) @ vectors_of([row["name"] for row in near]).T
    return {
        span: [
            (row, "meaning", round(float(cosine), 4))
            for row, cosine in zip(near, line, strict=True)
            if cosine >= _SAME_MEANING and not any(character.isdigit() for character in text)
        ]
        for span, text, line in zip(spans, texts, cosines, strict=True)
    }


def _is_free(span: _Span, links: Iterable[Link]) -> bool:
    return all(span[1] <= other.start or span[0] >= other.end for other in links)


def _short_names(entity: Row, ontology: Ontology) -> list[str]:
    """What people also say: the family name alone, or the organisation without its legal form."""
    first, _, last = entity["key"].rpartition(" ")
    if entity["type"] == "Person" and first:
        return [last]
    kind = ontology.types.get(entity["type"])
    return [first] if first and entity["type"] == "Organization" and kind and last in kind.headwords else []


@lru_cache(maxsize=8)
def _common_words(ontology: Ontology) -> frozenset[str]:
    """The words that name types and predicates: "owner" or "line manager" asks, it does not name."""
    labels = [label for kind in ontology.types.values() for label in (*kind.labels, *kind.headwords)]
    labels += [label for predicate in ontology.predicates.values() for label in predicate.labels]
    return frozenset(normalise_name(label.casefold()) for label in labels)


def _spans(question: Question, common: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """Runs of words that may name something, with their keys."""
    words = question.words
    for start in range(len(words)):
        for end in range(start + 1, min(start + _MAX_WORDS, len(words)) + 1):
            chunk = words[start:end]
            if chunk[0].casefold() in STOP_WORDS or chunk[-1].casefold() in STOP_WORDS:
                continue
            if end == 1 and chunk[0].istitle() and len(words) > 2:
                continue  # the capital of a question's first word says nothing: "Name the systems"
            key = normalise_name(" ".join(chunk))
            asks = key in common or all(word in common or word in STOP_WORDS for word in key.split())
            if len(key) > 1 and not (asks and all(word.islower() for word in chunk)):
                yield start, end, key
