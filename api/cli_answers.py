"""The commands for answers that were given: `answers`, `export`, `import`, `replay`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api import render
from api.errors import WrongUse
from api.options import As, Json, opened

if TYPE_CHECKING:
    from governance.versions.compare import Replayed

AnswerId = Annotated[str, typer.Argument(metavar="ID", help="The answer's id; `evigraph answers` lists them.")]


def answers(
    identity: Annotated[str | None, typer.Argument(metavar="[ID]", help="Without it, the last are listed.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most answers in the list.")] = 20,
    as_json: Json = False,
    user: As = None,
) -> None:
    """The answers that were given, or one of them as it was."""
    with opened() as service:
        groups = service.groups_of(user)
        if identity is not None:
            stored = service.kept.read(identity, user, groups)
            if as_json:
                render.say_json(stored.answer.model_dump(mode="json"))
            else:
                render.say(f"{stored.asked.question}\n(asked by {stored.asked.user} at {stored.at})\n")
                render.show_answer(stored.answer, None)
            return
        listed = service.kept.last(user, groups, limit)
    if as_json:
        render.say_json({"answers": [asdict(item) for item in listed]})
        return
    if not listed:
        render.say("No answer was given yet; `evigraph ask` gives one.")
    for item in listed:
        render.say(f"{item.id}  {item.at[:19]}  {item.user}  {item.status}  {' '.join(item.question.split())}")


def export(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="By default standard output.")] = None,
    answer: Annotated[str | None, typer.Option(metavar="ID", help="The answer whose provenance to write.")] = None,
    graph: Annotated[
        bool, typer.Option("--graph", help="The whole graph instead, as FILE says: .ttl, .nt or .jsonld.")
    ] = False,
    form: Annotated[
        Literal["turtle", "json-ld"], typer.Option("--format", help="How to write an answer's provenance.")
    ] = "turtle",
    user: As = None,
) -> None:
    """Write the proof of an answer as W3C PROV-O, or the whole graph as RDF."""
    if graph == (answer is not None):
        raise WrongUse("Give either --answer ID or --graph.")
    with opened() as service:
        if answer is not None:
            with service.audited("export", answer, format=form):
                text = service.kept.proof(answer, user, service.groups_of(user), form)
            if file is None:
                render.say(text.rstrip("\n"))
                return
            file.write_text(text, encoding="utf-8")
        elif file is None:
            raise WrongUse("Name the file that the graph is to be written to: FILE.ttl, FILE.nt or FILE.jsonld.")
        elif user is not None:
            raise WrongUse("The whole graph is the owner's to export; leave --as out.")
        else:
            with service.audited("export", "the graph"):
                service.export_graph(file)
    render.note(f"Written: {file}")


def import_graph(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `evigraph export --graph` wrote.")],
    as_json: Json = False,
) -> None:
    """Bring an exported graph into an empty one; vectors are computed anew."""
    with opened() as service, service.audited("ingest", str(file), what="an exported graph") as told:
        counts = service.import_graph(file)
        told |= counts
    if as_json:
        render.say_json(counts)
    else:
        render.say("Imported: " + ", ".join(f"{count} {name}" for name, count in counts.items()))


def replay(identity: AnswerId, as_json: Json = False, user: As = None) -> None:
    """Answer a question again on the versions that its answer had, and say what differs and why."""
    with opened() as service, service.audited("replay", identity) as told:
        found = service.replaying.replay(identity, user, service.groups_of(user))
        told["verdict"] = found.verdict
    if as_json:
        render.say_json(as_document(found))
        return
    render.say(f"{found.question}\n{found.verdict}")
    for change in found.changes:
        matters = {None: "may matter", True: "makes a difference", False: "makes none"}[change.matters]
        render.say(f"  {change.kind}: {change.recorded} then, {change.present} now; {matters}")


def as_document(found: "Replayed") -> dict[str, Any]:
    """What a replay found, as JSON."""
    told = {name: getattr(found, name) for name in ("id", "question", "verdict", "deterministic")}
    lists = {name: list(getattr(found, name)) for name in ("differs", "differs_now", "causes")}
    changes = [asdict(change) for change in found.changes]
    return {
        **told,
        **lists,
        "same": not found.differs,
        "changes": changes,
        "answer": found.answer.model_dump(mode="json"),
    }
