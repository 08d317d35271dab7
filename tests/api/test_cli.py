"""Every command on a small graph, by its own main."""

import io
import sys
from pathlib import Path

import pytest
from doors import ATLAS, Run, assert_error

QUESTION = "Who owns Atlas?"


@pytest.fixture
def held(run: Run, place: Path):
    """The command line on a graph that holds the two documents."""
    assert run("ingest", place / "docs").code == 0
    return run


def test_ingest_reports(run: Run, place: Path) -> None:
    (place / "docs" / "picture.png").write_bytes(b"\x89PNG")
    first, again = run("ingest", "docs", "--json"), run("ingest", "docs", "--json")
    assert first.code == again.code == 0
    assert first.err == ""
    report = first.data
    assert (report["added"], report["changed"], report["unchanged"], report["refused"], report["skipped"]) == (
        2,
        0,
        0,
        0,
        1,
    )
    assert report["passages"] >= 2
    assert report["facts"] >= 2
    assert report["words"] > 30
    assert report["words_per_second"] > 0
    assert {"start", "load", "split", "extract", "embed", "write", "total"} <= set(report["seconds"])
    assert [Path(uri).name for uri in report["skips"]] == ["picture.png"]
    assert not report["in_part"]
    assert [item["outcome"] for item in again.data["documents"]] == ["unchanged"] * 2
    assert {item["id"] for item in report["documents"]} == {item["id"] for item in again.data["documents"]}


def test_ingest_for_people(run: Run) -> None:
    outcome = run("ingest", "docs")
    assert "2 added, 0 changed, 0 unchanged, 0 refused, 0 skipped" in outcome.out
    assert "words per second" in outcome.out
    assert outcome.err == ""


def test_facts_outside_the_ontology_are_marked_or_rejected(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "systems.csv").write_text("system,owner,colour\nAtlas CRM,Anna Holm,red\nVega ERP,Bo Lund,blue\n")
    opened = run("ingest", "systems.csv", "--json").data
    assert (opened["facts"], opened["facts_outside_ontology"], opened["facts_rejected"]) == (4, 2, 0)
    monkeypatch.setenv("EVIGRAPH_VOCABULARY", "closed")
    closed = run("ingest", "systems.csv", "--json").data  # read anew, since what is kept of it is another
    assert (closed["changed"], closed["facts"], closed["facts_outside_ontology"]) == (1, 2, 0)
    assert closed["facts_rejected"] == 2
    assert closed["rejections"] == [{"reason": "COLOUR: predicate not in the ontology", "facts": 2}]
    monkeypatch.setenv("EVIGRAPH_VOCABULARY", "open")
    assert "4 facts, 2 of them outside the ontology" in run("ingest", "systems.csv").out
    monkeypatch.setenv("EVIGRAPH_VOCABULARY", "closed")
    told = run("ingest", "systems.csv").out
    assert "Rejected: 2 facts. COLOUR: predicate not in the ontology (2)" in told


def test_ingest_with_several_processes(run: Run) -> None:
    outcome = run("ingest", "docs", "--workers", "2", "--json")
    assert (outcome.code, outcome.data["added"]) == (0, 2)


def test_a_missing_path_among_others(run: Run) -> None:
    outcome = run("ingest", "docs", "nowhere", "--json")
    assert outcome.code == 3
    assert outcome.err == "Refused: nowhere does not exist; check the path.\n"
    assert outcome.data["refusals"] == [{"uri": "nowhere", "reason": "nowhere does not exist; check the path."}]


def test_everything_refused(run: Run, place: Path) -> None:
    (place / "empty.txt").write_bytes(b"")
    outcome = run("ingest", "nowhere", "empty.txt")
    assert outcome.code == 1
    assert "nowhere does not exist" in outcome.err
    assert "empty.txt is empty" in outcome.err


def test_nothing_to_read(run: Run, place: Path) -> None:
    (place / "nothing").mkdir()
    assert_error(run("ingest", "nothing"), 2, "no file", "nothing")


