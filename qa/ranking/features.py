"""What is known of a candidate by itself, and of the step from one candidate to another."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from scipy.sparse import csr_array

from kg.terms import terms
from qa.ranking import Floats, Places
from qa.ranking.pagerank import pagerank
from qa.ranking.pool import Pool, Sentence, words

#: The columns of `Described.passages`.
PASSAGE = ("text_score", "near", "titled", "named", "covered", "text_rank", "near_rank", "pagerank")
#: The columns of `Described.links`; a step's score also counts what is known of the passage that it leads to.
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
    """A pool as arrays: `ids` [P], `passages` [P, len(PASSAGE)], with what the links need.

    `mentions` [E, P] tells which passages mention each of the entities at the places `entities`.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.ids = sorted(pool.candidates)
        self._place = {identity: place for place, identity in enumerate(self.ids)}
        self._members = [pool.candidates[identity] for identity in self.ids]
        self._wanted = list(dict.fromkeys(pool.question.terms))
        holds = [[term in item.terms for term in self._wanted] for item in self._members]
        self._holds = np.array(holds, float).reshape(len(self.ids), len(self._wanted))
        # How telling a term is among the candidates, since no store tells it of the whole corpus cheaply.
        weights = np.log1p(len(self.ids) / (self._holds.sum(0) + 0.5))
        self._weights = weights / max(float(weights.sum()), 1e-9)
        self._weight_of = dict(zip(self._wanted, self._weights.tolist(), strict=True))
        self._read: dict[str, list[tuple[Sentence, float]]] = {}
        self._describe_entities()
        self._titles: dict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(self._members):
            if item.title:
                self._titles[item.title_said].append(place)
        said = words(pool.question.text).casefold()
        self._asked_titles = {title for title in self._titles if title.casefold() in said}
        self.passages = self._passages()

    def _describe_entities(self) -> None:
        entities = sorted({name for item in self._members for name in item.names})
        self.entities = {name: place for place, name in enumerate(entities)}
        self.rarities = np.array([self.pool.rarity(name) for name in entities])
        at, of = self._pairs([item.names for item in self._members])
        # Sparse for the walk over all of them, dense for the few that one source names.
        self._joined = csr_array((self.rarities[of], (at, of)), shape=(len(self.ids), len(entities)))
        self.mentions, self._titled = np.zeros((2, len(entities), len(self.ids)))
        self.mentions[of, at] = 1.0
        at, of = self._pairs([item.titled for item in self._members])
        self._titled[of, at] = 1.0
        asked = self.pool.asked_entities
        self._asked = np.array([name in asked for name in entities], bool)
        self._alone_in_titles = np.maximum(self._titled.sum(1), 1) ** -0.5

    def _pairs(self, names: Sequence[Collection[str]]) -> tuple[Places, Places]:
        """The places of passages and of the entities that are named for them."""
        at = np.repeat(np.arange(len(names)), [len(item) for item in names])
        return at, np.array([self.entities[name] for item in names for name in item], int)

    def _places(self, names: Iterable[str]) -> list[int]:
        return [self.entities[name] for name in names]

    def _passages(self) -> Floats:
        near = np.array([item.near for item in self._members])
        near_rank = np.empty(len(near))
        near_rank[np.argsort(-near, kind="stable")] = np.arange(1, len(near) + 1)
        found = np.array([item.text_rank for item in self._members], float)
        named, titled = self._named()
        asked = [sorted(self.entities[entity] for entity in name & self.entities.keys()) for name in self.pool.asked]
        return np.column_stack(
            [
                [item.text_score for item in self._members],
                near,
                titled,
                named,
                self._holds @ self._weights,
                np.where(found > 0, _RANK / (_RANK + np.maximum(found, 1)), 0.0),
                _RANK / (_RANK + near_rank),
                pagerank(self._joined, near, asked),
            ]
        )

    def _named(self) -> tuple[Floats, Floats]:
        """Of the names in the question: which share of their weight a passage mentions; the best one in its title."""
        named, titled = np.zeros(len(self.ids)), np.zeros(len(self.ids))
        weights = [max((self.pool.rarity(entity) for entity in name), default=0.0) for name in self.pool.asked]
        for name, weight in zip(self.pool.asked, weights, strict=True):
            places = sorted(self.entities[entity] for entity in name & self.entities.keys())
            named += self.mentions[places].max(0, initial=0.0) * weight / max(sum(weights), 1e-9)
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
        names = np.array(self._places(origin.names), int)
        apt = self._aptness(source, origin.names)[~self._asked[names]]
        asked, names = names[self._asked[names]], names[~self._asked[names]]
        rarities, in_titles = self.rarities[names], self.rarities[names] * self._alone_in_titles[names]
        own = np.array(self._places(origin.titled), int)
        new = own[~self._asked[own]]
        for column, held, places, weights in (
            ("to_title", self._titled, names, in_titles),
            ("to_title_aptly", self._titled, names, in_titles * apt),
            ("from_title", self.mentions, new, self.rarities[new]),
            ("shared", self.mentions, names, rarities),
            ("shared_aptly", self.mentions, names, rarities * apt),
            ("asked_shared", self.mentions, asked, self.rarities[asked]),
            ("same_title", self._titled, own, np.ones(len(own))),
        ):
            found[:, LINK.index(column)] = (held[places] * weights[:, None]).max(0, initial=0.0)
        self._add_titles_told(found, source)
        adds = self._holds @ ((1 - self._holds[place]) * self._weights)
        ways = np.maximum(_column(found, "to_title"), _SHARED_COUNTS * _column(found, "shared"))
        found[:, LINK.index("adds")] = adds
        found[:, LINK.index("leads_on")] = adds * np.maximum(ways, _SHARED_COUNTS * _column(found, "from_title"))
        return found

    def _add_titles_told(self, found: Floats, source: str) -> None:
        """Titles that the source's text tells, for those names that the extractor cut elsewhere or did not see."""
        reading = self.pool.read[source]
        parts = [(sentence.said, share) for sentence, share in self._sentences(source)]
        for title, places in self._titles.items():
            if title in reading.said and title not in self._asked_titles and self._place[source] not in places:
                weight = _telling(title) / len(places) ** 0.5
                apt = max((share for said, share in parts if title in said), default=0.0)
                _raise(found, places, "to_title", weight)
                _raise(found, places, "to_title_aptly", weight * apt)

    def _aptness(self, source: str, names: Iterable[str]) -> Floats:
        """Of each name in a passage: how much of the question a sentence with it covers, the best one 1."""
        shares, mentions = [share for _, share in self._sentences(source)], self.pool.read[source].mentions
        return np.array([max((shares[place] for place in mentions[name]), default=0.0) for name in names])

    def _sentences(self, source: str) -> list[tuple[Sentence, float]]:
        """A candidate's sentences, each with how much of the question it covers, the best one 1."""
        if source not in self._read:
            sentences = self.pool.read[source].sentences
            covered = [sum(w for t, w in self._weight_of.items() if t in sentence.terms) for sentence in sentences]
            best = max([*covered, 1e-9])
            self._read[source] = [(said, share / best) for said, share in zip(sentences, covered, strict=True)]
        return self._read[source]

    def lead(self, source: str) -> str:
        """What to search for next: names in a candidate's aptest sentence, and what it lacks of the question."""
        text = self.pool.read[source].row["text"]
        aptest = max(self._sentences(source), key=lambda item: item[1], default=None)
        apt = text[aptest[0].start : aptest[0].end] if aptest else text
        said = [term for word in _NAME.findall(apt) for term in terms(word)]
        new = [term for term in said if term not in self._weight_of]
        rest = [term for term in self._wanted if term not in self.pool.candidates[source].terms]
        return " ".join(dict.fromkeys([*new, *rest])) if new else ""


_NAME = re.compile(r"\b[^\W\d_]*[A-Z][\w.'’-]*")


def _telling(title: str) -> float:
    """How surely words that are a title name what it is of: one word alone may mean anything."""
    return 1.0 if title.strip().count(" ") else 0.6


def _raise(found: Floats, places: Sequence[int], column: str, value: float) -> None:
    """Raise the column to the value at these places."""
    at = LINK.index(column)
    found[places, at] = np.maximum(found[places, at], value)


def _column(found: Floats, name: str) -> Floats:
    return found[:, LINK.index(name)]
