"""Fits the weights of qa/support.py on questions with known answers, and says how well they do on those left out.

Each answerable question counts twice: as it is, and with every passage and fact that answers it taken away, when what
is left must not be enough. Logistic regression with an L2 penalty, by Newton's method; each question is judged by
weights that were fitted without it.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.ontology import Ontology, load_ontology
from kg.store import GraphStore, Neo4jLogin, open_store
from qa.aggregate import state, with_winners
from qa.answer import Quote
from qa.evaluate import Expected, is_quoted, read_questions
from qa.link import link
from qa.plan import make_plan
from qa.question import understand
from qa.recorder import Recorder
from qa.retrieve import Evidence, quotes_of_facts, retrieve
from qa.select import Selection, select
from qa.support import ENOUGH, WEIGHTS

_PENALTY, _STEPS = 1.0, 60
# An unanswerable question counts for more than an answerable one, of which there are many; one made so for less.
_ANSWERABLE, _UNANSWERABLE, _TAKEN_AWAY = 1.0, 2.0, 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """The signs for one question; `right`: all that it needs is among what would be cited."""

    id: str
    signs: tuple[float, ...]
    right: bool
    weight: float
    taken_away: bool
    answerable: bool


def gather(questions: list[Expected], store: GraphStore, ontology: Ontology) -> list[Sample]:
    """The samples of all questions."""
    samples = []
    for item in questions:
        recorder = Recorder(store, None)
        question = understand(item.question, ontology)
        plan = make_plan(question, link(question, recorder, ontology), ontology)
        statements = state(question, plan, recorder, ontology)
        plan = with_winners(plan, statements)
        evidence = retrieve(question, plan, statements, recorder, ontology)
        selection = select(question, plan, evidence, recorder, ontology)
        right = item.answerable and _has_all(item, selection)
        weight = _ANSWERABLE if item.answerable else _UNANSWERABLE
        samples.append(Sample(item.id, _signs(selection), right, weight, False, item.answerable))
        if item.answerable:
            less = select(question, plan, _without_answer(item, evidence, recorder), recorder, ontology)
            samples.append(Sample(item.id, _signs(less), False, _TAKEN_AWAY, True, False))
    return samples


def _signs(selection: Selection) -> tuple[float, ...]:
    return tuple(float(getattr(selection.support.signs, name)) for name in WEIGHTS)


def _has_all(item: Expected, selection: Selection) -> bool:
    quotes = [*selection.quotes, *(quote for fact in selection.facts for quote in fact.quotes)]
    return all(any(_shows(quote, *choice) for quote in quotes for choice in choices) for choices in item.evidence)


def _shows(quote: Quote, document: str, wanted: str) -> bool:
    return quote.uri.endswith(f"/{document}") and is_quoted(wanted, quote.quote)


def _without_answer(item: Expected, evidence: Evidence, recorder: Recorder) -> Evidence:
    """The evidence without the passages and facts that hold any of the right evidence."""
    wanted = [quote for choices in item.evidence for _, quote in choices]
    routes = [row for route in evidence.routes for row in route.rows]
    stated = [row for statement in evidence.statements for row in statement.facts]
    ids = sorted({row["id"] for row in [*evidence.facts, *routes, *evidence.bridged, *stated]})
    quotes = quotes_of_facts(ids, recorder) if ids else {}
    gone = {key for key, of_fact in quotes.items() if any(is_quoted(w, q.quote) for w in wanted for q in of_fact)}
    return replace(
        evidence,
        facts=[row for row in evidence.facts if row["id"] not in gone],
        bridged=[row for row in evidence.bridged if row["id"] not in gone],
        routes=[route for route in evidence.routes if not gone & {row["id"] for row in route.rows}],
        statements=[item for item in evidence.statements if not gone & {row["id"] for row in item.facts}],
        passages=[row for row in evidence.passages if not any(is_quoted(w, row["text"]) for w in wanted)],
        joined={},
        chains=[],
    )


def fit(samples: list[Sample]) -> NDArray[np.float64]:
    """The weights and, last, the bias; answerable questions whose evidence was not found teach nothing."""
    used = [sample for sample in samples if sample.right or not sample.answerable]
    signs = np.array([sample.signs for sample in used])
    spread = signs.std(axis=0) + 1e-9
    rows = np.column_stack([signs / spread, np.ones(len(used))])
    right, weight = np.array([sample.right for sample in used]), np.array([sample.weight for sample in used])
    penalty = np.diag([_PENALTY] * signs.shape[1] + [1e-9])
    found = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (weight * (chance - right)) + penalty @ found
        curve = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + penalty
        found -= np.linalg.solve(curve, slope)
    return np.append(found[:-1] / spread, found[-1])


def main() -> None:
    """Fit, print the weights, and the shares on questions left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graph", required=True, help="embedded:FOLDER with the questions' corpus")
    parser.add_argument("--questions", type=Path, required=True)
    options = parser.parse_args()
    store = open_store(options.graph, Neo4jLogin("neo4j", "", "neo4j"))
    samples = gather(read_questions(options.questions), store, load_ontology())
    store.close()
    chances = []
    for sample in samples:
        weights = fit([other for other in samples if other.id != sample.id])
        chances.append(float(1 / (1 + np.exp(-np.append(sample.signs, 1.0) @ weights))))
    for enough in sorted({0.25, 0.3, ENOUGH, 0.4, 0.45, 0.5}):
        judged = [(sample, chance >= enough) for sample, chance in zip(samples, chances, strict=True)]
        right = [answered and sample.right for sample, answered in judged if sample.answerable]
        abstained = [not answered for sample, answered in judged if not (sample.answerable or sample.taken_away)]
        bare = [not answered for sample, answered in judged if sample.taken_away]
        shares = ", ".join(
            f"{name} {np.mean(part):.3f}"
            for name, part in (
                ("right evidence", right),
                ("abstained", abstained),
                ("abstained with the evidence taken away", bare),
            )
        )
        print(f"left out, from {enough}: {shares}")
    final = fit(samples)
    print({name: round(float(weight), 2) for name, weight in zip([*WEIGHTS, "bias"], final, strict=True)})


if __name__ == "__main__":
    main()
