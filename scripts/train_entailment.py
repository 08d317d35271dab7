"""Trains the small model of entailment in qa/verification/model on claims written by hand beside their evidence.

    .venv/bin/python -m scripts.train_entailment [--epochs N] [--start DIR] [--out DIR] [--claims DIR]

Reads benchmarks/claims and the development part of the corrupted answers, and adds sentences of the evidence as they
are, which are right, and right claims beside other evidence, which are wrong there. Who writes claims by hand puts
right ones in other words and wrong ones in the same, so examples are weighed until shared words tell nothing
(importance weighting, Shimodaira 2000). What is held back tells in the model card how well it does. An interrupted
training goes on after its last whole epoch; half an hour an epoch on 2 cores. `--start` begins with a model trained
before.
"""

import argparse
import hashlib
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray
from rich.progress import Progress

from benchmarks.verification import PARTS
from benchmarks.written_claims import CLAIMS, Example, read_answers, read_claims
from extraction.training import network
from extraction.training.checkpoint import load, save
from extraction.training.loop import make_optimizer
from extraction.training.onnx_graph import build, read_encoder
from extraction.training.run import SENTENCE_ENCODER
from kg.pieces import MAX_PIECES
from qa.verification.evidence import Evidence
from qa.verification.judge import ENCODER, FOLDER, HEAD, Judge
from qa.verification.pairs import STANDINGS, Pair, pair_of

CARD = "MODEL_CARD.md"
_SEED = 1
_ENCODER_RATE, _HEAD_RATE, _DECAY = 2e-4, 1e-3, 0.01
_BATCH_PIECES, _STEP = 2048, 16
# Some labels are wrong, however carefully they were written.
_SMOOTHING = 0.03
_HEADS = ("head.", "out.", "shapes")
_HIDDEN = 128
# Sentences of the evidence that are claims as they are: so many of a record, of so many words.
_VERBATIM, _FEWEST_WORDS, _MOST_WORDS = 2, 5, 40
# Standings of words that the evidence has; the ranges of their share within which right and wrong are balanced.
_SHARED, _BINS, _MOST_WEIGHT = (3, 4), 10, 3.0
_FROZEN = "words"


def _pair(example: Example) -> Pair:
    return pair_of(example.sentence.said, example.evidence.context, example.evidence.units)


def with_more(examples: Sequence[Example]) -> list[Example]:
    """The examples with sentences of their evidence, and with right claims beside what was written for other ones."""
    right: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if example.right:
            right[example.record].append(example)
    found, records = list(examples), list(right)
    for number, record in enumerate(records):
        some = right[record]
        units = dict.fromkeys(unit for example in some for unit in example.evidence.units)
        whole = [unit for unit in units if _FEWEST_WORDS <= len(unit.split()) <= _MOST_WORDS][:_VERBATIM]
        for unit in whole:
            example = next(example for example in some if unit in example.evidence.units)
            found.append(_as(example, "verbatim", said=unit.rstrip(".;") + "."))
        # Of the same author about the same trade, and of the same record where it has a passage that is not cited.
        foreign = right[records[(number + 1) % len(records)]][0]
        found.append(_as(some[0], "other evidence", evidence=foreign.evidence))
        other = next((o for o in some if not set(o.sentence.cites) & set(some[-1].sentence.cites)), None)
        if other:
            found.append(_as(some[-1], "other evidence", evidence=other.evidence))
    return found


def _as(example: Example, kind: str, said: str = "", evidence: Evidence | None = None) -> Example:
    sentence = replace(example.sentence, said=said or example.sentence.said)
    return replace(example, kind=kind, sentence=sentence, evidence=evidence or example.evidence, right=evidence is None)


def weights_of(pairs: Sequence[Pair], right: Sequence[bool]) -> NDArray[np.float32]:
    """How much each example counts [examples], so that of any share of words that the evidence has as many are right as
    wrong."""
    shares = [np.mean([standing in _SHARED for standing in pair.standings[1 : pair.claim_end]]) for pair in pairs]
    bins = np.minimum((np.array(shares) * _BINS).astype(int), _BINS - 1)
    labels, found = np.array(right), np.ones(len(pairs), np.float32)
    for place in range(_BINS):
        for label in (True, False):
            mine = (bins == place) & (labels == label)
            if mine.any():
                found[mine] = np.clip(0.5 * (bins == place).sum() / mine.sum(), 1 / _MOST_WEIGHT, _MOST_WEIGHT)
    return found


