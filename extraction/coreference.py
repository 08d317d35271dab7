"""Who is meant within a document: short names, definite descriptions and pronouns, to the full name of what they name.

Deterministic sieves, the most certain first, after Lee et al. (2013), "Deterministic coreference resolution based on
entity-centric, precision-ranked rules": names that the document itself gives, parts of full names, head words ("the
committee"), the document's own kind ("this policy"), types within a paragraph ("the system"), and pronouns that begin a
sentence. Where two could be meant, none is.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from extraction.found import FoundAlias, FoundMention
from extraction.pronouns import find_pronouns
from kg.names import normalise_name
from kg.ontology import Ontology
from kg.terms import STOP_WORDS

_LEGAL_FORMS = frozenset(
    "ab ag aps as a/s asa bv gmbh inc kg limited llc llp ltd nv oy oyj plc sa se srl sarl corp co".split()
)
_MONTHS = frozenset("january february march april may june july august september october november december".split())
_DETERMINER = re.compile(r"(?:the|this|that|these|our)\s+", re.IGNORECASE)
# A description ends where a verb, a preposition or punctuation follows: "the system", not "the system owner".
_AFTER = (
    r"(?=\s*(?:[.,;:)!?]|$)|\s+(?:is|are|was|were|has|have|had|will|would|may|must|shall|can|could|should|does|did|and|or|but|also|then"
    r"|therefore|itself|in|on|at|to|for|by|with|from|as|under|after|before|when|if|unless|until|during|within|without|because|since|not"
    r"|(?:appli|cover|requir|provid|contain|defin|describ|set|decid|ask|host|support|stor|process|need|meet|report|own|us|pay|keep|operat"
    r"|develop|employ|inform|notifi|enter|tak|run|end|commenc|expir|renew|continu|replac|govern|regulat|com|begin|start|remain|becom"
    r"|includ|concern|affect|allow|enabl|record|hold|manag|serv|approv|discuss|agre|not|confirm|found|conclud|review)(?:e?s|e?d))\b)"
)
_THINGS = frozenset(("Organization", "Department", "System", "Policy", "Contract", "Control", "Incident"))
_NAME, _DESCRIPTION, _TERM = 0.75, 0.6, 0.8


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of the document: its text from `start`, its sentences and mentions, all in the document's characters."""

    start: int
    text: str
    sentences: tuple[tuple[int, int], ...]
    mentions: tuple[FoundMention, ...]


@dataclass(frozen=True, slots=True)
class GivenNames:
    """What the document itself says: what a short form stands for, which terms it defines, what it is about."""

    short_forms: Mapping[str, FoundMention]
    terms: Sequence[str]
    about: FoundMention | None


