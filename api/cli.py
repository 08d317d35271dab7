"""The command line. Only what parses it is imported here, so that `evigraph --help` answers at once."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from api import interrupt, render
from api.errors import explain

if TYPE_CHECKING:
    from api.service import Service

app = typer.Typer(
    name="evigraph",
    help="Documents into a knowledge graph, questions into answers with evidence.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
evaluation = typer.Typer(help="Measure how well it works.", no_args_is_help=True)
app.add_typer(evaluation, name="evaluate")


class _ShowsByDefault(TyperGroup):
    """A group whose command `show` may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # typer keeps the context's class to itself
        """Put `show` before arguments that begin with no command of the group."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["show", *args]
        return super().parse_args(ctx, args)


entities = typer.Typer(
    cls=_ShowsByDefault,
    help="Who and what goes by a name: `evigraph entities NAME`; and which names are one entity's.",
    no_args_is_help=True,
)
app.add_typer(entities, name="entities")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
As = Annotated[
    str | None, typer.Option("--as", metavar="USER", help="See only what this user of the settings may see.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As things stood on this day, YYYY-MM-DD; by default whenever."),
]
Tier = Annotated[
    Literal["none", "small", "large"] | None,
    typer.Option(help="Which model may write the answer; by default the policy decides."),
]
Document = Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its id, URI or path, or its title or file name.")]
EntityName = Annotated[str, typer.Argument(metavar="NAME", help="A name of the entity, or its id.")]

_STDIN_LIMIT = 1_000_000


@contextmanager
def _service() -> Iterator["Service"]:
    from api.service import open_service
    from api.settings import load_settings

    with open_service(load_settings()) as service:
        yield service


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

    with _service() as service:
        manner = Manner(user, stakes, seconds)
        answer = service.ask(question, service.groups_of(user), tier, as_of, manner)
        if as_json:
            render.say_json(answer.model_dump(mode="json"))
        else:
            render.show_answer(answer, service.finder(answer))


@app.command()
def search(
    words: Annotated[str, typer.Argument(metavar="WORDS")],
    k: Annotated[int, typer.Option("--k", min=1, max=100, help="How many passages.")] = 10,
    as_json: Json = False,
    user: As = None,
    as_of: AsOf = None,
) -> None:
    """The best passages for some words, ranked, without an answer made of them."""
    with _service() as service:
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
    with _service() as service:
        if drafting:
            cypher.print_draft(service, statement, form, user)
        else:
            cypher.print_rows(service, statement, parameters or [], limit, timeout, form, user)


@app.command()
def documents(as_json: Json = False) -> None:
    """The documents in the graph."""
    with _service() as service:
        listed = service.documents()
    if as_json:
        render.say_json({"documents": listed})
    else:
        render.show_documents(listed)


@entities.command("show")
def show_entities(name: EntityName, as_json: Json = False, user: As = None) -> None:
    """The entities that go by a name or one like it, and why other names were merged with theirs.

    The word show may be left out, unless the name is one of these commands.
    """
    with _service() as service:
        found = service.entities(name, service.groups_of(user))
    if as_json:
        render.say_json({"entities": found})
    else:
        render.show_entities(found, name)


@entities.command("merge")
def merge_entities(
    name: EntityName,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The entity that it is the same as.")],
    as_json: Json = False,
    user: As = None,
) -> None:
    """Say that two entities are one; this holds whatever later documents say."""
    with _service() as service:
        merged = service.merge(name, into, user)
    if as_json:
        render.say_json({"merged": merged})
    else:
        render.show_entities([merged], name)


@entities.command("split")
def split_entity(
    name: EntityName,
    from_name: Annotated[
        str | None, typer.Argument(metavar="[FROM]", help="One name to be kept apart from; by default all others.")
    ] = None,
    as_json: Json = False,
    user: As = None,
) -> None:
    """Say that a name is not the entity that it was merged into; this holds whatever later documents say."""
    with _service() as service:
        parts = service.split(name, from_name, user)
    if as_json:
        render.say_json({"entities": parts})
    else:
        render.show_entities(parts, name)


@app.command()
def show(
    document: Document,
    text: Annotated[bool, typer.Option("--text", help="Print the extracted text, which all offsets count in.")] = False,
    facts: Annotated[bool, typer.Option("--facts", help="List the facts that it evidences.")] = False,
    as_json: Json = False,
) -> None:
    """What the graph holds of one document."""
    with _service() as service:
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
    with _service() as service:
        removed = service.remove(service.find_document(document))
    if as_json:
        render.say_json({"removed": removed})
    else:
        render.say(f"Removed {removed['title']} ({removed['id']}).")


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


@evaluation.command("qa")
def evaluate_qa(
    questions: Annotated[Path, typer.Option(metavar="FILE", help="JSON Lines; examples/README.md tells their form.")],
    as_json: Json = False,
    tier: Tier = None,
) -> None:
    """Ask the graph questions with known answers: shares of right ones, and which went wrong."""
    with _service() as service, render.progress_bar("Asking") as progress:
        summary, failed = service.evaluate(questions, tier, lambda done, total: progress(done, total, ""))
    if as_json:
        render.say_json({**summary, "failed": failed})
    else:
        render.show_evaluation(summary, failed)


@evaluation.command("extraction")
def evaluate_extraction(
    train_folder: Annotated[Path, typer.Option("--train", metavar="DIR", help="Whose train part to train on.")],
    test_folder: Annotated[Path, typer.Option("--test", metavar="DIR", help="Whose test or dev part to measure on.")],
    as_json: Json = False,
) -> None:
    """Train the local model's recipe on an annotated corpus and measure it, beside the rules and published figures."""
    from api import training

    training.evaluate(train_folder, test_folder, as_json)


@evaluation.command("retrieval")
def evaluate_retrieval(
    data: Annotated[Path, typer.Option(metavar="DIR", help="A folder with corpus.jsonl(.gz) and questions.jsonl.")],
    store: Annotated[
        str | None, typer.Option(metavar="URI", help="An empty Neo4j; default: embedded, in a temporary folder.")
    ] = None,
    no_titles: Annotated[bool, typer.Option("--no-titles", help="Neither index nor link the titles.")] = False,
    as_json: Json = False,
) -> None:
    """Ingest a corpus into a fresh graph and rank its passages for each question: recall of the supporting ones."""
    from api import retrieval

    retrieval.evaluate(data, store, not no_titles, as_json)


@app.command()
def train(
    data: Annotated[Path, typer.Option(metavar="DIR", help="The folder with the recipe's corpora.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to write the spaCy pipeline.")],
    recipe: Annotated[Path | None, typer.Option(metavar="FILE", help="Another recipe than the shipped one.")] = None,
    as_json: Json = False,
) -> None:
    """Train the local model anew, as the shipped one was; interrupted, the same command goes on."""
    from api import training

    raise typer.Exit(training.train(data, out, recipe, as_json))


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
