"""`evigraph evaluate retrieval` on a corpus made up here."""

import gzip
import json
from pathlib import Path

import pytest
from doors import Run

ENTRIES = [
    ("f1", "Silver Harbour", "Silver Harbour is a 1951 drama film directed by Aldo Ferrante and starring Vera Lund."),
    ("p1", "Aldo Ferrante", "Aldo Ferrante was an Italian director. He was born in Trieste."),
    ("p2", "Vera Lund", "Vera Lund was a Swedish actress, born in Uppsala.\u2028She worked in the theatre."),
    *((f"n{n}", f"Place {n}", f"Place {n} is a village of {40 + n} people in a valley.") for n in range(12)),
]
QUESTIONS = [
    ("q1", "Where was the director of Silver Harbour born?", ["f1", "p1"]),
    ("q2", "Where was the actress who starred in Silver Harbour born?", ["f1", "p2"]),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    rows = [json.dumps({"id": i, "title": t, "text": x}, ensure_ascii=False) for i, t, x in ENTRIES]
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    asked = [json.dumps({"id": i, "question": q, "supporting": s, "kind": "2hop"}) for i, q, s in QUESTIONS]
    (folder / "questions.jsonl").write_text("\n".join(asked))
    return folder


def test_both_hops_are_found_with_titles_and_without(run: Run, data: Path) -> None:
    outcome = run("evaluate", "retrieval", "--data", data, "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.data["questions"] == 2
    assert outcome.data["recall@2"] == outcome.data["recall@5"] == outcome.data["recall@10"] == 1.0
    assert outcome.data["ms_p95"] >= outcome.data["ms_p50"] > 0
    assert outcome.data["kinds"]["2hop"]["questions"] == 2
    table = run("evaluate", "retrieval", "--data", data, "--no-titles")
    assert "titles withheld" in table.out and "1.000" in table.out


def test_the_users_own_graph_is_left_alone(run: Run, data: Path) -> None:
    run("evaluate", "retrieval", "--data", data, "--json")
    assert run("documents", "--json").data["documents"] == []


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda folder: (folder / "questions.jsonl").unlink(), "neither questions.jsonl nor"),
        (lambda folder: (folder / "corpus.jsonl.gz").write_bytes(b"no gzip"), "cannot be read as JSON Lines"),
        (lambda folder: (folder / "questions.jsonl").write_text('{"id": "q"}'), "lacks question, supporting"),
        (lambda folder: (folder / "questions.jsonl").write_text(""), "is empty"),
    ],
)
def test_an_unusable_folder_is_told(run: Run, data: Path, break_it: object, told: str) -> None:
    break_it(data)  # type: ignore[operator]
    outcome = run("evaluate", "retrieval", "--data", data)
    assert outcome.code in (1, 2) and told in outcome.err and "Traceback" not in outcome.err