@dataclass(slots=True)
class Coreference:
    """Resolves the mentions of documents; the ontology's labels and head words are what descriptions are made of."""

    ontology: Ontology
    _description: re.Pattern[str] = field(init=False)
    _types: dict[str, frozenset[str]] = field(init=False)
    _labels: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        types: dict[str, set[str]] = defaultdict(set)
        labels: set[str] = set()
        for kind in self.ontology.types.values():
            labels.update(label.casefold() for label in kind.labels if kind.name in _THINGS)
            for word in (*kind.labels, *kind.headwords) if kind.name in _THINGS else ():
                if word.casefold() not in _LEGAL_FORMS | STOP_WORDS:
                    types[word.casefold()].add(kind.name)
        self._labels = frozenset(labels)
        self._types = {word: frozenset(names) for word, names in types.items()}
        words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(types, key=len, reverse=True))
        self._description = re.compile(rf"\b(?P<det>[Tt]he|[Tt]his)\s+(?P<head>{words}){_AFTER}", re.IGNORECASE)

    def resolve(self, paragraphs: Sequence[Paragraph], given: GivenNames) -> list[list[FoundMention]]:
        """For each paragraph its mentions in order, with the names of what they stand for, and those newly found."""
        singular = {form: term for term in given.terms for form in _forms(term)}
        known = [m for paragraph in paragraphs for m in paragraph.mentions if _bare(m) not in singular]
        parts = _parts_of_names(known, paragraphs)
        names, terms = _pattern(parts), _pattern(singular)
        heads = _by_head(known, given.about)
        resolved: list[list[FoundMention]] = []
        for paragraph in paragraphs:
            mentions = [_given(mention, given.short_forms, singular, parts) for mention in paragraph.mentions]
            mentions = _added(mentions, _found(paragraph, names, parts))
            mentions = _added(mentions, _terms(paragraph, terms, singular))
            described = [*self._descriptions(paragraph, mentions, heads, given.about)]
            plain = [m for m in mentions if not any(d.start < m.start and m.end == d.end for d in described)]
            mentions = _added(plain, described)
            pronouns = find_pronouns(paragraph.text, paragraph.start, paragraph.sentences, mentions)
            resolved.append(_added(mentions, pronouns))
        return resolved

    def _descriptions(
        self,
        paragraph: Paragraph,
        mentions: Sequence[FoundMention],
        heads: Mapping[str, Mapping[str, FoundMention]],
        about: FoundMention | None,
    ) -> Iterator[FoundMention]:
        for match in self._description.finditer(paragraph.text):
            head = " ".join(match["head"].casefold().split())
            start = paragraph.start + match.start()
            if any(m.name and m.start < start + len(match.group()) and m.end > start for m in mentions):
                continue  # "the Supplier", which the document has given to somebody
            if heads.get(head):
                antecedent = _only(heads[head].values())
            elif about and about.type in self._types[head] and self._is_about(about, head, match["det"]):
                antecedent = about
            else:
                kinds = self._types[head]
                fitting = (m for m in mentions if m.end <= start and m.type in kinds and self._may_be(m, head))
                antecedent = _only(_distinct(fitting).values())
            if antecedent is not None and antecedent.end <= start:
                text = match.group()
                name = _tidy(antecedent.entity_name)
                yield FoundMention(start, start + len(text), text, antecedent.type, _DESCRIPTION, name)

    def _is_about(self, about: FoundMention, head: str, determiner: str) -> bool:
        """Whether "the plan" or "this plan" is the document itself; one procedure speaks of many notices and plans."""
        if about.type not in ("Policy", "Contract", "Incident"):
            return False
        kind = head in about.text.casefold().split() or about.type != "Policy"
        return kind or (
            determiner.casefold() == "this" and head in ("document", "policy", "standard", "procedure", "plan")
        )

    def _may_be(self, mention: FoundMention, head: str) -> bool:
        """Whether a thing may go by a head word: the General Data Protection Regulation is no "register"."""
        last = mention.entity_name.casefold().split()[-1]
        return last == head or (head in self._labels and last not in self._labels)


def _given(
    mention: FoundMention,
    short_forms: Mapping[str, FoundMention],
    terms: Mapping[str, str],
    parts: Mapping[str, FoundMention],
) -> FoundMention:
    """The mention with the name that the document gives it."""
    bare = _bare(mention)
    for entity in (short_forms.get(bare), parts.get(bare)):
        if entity is not None and entity.entity_name != mention.text:
            return replace(mention, name=_tidy(entity.entity_name), type=entity.type)
    if bare not in terms:
        return mention
    kind = "Term" if mention.type == "Person" else mention.type  # two capitals: "Service Credit"
    return replace(mention, name=terms[bare] if terms[bare] != bare else "", type=kind)


def _parts_of_names(known: Sequence[FoundMention], paragraphs: Sequence[Paragraph]) -> dict[str, FoundMention]:
    """Surnames, given names and organisations without their legal form that exactly one name of the document has."""
    found: dict[str, dict[str, FoundMention]] = defaultdict(dict)
    for mention in known:
        words = mention.text.split()
        if len(words) < 2 or mention.type not in ("Person", "Organization"):
            continue
        if mention.type == "Person":
            forms = {words[0], words[-1]}
        elif words[-1].casefold().strip(".") in _LEGAL_FORMS:
            forms = {words[0], " ".join(words[:-1])}
        else:
            continue
        for form in forms:
            if len(form) > 2 and form[0].isupper() and form.casefold() not in _MONTHS | STOP_WORDS:
                found[form].setdefault(normalise_name(mention.text), mention)
    unique = {form: next(iter(named.values())) for form, named in found.items() if len(named) == 1}
    # What the document writes in small letters, too, is a word and no name: "Customer Support".
    return {
        form: mention
        for form, mention in unique.items()
        if not any(re.search(rf"(?<![\w-]){re.escape(form.lower())}(?![\w-])", p.text) for p in paragraphs)
    }


