"""Fits the weights of qa/routing/learned.py on what became of answers, and says how well they are calibrated.

    .venv/bin/python -m scripts.fit_router ROWS... [--held-out ROWS...] [--at-once] [--out FILE]

ROWS are JSON Lines with `features` (as a trace shows them), `tier` and `right`: what benchmarks/routing.py writes with
--records, or feedback on answers. Logistic regression with an L2 penalty, by Newton's method, which always gives the
same weights for the same rows; it is calibrated by itself as long as questions are like those that it was fitted on.
What is printed as left out was judged by weights that were fitted on the other groups of rows (`set`, else the file),
which are of other documents; where there is one group only, on other questions.
"""

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.answer import TIERS, Tier
from qa.routing.learned import SHIPPED, SIGNS, features_from, signs_of

_PENALTY, _STEPS, _FOLDS, _BINS = 1.0, 60, 10, 10
_LEAST_ROWS = 20
_HEAD = """\
# Fitted by scripts/fit_router.py on: {groups}. See benchmarks/README.md.
# How probably each tier's answer is right: logistic regressions over the signs of qa/routing/learned.py.
version = "{version}"
# Where no tier will do: how much likelier right a dearer one must be than a cheaper one.
worth = 0.05

# From which probability a tier will do, by stakes.
[least]
low = 0.5
normal = 0.7
high = 0.9

"""
Floats = NDArray[np.float64]


class UnusableRows(ValueError):
    """Rows cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer of a tier; `group` names where it comes from, `question` which it is."""

    group: str
    question: str
    tier: Tier
    signs: tuple[float, ...]
    right: bool


def read_rows(paths: Sequence[Path], at_once: bool) -> list[Answered]:
    """The answers in files, in their order. Raises `UnusableRows`."""
    rows = []
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            try:
                row = json.loads(line)
                tier = next(tier for tier in TIERS if tier == row["tier"])
                right, question = row["at_once" if at_once else "right"], str(row.get("id", f"{path.name}:{number}"))
                if not isinstance(right, bool):
                    raise TypeError
                signs = signs_of(features_from(row["features"]))
            except (ValueError, KeyError, TypeError, StopIteration) as error:
                raise UnusableRows(
                    f"Line {number} of {path} lacks features, a tier, or whether it was right."
                ) from error
            rows.append(Answered(str(row.get("set", path.stem)), question, tier, signs, right))
    return rows


def fit(rows: Sequence[Answered]) -> Floats:
    """The weights for the answers of one tier."""
    signs, right = np.array([row.signs for row in rows]), np.array([row.right for row in rows], float)
    penalty = np.diag([_PENALTY] * (len(SIGNS) - 1) + [1e-6])  # the bias, which is the last, is free
    weights = np.zeros(len(SIGNS))
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-signs @ weights))
        slope = signs.T @ (chance - right) + penalty @ weights
        curve = (signs * (chance * (1 - chance))[:, None]).T @ signs + penalty
        weights -= np.linalg.solve(curve, slope)
    return weights


def chances_left_out(rows: Sequence[Answered]) -> Floats:
    """How probably each answer is right, by weights that were fitted without its group, or its part of the only one."""
    parts = [row.group for row in rows]
    if len(set(parts)) == 1:
        parts = [str(hashlib.sha256(row.question.encode()).digest()[0] % _FOLDS) for row in rows]
    weights = {
        left_out: fit([row for row, part in zip(rows, parts, strict=True) if part != left_out])
        for left_out in set(parts)
    }
    return np.array([_chance(row, weights[part]) for row, part in zip(rows, parts, strict=True)])


def _chance(row: Answered, weights: Floats) -> float:
    return float(1 / (1 + np.exp(-np.array(row.signs) @ weights)))


def calibration_error(chances: Floats, right: Floats) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al., ICML 2017)."""
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    return float(sum(abs((chances - right)[bins == n].sum()) for n in range(_BINS)) / len(right))


def report(name: str, rows: Sequence[Answered], chances: Floats) -> None:
    """Print the Brier score, beside that of always saying the share that is right, and the calibration error."""
    for group in dict.fromkeys(["all", *(row.group for row in rows)]):
        here = np.array([group in ("all", row.group) for row in rows])
        right, said = np.array([row.right for row in rows], float)[here], chances[here]
        brier, plain, error = np.mean((said - right) ** 2), np.var(right), calibration_error(said, right)
        print(
            f"{name}, {group}: {len(right)} answers, {right.mean():.3f} right, {said.mean():.3f} said; "
            f"Brier {brier:.3f} (of the share alone {plain:.3f}), calibration error {error:.3f}"
        )


def as_toml(weights: Mapping[Tier, Floats], groups: str) -> str:
    """The file of a router, with the shipped thresholds. Its version is that of its weights."""
    tables = [
        "\n".join([f"[right.{tier}]", *(f'"{sign}" = {value:.4f}' for sign, value in zip(SIGNS, of, strict=True))])
        for tier, of in weights.items()
    ]
    version = hashlib.sha256("".join(tables).encode()).hexdigest()[:8]
    return _HEAD.format(groups=groups, version=version) + "\n\n".join(tables) + "\n"


def main() -> None:
    """Fit, say how good it is on answers left out, and write the weights."""
    parser = argparse.ArgumentParser(prog="scripts.fit_router", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("rows", type=Path, nargs="+", metavar="ROWS", help="JSON Lines to fit on")
    parser.add_argument("--held-out", type=Path, nargs="+", default=[], metavar="ROWS", help="others, to judge it on")
    parser.add_argument("--at-once", action="store_true", help="right is only what the answer's first line says")
    parser.add_argument("--out", type=Path, default=SHIPPED, metavar="FILE")
    options = parser.parse_args()
    try:
        rows, held_out = (read_rows(paths, options.at_once) for paths in (options.rows, options.held_out))
    except (UnusableRows, OSError) as error:
        parser.error(str(error))
    weights: dict[Tier, Floats] = {}
    for tier in TIERS:
        used = [row for row in rows if row.tier == tier]
        if len(used) < _LEAST_ROWS:
            parser.error(f"only {len(used)} rows are of the tier {tier}; give at least {_LEAST_ROWS} of each")
        weights[tier] = fit(used)
        report(f"{tier}, left out of the fit", used, chances_left_out(used))
        if apart := [row for row in held_out if row.tier == tier]:
            report(f"{tier}, held out", apart, np.array([_chance(row, weights[tier]) for row in apart]))
    groups = ", ".join(dict.fromkeys(row.group for row in rows))
    options.out.write_text(as_toml(weights, groups), "utf-8")


if __name__ == "__main__":
    main()
