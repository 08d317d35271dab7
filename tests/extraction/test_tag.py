"""Mentions: identifiers, known names, names by their form, sentences."""

from pathlib import Path

import pytest
import spacy
from extracting import ONTOLOGY, extractor, mentions
from hypothesis import given
from hypothesis import strategies as st

from extraction.tag import TaggedUnit, Tagger


def tagged(text: str) -> TaggedUnit:
    return extractor().tagger.tag([(0, text)])[0]


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in tagged(text).sentences()]


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [
        *(("POL-07", "Policy"), ("STD-SEC-2", "Policy"), ("CTR-2026-014", "Contract"), ("AC-2.1", "Control")),
        *(("INC-2026-003", "Incident"), ("RSK-12", "Risk"), ("EVT-2026-03-03-001", "Event"), ("SYS-001", "Identifier")),
        ("anna.holm@example.com", "Email"),
    ],
)
def test_identifiers(identifier: str, kind: str) -> None:
    assert (identifier, kind) in mentions(f"As said in {identifier}, nothing happened.")
    assert extractor().tagger.type_of(identifier)[0] == kind


@pytest.mark.parametrize("text", ["xINC-2026-003", "INC-2026-003x", "pre-INC-2026-003"])
def test_a_part_of_a_word_is_no_identifier(text: str) -> None:
    assert "INC-2026-003" not in {words for words, _ in mentions(f"As said in {text} today.")}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("GDPR", "Policy"),
        ("Regulation (EU) 2016/679", "Policy"),
        ("General Data Protection\nRegulation", "Policy"),
        ("personal data", "DataCategory"),
        ("Personal Data", "DataCategory"),
    ],
)
def test_known_entities(name: str, kind: str) -> None:
    assert (" ".join(name.split()), kind) in mentions(f"It follows the {name} here.")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("Anna Holm", "Person"), ("Vincent van Gogh", "Person"), ("Søren Kjærgaard", "Person")),
        *(("Nordwind AB", "Organization"), ("Isbrae Networks AS", "Organization"), ("Polarkeep GmbH", "Organization")),
        *(("Data Protection Officer", "Role"), ("Finance Department", "Department"), ("Atlas CRM", "System")),
        *(
            ("Backup Policy", "Policy"),
            ("Health and Safety Policy", "Policy"),
            ("Master Services Agreement", "Contract"),
        ),
    ],
)
def test_types_by_form(name: str, kind: str) -> None:
    assert (name, kind) in mentions(f"Yesterday {name} was mentioned.")


@pytest.mark.parametrize(("phrase", "kind"), [("finance system", "System"), ("hiring manager", "Role")])
def test_phrases_by_their_last_word(phrase: str, kind: str) -> None:
    assert (phrase, kind) in mentions(f"It is the {phrase} that counts.")


def test_words_that_the_document_also_writes_small_are_no_person() -> None:
    assert ("Vendor Assessment", "Person") in mentions("We made the Vendor Assessment today.")
    text = "We made the Vendor Assessment today.\n\nEvery vendor needs one such assessment."
    assert ("Vendor Assessment", "Person") not in mentions(text)
    assert ("Vendor Assessment", "Term") in mentions(text)


def test_a_form_of_address_tells_a_person() -> None:
    assert {("Holm", "Person"), ("Berg", "Person")} <= mentions("Then Mr. Holm and Dr Berg agreed.")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Today Anna Holm and Bo Lund met.", {"Anna Holm", "Bo Lund"}),
        ("See Nordwind AB and Isbrae Networks AS first.", {"Nordwind AB", "Isbrae Networks AS"}),
        ("Ask the Finance Department and Anna Holm.", {"Finance Department", "Anna Holm"}),
        ("Our Backup and Storage Engineer left.", {"Backup and Storage Engineer"}),
    ],
)
def test_two_names_are_two_mentions(text: str, names: set[str]) -> None:
    assert names <= {words for words, _ in mentions(text)}


