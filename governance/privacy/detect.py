"""Personal data in a text: names by the model that extracts, numbers and addresses by form, check and context."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from governance.privacy.checks import NATIONAL, is_card, is_iban
from governance.privacy.forms import Span

Kind = Literal["PERSON", "EMAIL", "PHONE", "IBAN", "CARD", "IP", "ID", "BIRTHDATE", "ADDRESS"]
#: Where a text names people.
People = Callable[[str], Iterable[Span]]

_PERSON_SCORE, _CHECKED, _FORM, _CONTEXT = 0.8, 0.99, 0.95, 0.85
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.UNICODE)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){2,8}(?: ?[A-Z0-9]{1,4})?(?!\w)")
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.+-])(?:\+|00)[1-9]\d{0,2}(?:[ ./-]?\(?\d{1,5}\)?){2,6}(?![\w])")
_CALLED = re.compile(
    r"\b(?:tel|telephone|phone|mobile|cell|fax|call(?:ed)?|dial|ring|text)\b[^\n\d+]{0,20}?"
    r"(?P<found>\(?0?\d{1,5}\)?(?:[ ./-]?\d{1,5}){1,6})(?![\w])",
    re.IGNORECASE,
)
_DATE = (
    r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+\d{4}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})"
)
_BIRTH = re.compile(
    rf"\b(?:born|date of birth|birth ?date|birthday|d\.?o\.?b\.?|geboren|née?)\b[^\n\d]{{0,20}}(?P<found>{_DATE})",
    re.IGNORECASE,
)
_TOWN = r"[A-ZÀ-ÖØ-Þ][\w’'-]+(?: [A-ZÀ-ÖØ-Þ][\w’'-]+)?"
_BRITISH = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_PLACE = (
    rf"(?:,? +(?:\d{{3}} ?\d{{2}}|\d{{4,5}}|{_BRITISH}),? +{_TOWN}|,? +{_TOWN},? +(?:{_BRITISH}|[A-Z]{{2}} \d{{5}}))?"
)
_STREETS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Square|Sq|Court|Close|Place|Terrace|Boulevard|Blvd|Way|Crescent|Row"
)
_ENDINGS = (
    r"straße|strasse|str\.|weg|platz|allee|gasse|gatan|gata|gate|gade|vej|vägen|veien|vei|katu|tie|straat|laan|plein"
)
_ROADS = "rue|avenue|boulevard|place|impasse|quai|chemin"
_ADDRESS = re.compile(
    r"(?<![\w-])(?:"
    rf"\d{{1,4}}[a-zA-Z]?,? (?:[A-ZÀ-ÖØ-Þ][\w’'-]+ ){{1,3}}(?:{_STREETS})\b\.?"
    rf"|[A-ZÀ-ÖØ-Þ][\w’'-]*(?:{_ENDINGS}) \d{{1,4}}[a-zA-Z]?"
    rf"|\d{{1,4}}(?: ?bis| ?ter)?,? (?:{_ROADS}) (?:de |du |des |la |l’|l')*[A-ZÀ-ÖØ-Þ][\w’'-]+"
    rf"){_PLACE}"
)
_SAYS_NUMBER = re.compile(
    r"\b(?:id|identity|identification|personal|national|social security|insurance|tax|citizen|pesel|bsn|steuer\w*|"
    r"person\w*nummer|burgerservicenummer|ssn|nin)\b[^\n\d,;]{0,30}$",
    re.IGNORECASE,
)
_BEFORE = 50


@dataclass(frozen=True, slots=True)
class Detected:
    """Personal data: the text's characters from `start` to `end`, its kind, and how sure that is, from 0 to 1."""

    start: int
    end: int
    kind: Kind
    score: float


def detect(text: str, people: People | None = None) -> list[Detected]:
    """The personal data in a text in order, none overlapping another; of two the surer stays, of equals the longer."""
    found = list(_numbers(text))
    if people is not None:
        found += [Detected(start, end, "PERSON", _PERSON_SCORE) for start, end in people(text)]
    kept: list[Detected] = []
    for item in sorted(found, key=lambda item: (-item.score, item.start - item.end, item.start)):
        if all(item.end <= other.start or other.end <= item.start for other in kept):
            kept.append(item)
    return sorted(kept, key=lambda item: item.start)


def _numbers(text: str) -> Iterator[Detected]:
    for match in _EMAIL.finditer(text):
        yield Detected(match.start(), match.start() + len(match[0].rstrip(".-")), "EMAIL", _CHECKED)
    yield from _ibans(text)
    for match in _CARD.finditer(text):
        if is_card(match[0]):
            yield Detected(*match.span(), "CARD", _CHECKED)
    for pattern in (_IPV4, _IPV6):
        yield from (Detected(*match.span(), "IP", _FORM) for match in pattern.finditer(text) if _is_host(match[0]))
    for pattern, check, needs_word in NATIONAL:
        for match in pattern.finditer(text):
            said = _SAYS_NUMBER.search(text[max(0, match.start() - _BEFORE) : match.start()])
            if check(match[0]) and (said or not needs_word):
                yield Detected(*match.span(), "ID", _CHECKED if said or not needs_word else _CONTEXT)
    for match in _PHONE.finditer(text):
        if 8 <= sum(map(str.isdigit, match[0])) <= 15:
            yield Detected(match.start(), match.start() + len(match[0].rstrip(" ./-(")), "PHONE", _FORM)
    for match in _CALLED.finditer(text):
        if 6 <= sum(map(str.isdigit, match["found"])) <= 15:
            yield Detected(*match.span("found"), "PHONE", _CONTEXT)
    for match in _BIRTH.finditer(text):
        yield Detected(*match.span("found"), "BIRTHDATE", _FORM)
    for match in _ADDRESS.finditer(text):
        yield Detected(*match.span(), "ADDRESS", _CONTEXT)


def _ibans(text: str) -> Iterator[Detected]:
    """What follows an account's number may look like more of it, so it is cut where the check holds."""
    for match in _IBAN.finditer(text):
        for end in range(match.end(), match.start() + 14, -1):
            if is_iban(text[match.start() : end]) and not text[end - 1].isspace():
                yield Detected(match.start(), end, "IBAN", _CHECKED)
                break


def _is_host(text: str) -> bool:
    """Whether a text is the address of a machine that may be somebody's."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    special = address.is_loopback or address.is_unspecified or address.is_multicast or address.is_reserved
    return not special and not text.startswith(("255.", "::ffff:0:0"))
