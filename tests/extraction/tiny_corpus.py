"""A made-up annotated corpus in CoNLL04's columns: who works for whom, and where that is."""

from itertools import product
from pathlib import Path

PEOPLE = ("Maria Lind", "Tomas Berg", "Ola Krogh", "Anna Stene")
COMPANIES = ("Veltra Group", "Nordwind", "Fjell Energy")
PLACES = ("Oslo", "Port Blair", "Lund")


def sentences() -> list[str]:
    """36 sentences, each as the lines of the file."""
    return [_sentence(*names) for names in product(PEOPLE, COMPANIES, PLACES)]


def write_corpus(folder: Path) -> Path:
    """Train, dev and test parts; every combination is in one part only."""
    folder.mkdir(parents=True, exist_ok=True)
    made = sentences()
    for part, chosen in (("train", made[::2]), ("dev", made[1::4]), ("test", made[3::4])):
        (folder / f"{part}.txt").write_text("\n\n".join(chosen) + "\n", "utf-8")
    return folder


def _sentence(person: str, company: str, place: str) -> str:
    words = f"{person} works for {company} in {place} .".split()
    tags = ["O"] * len(words)
    lasts = {}
    for name, kind in ((person, "Peop"), (company, "Org"), (place, "Loc")):
        parts = name.split()
        start = next(at for at in range(len(words)) if words[at : at + len(parts)] == parts)
        tags[start : start + len(parts)] = [f"B-{kind}", *([f"I-{kind}"] * (len(parts) - 1))]
        lasts[kind] = start + len(parts) - 1
    related = {lasts["Peop"]: ("Work_For", lasts["Org"]), lasts["Org"]: ("OrgBased_In", lasts["Loc"])}
    lines = []
    for place_, (word, tag) in enumerate(zip(words, tags, strict=True)):
        label, tail = related.get(place_, ("N", place_))
        lines.append(f"{place_}\t{word}\t{tag}\t{[label]!r}\t{[tail]!r}")
    return "\n".join(lines)
