"""The audit trail: what is written, found, erased, and what is left where a process is killed."""

import json
import os
import random
import signal
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from audit_children import start_actor, start_writer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text

from governance.audit.entry import AuditError
from governance.audit.tables import CHECKPOINTS, ENTRIES
from governance.audit.trail import AuditTrail
from governance.audit.verification import EVERY
from governance.database import Database, DatabaseError
from governance.identity.principal import OWNER, Principal

MARIA = Principal("maria.lind", frozenset({"analyst"}), ("legal",), "password")


@pytest.fixture
def trail(database: Database, tmp_path: Path) -> Iterator[AuditTrail]:
    """An empty trail in each kind of database."""
    yield AuditTrail(database, tmp_path / "audit")


def another(database: Database, tmp_path: Path, key: str | None = None) -> AuditTrail:
    """The same trail as another process would open it."""
    return AuditTrail(database, tmp_path / "audit", key)


def pem(key: Ed25519PrivateKey) -> str:
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, none).decode()


def test_an_action_has_a_begin_and_an_end(trail: AuditTrail) -> None:
    with trail.action(MARIA, "ask", "a question", {"k": 1}) as told:
        assert [entry.outcome for entry in trail.search()] == ["begun"]
        told["answer"] = "42"
    with pytest.raises(KeyError), trail.action(MARIA, "ask", "another"):
        raise KeyError("x")
    with pytest.raises(PermissionError), trail.action(MARIA, "remove", "a document") as told:
        told["reason"] = "not hers"
        raise PermissionError
    found = trail.search()
    assert [(entry.seq, entry.outcome, entry.ends) for entry in found] == [
        (1, "begun", None),
        (2, "done", 1),
        (3, "begun", None),
        (4, "failed", 3),
        (5, "begun", None),
        (6, "refused", 5),
    ]
    assert [entry.details for entry in found] == [
        {"k": 1},
        {"answer": "42"},
        {},
        {"error": "KeyError"},
        {},
        {"error": "PermissionError", "reason": "not hers"},
    ]
    assert {(entry.who, entry.how) for entry in found} == {("maria.lind", "password")}
    assert found[1].previous == found[0].hash
    assert trail.unfinished() == []
    assert trail.verify() == []


def test_what_cannot_be_audited_does_not_happen(trail: AuditTrail, database: Database) -> None:
    trail.record(MARIA, "ask", "first", "done")
    with database.transaction() as session:
        session.execute(text("ALTER TABLE audit_entries RENAME TO elsewhere"))
    with pytest.raises(DatabaseError), trail.action(MARIA, "remove", "a document"):
        raise AssertionError("it ran")


def test_verbs_outcomes_and_details_are_checked(trail: AuditTrail) -> None:
    with pytest.raises(ValueError, match=r"'frob' .*actions\.py"):
        trail.record(MARIA, "frob", "x", "done")
    with pytest.raises(ValueError, match="'maybe' is no outcome"):
        trail.record(MARIA, "ask", "x", "maybe")
    with pytest.raises(ValueError, match="JSON"):
        trail.record(MARIA, "ask", "x", "done", {"score": float("nan")})
    assert trail.search() == []


def test_any_text_can_be_kept(trail: AuditTrail) -> None:
    odd = "naïve 😀 \udc80\x00\n\"'"
    details = {"ключ": [odd, None, 1.5, {"deep": True}], "path": Path("a/b")}
    entry = trail.record(Principal(odd, frozenset(), None, "token"), "ask", odd, "done", details)
    (found,) = trail.search()
    assert found == entry
    assert found.target == "naïve 😀 \\udc80\\x00\n\"'"
    assert found.details == {"ключ": [odd, None, 1.5, {"deep": True}], "path": "a/b"}
    assert trail.verify() == []


