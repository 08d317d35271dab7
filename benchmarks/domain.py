"""Defined terms and obligations of the sample corpus against annotations made by hand: precision, recall, F1.

    .venv/bin/python -m benchmarks.domain [--corpus DIR] [--annotations FILE] [--extractor NAME] [--wrong] [--json FILE]

Two quotes are the same when half of their words are (F1 of the bags of words). A term is right when the document gives
it this meaning; an obligation when subject, modality and action are right, in the annotated sentence.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import CannotMeasure, document, note, run_command, show_table, write_json
from extraction.choose import make_extractor
from extraction.document import LoadedDocument
from extraction.found import Extraction, FoundFact
from extraction.load import load_path
from extraction.split import split
from kg.names import normalise_name

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
MODALITIES = ("MUST", "MAY", "MUST_NOT")
_MAX_BYTES = 100_000_000
_SAME = 0.5
_WORD = re.compile(r"\w+")
_QUOTES = tuple("\"'“”„‘’«»`*()")

Gold = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """A term that a document defines, or a short form or acronym that it gives, with the meaning or the full name."""

    document: str
    term: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation, permission or prohibition as extracted."""

    document: str
    fact: FoundFact


@dataclass(frozen=True, slots=True)
class Score:
    """How many were annotated, how many found, how many of both are the same."""

    name: str
    annotated: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of what was annotated that was found."""
        return self.right / self.annotated if self.annotated else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.right / (self.annotated + self.found) if self.annotated + self.found else 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """The scores; of so many sentences that only look like obligations so many were `mistaken`; what went wrong."""

    scores: tuple[Score, ...]
    lookalikes: int
    mistaken: int
    wrong: tuple[str, ...]

    def score(self, name: str) -> Score:
        """The score of this name."""
        return next(score for score in self.scores if score.name == name)


def measure(corpus: Path, annotations: Path, extractor: str) -> Result:
    """Extract from every annotated document and compare. Raises `CannotMeasure`, `UnreadableDocument`."""
    gold = _read(annotations)
    made = make_extractor(extractor, None)
    terms: list[Term] = []
    duties: list[Duty] = []
    for name in sorted({row["document"] for row in gold}):
        loaded = load_path(corpus / name, _MAX_BYTES)
        found = made.extract(loaded, split(loaded))
        terms += [Term(name, *pair) for pair in _terms(loaded, found)]
        duties += [Duty(name, fact) for fact in found.facts if fact.predicate in MODALITIES]
    return _compare(gold, list(dict.fromkeys(terms)), duties)


def _read(path: Path) -> list[Gold]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise CannotMeasure(f"The annotations {path} cannot be read; see examples/ANNOTATION.md.") from error


def _terms(loaded: LoadedDocument, found: Extraction) -> Iterable[tuple[str, str]]:
    for fact in found.facts:
        if fact.predicate == "DEFINED_AS":
            yield _plain(fact.subject.text), _plain(fact.object.text)
    given = [(mention, mention.name) for mention in found.mentions if mention.name]
    given += [(alias.alias, alias.entity.entity_name) for alias in found.aliases]
    for mention, name in given:
        before, after = loaded.text[: mention.start].removesuffix("the "), loaded.text[mention.end :]
        # Where it is given, not where it is used: in quotes or brackets.
        if before.endswith(_QUOTES) and after.startswith(_QUOTES):
            yield _plain(mention.text), _plain(name)


def _compare(gold: Sequence[Gold], terms: Sequence[Term], duties: Sequence[Duty]) -> Result:
    defined = [row for row in gold if row["kind"] == "definition"]
    obliged = [row for row in gold if row["kind"] == "obligation"]
    explained = _match(defined, terms, _term_likeness)
    fulfilled = _match(obliged, duties, _duty_likeness)
    lookalikes = [row for row in gold if row["kind"] == "not_obligation"]
    extra = [duty for number, duty in enumerate(duties) if number not in fulfilled.values()]
    mistaken = [row for row in lookalikes if any(_lies_in(duty, row) for duty in extra)]
    pairs = [(obliged[row], duties[number].fact) for row, number in fulfilled.items()]
    scores = [
        Score("defined terms", len(defined), len(terms), len(explained)),
        Score("obligations", len(obliged), len(duties), len(fulfilled)),
        *(_of_modality(modality, obliged, duties, fulfilled) for modality in MODALITIES),
        # A rhythm ("every month") is annotated as part of the action.
        _qualifier("deadlines", obliged, pairs, "deadline", lambda fact: "" if fact.due[:1] == "R" else fact.deadline),
        _qualifier("exceptions", obliged, pairs, "exception", lambda fact: fact.exception),
    ]
    wrong = [f"missed  {_told(row)}" for number, row in enumerate(defined) if number not in explained]
    wrong += [f"missed  {_told(row)}" for number, row in enumerate(obliged) if number not in fulfilled]
    unwanted = [term for number, term in enumerate(terms) if number not in explained.values()]
    wrong += [f"found   {term.document}: {term.term} = {term.meaning}" for term in unwanted]
    wrong += [f"found   {_found(duty)}" for duty in extra]
    return Result(tuple(scores), len(lookalikes), len(mistaken), tuple(wrong))


def _match[T](gold: Sequence[Gold], found: Sequence[T], likeness: Callable[[Gold, T], float]) -> dict[int, int]:
    """Positions of what is annotated with those of what was found for it, each once, the likest pairs first."""
    pairs = [(likeness(row, item), a, b) for a, row in enumerate(gold) for b, item in enumerate(found)]
    taken: dict[int, int] = {}
    for _, a, b in sorted((pair for pair in pairs if pair[0] > 0), key=lambda pair: (-pair[0], pair[1], pair[2])):
        if a not in taken and b not in taken.values():
            taken[a] = b
    return taken


def _term_likeness(row: Gold, found: Term) -> float:
    same = row["document"] == found.document and normalise_name(row["term"]) == normalise_name(found.term)
    return _shared(row["definition"], found.meaning) if same else 0.0


def _duty_likeness(row: Gold, duty: Duty) -> float:
    fact = duty.fact
    if row["document"] != duty.document or row["modality"] != fact.predicate or not _lies_in(duty, row):
        return 0.0
    subject = _shared(row["subject"], fact.subject.text)
    action = max(_shared(row["action"], words) for words in (fact.object.text, _bare_action(fact)))
    return subject + action if subject and action else 0.0


def _bare_action(fact: FoundFact) -> str:
    """The action without its deadline and exception: annotated is one without those that stand at its end."""
    action = fact.object.text
    for words in filter(None, (fact.exception, fact.deadline)):
        action = action.replace(words, " ")
    return action


def _lies_in(duty: Duty, row: Gold) -> bool:
    """Whether what is to be done stands in the annotated sentence."""
    action = duty.fact.object
    return bool(row["document"] == duty.document and action.start < row["end"] and action.end > row["start"])


def _shared(one: str, other: str) -> float:
    """F1 of the two bags of words, 0 below the threshold."""
    a, b = Counter(_WORD.findall(one.casefold())), Counter(_WORD.findall(other.casefold()))
    common = 2 * (a & b).total() / max((a + b).total(), 1)
    return common if common >= _SAME else 0.0


def _of_modality(modality: str, gold: Sequence[Gold], found: Sequence[Duty], pairs: dict[int, int]) -> Score:
    annotated = sum(row["modality"] == modality for row in gold)
    predicted = sum(duty.fact.predicate == modality for duty in found)
    return Score(f"  {modality}", annotated, predicted, sum(gold[number]["modality"] == modality for number in pairs))


def _qualifier(
    name: str, gold: Sequence[Gold], pairs: Sequence[tuple[Gold, FoundFact]], field: str, of: Callable[[FoundFact], str]
) -> Score:
    """Of all annotated ones, also where the obligation itself was missed; found ones only where it was not."""
    right = sum(bool(row[field]) and _shared(row[field], of(fact)) > 0 for row, fact in pairs)
    return Score(name, sum(bool(row[field]) for row in gold), sum(bool(of(fact)) for _, fact in pairs), right)


def _told(row: Gold) -> str:
    if row["kind"] == "definition":
        return f"{row['document']}: {row['term']} = {_plain(row['definition'])}"
    return f"{row['document']}: {_plain(row['subject'])} {row['modality']} {_plain(row['action'])}"


def _found(duty: Duty) -> str:
    fact = duty.fact
    return f"{duty.document}: {_plain(fact.subject.text)} {fact.predicate} {_plain(fact.object.text)}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _row(score: Score) -> dict[str, Any]:
    shares = {"precision": round(score.precision, 4), "recall": round(score.recall, 4), "f1": round(score.f1, 4)}
    counts = {"annotated": score.annotated, "found": score.found, "right": score.right}
    return {"name": score.name.strip(), **counts, **shares}


def main() -> None:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks.domain", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=EXAMPLES / "corpus", metavar="DIR", help="default: the samples")
    parser.add_argument("--annotations", type=Path, default=EXAMPLES / "annotations.jsonl", metavar="FILE")
    parser.add_argument("--extractor", default="rules", metavar="NAME", help="as EVIGRAPH_EXTRACTOR; default rules")
    parser.add_argument("--wrong", action="store_true", help="say what was missed and what is too much")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    given = parser.parse_args()
    result = measure(given.corpus, given.annotations, given.extractor)
    rows = [_row(score) for score in result.scores]
    columns = ("annotated", "found", "right", "precision", "recall", "f1")
    cells = [
        (score.name, *(str(row[column]) if column in columns[:3] else f"{row[column]:.3f}" for column in columns))
        for score, row in zip(result.scores, rows, strict=True)
    ]
    show_table(f"Domain rules, extractor {given.extractor}", ("", *columns), cells)
    note(f"{result.mistaken} of {result.lookalikes} sentences that only look like obligations were taken for one.")
    for line in result.wrong if given.wrong else ():
        note(line)
    if given.json:
        lookalikes = {"name": "lookalikes", "annotated": result.lookalikes, "mistaken": result.mistaken}
        setup = {"extractor": given.extractor, "annotations": given.annotations.name}
        write_json(given.json, document("domain", setup, None, [*rows, lookalikes]))


if __name__ == "__main__":
    sys.exit(run_command(main))
