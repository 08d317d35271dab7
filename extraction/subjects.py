"""Who a modal verb speaks of: the mentions before it, else the words of its clause. No parser: boundaries are words."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from extraction.found import FoundMention
from kg.model import VALUE_TYPES

_CLAUSE = 300  # characters before a verb that its subject is looked for in
_MAX_WORDS = 16
_AUXILIARY = r"(?:is|are|was|were|has|have|had|will|would|can|could|does|do|did|must|shall|may|might|should|be|been)"
_BREAK = re.compile(r"[;:]|[.!?]\s+(?![a-zà-ÿ])|\((?![^()]*\))")
_ADVERBS = re.compile(
    r"(?:[\s,]*\b(?:therefore|also|then|thereafter|however|always|further|furthermore|likewise|hereby|in\s+turn|only"
    r"|in\s+particular|at\s+all\s+times|where\s+applicable|where\s+possible|where\s+necessary|both|each|all|themselves)\b)+[\s,]*$"
)
_BRACKET = re.compile(r"\s*\([^()]{1,60}\)\s*$")
_ASIDE = re.compile(
    r",\s*(?:the|our|an?|as|in|under|including|such\s+as|or|acting|together\s+with|being|and)\s[^,;:]{1,90},\s*$"
)
_CONJUNCTION = re.compile(
    r"(?:^|[\s,])(?:and|or|but|nor)\s+(?:(?:it|they|he|she|also|then|thereafter)\s+)?$", re.IGNORECASE
)
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|until|because|although|since|in\s+case|as\s+soon\s+as|how|why|whether|as\s+long\s+as|once)\s[^,;]*$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:(?:of|to|in|for|from|by|with|at|on|under)\s+(?:which|whom|whose)|who|which|that|whose|whom)\b", re.IGNORECASE
)
# "decided that all ...": a clause of its own, not one that describes the word before it.
_SAYS = re.compile(
    r"\b(?:decid|agre|ensur|confirm|stat|not|requir|mean|order|determin|demand|recommend|stipulat|request|remind|report|show|conclud"
    r"|announc|believ|assum|provid|resolv|clarif|emphasi[sz]|point)(?:e?s|e?d|e|ies|ied)?(?:\s+(?:out|\w+|the\s+\w+))?\W+$"
    r"|\b(?:sa(?:y|ys|id)|found|so|sure|fact|condition|case|event|given|means|meant|think|thought)\W+$",
    re.IGNORECASE,
)
_LIST_TAIL = re.compile(r",\s(?:[\w’'-]+\s){1,3}(?:or|and)\s")
_OPENER = re.compile(r"(?:,|\b(?:where|while|whereas|but|so|and|or|then|thus|hence)\b)\s*", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:of|for|in|to|from|by|with|at|on|under|between|against|about|as|into|within|through|via|per|without|outside|after|before|until"
    r"|upon|during|since|following|over|throughout"
    r"|among|over|or|and)\s+(?:(?:the|an?|each|every|any|all|its|their|our|his|her|this|these|such|other)\s+){0,2}$",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"\s*(?:on|in|at|by|over|throughout|within|after|before|under|for|from|upon|following|during|until|to|where|when|if|as|with)\b",
    re.IGNORECASE,
)
_DETERMINER = re.compile(r"\b(?:the|an?|each|every|all|any|our|its|their|no)\s+", re.IGNORECASE)
_LIST = re.compile(
    r"\s*(?:[\w’'-]+ ){0,3}[\w’'-]+(?:, (?:[\w’'-]+ ){0,3}[\w’'-]+)*,? (?:and|or) (?:[\w’'-]+ ){0,6}[\w’'-]+\s*"
)
_NUMBERING = re.compile(r"(?:\s|\*|[-–•\d.)]+\s|\(\w{1,4}\)\s)*")
_LEAD = re.compile(
    r"(?:\s|\*|[-–•\d.)]+\s|\(\w{1,4}\)\s)*(?:only\s+)?(?:(?:the|an?|each|every|all|any|no|our|neither)\s+)?",
    re.IGNORECASE,
)
_PREPOSITIONS = re.compile(r"\b(?:of|for|in|to|from|by|with|at|on|under|as)\b", re.IGNORECASE)
_DETERMINER_FIRST = re.compile(r"\s*(?:(?:the|an?|each|every|any)\s+)?")
_SPEAKERS = frozenset(("you", "we"))
_SEPARATOR = re.compile(r",?\s+(?:and|or)\s+(?:the\s+|an?\s+)?|,\s+")
_OF_CONDITION = re.compile(
    r"(?:\W|\d)*(?P<condition>(?:if|when|where|unless|once|whenever)\s+(?:(?:the|an?)\s+)?)[^,;]+,\s+(?:then\s+)?(?:it|they|he|she)\s*$",
    re.IGNORECASE,
)
_WITH_DETERMINER = re.compile(
    r"\b(?:the|an?|any|each|every|all|no)\s+(?P<noun>(?:[\w’'-]+\s){0,3}[\w’'-]+)$", re.IGNORECASE
)
_ALSO_DETERMINERS = frozenset(("one", "such", "this", "that", "these", "those"))
_PRONOUNS = frozenset(
    """it they this that these those he she i there who which what one none nothing such neither not here and or of
    the""".split()
)
_THAT, _FIRST_WORD = re.compile(r"\bthat\b"), re.compile(r"\s*\w")
_BEGINNING = re.compile(r"(?:\W|\d)*(?:(?:the|an?|each|every|all|our)\s+)?", re.IGNORECASE)
_FINITE = re.compile(rf"\b{_AUXILIARY}\b", re.IGNORECASE)
COORDINATION = re.compile(
    r"\s*(?:,|and|or|as well as|nor|,\s*and|,\s*or)\s*(?:(?:the|an?|its|their|Mr\.?|Ms\.?|Mrs\.?|Dr\.?|Prof\.?)\s+)?"
)


def repeats_subject(text: str, verb: int) -> bool:
    """Whether the verb at this character goes on with the subject before: "... and must not ..."."""
    return _CONJUNCTION.search(text, max(0, verb - 20), verb) is not None


def begins_with(text: str, start: int, mentions: Sequence[FoundMention]) -> bool:
    """Whether a sentence begins with a mention, numbers and articles aside."""
    return bool(mentions) and _BEGINNING.fullmatch(text, 0, mentions[0].start - start) is not None


def sentence_subject(text: str, start: int, mentions: Sequence[FoundMention]) -> list[FoundMention]:
    """What a sentence begins with: the mentions there, else the words before its first auxiliary verb."""
    # "Changes to the software are ... and may not": a mention that a preposition follows is but the head.
    if begins_with(text, start, mentions) and not _PREPOSITIONS.match(text, mentions[0].end - start + 1):
        return [*coordinated(text, start, mentions)]
    verb = _FINITE.search(text)
    return find_subjects(text, start, verb.start(), mentions) if verb else []


def find_subjects(text: str, start: int, verb: int, mentions: Sequence[FoundMention]) -> list[FoundMention]:
    """The subjects of the verb at character `verb` of a sentence that begins at `start` of the document.

    Several when they are coordinated ("A and B must"); none when the clause has none, is conditional, or only
    describes a thing ("maintenance that must be done").
    """
    first = max((match.end() for match in _BREAK.finditer(text, max(0, verb - _CLAUSE), verb + 1)), default=0)
    first = max(first, verb - _CLAUSE)
    end = _end_of_subject(text, first, verb)
    before = [m for m in mentions if first <= m.start - start and m.end - start <= end]
    if before and not text[before[-1].end - start : end].strip(" .\n\t"):  # "Nimbrel Inc. may"
        named = [
            *takewhile(lambda m: m.type not in VALUE_TYPES, coordinated(text, start, before[::-1], by_comma=False))
        ]
        if not named:
            return []
        head = min(m.start for m in named) - start
        if _CONDITION.search(text, first, head):
            return []
        whole = text[max(0, head - 1) : head] != "-" and not _PREPOSITION.search(text, first, head)
        if whole and _relative(text, first, head) is None:
            return named
    if _CONDITION.search(text, first, end):
        return []
    if match := _OF_CONDITION.match(text, first, end):  # "If the Supplier fails, it must pay"
        return [m for m in mentions if m.start - start == match.end("condition") and m.type not in VALUE_TYPES]
    relative = _relative(text, first, end)
    if relative is None:
        begin = _clause_begin(text, first, end)
        parts = _listed(text, begin, end)
        return [subject for part in parts for subject in _phrase(text, start, *part, part[1], mentions)]
    if _FIRST_WORD.match(text, relative.end(), end) is None:
        return _antecedent(text, start, first, relative, mentions)
    inner = _DETERMINER_FIRST.match(text, relative.end(), end)
    own = [m for m in mentions if inner and (m.start - start, m.end - start) == (inner.end(), end)]
    if own or text[relative.end() : end].strip().casefold() in _SPEAKERS:  # "data that Nordwind must keep"
        return own or _phrase(text, start, relative.end(), end, end, mentions)
    begin = _clause_begin(text, first, relative.start())
    # With a comma before it the clause only adds something; without one it says which ones are meant.
    adds = text[: relative.start()].rstrip()[-1:] == ","
    return _phrase(text, start, begin, relative.start() if adds else end, relative.start(), mentions)


def coordinated(
    text: str, start: int, mentions: Sequence[FoundMention], by_comma: bool = True
) -> Iterator[FoundMention]:
    """The first mention and those next to it in a list, going on in the order given: "A, B and C".

    Without `by_comma` the first two must be joined by a word: in "after the loss of A, B must act" only B acts.
    """
    previous: FoundMention | None = None
    conjunction = by_comma
    for mention in mentions:
        if previous is not None:
            a, b = sorted((previous, mention), key=lambda item: item.start)
            between = text[a.end - start : b.start - start]
            conjunction = conjunction or between.strip().startswith(("and", "or", "as", "nor"))
            if not conjunction or not COORDINATION.fullmatch(between):
                return
        yield mention
        previous = mention


def _end_of_subject(text: str, first: int, verb: int) -> int:
    """Where the subject ends: before adverbs, and before an aside between commas."""
    for pattern in (_BRACKET, _ADVERBS, _ASIDE):
        if match := pattern.search(text, first, verb):
            verb = match.start()
    while verb > first and text[verb - 1] in " \n\t,":
        verb -= 1
    return verb


def _relative(text: str, first: int, end: int) -> re.Match[str] | None:
    """The pronoun of the relative clause that ends at `end`: "that" of "Faults that make it unusable"."""
    for match in _RELATIVE.finditer(text, first, end):
        if match.group().casefold() == "that" and _SAYS.search(text, max(first, match.start() - 40), match.start()):
            continue
        if "," in _LIST_TAIL.sub(" ", text[match.end() : end]) and text[: match.start()].rstrip()[-1:] != ",":
            continue  # a comma ends the relative clause: the subject comes after it
        return match
    return None


def _antecedent(
    text: str, start: int, first: int, relative: re.Match[str], mentions: Sequence[FoundMention]
) -> list[FoundMention]:
    """What "which must" or "that must" speaks of: the mention or the "a day badge" just before; people go unnamed."""
    if relative.group().casefold() not in ("which", "that"):
        return []
    end = len(text[: relative.start()].rstrip(" ,\n\t"))
    known = [m for m in mentions if m.end - start == end and m.type not in VALUE_TYPES]
    phrase = _WITH_DETERMINER.search(text, first, end)
    return known[-1:] or (_phrase(text, start, phrase.start("noun"), end, end, mentions) if phrase else [])


def _listed(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """The parts of "eating, drinking and smoking"; the whole of what is no list."""
    cuts = [(match.start(), match.end()) for match in _SEPARATOR.finditer(text, begin, end)]
    if len(cuts) < 2 or not _LIST.fullmatch(text, begin, end) or _PREPOSITIONS.search(text, begin, cuts[-1][0]):
        return [(begin, end)]
    return list(zip([begin, *(b for _, b in cuts)], [*(a for a, _ in cuts), end], strict=True))


def _clause_begin(text: str, first: int, end: int) -> int:
    """Where the noun phrase that ends at `end` begins."""
    own = [
        m.end() for m in _THAT.finditer(text, first, end) if _SAYS.search(text, max(first, m.start() - 40), m.start())
    ]
    lead = _NUMBERING.match(text, own[-1] if own else first, end)
    begin = lead.end() if lead else first
    if (
        not _INTRODUCES.match(text, begin, end)
        and _LIST.fullmatch(text, begin, end)
        and not _FINITE.search(text, begin, end)
    ):
        return begin
    for match in _OPENER.finditer(text, begin, end):
        word = match.group().strip().casefold()
        if word in ("and", "or") and not _FINITE.search(text, begin, match.start()):
            continue  # "The content of customer or employee records"
        begin = match.end()
    if _INTRODUCES.match(text, begin, end):
        inner = [match.start() for match in _DETERMINER.finditer(text, begin, end)]
        # "After the end of the year the buyer": what a preposition stands before still introduces.
        begin = next((at for at in inner if not _PREPOSITION.search(text, begin, at)), end)
    return begin


def _phrase(
    text: str, start: int, begin: int, end: int, noun_end: int, mentions: Sequence[FoundMention]
) -> list[FoundMention]:
    """The words as a concept, or the mention that they are; none when they are no name.

    From `noun_end` a relative clause may follow, with verbs of its own.
    """
    lead = _LEAD.match(text, begin, end)
    begin = lead.end() if lead else begin
    name = text[begin:end].rstrip(" ,\n\t")
    words = name.split()
    if len(words) > _MAX_WORDS and noun_end < end:
        return _phrase(text, start, begin, noun_end, noun_end, mentions)
    if len(name) < 3 or not words or len(words) > _MAX_WORDS or _FINITE.search(text, begin, min(end, noun_end)):
        return []
    noun = text[begin : min(end, noun_end)].casefold().split()
    if not noun:
        return []
    pronoun = noun[0] in _PRONOUNS and (len(noun) == 1 or noun[0] not in _ALSO_DETERMINERS)
    if pronoun or noun[-1] in _PRONOUNS or not any(c.isalpha() for c in name):
        return []
    place = (start + begin, start + begin + len(name))
    known = [m for m in mentions if (m.start, m.end) == place]
    if known:
        return [] if known[0].type in VALUE_TYPES else known
    return [FoundMention(*place, name, "Concept", 0.5)]