def fit(examples: Sequence[Example], epochs: int, start: Path | None, checkpoint: Path) -> dict[str, np.ndarray]:
    """The weights after so many epochs over the examples, beginning with the sentence encoder's or a model's."""
    pairs, right = [_pair(example) for example in examples], [example.right for example in examples]
    counts = weights_of(pairs, right)
    weights = _initial(start)
    frozen = {_FROZEN: jnp.asarray(weights.pop(_FROZEN))}
    weights = {name: jnp.asarray(value) for name, value in weights.items()}
    in_epoch = sum(1 for _ in _batches(pairs, right, counts, np.random.default_rng(0)))
    optimizer = make_optimizer(weights, epochs * in_epoch, _ENCODER_RATE, _HEAD_RATE, _DECAY, _HEADS)
    key = hashlib.sha256(repr((epochs, start, pairs, right)).encode()).hexdigest()
    begin, state = load(checkpoint, key, (weights, optimizer.init(weights)))
    step = _compiled(optimizer, frozen)
    with Progress() as progress:
        task = progress.add_task("training", total=epochs * in_epoch, completed=begin * in_epoch)
        for epoch in range(begin, epochs):
            dropout = jax.random.fold_in(jax.random.key(_SEED, impl="unsafe_rbg"), epoch)
            losses = []
            for number, batch in enumerate(_batches(pairs, right, counts, np.random.default_rng([_SEED, epoch]))):
                *state, loss = step(*state, batch, jax.random.fold_in(dropout, number))
                losses.append(float(loss))
                progress.update(task, advance=1, description=f"epoch {epoch + 1}, loss {np.mean(losses[-100:]):.3f}")
            save(checkpoint, key, epoch + 1, tuple(state))
            progress.console.print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")
    checkpoint.unlink(missing_ok=True)
    return {name: np.asarray(value) for name, value in (state[0] | frozen).items()}


def _initial(start: Path | None = None) -> dict[str, Any]:
    if start is not None:
        with np.load(start / HEAD) as held:
            return dict(read_encoder(start / ENCODER)) | {name: held[name] for name in held.files}
    random = np.random.default_rng(_SEED)
    fresh = {
        "shapes": np.zeros((STANDINGS, network.WIDTH), np.float32),
        "head.weight": random.normal(0, 0.02, (2 * network.WIDTH, _HIDDEN)).astype(np.float32),
        "head.bias": np.zeros(_HIDDEN, np.float32),
        "out.weight": random.normal(0, 0.05, (_HIDDEN, 1)).astype(np.float32),
        "out.bias": np.zeros(1, np.float32),
    }
    return dict(read_encoder(SENTENCE_ENCODER)) | fresh


