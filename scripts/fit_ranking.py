"""Fits the weights of qa/ranking on the fitting half of the questions of annotated corpora (see `Asked.fitted_on`).

Which passages are candidates depends on the weights, so that it gathers and fits in turns. Each corpus counts twice,
with its titles and without. Listwise softmax loss (Cao et al., ICML 2007) after each hop; full-batch Adam; needs JAX.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from api import parts
from api.retrieval import Asked, entry_id, ingest_entries, read_corpus, read_questions
from api.service import Service, open_service
from api.settings import load_settings
from qa.link import link
from qa.question import understand
from qa.ranking.features import LINK, PASSAGE
from qa.ranking.pool import gather
from qa.ranking.rank import explore
from qa.ranking.walk import WEIGHTS, Weights, shipped_weights
from qa.recorder import Recorder

TURNS, STEPS, RATE, DECAY, HOPS = 2, 400, 0.03, 1e-3, 2
Params = dict[str, Any]


@dataclass(slots=True)
class Example:
    """A question's candidates: their `entries` [P], passages [P, F], links [K, P, L], sources [K], right [P]."""

    asked: Asked
    entries: list[str]
    passages: np.ndarray
    links: np.ndarray
    sources: np.ndarray
    right: np.ndarray


def examples_of(service: Service, questions: Sequence[Asked], weights: Weights) -> list[Example]:
    """Every question's pool under the weights; questions without any supporting candidate are left out."""
    ontology = parts.ontology(service.settings)
    found = []
    for asked in questions:
        question, recorder = understand(asked.text, ontology), Recorder(service.store, None)
        pool = gather(question, link(question, recorder, ontology), recorder)
        explored = explore(pool, recorder, weights)
        uris = {row["id"]: row["uri"] for row in recorder.run("passages_by_id", passage_ids=explored.ids)}
        entries = [entry_id(uris[identity]) for identity in explored.ids]
        right = np.array([entry in asked.supporting for entry in entries], np.float32)
        if right.any():
            found.append(Example(asked, entries, explored.passages, explored.links, np.array(explored.sources), right))
    return found


def fit(examples: Sequence[Example]) -> Params:
    """The weights of least loss, in the features' own scale."""
    width = max(len(item.right) for item in examples)
    most = max(len(item.sources) for item in examples)

    def padded(item: Example) -> tuple[np.ndarray, ...]:
        count, sources = len(item.right), len(item.sources)
        passages = np.zeros((width, len(PASSAGE)), np.float32)
        links = np.zeros((most, width, len(LINK)), np.float32)
        passages[:count], links[:sources, :count] = item.passages, item.links
        places = np.full(most, width - 1)
        places[:sources] = item.sources
        present = np.arange(width) < count
        return passages, links, places, np.arange(most) < sources, present, np.pad(item.right, (0, width - count))

    batch = [jnp.array(np.stack(column)) for column in zip(*map(padded, examples), strict=True)]
    scale = {
        "passage": jnp.array(np.concatenate([item.passages for item in examples]).std(0) + 1e-6),
        "link": jnp.array(np.sqrt(np.mean([np.square(item.links).mean((0, 1)) for item in examples], 0)) + 1e-6),
    }
    scale["target"] = scale["passage"]
    zeros = {"passage": len(PASSAGE), "link": len(LINK), "target": len(PASSAGE)}
    params: Params = {name: jnp.zeros(size) for name, size in zeros.items()}
    params["walk"] = {"start": jnp.array(1.0), "bridge": jnp.array(0.0), "keep": jnp.array(1.0)}

    def loss(params: Params) -> Any:
        raw = {name: params[name] / scale[name] for name in zeros} | {"walk": params["walk"]}
        losses = jax.vmap(lambda *item: _loss(raw, *item))(*batch)
        return losses.mean() + DECAY * sum(jnp.square(params[name]).sum() for name in zeros)

    optimizer = optax.adam(RATE)

    @jax.jit
    def step(params: Params, state: Any) -> tuple[Params, Any]:
        updates, state = optimizer.update(jax.grad(loss)(params), state)
        return optax.apply_updates(params, updates), state

    state = optimizer.init(params)
    for _ in range(STEPS):
        params, state = step(params, state)
    return {name: np.array(params[name] / scale[name]) for name in zeros} | {
        "walk": {name: float(value) for name, value in params["walk"].items()}
    }


def _loss(params: Params, passages: Any, links: Any, places: Any, real: Any, present: Any, right: Any) -> Any:
    """After each hop: how likely each right passage is beside all wrong ones. The walk is that of `qa.ranking.walk`."""
    never = -1e4
    own = jnp.where(present, passages @ params["passage"], never)
    steps = links @ params["link"] + (passages @ params["target"])[None, :]
    steps = jnp.where(real[:, None], steps.at[jnp.arange(len(places)), places].set(never), never)
    scores, total = own, jnp.zeros(())
    for _ in range(HOPS):
        start = jnp.where(real, params["walk"]["start"] * scores[places], never)
        start = start - jax.nn.logsumexp(start)
        walked = params["walk"]["bridge"] + jax.nn.logsumexp(start[:, None] + steps, axis=0)
        scores = jnp.where(present, jnp.logaddexp(params["walk"]["keep"] * own, walked), never)
        wrong = jax.nn.logsumexp(jnp.where(present & (right == 0), scores, never))
        each = jnp.where(right > 0, jnp.logaddexp(scores, wrong) - scores, 0.0)
        total = total + each.sum() / jnp.maximum(right.sum(), 1.0)
    return total


def as_toml(params: Params, version: str, corpora: Sequence[str]) -> str:
    """The file of weights."""
    lines = [
        "# Fitted by scripts/fit_ranking.py on half of the questions (those whose id has an even CRC-32),",
        f"# with titles and without, of: {', '.join(corpora)}. See benchmarks/README.md.",
        f'version = "{version}"',
    ]
    for table, names in (("passage", PASSAGE), ("link", LINK), ("target", PASSAGE)):
        lines += ["", f"[{table}]"]
        lines += [f"{name} = {round(float(value), 4)}" for name, value in zip(names, params[table], strict=True)]
    lines += ["", "[walk]", *(f"{name} = {round(value, 4)}" for name, value in params["walk"].items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Ingest what is not yet in the folder of graphs, gather and fit in turns, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+", metavar="DIR", help="folders as `evaluate retrieval` reads them")
    parser.add_argument("--graphs", type=Path, required=True, metavar="DIR", help="where to keep the ingested graphs")
    parser.add_argument("--out", type=Path, default=WEIGHTS, metavar="FILE")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        graphs = []
        for data in arguments.data:
            questions = [asked for asked in read_questions(data) if asked.fitted_on]
            for titles in (True, False):
                graph = arguments.graphs / f"{data.name}.{int(titles)}"
                settings = load_settings().on(f"embedded:{graph}")
                service = stack.enter_context(open_service(settings))
                ingest_entries(service, read_corpus(data), titles)
                graphs.append((service, questions))
        for turn in range(TURNS):
            shipped_weights.cache_clear()
            weights = shipped_weights()
            params = fit([item for service, asked in graphs for item in examples_of(service, asked, weights)])
            version = str(int(weights.version) + (turn == 0))
            arguments.out.write_text(as_toml(params, version, [data.name for data in arguments.data]), "utf-8")


if __name__ == "__main__":
    main()
