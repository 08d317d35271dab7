"""How many corrupted answers verification catches, and how many right ones it doubts, beside a check of marks alone.

    .venv/bin/python -m benchmarks.verification [--show] [--json FILE]

The answers are written by hand over passages of the sample corpus. The checks were developed on one part of them; the
other, held out, was written before them and never tuned on. An answer counts as caught when its corrupted sentence is
found unsupported, a right one as a false alarm when any of its sentences is.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import CannotMeasure, Row, document, note, percentiles, run_command, show_table, write_json
from kg.ontology import Ontology, load_ontology
from qa.answer import AnswerFact, Citation, CitedDocument
from qa.verification.claims import check_answer
from qa.verification.split import split_answer
from qa.verify import UnverifiedAnswer, verify_marks

ANSWERS = Path(__file__).resolve().parent.parent / "tests" / "qa"
PARTS = {"development": ANSWERS / "corrupted.jsonl", "held out": ANSWERS / "corrupted_held_out.jsonl"}


@dataclass(frozen=True, slots=True)
class Case:
    """An answer with what it cites; `wrong` are the texts of its corrupted sentences, none in a right answer."""

    id: str
    kind: str
    question: str
    answer: str
    wrong: tuple[str, ...]
    evidence: tuple[Citation, ...]
    facts: tuple[AnswerFact, ...]


def read_cases(path: Path) -> list[Case]:
    """The answers of a file, one a line. Raises `CannotMeasure`."""
    try:
        return [_case(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotMeasure(f"{path} holds no answers to verify; each line needs an id, evidence, an answer.") from error


def _case(row: dict[str, Any]) -> Case:
    evidence = tuple(_citation(number, item) for number, item in enumerate(row["evidence"], start=1))
    facts = tuple(_fact(number, item, evidence) for number, item in enumerate(row["facts"], start=1))
    return Case(row["id"], row["kind"], row["question"], row["answer"], tuple(row["wrong"]), evidence, facts)


def _citation(number: int, item: dict[str, Any]) -> Citation:
    name, start = item["document"], item["start"]
    source = CitedDocument(id=f"d_{name}", title=item["title"], uri=f"file:///corpus/{name}", version=1)
    end = start + len(item["quote"])
    passage = f"p_{name}_{start}"
    return Citation(n=number, document=source, passage_id=passage, start=start, end=end, page=None, quote=item["quote"])


def _fact(number: int, item: dict[str, Any], evidence: Sequence[Citation]) -> AnswerFact:
    return AnswerFact(
        id=f"f_{number}",
        subject=item["subject"],
        predicate=item["predicate"],
        object=item["object"],
        confidence=1.0,
        valid_from=None,
        valid_to=None,
        negated=False,
        hedged=False,
        deadline="",
        due="",
        exception="",
        evidence=[evidence[n - 1].passage_id for n in item["cites"]],
    )


def doubted_by_checks(case: Case, ontology: Ontology) -> list[str]:
    """The sentences of an answer that verification does not find supported."""
    found = check_answer(case.answer, case.evidence, case.facts, case.question, ontology)
    return [claim.text for claim in found.claims if not claim.supported]


def doubted_by_marks(case: Case, ontology: Ontology) -> list[str]:
    """The sentences of an answer whose marks alone are wrong."""
    doubted = []
    for sentence in (sentence for line in split_answer(case.answer) for sentence in line):
        text = case.answer[sentence.start : sentence.end]
        try:
            verify_marks(" ".join(text.split()), len(case.evidence))
        except UnverifiedAnswer:
            if not sentence.intro:
                doubted.append(text)
    return doubted
