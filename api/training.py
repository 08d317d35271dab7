"""The commands `train` and `evaluate extraction`: a bar while they run, tables at the end."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api import interrupt, render
from api.errors import WrongUse


def train(data: Path, out: Path, recipe: Path | None, as_json: bool) -> int:
    """Train the shipped recipe, write the pipeline and its card; the exit code."""
    from extraction.training import require_training

    require_training()
    from extraction.training.recipe import RECIPE, load_recipe
    from extraction.training.ship import CARD, train_shipped

    try:
        read = load_recipe(recipe or RECIPE)
    except ValueError as error:
        raise WrongUse(str(error)) from error
    try:
        with render.progress_bar("Training") as progress:
            card = train_shipped(read, data, out, lambda done, steps, loss: progress(done, steps, f"loss {loss:.3f}"))
    except BaseException:
        if not interrupt.asked():
            raise
        render.note("Interrupted. Run the same command again to go on after the last whole epoch.")
        return interrupt.EXIT_CODE
    if as_json:
        render.say_json({"model": str(out), "card": card})
    else:
        render.say(card)
        render.say(f"Written to {out}, the card to {out / CARD}. To use it: EVIGRAPH_EXTRACTOR=spacy:{out}")
    return 0


def evaluate(train_folder: Path, test_folder: Path, as_json: bool) -> None:
    """Train the recipe on one folder's train part and print what it reaches on the other's test part."""
    from extraction.training import require_training

    require_training()
    from extraction.evaluate import evaluate as measure

    with render.progress_bar("Training") as progress:
        result = measure(train_folder, test_folder, progress)
    if as_json:
        render.say_json(result.to_json())
    else:
        _show(result.to_json(), test_folder.name)


def _show(result: Mapping[str, Any], name: str) -> None:
    size = f"{result['texts']} texts, {result['words']} words"
    render.say(f"{name}, {result['part']} part: {size}; strict, micro-averaged")
    render.say()
    render.say(f"{'':34}{'entities':^26}{'relations':^26}")
    render.say(f"{'':34}" + 2 * f"{'precision':>10}{'recall':>8}{'F1':>8}")
    render.say(_row("Evigraph's local model", result))
    render.say(_row("rules alone", result["rules"]))
    for item in result["published"]:
        published = "".join(f"{'':18}{item[kind]:8.3f}" for kind in ("entities", "relations"))
        render.say(f"{item['model']:34}{published}   published: {item['source']}")
    if result["domains"]:
        render.say("\nBy domain")
    for domain, figures in result["domains"].items():
        render.say(_row(domain, figures))
    _show_kinds("Entities by type", result["types"])
    _show_kinds("Relations by label", result["relation_types"])
    render.say()
    render.say(
        f"{result['words_per_second']} words a second on one core; trained in {result['train_seconds']:.0f} s; "
        f"relations from a probability of {result['threshold']} on"
    )


def _row(name: str, result: Mapping[str, Any]) -> str:
    return f"{name[:33]:34}" + "".join(_figures(result[kind]) for kind in ("entities", "relations"))


def _figures(figures: Mapping[str, float]) -> str:
    return f"{figures['precision']:10.3f}{figures['recall']:8.3f}{figures['f1']:8.3f}"


def _show_kinds(heading: str, kinds: Mapping[str, Mapping[str, float]]) -> None:
    if not kinds:
        return
    render.say()
    render.say(f"{heading:34}{'precision':>10}{'recall':>8}{'F1':>8}{'annotated':>11}")
    for kind, figures in kinds.items():
        render.say(f"{kind[:33]:34}{_figures(figures)}{figures['support']:11.0f}")
