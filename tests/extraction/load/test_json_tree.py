"""JSON that is not one record a line."""

import json

from exactness import LIMIT, assert_exact, found, refusal, texts
from hypothesis import given
from test_records import VALUE

from extraction.document import LoadedDocument
from extraction.load import load_bytes

LAW = {
    "title": "Data Act",
    "language": "EN",
    "chapters": [
        {
            "number": "IV",
            "title": "Controllers",
            "type": "chapter",
            "contents": [
                {
                    "number": "33",
                    "title": "Notification of a breach",
                    "type": "article",
                    "contents": [
                        {
                            "number": "1",
                            "type": "point",
                            "subpoints": [{"number": "a", "text": "without delay;", "type": "subpoint"}],
                            "text": "The controller shall notify:",
                        },
                        {"number": "", "type": "text", "subpoints": [], "text": "Reasons shall be given."},
                    ],
                }
            ],
        }
    ],
    "recitals": [{"number": "1", "text": "Protection is a right.", "type": "recital"}],
}


def load(value: object) -> LoadedDocument:
    document = load_bytes(json.dumps(value).encode(), "a.json", LIMIT)
    assert_exact(document)
    return document


def test_an_array_of_flat_objects_is_records() -> None:
    document = load([{"name": "Ada", "tags": ["x", "y"]}, {"name": "Bob"}])
    assert texts(document) == ["name: Ada; tags: x, y", "name: Bob"]
    assert {block.kind for block in document.blocks} == {"record"}


def test_a_tree_of_titled_parts_is_an_outline() -> None:
    document = load(LAW)
    assert document.title == "Data Act"
    assert found(document) == [
        ("heading", 1, "Data Act"),
        ("paragraph", 0, "Language: EN"),
        ("heading", 2, "Chapter IV Controllers"),
        ("heading", 3, "Article 33 Notification of a breach"),
        ("paragraph", 0, "1. The controller shall notify:"),
        ("list_item", 1, "(a) without delay;"),
        ("paragraph", 0, "Reasons shall be given."),
        ("heading", 2, "Recitals"),
        ("paragraph", 0, "1. Protection is a right."),
    ]


def test_nested_data_has_its_keys_as_headings() -> None:
    document = load(
        {
            "company": {
                "name": "Acme",
                "tags": ["a", "b"],
                "staff_list": [{"n": "Ada", "age": 36}],
                "x": {"y": 1},
            }
        }
    )
    assert found(document) == [
        ("heading", 1, "Company"),
        ("heading", 2, "Acme"),
        ("paragraph", 0, "Tags: a, b"),
        ("heading", 3, "Staff list"),
        ("record", 0, "n: Ada; age: 36"),
        ("heading", 3, "X"),
        ("paragraph", 0, "Y: 1"),
    ]


def test_items_without_a_title_do_not_run_into_each_other() -> None:
    document = load({"reports": [{"year": 2001, "parts": [{"a": [{"b": 1}]}]}, {"year": 2002, "parts": {"c": 3}}]})
    assert found(document) == [
        ("heading", 1, "Reports 1"),
        ("paragraph", 0, "Year: 2001"),
        ("heading", 2, "Parts 1"),
        ("heading", 3, "A"),
        ("record", 0, "b: 1"),
        ("heading", 1, "Reports 2"),
        ("paragraph", 0, "Year: 2002"),
        ("heading", 2, "Parts"),
        ("paragraph", 0, "C: 3"),
    ]


def test_broken_json_is_refused_with_the_place() -> None:
    sentence = refusal(b'{"a": 1}\n{"a": 2}', "a.json")
    assert "is not valid JSON (Extra data: line 2 column 1" in sentence
    assert "name it .jsonl if each line is an object" in sentence


def test_deep_nesting_is_refused() -> None:
    assert "is nested too deeply; flatten it" in refusal(b"[" * 100_000, "a.json")


@given(VALUE)
def test_any_value_has_exact_spans(value: object) -> None:
    load({"first": "text", "rest": value})