def test_a_broken_line_is_left_out_and_named(run: Run, place: Path) -> None:
    (place / "log.jsonl").write_text('{"event": "sign-in", "actor": "Maria Lind"}\n{"event": \n{"event": "sign-out"}\n')
    outcome = run("ingest", "log.jsonl")
    assert outcome.code == 3
    assert outcome.err == "Note: log.jsonl: line 2 is not valid JSON and was left out.\n"
    assert "1 added" in outcome.out


def test_a_guessed_encoding_is_noted_and_whole(run: Run, place: Path) -> None:
    (place / "note.txt").write_bytes(
        "Søren Kjærgaard owns Ledgerline. Ærligt talt går det godt på øen.".encode("cp1252")
    )
    outcome = run("ingest", "note.txt")
    assert outcome.code == 0
    assert "note.txt: was read as" in outcome.err


def test_a_large_file_is_refused_by_its_size(run: Run, place: Path) -> None:
    with (place / "large.txt").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    outcome = run("ingest", "large.txt")
    assert outcome.code == 1
    assert outcome.err == (
        "Refused: large.txt has 200 MB, more than the limit of 100 MB; raise EVIGRAPH_MAX_FILE_MB or split the file.\n"
    )


def test_ask_for_programs(held: Run) -> None:
    outcome = held("ask", QUESTION, "--json", "--tier", "none")
    assert (outcome.code, outcome.err) == (0, "")
    answer = outcome.data
    assert (answer["status"], answer["question"]) == ("answered", QUESTION)
    assert "Maria Lind" in answer["answer"]
    for citation in answer["citations"]:
        shown = held("show", citation["document"]["id"], "--text")
        assert shown.out[citation["start"] : citation["end"]] == citation["quote"]


def test_ask_for_people(held: Run) -> None:
    outcome = held("ask", QUESTION)
    assert (outcome.code, outcome.err) == (0, "")
    assert "Maria Lind OWNS Atlas (0." in outcome.out
    assert "[1] atlas.md, characters " in outcome.out
    assert "Plan: " in outcome.out
    assert "The facts were found by facts_" in outcome.out
    assert "MATCH (" in outcome.out


def test_abstaining_is_an_answer(held: Run) -> None:
    question = "What is the boiling point of tungsten hexafluoride?"
    outcome, told = held("ask", question, "--json"), held("ask", question)
    assert (outcome.code, outcome.data["status"], outcome.data["citations"]) == (0, "abstained", [])
    assert told.code == 0
    assert "No evidence" in told.out


def test_ask_from_standard_input(held: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(QUESTION.encode())))
    assert held("ask", "-", "--json").data["question"] == QUESTION


def test_a_very_long_question_is_cut_and_says_so(held: Run) -> None:
    outcome = held("ask", "Who owns Atlas? " * 6250, "--json")
    assert outcome.code == 0
    assert len(outcome.data["question"]) <= 2000
    assert "first 2000 characters" in outcome.data["answer"]


@pytest.mark.parametrize("question", ["", "   \n", "?!…"])
def test_an_empty_question(held: Run, question: str) -> None:
    assert_error(held("ask", question), 2, "The question is empty")


def test_a_question_that_is_cypher_does_nothing(held: Run) -> None:
    question = "MATCH (n) DETACH DELETE n // ') DETACH DELETE n"
    assert held("ask", question, "--json").code == 0
    assert len(held("documents", "--json").data["documents"]) == 2


def test_a_question_that_is_not_utf_8(held: Run) -> None:
    assert held("ask", "Who owns \udcff Atlas?", "--json").code == 0


def test_each_user_sees_what_their_groups_may(run: Run, place: Path) -> None:
    (place / "evigraph.toml").write_text('[users]\nmaria = ["legal"]\nomar = []\n')
    run("ingest", "docs/atlas.md", "--access", "legal")
    run("ingest", "docs/bora.md")
    for command, key in (("ask", "citations"), ("search", "passages")):
        seen = {
            user: {item["document"]["title"] for item in run(command, QUESTION, "--json", *user).data[key]}
            for user in ((), ("--as", "maria"), ("--as", "omar"))
        }
        assert "Atlas Handbook" in seen[()]
        assert "Atlas Handbook" in seen["--as", "maria"]
        assert "Atlas Handbook" not in seen["--as", "omar"]
    assert_error(run("ask", QUESTION, "--as", "eve"), 2, "There is no user 'eve'", "[users] in evigraph.toml")


