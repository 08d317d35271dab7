"""Facts in words, by the labels of the ontology."""

from collections.abc import Iterable

from kg.ontology import Ontology
from qa.plan import OBLIGATIONS

_AUXILIARIES = frozenset("is are was were must may can shall will should".split())
_VERDICTS = ("is ", "are ", "require ", "requires ", "need ", "needs ")
_BASE_FORMS = {"has": "does not have", "had": "did not have"}


def fact_sentence(subject: str, predicate: str, objects: list[str], ontology: Ontology, negated: bool = False) -> str:
    """ "Atlas is hosted by Nordwind and Sund." without its full stop; of a denied fact "Atlas is not hosted by ..."."""
    label = ontology.label(predicate)
    label = f"{deny(label) if negated else label} "
    if predicate in OBLIGATIONS and all(item.startswith(_VERDICTS) for item in objects):
        label = ""  # "Written notes" MUST_NOT "are forbidden": the document's words say it all
    return f"{subject[:1].upper()}{subject[1:]} {label}{enumerate_names(objects)}"


def deny(label: str) -> str:
    """The label of a predicate, denied: "is hosted by" -> "is not hosted by", "owns" -> "does not own"."""
    verb, space, rest = label.partition(" ")
    if verb in _AUXILIARIES:
        return f"{verb} not{space}{rest}"
    return f"{_BASE_FORMS.get(verb) or f'does not {_base(verb)}'}{space}{rest}"


def enumerate_names(names: Iterable[str]) -> str:
    """ "Atlas, Borealis and Vega"; a name that comes twice is said once."""
    unique = list(dict.fromkeys(names))
    return unique[0] if len(unique) == 1 else ", ".join(unique[:-1]) + " and " + unique[-1]


def _base(verb: str) -> str:
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-2] if verb.endswith(("sses", "shes", "ches", "xes", "oes")) else verb.removesuffix("s")
