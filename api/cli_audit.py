"""The commands of `evigraph audit`."""

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api import render
from api.options import Json

if TYPE_CHECKING:
    from governance.audit.entry import Entry

audit = typer.Typer(help="Who did what, and the proof that nobody changed it since.", no_args_is_help=True)

_COLUMNS = ("seq", "at", "who", "how", "action", "target", "outcome", "details")
_ERASED = "(erased)"


@audit.command("verify")
def verify_trail(
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The public key as `evigraph audit key` printed it before.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check every entry, and that none is missing; what is wrong is a line each, with the number of the entry."""
    from api.auditing import open_trail
    from api.settings import load_settings

    public_key = None if key is None else key.read_text(encoding="utf-8", errors="replace")
    with open_trail(load_settings()) as trail:
        faults, unfinished = trail.verify(public_key), trail.unfinished()
    if as_json:
        told = [dataclasses.asdict(fault) for fault in faults]
        render.say_json({"ok": not faults, "faults": told, "unfinished": [entry.seq for entry in unfinished]})
    else:
        for fault in faults:
            render.say(str(fault))
        if not faults:
            render.say("The audit trail is whole.")
        for entry in unfinished:
            render.note(f"Begun at {entry.at} and not ended: {entry.action}, entry {entry.seq}.")
    raise typer.Exit(1 if faults else 0)


@audit.command("list")
def list_entries(
    who: Annotated[str | None, typer.Option(metavar="USER", help="Only what this user did.")] = None,
    action: Annotated[str | None, typer.Option(metavar="VERB", help="Only this action, such as ask.")] = None,
    outcome: Annotated[
        Literal["begun", "done", "failed", "refused"] | None, typer.Option(help="Only entries with this outcome.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="From this day or moment on, UTC.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Up to this day, or before this moment.")] = None,
    text: Annotated[str | None, typer.Option(metavar="WORDS", help="Words in who, target or details.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="The most entries; the newest are taken.")] = 50,
    as_json: Json = False,
) -> None:
    """The newest entries, in order of time."""
    from api.auditing import moment, open_trail
    from api.errors import WrongUse
    from api.settings import load_settings
    from governance.audit.actions import ACTIONS

    if action is not None and action not in ACTIONS:
        raise WrongUse(f"There is no action {action!r}; known are {', '.join(ACTIONS)}.")
    first, last = (moment(since) if since else None), (moment(until, end=True) if until else None)
    with open_trail(load_settings()) as trail:
        found = trail.search(who, action, outcome, first, last, text, limit)
    if as_json:
        render.say_json({"entries": [dataclasses.asdict(entry) for entry in found]})
    else:
        render.show_table(_COLUMNS, [_shown(entry) for entry in found])


@audit.command("export")
def export_entries(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to write; - is standard output.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV in place of JSON lines.")] = False,
) -> None:
    """Write all entries: as JSON lines with all that proves them, or as CSV."""
    from api.auditing import open_trail
    from api.settings import load_settings

    with open_trail(load_settings()) as trail:
        lines = trail.export("csv" if as_csv else "jsonl")
        if file == "-":
            sys.stdout.writelines(lines)
            return
        with Path(file).open("w", encoding="utf-8", newline="") as out:
            out.writelines(lines)
    render.note(f"Written: {file}.")


@audit.command("key")
def print_key() -> None:
    """Print the public key, with which others can check the signatures; keep a copy elsewhere."""
    from api.auditing import open_trail
    from api.settings import load_settings

    with open_trail(load_settings()) as trail:
        sys.stdout.write(trail.public_key())


def _shown(entry: "Entry") -> dict[str, Any]:
    row = {column: getattr(entry, column) for column in _COLUMNS}
    return row | {name: _ERASED for name in ("who", "target", "details") if row[name] is None}
