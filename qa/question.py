"""What a question asks for, told by rule from its words."""

import re
from dataclasses import dataclass

from kg.ontology import Ontology
from kg.terms import STOP_WORDS, stem, terms

#: Longer questions are cut: a question of 100,000 characters is read to here, and the answer says so.
MAX_QUESTION = 2000

_KINDS = (
    (
        "path",
        r"\b(?:how|in what way)\b.*\b(?:connect(?:ed)?|relate[d]?|link(?:ed)?|tied)\b"
        r"|\b(?:links?|connections?|relationships?)\b.*\bbetween\b|^what (?:links|connects|ties)\b",
    ),
    ("count", r"\bhow many\b|\bnumber of\b.*\?"),
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
    ("when", r"\bwhen\b|\b(?:on )?(?:what|which) (?:date|day|month|year)\b"),
    ("who", r"\b(?:who|whom|whose)\b"),
    ("where", r"\bwhere\b|\bin which (?:city|country|place)\b"),
    ("list", r"^(?:list|name)\b|\b(?:which|what) (?:\w+ ){0,3}?(?:\w+s)\b(?! (?:is|does|was)\b)|\bwhat are\b"),
    ("yes_no", r"^(?:is|are|was|were|does|do|did|can|may|must|has|have|should|shall|will)\b"),
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
_WORD = re.compile(r"\w+(?:[-./&’'@]\w+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its kind; `terms` are the content terms that evidence should hold, in order, once each.

    `negated`: it asks for what is not so ("Which systems were not affected?").
    """

    text: str
    kind: str
    words: tuple[str, ...]
    terms: tuple[str, ...]
    expected_types: tuple[str, ...]
    target_type: str
    negated: bool


def understand(text: str, ontology: Ontology) -> Question:
    """Kind, content terms, expected types of the answer and, for lists and counts, the type of what is listed."""
    text = " ".join(text[:MAX_QUESTION].split())
    lowered = text.casefold()
    kind = next((name for name, pattern in _KINDS if re.search(pattern, lowered)), "fact")
    content = terms(" ".join(word for word in _WORD.findall(text) if word.casefold() not in _ASKING))
    target = _target_type(lowered, ontology) if kind in ("count", "list") else ""
    return Question(
        text=text,
        kind=kind,
        words=tuple(match.group() for match in _WORD.finditer(text)),
        terms=tuple(dict.fromkeys(content)),
        expected_types=_EXPECTED.get(kind, (target,) if target else ()),
        target_type=target,
        negated=_NEGATED.search(lowered) is not None,
    )


def _target_type(lowered: str, ontology: Ontology) -> str:
    """The class whose label comes first after "which", "how many" and the like."""
    asked = re.search(r"\b(?:how many|which|what|list|name|number of)\b(.*)", lowered)
    stems = [stem(word) for word in re.findall(r"\w+", asked[1] if asked else lowered)][:6]
    best: tuple[int, str] | None = None
    for kind in ontology.types.values():
        for label in kind.labels:
            wanted = [stem(word) for word in re.findall(r"\w+", label.casefold())]
            for position in range(len(stems) - len(wanted) + 1):
                if stems[position : position + len(wanted)] == wanted and (best is None or position < best[0]):
                    best = (position, kind.name)
    return best[1] if best else ""


def content_words(words: tuple[str, ...]) -> list[str]:
    """The words that are not stop words, as written."""
    return [word for word in words if word.casefold() not in STOP_WORDS]
