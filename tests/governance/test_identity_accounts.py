"""Local users and API keys, in both databases."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from governance.database import Database
from governance.identity.authenticate import Authenticator
from governance.identity.errors import AccountError, NotSignedIn, TooManyAttempts
from governance.identity.keys import ApiKeys
from governance.identity.passwords import Throttle
from governance.identity.principal import Principal, ScopedPrincipal
from governance.identity.users import Users

PASSWORD = "correct horse battery"


class Calendar:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def users(database: Database) -> Users:
    """maria has a password, robot only keys."""
    found = Users(database)
    found.add("maria", PASSWORD, ["legal", "hr"], ["analyst"])
    found.add("robot", None, [], ["reader"])
    return found


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def keys(users: Users, database: Database, calendar: Calendar) -> ApiKeys:
    return ApiKeys(database, calendar)


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def everything(database: Database) -> str:
    """All that the tables of identity hold, as text."""
    with database.transaction() as session:
        return repr([list(session.execute(text(f"SELECT * FROM {table}"))) for table in ("users", "api_keys")])  # noqa: S608


def test_a_password_signs_in(users: Users, database: Database) -> None:
    door = Authenticator(database)
    expected = Principal("maria", frozenset({"analyst"}), ("everyone", "hr", "legal"), "password")
    for _ in range(2):  # the second time it is remembered
        assert door.recognise(basic("maria", PASSWORD), "a") == expected
    users.change("maria", ["*"], ["admin"])
    assert door.recognise(basic("maria", PASSWORD), "a") == Principal("maria", frozenset({"admin"}), None, "password")
    users.set_password("maria", "another password: with colons")
    with pytest.raises(NotSignedIn):
        door.recognise(basic("maria", PASSWORD), "a")
    assert door.recognise(basic("maria", "another password: with colons"), "a")
    users.remove("maria")
    with pytest.raises(NotSignedIn):
        door.recognise(basic("maria", "another password: with colons"), "a")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"maria").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        basic("maria", ""),
        basic("maria", PASSWORD + "s"),
        basic("maria", PASSWORD.upper()),
        basic("Maria", PASSWORD),
        basic("robot", ""),
        basic("robot", "None"),
        basic("nobody", PASSWORD),
        basic("maria\0", PASSWORD),
        basic("x" * 300, PASSWORD),
        f"Digest {PASSWORD}",
        f"Bearer {PASSWORD}",
        "Bearer evk_",
        "Bearer evk__",
        "Bearer evk_0123456789ab_secret",
        "Bearer evk_" + "x" * 400 + "_y",
        "Bearer evk_\0_\0",
    ],
)
def test_what_signs_nobody_in(users: Users, database: Database, header: str | None) -> None:
    with pytest.raises(NotSignedIn):
        Authenticator(database).recognise(header, "a")


def test_passwords_are_not_tried_without_end(users: Users, database: Database) -> None:
    times = [0.0]
    door = Authenticator(database, clock=lambda: times[0])
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            door.recognise(basic("maria", "wrong one"), "a")
    with pytest.raises(TooManyAttempts, match="try again in 300 seconds") as told:
        door.recognise(basic("maria", PASSWORD), "a")
    assert told.value.seconds == 300
    assert door.recognise(basic("maria", PASSWORD), "b")
    times[0] = 301.0
    assert door.recognise(basic("maria", PASSWORD), "a")


def test_many_names_and_many_addresses_are_throttled_too() -> None:
    throttle = Throttle(lambda: 0.0)
    for number in range(50):
        throttle.check("maria", f"address {number}")
        throttle.wrong("maria", f"address {number}")
    with pytest.raises(TooManyAttempts):
        throttle.check("maria", "address 50")
    for number in range(49):
        throttle.wrong(f"name {number}", "one")
    throttle.check("name 50", "one")
    throttle.wrong("name 49", "one")
    with pytest.raises(TooManyAttempts):
        throttle.check("name 50", "one")


def test_set_up_is_as_soon_as_there_is_a_user(database: Database) -> None:
    door = Authenticator(database)
    assert not door.is_set_up()
    Users(database).add("robot", None, [], [])
    assert door.is_set_up()
    Users(database).remove("robot")
    assert not door.is_set_up()


@pytest.mark.parametrize("name", ["", " ", " maria", "a:b", "owner", "rule", "a\nb", "x" * 101, "maria"])
def test_names_that_cannot_be(users: Users, name: str) -> None:
    with pytest.raises(AccountError):
        users.add(name, None, [], [])
    assert [user.name for user in users.all()] == ["maria", "robot"]


def test_passwords_that_cannot_be(users: Users) -> None:
    for password in ("", "seven77", "x" * 1025):
        with pytest.raises(AccountError, match="8 to 1024"):
            users.add("lars", password, [], [])
        with pytest.raises(AccountError, match="8 to 1024"):
            users.set_password("maria", password)


def test_whom_there_is_not(users: Users, keys: ApiKeys) -> None:
    for act in (users.remove, lambda name: users.set_password(name, PASSWORD), keys.create):
        with pytest.raises(AccountError, match="no user 'nobody'"):
            act("nobody")
    for change in (keys.revoke, keys.rotate):
        with pytest.raises(AccountError, match="no key 'nothing'"):
            change("nothing")


def test_a_key_signs_in(users: Users, keys: ApiKeys, database: Database, calendar: Calendar) -> None:
    key, secret = keys.create("maria")
    assert secret.startswith(f"evk_{key.id}_")
    expected = Principal("maria", frozenset({"analyst"}), ("everyone", "hr", "legal"), "key")
    assert keys.recognise(secret) == expected
    assert Authenticator(database).recognise(f"bearer  {secret}", "a") == expected
    for wrong in (secret[:-1], secret + "x", secret.replace(key.id, "0" * 12), secret.upper(), f"evk_{key.id}_", ""):
        with pytest.raises(NotSignedIn):
            keys.recognise(wrong)
    users.remove("maria")
    with pytest.raises(NotSignedIn):
        keys.recognise(secret)
    assert keys.all() == []


def test_a_key_with_scopes(keys: ApiKeys) -> None:
    _, secret = keys.create("maria", ["search", "ask", "ask"])
    found = keys.recognise(secret)
    assert isinstance(found, ScopedPrincipal) and found.scopes == {"ask", "search"}
    _, secret = keys.create("maria", [])
    nothing = keys.recognise(secret)
    assert isinstance(nothing, ScopedPrincipal) and nothing.scopes == frozenset()


def test_a_key_expires(keys: ApiKeys, calendar: Calendar) -> None:
    key, secret = keys.create("robot", days=1)
    assert key.expires_at == "2026-03-02T12:00:00+00:00"
    calendar.now += timedelta(hours=23, minutes=59)
    assert keys.recognise(secret)
    calendar.now += timedelta(minutes=1)
    with pytest.raises(NotSignedIn, match="expired"):
        keys.recognise(secret)


def test_a_key_is_rotated(keys: ApiKeys, calendar: Calendar) -> None:
    key, first = keys.create("robot")
    same, second = keys.rotate(key.id)
    assert same.id == key.id and second != first
    with pytest.raises(NotSignedIn, match="secret is wrong"):
        keys.recognise(first)
    _, third = keys.rotate(key.id, timedelta(hours=2))
    calendar.now += timedelta(hours=1, minutes=59)
    assert keys.recognise(second) == keys.recognise(third)
    calendar.now += timedelta(minutes=1)
    with pytest.raises(NotSignedIn, match="secret is wrong"):
        keys.recognise(second)
    assert keys.recognise(third)


def test_a_key_is_revoked(keys: ApiKeys, calendar: Calendar) -> None:
    key, first = keys.create("robot")
    _, second = keys.rotate(key.id, timedelta(hours=2))
    assert keys.revoke(key.id).revoked_at == "2026-03-01T12:00:00+00:00"
    for secret in (first, second):
        with pytest.raises(NotSignedIn):
            keys.recognise(secret)
    calendar.now += timedelta(days=1)
    assert keys.revoke(key.id).revoked_at == "2026-03-01T12:00:00+00:00"
    with pytest.raises(AccountError, match="revoked"):
        keys.rotate(key.id)


def test_the_last_use_is_told_to_the_minute(keys: ApiKeys, calendar: Calendar) -> None:
    key, secret = keys.create("robot")
    assert key.last_used_at is None
    for seconds, told in ((0, "12:00:00"), (30, "12:00:00"), (60, "12:01:30")):
        calendar.now += timedelta(seconds=seconds)
        keys.recognise(secret)
        assert [item.last_used_at for item in keys.all()] == [f"2026-03-01T{told}+00:00"]


def test_no_secret_is_kept(keys: ApiKeys, database: Database) -> None:
    key, first = keys.create("maria")
    _, second = keys.rotate(key.id, timedelta(hours=1))
    held = everything(database)
    assert "$argon2id$" in held and key.id in held
    for secret in (PASSWORD, first, second, first.rpartition(f"{key.id}_")[2], second.rpartition(f"{key.id}_")[2]):
        assert secret not in held
