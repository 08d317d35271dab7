"""Obligations, permissions and prohibitions: who must, may or must not do what, by when, and except when."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from extraction.deadlines import find_deadline, find_exception
from extraction.found import FoundFact, FoundMention
from extraction.modality import MODAL, VERDICT, modality_of, verdict_of
from extraction.subjects import find_subjects, repeats_subject, sentence_subject
from kg.ontology import Ontology

_CONFIDENCE = 0.8
_MAX_ACTION = 300
_MAX_ITEM = 600
_MAX_VERBS = 30  # of one sentence; one with more is no sentence
_ACTING = ("Person", "Organization", "Role", "Department")
_ACTING_WORDS = "staff employee user contractor visitor you we everyone party host author participant applicant".split()
_NONE = re.compile(r"\b(?:no|neither|nor|none\s+of)\s+(?:the\s+|an?\s+|any\s+)?$", re.IGNORECASE)
_STOP = re.compile(r";|\.(?=\s+[^a-zà-ÿ\s]|\s*$|\*)|\n\s*\n")
# What is to be done ends where a reason or another clause begins, or where a new duty hangs on to it.
_NEW_CLAUSE = re.compile(
    r",\s+(?:because|since|so\s+that|although|(?:is|are|was|were)\s+(?!to\b)|which\s+(?=(?:may|must|shall|has\s+to|have\s+to)\b)"
    r"|(?:and|but)\s+(?=(?:the|each|every|an?|no|this|these|it|they|he|she)\s(?:[\w-]+\s){0,4}?"
    r"(?:is|are|was|were|has|have|had|will|does|requires?|needs?|looks?|must|shall|may)\b))",
    re.IGNORECASE,
)
_BEFORE_NAME = re.compile(r"\s+(?:(?:the|an?|each|every|any|all|no|neither)\s+)*$", re.IGNORECASE)
_INVERTED = re.compile(
    r"\b(?:under\s+no\s+circumstances|in\s+no\s+(?:event|case|circumstances)|at\s+no\s+time)\s+(?P<modal>shall|may|must)\s+"
    r"(?:the\s+|an?\s+|any\s+)?",
    re.IGNORECASE,
)
_NEXT_CLAUSE = re.compile(
    r",?\s+(?:and|or|but|while|whereas)\s+(?:(?:the|an?|each|every|no|any|it|they|he|she|also|then|thereafter)\s+)?$",
    re.IGNORECASE,
)
# After the modal verb of a lead-in nothing is said yet: "shall, in particular:", "must ensure that:".
_NOTHING_YET = re.compile(
    r"(?:[\s,]*(?:in particular|at a minimum|at least|also|always|not|do(?: all of)? the following|the following|do"
    r"|ensure(?: that)?|make sure(?: that)?|take care(?: to)?|be|have|has))*[\s,]*",
    re.IGNORECASE,
)
_HEADING = re.compile(
    rf"\W*(?:\d[\d.]*\s+)?(?:what\s+)?(?P<subject>(?:[\w’'-]+\s+){{0,4}}?[\w’'-]+)\s+(?={MODAL.pattern})", re.IGNORECASE
)
_MARK = re.compile(r"(?:[-–•*]\s+|\(?(?:[a-z]|[ivx]{1,4}|\d{1,2})[.)]\s+)", re.IGNORECASE)
_INLINE_MARK = re.compile(
    r"(?:^|(?<=[\s;:,]))(?:\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)|(?<=\n)\s*(?:[-–•*]|[a-z\d]{1,2}[.)]))\s+", re.IGNORECASE
)
_ITEM_END = re.compile(r"(?:[\s.,;*]|[;,]\s*(?:and|or))+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of text with its mentions, as the list finder walks over them; `is_item` of a list."""

    start: int
    text: str
    mentions: tuple[FoundMention, ...]
    is_item: bool
    is_heading: bool


@dataclass(frozen=True, slots=True)
class _Lead:
    """What a list's lead-in says of its items; `bare`: a heading, whose items are commands ("Lock your screen")."""

    subjects: tuple[FoundMention, ...]
    modality: str
    bare: bool


