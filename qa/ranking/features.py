"""What is known of a candidate by itself, and of the step from one candidate to another."""

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from kg.terms import terms
from qa.ranking import Floats
from qa.ranking.pagerank import pagerank
from qa.ranking.pool import Pool
from qa.sentences import sentence_spans

#: The columns of `passage_features`.
PASSAGE = ("text_score", "near", "titled", "named", "covered", "text_rank", "near_rank", "pagerank")
#: The columns of `link_features`; a step's score also counts what is known of the passage that it leads to.
LINK = (
    "to_title",
    "to_title_aptly",
    "from_title",
    "shared",
    "shared_aptly",
    "adds",
    "asked_shared",
    "same_title",
    "leads_on",
)
_RANK = 10  # the constant of the reciprocal ranks
_SHARED_COUNTS = 0.6  # a shared name against a title, as a way to what the source lacks


class Described:
    """A pool as arrays: `ids` [P], `passages` [P, len(PASSAGE)], with what the links need."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.ids = sorted(pool.candidates)
        self._place = {identity: place for place, identity in enumerate(self.ids)}
        self._wanted = list(dict.fromkeys(pool.question.terms))
        members = [pool.candidates[identity] for identity in self.ids]
        self._holds = np.array([[term in item.terms for term in self._wanted] for item in members], float)
        self._holds = self._holds.reshape(len(members), len(self._wanted))
        # How telling a term is among the candidates, since no store tells it of the whole corpus cheaply.
        weights = np.log1p(len(members) / (self._holds.sum(0) + 0.5))
        self._weights = weights / max(float(weights.sum()), 1e-9)
        self._holders: dict[str, list[int]] = defaultdict(list)
        self._titled: dict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(members):
            for name in item.names:
                self._holders[name].append(place)
            for name in item.titled:
                self._titled[name].append(place)
        self._titles: dict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(members):
            if item.title:
                self._titles[_words(item.title)].append(place)
        said = _words(pool.question.text).casefold()
        self._asked_titles = {title for title in self._titles if title.casefold() in said}
        self._read: dict[str, list[tuple[int, int, float]]] = {}
        self.passages = self._passages()

    def _passages(self) -> Floats:
        members = [self.pool.candidates[identity] for identity in self.ids]
        near = np.array([item.near for item in members])
        near_rank = np.empty(len(members))
        near_rank[np.argsort(-near, kind="stable")] = np.arange(1, len(members) + 1)
        found = np.array([item.text_rank for item in members], float)
        named, titled = self._named()
        return np.column_stack(
            [
                [item.text_score for item in members],
                near,
                titled,
                named,
                self._holds @ self._weights,
                np.where(found > 0, _RANK / (_RANK + np.maximum(found, 1)), 0.0),
                _RANK / (_RANK + near_rank),
                pagerank(self.pool, self.ids),
            ]
        )

    def _named(self) -> tuple[Floats, Floats]:
        """Of the names in the question: which share of their weight a passage mentions; the best one in its title."""
        named, titled = np.zeros(len(self.ids)), np.zeros(len(self.ids))
        weights = [max((self.pool.rarity(entity) for entity in name), default=0.0) for name in self.pool.asked]
        for name, weight in zip(self.pool.asked, weights, strict=True):
            holders = {place for entity in name for place in self._holders[entity]}
            named[sorted(holders)] += weight / max(sum(weights), 1e-9)
        for title in self._asked_titles:
            titled[self._titles[title]] = _telling(title) / len(self._titles[title]) ** 0.5
        return named, titled

    def place(self, identity: str) -> int:
        """The row of a candidate."""
        return self._place[identity]

    def links(self, sources: Sequence[str]) -> Floats:
        """What leads from each source to each candidate: [len(sources), P, len(LINK)]."""
        return np.array([self._links(source) for source in sources]).reshape(len(sources), len(self.ids), len(LINK))

    def _links(self, source: str) -> Floats:
        place, origin = self._place[source], self.pool.candidates[source]
        found = np.zeros((len(self.ids), len(LINK)))
        asked, apt = self.pool.asked_entities, self._aptness(source)
        for name in origin.names:
            weight = self.pool.rarity(name)
            holders = self._holders[name]
            if name in asked:
                _raise(found, holders, "asked_shared", weight)
                continue
            _raise(found, holders, "shared", weight)
            _raise(found, holders, "shared_aptly", weight * apt[name])
            titles = self._titled[name]
            weight /= max(len(titles), 1) ** 0.5
            _raise(found, titles, "to_title", weight)
            _raise(found, titles, "to_title_aptly", weight * apt[name])
        self._add_titles_told(found, source)
        for name in origin.titled:
            if name not in asked:
                _raise(found, self._holders[name], "from_title", self.pool.rarity(name))
            _raise(found, self._titled[name], "same_title", 1.0)
        adds = self._holds @ ((1 - self._holds[place]) * self._weights)
        ways = np.maximum(_column(found, "to_title"), _SHARED_COUNTS * _column(found, "shared"))
        found[:, LINK.index("adds")] = adds
        found[:, LINK.index("leads_on")] = adds * np.maximum(ways, _SHARED_COUNTS * _column(found, "from_title"))
        return found

    def _add_titles_told(self, found: Floats, source: str) -> None:
        """Titles that the source's text tells, for those names that the extractor cut elsewhere or did not see."""
        text = self.pool.rows[source]["text"]
        told = _words(text)
        parts = [(_words(text[start:end]), share) for start, end, share in self._sentences(source)]
        for title, places in self._titles.items():
            if title in told and title not in self._asked_titles and self._place[source] not in places:
                weight = _telling(title) / len(places) ** 0.5
                apt = max((share for said, share in parts if title in said), default=0.0)
                _raise(found, places, "to_title", weight)
                _raise(found, places, "to_title_aptly", weight * apt)

    def _aptness(self, source: str) -> dict[str, float]:
        """Of each name in a passage: how much of the question a sentence with it covers, the best one 1."""
        row, candidate = self.pool.rows[source], self.pool.candidates[source]
        sentences = self._sentences(source)
        apt: dict[str, float] = {}
        for name, starts in candidate.names.items():
            offsets = [start - row["start"] for start in starts]
            inside = [share for a, b, share in sentences if any(a <= offset < b for offset in offsets)]
            apt[name] = max(inside, default=0.0)
        return apt

    def _sentences(self, source: str) -> list[tuple[int, int, float]]:
        """The spans of a candidate's sentences, each with how much of the question it covers, the best one 1."""
        if source not in self._read:
            text = self.pool.rows[source]["text"]
            spans = sentence_spans(text)
            held = [set(terms(text[start:end])) for start, end in spans]
            covered = [sum(w for t, w in zip(self._wanted, self._weights, strict=True) if t in said) for said in held]
            best = max([*covered, 1e-9])
            self._read[source] = [(a, b, float(share) / best) for (a, b), share in zip(spans, covered, strict=True)]
        return self._read[source]

    def lead(self, source: str) -> str:
        """What to search for next: names in a candidate's aptest sentence, and what it lacks of the question."""
        text = self.pool.rows[source]["text"]
        start, end, _ = max(self._sentences(source), key=lambda item: item[2], default=(0, len(text), 0.0))
        said = [term for word in _NAME.findall(text[start:end]) for term in terms(word)]
        asked = set(self._wanted)
        new = [term for term in said if term not in asked]
        rest = [term for term in self._wanted if term not in self.pool.candidates[source].terms]
        return " ".join(dict.fromkeys([*new, *rest])) if new else ""


_NAME = re.compile(r"\b[^\W\d_]*[A-Z][\w.'’-]*")
_WORD = re.compile(r"\w+")


def _words(text: str) -> str:
    """The words of a text between single spaces, so that one text's words can be looked for in another's."""
    return f" {' '.join(_WORD.findall(text))} "


def _telling(title: str) -> float:
    """How surely words that are a title name what it is of: one word alone may mean anything."""
    return 1.0 if title.strip().count(" ") else 0.6


def _raise(found: Floats, places: Sequence[int], column: str, value: float) -> None:
    """Raise the column to the value at these places."""
    at = LINK.index(column)
    found[places, at] = np.maximum(found[places, at], value)


def _column(found: Floats, name: str) -> Floats:
    return found[:, LINK.index(name)]