def test_search_takes_the_newest_that_meet_all(trail: AuditTrail) -> None:
    for number in range(30):
        trail.record(MARIA if number % 3 else OWNER, "ask" if number % 2 else "query", f"Straße {number}", "done")
    entries = trail.search()
    middle = datetime.fromisoformat(entries[15].at)
    assert [entry.seq for entry in trail.search(limit=3)] == [28, 29, 30]
    assert [entry.seq for entry in trail.search(who="owner", action="ask")] == [4, 10, 16, 22, 28]
    assert [entry.seq for entry in trail.search(since=middle)] == list(range(16, 31))
    assert [entry.seq for entry in trail.search(until=middle)] == list(range(1, 16))
    zoned = middle.astimezone().replace(tzinfo=UTC) - (middle.astimezone().utcoffset() or timedelta())
    assert [entry.seq for entry in trail.search(since=zoned, limit=1)] == [30]
    assert [entry.seq for entry in trail.search(text="STRASSE 2", limit=4)] == [27, 28, 29, 30]
    assert trail.search(outcome="failed") == []


def test_threads_and_processes_leave_no_gap(trail: AuditTrail, database_url: str, tmp_path: Path) -> None:
    trail.record(OWNER, "ask", "first", "done")
    children = [start_writer(database_url, tmp_path / "audit", name, 300) for name in ("one", "two")]
    with ThreadPoolExecutor(4) as executor:
        written = list(executor.map(lambda n: trail.record(MARIA, "ask", f"mine {n}", "done").seq, range(300)))
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    assert len(set(written)) == 300
    entries = trail.search(limit=1000)
    assert [entry.seq for entry in entries] == list(range(1, 902))
    targets = {entry.target for entry in entries}
    assert targets == {"first"} | {f"{name} {n}" for name in ("one", "two", "mine") for n in range(300)}
    assert trail.verify() == []


def test_hundreds_of_entries_a_second(trail: AuditTrail) -> None:
    trail.record(OWNER, "ask", "first", "done")

    started = time.process_time()
    with ThreadPoolExecutor(4) as executor:
        list(executor.map(lambda n: trail.record(MARIA, "ask", str(n), "done"), range(400)))
    # Of the processor's time, since others may be at work on the machine.
    assert 400 / (time.process_time() - started) > 300


@pytest.mark.parametrize("point", ["begun committed", "begun", "acted", "end committed", "any"])
def test_killed_between_action_and_entry_nothing_is_unaudited(
    trail: AuditTrail, database_url: str, tmp_path: Path, point: str
) -> None:
    effects = tmp_path / "effects"
    effects.touch()
    for turn in range(2 if point == "any" else 1):
        before = effects.stat().st_size
        child = start_actor(database_url, tmp_path / "audit", effects, point)
        while point == "any" and child.is_alive() and effects.stat().st_size == before:
            time.sleep(0.001)
        if point == "any":
            time.sleep(random.Random(turn).uniform(0, 0.05))
            child.kill()
        child.join(60)
        assert child.exitcode == -signal.SIGKILL
    assert trail.verify() == []
    entries = trail.search(limit=100_000)
    begun = {entry.target for entry in entries if entry.outcome == "begun"}
    done = {entry.target for entry in entries if entry.outcome == "done"}
    happened = set(effects.read_text().splitlines())
    assert happened <= begun
    assert done <= happened
    cut_off = {entry.target for entry in trail.unfinished()}
    assert cut_off == begun - done
    if point != "any":
        assert len(cut_off) == (point != "end committed")
        assert len(happened) == (5 if point.startswith("begun") else 6)
    trail.record(OWNER, "ask", "afterwards", "done")
    assert trail.verify() == []


def test_checkpoints_come_every_so_often_and_at_the_end(trail: AuditTrail, database: Database, tmp_path: Path) -> None:
    assert trail.checkpoint() is None
    for _ in range(EVERY + 2):
        trail.record(OWNER, "ask", "x", "done")
    trail.close()
    trail.close()
    with database.transaction() as session:
        marked = [seq for (seq,) in session.execute(select(CHECKPOINTS.c.seq).order_by(CHECKPOINTS.c.seq))]
    assert marked == [EVERY, EVERY + 2]
    lines = (tmp_path / "audit" / "checkpoints.jsonl").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == marked
    assert trail.checkpoint() is None
    # A crash while a line is written leaves a part of it, which neither verifying nor the next one minds.
    with (tmp_path / "audit" / "checkpoints.jsonl").open("a") as file:
        file.write('{"seq": 9')
    assert trail.verify() == []
    trail.record(OWNER, "ask", "x", "done")
    assert (trail.checkpoint() or pytest.fail()).seq == EVERY + 3
    assert trail.verify() == []