def organisation_aliases(resolved: Iterable[Sequence[FoundMention]]) -> Iterator[FoundAlias]:
    """Organisations that the document also calls by their names without the legal form: that holds elsewhere, too."""
    mentions = [mention for listed in resolved for mention in listed if mention.type == "Organization"]
    full = {_tidy(mention.text): mention for mention in reversed(mentions) if not mention.name}
    seen: set[str] = set()
    for mention in mentions:
        words = mention.name.split()
        if mention.name not in full or mention.text in seen or words[-1].casefold().strip(".") not in _LEGAL_FORMS:
            continue
        if mention.text in (" ".join(words[:-1]), words[0]):
            seen.add(mention.text)
            yield FoundAlias(full[mention.name], mention)


def _by_head(known: Iterable[FoundMention], about: FoundMention | None) -> dict[str, dict[str, FoundMention]]:
    """The named things of the document by their last word: "Compliance Committee" by "committee"."""
    found: dict[str, dict[str, FoundMention]] = defaultdict(dict)
    for mention in [*([about] if about else []), *known]:
        words = mention.text.split()
        if (
            len(words) > 1
            and mention.type in _THINGS
            and words[0][0].isupper()
            and mention.text != mention.text.lower()
        ):
            found[words[-1].casefold()].setdefault(normalise_name(mention.entity_name), mention)
    return found


def _forms(term: str) -> tuple[str, ...]:
    """A defined term as the document may write it: also in the plural, if it is written with a capital."""
    if not term[:1].isupper():
        return ()
    plural = (
        term[:-1] + "ies"
        if re.search(r"[^aeiou]y$", term)
        else term + ("es" if term.endswith(("s", "x", "ch")) else "s")
    )
    return (term, plural)


def _pattern(forms: Mapping[str, object]) -> re.Pattern[str] | None:
    if not forms:
        return None
    words = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in sorted(forms, key=lambda f: (-len(f), f)))
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")


def _found(
    paragraph: Paragraph, pattern: re.Pattern[str] | None, parts: Mapping[str, FoundMention]
) -> Iterator[FoundMention]:
    """Parts of names where nothing was tagged, as at the beginning of a sentence."""
    for match in pattern.finditer(paragraph.text) if pattern else ():
        entity = parts[" ".join(match.group().split())]
        start = paragraph.start + match.start()
        yield FoundMention(
            start, start + len(match.group()), match.group(), entity.type, _NAME, _tidy(entity.entity_name)
        )


def _terms(
    paragraph: Paragraph, pattern: re.Pattern[str] | None, singular: Mapping[str, str]
) -> Iterator[FoundMention]:
    for match in pattern.finditer(paragraph.text) if pattern else ():
        start = paragraph.start + match.start()
        name = singular[" ".join(match.group().split())]
        yield FoundMention(start, start + len(match.group()), match.group(), "Term", _TERM, name)


def _added(mentions: list[FoundMention], more: Iterable[FoundMention]) -> list[FoundMention]:
    """Those in order, with the new ones that overlap none."""
    taken = [(m.start, m.end) for m in mentions]
    new = [m for m in more if all(m.end <= start or m.start >= end for start, end in taken)]
    return sorted([*mentions, *new], key=lambda m: (m.start, m.end)) if new else mentions


def _bare(mention: FoundMention) -> str:
    return _DETERMINER.sub("", _tidy(mention.text), 1)


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _distinct(mentions: Iterable[FoundMention]) -> dict[str, FoundMention]:
    return {normalise_name(m.entity_name): m for m in mentions}


def _only(mentions: Iterable[FoundMention]) -> FoundMention | None:
    listed = list(mentions)
    return listed[0] if len(listed) == 1 else None
