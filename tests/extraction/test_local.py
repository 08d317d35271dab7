"""The shipped pipeline: what it finds is exact, the same however it is run, and in spaCy's own terms."""

import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
import spacy
from extracting import LIMIT, ONTOLOGY
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from extraction.choose import make_extractor
from extraction.found import Extraction
from extraction.load import load_bytes, load_path
from extraction.local.components import SCORES, EntityRecognizer
from extraction.local.folder import PIPELINE
from extraction.split import split

CORPUS = Path(__file__).parents[2] / "examples" / "corpus"
SENTENCE = "Ada Lovelace was born in London. Nordwind AB opened an office in Oslo, Norway."
Found = tuple[tuple[tuple[int, int, str], ...], tuple[object, ...]]


@cache
def pipeline() -> Language:
    return spacy.load(PIPELINE)


@cache
def texts() -> tuple[str, ...]:
    """Paragraphs of the sample corpus."""
    loaded = [load_path(path, LIMIT) for path in sorted(CORPUS.glob("*.md"))]
    return tuple(
        document.text[block.start : block.end] for document in loaded for block in document.blocks if not block.cells
    )


def found(doc: Doc) -> Found:
    return tuple((item.start_char, item.end_char, item.label_) for item in doc.ents), doc._.relations


def local(text: str) -> Extraction:
    document = load_bytes(text.encode(), "a.md", LIMIT)
    return make_extractor("local", None).extract(document, split(document))


def test_spacy_loads_it_by_its_entry_points() -> None:
    code = f"import spacy; print([str(e) for e in spacy.load({str(PIPELINE)!r})({SENTENCE!r}).ents])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['Ada Lovelace', 'London', 'Nordwind AB', 'Oslo', 'Norway']"


def test_it_is_small_and_says_its_licence_and_scores() -> None:
    assert sum(path.stat().st_size for path in PIPELINE.rglob("*") if path.is_file()) < 60_000_000
    card = (PIPELINE / "MODEL_CARD.md").read_text("utf-8")
    assert pipeline().meta["license"] in card
    assert pipeline().meta["version"].rpartition(".")[2] in card
    assert all(f"| {label} |" in card for label in pipeline().get_pipe("evigraph_entities").labels)  # type: ignore[attr-defined]


def test_its_relations_are_predicates_of_the_ontology() -> None:
    labels = pipeline().get_pipe("evigraph_relations").labels  # type: ignore[attr-defined]
    known = {*ONTOLOGY.predicates, *ONTOLOGY.inverses}
    assert len(labels) > 20
    assert set(labels) <= known


def test_mentions_and_relations_of_a_plain_sentence() -> None:
    doc = pipeline()(SENTENCE)
    assert [(item.text, item.label_) for item in doc.ents] == [
        ("Ada Lovelace", "Person"),
        ("London", "Location"),
        ("Nordwind AB", "Organization"),
        ("Oslo", "Location"),
        ("Norway", "Location"),
    ]
    assert all(0 < score <= 1 for score in doc.user_data[SCORES])
    assert (3, 4, "LOCATED_IN") in {(item.head, item.tail, item.label) for item in doc._.relations}


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_a_text_is_read_the_same_whatever_is_beside_it(data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(texts()) - 1), min_size=1, max_size=8))
    size = data.draw(st.integers(1, 8))
    chosen: Sequence[str] = [texts()[place] for place in places]
    batch = [found(doc) for doc in pipeline().pipe(chosen, batch_size=size)]
    assert batch == [found(pipeline()(text)) for text in chosen]


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=400)
    | st.sampled_from(["", " ", "\n\n", "x" * 3000, "Oslo " * 400, "İstanbul’da Ǆ 𝒪slo é"])
)
def test_any_text_has_mentions_within_it(text: str) -> None:
    extraction = local(f"# T\n\n{text}")
    document = load_bytes(f"# T\n\n{text}".encode("utf-8", "replace"), "a.md", LIMIT)
    assert all(document.text[item.start : item.end] == item.text for item in extraction.mentions)


def test_written_and_read_again_it_finds_the_same(tmp_path: Path) -> None:
    pipeline().to_disk(tmp_path / "again")
    again = spacy.load(tmp_path / "again")
    assert [found(again(text)) for text in texts()[:10]] == [found(pipeline()(text)) for text in texts()[:10]]


def test_a_component_without_a_model_says_so() -> None:
    with pytest.raises(ValueError, match=r"^The component evigraph_entities has no model; .*\.$"):
        EntityRecognizer()(spacy.blank("en")("Oslo"))


def test_predicted_relations_become_facts_with_their_sentence() -> None:
    facts = [fact for fact in local(SENTENCE).facts if fact.object.text == "Norway" and fact.subject.text == "Oslo"]
    assert {fact.predicate for fact in facts} == {"LOCATED_IN"}
    assert all(SENTENCE[fact.start : fact.end] == SENTENCE.partition(". ")[2] for fact in facts)
    assert all(0 < fact.confidence < 0.9 for fact in facts)


def test_rows_of_a_table_are_left_to_the_rules() -> None:
    table = "| Name | Place |\n|---|---|\n| Ada Lovelace | London |\n"
    document = load_bytes(table.encode(), "a.md", LIMIT)
    spans = split(document)
    rules = make_extractor("rules", None).extract(document, spans)
    assert make_extractor("local", None).extract(document, spans) == rules


def test_both_together_and_each_alone_say_what_they_are() -> None:
    names = {name: make_extractor(name, None) for name in ("local", "rules")}
    assert [names[name].name for name in names] == ["local", "rules"]
    assert pipeline().meta["version"] in names["local"].version
