"""How well personal data is detected in made-up texts, beside regular expressions that check nothing.

    python -m benchmarks.privacy [--texts FILE] [--wrong] [--json FILE]

In a text, "{EMAIL:a@b.example}" marks personal data with its kind.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import document, note, show_table
from extraction.people import people_in
from governance.privacy.detect import detect
from governance.privacy.people import looks_like_person

HERE = Path(__file__).resolve().parent
TEXTS = (HERE / "personal.txt", HERE / "personal_held_out.txt")
Found = set[tuple[int, int, str]]
_MARK = re.compile(r"\{([A-Z]+):([^}]*)\}")
_FLOOR = {
    "EMAIL": r"[\w.+-]+@[\w.-]+\.\w+",
    "IBAN": r"\b[A-Z]{2}\d{2}[ A-Z0-9]{11,30}\b",
    "CARD": r"\b(?:\d[ -]?){13,19}\b",
    "IP": r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}\b",
    "PHONE": r"\+?\(?\d[\d ()./-]{6,}\d",
    "ID": r"\b\d{6}[-+]?\d{4,5}\b|\b[A-Z]?\d{7,8}[A-Z]\b|\b\d{3}-\d{2}-\d{4}\b",
    "BIRTHDATE": r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2} [A-Z][a-z]+ \d{4}\b",
    "ADDRESS": r"\b\d{1,4}\w? [A-Z]\w+ (?:Street|Road|Lane|Avenue)\b|\b[A-Z]\w+(?:straße|weg|gatan) \d+\b",
    "PERSON": r"\b[A-Z][a-z]+ [A-Z][a-z]+\b",
}


def read(line: str) -> tuple[str, Found]:
    """A marked text, and where its personal data is in the text without marks."""
    text, spans, at = "", set(), 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        spans.add((len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        at = match.end()
    return text + line[at:], spans


def floor(text: str) -> Found:
    """What regular expressions find that check nothing; of several at one place the first kind."""
    found: Found = set()
    for kind, pattern in _FLOOR.items():
        for match in re.finditer(pattern, text):
            if all(match.end() <= start or end <= match.start() for start, end, _ in found):
                found.add((*match.span(), kind))
    return found


def detector(extractor: str = "local") -> Callable[[str], Found]:
    """What Evigraph detects, with the people that the extractor's tagger finds."""
    people = people_in(extractor, None, looks_like_person)
    return lambda text: {(item.start, item.end, item.kind) for item in detect(text, people)}


def measure(lines: Sequence[str], find: Callable[[str], Found], wrong: bool = False) -> dict[str, Counter[str]]:
    """By kind, and for all together: how many were found rightly, too much, and missed. Only exact spans count."""
    counts: dict[str, Counter[str]] = {}
    for line in lines:
        text, meant = read(line)
        found = find(text)
        for outcome, spans in (("right", meant & found), ("too much", found - meant), ("missed", meant - found)):
            for start, end, kind in spans:
                for name in (kind, "all"):
                    counts.setdefault(name, Counter())[outcome] += 1
                if wrong and outcome != "right":
                    note(f"{outcome}: {kind} {text[start:end]!r} in {text!r}")
    return counts


def rates(counts: Counter[str]) -> dict[str, float]:
    """Precision, recall and F1."""
    right, more, missed = counts["right"], counts["too much"], counts["missed"]
    precision = right / (right + more) if right + more else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--texts", type=Path, action="append", help="marked texts, one a line; by default both sets")
    parser.add_argument("--wrong", action="store_true", help="say what was missed and what is too much")
    parser.add_argument("--json", type=Path, help="where to write the results")
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for path in given.texts or TEXTS:
        lines = path.read_text("utf-8").splitlines()
        for subject, find in (("evigraph", detector()), ("floor: regular expressions without checks", floor)):
            counts = measure(lines, find, given.wrong and subject == "evigraph")
            for kind in sorted(counts, key=lambda kind: (kind == "all", kind)):
                support = counts[kind]["right"] + counts[kind]["missed"]
                rows.append({"texts": path.stem, "subject": subject, "kind": kind, "n": support, **rates(counts[kind])})
    columns = ("texts", "subject", "kind", "n", "precision", "recall", "f1")
    show_table("Personal data", columns, [[str(row[column]) for column in columns] for row in rows])
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        setup = {"texts": [path.stem for path in given.texts or TEXTS]}
        given.json.write_text(json.dumps(document("privacy", setup, None, rows), indent=1) + "\n")


if __name__ == "__main__":
    main()
