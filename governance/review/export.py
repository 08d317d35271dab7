"""Reviewed answers as questions with known answers, in the form of examples/questions.jsonl."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from governance.review.items import Item

_MARKS = re.compile(r"\s*\[\d+\]")


def cases(items: Iterable[Item]) -> list[dict[str, Any]]:
    """A case of each answer that was approved or corrected.

    An approved answer is to cite what it cited, an approved abstention to stay one; a corrected one is to say what the
    reviewer wrote. What was only rejected tells what is wrong, not what is right, so it is no case.
    """
    found = [item for item in items if item.kind == "answer" and item.verdict in ("approve", "correct")]
    return [_case(item) for item in found]


def as_lines(rows: Iterable[dict[str, Any]]) -> str:
    """JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _case(item: Item) -> dict[str, Any]:
    seen = item.payload
    corrected = item.verdict == "correct"
    answerable = corrected or seen["status"] == "answered"
    case: dict[str, Any] = {
        "id": f"review-{item.id[:12]}",
        "question": seen["question"],
        "kind": seen["kind"],
        "answerable": answerable,
    }
    if answerable:
        case["answers"] = [_bare(item.text or "")] if corrected else _said(seen)
        case["evidence"] = [_evidence(citation) for citation in ([] if corrected else seen["citations"])]
    return case


def _said(seen: dict[str, Any]) -> list[str]:
    """What the answer names of its facts, else all of it."""
    text = _bare(seen["answer"])
    named = {fact[end] for fact in seen["facts"] for end in ("subject", "object")}
    told = sorted(name for name in named if name in text and name.casefold() not in seen["question"].casefold())
    return told or [text]


def _evidence(citation: dict[str, Any]) -> dict[str, str]:
    name = unquote(urlsplit(citation["document"]["uri"]).path).rpartition("/")[2]
    return {"document": name, "quote": citation["quote"]}


def _bare(text: str) -> str:
    return _MARKS.sub("", text).strip()