def test_search(held: Run) -> None:
    outcome = held("search", "nightly backup", "--k", "1", "--json")
    assert outcome.code == 0
    [passage] = outcome.data["passages"]
    assert "backed up" in passage["text"]
    assert ATLAS[passage["start"] : passage["end"]] == passage["text"]
    assert "backed up" in held("search", "nightly backup").out
    assert_error(held("search", "--", " - "), 2, "nothing to search for")


def test_entities(held: Run) -> None:
    [entity, *_] = held("entities", "atlas", "--json").data["entities"]
    assert entity["name"] == "Atlas"
    assert "Atlas (" in held("entities", "Atlas").out
    assert held("entities", "Zanzibar").out == "No entity goes by a name like 'Zanzibar'.\n"


def test_documents_and_what_names_one(held: Run, place: Path) -> None:
    listed = held("documents", "--json").data["documents"]
    assert [row["title"] for row in listed] == ["Atlas Handbook", "Bora Note"]
    assert listed[0]["id"] in held("documents").out
    atlas = listed[0]
    for reference in (
        atlas["id"],
        atlas["uri"],
        "docs/atlas.md",
        place / "docs" / "atlas.md",
        "atlas handbook",
        "atlas.md",
    ):
        assert held("show", reference, "--json").data["id"] == atlas["id"]


def test_show(held: Run) -> None:
    assert held("show", "atlas.md", "--text").out == ATLAS
    shown = held("show", "atlas.md", "--facts", "--text", "--json").data
    assert shown["text"] == ATLAS
    assert "Atlas" in {entity["name"] for entity in shown["entities"]}
    assert ("Maria Lind", "OWNS", "Atlas") in {(f["subject"], f["predicate"], f["object"]) for f in shown["facts"]}
    assert "Maria Lind OWNS Atlas" in held("show", "atlas.md", "--facts").out


def test_a_document_that_is_not_held(held: Run) -> None:
    for command in ("show", "remove"):
        assert_error(held(command, "Casablanca"), 1, "no document 'Casablanca'", "evigraph documents")
    assert_error(held("show", "x" * 5000), 1, "no document")


def test_a_name_that_two_documents_share(held: Run, place: Path) -> None:
    (place / "other").mkdir()
    (place / "other" / "atlas.md").write_text(ATLAS + "\nIt has a second copy.\n")
    held("ingest", "other")
    ids = [row["id"] for row in held("documents", "--json").data["documents"] if row["title"] == "Atlas Handbook"]
    assert len(ids) == 2
    assert_error(held("show", "atlas.md"), 1, "2 documents go by 'atlas.md'", *ids)
    assert held("show", ids[0]).code == 0


def test_a_replaced_document_leaves_nothing_of_its_former_self(held: Run, place: Path) -> None:
    (place / "docs" / "atlas.md").write_text("# Atlas Handbook\n\nPetra Holm owns Atlas.\n")
    report = held("ingest", "docs", "--json").data
    assert (report["added"], report["changed"], report["unchanged"]) == (0, 1, 1)
    assert held("show", "atlas.md", "--json").data["version"] == 2
    assert_nothing_of(held, "Maria Lind", "Nordwind")
    assert "Petra Holm" in held("ask", QUESTION, "--json", "--tier", "none").data["answer"]


def test_a_removed_document_leaves_nothing(held: Run) -> None:
    outcome = held("remove", "Atlas Handbook")
    assert outcome.code == 0
    assert outcome.out.startswith("Removed Atlas Handbook (d_")
    assert_nothing_of(held, "Maria Lind", "Nordwind")
    assert_error(held("show", "Atlas Handbook"), 1, "no document")
    assert held("remove", "bora.md", "--json").data["removed"]["title"] == "Bora Note"
    assert "holds no documents" in held("documents").out
    assert held("search", "Bora").out == "No passage found.\n"


