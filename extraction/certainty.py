"""Whether a sentence denies or hedges what it says: cue words with a scope that other words end.

After NegEx (Chapman et al., 2001, "A simple algorithm for identifying negated findings and diseases"): a cue before a
statement reaches up to the next "but", ";" and the like; a few cues follow it; "not only" is none. Hedges are those of
Hyland ("Hedging in scientific research articles", 1998) and BioScope (Vincze et al., 2008) that policies, reports and
minutes use; what stands under a condition or in a question is hedged too, since nobody says that it is so.
"""

import re

_NO_DENIAL = (
    r"not\s+(?:only|just|merely|necessarily|limited\s+to|least)|without\s+(?:undue\s+)?delay|no(?:t)?\s+(?:later|less|fewer|more)"
    r"\s+than|whether\s+or\s+not|no\s+doubt"
)
_DENIAL = re.compile(
    rf"(?:{_NO_DENIAL})|(?P<cue>\b(?:not|never|no\s+longer|neither|nor|without|cannot)\b|n['’]t\b)", re.IGNORECASE
)
_NONE = re.compile(r"\b(?:no|neither|nor|none\s+of)\s+(?:the\s+|an?\s+|any\s+)?$", re.IGNORECASE)
_DENIES_CLAUSE = re.compile(
    r"\b(?:(?:no|without)\s+(?:\w+\s+)?(?:evidence|indication|sign|proof|reason\s+to\s+believe|suggestion)\s+(?:that|of)|den(?:y|ies|ied)"
    r"(?:\s+that)?|rul(?:e|es|ed)\s+out(?:\s+that)?|disput(?:e|es|ed)\s+that|not\s+(?:the\s+case|true|find|found|say|said|show|shown"
    r"|claim|claimed|mean)\s+that|contrary\s+to\s+(?:the\s+)?(?:claim|report|belief)s?\s+that|rather\s+than|instead\s+of)\b",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\s*,?\s*(?:(?:which\s+|this\s+)?(?:is|was|were|are|has\s+been|have\s+been|can\s+be|could\s+be)\s+(?:therefore\s+)?(?:ruled\s+out|excluded"
    r"|denied)|is\s+not\s+(?:true|the\s+case|correct))\b",
    re.IGNORECASE,
)
_BELIEF = (
    r"(?:believed|thought|expected|planned|suspected|assumed|supposed|said|alleged|rumou?red|likely|unlikely|estimated"
    r"|due|intended)"
)
_HEDGE = re.compile(
    rf"\b(?:may|might|could|would|probably|possibly|likely|unlikely|allegedly|reportedly|apparently|presumably|perhaps|maybe"
    rf"|supposedly|potentially|(?:is|are|was|were)\s+{_BELIEF}\s+to|(?:appear|seem)(?:s|ed)?\s+(?:to|likely)|intends?\s+to"
    rf"|plans?\s+to|suspected\s+of)\b",
    re.IGNORECASE,
)
_HEDGES_CLAUSE = re.compile(
    r"\b(?:unclear|unknown|uncertain|not\s+(?:clear|known|certain|confirmed))\s+(?:whether|if|that)|whether|\b(?:it\s+is|it['’]s)\s+(?:possible"
    r"|likely|probable|thought|believed|assumed|suspected|alleged|rumou?red|conceivable)(?:\s+that)?|\b(?:suspects?|suspected|believes?"
    r"|believed|thinks?|thought|assumes?|assumed|supposes?|fears?|feared|suggests?|suggested|alleges?|alleged|claims?|claimed|expects?"
    r"|expected|proposes?|proposed)\s+(?:that|it)\b|\b(?:probably|possibly|perhaps|maybe|allegedly|reportedly|apparently|presumably"
    r"|supposedly)\b|\baccording\s+to\s+(?:unconfirmed|early|first|initial)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|in\s+case|in\s+the\s+event\s+that|provided\s+that|as\s+long\s+as|suppose|assuming)\b|^\s*should\b",
    re.IGNORECASE,
)
_HEDGED_AFTER = re.compile(
    r"\s*,\s*(?:it\s+(?:is\s+(?:believed|thought|assumed|suspected|alleged)|seems|appears)|reportedly|allegedly|apparently|presumably"
    r"|probably|possibly|perhaps|or\s+so)\b|\s*,?\s*(?:(?:is|are|was|were)\s+(?:possible|likely|unlikely|uncertain|unclear|suspected)|has\s+not"
    r"\s+been\s+confirmed|could\s+not\s+be\s+confirmed|remains\s+(?:unclear|to\s+be\s+(?:seen|confirmed)))\b",
    re.IGNORECASE,
)
_SCOPE_END = re.compile(
    r"[;:]|\.\s|\b(?:but|however|although|though|except|because|yet|nevertheless|whereas|since|so\s+that)\b",
    re.IGNORECASE,
)
_CONDITION_END = re.compile(r"[,;:]|\b(?:then|but)\b", re.IGNORECASE)


def is_denied(text: str, begin: int, middle: tuple[int, int], end: int) -> bool:
    """Whether a statement is denied whose words are the characters `begin` to `end` of a sentence.

    `middle` is what stands between its subject and its object.
    """
    if any(match["cue"] for match in _DENIAL.finditer(text, *middle)):
        return True
    if _NONE.search(text, max(0, begin - 20), begin) or _DENIED_AFTER.match(text, end):
        return True
    return _reaches(_DENIES_CLAUSE, _SCOPE_END, text, begin)


def is_hedged(text: str, begin: int, middle: tuple[int, int], end: int) -> bool:
    """Whether a statement is said to be possible, likely, believed, conditional, or is asked; as `is_denied`."""
    if _HEDGE.search(text, *middle) or _HEDGED_AFTER.match(text, end) or text.rstrip(" \n”\"'").endswith("?"):
        return True
    return _reaches(_HEDGES_CLAUSE, _SCOPE_END, text, begin) or _reaches(_CONDITION, _CONDITION_END, text, begin)


def _reaches(cue: re.Pattern[str], scope_end: re.Pattern[str], text: str, begin: int) -> bool:
    """Whether a cue before `begin` has a scope that nothing ends before it."""
    ends = [match.end() for match in cue.finditer(text, 0, begin)]
    return bool(ends) and scope_end.search(text, ends[-1], begin) is None
