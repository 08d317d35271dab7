"""Who may do what: the shipped policy, one's own, and the scopes of keys."""

from pathlib import Path

import pytest

from governance.access.errors import NotPermitted, UnusableAccessPolicy
from governance.access.policy import PERMISSIONS, Access
from governance.database import Database
from governance.identity.errors import AccountError
from governance.identity.keys import ApiKeys
from governance.identity.principal import OWNER, Principal, ScopedPrincipal
from governance.identity.users import Users

READER = {"ask", "search", "read_graph"}
ANALYST = READER | {"run_query", "run_cypher", "export"}
REVIEWER = ANALYST | {"review", "approve"}
STEWARD = REVIEWER | {"ingest", "remove", "merge", "manage_versions"}
ADMIN = STEWARD | {"manage_users", "manage_flags", "read_audit", "erase", "act_as"}
SHIPPED = {"reader": READER, "analyst": ANALYST, "reviewer": REVIEWER, "steward": STEWARD, "admin": ADMIN}


def someone(*roles: str, groups: tuple[str, ...] | None = ("everyone",)) -> Principal:
    return Principal("maria", frozenset(roles), groups, "token")


def allowed(access: Access, principal: Principal) -> set[str]:
    return {permission for permission in PERMISSIONS if access.allows(principal, permission)}


@pytest.mark.parametrize("role", SHIPPED)
def test_the_shipped_roles(role: str) -> None:
    access = Access()
    assert sorted(access.roles) == sorted(SHIPPED)
    assert allowed(access, someone(role)) == SHIPPED[role]


def test_nobody_may_do_what_no_role_allows() -> None:
    access = Access()
    for principal in (someone(), someone("unknown"), someone("Admin"), someone("group:everyone"), someone("")):
        assert allowed(access, principal) == set()
    assert allowed(access, someone("reader", "unknown")) == READER
    # A role is not a name: neither the owner's name nor all groups give anything.
    assert allowed(access, Principal("owner", frozenset(), None, "token")) == set()


def test_the_owner_may_do_everything(tmp_path: Path) -> None:
    file = tmp_path / "policy.csv"
    file.write_text("p, reader, ask\n")
    assert allowed(Access(), OWNER) == allowed(Access(file), OWNER) == set(PERMISSIONS)


def test_what_is_required() -> None:
    access = Access()
    access.require(someone("analyst"), "run_query")
    with pytest.raises(NotPermitted, match=r"maria may not run named queries.* permission run_query"):
        access.require(someone("reader"), "run_query")
    with pytest.raises(KeyError):
        access.allows(someone("admin"), "fly")


@pytest.mark.parametrize(
    ("roles", "scopes", "expected"),
    [
        (["admin"], ["ask"], {"ask"}),
        (["admin"], ["reader", "read_audit"], READER | {"read_audit"}),
        (["reader"], ["admin"], READER),
        (["reader"], ["ask", "ingest"], {"ask"}),
        (["admin"], [], set()),
        (["admin"], ["group:everyone"], set()),
    ],
)
def test_scopes_only_take_away(roles: list[str], scopes: list[str], expected: set[str]) -> None:
    principal = ScopedPrincipal("maria", frozenset(roles), ("everyone",), "key", frozenset(scopes))
    assert allowed(Access(), principal) == expected


def test_a_key_of_a_real_user(database: Database) -> None:
    Users(database).add("maria", None, ["legal"], ["steward"])
    _, whole = ApiKeys(database).create("maria")
    _, part = ApiKeys(database).create("maria", ["reader", "ingest"])
    assert allowed(Access(), ApiKeys(database).recognise(whole)) == STEWARD
    assert allowed(Access(), ApiKeys(database).recognise(part)) == READER | {"ingest"}
    Users(database).change("maria", None, ["reader"])
    assert allowed(Access(), ApiKeys(database).recognise(part)) == READER


def test_a_policy_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "policy.csv"
    file.write_text(
        "# mine\n\np, guest, ask\ng, clerk, guest\np,clerk,search\n"
        "g, group:staff, clerk\np, auditor, see_all\ng, group:everyone, guest\n"
    )
    access = Access(file)
    assert access.roles == ["auditor", "clerk", "guest"]
    assert allowed(access, someone("admin", groups=())) == set()
    assert allowed(access, someone("clerk")) == {"ask", "search"}
    assert allowed(access, someone(groups=("everyone", "staff"))) == {"ask", "search"}
    assert allowed(access, someone()) == {"ask"}
    assert allowed(access, someone(groups=None)) == {"ask"}
    assert allowed(access, someone("auditor")) == {"ask", "see_all"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (None, "cannot be read"),
        ("", "lets nobody do anything"),
        ("# only this\ng, a, b\n", "lets nobody do anything"),
        ("p, reader, ask\np, reader, fly\n", "Line 2 .*'fly'"),
        ("p, reader\n", "Line 1"),
        ("p, reader, ask, allow\n", "Line 1"),
        ("p, , ask\n", "Line 1"),
        ("p2, reader, ask\n", "Line 1"),
        ("reader may ask\n", "Line 1"),
        (b"p, r\xe9ader, ask\n", "not UTF-8"),
    ],
)
def test_a_policy_that_cannot_be_used(tmp_path: Path, text: str | bytes | None, word: str) -> None:
    file = tmp_path / "policy.csv"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UnusableAccessPolicy, match=word) as told:
        Access(file)
    assert str(file) in str(told.value)
    assert str(told.value).count("\n") == 0 and str(told.value).endswith(".")


def test_roles_and_scopes_are_checked_before_they_are_given() -> None:
    access = Access()
    access.check_roles(["reader", "admin"])
    access.check_scopes(["ask", "reader", "analyst"], ["reader"])
    with pytest.raises(AccountError, match="no role 'king'"):
        access.check_roles(["king"])
    with pytest.raises(AccountError, match="'king' is neither"):
        access.check_scopes(["king"], ["reader"])
    with pytest.raises(AccountError, match="'erase' holds nothing"):
        access.check_scopes(["erase"], ["reader"])
