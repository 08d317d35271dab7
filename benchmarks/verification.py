"""How many corrupted answers verification catches, and how many right ones it doubts, beside a check of marks alone.

    .venv/bin/python -m benchmarks.verification [--part NAME] [--show] [--json FILE]

The answers are written by hand over passages of the sample corpus. The checks were developed on one part of them,
weights were fitted on another, which looks for what is hard. The third, held out, was written by others who had not
seen the checks, and nothing was tuned on it: answers in earnest to the evidence that questions get, of which one
sentence was then made wrong. An answer counts as caught when its corrupted sentence is found unsupported, a right one
as a false alarm when any of its sentences is.
"""

import argparse
import json
import re
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
from qa.verify import UnverifiedAnswer

ANSWERS = Path(__file__).resolve().parent.parent / "tests" / "qa"
PARTS = {
    "development": ANSWERS / "corrupted.jsonl",
    "tuning": ANSWERS / "corrupted_tuning.jsonl",
    "held out": ANSWERS / "corrupted_held_out.jsonl",
}


_MARK = re.compile(r"\[(\d+)\]")
_SENTENCE = re.compile(r"(?<=[.!?\]])\s+(?=[A-ZÀ-Ý\d“\"*-])|\n+")


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


@dataclass(frozen=True, slots=True)
class Measured:
    """For each kind of corrupted answer whether each was caught, of right ones whether each was doubted.

    `beside` counts right sentences of corrupted answers that were doubted; `wrong` says what went wrong.
    """

    caught: dict[str, list[bool]]
    doubted: dict[str, list[bool]]
    beside: int
    wrong: tuple[str, ...]
    seconds: tuple[float, ...]

    @property
    def recall(self) -> float:
        """The share of corrupted answers that were caught."""
        return _share(self.caught.values())

    @property
    def false_alarms(self) -> float:
        """The share of right answers that were doubted."""
        return _share(self.doubted.values())


def read_cases(path: Path) -> list[Case]:
    """The answers of a file, one a line. Raises `CannotMeasure`."""
    try:
        return [_case(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotMeasure(
            f"{path} holds no answers to verify; each line needs an id, evidence, an answer."
        ) from error


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


def verify_marks(text: str, available: int) -> list[int]:
    """The citation numbers of a generated text. Raises `UnverifiedAnswer` when a sentence cites nothing that exists."""
    used: list[int] = []
    for sentence in _SENTENCE.split(text.strip()):
        numbers = [int(number) for number in _MARK.findall(sentence)]
        if not numbers and re.search(r"\w", sentence):
            raise UnverifiedAnswer(f"A sentence cites nothing: {sentence[:80]!r}")
        for number in numbers:
            if not 1 <= number <= available:
                raise UnverifiedAnswer(f"A sentence cites [{number}], and there is no such evidence.")
        used += numbers
    if not used:
        raise UnverifiedAnswer("The answer is empty.")
    return list(dict.fromkeys(used))


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


def measure(cases: Sequence[Case], check: Callable[[Case, Ontology], list[str]], ontology: Ontology) -> Measured:
    """What a check finds among some answers."""
    caught: dict[str, list[bool]] = {}
    alarmed: dict[str, list[bool]] = {}
    missed, seconds, beside = [], [], 0
    for case in cases:
        started = time.perf_counter()
        doubted = check(case, ontology)
        seconds.append(time.perf_counter() - started)
        if case.wrong:
            found = all(any(wrong in text for text in doubted) for wrong in case.wrong)
            caught.setdefault(case.kind, []).append(found)
            beside += sum(not any(wrong in text for wrong in case.wrong) for text in doubted)
            missed += [] if found else [f"{case.id} ({case.kind}) was not caught: {' '.join(case.wrong)}"]
        else:
            alarmed.setdefault(case.kind, []).append(bool(doubted))
            missed += [f"{case.id} ({case.kind}) is right and was doubted: {text}" for text in doubted]
    return Measured(caught, alarmed, beside, tuple(missed), tuple(seconds))


def _share(judged: Iterable[Sequence[bool]]) -> float:
    every = [item for items in judged for item in items]
    return sum(every) / len(every) if every else 0.0


def _rows(part: str, checked: Measured, floor: Measured) -> list[Row]:
    rows: list[Row] = []
    for what, kinds, floors in (
        ("caught", checked.caught, floor.caught),
        ("false alarms", checked.doubted, floor.doubted),
    ):
        for kind, items in sorted(kinds.items()):
            rows.append(_row(part, what, kind, items, floors[kind]))
        every, beside = ([item for found in measured.values() for item in found] for measured in (kinds, floors))
        rows.append(_row(part, what, "all", every, beside))
    return rows


def _row(part: str, what: str, kind: str, items: Sequence[bool], floor: Sequence[bool]) -> Row:
    return {
        "part": part,
        "measure": what,
        "kind": kind,
        "answers": len(items),
        "found": sum(items),
        "share": round(sum(items) / len(items), 4),
        "marks_only": round(sum(floor) / len(floor), 4),
    }


def _show(part: str, rows: Sequence[Row], checked: Measured) -> None:
    """A table a part: the corrupted answers by kind, then the right ones."""
    cells = []
    for row in rows:
        counts = (str(row["answers"]), str(row["found"]), f"{row['share']:.3f}", f"{row['marks_only']:.3f}")
        cells.append((f"{row['measure']}: {row['kind']}", *counts))
    show_table(f"{part} part", ("", "answers", "found", "share", "marks only"), cells)
    milliseconds = percentiles([1000 * second for second in checked.seconds])["p50"]
    note(f"{checked.beside} right sentences of corrupted answers were doubted, too.")
    note(f"An answer took {milliseconds:.0f} ms at the median, embedding included.")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="benchmarks.verification", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--part", choices=sorted(PARTS), help="this one only")
    parser.add_argument("--show", action="store_true", help="say what was missed and what was doubted wrongly")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    options = parser.parse_args()
    ontology = load_ontology()
    rows: list[Row] = []
    for part in [options.part] if options.part else PARTS:
        cases = read_cases(PARTS[part])
        checked = measure(cases, doubted_by_checks, ontology)
        found = _rows(part, checked, measure(cases, doubted_by_marks, ontology))
        _show(part, found, checked)
        for line in checked.wrong if options.show else ():
            note(line)
        rows += found
    if options.json:
        setup = {"answers": {part: PARTS[part].name for part in ([options.part] if options.part else PARTS)}}
        write_json(options.json, document("verification", setup, None, rows))


if __name__ == "__main__":
    raise SystemExit(run_command(main))
