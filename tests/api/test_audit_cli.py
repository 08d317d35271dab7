"""`evigraph audit`: verify, list, export, key."""

import json
import sqlite3
from pathlib import Path

import pytest
from doors import Run, assert_error

from api.auditing import folder, moment, open_trail
from api.errors import NotAllowed, WrongUse
from api.settings import Settings, load_settings
from governance.identity.principal import OWNER, Principal

MARIA = Principal("maria", frozenset(), ("legal",), "token")


@pytest.fixture
def written(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on a trail of five entries."""
    monkeypatch.setenv("EVIGRAPH_DATABASE", f"sqlite:///{place / 'operations.sqlite'}")
    with open_trail(load_settings()) as trail:
        with trail.action(MARIA, "ask", "Who owns Atlas?", {"k": 3}):
            pass
        with pytest.raises(NotAllowed), trail.action(MARIA, "remove", "atlas.md"):
            raise NotAllowed("Not hers.")
        trail.record(OWNER, "export", "\x1b[31mred", "begun")
    return run


def test_a_whole_trail(written: Run) -> None:
    told = written("audit", "verify")
    assert (told.code, told.out) == (0, "The audit trail is whole.\n")
    assert told.err.startswith("Begun at 20")
    assert "not ended: export, entry 5" in told.err
    assert written("audit", "verify", "--json").data == {"ok": True, "faults": [], "unfinished": [5]}


def test_a_changed_trail(written: Run, place: Path) -> None:
    with sqlite3.connect(place / "operations.sqlite") as database:
        for name, change in (
            ("update", "UPDATE audit_entries SET how = 'key' WHERE seq = 2"),
            ("delete", "DELETE FROM audit_entries WHERE seq = 4"),
        ):
            database.execute(f"DROP TRIGGER audit_entries_{name}")
            database.execute(change)
    told = written("audit", "verify")
    assert told.code == 1
    assert told.out.splitlines() == [
        "entry 2: edited: its content is not what its hash was made of",
        "entry 4: deleted: no such entry",
    ]
    again = written("audit", "verify", "--json")
    assert (again.code, again.data["ok"]) == (1, False)
    assert again.data["faults"][1] == {"seq": 4, "until": 4, "kind": "deleted", "told": "no such entry"}


def test_list(written: Run) -> None:
    told = written("audit", "list").out
    assert "Who owns Atlas?" in told
    assert "\x1b" not in told
    assert told.endswith("5 rows\n")

    def seqs(*options: str) -> list[int]:
        return [entry["seq"] for entry in written("audit", "list", *options, "--json").data["entries"]]

    assert seqs() == [1, 2, 3, 4, 5]
    assert seqs("--who", "maria", "--action", "ask") == [1, 2]
    assert seqs("--outcome", "refused") == [4]
    assert seqs("--text", "ATLAS", "--limit", "1") == [4]
    assert seqs("--since", "2020-01-01", "--until", "2020-12-31") == []
    assert seqs("--since", "2020-01-01") == [1, 2, 3, 4, 5]
    (entry,) = written("audit", "list", "--outcome", "refused", "--json").data["entries"]
    assert (entry["target"], entry["details"], entry["ends"]) == ("atlas.md", {"error": "NotAllowed"}, 3)
    with open_trail(load_settings()) as trail:
        trail.erase(OWNER, ["maria"])
    assert "(erased)" in written("audit", "list", "--action", "ask").out


def test_export(written: Run, place: Path) -> None:
    assert written("audit", "export", "trail.jsonl").err == "Written: trail.jsonl.\n"
    lines = (place / "trail.jsonl").read_text().splitlines()
    assert [json.loads(line)["action"] for line in lines] == ["ask", "ask", "remove", "remove", "export"]
    told = written("audit", "export", "-", "--csv")
    assert told.out.splitlines()[0].startswith("seq,at,who,how,action")
    assert len(told.out.splitlines()) == 6


def test_the_key_shows_a_trail_made_anew(written: Run, place: Path) -> None:
    (place / "public.pem").write_text(written("audit", "key").out)
    assert written("audit", "verify", "--key", "public.pem").code == 0
    for path in [*place.glob("operations.sqlite*")]:
        path.rename(place / f"former-{path.name}")
    with open_trail(load_settings()) as trail:
        trail.record(OWNER, "ask", "nothing happened", "done")
    assert written("audit", "verify").code == 0
    told = written("audit", "verify", "--key", "public.pem")
    assert told.code == 1
    assert "signature" in told.out


def test_a_trail_without_entries_is_whole_and_nothing_is_made(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIGRAPH_DATABASE", f"sqlite:///{place / 'operations.sqlite'}")
    assert run("audit", "verify").out == "The audit trail is whole.\n"
    assert run("audit", "list").out.endswith("0 rows\n")
    assert not (place / "operations.sqlite.audit").exists()


def test_mistakes_are_one_sentence(written: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_error(written("audit", "list", "--action", "frob"), 2, "no action 'frob'", "ask")
    assert_error(written("audit", "list", "--since", "soon"), 2, "'soon' is no day or moment")
    assert_error(written("audit", "export", "nowhere/x"), 1, "nowhere/x")
    assert_error(written("audit", "verify", "--key", "none.pem"), 1, "none.pem")
    (place / "operations.sqlite.audit" / "key.pem").rename(place / "elsewhere.pem")
    assert_error(written("audit", "verify"), 1, "key.pem is gone", "EVIGRAPH_AUDIT_KEY")
    monkeypatch.setenv("EVIGRAPH_AUDIT_KEY", (place / "elsewhere.pem").read_text())
    assert written("audit", "verify").code == 0
    monkeypatch.setenv("EVIGRAPH_AUDIT_KEY", "secret nonsense")
    told = written("audit", "verify")
    assert_error(told, 1, "EVIGRAPH_AUDIT_KEY is no private key")
    assert "secret" not in told.err


def test_each_database_has_a_folder_of_its_own() -> None:
    places = [
        folder(Settings(database=url))
        for url in (
            "postgresql://a:secret@h/one",
            "postgresql+psycopg://b@h/one",
            "postgresql://a@h/two",
            "sqlite:////data/x.db",
        )
    ]
    assert places[0] == places[1] != places[2]
    assert "secret" not in str(places[0])
    assert places[3] == Path("/data/x.db.audit")


def test_moments() -> None:
    assert moment("2026-11-28").isoformat() == "2026-11-28T00:00:00+00:00"
    assert moment("2026-11-28", end=True).isoformat() == "2026-11-29T00:00:00+00:00"
    assert moment("2026-11-28T14:30", end=True).isoformat() == "2026-11-28T14:30:00+00:00"
    assert moment("2026-11-28T14:30+01:00").isoformat() == "2026-11-28T14:30:00+01:00"
    for wrong in ("soon", "9999-12-31"):
        with pytest.raises(WrongUse):
            moment(wrong, end=True)
