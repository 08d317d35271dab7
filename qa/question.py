"""What a question asks for, told by rule from its words: its kind, what type its answer has, what it denies."""

import re
from dataclasses import dataclass
from typing import Literal

from kg.ontology import Ontology
from kg.terms import stem, terms
from qa.times import find_time

#: Longer questions are cut: a question of 100,000 characters is read to here, and the answer says so.
MAX_QUESTION = 2000

Extreme = Literal["", "most", "least"]

_LESS = "shorter|lower|smaller|fewer|less|earlier|older|cheaper"
_MORE = "longer|higher|larger|more|greater|bigger|later|newer|stricter"
_LEAST = "shortest|lowest|smallest|fewest|least|earliest|oldest|cheapest|first"
_MOST = "longest|highest|largest|most|greatest|biggest|latest|newest|strictest|last"
#: The words that ask for the greatest or the least.
SUPERLATIVES = frozenset(f"{_LEAST}|{_MOST}".split("|"))
# "at least 14 characters", "at the latest": limits. "The first rotation", "last day": only with a noun that is ranked.
_EXTREME = re.compile(
    rf"(?<!at )(?<!at the )\b(?:(?P<most>{_MOST})|(?P<least>{_LEAST}))\b(?!-)(?! of all)"
    r"|\b(?P<scored>highest|lowest)-\w+"
)
_ORDINALS = re.compile(r"\b(?:first|last)\b(?! (?:incident|event|contract|agreement|review))")
_COMPARATIVE = re.compile(rf"\b(?:(?P<most>{_MORE})|(?P<least>{_LESS}))\b")
_AUXILIARY = r"(?:is|are|was|were|does|do|did|can|may|must|has|have|should|shall|will)"
# Verbs after "what" that look like what is listed.
_VERBS = "happens|means|counts|applies|says|causes|makes|requires"
_KINDS = (
    (
        "path",
        r"\b(?:how|in what way)\b.*\b(?:connect(?:ed)?|relate[d]?|link(?:ed)?|tied)\b"
        r"|\b(?:links?|connections?|relationships?)\b.*\bbetween\b|^what (?:links|connects|ties)\b",
    ),
    (
        "change",
        r"^what (?:has |have |had )?changed\b|^how (?:has|have|had|did)\b.*\b(?:changed?|evolved?)\b|\bover time\b"
        r"|^(?:what|which) (?:changes|was changed)\b|\bhistory of\b",
    ),
    # "How many characters must it have at least?" asks for what is written somewhere, not to count.
    ("count", r"\bhow many\b(?!.*\bat (?:the (?:very )?)?(?:least|most)\b)|\bnumber of\b.*\?"),
    (
        "compare",
        rf"\bsame\b.*\band\b|\band\b.*\bthe same\b|^compare\b|\bdifferences? between\b|\bdiffer from\b"
        rf"|\b(?:{_MORE}|{_LESS})\b.*\b(?:than|or)\b|\bor (?!(?:{_MORE}|{_LESS})\b).*\b(?:{_MORE}|{_LESS})\b"
        rf"|^(?:which|who) of\b.*\band\b.*\b(?:{_MORE}|{_LESS})\b",
    ),
    (
        "definition",
        r"^(?:what (?:does|do)\b.*\bmean|what is meant by|what do (?:we|you) understand by|define\b"
        r"|what is the (?:definition|meaning) of"
        r"|how is\b.*\bdefined)",
    ),
    (
        "how_long",
        r"\bhow (?:long|soon|quickly|fast|often)\b|\bwithin (?:what|which) (?:time|period)"
        r"|\b(?:deadline|notice period|retention period)\b",
    ),
    ("how_much", r"\bhow much\b|\bwhat (?:is|are|was) the .*\b(?:amount|fee|cost|price|cap|liability|value)\b"),
    ("when", r"\b(?:what|which) (?:date|day|month|year)\b"),
    # A later "when" or "where" begins a clause: "What happens when a badge is lost?"
    ("when", r"^(?:(?!\b(?:who|whom|whose|what|which|where|how)\b).)*\bwhen\b"),
    ("who", r"\b(?:who|whom|whose)\b"),
    ("where", r"^(?:(?!\b(?:what|which|when|how)\b).)*\bwhere\b|\bin which (?:city|country|place)\b"),
    (
        "obligation",
        r"^what (?:must|shall|should|may)\b|^what\b.*\b(?:have to|oblig(?:ed|ations?)|requires?|required|duties)\b",
    ),
    (
        "list",
        rf"^(?:list|name)\b|\bwhat are\b|\b(?:which|what) (?:(?!{_AUXILIARY}\b)\w+ ){{0,3}}?"
        rf"(?:(?!(?:{_AUXILIARY}|{_VERBS})\b)\w+s|people)\b(?! (?:is|was)\b)",
    ),
    ("yes_no", rf"^{_AUXILIARY}\b"),
    (
        "about",
        r"^(?:what (?:is|are) (?:known )?(?:of|about)|tell me (?:about|of)|describe|everything about"
        r"|what do we know)\b",
    ),
)
_EXPECTED = {
    "who": ("Person", "Role", "Department", "Organization"),
    "when": ("Date",),
    "how_long": ("Duration", "Date"),
    "how_much": ("Amount", "Percentage"),
    "where": ("Location",),
    "definition": ("Definition",),
}
# Kinds that list, count or rank things of a type.
_OF_A_TYPE = ("count", "list", "superlative", "compare")
# Words of asking: they say what kind of answer is wanted, and no passage needs to hold them.
_ASKING = frozenset(
    """many much long soon often quickly fast list name names tell describe know known say says said state states stated
    please give given gives show shows find according document documents record recorded records mean means meant define
    defined defines definition connect connects connected connection relate related relationship link links linked tie
    tied way
    number numbers exist exists currently company must shall may can need needs require requires required have get use
    used uses day days date dates month months year years time times person persons people deadline deadlines count
    counts happen happens happened come comes came go went set sets make makes made put stay stays part parts""".split()
)
# "must not" asks for a prohibition, which is said, not denied.
_NEGATED = re.compile(r"(?<!must )(?<!shall )(?<!may )(?<!can )(?<!should )\b(?:not|never)\b|(?<!mus)(?<!ca)n['’]t\b")
_LACKING = re.compile(
    r"\b(?:ha(?:s|ve|d)|with) no\b|\bwithout (?:an?|any|its|their)\b|\black(?:s|ed|ing)?\b"
    r"|\b(?:do|does|did) not have\b|\b(?:do|does|did)n['’]t have\b|\bnot\b.*\bany(?:one|body)?\b"
    r"|\b(?:nobody|no one|no-one)\b"
)
_WORD = re.compile(r"\w+(?:[-./&’'@]\w+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its kind; `terms` are the content terms that evidence should hold, in order, once each.

    `target_type`: the type of what is listed, counted, ranked or asked for by "which"; "" when none is named.
    `negated`: it asks for what is not so ("Which systems were not affected?"). `lacking`: it asks for what has no such
    fact at all ("Which systems have no owner?"). `extreme`: whether a superlative or comparative wants the greatest
    value or the least. `as_of`: the day (ISO) as of which it asks, whose words are then in neither `words` nor `terms`.
    """

    text: str
    kind: str
    words: tuple[str, ...]
    terms: tuple[str, ...]
    expected_types: tuple[str, ...]
    target_type: str
    negated: bool
    lacking: bool
    extreme: Extreme
    as_of: str | None

    @property
    def comparative(self) -> str:
        """The word that compares or ranks: "longer", "most"."""
        parts = (part.casefold() for word in self.words for part in word.split("-"))
        return next((part for part in parts if part in SUPERLATIVES or _COMPARATIVE.fullmatch(part)), "")


def understand(text: str, ontology: Ontology) -> Question:
    """Kind, content terms, expected types of the answer and the type of what is asked for."""
    text = " ".join(text[:MAX_QUESTION].split())
    lowered = text.casefold()
    asked = next((name for name, pattern in _KINDS if re.search(pattern, lowered)), "fact")
    extreme = _extreme(lowered, asked)
    kind = "superlative" if extreme and asked not in ("compare", "path", "change", "definition") else asked
    as_of, timeless = find_time(text)
    content = terms(" ".join(word for word in _WORD.findall(timeless) if word.casefold() not in _ASKING))
    target = ""
    if kind in (*_OF_A_TYPE, "fact"):
        target = _target_type(lowered, ontology, near=kind == "fact")
    lacking = kind in ("count", "list") and bool(target) and _LACKING.search(lowered) is not None
    return Question(
        text=text,
        kind=kind,
        words=tuple(match.group() for match in _WORD.finditer(timeless)),
        terms=tuple(dict.fromkeys(content)),
        expected_types=_EXPECTED.get(asked, (target,) if target else ()),
        target_type=target,
        negated=not lacking and _NEGATED.search(lowered) is not None,
        lacking=lacking,
        extreme=extreme,
        as_of=as_of,
    )


def _extreme(lowered: str, asked: str) -> Extreme:
    """The end of the scale that a superlative, or in a comparison a comparative, asks for."""
    if asked == "compare":
        match = _COMPARATIVE.search(lowered)
        return "" if match is None else "most" if match["most"] else "least"
    match = _EXTREME.search(_ORDINALS.sub("", lowered))
    if match is None:
        return ""
    return "most" if match["most"] or match["scored"] == "highest" else "least"


def _target_type(lowered: str, ontology: Ontology, near: bool) -> str:
    """The class whose label comes first after "which", "how many" and the like; `near`: directly after "which"."""
    pattern = r"\b(?:which|what)\b(.*)" if near else r"\b(?:how many|which|what|list|name|number of|who)\b(.*)"
    asked = re.search(pattern, lowered)
    if near and asked is None:
        return ""
    words = re.findall(r"\w+", asked[1] if asked else lowered)[: 2 if near else 6]
    if near and words and re.fullmatch(_AUXILIARY, words[0]):
        return ""
    stems = [stem(word) for word in words]
    best: tuple[int, str] | None = None
    for kind in ontology.types.values():
        for label in kind.labels:
            wanted = [stem(word) for word in re.findall(r"\w+", label.casefold())]
            for position in range(len(stems) - len(wanted) + 1):
                if stems[position : position + len(wanted)] == wanted and (best is None or position < best[0]):
                    best = (position, kind.name)
    return best[1] if best else ""
