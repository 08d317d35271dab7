"""Fits the weights of qa/verification on answers written by hand, and says how well they do on those left out.

Right are the sentences of right answers. Wrong are those with an invented detail or another document's number; right
ones under evidence that they do not cite, with the words of another answer added, or with another predicate. It is a
logistic regression with an L2 penalty, by Newton's method; each question is judged by weights fitted without it.
"""

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.verification import PARTS, Case, read_cases
from kg.ontology import load_ontology
from qa.verification.entailment import NAMES, WEIGHTS, signs_of
from qa.verification.evidence import gather
from qa.verification.split import Sentence, split_answer

_PENALTY, _STEPS = 1.0, 60
_INVENTED = ("invented detail", "other document")
# What nothing of the evidence says of anything, put behind the subject of a right sentence.
_SUBJECT = re.compile(r"((?:\S+ ){1,5}?)(is|are|was|were)\b")
_PREDICATES = (
    "stolen", "sold to a competitor", "abandoned", "insured against fire", "criticised in the newspapers", "flooded",
    "postponed", "repainted", "outsourced", "praised by everybody", "merged", "dismissed",
)  # fmt: skip
_ONTOLOGY = load_ontology()


@dataclass(frozen=True, slots=True)
class Sample:
    """The signs of a sentence under some evidence; `kind` says where it comes from."""

    question: str
    kind: str
    text: str
    signs: tuple[float, ...]
    right: bool


def gather_samples(cases: Sequence[Case]) -> Iterator[Sample]:
    """The samples of all answers."""
    right: defaultdict[str, list[tuple[Case, Sentence]]] = defaultdict(list)
    for case in cases:
        for sentence in (sentence for line in split_answer(case.answer) for sentence in line):
            wrong = any(text in case.answer[sentence.start : sentence.end] for text in case.wrong)
            if sentence.intro or not sentence.cites or max(sentence.cites) > len(case.evidence):
                continue
            if not wrong:
                right[case.question].append((case, sentence))
            if not wrong or case.kind in _INVENTED:
                yield _sample(case, sentence, case.kind, not wrong)
    others = list(right)
    for number, found in enumerate(right.values()):
        foreign = right[others[(number + 1) % len(others)]]
        for place, (case, sentence) in enumerate(found):
            rest = [item.n for item in case.evidence if item.n not in sentence.cites]
            if rest and sentence.cites:
                yield _sample(case, sentence, "not cited", False, cites=rest[:1])
            added = foreign[place % len(foreign)][1].said
            said = f"{sentence.said.rstrip('.')}, and {added[0].lower()}{added[1:]}"
            yield _sample(case, sentence, "added", False, said=said)
            if subject := _SUBJECT.match(sentence.said):
                said = f"{subject[1]} {subject[2]} {_PREDICATES[place % len(_PREDICATES)]}."
                yield _sample(case, sentence, "other predicate", False, said=said)


def _sample(
    case: Case, sentence: Sentence, kind: str, right: bool, said: str = "", cites: Sequence[int] = ()
) -> Sample:
    said = said or sentence.said
    evidence = gather([case.evidence[number - 1] for number in cites or sentence.cites], case.facts, _ONTOLOGY)
    signs = signs_of(said, evidence, case.question, sentence.before)
    return Sample(case.question, kind, said, tuple(getattr(signs, name) for name in NAMES), right)


def fit(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """The weights and, last, the bias; right and wrong samples weigh as much together."""
    rows = np.column_stack([np.array([sample.signs for sample in samples]), np.ones(len(samples))])
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


def main() -> None:
    """Fit, write the weights, and print the shares on questions left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=Path, default=PARTS["development"])
    parser.add_argument("--doubted", type=float, default=0.015, help="share of right sentences that may be doubted")
    options = parser.parse_args()
    samples = list(gather_samples(read_cases(options.answers)))
    chances = np.zeros(len(samples))
    for question in {sample.question for sample in samples}:
        weights = fit([sample for sample in samples if sample.question != question])
        for place, sample in enumerate(samples):
            if sample.question == question:
                chances[place] = 1 / (1 + np.exp(-np.append(sample.signs, 1.0) @ weights))
    right = np.array([sample.right for sample in samples])
    enough = float(np.quantile(chances[right], options.doubted))
    for kind in dict.fromkeys(sample.kind for sample in samples if not sample.right):
        some = np.array([sample.kind == kind and not sample.right for sample in samples])
        print(f"{kind}: {np.mean(chances[some] < enough):.3f} of {some.sum()} doubted at {enough:.3f}")
    final = fit(samples)
    lines = [f"{name} = {weight:.3f}" for name, weight in zip(NAMES, final[:-1], strict=True)]
    head = f"# Fitted by scripts/fit_verification.py on {options.answers.name}; see there.\n"
    WEIGHTS.write_text(
        f"{head}bias = {final[-1]:.3f}\nenough = {enough:.3f}\n\n[weights]\n" + "\n".join(lines) + "\n", "utf-8"
    )
    print(WEIGHTS.read_text("utf-8"))


if __name__ == "__main__":
    main()
