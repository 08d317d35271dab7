"""`evigraph entities`: names that were merged, why, and what a person says about it."""

from pathlib import Path

import pytest
from doors import Outcome, Run, assert_error

MAIL = "maria.lind@nordwind.example"
LOG = f"timestamp,actor,action,system\n2026-03-01,{MAIL},sign_in,Bora\n2026-03-02,{MAIL},export,Bora\n"


@pytest.fixture
def held(run: Run, place: Path) -> Run:
    """A graph where Maria Lind is named, and in a log her address."""
    (place / "docs" / "log.csv").write_text(LOG)
    assert run("ingest", "docs").code == 0
    return run


def names(outcome: Outcome) -> list[str]:
    """What the entities found go by, the best first."""
    return [row["name"] for row in outcome.data["entities"]]


@pytest.mark.parametrize("command", [("entities",), ("entities", "show")])
@pytest.mark.parametrize("name", ["Maria Lind", MAIL])
def test_either_name_finds_the_one_entity_and_why(held: Run, command: tuple[str, ...], name: str) -> None:
    (maria, *_) = held(*command, name, "--json").data["entities"]
    assert (maria["name"], maria["type"], maria["aliases"]) == ("Maria Lind", "Person", [MAIL])
    (merge,) = maria["merges"]
    assert (merge["name"], merge["into_name"], merge["decided_by"]) == (MAIL, "Maria Lind", "rule")
    told = held(*command, name).out
    assert f"{MAIL} is Maria Lind: address spells the name +1.00 (rule, " in told


def test_what_the_log_says_answers_questions_about_the_person(held: Run) -> None:
    answer = held("ask", "What did Maria Lind export?", "--json").data
    assert {"log"} & {citation["document"]["title"] for citation in answer["citations"]}


def test_split_and_merge_hold_through_ingests(held: Run, place: Path) -> None:
    parts = held("entities", "split", MAIL, "--json").data["entities"]
    assert [row["name"] for row in parts] == ["Maria Lind", MAIL]
    (place / "docs" / "log.csv").write_text(LOG + f"2026-03-03,{MAIL},export,Bora\n")
    assert held("ingest", "docs", "--json").data["changed"] == 1
    assert names(held("entities", MAIL, "--json"))[0] == MAIL
    merged = held("entities", "merge", MAIL, "Maria Lind", "--json").data["merged"]
    assert (merged["name"], [item["decided_by"] for item in merged["merges"]]) == ("Maria Lind", ["owner"])
    assert names(held("entities", MAIL, "--json"))[0] == "Maria Lind"
    assert held("entities", "split", "Maria Lind", MAIL).out.count("\n") == 2


def test_a_user_decides_by_name_and_only_of_what_may_be_seen(
    held: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIGRAPH_USERS", '{"maria": ["legal"], "omar": []}')
    assert held("ingest", "docs/log.csv", "--access", "legal").code == 0
    assert_error(held("entities", "split", MAIL, "--as", "omar"), 1, f"no entity named '{MAIL}'")
    seen = {
        user: held("entities", "Maria Lind", "--json", "--as", user).data["entities"][0] for user in ("maria", "omar")
    }
    assert [(row["aliases"], len(row["merges"])) for row in seen.values()] == [([MAIL], 1), ([], 0)]
    held("entities", "split", MAIL, "--as", "maria")
    merged = held("entities", "merge", "Sven Falk", "Maria Lind", "--as", "maria", "--json").data["merged"]
    assert {item["decided_by"] for item in merged["merges"]} == {"maria"}


def test_a_removed_document_takes_its_names(held: Run) -> None:
    held("remove", "log.csv")
    (maria, *_) = held("entities", "Maria Lind", "--json").data["entities"]
    assert (maria["aliases"], maria["merges"]) == ([], [])
    assert MAIL not in held("entities", MAIL, "--json").out


def test_mistakes_are_one_sentence(held: Run) -> None:
    assert_error(held("entities", "merge", "Maria Lind", "Zanzibar"), 1, "There is no entity named 'Zanzibar'")
    assert_error(held("entities", "merge", MAIL, "Maria Lind"), 1, "are one entity already")
    assert_error(held("entities", "split", "Bora"), 1, "nothing to split: Bora")
    assert_error(held("entities", "split", MAIL, "Bora"), 1, "are two entities already")


def test_a_name_that_several_go_by_is_listed(run: Run, place: Path) -> None:
    (place / "docs" / "a.md").write_text("The Data Protection Officer (DPO) left.")
    (place / "docs" / "b.md").write_text("The Data Processing Operation (DPO) began.")
    run("ingest", "docs")
    outcome = run("entities", "merge", "DPO", "Atlas")
    assert_error(outcome, 1, "2 entities go by 'DPO'; give the id of one: e_", "Data Protection Officer", "Operation")


def test_an_entity_called_like_a_command(run: Run, place: Path) -> None:
    (place / "docs" / "merge.csv").write_text("system,owner\nMerge,Maria Lind\n")
    run("ingest", "docs")
    assert names(run("entities", "show", "merge", "--json"))[0] == "Merge"


def test_help_tells_of_all(run: Run) -> None:
    told = run("entities", "--help").out
    assert all(f"\n  {command} " in told for command in ("show", "merge", "split"))