@pytest.mark.parametrize("text", ["it must act now", "the processor acts as soon as it can", "See neither Party"])
def test_words_that_only_look_like_headwords(text: str) -> None:
    assert not {kind for _, kind in mentions(text)} & {"Policy", "Organization", "Person"}


def test_a_certain_mention_beats_the_date_in_it() -> None:
    assert mentions("see EVT-2026-03-03-001 of 2026-03-04") == {
        ("EVT-2026-03-03-001", "Event"),
        ("2026-03-04", "Date"),
    }


@pytest.mark.parametrize(
    "sentence",
    [
        *("We use tools, e.g. Atlas, for that.", "It is in No. 7 and Art. 28 of it.", "Mr. Holm owns it."),
        *("That is, i.e. Maria Lind, the owner.", "Compare A vs. B here.", "Dr. Berg agreed."),
    ],
)
def test_an_abbreviation_ends_no_sentence(sentence: str) -> None:
    assert sentences(f"{sentence} Then we went.") == [sentence, "Then we went."]


@pytest.mark.parametrize("end", ["systems", "terms", "part", "chart", "casino", "no", "spar"])
def test_a_word_that_ends_like_an_abbreviation_ends_its_sentence(end: str) -> None:
    assert sentences(f"These are {end}. The rest follows.") == [f"These are {end}.", "The rest follows."]


def test_a_line_break_in_a_name_is_a_space() -> None:
    text = "Yesterday Maria\nLind met the Data Protection\nOfficer of\r\nNordwind AB."
    found = tagged(text).mentions
    assert [(item.text, item.type) for item in found] == [
        ("Maria\nLind", "Person"),
        ("Data Protection\nOfficer", "Role"),
        ("Nordwind AB", "Organization"),
    ]
    assert all(text[item.start : item.end] == item.text for item in found)


def test_a_line_of_its_own_ends_a_name() -> None:
    assert {("Maria Lind", "Person"), ("Data Board", "Department")} <= mentions(
        "Owner: Maria Lind\nApproved by: Data Board\nStatus: open", "a.txt"
    )


def test_capitals_of_a_text_all_in_capitals_tell_no_names() -> None:
    text = (
        "THE SUPPLIER SHALL NOT BE LIABLE FOR ANY LOSS. THE DATA PROTECTION OFFICER IS NAMED UNDER THE GDPR IN POL-07. "
    )
    assert {("DATA PROTECTION OFFICER", "Role"), ("GDPR", "Policy"), ("POL-07", "Policy")} == mentions(text, "a.txt")
    assert len(sentences(text.strip())) == 2


@given(
    st.lists(st.sampled_from([*"AaéİßǅИ中1-.,(\n\t 🙂", "Anna Holm", " and ", "GDPR", "72 hours", "Mr. "])).map("".join)
)
def test_offsets_are_exact_and_mentions_apart(text: str) -> None:
    units = extractor().tagger.tag([(7, text)])
    reached = 7
    for item in units[0].mentions:
        assert reached <= item.start < item.end <= 7 + len(text)
        assert text[item.start - 7 : item.end - 7] == item.text == item.text.strip()
        reached = item.end


def test_a_pipeline_that_is_not_installed_is_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^The spaCy pipeline 'no_such_one' is not installed; [^.]*\.$"):
        Tagger(ONTOLOGY, "no_such_one")


def test_a_pipelines_labels_become_types_of_the_ontology(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    labels = {"bork": "PERSON", "zork": "ORG", "oslo": "GPE", "first": "ORDINAL"}
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": word} for word, label in labels.items()])  # type: ignore[attr-defined]
    nlp.to_disk(tmp_path / "pipe")
    found = Tagger(ONTOLOGY, str(tmp_path / "pipe")).tag([(0, "first bork met zork in oslo. Then Atlas CRM fell.")])[0]
    assert [(item.text, item.type) for item in found.mentions] == [
        ("bork", "Person"),
        ("zork", "Organization"),
        ("oslo", "Location"),
        ("Atlas CRM", "System"),
    ]
    assert len(list(found.sentences())) == 2
