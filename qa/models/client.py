"""One model ready to be called: its LangChain chat model, its breaker, its turn-taking; all live on one event loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from traceback import clear_frames
from typing import TYPE_CHECKING, Any

from qa.models.breaker import Breaker
from qa.models.spec import ModelSpec

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk, BaseMessage
    from langchain_core.tools import BaseTool

# An answer of more characters for each token that was allowed is none: a server that ignores the limit.
_LONGEST_TOKEN = 12


class TooLong(Exception):
    """The model wrote far more than it was allowed to."""


@dataclass(slots=True)
class Client:
    """A model with what is remembered of it between calls."""

    spec: ModelSpec
    breaker: Breaker = field(default_factory=Breaker)
    _turns: asyncio.Semaphore | None = None
    _chat: "BaseChatModel | None" = None

    async def prepare(self) -> None:
        """Load what the first call needs: seconds of imports, which are not the model's to answer for."""
        if self._turns is None:
            self._turns = asyncio.Semaphore(1 if self.spec.provider == "gguf" else self.spec.concurrency)
        if self._chat is None:
            self._chat = await asyncio.to_thread(_chat_model, self.spec)

    async def write(
        self,
        messages: "Sequence[BaseMessage]",
        tools: "Sequence[BaseTool]",
        on_piece: Callable[[str], None],
    ) -> "AIMessageChunk":
        """The model's whole message, its text also piece by piece. Raises whatever its client does, and `TooLong`."""
        await self.prepare()
        if self._turns is None or self._chat is None:
            raise RuntimeError("The client was not prepared.")
        async with self._turns:
            chat = self._chat.bind_tools(tools) if tools else self._chat
            whole: AIMessageChunk | None = None
            written, longest = 0, self.spec.answer * _LONGEST_TOKEN
            try:
                async with asyncio.timeout(None) as patience:
                    async for chunk in chat.astream(list(messages)):
                        if text := chunk.text:
                            written += len(text)
                            if written > longest:
                                # Cancelled where it waits for bytes, rather than left here: what reads the stream is
                                # five generators deep, and abandoned ones are closed in any order, or while they run.
                                patience.reschedule(0)
                                continue
                            on_piece(str(text))
                        whole = chunk if whole is None else whole + chunk  # type: ignore[assignment]
            except TimeoutError:
                if not patience.expired():
                    raise
            except Exception as error:
                # What the client's library leaves open when a stream makes no sense; the collector would close it too,
                # but from the inside out as well as from the outside in.
                clear_frames(error.__traceback__)
                raise
            if written > longest:
                raise TooLong
            if whole is None:
                raise EOFError("The model's answer ended before it began.")
            return whole


@cache
def client_of(spec: ModelSpec) -> Client:
    """The one client of a model in this process, so that its breaker knows of every call."""
    return Client(spec)


def _chat_model(spec: ModelSpec) -> "BaseChatModel":
    if spec.provider == "gguf":
        from pathlib import Path

        from qa.models.gguf import GgufChat

        return GgufChat(path=Path(spec.model), answer=spec.answer, timeout=spec.timeout)
    from langchain.chat_models import init_chat_model

    settings: dict[str, Any] = {"timeout": spec.timeout, "max_retries": 0, "temperature": 0, "max_tokens": spec.answer}
    if spec.provider == "openai":
        settings["stream_usage"] = True
    if spec.base_url:
        settings["base_url"] = spec.base_url
    # A server of one's own takes any key, but the client wants one.
    settings["api_key"] = spec.secret or "none"
    chat: BaseChatModel = init_chat_model(spec.model, model_provider=spec.provider, **settings)
    return chat


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="models", daemon=True).start()
    return loop


def start[T](work: Coroutine[Any, Any, T]) -> "Future[T]":
    """Begin work on the models' event loop, from any thread; cancelling the future cancels the work."""
    return asyncio.run_coroutine_threadsafe(work, _loop())
