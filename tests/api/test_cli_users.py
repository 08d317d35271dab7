"""`evigraph users` and `evigraph keys`."""

import io
import sys
from pathlib import Path

import pytest
from doors import Run, assert_error

PASSWORD = "correct horse battery"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password comes by a pipe."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))


def test_a_user_comes_and_goes(run: Run, typed: None) -> None:
    added = run("users", "add", "maria", "--group", "legal", "--group", "hr", "--role", "analyst")
    assert (added.code, added.out) == (0, "Added maria with analyst, in hr, legal.\n")
    [maria] = run("users", "list", "--json").data["users"]
    assert (maria["groups"], maria["roles"], maria["has_password"]) == (["hr", "legal"], ["analyst"], True)
    assert_error(run("users", "add", "maria", "--no-password"), 1, "'maria'", "already")
    changed = run("users", "change", "maria", "--role", "admin", "--group", "", "--json").data["changed"]
    assert (changed["roles"], changed["groups"]) == (["admin"], [])
    assert "maria" in run("users", "list").out
    removed = run("users", "remove", "maria")
    assert (removed.code, removed.out) == (0, "Removed maria.\n")
    assert "no user left" in removed.err
    assert_error(run("users", "remove", "maria"), 1, "no user 'maria'")


def test_passwords(run: Run, typed: None, monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    assert run("users", "add", "maria").code == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("another long one\n"))
    assert run("users", "password", "maria").out == "maria has another password.\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert_error(run("users", "password", "maria"), 1, "8 to 1024")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert_error(run("users", "add", "lars"), 1, "8 to 1024")
    held = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file() and "operations" in str(path))
    assert b"$argon2id$" in held and PASSWORD.encode() not in held and b"another long one" not in held


def test_keys(run: Run, place: Path) -> None:
    run("users", "add", "robot", "--no-password", "--role", "analyst")
    made = run("keys", "create", "--user", "robot", "--scope", "ask", "--scope", "reader", "--days", "30")
    assert made.code == 0 and "not shown again" in made.err
    secret = made.out.strip()
    assert secret.startswith("evk_") and secret not in made.err
    [key] = run("keys", "list", "--json").data["keys"]
    assert (key["user"], key["scopes"], secret.split("_")[1]) == ("robot", ["ask", "reader"], key["id"])
    assert key["id"] in run("keys", "list").out
    rotated = run("keys", "rotate", key["id"], "--grace", "2", "--json").data
    assert rotated["key"]["id"] == key["id"] and rotated["secret"] not in ("", secret)
    assert run("keys", "revoke", key["id"]).out == f"The key {key['id']} of robot is revoked.\n"
    assert_error(run("keys", "rotate", key["id"]), 1, "revoked")
    assert_error(run("keys", "revoke", "nothing"), 1, "no key 'nothing'")
    held = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file() and "operations" in str(path))
    assert key["id"].encode() in held
    for text in (secret, rotated["secret"]):
        assert text.rpartition(f"{key['id']}_")[2].encode() not in held


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["users", "add", "lars", "--no-password", "--role", "king"], ["no role 'king'", "reader"]),
        (["users", "change", "robot", "--role", "king"], ["no role 'king'"]),
        (["users", "change", "nobody", "--role", "reader"], ["no user 'nobody'"]),
        (["users", "add", "a:b", "--no-password"], ["'a:b'", "colon"]),
        (["users", "add", "owner", "--no-password"], ["'owner'"]),
        (["keys", "create", "--user", "nobody"], ["no user 'nobody'"]),
        (["keys", "create", "--user", "robot", "--scope", "fly"], ["'fly'"]),
        (["keys", "create", "--user", "robot", "--scope", "erase"], ["'erase' holds nothing"]),
    ],
)
def test_what_cannot_be(run: Run, arguments: list[str], words: list[str]) -> None:
    run("users", "add", "robot", "--no-password")
    assert_error(run(*arguments), 1, *words)
    assert [user["name"] for user in run("users", "list", "--json").data["users"]] == ["robot"]


def test_a_password_is_no_argument(run: Run) -> None:
    assert run("users", "add", "maria", "--password", PASSWORD).code == 2
    assert run("users", "password", "maria", PASSWORD).code == 2


def test_a_database_that_cannot_be_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIGRAPH_DATABASE", "mysql://localhost/x")
    assert_error(run("users", "list"), 1, "EVIGRAPH_DATABASE")
