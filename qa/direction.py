"""At which end of a fact a named entity stands: "the manager of Anna" or "whose manager is Anna"."""

from collections.abc import Iterator
from typing import Literal

from kg.ontology import Ontology, Predicate
from qa.link import Link
from qa.question import Question

End = Literal["subject", "object"]
OTHER_END: dict[End, End] = {"subject": "object", "object": "subject"}
_COPULAS = frozenset("is are was were".split())
_PREPOSITIONS = frozenset("to for in at on with from by".split())
_AFTER_A_NOUN = frozenset("of for at in".split())


def anchor_end(question: Question, link: Link, predicate: str, ontology: Ontology) -> End | None:
    """The end of facts of `predicate` at which the named entity stands, None when the words do not tell.

    The longest phrase of the predicate in the question decides: "are hosted by", not "host".
    """
    found = ontology.predicates.get(predicate)
    words = [word.casefold() for word in question.words]
    bare = [_bare(word) for word in words]
    best: tuple[int, End] | None = None
    for phrase, first, is_verb in _phrases(found) if found else ():
        wanted = [_bare(word) for word in phrase.casefold().split()]
        for start in range(len(bare) - len(wanted) + 1):
            end = start + len(wanted)
            apart = end <= link.start or start >= link.end
            if bare[start:end] == wanted and apart and (best is None or len(wanted) > best[0]):
                read = _beside_verb if is_verb else _beside_noun
                if told := read(words, start, end, link, first):
                    best = (len(wanted), told)
    return best[1] if best else None


def bearer_end(question: Question, predicate: str, ontology: Ontology) -> End | None:
    """The end at which things stand that have something, or have it done: "systems that have no owner" are objects."""
    found = ontology.predicates.get(predicate)
    bare = [_bare(word.casefold()) for word in question.words]
    best: tuple[int, End] | None = None
    for phrase, first, _ in _phrases(found) if found else ():
        wanted = [_bare(word) for word in phrase.casefold().split()]
        there = any(bare[start : start + len(wanted)] == wanted for start in range(len(bare)))
        if there and (best is None or len(wanted) > best[0]):
            best = (len(wanted), first)
    return best[1] if best else None


def _phrases(predicate: Predicate) -> Iterator[tuple[str, End, bool]]:
    """Its phrases, each with the end that stands before it if it is a verb, or that has it if it is a noun.

    "Anna owns Atlas": the subject stands before the verb. "The owner of Atlas": the object has an owner.
    """
    for cue in predicate.cues:
        yield cue, "subject", True
        verb, _, preposition = cue.partition(" ")
        if preposition in _PREPOSITIONS and verb not in (*_PREPOSITIONS, *_COPULAS):
            yield verb, "subject", True  # "To whom does Anna report?"
    for cue in predicate.inverse_cues:
        yield cue, "object", True
    for column in predicate.columns:
        yield column, "subject", False
    for column in predicate.inverse_columns:
        yield column, "object", False


def _beside_verb(words: list[str], start: int, end: int, link: Link, first: End) -> End | None:
    passive = end < len(words) and words[end] == "by"  # "affected by", where "affected" alone is what a subject did
    return first if (link.end <= start) != passive else OTHER_END[first]


def _beside_noun(words: list[str], start: int, end: int, link: Link, first: End) -> End | None:
    if link.end <= start:
        has = link.end == start and words[start - 1].endswith(("'s", "’s", "s'", "s’"))
        return first if has else None  # "Atlas's owner"
    if start > 0 and words[start - 1] == "whose" and end < len(words) and words[end] in _COPULAS:
        return OTHER_END[first]  # "Whose manager is Anna?"
    return first if end < len(words) and words[end] in _AFTER_A_NOUN else None


def _bare(word: str) -> str:
    """Singular and plural, "own" and "owns" alike; a participle is another word, since it turns the ends round."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
