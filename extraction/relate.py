"""Facts by rules: cue phrases of the ontology between two mentions, and obligations told by modal verbs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from extraction.found import FoundFact, FoundMention
from kg.model import VALUE_TYPES
from kg.ontology import Ontology, Predicate

_MODAL = re.compile(
    r"\b(?P<modal>(?:must|shall|may|can)\s+(?:not|never|only)|must|shall|may|(?:is|are)\s+(?:not\s+)?(?:required|obliged|permitted"
    r"|allowed|prohibited|forbidden|entitled)\s+(?:to|from)|(?:has|have)\s+to|cannot)\b",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(
    r"(?:^|[,;:(]|\b(?:if|when|where|whenever|while|unless|until|that|which|who|whom|because|but|so|and|or)\b)\s*",
    re.IGNORECASE,
)
_PRONOUNS = frozenset("it they this that these those he she we you i there which who what one such".split())
_NEGATION = re.compile(r"\b(?:not|never|no longer|neither|nor|without)\b|n['’]t\b", re.IGNORECASE)
_NONE = re.compile(r"\b(?:no|neither|nor|none of)\s+(?:the\s+|an?\s+|any\s+)?$", re.IGNORECASE)
_AS = re.compile(r"\bas\b")
_NOT_OBLIGED = re.compile(r"\b(?:do|does|did|need|will)(?:\s+not|n['’]t)\s+$", re.IGNORECASE)
_COORDINATION = re.compile(r"\s*(?:,|and|or|as well as|,\s*and)\s*(?:(?:the|Mr\.?|Ms\.?|Mrs\.?|Dr\.?|Prof\.?)\s+)?")
_MONTH = re.compile(r"May\b")
_CUE_CONFIDENCE, _MODAL_CONFIDENCE = 0.75, 0.8
_MAX_GAP = 45  # characters between a cue phrase and the mentions that it joins
_MAX_ACTION, _MAX_SUBJECT_WORDS = 300, 8
_CLAUSE = 300  # characters before a modal verb that its subject is looked for in


@dataclass(slots=True)
class Relater:
    """Finds facts in sentences whose mentions are known."""

    ontology: Ontology
    _cues: list[tuple[str, re.Pattern[str], Predicate, bool]] = field(init=False)

    def __post_init__(self) -> None:
        phrases = [
            (cue, predicate, inverse)
            for predicate in self.ontology.predicates.values()
            for cues, inverse in ((predicate.cues, False), (predicate.inverse_cues, True))
            for cue in cues
        ]
        phrases.sort(key=lambda item: (-len(item[0]), item[0], item[1].name))
        self._cues = [
            (
                max(cue.lower().split(), key=len),
                re.compile(rf"\b{re.escape(cue)}\b".replace(r"\ ", r"\s+"), re.IGNORECASE),
                predicate,
                inverse,
            )
            for cue, predicate, inverse in phrases
        ]

    def relate(self, text: str, start: int, mentions: Sequence[FoundMention]) -> list[FoundFact]:
        """Facts of one sentence: `text` begins at `start` of the document; `mentions` lie within it, in order."""
        return [*self._by_cue(text, start, mentions), *obligations(text, start, mentions)]

    def _by_cue(self, text: str, start: int, mentions: Sequence[FoundMention]) -> Iterator[FoundFact]:
        if len(mentions) < 2:
            return
        taken: list[tuple[int, int]] = []
        lowered = text.lower()  # only to pass over phrases quickly: it may be longer than the text ("İ")
        for word, pattern, predicate, inverse in self._cues:
            for match in pattern.finditer(text) if word in lowered else ():
                a, b = match.span()
                # The longest phrase that states something keeps its words: "is owned by" is not "is".
                if any(a < taken_end and b > taken_start for taken_start, taken_end in taken):
                    continue
                facts = list(self._joined(text, start, (a, b), mentions, predicate, inverse))
                if facts:
                    taken.append((a, b))
                    yield from facts

    def _joined(
        self,
        text: str,
        start: int,
        cue: tuple[int, int],
        mentions: Sequence[FoundMention],
        predicate: Predicate,
        inverse: bool,
    ) -> Iterator[FoundFact]:
        left = [m for m in mentions if m.end <= start + cue[0] and _near(text[m.end - start : cue[0]])]
        right = [m for m in mentions if m.start >= start + cue[1]]
        if not left or not right or not _near(text[cue[1] : right[0].start - start]):
            return
        gap = text[cue[1] : right[0].start - start]
        if _NEGATION.search(text[left[-1].end - start : cue[1]]) or _NEGATION.search(gap) or _AS.search(gap):
            return  # a denied statement is no fact, and who "leads the work as Director" leads no director
        if _NONE.search(text[max(0, left[-1].start - start - _MAX_GAP) : left[-1].start - start]):
            return
        # "A and B report to C and D" states four facts.
        for before, after in product(_coordinated(text, start, left[::-1]), _coordinated(text, start, right)):
            subject, object_ = (after, before) if inverse else (before, after)
            if _fits(subject, predicate.domain) and _fits(object_, predicate.range) and subject.text != object_.text:
                yield FoundFact(subject, predicate.name, object_, start, start + len(text), _CUE_CONFIDENCE)


def obligations(text: str, start: int, mentions: Sequence[FoundMention]) -> Iterator[FoundFact]:
    """MUST, MAY and MUST_NOT facts of a sentence: who, and the action in the document's own words."""
    for match in _MODAL.finditer(text):
        modality = _modality(match["modal"])
        if modality is None or _NOT_OBLIGED.search(text[max(0, match.start() - _MAX_GAP) : match.start()]):
            continue
        subjects = _subjects_before(text, start, match.start(), mentions)
        action = _action_after(text, match.end())
        if not subjects or action is None:
            continue
        begin = min(subject.start for subject in subjects) - start
        if _NONE.search(text[max(0, begin - _MAX_GAP) : begin]):
            modality = "MUST_NOT"  # "No employee may ..."
        a, b = action
        found = FoundMention(start + a, start + b, text[a:b], "Action", _MODAL_CONFIDENCE)
        for subject in subjects:
            yield FoundFact(subject, modality, found, start, start + len(text), _MODAL_CONFIDENCE)


