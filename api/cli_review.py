"""The commands of `evigraph review`: what waits for a person, and what they decide."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import render
from api.errors import WrongUse
from api.options import As, Json, opened

if TYPE_CHECKING:
    from api.service import Service
    from governance.identity.principal import Principal
    from governance.review.items import Item, Verdict

review = typer.Typer(
    help="What people are to look at: answers, uncertain facts, suspected merges, wishes for access.",
    no_args_is_help=True,
)
ItemId = Annotated[str, typer.Argument(metavar="ID", help="The item's id, as `evigraph review list` tells it.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept.")]


@contextmanager
def _desk(user: str | None) -> "Iterator[tuple[Service, Principal]]":
    from api.reviewing import local_principal

    with opened() as service:
        yield service, local_principal(service, user)


@review.command("list")
def list_items(
    done: Annotated[bool, typer.Option("--done", help="What was decided instead.")] = False,
    as_json: Json = False,
    user: As = None,
) -> None:
    """What waits for review, what is due first at the top."""
    from api.reviewing import as_shown
    from governance.review.queue import UNDECIDED

    with _desk(user) as (service, who):
        found = service.queue.listed(who, ("done",) if done else UNDECIDED)
    if as_json:
        render.say_json({"items": [as_shown(item) for item in found]})
        return
    for item in found:
        render.say(_line(item))
    if not found:
        render.say("Nothing waits; `evigraph review gather` looks for uncertain facts and suspected merges.")


@review.command("show")
def show_item(identity: ItemId, as_json: Json = False, user: As = None) -> None:
    """One item with all that there is to see, and what became of it."""
    with _desk(user) as (service, who):
        item = service.queue.show(identity, who)
    _say(item, as_json)


@review.command("take")
def take_item(identity: ItemId, as_json: Json = False, user: As = None) -> None:
    """Say that you look at it, so that nobody else does."""
    with _desk(user) as (service, who):
        item = service.queue.take(identity, who)
    _say(item, as_json)


@review.command("decide")
def decide_item(
    identity: ItemId,
    reason: Reason = "",
    approve: Annotated[bool, typer.Option("--approve", help="It is right; they are one; they get it.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="It is wrong; they are not one; they do not.")] = False,
    correct: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The right answer, or the right object of the fact.")
    ] = None,
    as_json: Json = False,
    user: As = None,
) -> None:
    """Decide an item; it holds for the graph and for answers from then on."""
    given = [approve, reject, correct is not None]
    if sum(given) != 1:
        raise WrongUse("Give one of --approve, --reject and --correct TEXT.")
    verdict: Verdict = "approve" if approve else "reject" if reject else "correct"
    from api.reviewing import decide

    with _desk(user) as (service, who):
        item = decide(service, who, identity, verdict, reason, correct)
    _say(item, as_json)


@review.command("request")
def request_access(
    wanted: Annotated[str, typer.Argument(metavar="GROUP", help="A group, or role:NAME for a role.")],
    reason: Reason = "",
    as_json: Json = False,
    user: As = None,
) -> None:
    """Ask for access to what a group may see, or for a role."""
    from api.reviewing import request_access as ask_for

    with _desk(user) as (service, who):
        item = ask_for(service, who, wanted, reason)
    _say(item, as_json)


@review.command("gather")
def gather_items(as_json: Json = False) -> None:
    """Put the uncertain facts and the suspected merges of the graph into the service.queue."""
    with _desk(None) as (service, _):
        came = service.queue.gather()
    if as_json:
        render.say_json({"gathered": came})
    else:
        render.say(f"Into the queue: {came['facts']} facts, {came['merges']} suspected merges.")


@review.command("escalate")
def escalate_items(as_json: Json = False) -> None:
    """Give what nobody decided in time to the next owner; listing does so too."""
    from api.reviewing import as_shown

    with _desk(None) as (service, _):
        gone = service.queue.escalate()
    if as_json:
        render.say_json({"escalated": [as_shown(item) for item in gone]})
    else:
        for item in gone:
            render.say(_line(item))
        render.say(f"{len(gone)} went on to the next owner.")


@review.command("export-cases")
def export_cases(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write them, as JSON Lines.")],
    as_json: Json = False,
    user: As = None,
) -> None:
    """Write the reviewed answers as questions with known answers, for `evigraph evaluate qa`."""
    from governance.review.export import as_lines, cases

    with _desk(user) as (service, who):
        rows = cases(service.queue.listed(who, ("done",), ("answer",)))
    file.write_text(as_lines(rows), encoding="utf-8")
    if as_json:
        render.say_json({"cases": len(rows), "file": str(file)})
    else:
        render.say(f"Wrote {len(rows)} cases to {file}.")


def _say(item: "Item", as_json: bool) -> None:
    from api.reviewing import as_shown

    if as_json:
        render.say_json(as_shown(item))
        return
    render.say(_line(item))
    render.say(f"Why it is here: {item.rule}")
    render.say(json.dumps(item.payload, ensure_ascii=False, indent=2))
    for step in item.steps:
        said = f": {step.text}" if step.text else ""
        why = f" ({step.reason})" if step.reason else ""
        render.say(f"{step.at[:16]}  {step.who}  {step.what}{said}{why}")


def _line(item: "Item") -> str:
    if item.state == "done":
        state = f"{item.verdict} on {(item.decided_at or '')[:10]}"
    else:
        late = "overdue since" if item.overdue else "due"
        second = ", a second reviewer is needed" if item.state == "second" else ""
        taken = f", taken by {item.taken_by}" if item.taken_by else ""
        state = f"{late} {item.due_at[:16]}, {item.owner}{second}{taken}"
    return f"{item.id}  {item.kind}  {' '.join(item.title.split())}  ({state})"
