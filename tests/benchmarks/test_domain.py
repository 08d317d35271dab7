"""The rules find the terms and obligations that a person found in the sample corpus."""

from benchmarks.domain import EXAMPLES, Score, measure


def test_the_rules_reach_their_floors() -> None:
    result = measure(EXAMPLES / "corpus", EXAMPLES / "annotations.jsonl", "rules")
    floors = {"defined terms": 0.85, "obligations": 0.92, "deadlines": 0.9, "exceptions": 0.85}
    assert {name: result.score(name).f1 for name, floor in floors.items() if result.score(name).f1 < floor} == {}
    assert result.mistaken <= 5
    assert result.lookalikes == 50


def test_a_score_of_nothing_is_nothing() -> None:
    assert (Score("", 0, 0, 0).precision, Score("", 0, 0, 0).recall, Score("", 0, 0, 0).f1) == (0, 0, 0)
    assert Score("", 4, 2, 2).f1 == 2 / 3
