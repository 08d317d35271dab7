"""The command line. Only what parses it is imported here, so that `evigraph --help` answers at once."""

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Literal

import typer

from api import interrupt, render
from api.cli_answers import answers, export, import_graph, replay
from api.cli_audit import audit
from api.cli_entities import entities
from api.cli_flags import flags
from api.cli_measure import evaluation, train
from api.cli_privacy import privacy
from api.cli_review import review
from api.cli_users import keys, users
from api.cli_versions import versions
from api.errors import explain
from api.options import As, AsOf, Document, Json, Tier, opened

app = typer.Typer(
    name="evigraph",
    help="Documents into a knowledge graph, questions into answers with evidence.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(evaluation, name="evaluate")
app.add_typer(entities, name="entities")
app.add_typer(audit, name="audit")
app.add_typer(users, name="users")
app.add_typer(keys, name="keys")
app.add_typer(review, name="review")
app.add_typer(flags, name="flags")
app.add_typer(privacy, name="privacy")
app.add_typer(versions, name="versions")

_STDIN_LIMIT = 1_000_000


def _print_version(wanted: bool) -> None:
    if wanted:
        from kg.version import code_version

        typer.echo(code_version())
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Documents into a knowledge graph, questions into answers with evidence."""


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, and folders with all in them.")],
    corpus: Annotated[str, typer.Option(help="The corpus that the documents belong to.")] = "default",
    access: Annotated[
        list[str] | None, typer.Option(metavar="GROUP", help="A group that may see them; by default everyone.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes read documents.")] = 1,
    as_json: Json = False,
) -> None:
    """Bring documents into the graph; those that have not changed are left alone."""
    from api import ingesting

    raise typer.Exit(ingesting.run(paths, corpus, access or [], workers, as_json))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="In words; - reads it from standard input.")],
    as_json: Json = False,
    user: As = None,
    tier: Tier = None,
    as_of: AsOf = None,
    stakes: Annotated[Literal["low", "normal", "high"], typer.Option(help="What a wrong answer costs.")] = "normal",
    seconds: Annotated[float | None, typer.Option("--within", min=0.5, help="Seconds that it may take.")] = None,
) -> None:
    """Answer a question with its evidence, or say that there is none."""
    if question == "-":
        question = sys.stdin.buffer.read(_STDIN_LIMIT).decode("utf-8", "replace")
    from api.asking import Manner

    with opened() as service:
        manner = Manner(user, stakes, seconds)
        answer = service.ask(question, service.groups_of(user), tier, as_of, manner)
        if as_json:
            render.say_json(answer.model_dump(mode="json"))
        else:
            render.show_answer(answer, service.finder(answer))
            render.say(f"\nAnswer {answer.id}; evigraph export --answer {answer.id} gives its proof")


@app.command()
def search(
    words: Annotated[str, typer.Argument(metavar="WORDS")],
    k: Annotated[int, typer.Option("--k", min=1, max=100, help="How many passages.")] = 10,
    as_json: Json = False,
    user: As = None,
    as_of: AsOf = None,
) -> None:
    """The best passages for some words, ranked, without an answer made of them."""
    with opened() as service:
        found = service.search(words, k, service.groups_of(user), as_of)
    if as_json:
        render.say_json({"query": words, "passages": found})
    else:
        render.show_passages(found)


@app.command()
def query(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Without it, all are listed.")] = None,
    parameters: Annotated[
        list[str] | None, typer.Argument(metavar="[PARAMETER=VALUE...]", help="A list is separated by commas.")
    ] = None,
    form: Annotated[Literal["table", "csv", "json"], typer.Option("--format", help="How to print the rows.")] = "table",
    as_json: Json = False,
    user: As = None,
    as_of: AsOf = None,
) -> None:
    """Run a named query or analysis of the graph, such as `evigraph query impact name=Atlas`."""
    from api import querying

    form = "json" if as_json else form
    if name is None:
        querying.list_all(form)
    else:
        querying.run(name, parameters or [], form, user, as_of)


@app.command()
def cypher(
    statement: Annotated[str, typer.Argument(metavar="STATEMENT", help="Cypher that only reads.")],
    parameters: Annotated[
        list[str] | None, typer.Argument(metavar="[PARAMETER=VALUE...]", help="A value is JSON or else text.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most rows.")] = 1_000,
    timeout: Annotated[float, typer.Option(min=0.001, max=60, help="The most seconds.")] = 10,
    drafting: Annotated[
        bool, typer.Option("--draft", help="Take it for a question: a large model writes Cypher, which does not run.")
    ] = False,
    form: Annotated[Literal["table", "csv", "json"], typer.Option("--format", help="How to print the rows.")] = "table",
    as_json: Json = False,
    user: As = None,
) -> None:
    """Run Cypher of one's own, which can only read the graph."""
    from api import cypher

    form = "json" if as_json else form
    with opened() as service:
        if drafting:
            cypher.print_draft(service, statement, form, user)
        else:
            cypher.print_rows(service, statement, parameters or [], limit, timeout, form, user)


@app.command()
def documents(as_json: Json = False) -> None:
    """The documents in the graph."""
    with opened() as service:
        listed = service.documents()
    if as_json:
        render.say_json({"documents": listed})
    else:
        render.show_documents(listed)


@app.command()
def show(
    document: Document,
    text: Annotated[bool, typer.Option("--text", help="Print the extracted text, which all offsets count in.")] = False,
    facts: Annotated[bool, typer.Option("--facts", help="List the facts that it evidences.")] = False,
    as_json: Json = False,
) -> None:
    """What the graph holds of one document."""
    with opened() as service:
        shown = service.show(service.find_document(document), text=text, facts=facts)
    if as_json:
        render.say_json(shown)
    elif text and not facts:
        render.show_text(shown["text"])
    else:
        render.show_document(shown)
        if text:
            render.say()
            render.show_text(shown["text"])


@app.command()
def remove(document: Document, as_json: Json = False) -> None:
    """Remove a document with all that only it said."""
    with opened() as service:
        removed = service.remove(service.find_document(document))
    if as_json:
        render.say_json({"removed": removed})
    else:
        render.say(f"Removed {removed['title']} ({removed['id']}).")


@app.command()
def compact(as_json: Json = False) -> None:
    """Rewrite the graph's files without what was removed; Neo4j's search indexes are made anew."""
    with opened() as service:
        left = service.compact()
    if as_json:
        render.say_json({"compacted": True, "left": left})
    else:
        render.say(f"Compacted. {left}".strip())


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Where to listen; only this machine's own address for now.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8000,
) -> None:
    """Serve the HTTP API on this machine until Ctrl-C."""
    from api.service import open_service
    from api.serving import listen, serve_until_stopped
    from api.settings import load_settings

    settings = load_settings()
    with listen(host, port) as socket, open_service(settings) as service:
        serve_until_stopped(service, socket)


