"""The whole extractor over documents of every kind: exact offsets, the same result twice, time in line with size."""

import html
import json
import time
from collections.abc import Callable

import pytest
from extracting import extract, extractor, facts, graph_of, loaded
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.document import LoadedDocument
from extraction.load import load_bytes
from extraction.split import split

SENTENCES = [
    "Anna Holm owns the Atlas CRM.",
    "Bo Lund and Anna Holm report to Eva Berg.",
    'Nordwind AB (the "Supplier") hosts Atlas CRM.',
    "The Supplier must notify the Data Protection Officer (DPO) within 72 hours.",
    "No employee may share passwords, e.g. by mail.",
    "“Personal Data” means any information relating to a person; it is wide.",
    "Owner: Maria Lind",
    "EUR 98,000 was paid on 3 March 2026 under CTR-2026-01.",
    "Atlas CRM depends on Atlas CRM.",
    "Maria Lind was here. She must\npay within\n72 hours unless\nBo agrees.",
    "İİ e\u0301 \U00010400: Lind may not have owned Nordwind. It shall: (a) pay; (b) go.",
    "The Supplier shall:",
    "(a) call Zoe\u0308 Ba\u030alund at once;",
]
NOISE = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t "), max_size=25)
TEXTS = st.lists(st.one_of(st.sampled_from(SENTENCES), NOISE), min_size=1, max_size=6)
CELLS = st.one_of(
    st.sampled_from(["Atlas CRM", "SYS-001", "Anna Holm", "2026-01-01", "72 hours", "EU, US", "a; b", "x" * 250]), NOISE
)
HEADERS = ["system_id", "system", "owner", "status", "Größe", "所有者", "retention period", "", "Field", "Value"]


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str]:
    """A file's name and text: prose in three formats, records in two."""
    suffix = draw(st.sampled_from([".txt", ".md", ".html", ".csv", ".jsonl"]))
    if suffix in (".csv", ".jsonl"):
        names = draw(st.lists(st.sampled_from(HEADERS), min_size=2, max_size=5, unique=True))
        rows = draw(st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), min_size=1, max_size=4))
        if suffix == ".jsonl":
            return f"a{suffix}", "\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in rows)
        quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (names, *rows)]
        return f"a{suffix}", "\n".join(quoted)
    parts = draw(TEXTS)
    if suffix == ".html":
        return f"a{suffix}", "".join(f"<p>{html.escape(part)}&nbsp;&eacute;</p>" for part in parts)
    title = draw(st.sampled_from(["", "# Contract CTR-2026-01\n\n", "# Glossary\n\n"])) if suffix == ".md" else ""
    return f"a{suffix}", title + "\n\n".join(parts)


def read(name: str, text: str) -> LoadedDocument | None:
    try:
        return load_bytes(text.encode(), name, 1_000_000)
    except Exception:  # what cannot be loaded is the loaders' tests' concern
        return None


@given(documents())
@settings(max_examples=150, deadline=None)
def test_what_is_found_is_in_the_text(named: tuple[str, str]) -> None:
    document = read(*named)
    if document is None:
        return
    text, found = document.text, extractor().extract(document, split(document))
    stated = [item for fact in found.facts for item in (fact.subject, fact.object)]
    named_again = [item for alias in found.aliases for item in (alias.entity, alias.alias)]
    for item in (*found.mentions, *stated, *named_again):
        assert 0 <= item.start < item.end <= len(text)
        assert text[item.start : item.end] == item.text
        assert 0 < item.score <= 1
    for fact in found.facts:
        assert 0 <= fact.start < fact.end <= len(text)
        assert fact.deadline in text and fact.exception in text
        assert not fact.due or fact.deadline


@given(documents())
@settings(max_examples=150, deadline=None)
def test_a_graph_is_whole_and_exact(named: tuple[str, str]) -> None:
    document = read(*named)
    if document is None:
        return
    graph = graph_of(document)
    passages = {passage.id: passage for passage in graph.passages}
    entities = {entity.id for entity in graph.entities}
    assert len(entities) == len(graph.entities) == len({entity.key for entity in graph.entities})
    for passage in graph.passages:
        assert document.text[passage.start : passage.end] == passage.text
    for mention in graph.mentions:
        assert mention.entity_id in entities
        assert document.text[mention.start : mention.end] == mention.text
        assert passages[mention.passage_id].start <= mention.start < mention.end <= passages[mention.passage_id].end
    assert len({fact.id for fact in graph.facts}) == len(graph.facts)
    for fact in graph.facts:
        assert {fact.subject_id, fact.object_id} <= entities
        assert fact.subject_id != fact.object_id
        assert 0 < fact.confidence == max(item.score for item in fact.evidence) <= 1
        assert len(set(fact.evidence)) == len(fact.evidence)
        for item in fact.evidence:
            assert passages[item.passage_id].start <= item.start < item.end <= passages[item.passage_id].end
    assert graph_of(document) == graph


def test_the_same_document_gives_the_same_graph_whatever_was_read_before() -> None:
    first = graph_of(loaded("\n\n".join(SENTENCES)))
    graph_of(loaded("The supplier is small. Vendor Assessment is a data protection officer."))
    assert graph_of(loaded("\n\n".join(SENTENCES))) == first


def test_a_role_after_a_name() -> None:
    assert {
        ("Maria Lind", "HOLDS_ROLE", "Chief Financial Officer"),
        ("Erik Berg", "HOLDS_ROLE", "Data Protection Officer"),
    } <= facts("Present were Maria Lind, our Chief Financial Officer, and Erik Berg (Data Protection Officer).")


def test_a_word_longer_than_a_passage_is_data() -> None:
    text = f"Anna Holm owns Atlas CRM. {'INC-2026-003,' * 500} Bo Lund owns Vega ERP."
    assert facts(text, "a.txt") == {("Anna Holm", "OWNS", "Atlas CRM"), ("Bo Lund", "OWNS", "Vega ERP")}
    assert not [item for item in extract(text, "a.txt").mentions if item.type == "Incident"]


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "A", "1", "(", "-", "_", "é", "中", "a ", "A ", "1 ", "1,", "1, ", "a.", "a-", "a@a.", "AB-1", "must "),
        *("Anna ", "Anna Holm ", "THE SUPPLIER ", "must,", '"a" ', "(AB) ", "A: ", "e.g. ", "team ", "March ", "; "),
    ],
)
def test_a_long_run_of_anything_takes_no_time(unit: str) -> None:
    text = (unit * 20_000)[:10_000]
    document = loaded(f"Start {text} end", "a.txt")
    started = time.process_time()
    extractor().extract(document, split(document))
    assert time.process_time() - started < 3  # 10 KB: what was quadratic or worse took 5 to 130 seconds


def prose(size: int) -> LoadedDocument:
    return loaded("\n\n".join(f"{number}. {SENTENCES[number % len(SENTENCES)]}" for number in range(size)), "a.txt")


def records(size: int) -> LoadedDocument:
    rows = "\n".join(f"login,Anna Holm,read,success,{number % 7}" for number in range(size))
    return loaded(f"kind,actor,action,outcome,host\n{rows}", "a.csv")


@pytest.mark.parametrize(("made", "size"), [(prose, 400), (records, 500)])
def test_time_grows_with_size(made: Callable[[int], LoadedDocument], size: int) -> None:
    graph_of(made(20))

    def seconds(document: LoadedDocument) -> float:
        started = time.process_time()
        graph_of(document)
        return time.process_time() - started

    small, large = seconds(made(size)), seconds(made(4 * size))
    assert large < 8 * small  # four times as much; quadratic would be sixteen