def test_the_key_is_its_owners_or_comes_from_outside(trail: AuditTrail, database: Database, tmp_path: Path) -> None:
    public = trail.public_key()
    trail.record(OWNER, "ask", "x", "done")
    assert stat.S_IMODE((tmp_path / "audit" / "key.pem").stat().st_mode) == 0o600
    assert another(database, tmp_path).public_key() == public
    assert another(database, tmp_path).verify(public) == []
    foreign = Ed25519PrivateKey.generate()
    with pytest.raises(AuditError, match="not signed with the key of EVIGRAPH_AUDIT_KEY"):
        another(database, tmp_path, pem(foreign)).record(OWNER, "ask", "x", "done")
    assert another(database, tmp_path, pem(foreign)).verify()[0].kind == "forged"
    own = (tmp_path / "audit" / "key.pem").read_text()
    (tmp_path / "audit" / "key.pem").unlink()
    with pytest.raises(AuditError, match=r"key\.pem is gone"):
        another(database, tmp_path).record(OWNER, "ask", "x", "done")
    with pytest.raises(AuditError, match=r"key\.pem is gone"):
        another(database, tmp_path).verify()
    one_line = own.replace("\n", "\\n")
    another(database, tmp_path, one_line).record(OWNER, "ask", "x", "done")
    assert another(database, tmp_path, one_line).verify() == []
    assert not (tmp_path / "audit" / "key.pem").exists()


