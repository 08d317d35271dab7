"""governance.flags: who gets which variant, from a file and from both databases, and who changed it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openfeature.evaluation_context import EvaluationContext

from governance.database import Database
from governance.flags.book import Change, FlagBook, UnknownFlag
from governance.flags.model import Flag, UnusableFlags, as_data, bucket, checked, from_data, load_flags
from governance.flags.provider import DatabaseProvider, FileProvider
from governance.flags.rollout import Flags

FILE = """
[router]
variants = ["policy", "learned"]
default = "policy"
users = {maria = "learned"}
groups = {legal = "learned"}
percent = {learned = 40}
shadow = "learned"

[colour]
variants = ["red", "green"]
"""
SHARES = st.floats(0, 100)
USERS = st.lists(st.text(min_size=1), min_size=1, max_size=50)


@given(USERS, SHARES, SHARES)
def test_a_higher_share_only_adds_users(users: list[str], one: float, other: float) -> None:
    low, high = sorted((one, other))
    for user in users:
        with_low, with_high = (
            Flag("f", variants=("a", "b"), default="a", percent={"b": share}).variant(user, ())[0]
            for share in (low, high)
        )
        assert (with_low, with_high) in {("a", "a"), ("a", "b"), ("b", "b")}


@given(USERS, SHARES, SHARES, SHARES)
def test_one_share_takes_no_users_from_the_other(users: list[str], first: float, low: float, high: float) -> None:
    second = 100 - first
    low, high = sorted((low * second / 100, high * second / 100))
    for user in users:
        before, after = (
            Flag("f", default="a", percent={"b": first, "c": share}).variant(user, ())[0] for share in (low, high)
        )
        assert before == after or (before, after) == ("a", "c")


def test_a_share_is_about_that_share_and_its_own_for_each_flag() -> None:
    users = [f"user {number}" for number in range(4000)]
    having = {key: {user for user in users if bucket(key, user) < 25} for key in ("one", "other")}
    for chosen in having.values():
        assert 0.22 < len(chosen) / len(users) < 0.28
    assert 0.04 < len(having["one"] & having["other"]) / len(users) < 0.09  # the one tells nothing of the other
    assert {bucket("router", "maria") for _ in range(3)} == {bucket("router", "maria")}


def test_a_user_comes_before_a_group_and_that_before_a_share() -> None:
    flag = Flag("f", default="a", users={"ann": "b"}, groups={"x": "c", "y": "d"}, percent={"e": 100})
    assert flag.variant("ann", ["x"]) == ("b", "user")
    assert flag.variant("bo", ["y", "x"]) == ("c", "group")
    assert flag.variant("bo", []) == ("e", "percent")
    assert replace(flag, percent={}).variant("bo", []) == ("a", "default")
    assert from_data(as_data(flag)) == flag
    assert list(from_data(as_data(flag)).groups) == ["x", "y"]
    assert replace(flag, default="b").digest != flag.digest == from_data(as_data(flag)).digest


def test_a_file_is_asked_by_the_client_and_may_change(tmp_path: Path, database: Database) -> None:
    path = tmp_path / "flags.toml"
    path.write_text(FILE)
    provider = FileProvider(database, path)
    flags = Flags(provider)
    maria = flags.choose("router", "maria", [], "policy")
    assert (maria.variant, maria.reason, maria.shadow, maria.canary) == ("learned", "TARGETING_MATCH", "", True)
    assert flags.choose("router", "x", ["everyone", "legal"], "policy").variant == "learned"
    shares = {flags.choose("router", f"u{number}", None, "policy") for number in range(40)}
    assert {(choice.variant, choice.reason, choice.shadow) for choice in shares} == {
        ("learned", "SPLIT", ""),
        ("policy", "DEFAULT", "learned"),
    }
    assert flags.choose("colour", "maria", [], "as the settings say").variant == "as the settings say"
    with pytest.raises(UnusableFlags, match="no flag 'taste'"):
        flags.choose("taste", "maria", [], "sweet")
    with pytest.raises(UnusableFlags, match="change them there"):
        provider.book.switch("ann", "router", Change(default="learned"), "")
    path.write_text('[router]\ndefault = "learned"\n')
    provider.book._forget()
    assert flags.choose("router", "x", [], "policy").variant == "learned"
    path.write_text("[router")
    provider.book._forget()
    with pytest.raises(UnusableFlags, match="is not valid TOML"):
        flags.choose("router", "x", [], "policy")


def test_flags_are_text(database: Database) -> None:
    provider = DatabaseProvider(database)
    context = EvaluationContext("maria")
    details: list[Any] = [
        provider.resolve_boolean_details("router", True, context),
        provider.resolve_integer_details("router", 7, context),
        provider.resolve_float_details("router", 0.5, context),
        provider.resolve_object_details("router", {"a": 1}, context),
    ]
    assert [item.value for item in details] == [True, 7, 0.5, {"a": 1}]
    assert {item.error_code for item in details} == {"TYPE_MISMATCH"}


def test_the_shipped_flags_leave_all_to_the_settings(database: Database) -> None:
    flags = Flags(DatabaseProvider(database))
    for key in ("router", "verification.unsupported", "release"):
        choice = flags.choose(key, "maria", ["legal"], "as set")
        assert (choice.variant, choice.shadow, choice.canary) == ("as set", "", False)


def test_who_changed_what_is_kept_and_told(database: Database) -> None:
    told: list[tuple[Any, ...]] = []
    book = FlagBook(database, on_switch=lambda *switched: told.append(switched))
    book.switch("ann", "router", Change(percent={"learned": 10}, users={"bo": "policy"}), "a try")
    book.switch("cleo", "router", Change(default="policy", percent={"learned": 20}, users={"bo": ""}), "more")
    flag = FlagBook(database).get("router")  # as another process sees it
    assert (flag.default, dict(flag.percent), dict(flag.users)) == ("policy", {"learned": 20.0}, {})
    last, first = book.history("router")
    assert [(item.who, item.reason) for item in (first, last)] == [("ann", "a try"), ("cleo", "more")]
    assert from_data(first.after) == from_data(last.before)
    assert from_data(last.after) == flag
    assert told == [(item.who, "router", item.before, item.after, item.reason) for item in (first, last)]
    book.switch("ann", "release", Change(default="winter"), "")
    assert [item.flag for item in book.history()] == ["release", "router", "router"]
    assert book.get("release").default == "winter"


def test_a_share_of_none_keeps_its_place_for_the_other(database: Database) -> None:
    book = FlagBook(database)
    key, users = "verification.unsupported", [f"u{number}" for number in range(200)]
    book.switch("ann", key, Change(percent={"escalate": 30, "abstain": 30}), "")
    before = {user for user in users if book.get(key).variant(user, ())[0] == "abstain"}
    book.switch("ann", key, Change(percent={"escalate": 0}), "")
    assert {user for user in users if book.get(key).variant(user, ())[0] == "abstain"} == before != set()
    book.switch("ann", key, Change(percent={"abstain": 0}), "")
    assert dict(book.get(key).percent) == {}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change(default="magic"), "default of the flag router names 'magic'"),
        (Change(shadow="magic"), "shadow of the flag router"),
        (Change(users={"ann": "magic"}), "users of the flag router"),
        (Change(groups={"legal": "magic"}), "groups of the flag router"),
        (Change(percent={"magic": 1}), "percent of the flag router names 'magic'"),
        (Change(percent={"learned": 101}), "up to 100"),
        (Change(percent={"learned": 60, "policy": 60}), "up to 100"),
    ],
)
def test_what_cannot_be_set_changes_nothing(database: Database, change: Change, told: str) -> None:
    book = FlagBook(database)
    with pytest.raises(UnusableFlags, match=told):
        book.switch("ann", "router", change, "")
    assert (book.history(), book.get("router")) == ([], load_flags()["router"])
    with pytest.raises(UnknownFlag, match="There is no flag 'taste'; there are release, router"):
        book.switch("ann", "taste", Change(default="x"), "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("router = 1", "'router' is no flag"),
        ('[router]\nvariant = ["a"]', "variant of the flag router cannot be used"),
        ('[router]\nvariants = "a"', "variants of the flag router cannot be used"),
        ("[router]\nvariants = [1]", "names variants by text"),
        ('[router]\npercent = {a = "many"}', "its shares and guards by numbers"),
        ("[router.guards]\nspeed = 1", "a guard that there is not"),
        ("[router.guards]\nleast = 0", "hours and least"),
        ("[router.guards]\ngroundedness = -1", "are to be 0 or more"),
        ('[router]\nusers = {ann = ""}', "names no variant"),
        ("[router]\npercent = {a = 1, b = 1, c = 1}", "one or two variants"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "flags.toml").write_text(text)
    with pytest.raises(UnusableFlags, match=told) as raised:
        load_flags(tmp_path / "flags.toml")
    assert str(tmp_path) in str(raised.value)
    with pytest.raises(UnusableFlags, match="cannot be read"):
        load_flags(tmp_path / "none.toml")


def test_changes_at_once_are_all_kept(database: Database) -> None:
    books = [FlagBook(database) for _ in range(4)]

    def switch(number: int) -> None:
        books[number % 4].switch("ann", "router", Change(users={f"u{number}": "learned"}), "")

    with ThreadPoolExecutor(4) as executor:
        list(executor.map(switch, range(12)))
    assert len(FlagBook(database).get("router").users) == 12
    assert checked(FlagBook(database).get("router"), "here")
