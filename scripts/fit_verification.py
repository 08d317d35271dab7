"""Fits the weights of qa/verification on claims that the model of entailment did not learn from.

    .venv/bin/python -m scripts.fit_verification [--enough CHANCE] [--sure CHANCE]

A logistic regression with an L2 penalty, by Newton's method, over what the model says and the signs of words and
nearness: on the tuning part of the answers written by hand and on the sentences of answers in benchmarks/claims/answers
that were held back from training, so far as no check has anything against them. What share is doubted is measured by
weights fitted without the claim's record.
"""

import argparse
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.verification import PARTS
from benchmarks.written_claims import ANSWERS, Example, read_answers, read_claims
from kg.ontology import load_ontology
from qa.verification.checks import CERTAIN, findings
from qa.verification.entailment import NAMES, WEIGHTS, features

_PENALTY, _STEPS, _FOLDS = 1.0, 60, 10


@dataclass(frozen=True, slots=True)
class Sample:
    """What is weighed of a claim, by `NAMES`, `found` by checks or not; `kind` is in what way it is right or wrong."""

    record: str
    kind: str
    told: tuple[float, ...]
    found: bool
    right: bool

    @property
    def fold(self) -> int:
        """Which part of the samples it is of, with all others of its record."""
        return zlib.crc32(f"fold {self.record}".encode()) % _FOLDS


def samples_of(examples: Iterable[Example]) -> list[Sample]:
    """What is weighed of each example, of which something is."""
    ontology, samples = load_ontology(), []
    for example in examples:
        sentence, evidence, question = example.sentence, example.evidence, example.question
        found = findings(sentence, evidence, question, example.known, ontology)
        if any(item.check in CERTAIN for item in found):
            continue  # nothing is weighed then
        told = features(sentence.said, evidence, question, sentence.before)
        samples.append(Sample(example.record, example.kind, told, bool(found), example.right))
    return samples


def fit(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """The weights and, last, the bias; right and wrong samples weigh as much together."""
    rows = np.column_stack([np.array([sample.told for sample in samples]), np.ones(len(samples))])
    right = np.array([sample.right for sample in samples], dtype=float)
    weight = np.where(right == 1, 0.5 / right.sum(), 0.5 / (1 - right).sum()) * len(samples)
    penalty = np.diag([_PENALTY] * len(NAMES) + [1e-9])
    found = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (weight * (chance - right)) + penalty @ found
        curve = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + penalty
        found -= np.linalg.solve(curve, slope)
    return found


def crossed(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """The chance of each sample [samples], by weights fitted on the other folds."""
    chances = np.zeros(len(samples))
    for fold in range(_FOLDS):
        weights = fit([sample for sample in samples if sample.fold != fold and not sample.found])
        for place, sample in enumerate(samples):
            if sample.fold == fold:
                chances[place] = 1 / (1 + np.exp(-np.append(sample.told, 1.0) @ weights))
    return chances


def main() -> None:
    """Fit, write the weights, and print the shares by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--enough", type=float, default=0.06, help="from which chance on a claim is supported")
    parser.add_argument("--sure", type=float, default=0.9, help="the same where checks have something against it")
    options = parser.parse_args()
    held_back = [example for example in read_claims(ANSWERS) if example.held_back]
    samples = samples_of([*read_answers(PARTS["tuning"]), *held_back])
    doubted = crossed(samples) < np.array([options.sure if s.found else options.enough for s in samples])
    for right in (True, False):
        for kind in ["all", *sorted({sample.kind for sample in samples if sample.right == right})]:
            some = np.array([s.right == right and kind in ("all", s.kind) for s in samples])
            print(f"{'right' if right else 'wrong'}, {kind}: {np.mean(doubted[some]):.3f} of {some.sum()} doubted")
    weights = fit([sample for sample in samples if not sample.found])
    lines = [f"{name} = {weight:.3f}" for name, weight in zip(NAMES, weights[:-1], strict=True)]
    head = "# Fitted by scripts/fit_verification.py; see there.\n"
    chances = f"bias = {weights[-1]:.3f}\nenough = {options.enough}\nsure = {options.sure}\n"
    WEIGHTS.write_text(f"{head}{chances}\n[weights]\n" + "\n".join(lines) + "\n", "utf-8")
    print(WEIGHTS.read_text("utf-8"))


if __name__ == "__main__":
    main()
