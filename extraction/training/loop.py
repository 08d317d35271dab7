"""The training loop: AdamW on the tags' and relations' losses, seeded; the word table stays as it is."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
import optax

from extraction.corpora import AnnotatedText
from extraction.local.decode import bio_tags
from extraction.local.model import Labels
from extraction.training import network
from extraction.training.checkpoint import load, save, training_key
from extraction.training.examples import Arrays, batches, make_examples
from extraction.training.recipe import Training

Progress = Callable[[int, int, float], None]
_FROZEN = ("words",)  # 12 million of the 22 million weights, of which a small corpus touches few
_HEADS = ("tags.", "pair.", "label.", "shapes")
_CLIP = 1.0


def train(
    texts: Sequence[AnnotatedText],
    labels: Labels,
    encoder: Arrays,
    training: Training,
    progress: Progress,
    checkpoint: Path | None = None,
) -> dict[str, np.ndarray]:
    """The network's weights after `training.epochs` over the texts, beginning with the encoder's.

    `progress(step, steps, loss)` is called after each step. With a `checkpoint` file, an interrupted training goes on
    after its last whole epoch, and comes to the same weights. The same arguments on the same kind of processor give
    the same weights.
    """
    tags = len(bio_tags(labels.types))
    weights = network.initial(encoder, tags, len(labels.types), max(1, len(labels.relations)), training.seed)
    frozen = {name: jax.numpy.asarray(weights.pop(name)) for name in _FROZEN}
    weights = {name: jax.numpy.asarray(value) for name, value in weights.items()}
    examples = make_examples(texts, labels)
    in_epoch = sum(1 for _ in batches(examples, training.batch_pieces, np.random.default_rng(0)))
    rates = (training.encoder_rate, training.head_rate, training.weight_decay)
    optimizer = make_optimizer(weights, training.epochs * in_epoch, *rates)
    state = (weights, optimizer.init(weights))
    key = training_key(training, examples, weights)
    begin, state = load(checkpoint, key, state) if checkpoint else (0, state)
    step = _compiled(optimizer, frozen, bool(labels.relations) * training.relation_weight)
    for epoch in range(begin, training.epochs):
        random = np.random.default_rng([training.seed, epoch])
        # The default generator of dropout's random bits would take a tenth of the time.
        dropout = jax.random.fold_in(jax.random.key(training.seed, impl="unsafe_rbg"), epoch)
        for number, batch in enumerate(batches(examples, training.batch_pieces, random), start=1):
            *state, loss = step(*state, batch, jax.random.fold_in(dropout, number))
            progress(epoch * in_epoch + number, training.epochs * in_epoch, float(loss))
        if checkpoint:
            save(checkpoint, key, epoch + 1, tuple(state))
    if checkpoint:
        checkpoint.unlink(missing_ok=True)
    return {name: np.asarray(value) for name, value in (state[0] | frozen).items()}


def make_optimizer(
    weights: network.Weights,
    steps: int,
    encoder_rate: float,
    head_rate: float,
    weight_decay: float,
    heads: tuple[str, ...] = _HEADS,
) -> optax.GradientTransformation:
    """AdamW (Loshchilov & Hutter 2019) with a faster rate for the fresh heads, by how their names begin."""

    def adamw(rate: float) -> optax.GradientTransformation:
        warm = max(1, steps // 10)
        rise, fall = optax.linear_schedule(0, rate, warm), optax.linear_schedule(rate, 0, max(1, steps - warm))
        return optax.adamw(optax.join_schedules([rise, fall], [warm]), weight_decay=weight_decay)

    parts = {"head": adamw(head_rate), "encoder": adamw(encoder_rate)}
    names = {name: "head" if name.startswith(heads) else "encoder" for name in weights}
    return optax.chain(optax.clip_by_global_norm(_CLIP), optax.multi_transform(parts, names))


def _compiled(optimizer: optax.GradientTransformation, frozen: network.Weights, relation_weight: float) -> Any:
    @jax.jit
    def step(weights: network.Weights, state: Any, batch: Any, key: Any) -> tuple[network.Weights, Any, jax.Array]:
        loss, gradient = jax.value_and_grad(_loss)(weights, frozen, batch, key, relation_weight)
        update, state = optimizer.update(gradient, state, weights)
        return optax.apply_updates(weights, update), state, loss

    return step


def _loss(weights: network.Weights, frozen: network.Weights, batch: Any, key: Any, relation_weight: float) -> jax.Array:
    """Cross-entropy of the tags over words, plus the relations' binary cross-entropies over the pairs known."""
    w = weights | frozen
    encoder_key, head_key = jax.random.split(key)
    states, attention = network.encode(w, batch["ids"], batch["shapes"], batch["mask"], encoder_key)
    states = network.dropout(states, iter([head_key]), 0.2)
    scores = network.tag_scores(w, states, batch["firsts"])
    tags = optax.softmax_cross_entropy_with_integer_labels(scores, batch["tags"]) * batch["words"]
    loss: jax.Array = tags.sum() / batch["words"].sum()
    if relation_weight:
        pairs = network.pair_scores(w, states, attention, batch["mentions"], batch["apart"])
        wrong = optax.sigmoid_binary_cross_entropy(pairs, batch["relations"]).sum(-1) * batch["pairs"]
        loss += relation_weight * wrong.sum() / jax.numpy.maximum(batch["pairs"].sum(), 1)
    return loss
