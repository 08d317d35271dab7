"""Names that documents give: defined terms, acronyms with their expansion, and "hereinafter the 'Supplier'"."""

import re
from collections.abc import Sequence

from extraction.found import FoundAlias, FoundFact, FoundMention

_OPEN, _CLOSE = "[\"'“”‘’«»*_`]{1,3}", "[\"'“”‘’«»*_`]{1,3}"
_MEANS = re.compile(
    rf"{_OPEN}(?P<term>[\w][\w &/().-]{{1,60}}?){_CLOSE}\s*(?:shall\s+mean|means|refers\s+to|is\s+defined\s+as)\s+"
    r"(?P<definition>[^;]{8,400}?)(?:[;.](?=\s|$)|$)"
)
_PLAIN_MEANS = re.compile(
    r"^(?P<term>[A-Z][\w /-]{1,50}?)\s+(?:shall\s+mean|means|is\s+defined\s+as)\s+"
    r"(?P<definition>[^;]{8,400}?)(?:[;.](?=\s|$)|$)"
)
_GLOSSARY = re.compile(
    r"^(?:\*\*)?(?P<term>[A-Z][\w &/()-]{1,50}?)(?:\*\*)?\s*(?::|–|—|-\s)(?:\*\*)?\s*"
    r"(?P<definition>.{8,400}?)(?:\.\s*$|$)"
)
_SHORT_FORM = re.compile(
    r"\(\s*(?:hereinafter|hereafter|together|referred to as|each a|collectively|also)?,?\s*"
    r"(?:referred to as\s+|called\s+)?"
    r"(?:the\s+|an?\s+)?[\"“”‘’']{1,2}(?P<alias>[A-Z][\w -]{1,40})[\"“”‘’']{1,2}\s*\)"
    r"|hereinafter(?:\s+referred\s+to\s+as)?\s+(?:the\s+)?[\"“”‘’']{1,2}(?P<alias2>[A-Z][\w -]{1,40})[\"“”‘’']{1,2}"
)
_ACRONYM = re.compile(r"(?<=\s)\((?P<short>[A-Z][A-Z&-]{1,7}s?)\)")
_WORDS_BEFORE = re.compile(r"(?<![\w&-])(?P<long>(?:[\w&-]{1,60}\s{1,3}){1,6}[\w&-]{1,60})\s{1,3}$")
_MAX_LONG = 300
_DEFINITION_CONFIDENCE = 0.9
_NEAR = 80


def find_definitions(text: str, offset: int, heading: str) -> list[FoundFact]:
    """Facts DEFINED_AS of one block of text; under a heading that says so, "Term: explanation" defines too."""
    matches = [*_MEANS.finditer(text)] or [*_PLAIN_MEANS.finditer(text)]
    if not matches and re.search(r"definition|glossary|terms", heading, re.IGNORECASE):
        matches = [*_GLOSSARY.finditer(text)]
    facts = []
    for match in matches:
        term = _mention(match, "term", offset, "Term", 0.9)
        definition = _mention(match, "definition", offset, "Definition", 0.9)
        facts.append(FoundFact(term, "DEFINED_AS", definition, term.start, definition.end, _DEFINITION_CONFIDENCE))
    return facts


def find_short_forms(text: str, offset: int, mentions: Sequence[FoundMention]) -> dict[str, FoundMention]:
    """Names that hold within this document only: "the 'Supplier'" -> the organisation named just before."""
    found: dict[str, FoundMention] = {}
    for match in _SHORT_FORM.finditer(text):
        alias = match["alias"] or match["alias2"]
        before = [m for m in mentions if m.end <= offset + match.start() and offset + match.start() - m.end < _NEAR * 3]
        named = [m for m in before if m.type == "Organization"] or [
            m for m in before if m.type not in ("Date", "Value")
        ]
        if named:
            found[alias] = named[-1]
    return found


def find_acronyms(text: str, offset: int, mentions: Sequence[FoundMention]) -> list[FoundAlias]:
    """Acronyms whose letters are the initials of the words before them; these hold in every document."""
    found = []
    for match in _ACRONYM.finditer(text):
        before = _WORDS_BEFORE.search(text, max(0, match.start() - _MAX_LONG), match.start())
        if before is None:
            continue
        short = match["short"].rstrip("s")
        letters = [letter for letter in short if letter.isalpha()]
        words = list(re.finditer(r"[\w&]+", before["long"]))
        initials = [
            word for word in words if word.group()[0].isupper() or word.group() not in ("of", "and", "the", "for")
        ]
        chosen = initials[-len(letters) :]
        if [word.group()[0].upper() for word in chosen] != letters:
            continue
        start = offset + before.start("long") + chosen[0].start()
        end = offset + before.end("long")
        same = [m for m in mentions if m.start <= start and m.end >= end]
        kind = same[0].type if same else "Term"
        entity = FoundMention(start, end, text[start - offset : end - offset], kind, 0.9)
        alias = FoundMention(offset + match.start("short"), offset + match.end("short"), match["short"], kind, 0.9)
        found.append(FoundAlias(entity, alias))
    return found


def _mention(match: re.Match[str], group: str, offset: int, kind: str, score: float) -> FoundMention:
    return FoundMention(offset + match.start(group), offset + match.end(group), match[group], kind, score)
