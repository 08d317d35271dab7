"""JSON Lines."""

import json

from exactness import LIMIT, assert_exact, refusal, texts
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import LoadedDocument
from extraction.load import load_bytes

SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUE = st.recursive(SCALAR, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=9)


def load(text: str) -> LoadedDocument:
    document = load_bytes(text.encode(), "a.jsonl", LIMIT)
    assert_exact(document)
    return document


def test_each_line_is_a_record_with_dotted_names() -> None:
    document = load(
        '{"name": "Ada", "born": 1815.10, "alive": false, "home": {"city": "London"}, "tags": ["a", 2]}\n\n'
        '{"name": "Bob", "age": null, "pets": [{"name": "Rex"}, {"name": "Tom"}]}'
    )
    assert texts(document) == [
        "name: Ada; born: 1815.10; alive: false; home.city: London; tags: a, 2",
        "name: Bob; pets.name: Rex; pets.name: Tom",
    ]
    assert document.blocks[0].kind == "record"


def test_a_broken_line_is_left_out_with_a_warning() -> None:
    document = load('{"a": 1}\n{"a": \n{"a": 3}\n' + "[" * 100_000)
    assert texts(document) == ["a: 1", "a: 3"]
    assert document.warnings == (
        "line 2 is not valid JSON and was left out",
        "line 4 is not valid JSON and was left out",
    )


def test_no_readable_line_is_refused() -> None:
    assert "holds no line of valid JSON; write one JSON object a line" in refusal(b"a\nb", "a.jsonl")


def test_what_no_store_takes_is_replaced() -> None:
    document = load('{"a": "x\\u0000y\\ud800z"}')
    assert texts(document) == ["a: x\N{REPLACEMENT CHARACTER}y\N{REPLACEMENT CHARACTER}z"]


@given(st.lists(st.dictionaries(st.text(), VALUE), min_size=1))
def test_any_records_have_exact_spans(records: list[dict[str, object]]) -> None:
    load('{"first": 1}\n' + "\n".join(map(json.dumps, records)))
