"""Names that documents give: defined terms, acronyms with their expansion, and "hereinafter the 'Supplier'"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extraction.document import Block
from extraction.found import FoundAlias, FoundFact, FoundMention

_QUOTE = r"[\"'“”„‟‘’‚‛«»‹›*_`]{1,4}"
_VERB = (
    r"(?:shall\s+mean|means|refers?\s+to|(?:is|are)\s+(?:hereby\s+)?(?:defined|understood)\s+as|(?:is|are)\s+taken\s+to\s+mean"
    r"|(?:has|have|shall\s+have)\s+the\s+meanings?(?=\s+(?:given|set\s+out|assigned|ascribed|as\s+defined|specified|defined)))"
)
_TERM = r"[^\W_][\w &/().’'-]{0,60}?"
_DEFINITION = r"(?P<definition>[^;]{8,400}?)(?:[;.](?=\s|$)|$)"
_MEANS = re.compile(
    rf"(?:{_QUOTE}(?P<other>{_TERM}){_QUOTE}\s*(?:,|or|and|,\s*or)\s*)?{_QUOTE}(?P<term>{_TERM}){_QUOTE},?\s*"
    rf"(?:\([^)]{{1,40}}\)\s*)?(?:{_VERB}|mean)[\s:,]\s*{_DEFINITION}"
)
_PLAIN_MEANS = re.compile(
    r"^(?:\(?[\da-z.]{1,5}[.)]?\s+)?(?:(?:The|A|An)\s+(?:term\s+)?)?"
    rf"(?P<term>(?!(?:This|That|It|Which|What|These)\b)[A-Z][\w /-]{{1,50}}?)\s+{_VERB}[\s:,]\s*{_DEFINITION}"
)
_GLOSSARY = re.compile(
    rf"^(?:\(?[\da-z.]{{1,5}}[.)]\s+)?(?:{_QUOTE})?(?P<term>[^\W\d_][\w &/()’'-]{{1,50}}?)(?:{_QUOTE})?\s*(?::|–|—|-\s)"
    rf"(?:{_QUOTE})?\s*"
    r"(?P<definition>.{8,400}?)(?:\.\s*$|;\s*(?:and)?\s*$|$)"
)
_IS = re.compile(
    rf"^{_QUOTE}(?P<term>{_TERM}){_QUOTE}\s*(?:\([^)]{{1,40}}\)\s*)?(?:is|are)\s+(?=(?:the|an?|any)\s)"
    rf"(?!(?:the|an?)\s+(?:abbreviation|acronym)){_DEFINITION}"
)
_IS_ANY = re.compile(
    r"(?:^|(?<=[.\n]\s)|(?<=\n))(?:A|An)\s+(?P<term>[\w][\w -]{2,40}?)\s+is\s+"
    r"(?P<definition>any\s[^;]{8,400}?)(?:[;.](?=\s|$)|$)"
)
_GLOSSARY_HEADING = re.compile(
    r"definition|glossary|terminology|defined terms|\bterms and\b|^terms$|abbreviation", re.IGNORECASE
)
_TERM_HEADERS = frozenset(("term", "defined term", "expression", "word", "concept", "abbreviation", "acronym"))
_DEFINITION_HEADERS = frozenset(("definition", "meaning", "explanation", "description", "means"))
_ALIAS = r"[\"“”„‘’'«»]{1,2}(?:the\s+)?(?P<%s>[A-Z][\w -]{1,40}?)[\"“”‘’'«»]{1,2}"
_SHORT_FORM = re.compile(
    r"\(\s*(?:(?:hereinafter|hereafter|together|referred\s+to\s+as|each\s+an?|collectively|also|in\s+the\s+following),?\s*){0,3}"
    r"(?:referred\s+to\s+as\s+|called\s+)?(?:the\s+|an?\s+)?"
    + _ALIAS % "alias"
    + r"(?:\s*,?\s*(?:or|and)\b[^()\"“”„‘’'«»]{0,60}?\s"
    + _ALIAS % "second"
    + r")?\s*\)"
    r"|(?:hereinafter|hereafter)(?:\s+(?:also\s+)?(?:referred\s+to\s+as|called))?,?\s+(?:the\s+)?" + _ALIAS % "alias2"
)
_ACRONYM = re.compile(r"(?<=\s)\((?P<short>[A-Z][A-Z&-]{1,7}s?)\)")
_WORDS_BEFORE = re.compile(r"(?<![\w&-])(?P<long>(?:[\w&-]{1,60}\s{1,3}){1,6}[\w&-]{1,60})[\"'”’*_»]{0,4}\s{1,3}$")
_STANDS_FOR = re.compile(
    rf"(?<!\w)(?P<short>[A-Z][\w&-]{{1,9}})(?:{_QUOTE})?\s+(?:stands\s+for|is\s+(?:the\s+|an\s+)?(?:abbreviation|acronym|short)\s+(?:for|of))"
    r"\s+(?:the\s+)?(?P<long>[^.;,()\n]{4,80}?)(?=[.;,(]|$)"
)
_MAX_LONG = 300
_CONFIDENCE = 0.9
_NEAR = 240
# What a short form's last word says of what it stands for; any other one stands for somebody who acts.
_KINDS = {
    **dict.fromkeys(("Agreement", "Contract", "DPA", "Amendment"), ("Contract", "Policy")),
    **dict.fromkeys(
        ("Policy", "Standard", "Procedure", "Plan", "Regulation", "Act", "Notice", "Directive"), ("Policy",)
    ),
    **dict.fromkeys(("System", "Platform", "Application", "Portal", "Software", "Service"), ("System",)),
    **dict.fromkeys(("Date", "Day"), ("Date",)),
}
_PARTIES = ("Organization", "Person", "Department", "Role")


def find_definitions(text: str, offset: int, heading: str) -> list[FoundFact]:
    """Facts DEFINED_AS of one block of text; under a heading that says so, "Term: explanation" defines too."""
    matches = [*_MEANS.finditer(text)] or [*_PLAIN_MEANS.finditer(text)] or [*_IS_ANY.finditer(text)]
    if not matches and _GLOSSARY_HEADING.search(heading.rpartition(" > ")[2]):
        matches = [*_GLOSSARY.finditer(text)] or [*_IS.finditer(text)]
    return [
        _defined(_mention(match, group, offset, "Term"), _mention(match, "definition", offset, "Definition"))
        for match in matches
        for group in ("other", "term")
        if match.groupdict().get(group)
    ]


def find_glossary(text: str, rows: Sequence[Block]) -> tuple[list[FoundFact], list[Block]]:
    """Facts DEFINED_AS of the rows of "Term | Definition" tables, and all rows without what was read so."""
    facts: list[FoundFact] = []
    rest: list[Block] = []
    for row in rows:
        headers = [" ".join(cell.name.casefold().split()) for cell in row.cells]
        defining = [at for at, header in enumerate(headers) if header in _DEFINITION_HEADERS]
        if not headers or headers[0] not in _TERM_HEADERS or not defining:
            rest.append(row)
            continue
        term, definition = row.cells[0], row.cells[defining[0]]
        if term.start < term.end and definition.start < definition.end:
            named = FoundMention(term.start, term.end, text[term.start : term.end], "Term", 0.9)
            words = text[definition.start : definition.end]
            facts.append(_defined(named, FoundMention(definition.start, definition.end, words, "Definition", 0.9)))
        rest.append(replace(row, cells=tuple(cell for at, cell in enumerate(row.cells) if at not in defining)))
    return facts, rest


def find_short_forms(text: str, offset: int, mentions: Sequence[FoundMention]) -> dict[str, FoundMention]:
    """Names that hold within this document only: "the 'Supplier'" -> the organisation named just before."""
    found: dict[str, FoundMention] = {}
    for match in _SHORT_FORM.finditer(text):
        place = offset + match.start()
        before = [m for m in mentions if m.end <= place and place - m.end < _NEAR]
        for alias in filter(None, match.groups()):
            named = _stands_for(alias, before, place)
            # "backup copies of it (the "Backup Copies")" names just those words.
            own = named is not None and alias.casefold() in text[: match.start()].casefold()
            if named is not None and (alias in named.text or not own):
                found[alias] = named
    return found


def _stands_for(alias: str, before: Sequence[FoundMention], place: int) -> FoundMention | None:
    held = [m for m in before if alias in m.text]
    kinds = _KINDS.get(alias.split()[-1])
    fitting = held or [m for m in before if m.type in (kinds or ("Organization",))]
    if not fitting and kinds is None:
        fitting = [m for m in before if m.type in _PARTIES or (m.type == "Term" and place - m.end < 3)]
    return fitting[-1] if fitting else None


def find_short_form_terms(text: str, offset: int) -> Iterator[FoundMention]:
    """The short forms themselves, as terms that the document defines."""
    for match in _SHORT_FORM.finditer(text):
        for group in ("alias", "second", "alias2"):
            if match[group]:
                yield _mention(match, group, offset, "Term")


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
    for match in _STANDS_FOR.finditer(text):
        found.append(FoundAlias(_mention(match, "long", offset, "Term"), _mention(match, "short", offset, "Term")))
    return found


def _defined(term: FoundMention, definition: FoundMention) -> FoundFact:
    return FoundFact(term, "DEFINED_AS", definition, term.start, definition.end, _CONFIDENCE)


def _mention(match: re.Match[str], group: str, offset: int, kind: str) -> FoundMention:
    return FoundMention(offset + match.start(group), offset + match.end(group), match[group], kind, 0.9)
