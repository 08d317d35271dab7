"""An answer as server-sent events: its steps as they happen, its text sentence by sentence, its citations, all of it.

The format: https://html.spec.whatwg.org/multipage/server-sent-events.html. Events are `step` (its name and what it
found), `text` (a piece of the answer), `restart` (what `text` told so far is void), `citations`, `answer` (the whole,
as `POST /v1/ask` gives it) and, instead of the last two, `error` (a problem document).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import Any

from fastapi import Request

from api.errors import explain
from qa.answer import Answer
from qa.observer import AskCancelled, Cancel, Observer

#: Answers that are made at once; more wait for their turn, and say so by silence.
AT_ONCE = 64
# How often a silent stream looks whether anybody still listens, in seconds.
_LOOK = 0.25
_Event = tuple[str, Any]


async def events(request: Request, ask: Callable[[Observer, Cancel], Answer]) -> AsyncIterator[bytes]:
    """The events of a question that `ask` answers in a thread; a client that goes away cancels it."""
    loop, queue, cancel = asyncio.get_running_loop(), asyncio.Queue[_Event](), Cancel()
    spoken: list[str] = []

    def tell(event: str, data: Any) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, (event, data))

    def text(piece: str) -> None:
        spoken.append(piece)
        tell("text", {"text": piece})

    def restart() -> None:
        spoken.clear()
        tell("restart", {})

    def work() -> None:
        try:
            answer = ask(Observer(lambda step, found: tell("step", {"step": step, **found}), text, restart), cancel)
        except AskCancelled:
            tell("", None)
        except Exception as error:
            meaning = explain(error)
            tell("error", {"title": "No answer", "status": meaning.status, "detail": meaning.sentence})
        else:
            _tell_answer(answer, tell, whole="".join(spoken))

    _workers().submit(copy_context().run, work)
    try:
        while True:
            try:
                event, data = await asyncio.wait_for(queue.get(), _LOOK)
            except TimeoutError:
                if await request.is_disconnected():
                    return
                continue
            if not event:
                return
            yield f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
            if event in ("answer", "error"):
                return
    finally:
        cancel()


def _tell_answer(answer: Answer, tell: Callable[[str, Any], None], whole: str) -> None:
    """What is still to be told: the text that was not told while it was written, the citations, all of it."""
    told = whole.rstrip()
    before, found, rest = answer.answer.partition(told) if told else ("", "", answer.answer)
    if told and not found:
        tell("restart", {})
        rest = before
    for line in rest.splitlines(keepends=True):
        tell("text", {"text": line})
    tell("citations", [citation.model_dump(mode="json") for citation in answer.citations])
    tell("answer", answer.model_dump(mode="json"))


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, "streams")