@dataclass(slots=True)
class ObligationFinder:
    """Finds MUST, MAY and MUST_NOT facts; the ontology tells by which words those who act are called."""

    ontology: Ontology
    _acting: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        kinds = [kind for name, kind in self.ontology.types.items() if name in _ACTING]
        words = {word.split()[-1] for kind in kinds for word in (*kind.labels, *kind.headwords)}
        self._acting = frozenset(words.union(_ACTING_WORDS))

    def of_sentence(self, text: str, start: int, mentions: Sequence[FoundMention]) -> list[FoundFact]:
        """The obligations of one sentence, which begins at `start` of the document; `mentions` in order."""
        found: list[FoundFact] = []
        said: tuple[FoundMention, ...] = ()
        matches = [*MODAL.finditer(text), *VERDICT.finditer(text)]
        if not matches:
            return []
        inverted = [*_INVERTED.finditer(text)]
        matches = [match for match in matches if not any(a.start() <= match.start() < a.end() for a in inverted)]
        matches = sorted(matches, key=lambda match: match.start())[:_MAX_VERBS]
        repeated = [repeats_subject(text, match.start()) for match in matches]
        subjects = [
            () if again else tuple(find_subjects(text, start, match.start(), mentions))
            for match, again in zip(matches, repeated, strict=True)
        ]
        free = 0  # where the words before the next obligation begin
        for position, match in enumerate(matches):
            before = said or tuple(sentence_subject(text, start, mentions)) if repeated[position] else ()
            said = before or subjects[position]
            modality = self._modality(text, start, match, said)
            stop = self._stop(text, start, matches[position + 1 :], subjects[position + 1 :])
            begin = match.start() if match.re is VERDICT else match.end()
            action = _action(text, begin, stop)
            if not said or modality is None or action is None:
                continue
            items = _inline_items(text, match.end(), stop)
            if not items and _leads_in(text, match.end()):
                break  # the list that follows says what
            head = min([match.start(), *(subject.start - start for subject in subjects[position])])
            head = len(_BEFORE_NAME.sub("", text[:head]))
            for place in items or [action]:
                qualifiers = _qualifiers(text, (free, head), place, modality)
                found += _facts(text, start, said, modality, place, (start, start + len(text)), qualifiers)
            free = action[1]
        return [*found, *_inverted_facts(text, start, inverted, mentions)]

    def of_lists(self, pieces: Sequence[Piece]) -> Iterator[FoundFact]:
        """The obligations of list items whose subject and modal verb stand in the sentence or heading above them."""
        lead: _Lead | None = None
        for piece in pieces:
            if piece.is_item or (lead is not None and not piece.is_heading and _MARK.match(piece.text)):
                if lead is not None and not piece.text.rstrip().endswith(":"):
                    yield from _item_facts(piece, lead)
                continue
            lead = self._lead(piece)

    def _modality(self, text: str, start: int, match: re.Match[str], subjects: Sequence[FoundMention]) -> str | None:
        acting = any(self._acts(subject) for subject in subjects)
        modality = verdict_of(match) if match.re is VERDICT else modality_of(text, match, acting)
        if match.re is VERDICT and match["needs"] and any(self._demands(subject) for subject in subjects):
            return None  # what a policy requires, others must do
        if subjects and modality is not None:
            begin = min(subject.start for subject in subjects) - start
            nobody = any(subject.text.casefold() in ("nobody", "no one") for subject in subjects)
            if nobody or _NONE.search(text, max(0, begin - 20), max(0, begin)):
                return "MUST_NOT" if modality != "MUST_NOT" else None  # "No employee may ..."
        return modality

    def _demands(self, subject: FoundMention) -> bool:
        demanding = (*_ACTING, "Policy", "Contract", "Control")
        words = re.split(r"\s(?:of|from|for|to|in|with|on|that|which|who)\s", subject.text.casefold())[0].split()
        heads = {
            word for kind in demanding if kind in self.ontology.types for word in self.ontology.types[kind].headwords
        }
        heads |= {"law", "obligation", "provision", "article", "clause", "paragraph"}
        return subject.type in demanding or words[-1] in heads or words[-1].removesuffix("s") in heads

    def _acts(self, subject: FoundMention) -> bool:
        words = re.findall(r"\w+", subject.text.casefold())
        return subject.type in _ACTING or any(w in self._acting or w.removesuffix("s") in self._acting for w in words)

    def _stop(
        self,
        text: str,
        start: int,
        later: Sequence[re.Match[str]],
        subjects: Sequence[tuple[FoundMention, ...]],
    ) -> int:
        """Where an action must end: before the conjunction that begins the next obligation's clause."""
        for match, named in zip(later[:3], subjects[:3], strict=True):
            begin = min((subject.start - start for subject in named), default=match.start())
            if conjunction := _NEXT_CLAUSE.search(text, max(0, begin - 30), begin):
                return conjunction.start()
        return len(text)

    def _lead(self, piece: Piece) -> _Lead | None:
        text = piece.text.rstrip()
        if piece.is_heading and (match := _HEADING.match(text)):
            modal = MODAL.match(text, match.end())
            rest = text[modal.end() :].strip(" :") if modal else "-"
            modality = modality_of(text, modal, True) if modal else None
            if modality and rest.casefold() in ("", "do", "be done"):
                at = piece.start + match.start("subject")
                subject = FoundMention(at, at + len(match["subject"]), match["subject"], "Concept", 0.5)
                return _Lead((subject,), modality, bare=True)
            return None
        if not text.endswith(":"):
            return None
        begin = max((match.end() for match in re.finditer(r"[.;]\s", text)), default=0)
        for match in reversed([*MODAL.finditer(text, begin)]):
            subjects = find_subjects(piece.text, piece.start, match.start(), piece.mentions)
            modality = self._modality(text, piece.start, match, subjects)
            if subjects and modality and _leads_in(text, match.end()):
                return _Lead(tuple(subjects), modality, bare=False)
        return None


