"""A prompt to a text, by the first model that manages: time limits, retries, hedged calls, breakers, the next model."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from qa.answer import Attempt, Usage
from qa.context import tokens_of
from qa.models.client import Client, client_of
from qa.models.spec import ModelSpec, Sensitivity
from qa.redaction import NOTE, Redaction, Unveiling
from qa.tools import Toolbox

_LEAST_SECONDS = 0.05
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 5.0
#: How often a model may ask for tools before it has to answer.
TOOL_ROUNDS = 3


class NotCleared(Exception):
    """Evidence that a model may not see was about to be sent to it."""


class ToolLoop(Exception):
    """The model went on asking for tools instead of answering."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked: the same `rules` for every question, then the `request`; `sensitivity` is that of its evidence.

    `redaction` tells what placeholders in it stand for, None where it has none.
    """

    rules: str
    request: str
    sensitivity: Sensitivity
    redaction: Redaction | None = None


@dataclass(slots=True)
class Listener:
    """Who hears an answer as it is written; `restart`: what was heard so far is void."""

    piece: Callable[[str], None] = lambda piece: None
    restart: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Completion:
    """The text and the model that wrote it, None when none did; every attempt, and what all of them took."""

    text: str | None = None
    spec: ModelSpec | None = None
    attempts: list[Attempt] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)


class Refused(Exception):
    """A text does not hold up; the message says why, and another model may do better."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be written.

    `prompt` makes the prompt for a model, in its context's size; `accept` gives the text that may be used, or raises
    `Refused`; `pay` sets aside what a call may cost at most, and tells whether that was possible; `settle` is told that
    and what it did cost. `redact` begins the redaction of what goes to a large model, None where all may go.
    """

    prompt: Callable[[ModelSpec], Prompt]
    accept: Callable[[str], str]
    listener: Listener = field(default_factory=Listener)
    toolbox: Toolbox | None = None
    pay: Callable[[float], bool] = lambda usd: True
    settle: Callable[[float, float], None] = lambda reserved, spent: None
    redact: Callable[[], Redaction] | None = None


async def complete(task: Task, specs: Sequence[ModelSpec], deadline: float) -> Completion:
    """Try the models in turn until `deadline` (of `time.monotonic`). What goes wrong is noted, and never raised."""
    found = Completion()
    for spec in specs:
        client, prompt = client_of(spec), task.prompt(spec)
        if not spec.may_see(prompt.sensitivity):
            _note(found, spec, "skipped: it may not see this evidence")
        elif deadline - time.monotonic() < _LEAST_SECONDS:
            _note(found, spec, "skipped: no time left")
        elif not client.breaker.allows():
            _note(found, spec, f"skipped: it failed often and is left alone for {client.breaker.wait:.0f} s more")
        else:
            text = await _paid(task, prompt, client, deadline, found)
            if text is not None:
                found.text, found.spec = text, spec
                break
    return found


async def _paid(task: Task, prompt: Prompt, client: Client, deadline: float, found: Completion) -> str | None:
    """The model's text where there is money for it; what was set aside and not spent is given back."""
    spec, before = client.spec, found.usage.cost_usd
    most = (spec.retries + 1) * (2 if spec.hedge_after else 1) * (TOOL_ROUNDS + 1 if _tools_of(task, spec) else 1)
    reserved = spec.cost(tokens_of(prompt.rules) + tokens_of(prompt.request), spec.answer) * most
    if reserved and not task.pay(reserved):
        client.breaker.released()
        _note(found, spec, "skipped: the budget of the day does not allow it")
        return None
    try:
        return await _with_retries(task, prompt, client, deadline, found)
    finally:
        if reserved:
            task.settle(reserved, found.usage.cost_usd - before)


async def _with_retries(task: Task, prompt: Prompt, client: Client, deadline: float, found: Completion) -> str | None:
    """The model's text; None when it failed, which is noted. Its breaker hears of the outcome."""
    wait = _FIRST_WAIT
    sent: Prompt | None = None
    for tried in range(client.spec.retries + 1):
        started = time.perf_counter()
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                await client.prepare()
                if sent is None:
                    sent = await asyncio.to_thread(_veiled, task, prompt, client.spec)
            async with asyncio.timeout(min(client.spec.timeout, deadline - time.monotonic())):
                text = await _hedged(task, sent, client, found)
        except asyncio.CancelledError:
            client.breaker.released()
            raise
        except Exception as error:  # the clients of providers raise dozens of kinds
            last = tried == client.spec.retries or not _may_pass(error)
            wait = _asked_to_wait(error) or random.uniform(0.5, 1.0) * wait * 2  # noqa: S311 - jitter
            last = last or time.monotonic() + wait > deadline - _LEAST_SECONDS or wait > _LONGEST_WAIT
            opened = client.breaker.failed()
            _note(found, client.spec, f"failed: {_kind(error)}{' (and is left alone now)' if opened else ''}", started)
            task.listener.restart()
            if last or opened:
                return None
            await asyncio.sleep(wait)
        else:
            closed = " (and is trusted again)" if client.breaker.succeeded() else ""
            return await _accepted(task, client.spec, text, closed, started, found)
    return None


async def _accepted(
    task: Task, spec: ModelSpec, text: str, closed: str, started: float, found: Completion
) -> str | None:
    try:
        text = await asyncio.to_thread(task.accept, text)  # which reads the graph's model and is not quick
    except Refused as error:
        _note(found, spec, f"refused: {error}{closed}", started)
        task.listener.restart()
        return None
    _note(found, spec, f"answered{closed}", started)
    return text


