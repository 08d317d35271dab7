"""The network in JAX: MiniLM's encoder with word shapes, a tagger over words, a relation scorer over mention pairs.

Encoder: Devlin et al. 2019 (BERT), in the 6-layer, 384-wide form of Wang et al. 2020 (MiniLM). It is uncased, so each
piece also has the embedding of its word's shape. Relations: pairs of mentions scored by their ends, types, distance
and the text that both attend to (localised context pooling, Zhou et al. 2021, ATLOP).
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from extraction.local.decode import DISTANCES
from extraction.local.encode import SHAPES

HEADS, WIDTH, EPSILON = 12, 384, 1e-12
HIDDEN = 256  # of the relation scorer

Weights = dict[str, Any]


def layers_of(weights: Weights) -> int:
    """How many layers the encoder has."""
    return sum(1 for name in weights if name.endswith(".qkv.weight"))


def initial(encoder: dict[str, np.ndarray], tags: int, types: int, labels: int, seed: int) -> Weights:
    """The encoder's weights with fresh heads for so many BIO tags, entity types and relation labels."""
    random = np.random.default_rng(seed)

    def normal(*shape: int) -> np.ndarray:
        return random.normal(0, 0.02, shape).astype(np.float32)

    weights = dict(encoder)
    weights.setdefault("shapes", np.zeros((SHAPES, WIDTH), np.float32))
    weights |= {
        "tags.weight": normal(WIDTH, tags),
        "tags.bias": np.zeros(tags, np.float32),
        "pair.head": normal(2 * WIDTH, HIDDEN),
        "pair.tail": normal(2 * WIDTH, HIDDEN),
        "pair.context": normal(WIDTH, HIDDEN),
        "pair.head_type": normal(types, HIDDEN),
        "pair.tail_type": normal(types, HIDDEN),
        "pair.distance": normal(2 * (len(DISTANCES) + 1), HIDDEN),
        "pair.bias": np.zeros(HIDDEN, np.float32),
        "label.weight": normal(HIDDEN, labels),
        "label.bias": np.full(labels, -3.0, np.float32),  # most pairs have no relation
    }
    return weights


def encode(w: Weights, ids: jax.Array, shapes: jax.Array, mask: jax.Array, key: Any) -> tuple[jax.Array, jax.Array]:
    """States [batch, pieces, WIDTH] and the last layer's attention [batch, HEADS, pieces, pieces].

    `key` is a random key for dropout, or None when there is none.
    """
    keys = iter(jax.random.split(key, 32)) if key is not None else None
    x = w["words"][ids] + w["positions"][: ids.shape[1]] + w["shapes"][shapes]
    x = dropout(_norm(x, w, "norm"), keys)
    penalty = (1 - mask[:, None, None, :]) * -1e9
    attention = penalty
    for layer in range(layers_of(w)):
        x, attention = _layer(x, w, f"layer{layer}", penalty, keys)
    return x, attention


def _layer(x: jax.Array, w: Weights, name: str, penalty: jax.Array, keys: Any) -> tuple[jax.Array, jax.Array]:
    batch, pieces, _ = x.shape
    qkv = (x @ w[f"{name}.qkv.weight"] + w[f"{name}.qkv.bias"]).reshape(batch, pieces, 3, HEADS, WIDTH // HEADS)
    q, k, v = (qkv[:, :, part].transpose(0, 2, 1, 3) for part in range(3))
    attention = jax.nn.softmax(q @ k.transpose(0, 1, 3, 2) + penalty, axis=-1)  # 1/sqrt(d) is in the query's weights
    y = (attention @ v).transpose(0, 2, 1, 3).reshape(batch, pieces, WIDTH)
    x = _norm(x + dropout(y @ w[f"{name}.out.weight"] + w[f"{name}.out.bias"], keys), w, f"{name}.norm1")
    h = jax.nn.gelu(x @ w[f"{name}.up.weight"] + w[f"{name}.up.bias"], approximate=False)
    y = h @ w[f"{name}.down.weight"] + w[f"{name}.down.bias"]
    return _norm(x + dropout(y, keys), w, f"{name}.norm2"), attention


def _norm(x: jax.Array, w: Weights, name: str) -> jax.Array:
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    scaled: jax.Array = (x - mean) * jax.lax.rsqrt(variance + EPSILON) * w[f"{name}.weight"] + w[f"{name}.bias"]
    return scaled


def dropout(x: jax.Array, keys: Any, rate: float = 0.1) -> jax.Array:
    """Each value 0 with this probability, the others grown to make up for it; unchanged where `keys` is None."""
    if keys is None:
        return x
    return jnp.where(jax.random.bernoulli(next(keys), 1 - rate, x.shape), x / (1 - rate), 0)


def tag_scores(w: Weights, states: jax.Array, firsts: jax.Array) -> jax.Array:
    """[batch, words, tags] from the states of each word's first piece."""
    words = jnp.take_along_axis(states, firsts[:, :, None], axis=1)
    scores: jax.Array = words @ w["tags.weight"] + w["tags.bias"]
    return scores


def pair_scores(
    w: Weights, states: jax.Array, attention: jax.Array, mentions: jax.Array, distance: jax.Array
) -> jax.Array:
    """Scores before the logistic [batch, mentions, mentions, labels].

    `mentions` [batch, mentions, 3]: the first piece of the first and of the last word, and the type;
    `distance` [batch, mentions, mentions]: which range of DISTANCES, from the head's place.
    """
    first = jnp.take_along_axis(states, mentions[:, :, 0, None], axis=1)
    last = jnp.take_along_axis(states, mentions[:, :, 1, None], axis=1)
    ends = jnp.concatenate([first, last], axis=-1)
    kinds = mentions[:, :, 2]
    head = ends @ w["pair.head"] + w["pair.head_type"][kinds]
    tail = ends @ w["pair.tail"] + w["pair.tail_type"][kinds]
    # What both mentions look at: the product of their attention, normalised, weighs the states.
    look = jnp.take_along_axis(attention, mentions[:, None, :, 0, None], axis=2)  # [batch, heads, mentions, pieces]
    both = jnp.einsum("bhip,bhjp->bijp", look, look)
    both = both / (both.sum(-1, keepdims=True) + 1e-9)
    context = both @ (states @ w["pair.context"])[:, None]
    hidden = head[:, :, None] + tail[:, None, :] + context + w["pair.distance"][distance] + w["pair.bias"]
    scores: jax.Array = jax.nn.relu(hidden) @ w["label.weight"] + w["label.bias"]
    return scores
