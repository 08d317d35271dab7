"""Links to made-up entities where names stand in a question, for the tests of what comes after linking."""

from qa.link import Link
from qa.question import Question


def links_to(question: Question, *names: str, types: dict[str, str] | None = None) -> list[Link]:
    """One link for each name, in the order of the question."""
    words = [word.removesuffix("'s") for word in question.words]
    found = []
    for name in names:
        parts = name.split()
        start = next(i for i in range(len(words)) if words[i : i + len(parts)] == parts)
        row = {
            "id": f"e_{name}",
            "name": name,
            "type": (types or {}).get(name, "Concept"),
            "aliases": [],
            "key": name.casefold(),
            "score": 1.0,
        }
        found.append(Link(start, start + len(parts), name, (row,)))
    return sorted(found, key=lambda link: link.start)
