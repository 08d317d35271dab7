"""Measure the recipe: train it on one corpus, measure it on another part, beside the rules and published figures."""

import time
import tomllib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extraction.corpora import UnreadableCorpus, read_part, read_test_part
from extraction.rule_floor import RuleFloor
from extraction.scoring import ALL, Scores

PUBLISHED = Path(__file__).with_name("published.toml")
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Evaluation:
    """What came out. `domains` are the corpus's own parts; speed is of one core, training and loading left out."""

    part: str
    texts: int
    words: int
    train_seconds: float
    words_per_second: float
    threshold: float
    scores: Scores
    rules: Scores
    domains: dict[str, Scores] = field(default_factory=dict)
    published: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """One document; figures are strict and micro-averaged."""
        return {
            "entities": self.scores.entities[ALL].figures(),
            "relations": self.scores.relations[ALL].figures(),
            "words_per_second": round(self.words_per_second),
            "part": self.part,
            "texts": self.texts,
            "words": self.words,
            "train_seconds": round(self.train_seconds, 1),
            "threshold": self.threshold,
            "types": _by_kind(self.scores.entities),
            "relation_types": _by_kind(self.scores.relations),
            "domains": {
                name: {"entities": scores.entities[ALL].figures(), "relations": scores.relations[ALL].figures()}
                for name, scores in sorted(self.domains.items())
            },
            "rules": {
                "entities": self.rules.entities[ALL].figures(),
                "relations": self.rules.relations[ALL].figures(),
            },
            "published": self.published,
        }


def _by_kind(counts: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {
        kind: found.figures() | {"support": found.right + found.missed}
        for kind, found in sorted(counts.items())
        if kind
    }


def evaluate(train_folder: Path, test_folder: Path, progress: Progress) -> Evaluation:
    """Train on the train part of one folder, measure on the test part (else dev) of the other.

    The threshold of relations is chosen on the first folder's dev part, unless that is what is measured; then it is
    0.5. Raises `UnreadableCorpus`, and ImportError where JAX is not installed.
    """
    from extraction.training.run import fit  # JAX is loaded here, and only here

    train = read_part(train_folder, "train")
    if not train:
        raise UnreadableCorpus(f"{train_folder} has no train part; name a file such as train.txt or news-train.json.")
    part, test = read_test_part(test_folder)
    dev = read_part(train_folder, "dev") if part == "test" or train_folder.resolve() != test_folder.resolve() else []
    started = time.perf_counter()
    model = fit(train, dev, lambda done, steps, loss: progress(done, steps, f"loss {loss:.3f}"))
    trained = time.perf_counter() - started
    result = Evaluation(part, len(test), sum(len(text.words) for text in test), trained, 0.0, 0.0, Scores(), Scores())
    result.threshold = model.pairs.labels.threshold
    began = time.thread_time()  # one thread's work, whatever else the machine does
    predicted = [model.predict(text) for text in test]
    result.words_per_second = result.words / (time.thread_time() - began)
    floor = RuleFloor(train)
    domains: defaultdict[str, Scores] = defaultdict(Scores)
    for text, found in zip(test, predicted, strict=True):
        result.scores.add(text, *found)
        result.rules.add(text, *floor.predict(text))
        domains[text.domain].add(text, *found)
    result.domains = dict(domains) if len(domains) > 1 else {}
    result.published = published_figures(test_folder, part)
    return result


def published_figures(folder: Path, part: str) -> list[dict[str, Any]]:
    """The published figures for the corpus of a folder of this name, each with its source; none for other parts."""
    figures: list[dict[str, Any]] = tomllib.loads(PUBLISHED.read_text("utf-8")).get("figures", [])
    return [item for item in figures if item["corpus"] == folder.resolve().name and item["part"] == part]