def _batches(
    pairs: Sequence[Pair], right: Sequence[bool], counts: NDArray[np.float32], random: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """The examples in random order, in batches of about the same length."""
    lengths = [-(-len(pair.ids) // _STEP) * _STEP for pair in pairs]
    waiting: defaultdict[int, list[int]] = defaultdict(list)
    ready = []
    for place in random.permutation(len(pairs)):
        length = lengths[place]
        waiting[length].append(int(place))
        if len(waiting[length]) == _BATCH_PIECES // length:
            ready.append((length, waiting.pop(length)))
    ready += sorted(waiting.items())
    for number in random.permutation(len(ready)):
        length, places = ready[number]
        yield _batch([pairs[place] for place in places], [right[place] for place in places], counts[places], length)


def _batch(pairs: Sequence[Pair], right: Sequence[bool], weights: NDArray[np.float32], length: int) -> dict[str, Any]:
    size = _BATCH_PIECES // length
    ids, standings = np.zeros((2, size, length), np.int32)
    mask, claim = np.zeros((2, size, length), np.float32)
    labels, counts = np.zeros((2, size), np.float32)
    for row, (pair, is_right, weight) in enumerate(zip(pairs, right, weights, strict=True)):
        pieces = len(pair.ids)
        ids[row, :pieces], standings[row, :pieces], mask[row, :pieces] = pair.ids, pair.standings, 1
        claim[row, 1 : pair.claim_end] = 1
        labels[row], counts[row] = is_right, weight
    return {"ids": ids, "shapes": standings, "mask": mask, "claim": claim, "right": labels, "counts": counts}


def _scores(w: network.Weights, batch: Any, key: Any) -> jax.Array:
    """The log odds [batch], as `qa.verification.judge.head` has them; with a random key, some values are dropped."""
    encoder_key, head_key = (None, None) if key is None else jax.random.split(key)
    states, _ = network.encode(w, batch["ids"], batch["shapes"], batch["mask"], encoder_key)
    claim = batch["claim"][:, :, None]
    said = (states * claim).sum(1) / jnp.maximum(claim.sum(1), 1)
    read = jnp.concatenate([states[:, 0], said], axis=-1)
    read = network.dropout(read, None if head_key is None else iter([head_key]))
    hidden = jax.nn.relu(read @ w["head.weight"] + w["head.bias"])
    scores: jax.Array = (hidden @ w["out.weight"] + w["out.bias"])[:, 0]
    return scores


def _loss(w: network.Weights, frozen: network.Weights, batch: Any, key: Any) -> jax.Array:
    wanted = batch["right"] * (1 - 2 * _SMOOTHING) + _SMOOTHING
    losses = optax.sigmoid_binary_cross_entropy(_scores(w | frozen, batch, key), wanted) * batch["counts"]
    loss: jax.Array = losses.sum() / jnp.maximum(batch["counts"].sum(), 1)
    return loss


def _compiled(optimizer: optax.GradientTransformation, frozen: network.Weights) -> Any:
    @jax.jit
    def step(weights: network.Weights, state: Any, batch: Any, key: Any) -> tuple[network.Weights, Any, jax.Array]:
        loss, gradient = jax.value_and_grad(_loss)(weights, frozen, batch, key)
        update, state = optimizer.update(gradient, state, weights)
        return optax.apply_updates(weights, update), state, loss

    return step


def write(weights: dict[str, np.ndarray], out: Path) -> None:
    """Write what `Judge` reads."""
    (out / ENCODER).write_bytes(build(weights))
    heads: dict[str, Any] = {name: value for name, value in weights.items() if name.startswith(("head.", "out."))}
    np.savez(out / HEAD, **heads)


def judge(folder: Path, examples: Sequence[Example]) -> np.ndarray:
    """The log odds of each example [examples], by the model as it will run."""
    model = Judge(folder)
    return np.array(
        [model.support(item.sentence.said, item.evidence.context, item.evidence.units) for item in examples]
    )


def table(examples: Sequence[Example], scores: np.ndarray) -> str:
    """By kind: of how many what share was judged rightly."""
    found: defaultdict[tuple[bool, str], list[bool]] = defaultdict(list)
    for example, score in zip(examples, scores, strict=True):
        for kind in (example.kind, "all"):
            found[example.right, kind].append(bool(score > 0) == example.right)
    rows = ["| | claims | judged rightly |", "|---|---:|---:|"]
    for (right, kind), judged in sorted(found.items()):
        rows.append(f"| {'right' if right else 'wrong'}: {kind} | {len(judged)} | {np.mean(judged):.3f} |")
    return "\n".join(rows)


def _card(examples: Sequence[Example], scores: np.ndarray, trained: int, options: Any, seconds: float) -> str:
    return f"""\
# Model of entailment

Whether evidence supports a claim, read together: MiniLM's encoder (6 layers, 384 wide, uncased), which began as
all-MiniLM-L6-v2 (Apache-2.0, `kg/models/minilm`), with a mark on each word that the other side has. int8.

- Training: `python -m scripts.train_entailment --epochs {options.epochs}`, seed {_SEED}, {seconds / 60:.0f} minutes.
- Data: {trained} claims. `benchmarks/claims`, invented passages of invented firms with right and wrong claims, and the
  development part of `benchmarks.verification`; all written for this project, so the weights are under its licence.
- No text of others was used beside what all-MiniLM-L6-v2 began with.

## On the {len(examples)} claims held back

By the sign of the log odds alone; the checks of `qa/verification` are not in it.

{table(examples, scores)}
"""


def main() -> None:
    """Train, write the model and its card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--start", type=Path, metavar="DIR", help="begin with the model there")
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--claims", type=Path, default=CLAIMS)
    options = parser.parse_args()
    examples = [*read_claims(options.claims), *read_answers(PARTS["development"])]
    train = with_more([example for example in examples if not example.held_back])
    held_back = [example for example in examples if example.held_back]
    longest = max(len(_pair(example).ids) for example in examples)
    print(f"{len(train)} claims to learn from, {len(held_back)} held back; at most {longest} of {MAX_PIECES} pieces")
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    write(fit(train, options.epochs, options.start, options.out / "checkpoint.npz"), options.out)
    seconds = time.perf_counter() - started
    card = _card(held_back, judge(options.out, held_back), len(train), options, seconds)
    (options.out / CARD).write_text(card, "utf-8")
    print(card)


if __name__ == "__main__":
    main()
