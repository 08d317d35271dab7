"""The shipped model: trained on the recipe's corpora, written as a spaCy pipeline with its model card."""

import hashlib
import time
from pathlib import Path
from typing import cast

import spacy

from extraction.local.components import EntityRecognizer, RelationScorer
from extraction.scoring import ALL, Counts, Scores
from extraction.training.assemble import score
from extraction.training.loop import Progress
from extraction.training.recipe import Recipe, shipped_corpora
from extraction.training.run import SENTENCE_ENCODER, Model, fit

CARD = "MODEL_CARD.md"
NAME, VERSION = "evigraph_local", "1"


def train_shipped(recipe: Recipe, data: Path, out: Path, progress: Progress) -> str:
    """Train on the corpora below `data`, write the pipeline into `out`, and give its card.

    Interrupted and run again, it goes on after the last whole epoch. Raises `UnreadableCorpus` before anything is
    trained or written.
    """
    train, held_back = shipped_corpora(recipe, data)
    started = time.perf_counter()
    model = fit(
        train,
        held_back,
        progress,
        training=recipe.training,
        start=SENTENCE_ENCODER,
        checkpoint=out / "checkpoint.npz",
    )
    seconds = time.perf_counter() - started
    began = time.thread_time()
    scores = score(model.encoder, model.pairs, held_back)
    speed = sum(len(text.words) for text in held_back) / (time.thread_time() - began)
    write_pipeline(model, out)
    card = _card(recipe, model, scores, out, (len(train), len(held_back)), seconds, speed)
    (out / CARD).write_text(card, "utf-8")
    return card


def write_pipeline(model: Model, out: Path) -> None:
    """Write the model as a spaCy pipeline: sentences, entities, relations. Its version ends in the weights' hash."""
    version = f"{VERSION}.{model_hash(model)}"
    nlp = spacy.blank("en", meta={"name": NAME, "version": version, "license": "CC BY-SA 4.0"})
    nlp.add_pipe("sentencizer")
    entities = cast(EntityRecognizer, nlp.add_pipe("evigraph_entities"))
    entities.install(model.encoder, model.pairs.labels)
    cast(RelationScorer, nlp.add_pipe("evigraph_relations")).install(model.pairs)
    out.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(out)


def model_hash(model: Model) -> str:
    """The first 12 hex digits of a SHA-256 over the weights and labels."""
    digest = hashlib.sha256(model.encoder.model + model.pairs.labels.to_json().encode())
    for name, value in sorted(model.pairs.weights.items()):
        digest.update(name.encode() + value.tobytes())
    return digest.hexdigest()[:12]


def _card(
    recipe: Recipe, model: Model, scores: Scores, out: Path, texts: tuple[int, int], seconds: float, speed: float
) -> str:
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file() and path.name != CARD)
    corpora = "\n".join(f"- {item.source}: train part; {item.licence}" for item in recipe.corpora)
    return f"""\
# {NAME} {VERSION}

Mentions ({", ".join(model.pairs.labels.types)}) and {len(model.pairs.labels.relations)} relations in English text.

- Network: MiniLM's encoder (6 layers, 384 wide, uncased) with word shapes, a BIO tagger and a scorer of mention pairs.
  It began as all-MiniLM-L6-v2 (Apache-2.0), the sentence encoder in `kg/models/minilm`.
- Hash: {model_hash(model)}. Size: {size / 1e6:.1f} MB, int8.
- Speed: {speed:,.0f} words a second on one core, tokenised text, the machine that trained it.
- Training: `evigraph train --data FOLDER`, seed {recipe.training.seed}, {recipe.training.epochs} epochs, \
{seconds / 60:.0f} minutes.
- Relations are said from a probability of {model.pairs.labels.threshold} on, chosen on the texts held back.

## Data and licences

{corpora}

{texts[0]} texts to train on; {texts[1]}, every tenth of each corpus, were held back. The weights may be used under
CC BY-SA 4.0, which covers the text that they were trained on. No test or dev part was read.

## Scores on the texts held back

Strict: a mention counts when span and type are right, a relation when its mentions are too.

{_table("Mentions", scores.entities)}

{_table("Relations", scores.relations)}
"""


def _table(title: str, counts: dict[str, Counts]) -> str:
    rows = [f"| {title} | precision | recall | F1 | annotated |", "|---|---:|---:|---:|---:|"]
    for kind, found in sorted(counts.items(), key=lambda item: (item[0] != ALL, item[0])):
        name = "all" if kind == ALL else kind
        figures = f"{found.precision:.3f} | {found.recall:.3f} | {found.f1:.3f}"
        rows.append(f"| {name} | {figures} | {found.right + found.missed} |")
    return "\n".join(rows)
