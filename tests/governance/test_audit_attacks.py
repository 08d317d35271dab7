"""Attacks on the audit trail: whatever is changed, verifying names the place."""

import hashlib
import json
import random
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pytest
from audit_children import start_writer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select, text, update

from governance.audit import keys, verification
from governance.audit.entry import GENESIS, Mark, Row, commitment, digest
from governance.audit.tables import CHECKPOINTS, ENTRIES, HEAD, as_values, chunks
from governance.audit.trail import AuditTrail
from governance.audit.verification import Fault, Marks, faults, own_fault
from governance.database import Database
from governance.identity.principal import OWNER, Principal

MANY = 10_000
EACH = 100
# Where all that follows is changed, only the end is attacked: that takes the attacker, not the trail, a while.
TAIL = {"hashed": 150, "numbered": 1_000}
MARIA = Principal("maria.lind", frozenset(), None, "password")


@dataclass(frozen=True, slots=True)
class Attacked:
    """A trail after an attack: what is to be found first, the place and any of some kinds."""

    rows: list[Row]
    marks: Marks
    seq: int
    kinds: set[str]


class Attacker:
    """Someone who can write to the database as they like and knows the code, but has no private key."""

    def __init__(self, rows: Sequence[Row], marks: Marks, old_heads: dict[int, Mark], chance: random.Random) -> None:
        self.rows, self.marks, self.old_heads, self.chance = list(rows), marks, old_heads, chance

    def place(self, way: str, first: int = 1, last: int | None = None) -> int:
        last = last or len(self.rows)
        return self.chance.randint(max(first, last - TAIL.get(way, last)), last)

    def forged(self, row: Row) -> Row:
        """The row with something changed, and what belongs to it."""
        what = self.chance.choice(["at", "how", "action", "outcome", "ends", "who", "target", "details", "commitment"])
        if what == "commitment":
            name, salt = self.chance.choice(["who", "target"]), secrets.token_hex(16)
            new = {name: "mallory", f"{name}_salt": salt, f"{name}_commitment": commitment(name, "mallory", salt)}  # type: ignore[arg-type]
            return replace(row, **new)
        return replace(row, **{what: 1_000_000 if what == "ends" else f"{getattr(row, what)} "})

    def hashed(self, rows: list[Row], start: int, end: int | None = None) -> list[Row]:
        """Rows whose numbers, links and hashes are made anew from an index on; the signatures cannot be."""
        done = rows[:start]
        for seq, row in enumerate(rows[start:end], start + 1):
            linked = replace(row, seq=seq, previous=done[-1].hash if done else GENESIS)
            done.append(replace(linked, hash=digest(linked)))
        return done + rows[start:][len(done) - start :]

    def numbered(self, rows: list[Row], start: int) -> list[Row]:
        """Rows whose numbers alone are made anew from an index on."""
        return rows[:start] + [replace(row, seq=seq) for seq, row in enumerate(rows[start:], start + 1)]

    def insert(self) -> Attacked:
        way = self.chance.choice(["twice", "numbered", "hashed", "appended"])
        seq = len(self.rows) + 1 if way == "appended" else self.place(way, 2)
        like = self.rows[seq - 2]
        new = replace(self.forged(like), seq=seq, previous=like.hash)
        new = replace(new, hash=digest(new))
        rows = [*self.rows[: seq - 1], new, *self.rows[seq - 1 :]]
        if way == "numbered":
            rows = self.numbered(rows, seq)
        elif way == "hashed":
            rows = self.hashed(rows, seq - 1)
        return Attacked(rows, self.marks, seq, {"inserted", "signature", "edited"})

    def edit(self) -> Attacked:
        way = self.chance.choice(["plain", "own", "hashed", "signature"])
        seq = self.place(way)
        rows = list(self.rows)
        if way == "signature":
            other = self.chance.choice([row for row in rows[:200] if row.seq != seq])
            rows[seq - 1] = replace(rows[seq - 1], signature=other.signature)
            return Attacked(rows, self.marks, seq, {"signature"})
        rows[seq - 1] = self.forged(rows[seq - 1])
        if way != "plain":
            rows = self.hashed(rows, seq - 1, seq if way == "own" else None)
        return Attacked(rows, self.marks, seq, {"edited"} if way == "plain" else {"edited", "signature"})

    def delete(self) -> Attacked:
        way = self.chance.choice(["plain", "linked", "numbered", "hashed"])
        seq = self.place(way, 1, len(self.rows) - 1)
        rows = self.rows[: seq - 1] + self.rows[seq:]
        kinds = {"deleted"}
        if way == "linked":  # closes the chain, but not the numbers
            following = replace(rows[seq - 1], previous=rows[seq - 2].hash if seq > 1 else GENESIS)
            rows[seq - 1] = replace(following, hash=digest(following))
        elif way == "numbered":
            rows, kinds = self.numbered(rows, seq - 1), {"reordered"}
        elif way == "hashed":
            rows, kinds = self.hashed(rows, seq - 1), {"signature"}
        return Attacked(rows, self.marks, seq, kinds)

    def swap(self) -> Attacked:
        way = self.chance.choice(["rows", "contents", "own", "hashed"])
        first = self.place(way, 1, len(self.rows) - 1)
        second = self.chance.choice([first + 1, self.chance.randint(first + 1, len(self.rows))])
        one, two = self.rows[first - 1], self.rows[second - 1]
        rows = list(self.rows)
        rows[first - 1], rows[second - 1] = replace(two, seq=first), replace(one, seq=second)
        if way == "rows":
            return Attacked(rows, self.marks, first, {"reordered"})
        kept = ("previous", "hash", "signature")
        for index, old in ((first - 1, one), (second - 1, two)):
            rows[index] = replace(rows[index], **{name: getattr(old, name) for name in kept})
        if way == "own":
            rows = self.hashed(self.hashed(rows, first - 1, first), second - 1, second)
        elif way == "hashed":
            rows = self.hashed(rows, first - 1)
        return Attacked(rows, self.marks, first, {"edited"} if way == "contents" else {"signature"})

    def truncate(self) -> Attacked:
        cut = self.chance.choice([1, 2, 3, 7, self.chance.randint(1, 150), self.chance.randint(1, len(self.rows) - 1)])
        seq = len(self.rows) - cut + 1
        rows = self.rows[: seq - 1]
        last = rows[-1]
        marks = replace(self.marks, checkpoints=[mark for mark in self.marks.checkpoints if mark.seq < seq])
        way = self.chance.choice(["entries", "checkpoints", "no head", "false head", "old head", "files too"])
        if way == "entries":
            marks = self.marks
        elif way == "no head":
            marks = replace(marks, head=None)
        elif way == "false head":
            marks = replace(marks, head=Mark(last.seq, last.hash, last.at, last.signature))
        elif way == "old head":  # as a copy of the database had it
            marks = replace(marks, head=self.old_heads[last.seq])
        elif way == "files too":  # all files but for the head's, or all but for the head in the database
            filed = [mark for mark in self.marks.filed if mark.seq < seq]
            marks = replace(marks, filed=filed, head=self.old_heads[last.seq])
            if self.chance.random() < 0.5:
                marks = replace(marks, head=self.marks.head, filed_head=self.old_heads[last.seq])
        return Attacked(rows, marks, seq, {"truncated"})


