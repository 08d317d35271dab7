"""Modal verbs: what they oblige to, permit or prohibit, and where they only say what is possible or how things are."""

import re

MODAL = re.compile(
    r"\b(?P<modal>(?:must|shall|may|can)\s+(?:not|never|only)|must|shall|may|cannot"
    r"|can(?=\s+(?:be\s+\w+(?:ed|en)\s+(?:only\s+)?by\b|withdraw\b|object\b|lodge\b|appeal\b|ask\b|request\b))"
    r"|(?:is|are)\s+(?:(?:not|also|therefore|hereby|only|strictly|always|expressly)\s+){0,2}(?:required|obliged|obligated"
    r"|permitted|allowed|prohibited|forbidden|entitled|authori[sz]ed)\s+(?:to|from)"
    r"|(?:is|are)\s+(?:not\s+)?to(?=\s+be\s+\w+(?:ed|en|ept|ade|ent|eld|aid|one|wn|ut|ld)\b)"
    r"|(?:has|have)\s+to|needs\s+to|(?:(?<=s\s)|(?<=you\s)|(?<=we\s))need\s+to)(?![\w’'-])",
    re.IGNORECASE,
)
#: "Written notes are forbidden", "such work requires consent": the thing itself is the subject, and what is said of
#: it begins with this verb.
VERDICT = re.compile(
    r"\b(?:(?:is|are)\s+(?:strictly\s+|also\s+|expressly\s+)?(?P<verdict>not\s+(?:permitted|allowed)|prohibited|forbidden"
    r"|permitted|allowed|mandatory|compulsory|obligatory)\b(?!\s+(?:to|from|by)\b)"
    r"|(?<!which\s)(?<!that\s)(?P<needs>requires?|needs?(?=\s+an?\s))\s+(?!that\b|to\b|(?:[\w-]+\s+){1,5}to\s+(?!be\b)))",
    re.IGNORECASE,
)
_MONTH = re.compile(r"May\b")
_NOT_OBLIGED = re.compile(r"\b(?:do|does|did|need|needs|will|would)(?:\s+not|n['’]t)\s+$", re.IGNORECASE)
_NO_DUTY = re.compile(r"\s*be\s+(?:obliged|required|obligated|bound)\s+to\b", re.IGNORECASE)
_RIGHT = re.compile(r"\s*(?:also\s+)?(?:have\s+the\s+(?:right|power)|be\s+(?:entitled|free))\s+to\b", re.IGNORECASE)
# "This agreement shall apply", "nobody shall be liable": how things are, and nothing to do.
_DECLARES = re.compile(
    r"\s*(?:also\s+|only\s+|not\s+|never\s+)?(?:(?:be|remain)\s+(?:in\s+(?:full\s+)?force|liable|construed|deemed|governed"
    r"|interpreted|understood|regarded|considered|presumed|exempt|without\s+prejudice|void|null|effective|binding|valid)\b|mean\b|apply\b|prevail\b|survive\b"
    r"|constitute\b|(?:enter|come)\s+into\s+(?:force|effect)\b|take\s+effect\b|affect\b|prejudice\b|consist\b)",
    re.IGNORECASE,
)
# "may be delayed", "may have been lost": nobody is permitted that.
_BEFALLS = re.compile(
    r"\s*(?:also\s+|still\s+|then\s+|not\s+|never\s+)?(?:have\s+(?:been\b|\w+(?:ed|en)\b|had\b)|need\b|suffer\b|fail\b|become\b"
    r"|feel\b|seem\b|appear\b|be\s+(?:asked|required|subject\b|liable|absent|affected|exposed|involved|unable|aware|at\s+risk|lost"
    r"|damaged|delayed|compromised|likely|unlikely|possible|necessary))",
    re.IGNORECASE,
)
# "data that nobody can read": who is not able to do something is not forbidden to.
_UNABLE = re.compile(
    r"\s*(?:afford|know|say|tell|see|be\s+(?:sure|certain|ruled\s+out|excluded|read|seen|guaranteed))\b", re.IGNORECASE
)
# "logs may contain errors": of things, how they may be.
_STATES = re.compile(
    r"\s*(?:also\s+|still\s+|then\s+|well\s+|even\s+|not\s+|never\s+)?(?:have\b|contain\b|include\b|differ\b|occur\b"
    r"|result\b|lead\b|cause\b|vary\b|arrive\b|depend\b|arise\b|affect\b|indicate\b|exist\b|happen\b|apply\b|involve\b"
    r"|take\s+(?:up\s+to|longer|some|several)\b|expire\b|change\b|exceed\b|constitute\b|be\s+(?:(?:very|more|less|too"
    r"|especially|particularly)\s+)?(?:an?\b|the\b|in\b|at\b|of\b|on\b|difficult|impossible|high|higher|low|lower|large"
    r"|larger|small|unavailable|available|due\b|appropriate|useful|incomplete|wrong|caused|sensitive|harmful|relevant"
    r"|different|able\b|true\b))",
    re.IGNORECASE,
)


def modality_of(text: str, match: re.Match[str], acting: bool) -> str | None:
    """MUST, MAY or MUST_NOT of a match of `MODAL`; None where nobody is obliged, permitted or prohibited.

    That is so for "is not required to", "does not have to", the month of May, what "shall apply" and "may contain".
    `acting`: the subject is somebody who can act, so that "may include" permits.
    """
    modal = " ".join(match["modal"].casefold().split())
    denied = re.search(r"\bnot\b|\bnever\b|\bcannot\b", modal) is not None
    if _MONTH.fullmatch(match["modal"]) or (denied and re.search(r"required|oblig|^(?:is|are) not to$", modal)):
        return None
    if _NOT_OBLIGED.search(text, max(0, match.start() - 30), match.start()):
        return None
    if "prohibited" in modal or "forbidden" in modal:
        return "MAY" if denied else "MUST_NOT"
    if modal.startswith("shall") and _DECLARES.match(text, match.end()):
        return None
    if modal == "cannot" and _UNABLE.match(text, match.end()):
        return None
    if modal.startswith("may") and (
        _BEFALLS.match(text, match.end()) or (not acting and _STATES.match(text, match.end()))
    ):
        return None
    if denied:
        return None if _NO_DUTY.match(text, match.end()) else "MUST_NOT"
    if _RIGHT.match(text, match.end()):
        return "MAY"
    permitted = modal.startswith(("may", "can")) or re.search(r"permitted|allowed|entitled|authori[sz]ed", modal)
    return "MAY" if permitted else "MUST"


def verdict_of(match: re.Match[str]) -> str:
    """MUST, MAY or MUST_NOT of a match of `VERDICT`."""
    if match["needs"]:
        return "MUST"
    verdict = match["verdict"].casefold()
    if verdict.startswith("not") or verdict in ("prohibited", "forbidden"):
        return "MUST_NOT"
    return "MAY" if verdict in ("permitted", "allowed") else "MUST"
