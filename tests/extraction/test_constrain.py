"""Facts held against the ontology: nothing outside passes unmarked, and each statement has one form."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from extracting import ONTOLOGY, extract
from hypothesis import given
from hypothesis import strategies as st

from extraction.constrain import constrain, why_outside
from extraction.found import Extraction, FoundAlias, FoundFact, FoundMention
from kg.names import normalise_name
from kg.ontology import load_ontology

NAMES = ("Anna Holm", "Bo Lund", "Nordwind AB", "NW", "GDPR", "the Atlas", "atlas", "")
PREDICATES = [*ONTOLOGY.predicates, *ONTOLOGY.inverses, "COLUMN_3F2A9C", "LAUNCHED"]
TYPES = [*ONTOLOGY.types, "", "Unheard"]


def mention(name: str, kind: str = "Person") -> FoundMention:
    return FoundMention(0, len(name), name, kind, 0.9)


def fact(subject: FoundMention, predicate: str, object_: FoundMention) -> FoundFact:
    return FoundFact(subject, predicate, object_, 0, 40, 0.8)


mentions = st.builds(mention, st.sampled_from(NAMES), st.sampled_from(TYPES))
facts = st.builds(fact, mentions, st.sampled_from(PREDICATES), mentions)
extractions = st.builds(
    Extraction,
    st.just(()),
    st.lists(facts, max_size=12).map(tuple),
    st.sampled_from([(), (FoundAlias(mention("Nordwind AB"), mention("NW")),)]),
    st.sampled_from([{}, {"quote": 2}, {"LAUNCHED: predicate not in the ontology": 1}]),
)


@given(extractions)
def test_nothing_outside_passes_a_closed_vocabulary_and_the_counts_add_up(extraction: Extraction) -> None:
    kept = constrain(extraction, ONTOLOGY, open_vocabulary=False)
    for found in kept.facts:
        predicate = ONTOLOGY.predicates[found.predicate]
        assert ONTOLOGY.fits(found.subject.type, predicate.domain) and ONTOLOGY.fits(found.object.type, predicate.range)
        assert not found.outside_ontology
    gone = Counter(kept.dropped) - Counter(extraction.dropped)
    assert len(kept.facts) + gone.total() == len(extraction.facts)
    assert Counter(extraction.dropped) <= Counter(kept.dropped)


@given(extractions)
def test_an_open_vocabulary_keeps_and_marks_what_a_closed_one_rejects(extraction: Extraction) -> None:
    closed = constrain(extraction, ONTOLOGY, open_vocabulary=False)
    opened = constrain(extraction, ONTOLOGY, open_vocabulary=True)
    assert len(opened.facts) == len(extraction.facts)
    assert opened.dropped == extraction.dropped
    assert tuple(found for found in opened.facts if not found.outside_ontology) == closed.facts
    assert all(bool(why_outside(found, ONTOLOGY)) == found.outside_ontology for found in opened.facts)


@given(extractions, st.booleans())
def test_one_form_is_its_own_form(extraction: Extraction, open_vocabulary: bool) -> None:
    once = constrain(extraction, ONTOLOGY, open_vocabulary)
    assert constrain(once, ONTOLOGY, open_vocabulary) == once


@given(facts)
def test_read_from_the_other_end_it_is_the_same_fact(found: FoundFact) -> None:
    """A symmetric statement, and one with an inverse, whichever way round it was found."""
    predicate = ONTOLOGY.predicates.get(found.predicate)
    other_name = predicate.inverse or (predicate.name if predicate.symmetric else "") if predicate else ""
    if not other_name:
        return
    turned = replace(found, predicate=other_name, subject=found.object, object=found.subject)
    one, other = (_only(constrain(Extraction((), (item,), ()), ONTOLOGY, True)) for item in (found, turned))
    assert _keys(one) == _keys(other)


def _keys(found: FoundFact) -> tuple[str, str, str]:
    return normalise_name(found.subject.text), found.predicate, normalise_name(found.object.text)


def _only(extraction: Extraction) -> FoundFact:
    (found,) = extraction.facts
    return found


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (fact(mention("Anna Holm"), "OWNS", mention("Atlas", "System")), ""),
        (fact(mention("Anna Holm", "Term"), "OWNS", mention("Atlas", "Term")), ""),
        (fact(mention("2026-01-01", "Date"), "OWNS", mention("Atlas", "System")), "OWNS: Date cannot be the subject"),
        (fact(mention("Atlas", "System"), "RETAINED_FOR", mention("Bo")), "RETAINED_FOR: Person cannot be the object"),
        (fact(mention("HR", "Department"), "SUBSIDIARY_OF", mention("Nordwind AB", "Organization")), ""),
        (fact(mention("Bo"), "DEPARTMENT_OF", mention("HR")), "DEPARTMENT_OF: predicate not in the ontology"),
    ],
)
def test_why_a_fact_is_outside(found: FoundFact, reason: str) -> None:
    assert why_outside(found, ONTOLOGY) == reason
    closed = constrain(Extraction((), (found,), ()), ONTOLOGY, False)
    assert closed.dropped == ({reason: 1} if reason else {})


def test_an_alias_is_ordered_by_the_name_it_stands_for() -> None:
    anna, boss, bo = mention("Anna Holm"), mention("Zed"), mention("Bo Lund")
    aliases = (FoundAlias(anna, boss),)
    found = Extraction((), (fact(bo, "SPOUSE_OF", boss), fact(anna, "SPOUSE_OF", bo)), aliases)
    assert [item.subject for item in constrain(found, ONTOLOGY, False).facts] == [boss, anna]


def test_columns_that_the_ontology_does_not_know_are_open_vocabulary() -> None:
    found = extract("system,owner,launched,责任人\nAtlas CRM,Anna Holm,2026-03-01,张伟\n", "a.csv")
    marked = {item.predicate: item.outside_ontology for item in constrain(found, ONTOLOGY, True).facts}
    assert {name for name, outside in marked.items() if not outside} == {"OWNS"}
    assert len(marked) == 3
    assert [item.predicate for item in constrain(found, ONTOLOGY, False).facts] == ["OWNS"]


def test_an_empty_ontology_takes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty.ttl"
    path.write_text("")
    found = extract("# Backup Policy\n\nAnna Holm owns Atlas CRM. The Data Office must keep backups for 72 hours.\n")
    assert found.facts
    kept = constrain(found, load_ontology(path), False)
    assert kept.facts == () and sum(kept.dropped.values()) == len(found.facts)
