"""The commands that measure and train: `evigraph evaluate ...` and `evigraph train`."""

from pathlib import Path
from typing import Annotated

import typer

from api import render
from api.options import Json, Tier, opened

evaluation = typer.Typer(help="Measure how well it works.", no_args_is_help=True)


@evaluation.command("qa")
def evaluate_qa(
    questions: Annotated[Path, typer.Option(metavar="FILE", help="JSON Lines; examples/README.md tells their form.")],
    as_json: Json = False,
    tier: Tier = None,
) -> None:
    """Ask the graph questions with known answers: shares of right ones, and which went wrong."""
    with opened() as service, render.progress_bar("Asking") as progress:
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


def train(
    data: Annotated[Path, typer.Option(metavar="DIR", help="The folder with the recipe's corpora.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to write the spaCy pipeline.")],
    recipe: Annotated[Path | None, typer.Option(metavar="FILE", help="Another recipe than the shipped one.")] = None,
    as_json: Json = False,
) -> None:
    """Train the local model anew, as the shipped one was; interrupted, the same command goes on."""
    from api import training

    raise typer.Exit(training.train(data, out, recipe, as_json))
