"""The commands of `evigraph flags`: which way of answering who gets."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api import render
from api.errors import WrongUse
from api.options import Json

if TYPE_CHECKING:
    from api.flagging import Flagging
    from governance.database import Database

flags = typer.Typer(help="Feature flags: which way of answering who gets.", no_args_is_help=True)
Key = Annotated[str, typer.Argument(metavar="KEY", help="The flag's key, as `evigraph flags list` tells it.")]


@contextmanager
def _flagging(changed: str | None = None) -> "Iterator[tuple[Flagging, Database]]":
    """The flags of the settings with their database, which needs no graph; `changed` is told to the audit trail."""
    from api.auditing import audited_alone
    from api.flagging import Flagging
    from api.settings import load_settings
    from governance.database import Database

    settings = load_settings()
    database = Database(settings.database)
    try:
        with audited_alone(settings, database, "flag", changed) if changed else nullcontext():
            yield Flagging(settings, lambda: database), database
    finally:
        database.close()


@flags.command("list")
def list_flags(as_json: Json = False) -> None:
    """The flags, with who gets what."""
    from api.flagging import as_shown

    with _flagging() as (flagging, _):
        shown = [as_shown(flagging, key) for key in sorted(flagging.book.current())]
    if as_json:
        render.say_json({"flags": shown})
    else:
        for flag in shown:
            render.say(_line(flag))


@flags.command("show")
def show_flag(key: Key, as_json: Json = False) -> None:
    """One flag."""
    from api.flagging import as_shown

    with _flagging() as (flagging, _):
        shown = as_shown(flagging, key)
    _say(shown, as_json)


@flags.command("set")
def set_flag(
    key: Key,
    default: Annotated[
        str | None, typer.Option(metavar="VARIANT", help="Who gets no other one; '' leaves it to the settings.")
    ] = None,
    percent: Annotated[
        list[str] | None, typer.Option(metavar="VARIANT=SHARE", help="A share of the users; 0 takes it away.")
    ] = None,
    user: Annotated[
        list[str] | None, typer.Option("--user", metavar="USER=VARIANT", help="One user; '' takes it away.")
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option("--group", metavar="GROUP=VARIANT", help="A group; '' takes it away.")
    ] = None,
    shadow: Annotated[
        str | None, typer.Option(metavar="VARIANT", help="Answers too, unseen, to be compared; '' for none.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept.")] = "",
    as_json: Json = False,
) -> None:
    """Change a flag; what is not given stays. It holds at once, for a server within a second."""
    from api.flagging import as_shown
    from governance.flags.book import Change
    from kg.merges import OWNER

    shares = {variant: _share(variant, share) for variant, share in _pairs(percent, "--percent").items()}
    change = Change(default, shares, _pairs(user, "--user"), _pairs(group, "--group"), shadow)
    if change == Change(None, {}, {}, {}, None):
        raise WrongUse("There is nothing to set; give --default, --percent, --user, --group or --shadow.")
    with _flagging(key) as (flagging, _):
        flagging.book.switch(OWNER, key, change, reason)
        shown = as_shown(flagging, key)
    _say(shown, as_json)


@flags.command("history")
def history(
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", help="Without it, of all flags.")] = None,
    as_json: Json = False,
) -> None:
    """Who changed which flag, and why; the newest first."""
    with _flagging() as (flagging, _):
        if key is not None:
            flagging.book.get(key)
        found = flagging.book.history(key)
    if as_json:
        render.say_json({"history": [asdict(item) for item in found]})
        return
    for item in found:
        changed = [name for name in item.after if item.after[name] != item.before.get(name)]
        told = ", ".join(f"{name}: {item.before.get(name)!r} to {item.after[name]!r}" for name in changed)
        why = f" ({item.reason})" if item.reason else ""
        render.say(f"{item.at[:16]}  {item.who}  {item.flag}  {told or 'set anew'}{why}")


@flags.command("compare")
def compare(key: Key, as_json: Json = False) -> None:
    """How a flag's shadows answered beside what was given."""
    from governance.flags.shadow import compared

    with _flagging() as (flagging, database):
        flagging.book.get(key)
        found = compared(database, key)
    if as_json:
        render.say_json({"compared": found})
        return
    for pair in found:
        render.say(
            f"{pair['shadow']} beside {pair['control'] or 'the settings'}, {pair['answers']} answers: "
            f"same text {pair['same_text']:.0%}, same citations {pair['same_citations']:.0%}"
        )
        for name, told in pair["of_control"].items():
            render.say(f"  {name}: {pair['of_shadow'][name]:g} beside {told:g}")
    if not found:
        render.say(f"Nothing was compared yet; `evigraph flags set {key} --shadow VARIANT` has a variant answer too.")


def _pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    pairs = {}
    for item in given or ():
        name, equals, value = item.partition("=")
        if not equals or not name:
            raise WrongUse(f"{item!r} is not of the form NAME=VALUE that {option} takes.")
        pairs[name] = value
    return pairs


def _share(variant: str, text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 100:
        raise WrongUse(f"The share of {variant} is {text!r}; give percent from 0 to 100.")
    return share


def _say(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        render.say_json(shown)
        return
    render.say(_line(shown))
    render.say(
        f"  {shown['description']}; variants: {', '.join(shown['variants']) or 'any'}; kept in: {shown['source']}"
    )


def _line(shown: dict[str, Any]) -> str:
    if shown["rolled_back"]:
        return (
            f"{shown['key']}: {shown['default'] or 'as the settings say'} for all, rolled back ({shown['rolled_back']})"
        )
    parts = [f"{share:g}% {variant}" for variant, share in shown["percent"].items()]
    parts += [f"{name}: {variant}" for rules in ("users", "groups") for name, variant in shown[rules].items()]
    parts += [f"in the shadow {shown['shadow']}"] if shown["shadow"] else []
    return f"{shown['key']}: {'; '.join([shown['default'] or 'as the settings say', *parts])}"
