"""A text of words with its entities and relations, whatever corpus it comes from."""

from dataclasses import dataclass


class UnreadableCorpus(Exception):
    """A corpus that cannot be used; the message is one sentence naming the file and the mend."""


@dataclass(frozen=True, slots=True, order=True)
class AnnotatedEntity:
    """A mention: words `start` to `end` (exclusive). Mentions with one `cluster` are of one entity (-1: unknown)."""

    start: int
    end: int
    type: str
    cluster: int = -1


@dataclass(frozen=True, slots=True, order=True)
class AnnotatedRelation:
    """A relation between two mentions, given by their places in `AnnotatedText.entities`."""

    head: int
    tail: int
    label: str


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """A sentence or a document.

    `sentences` are the word positions at which sentences begin, the first being 0. Where `by_cluster` is set, the
    corpus relates entities, not mentions: a relation holds between the clusters of its two mentions.
    Where `relations_known` is not set, the corpus annotates no relations: that there is none means nothing.
    """

    words: tuple[str, ...]
    entities: tuple[AnnotatedEntity, ...]
    relations: tuple[AnnotatedRelation, ...]
    domain: str = ""
    sentences: tuple[int, ...] = (0,)
    by_cluster: bool = False
    relations_known: bool = True