def _modality(modal: str) -> str | None:
    """The predicate, or None for "is not required to", which obliges nobody, and for the month of May."""
    words = " ".join(modal.casefold().split())
    denied = "not" in words or "never" in words
    if _MONTH.fullmatch(modal) or (denied and re.search("required|obliged", words)):
        return None
    if "prohibited" in words or "forbidden" in words:
        return "MAY" if denied else "MUST_NOT"
    if denied:
        return "MUST_NOT"
    return "MAY" if words.startswith(("may", "can")) or re.search("permitted|allowed|entitled", words) else "MUST"


def _subjects_before(text: str, start: int, modal: int, mentions: Sequence[FoundMention]) -> list[FoundMention]:
    """The mentions that end at the modal verb ("A and B must"), else the words of its clause as a concept."""
    before = [m for m in mentions if m.end <= start + modal]
    if before and not text[before[-1].end - start : modal].strip():
        named = _coordinated(text, start, before[::-1])
        return [m for m in named if m.type not in VALUE_TYPES] if before[-1].type not in VALUE_TYPES else []
    first = max(0, modal - _CLAUSE)
    begin = max((match.end() for match in _CLAUSE_START.finditer(text, first, modal)), default=first)
    if begin == first > 0:
        return []  # the clause is too long to name a subject
    phrase = text[begin:modal]
    words = phrase.split()
    if (
        not words
        or len(words) > _MAX_SUBJECT_WORDS
        or words[-1].casefold() in _PRONOUNS
        or words[0].casefold() in _PRONOUNS | {"neither", "not"}
    ):
        return []
    lead = re.match(r"(?:\s|\*|[-–•\d.)]+\s)*(?:(?:the|a|an|each|every|all|any|no|our)\s+)?", phrase, re.IGNORECASE)
    begin += lead.end() if lead else 0
    name = text[begin:modal].rstrip()
    if len(name) < 3:
        return []
    return [FoundMention(start + begin, start + begin + len(name), name, "Concept", 0.5)]


def _action_after(text: str, begin: int) -> tuple[int, int] | None:
    rest = text[begin : begin + _MAX_ACTION]
    lead = len(rest) - len(rest.lstrip(" ,:"))
    stop = re.search(r";|\.\s|\.$", rest)
    end = begin + (stop.start() if stop else len(rest))
    begin += lead
    while end > begin and text[end - 1] in " .,;:*":
        end -= 1
    return (begin, end) if end - begin >= 3 else None


def _coordinated(text: str, start: int, mentions: Sequence[FoundMention]) -> Iterator[FoundMention]:
    """The first mention and those next to it in a list, going on in the order given: "A, B and C"."""
    previous: FoundMention | None = None
    for mention in mentions:
        a, b = (mention, mention) if previous is None else sorted((previous, mention), key=lambda item: item.start)
        between = text[a.end - start : b.start - start]
        if previous is not None and not _COORDINATION.fullmatch(between):
            return
        yield mention
        previous = mention


def _near(gap: str) -> bool:
    return len(gap) <= _MAX_GAP and not re.search(r"[.;:]\s", gap)


def _fits(mention: FoundMention, types: tuple[str, ...]) -> bool:
    # A bare name's type is a guess, so it does not shut out a fact unless the range asks for a value.
    return not types or mention.type in types or (mention.type == "Term" and not set(types) & set(VALUE_TYPES))