@pytest.mark.parametrize("key", ["nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_is_none_is_told(database: Database, tmp_path: Path, key: str) -> None:
    with pytest.raises(AuditError, match="EVIGRAPH_AUDIT_KEY is no private key"):
        another(database, tmp_path, key).record(OWNER, "ask", "x", "done")
    with pytest.raises(AuditError, match="no public key"):
        another(database, tmp_path).verify("nonsense")


def named(database: Database, *names: str) -> list[int]:
    """The entries in whose row, as the database has it, a name stands."""
    with database.transaction() as session:
        rows = [tuple(row) for row in session.execute(select(ENTRIES).order_by(ENTRIES.c.seq))]
    return [row[0] for row in rows if any(name.casefold() in str(row).casefold() for name in names)]


def test_names_are_erased_and_the_chain_holds(trail: AuditTrail, database: Database) -> None:
    trail.record(MARIA, "ask", "What did Ärne Öberg sign?", "done", {"people": [{"ÄRNE  ÖBERG": 1}], "id": 77123})
    trail.record(OWNER, "ask", "of nobody", "done", {"id": 77123})
    with trail.action(MARIA, "query", "x", {"name": 'Maria "M" Lind'}) as told:
        told["also"] = "ärne öberg"
    assert trail.erase(OWNER, ["ärne öberg", " Maria.Lind "]) == 3 + 1 + 1 + 1
    assert named(database, "öberg", "maria.lind") == []
    first, second, begun, done, erased = trail.search()
    assert (first.who, first.target, first.details) == (None, None, None)
    assert (second.who, second.details) == ("owner", {"id": 77123})
    assert (begun.who, begun.details, done.details) == (None, {"name": 'Maria "M" Lind'}, None)
    assert (erased.action, erased.who, erased.outcome, erased.details) == ("erase", "owner", "done", {"values": 6})
    assert trail.unfinished() == []
    assert trail.erase(OWNER, ["77123", 'maria "m"']) == 2
    assert trail.erase(OWNER, ["nobody at all"]) == 0
    assert trail.verify() == []
    assert [entry.seq for entry in trail.search(text="lind")] == []


def test_one_who_erases_themselves_is_gone_too(trail: AuditTrail, database: Database) -> None:
    trail.record(MARIA, "ask", "x", "done")
    assert trail.erase(MARIA, ["Lind"]) == 1
    assert named(database, "lind") == []
    assert trail.verify() == []
    with pytest.raises(ValueError, match="no name"):
        trail.erase(OWNER, ["", "  "])


def test_erasing_goes_with_the_transaction_that_it_is_in(trail: AuditTrail, database: Database, tmp_path: Path) -> None:
    trail.record(MARIA, "ask", "x", "done")
    with pytest.raises(RuntimeError), database.transaction() as session:
        assert trail.erase(OWNER, ["maria"], session) == 1
        raise RuntimeError
    assert named(database, "maria") == [1]
    assert trail.verify() == []
    with database.transaction() as session:
        trail.erase(OWNER, ["maria"], session)
    assert named(database, "maria") == []
    assert json.loads((tmp_path / "audit" / "head.json").read_text())["seq"] == 2
    assert trail.verify() == []


def test_verifying_while_others_write_and_erase_finds_nothing(trail: AuditTrail) -> None:
    for number in range(50):
        trail.record(MARIA, "ask", f"person {number}", "done")

    def write(number: int) -> None:
        trail.record(MARIA, "ask", "x", "done")
        trail.erase(OWNER, [f"person {number}"])

    with ThreadPoolExecutor(2) as executor:
        writing = [executor.submit(write, number) for number in range(50)]
        while not all(future.done() for future in writing):
            assert trail.verify() == []
        for future in writing:
            future.result()
    assert trail.verify() == []


def test_export_can_be_verified_elsewhere(trail: AuditTrail) -> None:
    trail.record(MARIA, "ask", "=HYPERLINK(1)", "done", {"b": 1, "a": "ä,\n"})
    trail.record(OWNER, "ask", "y", "done")
    trail.erase(OWNER, ["maria"])
    rows = [json.loads(line) for line in trail.export()]
    assert [row["seq"] for row in rows] == [1, 2, 3]
    assert rows[0]["who"] is None
    assert rows[0]["details"] == {"a": "ä,\n", "b": 1}
    assert set(rows[0]) == set(ENTRIES.c.keys())
    head, *lines = list(trail.export("csv"))
    assert head == "seq,at,who,how,action,target,outcome,details,ends,hash\r\n"
    assert ",'=HYPERLINK(1),done," in lines[0]
    assert len(lines) == 3


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entries SET action = 'query' WHERE seq = 2",
        "UPDATE audit_entries SET who = 'someone' WHERE seq = 2",
        "UPDATE audit_entries SET who = NULL WHERE seq = 2",
        "UPDATE audit_entries SET seq = 20 WHERE seq = 2",
        "DELETE FROM audit_entries WHERE seq = 3",
        "DELETE FROM audit_checkpoints",
        "UPDATE audit_checkpoints SET seq = 9",
    ],
)
def test_the_database_itself_refuses_changes(trail: AuditTrail, database: Database, change: str) -> None:
    for number in range(3):
        trail.record(MARIA, "ask", f"x {number}", "done")
    trail.checkpoint()
    with pytest.raises(DatabaseError, match="only ever added to"), database.transaction() as session:
        session.execute(text(change))
    assert trail.verify() == []


def test_a_row_cannot_be_replaced(trail: AuditTrail, database: Database) -> None:
    trail.record(MARIA, "ask", "x", "done")
    trail.record(MARIA, "ask", "x", "done")
    replaced = "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE seq = 1"
    truncated = "TRUNCATE audit_entries"
    with pytest.raises(DatabaseError, match="only ever added to"), database.transaction() as session:
        session.execute(text(replaced if database.dialect == "sqlite" else truncated))


def test_an_unwritable_folder_is_told(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="Not a directory"):
        AuditTrail(database, tmp_path / "file" / "audit").record(OWNER, "ask", "x", "done")
    assert not os.path.lexists(tmp_path / "audit")