def _veiled(task: Task, prompt: Prompt, spec: ModelSpec) -> Prompt:
    """The prompt as it may go out to a model. Small ones are one's own and see everything."""
    if task.redact is None or spec.tier != "large":
        return prompt
    redaction = task.redact()
    request = redaction.hide(prompt.request, _passages(task))
    rules = prompt.rules if request == prompt.request else f"{prompt.rules}\n\n{NOTE}"
    return Prompt(rules, request, prompt.sensitivity, redaction)


def _passages(task: Task) -> list[str]:
    return [item.passage_id for item in task.toolbox.evidence] if task.toolbox else []


async def _hedged(task: Task, prompt: Prompt, client: Client, found: Completion) -> str:
    """One call, or two where the first is slow: "The Tail at Scale" (Dean and Barroso, CACM 2013)."""
    after = client.spec.hedge_after
    if not after:
        return await _call(task, prompt, client, task.listener, found)
    # Two voices at once make no text, so the listener hears the winner at the end.
    calls = [asyncio.create_task(_call(task, prompt, client, Listener(), found))]
    try:
        done, _ = await asyncio.wait(calls, timeout=after)
        if not done:
            calls.append(asyncio.create_task(_call(task, prompt, client, Listener(), found)))
        for finished in asyncio.as_completed(calls):
            try:
                text = await finished
            except Exception:
                if all(call.done() for call in calls):
                    raise
            else:
                task.listener.piece(text)
                return text
        raise RuntimeError("no call was made")
    finally:
        for call in calls:
            call.cancel()
            call.add_done_callback(lambda done: done.cancelled() or done.exception())


async def _call(task: Task, prompt: Prompt, client: Client, listener: Listener, found: Completion) -> str:
    from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage, ToolMessage

    spec, redaction = client.spec, prompt.redaction
    if not spec.may_see(prompt.sensitivity):  # checked where the models are chosen, and once more where it would leave
        raise NotCleared(f"{spec.name} may not see this evidence.")
    use = _tools_of(task, spec)
    messages: list[BaseMessage] = [SystemMessage(prompt.rules), HumanMessage(prompt.request)]
    for _ in range(TOOL_ROUNDS + 1):
        unveiling = Unveiling(redaction, listener.piece) if redaction else None
        reply = await client.write(
            messages, use.schemas if use else (), unveiling.hear if unveiling else listener.piece
        )
        if unveiling:
            unveiling.end()
        _count(found.usage, spec, reply, messages)
        if not reply.tool_calls or use is None:
            return redaction.show(str(reply.text)) if redaction else str(reply.text)
        messages.append(reply)
        for asked in reply.tool_calls:
            told = await asyncio.to_thread(_looked_up, task, use, asked, spec, redaction)
            messages.append(ToolMessage(told, tool_call_id=asked["id"]))
    raise ToolLoop


def _looked_up(task: Task, use: Toolbox, asked: Any, spec: ModelSpec, redaction: Redaction | None) -> str:
    """What a tool finds, as it may go out; a placeholder among its arguments is looked up by what it stands for."""
    if redaction is None:
        return use.run(asked["name"], asked["args"], spec)
    arguments = {name: redaction.show(str(value)) for name, value in asked["args"].items()}
    return redaction.hide(use.run(asked["name"], arguments, spec), _passages(task))


def _tools_of(task: Task, spec: ModelSpec) -> Toolbox | None:
    """Looking things up is for large models: small ones lose themselves in it."""
    return task.toolbox if spec.tier == "large" else None


def _count(usage: Usage, spec: ModelSpec, reply: Any, messages: Sequence[Any]) -> None:
    counted: dict[str, int] = dict(reply.usage_metadata or {})
    tokens_in = counted.get("input_tokens") or sum(tokens_of(str(message.text)) for message in messages)
    tokens_out = counted.get("output_tokens") or tokens_of(str(reply.text))
    usage.prompt_tokens += tokens_in
    usage.completion_tokens += tokens_out
    usage.cost_usd = round(usage.cost_usd + spec.cost(tokens_in, tokens_out), 9)


def _note(found: Completion, spec: ModelSpec, outcome: str, started: float | None = None) -> None:
    ms = 0.0 if started is None else round(1000 * (time.perf_counter() - started), 3)
    found.attempts.append(Attempt(model=spec.called, outcome=outcome, ms=ms))


def _names(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _may_pass(error: BaseException) -> bool:
    """Whether the same call may work in a moment: the connection, a limit of rate, the server's own trouble."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return status in (408, 409, 429) or status >= 500
    passing = {"APIConnectionError", "TransportError", "ConnectionError", "TimeoutError", "EOFError"}
    return bool(_names(error) & passing)


def _asked_to_wait(error: BaseException) -> float | None:
    """Seconds of a Retry-After header."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    try:
        return float(headers["retry-after"]) if headers is not None and "retry-after" in headers else None
    except ValueError:  # a date: rare, and then the usual wait does
        return None


def _kind(error: BaseException) -> str:
    """What a person understands of an error; never its text, which may hold the question or a key."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return f"HTTP {status}"
    names = _names(error)
    if "TimeoutError" in names or "APITimeoutError" in names:
        return "no answer in time"
    if {"APIConnectionError", "TransportError", "ConnectionError"} & names:
        return "no connection"
    return {"TooLong": "far too long an answer", "ToolLoop": "it asked for tools without end"}.get(
        type(error).__name__, type(error).__name__
    )
