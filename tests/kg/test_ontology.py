"""kg.ontology: the Turtle file as the rules read it."""

import re
from pathlib import Path

import pytest

from kg.ontology import OntologyError, load_ontology

SMALL = """
@prefix ev: <urn:evigraph:ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:x> a owl:Ontology ; owl:versionInfo "small 3" .
ev:System a owl:Class ; rdfs:label "system" ; ev:rank 7 ; skos:altLabel "tool" ; ev:headword "portal" ;
    ev:pattern "S-[0-9]+" .
ev:Thing a owl:Class ; rdfs:label "thing" .
ev:OWNS a owl:ObjectProperty ; rdfs:label "owns" ; skos:altLabel "owner" ; ev:cue "owns" ; ev:inverseCue "owned by" ;
    ev:column "Owner" ; ev:inverseColumn "Owned" ; rdfs:domain ev:Thing ; rdfs:range ev:System, ev:Thing .
ev:HOSTED_BY a owl:ObjectProperty .
ev:atlas a ev:System ; rdfs:label "Atlas" ; skos:altLabel "ATL", "the Atlas" .
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.ttl"
    path.write_text(SMALL)
    return path


def test_types_predicates_and_known_entities(small: Path) -> None:
    ontology = load_ontology(small)
    system = ontology.types["System"]
    assert (system.labels, system.headwords, system.patterns) == (("system", "tool"), ("portal",), ("S-[0-9]+",))
    owns = ontology.predicates["OWNS"]
    assert (owns.labels, owns.cues, owns.inverse_cues) == (("owns", "owner"), ("owns",), ("owned by",))
    assert (owns.columns, owns.inverse_columns) == (("Owner",), ("Owned",))
    assert (owns.domain, owns.range) == (("Thing",), ("System", "Thing"))
    (atlas,) = ontology.known
    assert (atlas.name, atlas.type, atlas.aliases) == ("Atlas", "System", ("ATL", "the Atlas"))


def test_rank_and_label_of_what_it_does_not_have(small: Path) -> None:
    ontology = load_ontology(small)
    assert [ontology.rank(name) for name in ("System", "Thing", "Unheard")] == [7, 0, 0]
    assert [ontology.label(name) for name in ("OWNS", "HOSTED_BY", "IS_UNHEARD")] == ["owns", "hosted by", "is unheard"]


def test_the_version_changes_with_the_content(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ttl"
    other.write_text(SMALL + "# a remark\n")
    first, second = load_ontology(small).version, load_ontology(other).version
    assert first != second
    assert re.fullmatch(r"small 3@[0-9a-f]{12}", first)


@pytest.mark.parametrize("text", ["no turtle", "<unclosed", "@prefix x: <y> . x:a", "\0"])
def test_what_is_no_turtle_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text(text)
    with pytest.raises(OntologyError, match=r"bad\.ttl is not valid Turtle") as caught:
        load_ontology(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match="EVIGRAPH_ONTOLOGY"):
        load_ontology(tmp_path / "none.ttl")


def test_the_default_ontology_is_consistent() -> None:
    """A type misspelt in a domain, or a pattern that is none, would silently find nothing."""
    ontology = load_ontology()
    for predicate in ontology.predicates.values():
        assert set(predicate.domain) | set(predicate.range) <= set(ontology.types), predicate.name
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", predicate.name)
    for kind in ontology.types.values():
        assert kind.labels, kind.name
        assert all(re.compile(pattern) for pattern in kind.patterns)
        assert all(word == word.lower() for word in kind.headwords)
