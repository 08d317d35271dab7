"""The commands of `evigraph users` and `evigraph keys`: who may sign in, and what they may do."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from api import render
from api.options import Json

# SQLAlchemy, Casbin and Argon2 are imported by the commands that need them.
if TYPE_CHECKING:
    from governance.access.policy import Access
    from governance.database import Database
    from governance.identity.keys import Key

users = typer.Typer(help="Local users: who may sign in over HTTP, with their groups and roles.", no_args_is_help=True)
keys = typer.Typer(help="API keys: how programs sign in on behalf of a user.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
Groups = Annotated[
    list[str] | None, typer.Option("--group", metavar="GROUP", help="One whose documents they see; * for all.")
]
Roles = Annotated[
    list[str] | None, typer.Option("--role", metavar="ROLE", help="Such as reader, analyst, reviewer, steward, admin.")
]
KeyId = Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `evigraph keys list` tells it.")]
_STDIN_LIMIT = 10_000


@contextmanager
def _operations(changed: str | None = None) -> Iterator[tuple["Database", "Access"]]:
    """The operations database of the settings and their access policy; `changed` is told to the audit trail."""
    from api.auditing import audited_alone
    from api.settings import load_settings
    from governance.access.policy import Access
    from governance.database import Database

    settings = load_settings()
    access = Access(settings.access_policy)
    database = Database(settings.database)
    try:
        with audited_alone(settings, database, "users", changed) if changed else nullcontext():
            yield database, access
    finally:
        database.close()


@users.command("add")
def add_user(
    name: Name,
    groups: Groups = None,
    roles: Roles = None,
    only_keys: Annotated[bool, typer.Option("--no-password", help="They sign in by API keys only.")] = False,
    as_json: Json = False,
) -> None:
    """Add a user, by default with the role reader; the password is asked for or read from standard input.

    From the first one on, HTTP and MCP over HTTP need credentials.
    """
    from governance.identity.users import Users

    with _operations(f"add {name}") as (database, access):
        access.check_roles(roles or ["reader"])
        password = None if only_keys else _password()
        user = Users(database).add(name, password, groups or [], roles or ["reader"])
    _say(as_json, {"added": asdict(user)}, f"Added {name} with {_listed(user.roles)}, in {_listed(user.groups)}.")


@users.command("change")
def change_user(name: Name, groups: Groups = None, roles: Roles = None, as_json: Json = False) -> None:
    """Give a user other groups or roles in place of those that they have; '' gives none."""
    from governance.identity.users import Users

    with _operations(f"change {name}") as (database, access):
        chosen = None if roles is None else [role for role in roles if role]
        access.check_roles(chosen or [])
        user = Users(database).change(name, None if groups is None else [group for group in groups if group], chosen)
    _say(as_json, {"changed": asdict(user)}, f"{name} has {_listed(user.roles)}, in {_listed(user.groups)}.")


@users.command("list")
def list_users(as_json: Json = False) -> None:
    """The users with their groups and roles."""
    from governance.identity.users import Users

    with _operations() as (database, _):
        found = Users(database).all()
    if as_json:
        render.say_json({"users": [asdict(user) for user in found]})
        return
    columns = ("name", "roles", "groups", "password", "created_at")
    rows = [
        {
            **asdict(user),
            "roles": ", ".join(user.roles),
            "groups": ", ".join(user.groups),
            "password": "yes" if user.has_password else "no",
        }
        for user in found
    ]
    render.show_table(columns, rows)


@users.command("remove")
def remove_user(name: Name, as_json: Json = False) -> None:
    """Remove a user with their keys."""
    from governance.identity.users import Users

    with _operations(f"remove {name}") as (database, _):
        found = Users(database)
        found.remove(name)
        anybody = found.any()
    _say(as_json, {"removed": name}, f"Removed {name}.")
    if not anybody:
        render.note("There is no user left; unless an issuer is set up, this machine needs no sign-in again.")


@users.command("password")
def set_password(name: Name, as_json: Json = False) -> None:
    """Give a user another password, which is asked for or read from standard input."""
    from governance.identity.users import Users

    with _operations(f"password of {name}") as (database, _):
        Users(database).set_password(name, _password())
    _say(as_json, {"changed": name}, f"{name} has another password.")


@keys.command("create")
def create_key(
    user: Annotated[str, typer.Option("--user", metavar="NAME", help="On whose behalf it acts.")],
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="SCOPE", help="A permission or role; by default all that the user may do."),
    ] = None,
    days: Annotated[float | None, typer.Option(min=0, help="How long it is good; by default for ever.")] = None,
    as_json: Json = False,
) -> None:
    """Make a key and print it, once: it is not kept."""
    from governance.identity.keys import ApiKeys
    from governance.identity.users import Users

    with _operations(f"key of {user}") as (database, access):
        held = Users(database).find(user)
        if held is not None:
            access.check_scopes(scopes or [], [*held[0].roles, *(f"group:{group}" for group in held[0].groups)])
        key, secret = ApiKeys(database).create(user, scopes, days)
    _say_secret(as_json, key, secret)


@keys.command("list")
def list_keys(as_json: Json = False) -> None:
    """The keys, without their secrets."""
    from governance.identity.keys import ApiKeys

    with _operations() as (database, _):
        found = ApiKeys(database).all()
    if as_json:
        render.say_json({"keys": [asdict(key) for key in found]})
        return
    columns = ("id", "user", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at")
    rows = [{**asdict(key), "scopes": "all" if key.scopes is None else ", ".join(key.scopes)} for key in found]
    render.show_table(columns, rows)


@keys.command("rotate")
def rotate_key(
    identity: KeyId,
    hours: Annotated[float, typer.Option("--grace", metavar="HOURS", min=0, help="How long the old one is good.")] = 0,
    as_json: Json = False,
) -> None:
    """Give a key a new secret and print it, once; the old one is good for nothing at once, or after some hours."""
    from governance.identity.keys import ApiKeys

    with _operations(f"rotate key {identity}") as (database, _):
        key, secret = ApiKeys(database).rotate(identity, timedelta(hours=hours))
    _say_secret(as_json, key, secret)


@keys.command("revoke")
def revoke_key(identity: KeyId, as_json: Json = False) -> None:
    """Make a key good for nothing, at once."""
    from governance.identity.keys import ApiKeys

    with _operations(f"revoke key {identity}") as (database, _):
        key = ApiKeys(database).revoke(identity)
    _say(as_json, {"revoked": asdict(key)}, f"The key {identity} of {key.user} is revoked.")


def _password() -> str:
    """A password that is typed twice, or the first line of standard input."""
    if sys.stdin is not None and sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return "" if sys.stdin is None else sys.stdin.readline(_STDIN_LIMIT).rstrip("\r\n")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def _say(as_json: bool, data: dict[str, object], sentence: str) -> None:
    if as_json:
        render.say_json(data)
    else:
        render.say(sentence)


def _say_secret(as_json: bool, key: "Key", secret: str) -> None:
    """The secret alone on standard output, for a pipe to a store of secrets."""
    if as_json:
        render.say_json({"key": asdict(key), "secret": secret})
        return
    render.say(secret)
    render.note(f"This is the key {key.id} of {key.user}; it is not shown again. Send it as Authorization: Bearer KEY.")
