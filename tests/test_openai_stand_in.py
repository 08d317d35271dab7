"""The stand-in for a chat server, as the clients of the product see it: `openai` itself and LangChain."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import openai
import pytest
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from openai.types.chat import ChatCompletionChunk
from openai_stand_in import (
    Reply,
    StandIn,
    ToolCall,
    count_tokens,
    cut_stream,
    hanging,
    huge_answer,
    invalid_json,
    nonsense,
    prompt_text,
    rate_limited,
    refused,
    server_error,
    slow,
    stand_in,
    tool_loop,
    wrong_citations,
)

pytestmark = pytest.mark.alone

TEXT = "Ingrid leads the crisis team [2]. She is the chief executive [1].\n– Øy"
SEARCH = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Passages for some words.",
        "parameters": {"type": "object", "properties": {"words": {"type": "string"}}},
    },
}
CALLS = [ToolCall("search", '{"words": "crisis team"}'), ToolCall("search", '{"words": "chief"}')]


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in() as server:
        yield server


@pytest.fixture
def client(server: StandIn) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=server.url, api_key="x", max_retries=0, timeout=10) as client:
        yield client


def model_at(url: str, timeout: float = 10) -> BaseChatModel:
    return init_chat_model(
        "stand-in",
        model_provider="openai",
        base_url=url,
        api_key="x",
        max_retries=0,
        timeout=timeout,
        stream_usage=True,
    )


def ask(client: openai.OpenAI, question: str = "Who leads it?", **options: Any) -> Any:
    """A completion, or with `stream` its chunks to come."""
    messages: Any = [{"role": "system", "content": "Cite."}, {"role": "user", "content": question}]
    return client.chat.completions.create(model="stand-in", messages=messages, **options)


def said(client: openai.OpenAI, question: str = "Who leads it?") -> str:
    return str(ask(client, question).choices[0].message.content)


def streamed(client: openai.OpenAI, question: str = "Who leads it?", **options: Any) -> list[ChatCompletionChunk]:
    return list(ask(client, question, stream=True, **options))


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_a_plain_reply(server: StandIn, client: openai.OpenAI) -> None:
    server.script = [TEXT]
    completion = ask(client)
    assert completion.choices[0].message.content == TEXT
    assert (completion.choices[0].finish_reason, completion.choices[0].message.tool_calls) == ("stop", None)
    assert (completion.object, completion.model) == ("chat.completion", "stand-in")
    assert prompt_text(server.requests[0]) == "Cite.\nWho leads it?"


def test_a_streamed_reply(server: StandIn, client: openai.OpenAI) -> None:
    server.script = [TEXT]
    chunks = streamed(client)
    assert text_of(chunks) == TEXT
    assert len(chunks) > len(TEXT) / 10
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert all(chunk.usage is None for chunk in chunks)


def test_a_stream_ends_properly(server: StandIn) -> None:
    server.script = [TEXT]
    events = httpx.post(f"{server.url}/chat/completions", json={"messages": [], "stream": True}).text.split("\n\n")
    assert all(event.startswith("data: {") for event in events[:-2])
    assert events[-2:] == ["data: [DONE]", ""]


def test_usage_counts_what_was_sent_and_said(server: StandIn, client: openai.OpenAI) -> None:
    server.script = [TEXT]
    usage = ask(client).usage
    assert (usage.prompt_tokens, usage.completion_tokens) == (5, count_tokens(TEXT))  # four words were sent
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    last = streamed(client, stream_options={"include_usage": True})[-1]
    assert (last.choices, last.usage) == ([], usage)
    with_tools = ask(client, tools=[SEARCH]).usage
    assert with_tools.prompt_tokens > usage.prompt_tokens
    server.script = [Reply(TEXT, usage=(7, 3))]
    told = ask(client).usage
    assert (told.prompt_tokens, told.completion_tokens, told.total_tokens) == (7, 3, 10)


def test_tool_calls_are_read_plain_and_streamed(server: StandIn, client: openai.OpenAI) -> None:
    server.script = [CALLS]
    plain = ask(client, tools=[SEARCH]).choices[0]
    assert (plain.finish_reason, plain.message.content) == ("tool_calls", None)
    assert [(call.function.name, call.function.arguments) for call in plain.message.tool_calls] == CALLS
    server.script = [Reply("Let me see.", tool_calls=CALLS)]
    chunks = streamed(client, tools=[SEARCH])
    assert text_of(chunks) == "Let me see."
    assert chunks[-1].choices[0].finish_reason == "tool_calls"
    parts = [part for chunk in chunks for part in chunk.choices[0].delta.tool_calls or []]
    for index, call in enumerate(CALLS):
        first, *rest = (part for part in parts if part.index == index)
        assert first.function
        assert first.function.name == call.name
        assert len(rest) > 1
        assert "".join(part.function.arguments or "" for part in rest if part.function) == call.arguments
    ids = [call.id for call in plain.message.tool_calls] + [part.id for part in parts if part.id]
    assert len(set(ids)) == 4


def test_a_list_is_used_in_turn_and_the_last_repeats(server: StandIn, client: openai.OpenAI) -> None:
    server.script = ["One [1].", Reply("Two [2].")]
    assert [said(client) for _ in range(4)] == ["One [1].", "Two [2].", "Two [2].", "Two [2]."]
    server.script = ["Three [3].", "Four [4]."]
    assert [said(client) for _ in range(2)] == ["Three [3].", "Four [4]."]
    server.script, server.reply = None, "Five [5]."
    assert said(client) == "Five [5]."


def test_a_function_answers_by_what_the_prompt_holds(server: StandIn, client: openai.OpenAI) -> None:
    server.script = lambda request: "Maria [1]." if "Atlas" in prompt_text(request) else nonsense()
    assert said(client, "Who owns Atlas?") == "Maria [1]."
    assert said(client, "Who owns Vega?") == nonsense().text


def test_a_prompt_holds_text_parts_and_what_tools_were_called_with() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "Who?"}, {"type": "image_url", "image_url": {}}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "Nobody."},
    ]
    assert prompt_text({"messages": messages}).split() == ["Who?", "search", "{}", "Nobody."]


def test_a_script_that_fails_fails_the_test() -> None:
    def script(request: dict[str, Any]) -> str:
        assert "Atlas" in prompt_text(request), "not asked about Atlas"
        return "Maria [1]."

    with pytest.raises(AssertionError, match="not asked about Atlas"), stand_in() as server:
        server.script = script
        with (
            openai.OpenAI(base_url=server.url, api_key="x", max_retries=0) as client,
            pytest.raises(openai.InternalServerError, match="not asked about Atlas"),
        ):
            ask(client)


def test_only_chat_completions_are_spoken(server: StandIn, client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="stand-in", input="words")
    assert server.requests == []
    server.reply = "Any prefix will do."
    with client.with_options(base_url=server.url.replace("/v1", "/some/other/prefix")) as other:
        assert said(other) == "Any prefix will do."


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (rate_limited(7), openai.RateLimitError),
        (server_error(), openai.InternalServerError),
        (Reply("Too many tokens.", status=400), openai.BadRequestError),
        (Reply(status=502, headers={"content-type": "text/html"}, body=b"<html>Bad"), openai.InternalServerError),
        (hanging(), openai.APITimeoutError),
        (slow(5), openai.APITimeoutError),
        (cut_stream(), openai.APIConnectionError),
        (invalid_json(), json.JSONDecodeError),
    ],
    ids=["rate limit", "error", "refusal", "gateway", "hanging", "slow", "cut", "invalid"],
)
def test_each_fault_shows_as_what_it_is(
    server: StandIn, client: openai.OpenAI, fault: Reply, raised: type[Exception], stream: bool
) -> None:
    server.script = [fault]
    impatient = client.with_options(timeout=0.3) if fault.hang or fault.delay else client
    with pytest.raises(raised) as caught:
        (streamed if stream else ask)(impatient)
    assert type(caught.value) is raised
    if isinstance(caught.value, openai.APIStatusError):
        assert caught.value.status_code == fault.status
    if isinstance(caught.value, openai.RateLimitError):
        assert caught.value.response.headers["retry-after"] == "7"
    if isinstance(caught.value, openai.BadRequestError):
        assert "Too many tokens." in str(caught.value)


def test_a_client_that_retries_has_the_next_reply(server: StandIn, client: openai.OpenAI) -> None:
    server.script = [rate_limited(0.05), server_error(), "At last [1]."]
    assert said(client.with_options(max_retries=2)) == "At last [1]."
    assert len(server.requests) == 3


def test_nothing_listens_where_it_is_refused() -> None:
    with (
        refused() as url,
        openai.OpenAI(base_url=url, api_key="x", max_retries=0) as client,
        pytest.raises(openai.APIConnectionError) as caught,
    ):
        ask(client)
    assert type(caught.value) is openai.APIConnectionError
    assert "refused" in str(caught.value.__cause__)


def test_a_cut_stream_has_said_its_part(server: StandIn, client: openai.OpenAI) -> None:
    for cut in (0, 7, 20, 1000):
        server.script = [Reply(TEXT, cut_after=cut)]
        chunks: list[ChatCompletionChunk] = []
        with pytest.raises(openai.APIConnectionError):
            for chunk in ask(client, stream=True):
                chunks.append(chunk)
        assert text_of(chunks) == TEXT[:cut]
    assert server.dropped == 0  # it was the server that went away


def test_answers_that_are_no_good(server: StandIn, client: openai.OpenAI) -> None:
    server.script = [huge_answer(), wrong_citations(), nonsense(), tool_loop("search", '{"words": "x"}')]
    huge = said(client)
    assert len(huge) >= 1_000_000
    assert said(client).endswith("[99].")
    assert "[" not in said(client)
    for _ in range(3):
        (call,) = ask(client, tools=[SEARCH]).choices[0].message.tool_calls or []
        assert (call.function.name, call.function.arguments) == ("search", '{"words": "x"}')
    server.script = [huge_answer()]
    assert text_of(streamed(client)) == huge


def test_a_reply_and_its_pieces_take_their_time(server: StandIn, client: openai.OpenAI) -> None:
    server.script = [Reply("abc", piece=1, delay=0.2, chunk_delay=0.1)]
    started = time.perf_counter()
    at = {chunk.choices[0].delta.content: time.perf_counter() - started for chunk in ask(client, stream=True)}
    assert at["a"] >= 0.2
    assert at["b"] - at["a"] >= 0.05
    assert at["c"] >= 0.4
    started = time.perf_counter()
    server.script = [slow(0.2)]
    ask(client)
    assert time.perf_counter() - started >= 0.2


def sent_by_hand(server: StandIn) -> socket.socket:
    """A connection that has sent a request and has read nothing yet."""
    body = json.dumps({"messages": [], "stream": True}).encode()
    connection = socket.create_connection(("127.0.0.1", server.server_address[1]))
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    connection.sendall(head + body)
    return connection


@pytest.mark.parametrize("reply", [hanging(), slow(60), Reply(TEXT, chunk_delay=60)], ids=["hanging", "slow", "stream"])
@pytest.mark.parametrize("way", [socket.socket.close, lambda connection: connection.shutdown(socket.SHUT_WR)])
def test_a_client_that_goes_is_noticed_at_once(
    server: StandIn, reply: Reply, way: Callable[[socket.socket], None]
) -> None:
    server.script = [reply]
    with sent_by_hand(server) as connection:
        assert server.wait_until(lambda: len(server.requests) == 1)
        time.sleep(0.1)
        assert server.dropped == 0
        way(connection)
        gone = time.perf_counter()
        assert server.wait_until(lambda: server.dropped == 1)
        assert time.perf_counter() - gone < 0.5  # it is about a millisecond, on a machine that has the time


def test_a_client_that_has_had_enough_of_a_stream(server: StandIn, client: openai.OpenAI) -> None:
    server.script = [Reply(TEXT * 100, chunk_delay=0.01)]
    with ask(client, stream=True) as stream:
        next(iter(stream))
    assert server.wait_until(lambda: server.dropped == 1)


def test_a_task_that_is_cancelled_drops_its_reply(server: StandIn) -> None:
    server.script = [hanging()]

    async def cancelled() -> None:
        async with openai.AsyncOpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
            messages: Any = [{"role": "user", "content": "Who?"}]
            task = asyncio.create_task(client.chat.completions.create(model="stand-in", messages=messages))
            assert await asyncio.to_thread(server.wait_until, lambda: len(server.requests) == 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.wait_until, lambda: server.dropped == 1)

    asyncio.run(cancelled())


def test_64_streams_at_once(server: StandIn, client: openai.OpenAI) -> None:
    all_there = threading.Barrier(64)  # each waits for the others, so that none is served after another

    def script(request: dict[str, Any]) -> Reply:
        all_there.wait(20)
        return Reply(f"Answer to: {prompt_text(request)} " + TEXT * 3, chunk_delay=0.005)

    server.script = script
    questions = [f"Question {n}?" for n in range(64)]
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda question: text_of(streamed(client, question)), questions))
    assert answers == [f"Answer to: Cite.\n{question} " + TEXT * 3 for question in questions]
    assert sorted(prompt_text(request) for request in server.requests) == sorted(f"Cite.\n{q}" for q in questions)
    assert server.dropped == 0


def test_a_list_is_used_once_each_by_many_at_once(server: StandIn, client: openai.OpenAI) -> None:
    server.script = [str(n) for n in range(64)]
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: said(client), range(64)))
    assert sorted(answers) == sorted(map(str, range(64)))


def test_it_stops_while_clients_wait() -> None:
    with ThreadPoolExecutor(8) as pool:
        with stand_in() as server:
            server.script = [hanging(), Reply(TEXT, chunk_delay=60)]
            client = openai.OpenAI(base_url=server.url, api_key="x", max_retries=0, timeout=10)
            waiting = [pool.submit(streamed, client) for _ in range(8)]
            assert server.wait_until(lambda: len(server.requests) == 8)
            started = time.perf_counter()
        assert time.perf_counter() - started < 0.5
        with client:
            for each in waiting:
                with pytest.raises(openai.APIConnectionError) as caught:
                    each.result()
                assert type(caught.value) is openai.APIConnectionError  # not that it waited too long
    assert server.dropped == 0


def test_langchain_reads_texts_streams_and_usage(server: StandIn) -> None:
    server.script = [TEXT]
    model = model_at(server.url)
    plain = model.invoke("Who leads it?")
    assert plain.text == TEXT
    assert plain.usage_metadata
    assert (plain.usage_metadata["input_tokens"], plain.usage_metadata["output_tokens"]) == (4, count_tokens(TEXT))
    chunks = list(model.stream("Who leads it?"))
    assert len([chunk for chunk in chunks if chunk.text]) == len(range(0, len(TEXT), 10))
    whole = sum(chunks[1:], chunks[0])
    assert isinstance(whole, AIMessageChunk)
    assert whole.text == TEXT
    assert whole.usage_metadata
    assert whole.usage_metadata["total_tokens"] == plain.usage_metadata["total_tokens"]


def test_langchain_reads_tool_calls(server: StandIn) -> None:
    server.script = [CALLS]
    model = model_at(server.url).bind_tools([SEARCH])
    wanted = [("search", {"words": "crisis team"}), ("search", {"words": "chief"})]
    assert [(call["name"], call["args"]) for call in model.invoke("Who?").tool_calls] == wanted
    chunks = list(model.stream("Who?"))
    whole = sum(chunks[1:], chunks[0])
    assert [(call["name"], call["args"]) for call in whole.tool_calls] == wanted
    assert server.requests[0]["tools"][0]["function"]["name"] == "search"


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (rate_limited(), openai.RateLimitError),
        (server_error(), openai.InternalServerError),
        (hanging(), openai.APITimeoutError),
        (cut_stream(), openai.APIConnectionError),
        (invalid_json(), json.JSONDecodeError),
    ],
    ids=["rate limit", "error", "hanging", "cut", "invalid"],
)
def test_langchain_raises_each_fault(server: StandIn, fault: Reply, raised: type[Exception]) -> None:
    server.script = [fault]
    model = model_at(server.url, timeout=0.5 if fault.hang else 10)
    with pytest.raises(raised):
        model.invoke("Who?")
    with pytest.raises(raised):
        list(model.stream("Who?"))
    if fault.hang:
        assert server.wait_until(lambda: server.dropped == 2)


def test_langchain_is_refused() -> None:
    with refused() as url, pytest.raises(openai.APIConnectionError):
        model_at(url).invoke("Who?")
