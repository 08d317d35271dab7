"""kg.ontology: the Turtle file as the rules read it."""

import re
from pathlib import Path

import pytest

from kg.ontology import Ontology, OntologyError, load_ontology

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
    assert (owns.columns, owns.inverse_columns) == (("owner",), ("owned",))  # headers are compared in small letters
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
    headers = [name for item in ontology.predicates.values() for name in (*item.columns, *item.inverse_columns)]
    assert len(headers) == len(set(headers))  # a header of two predicates would be the first one's
    for kind in ontology.types.values():
        assert kind.labels, kind.name
        assert all(re.compile(pattern) for pattern in kind.patterns)
        assert all(word == word.lower() for word in kind.headwords)


PREFIXES = """
@prefix ev: <urn:evigraph:ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def read(tmp_path: Path, turtle: str) -> Ontology:
    path = tmp_path / "o.ttl"
    path.write_text(PREFIXES + turtle)
    load_ontology.cache_clear()  # the same name with another content
    return load_ontology(path)


def test_what_kind_of_property(tmp_path: Path) -> None:
    predicates = read(
        tmp_path,
        """ev:Person a owl:Class .
        ev:MARRIED_TO a owl:SymmetricProperty, owl:FunctionalProperty ; rdfs:domain ev:Person .
        ev:hasEmail a owl:InverseFunctionalProperty .
        ev:born-on a owl:DatatypeProperty, owl:FunctionalProperty ; rdfs:range xsd:date .
        ev:NICK a owl:DatatypeProperty ; rdfs:range xsd:string .
        ev:KNOWS a owl:ObjectProperty ; owl:inverseOf ev:KNOWS .
        ev:LIKES a owl:ObjectProperty .""",
    ).predicates
    kinds = {name: (item.symmetric, item.functional, item.inverse_functional) for name, item in predicates.items()}
    assert kinds == {
        "MARRIED_TO": (True, True, True),  # one spouse each, read from either end
        "HAS_EMAIL": (False, False, True),
        "BORN_ON": (False, True, False),
        "NICK": (False, False, False),
        "KNOWS": (True, False, False),  # its own inverse
        "LIKES": (False, False, False),
    }
    assert predicates["BORN_ON"].range == ("Date",)
    assert predicates["NICK"].range == ()
    assert predicates["MARRIED_TO"].range == ("Person",)


@pytest.mark.parametrize("both_ways", [False, True])
def test_one_of_two_inverses_stands_for_both(tmp_path: Path, both_ways: bool) -> None:
    ontology = read(
        tmp_path,
        """ev:Person a owl:Class . ev:System a owl:Class .
        ev:OWNS a owl:ObjectProperty ; rdfs:label "owns" ; ev:cue "owns" ; rdfs:domain ev:Person .
        ev:OWNED_BY a owl:ObjectProperty, owl:FunctionalProperty ; owl:inverseOf ev:OWNS ; skos:altLabel "owner" ;
            ev:cue "belongs to" ; ev:inverseCue "possesses" ; ev:column "owner" ; ev:inverseColumn "owned" ;
            rdfs:domain ev:System ."""
        + ("ev:OWNS owl:inverseOf ev:OWNED_BY ." if both_ways else ""),
    )
    # The one pointed to; of two that point to each other the first by name.
    kept, other = ("OWNED_BY", "OWNS") if both_ways else ("OWNS", "OWNED_BY")
    assert ontology.inverses == {other: kept}
    (predicate,) = ontology.predicates.values()
    assert (predicate.name, predicate.inverse) == (kept, other)
    said = (predicate.cues, predicate.inverse_cues), (predicate.columns, predicate.inverse_columns)
    ends = (predicate.domain, predicate.range), (predicate.functional, predicate.inverse_functional)
    turn = -1 if both_ways else 1
    assert [set(item) for item in said[0]][::turn] == [{"owns", "possesses"}, {"belongs to"}]
    assert said[1][::turn] == (("owned",), ("owner",))
    assert ends[0][::turn] == (("Person",), ("System",))
    assert ends[1][::turn] == (False, True)
    assert {"owns", "owned by", "owner"} <= set(predicate.labels)


def test_kinds_of_a_class(tmp_path: Path) -> None:
    ontology = read(
        tmp_path,
        """ev:Organization a owl:Class ; rdfs:subClassOf owl:Thing, [ a owl:Restriction ] .
        ev:Company a owl:Class ; rdfs:subClassOf ev:Organization ; rdfs:comment "It sells." .
        ev:Bank a owl:Class ; rdfs:subClassOf ev:Company . ev:Company rdfs:subClassOf ev:Bank .
        ev:Rock a owl:Class .
        ev:RUNS a owl:ObjectProperty ; rdfs:domain ev:Organization ; rdfs:range [ owl:unionOf (ev:Rock ev:Date) ] .
        ev:IS a owl:ObjectProperty ; rdfs:range owl:Thing .""",
    )
    assert set(ontology.types) == {"Organization", "Company", "Bank", "Rock"}
    assert ontology.is_a("Bank", "Organization") and ontology.is_a("Unheard", "Unheard")
    assert not ontology.is_a("Organization", "Bank") and not ontology.is_a("Rock", "Organization")
    runs = ontology.predicates["RUNS"]
    assert (runs.range, ontology.predicates["IS"].range) == (("Date", "Rock"), ())
    assert [kind for kind in ("Bank", "Rock", "Date", "Term", "") if ontology.fits(kind, runs.domain)] == [
        "Bank",
        "Term",
        "",
    ]
    # Where a value is wanted, a guess is not enough.
    assert [kind for kind in ("Date", "Rock", "Bank", "Term") if ontology.fits(kind, runs.range)] == ["Date", "Rock"]
    assert ontology.fits("Unheard", ())
    assert ontology.types["Company"].definition == "It sells."
    assert ontology.types["Company"].labels == ("company",)


def test_known_entities_bring_their_names_and_definitions(tmp_path: Path) -> None:
    known = read(
        tmp_path,
        """ev:Policy a owl:Class .
        ev:Clean_Desk_Policy a ev:Policy ; skos:definition "Leave nothing." ; rdfs:comment "Other." .
        ev:p2 a ev:Policy ; rdfs:label "Datenschutz"@de, "Privacy Policy"@en ; rdfs:comment "A remark." .""",
    ).known
    assert [(item.name, item.definition) for item in known] == [
        ("Clean Desk Policy", "Leave nothing."),
        ("Privacy Policy", "A remark."),
    ]


@pytest.mark.parametrize(
    ("turtle", "told"),
    [
        ("ev:A a owl:ObjectProperty ; owl:inverseOf ev:B .", "the inverse of A is 'B'"),
        ("ev:A a owl:ObjectProperty ; rdfs:domain ev:Sytem .", "the domain of A names 'Sytem'"),
        ("ev:A a owl:ObjectProperty ; rdfs:range [ owl:unionOf (ev:Nix) ] .", "the range of A names 'Nix'"),
        ("ev:A a owl:Class ; rdfs:subClassOf ev:B .", "the class A is a subclass of 'B'"),
        ('ev:A a owl:Class ; ev:pattern "(" .', r"the pattern '\(' of A is no regular expression"),
        ('ev:A a owl:Class ; ev:pattern "x*" .', r"the pattern 'x\*' of A matches the empty text"),
        ('ev:A a owl:Class ; ev:rank "high" .', "the rank 'high' of A"),
        ("ev:é a owl:ObjectProperty .", "the property 'é'"),
        ("ev:A a owl:Class . <urn:other#A> a owl:Class .", "would be called 'A'"),
        (
            "ev:A a owl:ObjectProperty ; owl:inverseOf ev:B, ev:C . ev:B a owl:ObjectProperty . "
            "ev:C a owl:ObjectProperty .",
            "A has two inverses, B and C",
        ),
    ],
)
def test_what_contradicts_itself_is_one_sentence(tmp_path: Path, turtle: str, told: str) -> None:
    with pytest.raises(OntologyError, match=rf"o\.ttl cannot be used: .*{told}") as caught:
        read(tmp_path, turtle)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_an_ontology_without_a_version_goes_by_its_file(tmp_path: Path) -> None:
    assert re.fullmatch(r"o@[0-9a-f]{12}", read(tmp_path, "<urn:x> a owl:Ontology .").version)
