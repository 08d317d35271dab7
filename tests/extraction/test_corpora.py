"""Annotated corpora in the forms that they are published in."""

import gzip
import json
from pathlib import Path

import pytest
from tiny_corpus import sentences, write_corpus

from extraction.corpora import AnnotatedEntity, AnnotatedRelation, UnreadableCorpus, read_part, read_test_part


def test_conll04_columns(tmp_path: Path) -> None:
    texts = read_part(write_corpus(tmp_path), "train")
    assert len(texts) == len(sentences()) // 2
    first = texts[0]
    assert first.words[:5] == ("Maria", "Lind", "works", "for", "Veltra")
    assert first.entities == (
        AnnotatedEntity(0, 2, "Peop"),
        AnnotatedEntity(4, 6, "Org"),
        AnnotatedEntity(7, 8, "Loc"),
    )
    assert set(first.relations) == {AnnotatedRelation(0, 1, "Work_For"), AnnotatedRelation(1, 2, "OrgBased_In")}


def test_two_columns_of_several_domains_plain_and_gzip(tmp_path: Path) -> None:
    (tmp_path / "ai-train.txt").write_text("deep\tB-field\nlearning\tI-field\n\nX\tO\n", "utf-8")
    (tmp_path / "news-train.conll.gz").write_bytes(gzip.compress(b"Oslo\tI-loc\nBergen\tB-loc\nand\tO\n"))
    (tmp_path / "notes.md").write_text("no corpus", "utf-8")
    texts = read_part(tmp_path, "train")
    assert [(text.domain, text.entities) for text in texts] == [
        ("ai", (AnnotatedEntity(0, 2, "field"),)),
        ("ai", ()),
        ("news", (AnnotatedEntity(0, 1, "loc"), AnnotatedEntity(1, 2, "loc"))),
    ]


def test_crossre_lines(tmp_path: Path) -> None:
    item = {
        "sentence": ["Ada", "wrote", "Notes", "."],
        "ner": [[2, 2, "book"], [0, 0, "writer"]],
        "relations": [[0, 0, 2, 2, "artifact", "", False, False], [0, 0, 2, 2, "role", "", False, False]],
    }
    (tmp_path / "literature-dev.json").write_text(json.dumps(item) + "\n", "utf-8")
    part, (text,) = read_test_part(tmp_path)
    assert (part, text.domain) == ("dev", "literature")
    assert [entity.type for entity in text.entities] == ["writer", "book"]
    assert {(item.head, item.tail, item.label) for item in text.relations} == {(0, 1, "artifact"), (0, 1, "role")}


def test_docred_relates_the_nearest_mentions_of_two_entities(tmp_path: Path) -> None:
    document = {
        "title": "Ada",
        "sents": [["Ada", "lived", "."], ["Ada", "wrote", "Notes", "."]],
        "vertexSet": [
            [
                {"name": "Ada", "pos": [0, 1], "sent_id": 0, "type": "PER"},
                {"name": "Ada", "pos": [0, 1], "sent_id": 1, "type": "PER"},
            ],
            [{"name": "Notes", "pos": [2, 3], "sent_id": 1, "type": "MISC"}],
        ],
        "labels": [{"h": 0, "t": 1, "r": "P800", "evidence": [1]}],
    }
    (tmp_path / "test.json.gz").write_bytes(gzip.compress(json.dumps([document]).encode()))
    part, (text,) = read_test_part(tmp_path)
    assert part == "test"
    assert text.sentences == (0, 3)
    assert text.entities == (
        AnnotatedEntity(0, 1, "PER", 0),
        AnnotatedEntity(3, 4, "PER", 0),
        AnnotatedEntity(5, 6, "MISC", 1),
    )
    assert text.relations == (AnnotatedRelation(1, 2, "P800"),)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("train.txt", "one\ttwo\tthree\n"),
        ("train.json", '{"sentence": ["a"]}\n'),
        ("train.json", "[{}]"),
        ("train.txt.gz", "not gzip"),
        ("train.txt", "0\tAda\tB-Peop\t['Knows']\t[1]\n1\tran\tO\t['N']\t[1]\n"),
    ],
)
def test_what_is_no_corpus_is_named_in_one_sentence(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(UnreadableCorpus, match=rf"^{name} [^\n]*\.$"):
        read_part(tmp_path, "train")


def test_a_missing_folder_or_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCorpus, match="is no folder"):
        read_part(tmp_path / "missing", "train")
    with pytest.raises(UnreadableCorpus, match="no test or dev part"):
        read_test_part(tmp_path)
