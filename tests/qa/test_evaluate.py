import json
from pathlib import Path

import pytest

from qa.evaluate import UnusableQuestions, read_questions


def _line(**changes: object) -> str:
    return json.dumps(
        {"id": "q1", "question": "Who?", "kind": "who", "answerable": True, "answers": ["Anna"]} | changes
    )


def test_reads_items_and_alternatives(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    one, other = {"document": "a.md", "quote": "x"}, {"document": "b.md", "quote": "y"}
    path.write_text(_line(evidence=[one, {"any": [one, other]}]) + "\n\n", encoding="utf-8")
    assert read_questions(path)[0].evidence == ((("a.md", "x"),), (("a.md", "x"), ("b.md", "y")))


@pytest.mark.parametrize(
    "content", ["", "\n", "not json", '{"id": "q1"}', "[]", '{"id":"q","question":"w","evidence":[1]}']
)
def test_an_unusable_file_is_refused_in_one_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnusableQuestions, match=r"questions\.jsonl"):
        read_questions(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableQuestions, match="check the path"):
        read_questions(tmp_path / "none.jsonl")
