"""How often questions with known answers are answered with the right evidence, and unanswerable ones abstained."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from qa.answer import Answer, Citation


class UnusableQuestions(ValueError):
    """The questions file cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A question with what a right answer says and cites; each evidence item is a choice of (document, quote)."""

    id: str
    question: str
    kind: str
    answerable: bool
    answers: tuple[str, ...]
    all_answers: bool
    evidence: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one question."""

    id: str
    kind: str
    question: str
    answerable: bool
    status: str
    right_evidence: bool
    right_answer: bool
    citations: int


def read_questions(path: Path) -> list[Expected]:
    """Read a JSON Lines file of questions (see examples/README.md). Raises `UnusableQuestions`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableQuestions(f"The questions file {path} cannot be read; check the path.") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                questions.append(_expected(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise UnusableQuestions(
                    f"Line {number} of {path} is not a question; see examples/README.md."
                ) from error
    if not questions:
        raise UnusableQuestions(f"The questions file {path} holds no question.")
    return questions


def _expected(data: dict[str, Any]) -> Expected:
    items = [item.get("any", [item]) for item in data.get("evidence", [])]
    return Expected(
        id=str(data["id"]),
        question=str(data["question"]),
        kind=str(data.get("kind", "")),
        answerable=bool(data.get("answerable", True)),
        answers=tuple(data.get("answers", [])),
        all_answers=data.get("match") == "all",
        evidence=tuple(tuple((choice["document"], choice["quote"]) for choice in item) for item in items),
    )


def judge(expected: Expected, answer: Answer) -> Verdict:
    """Right evidence: every item is cited, by a citation into that document that holds its quote or lies in it."""
    answered = answer.status == "answered"
    cited = answered and all(
        any(_cites(citation, document, quote) for citation in answer.citations for document, quote in item)
        for item in expected.evidence
    )
    found = [_says(answer.answer, wanted) for wanted in expected.answers]
    said = answered and bool(found) and (all(found) if expected.all_answers else any(found))
    return Verdict(
        id=expected.id,
        kind=expected.kind,
        question=expected.question,
        answerable=expected.answerable,
        status=answer.status,
        right_evidence=cited and expected.answerable,
        right_answer=said and expected.answerable,
        citations=len(answer.citations),
    )


def evaluate(
    questions: Sequence[Expected], ask: Callable[[str], Answer], progress: Callable[[int, int], None]
) -> tuple[dict[str, Any], list[Verdict]]:
    """Ask every question; the shares of right evidence, right answers and right abstentions, and each verdict."""
    verdicts = []
    for done, expected in enumerate(questions, start=1):
        verdicts.append(judge(expected, ask(expected.question)))
        progress(done, len(questions))
    return summarise(verdicts), verdicts


def summarise(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Shares over all verdicts; `by_kind` counts right evidence of answerable questions."""
    answerable = [verdict for verdict in verdicts if verdict.answerable]
    unanswerable = [verdict for verdict in verdicts if not verdict.answerable]
    asked, right = Counter(v.kind for v in answerable), Counter(v.kind for v in answerable if v.right_evidence)
    return {
        "questions": len(verdicts),
        "answerable": len(answerable),
        "right_evidence": _share([verdict.right_evidence for verdict in answerable]),
        "right_answer": _share([verdict.right_answer for verdict in answerable]),
        "abstained_wrong": _share([verdict.status == "abstained" for verdict in answerable]),
        "abstained_right": _share([verdict.status == "abstained" for verdict in unanswerable]),
        "citations_mean": round(sum(v.citations for v in answerable) / max(len(answerable), 1), 2),
        "by_kind": {kind: {"questions": asked[kind], "right_evidence": right[kind]} for kind in sorted(asked)},
    }


def as_rows(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The verdicts as plain data."""
    return [asdict(verdict) for verdict in verdicts]


def _share(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _cites(citation: Citation, document: str, quote: str) -> bool:
    path = unquote(urlsplit(citation.document.uri).path)
    if path != document and not path.endswith("/" + document):  # what was uploaded has no folder
        return False
    return is_quoted(quote, citation.quote)


def is_quoted(wanted: str, cited: str) -> bool:
    """Whether a citation shows a quote, or is a sizeable part of it; case and white space aside."""
    plain, shown = _plain(wanted), _plain(cited)
    return plain in shown or (len(shown) > 20 and shown in plain)


def _says(text: str, wanted: str) -> bool:
    plain = _plain(wanted)
    if plain in ("yes", "no") or plain.isdigit():
        return re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", _plain(text)) is not None
    return plain in _plain(text)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
