"""Claims that were written by hand beside their evidence, right and wrong ones: what verification learns from.

benchmarks/claims/*.jsonl: each line has an id, `evidence` (title and quote), a question, and `claims`, each with the
places of the evidence that it cites, a label (right or wrong) and in what way it is so.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.verification import read_cases
from kg.ontology import load_ontology
from qa.answer import Citation, CitedDocument
from qa.verification.evidence import Evidence, gather
from qa.verification.names import names_of
from qa.verification.split import Sentence, split_answer

CLAIMS = Path(__file__).resolve().parent / "claims"
#: Sentences of answers in earnest, and what was made wrong of them; the others look for what is hard.
ANSWERS = CLAIMS / "answers"
# Every tenth record is held back, and all of such files.
_HELD_BACK, _HELD_BACK_FILE = 10, ".held_back."


@dataclass(frozen=True, slots=True)
class Example:
    """A claim beside its evidence; `record` names what it was written for, `kind` says in what way it is so.

    `known` are the words of names in all evidence of the answer. `held_back`: the model is not to learn from it.
    """

    record: str
    kind: str
    question: str
    sentence: Sentence
    evidence: Evidence
    known: frozenset[str]
    right: bool
    held_back: bool


def read_claims(folder: Path) -> Iterator[Example]:
    """The claims of all files of a folder."""
    ontology = load_ontology()
    for record, held_back in read_records(folder):
        every = cited_of(record)
        known = _known(item.quote for item in every)
        for claim in record["claims"]:
            cited = [every[number - 1] for number in claim["cites"]]
            evidence, right = gather(cited, (), ontology), claim["label"] == "right"
            sentence = Sentence(0, len(claim["text"]), claim["text"], tuple(claim["cites"]))
            whose = (record["id"], claim["kind"], record["question"])
            yield Example(*whose, sentence, evidence, known, right=right, held_back=held_back)


def read_records(folder: Path) -> Iterator[tuple[dict[str, Any], bool]]:
    """The lines of all files of a folder, each with whether no model is to learn from it."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            yield record, _HELD_BACK_FILE in path.name or _is_held_back(record["id"])


def cited_of(record: Mapping[str, Any]) -> tuple[Citation, ...]:
    """The evidence of a record, numbered from 1."""
    return tuple(_citation(record["id"], number, item) for number, item in enumerate(record["evidence"], start=1))


def _is_held_back(record: str) -> bool:
    return zlib.crc32(record.encode()) % _HELD_BACK == 0


def _known(quotes: Iterable[str]) -> frozenset[str]:
    return frozenset(word.low for quote in quotes for run in names_of(quote) for word in run)


def _citation(record: str, number: int, item: Mapping[str, str]) -> Citation:
    document = CitedDocument(id=record, title=item["title"], uri=f"file:///{item['title']}", version=1)
    end = len(item["quote"])
    return Citation(
        n=number, document=document, passage_id=f"p_{number}", start=0, end=end, page=None, quote=item["quote"]
    )


def read_answers(path: Path) -> Iterator[Example]:
    """The sentences of answers that were corrupted by hand."""
    ontology = load_ontology()
    for case in read_cases(path):
        known, held_back = _known(item.quote for item in case.evidence), _is_held_back(case.question)
        for sentence in (sentence for line in split_answer(case.answer) for sentence in line):
            if sentence.intro or not sentence.cites or max(sentence.cites) > len(case.evidence):
                continue
            wrong = any(text in case.answer[sentence.start : sentence.end] for text in case.wrong)
            evidence = gather([case.evidence[number - 1] for number in sentence.cites], case.facts, ontology)
            whose = (case.question, case.kind, case.question)
            yield Example(*whose, sentence, evidence, known, right=not wrong, held_back=held_back)
