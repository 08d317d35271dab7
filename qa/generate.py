"""Synthesis by a large model: the same evidence, numbered, through any OpenAI-compatible endpoint by LangChain."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qa.answer import Attempt, Citation, Usage
from qa.verify import UnverifiedAnswer, verify_marks

_PROMPT = Path(__file__).resolve().parent / "prompts" / "answer.txt"
_NO_ANSWER = "NO ANSWER"
_MAX_TOKENS = 500


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Where the large model is: an OpenAI-compatible endpoint; `timeout` in seconds for the whole call."""

    model: str
    api_key: str
    base_url: str | None = None
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Generated:
    """What a try of the model gave: text with the citations it uses, or None with the outcome saying why."""

    text: str | None
    citations: list[Citation]
    attempt: Attempt
    usage: Usage


@cache
def prompt_version() -> str:
    """The prompt's content-addressed version."""
    return f"answer@{hashlib.sha256(_PROMPT.read_bytes()).hexdigest()[:12]}"


def generate(question: str, evidence: Sequence[Citation], settings: ModelSettings) -> Generated:
    """Ask the model once. Whatever goes wrong is an outcome, not an exception: the deterministic answer stands by."""
    started = time.perf_counter()
    usage = Usage()
    try:
        text, usage = _call(question, evidence, settings)
        if text.strip().rstrip(".") == _NO_ANSWER:
            raise UnverifiedAnswer("The model found no answer in the evidence.")
        used = verify_marks(text, len(evidence))
    except UnverifiedAnswer as error:
        return Generated(None, [], _attempt(settings, f"refused: {error}", started), usage)
    except Exception as error:  # network, HTTP status, malformed reply: the libraries raise dozens of kinds
        return Generated(None, [], _attempt(settings, f"failed: {type(error).__name__}", started), usage)
    return Generated(text.strip(), [evidence[n - 1] for n in used], _attempt(settings, "answered", started), usage)


def _call(question: str, evidence: Sequence[Citation], settings: ModelSettings) -> tuple[str, Usage]:
    numbered = "\n".join(f"[{item.n}] ({item.document.title}) {item.quote}" for item in evidence)
    request = f"Evidence:\n{numbered}\n\nQuestion: {question}"
    return call_model(_PROMPT.read_text(encoding="utf-8"), request, settings)


def call_model(rules: str, request: str, settings: ModelSettings) -> tuple[str, Usage]:
    """What the model says to a request under some rules. Raises whatever its client does."""
    from langchain.chat_models import init_chat_model
    from langchain_core.prompts import ChatPromptTemplate

    model = init_chat_model(
        settings.model,
        model_provider="openai",
        api_key=settings.api_key,
        base_url=settings.base_url,
        timeout=settings.timeout,
        max_retries=0,
        temperature=0,
        max_tokens=_MAX_TOKENS,
    )
    prompt = ChatPromptTemplate.from_messages([("system", "{rules}"), ("human", "{request}")])
    reply = (prompt | model).invoke({"rules": rules, "request": request})
    counted: dict[str, Any] = dict(getattr(reply, "usage_metadata", None) or {})
    usage = Usage(prompt_tokens=counted.get("input_tokens", 0), completion_tokens=counted.get("output_tokens", 0))
    return str(reply.text), usage


def _attempt(settings: ModelSettings, outcome: str, started: float) -> Attempt:
    return Attempt(model=settings.model, outcome=outcome, ms=round((time.perf_counter() - started) * 1000, 3))