@app.command()
def mcp(
    http: Annotated[bool, typer.Option("--http", help="Over HTTP instead of standard input and output.")] = False,
    host: Annotated[
        str, typer.Option(help="With --http, where to listen; only this machine's own address.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --http; 0 takes any free one.")] = 8001,
    user: As = None,
) -> None:
    """Serve assistants that speak the Model Context Protocol: its tools answer from the graph."""
    from api.mcp import run

    run(http, host, port, user)


@app.command()
def browser(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the two files; made if need be.")],
    as_json: Json = False,
) -> None:
    """Write a style and favourites for Neo4j Browser; docs/browser.md tells how they are loaded."""
    from api import parts
    from api.settings import load_settings
    from kg.browser import export

    written = [str(path) for path in export(parts.ontology(load_settings()), folder)]
    if as_json:
        render.say_json({"written": written})
    else:
        render.say(f"Written: {', '.join(written)}. Drop each into the window of Neo4j Browser.")


@app.command()
def doctor(as_json: Json = False) -> None:
    """What is configured, what is reachable, what is missing, and the mend."""
    from api.doctor import examine
    from api.settings import load_settings

    checks = examine(load_settings())
    well = all(check["state"] != "missing" for check in checks)
    if as_json:
        render.say_json({"ok": well, "checks": checks})
    else:
        render.show_checks(checks)
    raise typer.Exit(0 if well else 1)


app.command()(train)
app.command()(answers)
app.command()(export)
app.command("import")(import_graph)
app.command()(replay)


def main() -> None:
    """Run the command line; whatever goes wrong is one sentence on standard error and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # JSON is UTF-8 whatever the locale; a lone surrogate comes out as its JSON escape.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    interrupt.listen()
    try:
        app(prog_name="evigraph")
    except Exception as error:
        if interrupt.asked():
            raise SystemExit(interrupt.EXIT_CODE) from None
        if os.environ.get("EVIGRAPH_DEBUG"):
            traceback.print_exc()
        meaning = explain(error)
        typer.echo(f"Error: {meaning.sentence}", err=True)
        raise SystemExit(meaning.exit_code) from None


if __name__ == "__main__":
    main()