def _leads_in(text: str, verb_end: int) -> bool:
    """Whether nothing but a colon follows a modal verb: "shall, in particular:"."""
    end = len(text.rstrip())
    return text[end - 1 : end] == ":" and _NOTHING_YET.fullmatch(text, verb_end, end - 1) is not None


def _inverted_facts(
    text: str, start: int, matches: Sequence[re.Match[str]], mentions: Sequence[FoundMention]
) -> Iterator[FoundFact]:
    """ "Under no circumstances shall Customer Data leave the country"."""
    for match in matches:
        subject = next((m for m in mentions if m.start == start + match.end()), None)
        action = _action(text, subject.end - start, len(text)) if subject else None
        if subject and action:
            span = (start, start + len(text))
            qualifiers = _qualifiers(text, (0, 0), action, "MUST_NOT")
            yield from _facts(text, start, (subject,), "MUST_NOT", action, span, qualifiers)


def _item_facts(piece: Piece, lead: _Lead) -> Iterator[FoundFact]:
    """The facts of one list item, unless it has a modal verb and so a subject of its own."""
    text = piece.text[:_MAX_ITEM]
    mark = _MARK.match(text)
    begin = mark.end() if mark else 0
    if MODAL.search(text) or VERDICT.search(text) or (lead.bare and not text[begin : begin + 1].isupper()):
        return
    action = _action(text, begin, len(text))
    if action is not None:
        span = (piece.start, piece.start + len(piece.text.rstrip()))
        qualifiers = _qualifiers(text, (0, 0), action, lead.modality)
        yield from _facts(text, piece.start, lead.subjects, lead.modality, action, span, qualifiers)


def _facts(
    text: str,
    start: int,
    subjects: Sequence[FoundMention],
    modality: str,
    action: tuple[int, int],
    span: tuple[int, int],
    qualifiers: tuple[str, str, str],
) -> Iterator[FoundFact]:
    a, b = action
    object_ = FoundMention(start + a, start + b, text[a:b], "Action", _CONFIDENCE)
    deadline, due, exception = qualifiers
    for subject in subjects:
        yield FoundFact(subject, modality, object_, *span, _CONFIDENCE, deadline=deadline, due=due, exception=exception)


def _qualifiers(text: str, before: tuple[int, int], action: tuple[int, int], modality: str) -> tuple[str, str, str]:
    """Deadline, its ISO form and exception: of the action, else of the words in front ("Within 14 days ...")."""
    deadline = find_deadline(text, *action)
    if deadline is None and (opening := find_deadline(text, *before)):
        place = text[opening.start :][:6].casefold() == "before" and not opening.due  # "before a court"
        deadline = None if place else opening
    exception = find_exception(text, *action, modality) or find_exception(text, *before, modality)
    words, due = (text[deadline.start : deadline.end], deadline.due) if deadline else ("", "")
    return words, due, text[slice(*exception)] if exception else ""


def _inline_items(text: str, begin: int, stop: int) -> list[tuple[int, int]]:
    """The items of "shall: (a) ...; (b) ..." within one sentence."""
    colon = text.find(":", begin, stop)
    if colon < 0 or not _NOTHING_YET.fullmatch(text, begin, colon):
        return []
    marks = [*_INLINE_MARK.finditer(text, colon, len(text))]
    if len(marks) < 2:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    items = [_action(text, mark.end(), end) for mark, end in zip(marks, ends, strict=True)]
    return [item for item in items if item is not None]


def _action(text: str, begin: int, stop: int) -> tuple[int, int] | None:
    """What is to be done, in the document's own words: up to the end of the sentence or clause."""
    limit = min(stop, begin + _MAX_ACTION)
    while begin < limit and text[begin] in " ,:\n\t":
        begin += 1
    found = _STOP.search(text, begin, limit)
    end = found.start() if found else limit
    clause = _NEW_CLAUSE.search(text, begin, end)
    end = clause.start() if clause else end
    tail = _ITEM_END.search(text, begin, end)
    end = tail.start() if tail else end
    return (begin, end) if end - begin >= 3 else None