def test_compacted_files_hold_nothing_of_a_removed_document(held: Run, place: Path) -> None:
    held("ask", "Who owns Bora?")
    held("remove", "Bora Note")
    said = held("compact")
    assert (said.code, said.out) == (0, "Compacted.\n")
    graph = [path for path in place.rglob("*") if path.name in ("graph.grafeo", "vectors.bin")]
    assert len(graph) == 2
    assert not any(b"every quarter" in path.read_bytes() for path in graph)
    assert held("compact", "--json").data == {"compacted": True, "left": ""}
    assert "Maria Lind" in held("ask", QUESTION).out
    assert held("audit", "list", "--json").out.count('"compact"') == 4  # both, begun and done


def assert_nothing_of(run: Run, *names: str) -> None:
    """Neither searching nor showing nor asking brings up any of the names."""
    for name in names:
        assert not [row for row in run("entities", name, "--json").data["entities"] if name in row["name"]]
        assert not [item for item in run("search", name, "--json").data["passages"] if name in item["text"]]
        for document in run("documents", "--json").data["documents"]:
            assert name not in run("show", document["id"], "--text", "--facts", "--json").out
        assert name not in str(run("ask", f"What is known about {name}?", "--json").data["citations"])


def test_documents_cannot_command_the_terminal(run: Run, place: Path) -> None:
    (place / "evil.txt").write_text("Maria Lind owns \x1b[31mAtlas\x1b[0m and \x1b]0;title\x07 so on.\n")
    run("ingest", "evil.txt")
    assert "\x1b" not in run("search", "Atlas").out
    assert "\x1b" not in run("show", "evil.txt", "--facts").out


def test_doctor(held: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    outcome, told = held("doctor", "--json"), held("doctor")
    assert outcome.code == told.code == 0
    checks = {check["name"]: check for check in outcome.data["checks"]}
    assert "2 documents" in checks["Graph"]["detail"]
    assert "all-MiniLM-L6-v2" in checks["Embedding model"]["detail"]
    assert "gpt-4.1-mini" in checks["Models"]["detail"]
    assert checks["Neo4j"]["state"] == "off"
    assert "sk-secret" not in outcome.out + told.out
    assert len(told.out.splitlines()) == len(checks)


def test_doctor_names_what_is_missing(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIGRAPH_ONTOLOGY", str(place / "none.ttl"))
    monkeypatch.setenv("EVIGRAPH_EXTRACTOR", "spacy:xx_not_there")
    outcome = run("doctor")
    assert outcome.code == 1
    assert "missing  Ontology: " in outcome.out
    assert "missing  Extractor: " in outcome.out


def test_evaluate(held: Run, place: Path) -> None:
    (place / "questions.jsonl").write_text(
        '{"id": "q1", "question": "Who owns Atlas?", "kind": "who", "answers": ["Maria Lind"],'
        ' "evidence": [{"document": "atlas.md", "quote": "Maria Lind owns Atlas"}]}\n'
        '{"id": "q2", "question": "Who owns Atlas?", "kind": "who", "answers": ["Eve"],'
        ' "evidence": [{"document": "bora.md", "quote": "Eve owns Atlas"}]}\n'
    )
    outcome = held("evaluate", "qa", "--questions", "questions.jsonl", "--tier", "none", "--json")
    assert outcome.code == 0
    assert (outcome.data["questions"], outcome.data["right_evidence"]) == (2, 0.5)
    assert [row["id"] for row in outcome.data["failed"]] == ["q2"]
    told = held("evaluate", "qa", "--questions", "questions.jsonl")
    assert "50.0%" in told.out
    assert "q2 (who" in told.out


def test_unusable_questions(held: Run, place: Path) -> None:
    assert_error(held("evaluate", "qa", "--questions", "none.jsonl"), 1, "none.jsonl cannot be read")
    (place / "bad.jsonl").write_text("{}\n")
    assert_error(held("evaluate", "qa", "--questions", "bad.jsonl"), 1, "Line 1 of bad.jsonl")