def held(database: Database, trail: AuditTrail) -> tuple[list[Row], Marks]:
    """All that the trail holds."""
    with database.transaction() as session:
        last = session.execute(select(HEAD.c.seq)).scalar_one()
    return [row for chunk in chunks(database, last) for row in chunk], trail._marks()[0]


def fill(database: Database, url: str, tmp_path: Path) -> AuditTrail:
    """A trail of many entries, written by two processes and the threads of this one."""
    trail = AuditTrail(database, tmp_path / "audit")
    trail.record(OWNER, "ask", "first", "done")
    children = [start_writer(url, tmp_path / "audit", name, MANY // 4) for name in ("one", "two")]

    def act(number: int) -> None:
        with trail.action(MARIA, "query", f"thing {number}", {"number": number}):
            pass

    with ThreadPoolExecutor(16) as executor:
        list(executor.map(act, range((MANY - MANY // 4 * 2 - 2) // 2)))
    for child in children:
        child.join(120)
        assert child.exitcode == 0
    trail.erase(OWNER, ["thing 17"])
    return trail


def test_500_attacks_on_10_000_entries(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail = fill(database, database_url, tmp_path)
    started = time.process_time()
    assert trail.verify() == []
    assert time.process_time() - started < 5  # about 2 s
    rows, marks = held(database, trail)
    assert len(rows) == MANY
    key = keys.private_key((tmp_path / "audit" / "key.pem").read_text(), "key")
    # What 500 verifications would find again of the same mark and the same untouched row is kept.
    signed = lru_cache(maxsize=None)(keys.checker(key.public_key()))
    known = {id(row): own_fault(row, signed) for row in rows}

    def own(row: Row, check: keys.Check) -> Fault | None:
        return known[id(row)] if id(row) in known else own_fault(row, check)

    monkeypatch.setattr(verification, "own_fault", own)
    chance = random.Random(database.dialect)
    old_heads = _Heads(key, rows)
    # Half of them on either database.
    for name in ("insert", "edit", "delete", "swap", "truncate"):
        for turn in range(EACH // 2):
            attacker = Attacker(rows, marks, old_heads, chance)
            attacked: Attacked = getattr(attacker, name)()
            found = faults(attacked.rows, attacked.marks, signed)
            places = [fault for fault in found if fault.kind not in ("forged", "missing")]  # of marks
            assert places, (name, turn, attacked.seq)
            assert places[0].seq == attacked.seq, (name, turn, attacked.seq, [str(fault) for fault in found[:5]])
            assert places[0].kind in attacked.kinds, (name, turn, attacked.seq, [str(fault) for fault in found[:5]])
    assert faults(rows, marks, signed) == []


class _Heads(dict[int, Mark]):
    """The heads that the database had: an attacker may have a copy of any."""

    def __init__(self, key: Ed25519PrivateKey, rows: Sequence[Row]) -> None:
        super().__init__()
        self._key, self._rows = key, rows

    def __missing__(self, seq: int) -> Mark:
        row = self._rows[seq - 1]
        return keys.sign(self._key, "head", seq, row.hash, row.at)


@pytest.fixture
def trail(database: Database, tmp_path: Path) -> Iterator[AuditTrail]:
    """A trail of 250 entries in a database whose triggers somebody has dropped."""
    opened = AuditTrail(database, tmp_path / "audit")

    def act(number: int) -> None:
        opened.record(MARIA, "ask", f"question {number}", "done", {"number": number})

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(act, range(250)))
    drop_triggers(database)
    assert opened.verify() == []
    yield opened


def drop_triggers(database: Database) -> None:
    names = {
        "audit_entries": ["delete", "update"] + ["insert"] * (database.dialect == "sqlite"),
        "audit_checkpoints": ["delete", "update"] + ["insert"] * (database.dialect == "sqlite"),
    }
    with database.transaction() as session:
        for table, kinds in names.items():
            for kind in kinds:
                on = f" ON {table}" if database.dialect == "postgresql" else ""
                session.execute(text(f"DROP TRIGGER {table}_{kind}{on}"))


def do(database: Database, *statements: object) -> None:
    with database.transaction() as session:
        for statement in statements:
            session.execute(text(statement) if isinstance(statement, str) else statement)  # type: ignore[call-overload]


def first(trail: AuditTrail) -> tuple[int, int, str]:
    fault = trail.verify()[0]
    return fault.seq, fault.until, fault.kind


ATTACKS: list[tuple[list[str], tuple[int, int, str]]] = [
    (["UPDATE audit_entries SET action = 'query' WHERE seq = 57"], (57, 57, "edited")),
    (["UPDATE audit_entries SET who = 'someone' WHERE seq = 57"], (57, 57, "edited")),
    (["UPDATE audit_entries SET who = 'someone', who_salt = 'zz' WHERE seq = 57"], (57, 57, "edited")),
    (["UPDATE audit_entries SET details_salt = NULL WHERE seq = 57"], (57, 57, "edited")),
    (["UPDATE audit_entries SET at = '2020-01-01T00:00:00.000000+00:00' WHERE seq = 200"], (200, 200, "edited")),
    (["UPDATE audit_entries SET signature = 'x' WHERE seq = 57"], (57, 57, "signature")),
    (["UPDATE audit_entries SET who = NULL, who_salt = NULL WHERE seq = 57"], (57, 57, "erased")),
    (["DELETE FROM audit_entries WHERE seq BETWEEN 57 AND 59"], (57, 59, "deleted")),
    (["DELETE FROM audit_entries WHERE seq = 1"], (1, 1, "deleted")),
    (
        [
            "UPDATE audit_entries SET seq = 1000 WHERE seq = 57",
            "UPDATE audit_entries SET seq = 57 WHERE seq = 99",
            "UPDATE audit_entries SET seq = 99 WHERE seq = 1000",
        ],
        (57, 57, "reordered"),
    ),
    (["DELETE FROM audit_entries WHERE seq > 247"], (248, 250, "truncated")),
    (
        ["DELETE FROM audit_entries WHERE seq > 147", "DELETE FROM audit_checkpoints WHERE seq > 147"],
        (148, 250, "truncated"),
    ),
    (["DELETE FROM audit_entries", "DELETE FROM audit_checkpoints", "DELETE FROM audit_head"], (1, 250, "truncated")),
    (["DELETE FROM audit_checkpoints WHERE seq = 100"], (100, 100, "missing")),
    (["UPDATE audit_checkpoints SET hash = 'x' WHERE seq = 100"], (100, 100, "forged")),
    (["UPDATE audit_head SET signature = 'x'"], (250, 250, "forged")),
    (["DELETE FROM audit_head"], (250, 250, "missing")),
]


@pytest.mark.parametrize(("statements", "found"), ATTACKS)
def test_attacks_in_the_database(
    trail: AuditTrail, database: Database, statements: list[str], found: tuple[int, int, str]
) -> None:
    do(database, *statements)
    assert first(trail) == found


def test_an_entry_that_is_slipped_in_shows(trail: AuditTrail, database: Database) -> None:
    rows, _ = held(database, trail)
    new = replace(rows[-1], seq=251, previous=rows[-1].hash, action="approve")
    new = replace(new, hash=digest(new))
    do(database, insert(ENTRIES).values(as_values(new)))
    assert first(trail) == (251, 251, "inserted")
    kinds = {fault.kind for fault in trail.verify()}
    assert kinds == {"inserted", "signature"}
    trail.record(OWNER, "ask", "afterwards", "done")  # on top of it: it shows all the same
    assert first(trail) == (251, 251, "signature")


def test_hashes_and_checkpoints_that_are_made_anew_lack_the_signature(trail: AuditTrail, database: Database) -> None:
    rows, marks = held(database, trail)
    attacker = Attacker(rows, marks, {}, random.Random(1))
    rows[56] = replace(rows[56], outcome="refused")
    changed = attacker.hashed(rows, 56)
    foreign = Ed25519PrivateKey.generate()
    for row in changed[56:]:
        do(database, update(ENTRIES).where(ENTRIES.c.seq == row.seq).values(as_values(row)))
    for seq in (100, 200):
        forged = keys.sign(foreign, "checkpoint", seq, changed[seq - 1].hash, changed[seq - 1].at)
        do(database, update(CHECKPOINTS).where(CHECKPOINTS.c.seq == seq).values(as_values(forged)))
    found = trail.verify()
    assert (found[0].seq, found[0].until, found[0].kind) == (57, 250, "signature")
    assert {fault.seq for fault in found if fault.kind == "forged"} == {100, 200}


def test_what_was_cut_off_is_missed_for_good(trail: AuditTrail, database: Database) -> None:
    do(database, "DELETE FROM audit_entries WHERE seq > 247", "DELETE FROM audit_head")
    assert [(fault.seq, fault.kind) for fault in trail.verify()] == [(247, "missing"), (248, "truncated")]
    entry = trail.record(OWNER, "ask", "life goes on", "done")
    assert entry.seq == 251
    for _ in range(150):
        trail.record(OWNER, "ask", "and on", "done")
    assert [str(fault) for fault in trail.verify()] == ["entries 248 to 250: deleted: no such entry"]


def test_a_lost_head_file_is_told_and_stays_on_record(trail: AuditTrail, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "audit" / "head.json"
    for lose in (file.unlink, lambda: file.write_text("?")):
        lose()
        assert [(fault.kind, "head" in fault.told) for fault in trail.verify()] == [("missing", True)]
        trail.record(OWNER, "ask", "x", "done")
        assert trail.verify() == []
    notes = [entry.details for entry in trail.search(action="audit")]
    assert notes == [{"head_file": "missing"}, {"head_file": "damaged"}]


def test_changed_files_are_found(trail: AuditTrail, tmp_path: Path) -> None:
    head, checkpoints = tmp_path / "audit" / "head.json", tmp_path / "audit" / "checkpoints.jsonl"
    written = head.read_text()
    mark = json.loads(written)
    head.write_text(json.dumps(mark | {"seq": 249}))
    assert first(trail) == (249, 249, "forged")
    head.write_text(json.dumps(mark | {"seq": "249"}))
    assert first(trail) == (250, 250, "missing")
    head.write_text(written)
    assert trail.verify() == []
    checkpoints.write_text(checkpoints.read_text().replace("100", "101"))
    assert first(trail)[2] == "forged"
    checkpoints.write_text("?\n")
    assert first(trail) == (250, 250, "missing")


def test_a_trail_signed_anew_with_another_key_is_told_by_a_copy_of_the_key(
    trail: AuditTrail, database: Database, database_url: str, tmp_path: Path
) -> None:
    public = trail.public_key()
    do(database, "DELETE FROM audit_entries", "DELETE FROM audit_checkpoints", "DELETE FROM audit_head")
    other = AuditTrail(database, tmp_path / "other")
    other.record(OWNER, "ask", "nothing happened", "done")
    assert other.verify() == []
    assert {fault.kind for fault in other.verify(public)} == {"signature", "forged"}


def test_an_erasure_covers_only_what_it_lists(trail: AuditTrail, database: Database) -> None:
    trail.erase(OWNER, ["question 57"])
    do(database, "UPDATE audit_entries SET target = NULL, target_salt = NULL WHERE seq IN (3, 4)")
    assert [(fault.seq, fault.until, fault.kind) for fault in trail.verify()] == [(3, 4, "erased")]
    # A listing that is made to tell of them is no proof, and the true one is lost with it.
    do(database, update(ENTRIES).where(ENTRIES.c.seq == 251).values(blanked='{"target":[[1,250]]}'))
    found = [(fault.seq, fault.kind) for fault in trail.verify()]
    assert found[:2] == [(251, "edited"), (3, "erased")]
    assert len(found) == 3
    do(database, update(ENTRIES).where(ENTRIES.c.seq == 251).values(blanked="nonsense"))
    assert [fault.kind for fault in trail.verify()] == ["edited", "erased", "erased"]


def test_the_documented_form_verifies_an_export(trail: AuditTrail) -> None:
    """As docs/audit.md tells an auditor to do it, without this code."""
    trail.erase(OWNER, ["question 5"])
    previous = GENESIS
    for line in trail.export():
        row = json.loads(line)
        for name in ("who", "target", "details"):
            if row[name] is not None:
                value = json.dumps(row[name], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
                salted = bytes.fromhex(row[f"{name}_salt"]) + value.encode()
                assert hashlib.sha256(salted).hexdigest() == row[f"{name}_commitment"]
        covered = {name: row[name] for name in ("action", "at", "blanked", "ends", "how", "outcome", "previous", "seq")}
        covered |= {name: row[f"{name}_commitment"] for name in ("who", "target", "details")}
        text = json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert row["previous"] == previous
        assert (previous := hashlib.sha256(text.encode()).hexdigest()) == row["hash"]
