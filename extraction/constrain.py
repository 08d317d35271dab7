"""Facts held against the ontology: those outside it are rejected or marked, those inside it are put into one form."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from extraction.found import Extraction, FoundFact, FoundMention
from extraction.resolve import full_names
from kg.names import normalise_name
from kg.ontology import Ontology


def constrain(extraction: Extraction, ontology: Ontology, open_vocabulary: bool) -> Extraction:
    """The extraction with each fact in its one form: no inverse predicates, symmetric ones in the order of names.

    A fact whose predicate the ontology does not have, or whose subject or object is of a type outside its domain or
    range, is marked `outside_ontology` when the vocabulary is open, else left out and counted in `dropped` by reason.
    """
    names = full_names(extraction.aliases, ontology)
    kept: list[FoundFact] = []
    dropped = Counter(extraction.dropped)
    for fact in extraction.facts:
        fact = _in_one_form(fact, ontology, names)
        reason = why_outside(fact, ontology)
        if reason and not open_vocabulary:
            dropped[reason] += 1
        else:
            kept.append(replace(fact, outside_ontology=bool(reason)))
    return replace(extraction, facts=tuple(kept), dropped=dropped)


def why_outside(fact: FoundFact, ontology: Ontology) -> str:
    """Why a fact is none of the ontology, "" when it is one: "OWNS: Date cannot be the subject"."""
    predicate = ontology.predicates.get(fact.predicate)
    if predicate is None:
        return f"{fact.predicate}: predicate not in the ontology"
    if not ontology.fits(fact.subject.type, predicate.domain):
        return f"{fact.predicate}: {fact.subject.type} cannot be the subject"
    if not ontology.fits(fact.object.type, predicate.range):
        return f"{fact.predicate}: {fact.object.type} cannot be the object"
    return ""


def _in_one_form(fact: FoundFact, ontology: Ontology, names: Mapping[str, str]) -> FoundFact:
    name = ontology.inverses.get(fact.predicate)
    if name is not None:
        fact = replace(fact, predicate=name, subject=fact.object, object=fact.subject)
    predicate = ontology.predicates.get(fact.predicate)
    if predicate is not None and predicate.symmetric and _key(fact.object, names) < _key(fact.subject, names):
        fact = replace(fact, subject=fact.object, object=fact.subject)
    return fact


def _key(mention: FoundMention, names: Mapping[str, str]) -> str:
    # The name that the entity will have, also where the text says "NW" for "Nordwind AB".
    return normalise_name(names.get(mention.entity_name, mention.entity_name))
