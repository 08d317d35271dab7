"""A GGUF file as a LangChain chat model, through the child process of `kg.gguf`."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from kg.gguf.model import GgufModel


class GgufChat(BaseChatModel):
    """The model at `path`: at most `answer` tokens within `timeout` seconds; one answer at a time.

    What the system message says is read by the model once and kept. Raises ValueError for a file that is no model, and
    `NoAnswer` when there is none.
    """

    path: Path
    answer: int
    timeout: float
    _loaded: dict[str, GgufModel] = PrivateAttr(default_factory=dict)

    @property
    def _llm_type(self) -> str:
        return "gguf"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        model, text = self._asked(messages)
        answer = model.answer(text, "", self.answer, self.timeout)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(answer))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        """Pieces as the child writes them; whoever stops listening ends the child's writing."""
        model, text = self._asked(messages)
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[str | None] = asyncio.Queue()

        def tell(piece: str | None) -> None:
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

        def write() -> None:
            try:
                model.answer(text, "", self.answer, self.timeout, tell)
            finally:
                tell(None)

        writing = loop.run_in_executor(None, write)
        try:
            while (piece := await pieces.get()) is not None:
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
            await writing
        except (asyncio.CancelledError, GeneratorExit):
            model.cancel()
            writing.add_done_callback(lambda done: done.exception())  # nobody else asks what became of it
            raise

    def _asked(self, messages: list[BaseMessage]) -> tuple[GgufModel, str]:
        head = "".join(f"{message.text}\n\n" for message in messages if message.type == "system")
        if head not in self._loaded:
            self._loaded = {head: GgufModel(self.path, head, self.timeout, "models.NAME.model of EVIGRAPH_MODELS")}
        rest = "".join(f"{message.text}\n\n" for message in messages if message.type != "system")
        return self._loaded[head], f"{rest}Answer:"
