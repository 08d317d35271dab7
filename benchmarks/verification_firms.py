"""What verification makes of sentences about firms that it was not made for, right ones and wrong ones.

    .venv/bin/python -m benchmarks.verification_firms [--json FILE]

"answers" are sentences of answers that are held back from training (benchmarks/claims/answers). "pairs" are two
sentences each in the same words but for what makes one of them wrong (benchmarks/claims/pairs), so that style tells
nothing: the hardest of all. No model learned from the pairs; what the checks took for strange in their right sentences
was looked at, and some of it mended.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Row, document, run_command, show_table, write_json
from benchmarks.written_claims import ANSWERS, CLAIMS, cited_of, read_records
from kg.ontology import load_ontology
from qa.answer import Citation
from qa.verification.claims import check_answer

PAIRS = CLAIMS / "pairs"
_ALL = "all"


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence of an answer to `question`, with its marks; `kind` is in what way it is right or wrong."""

    set: str
    kind: str
    question: str
    text: str
    evidence: tuple[Citation, ...]
    right: bool


def read_written() -> Iterator[Written]:
    """The sentences of both sets."""
    for name, folder in (("answers", ANSWERS), ("pairs", PAIRS)):
        for record, held_back in read_records(folder):
            if name == "answers" and not held_back:
                continue
            evidence = cited_of(record)
            for claim in record["claims"]:
                text = f"{claim['text'].rstrip('.')} {''.join(f'[{number}]' for number in claim['cites'])}."
                right = claim["label"] == "right"
                yield Written(name, claim["kind"], record["question"], text, evidence, right)


def measure() -> list[Row]:
    """For each set the shares of wrong sentences that are caught, by kind, and of right ones that are refused."""
    ontology = load_ontology()
    doubted: defaultdict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for item in read_written():
        found = check_answer(item.text, item.evidence, (), item.question, ontology)
        wrong = any(not claim.supported for claim in found.claims)
        for kind in (item.kind, _ALL):
            doubted[item.set, "refused" if item.right else "caught", kind].append(wrong)
    return [
        {"set": name, "measure": what, "kind": kind, "sentences": len(some), "share": round(sum(some) / len(some), 4)}
        for (name, what, kind), some in sorted(doubted.items())
    ]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="benchmarks.verification_firms", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    options = parser.parse_args()
    rows = measure()
    lines = [(f"{r['set']}, {r['measure']}: {r['kind']}", str(r["sentences"]), f"{r['share']:.3f}") for r in rows]
    show_table("Sentences about other firms", ("", "sentences", "share"), lines)
    if options.json:
        write_json(options.json, document("verification_firms", {}, None, rows))


if __name__ == "__main__":
    raise SystemExit(run_command(main))
