"""A server that speaks the OpenAI chat protocol over real HTTP, says what it is told, and fails as it is told.

with stand_in() as server:
    server.reply = "Ingrid leads it [1]."                        # to everything, or
    server.script = [rate_limited(1), "Ingrid leads it [1]."]    # one after another, the last one repeats, or
    server.script = lambda request: nonsense() if "Atlas" in prompt_text(request) else "Ingrid leads it [1]."
"""

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import batched
from typing import Any, NamedTuple

_LOOK = 0.04  # seconds between two looks at whether the server stops


class ToolCall(NamedTuple):
    """The model asks for a tool; `arguments` is JSON as text, as the model writes it."""

    name: str
    arguments: str


@dataclass(frozen=True)
class Reply:
    """One reply: what is said, and how it goes wrong.

    With a status other than 200 `text` is the message of the error. `headers` have lower-case names. `usage` (prompt
    tokens, completion tokens) is counted when it is None. `delay` is seconds before the first byte, `chunk_delay`
    seconds between the pieces of a stream, `piece` how many characters are in one. `cut_after` drops the connection,
    without ending the reply, after so many characters of a streamed text or bytes of a plain body. `body` is sent in
    place of the completion; in a stream it is the one event. `hang` sends nothing until the client goes away or the
    server stops.
    """

    text: str = ""
    _: KW_ONLY
    tool_calls: Sequence[ToolCall] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: tuple[int, int] | None = None
    delay: float = 0.0
    chunk_delay: float = 0.0
    piece: int = 10
    cut_after: int | None = None
    body: bytes | None = None
    hang: bool = False


Said = Reply | str | Sequence[ToolCall]
Script = Sequence[Said] | Callable[[dict[str, Any]], Said]


# Ready-made faults. The last reply of a script repeats, so that the tool of `tool_loop` is asked for again and again.
server_error = partial(Reply, "The server failed.", status=500)
hanging = partial(Reply, hang=True)
cut_stream = partial(Reply, "It is so [1]. And this is more of it [2].", cut_after=20)
invalid_json = partial(Reply, body=b'{"id": "chatcmpl-1", "choices": [{"index": 0, "mess')
nonsense = partial(Reply, "Seventeen is the colour of a Tuesday, and the whales agree.")
wrong_citations = partial(Reply, "It is so [99].")


def rate_limited(retry_after: float = 1) -> Reply:
    return Reply("Too many requests.", status=429, headers={"retry-after": str(retry_after)})


def huge_answer(size: int = 1_000_000) -> Reply:
    """Whole sentences, each with a citation, of at least `size` characters together."""
    return Reply("It is so [1]. " * (size // 14 + 1), piece=4096)


def tool_loop(name: str, arguments: str = "{}") -> Reply:
    return Reply(tool_calls=[ToolCall(name, arguments)])


def slow(seconds: float, text: str = "It is so [1].") -> Reply:
    return Reply(text, delay=seconds)


@contextmanager
def refused() -> Iterator[str]:
    """A base URL on which nothing listens. The port stays bound, so that nobody else can come to listen on it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/v1"


def prompt_text(request: Mapping[str, Any]) -> str:
    """All that the messages of a request say, in their order: texts, and names and arguments of tools called."""
    said: list[str] = []
    for message in request.get("messages", []):
        content = message.get("content") or ""
        said += [content] if isinstance(content, str) else [part.get("text", "") for part in content]
        for call in message.get("tool_calls") or []:
            said += [call["function"]["name"], call["function"]["arguments"]]
    return "\n".join(said)


def count_tokens(text: str) -> int:
    """How many tokens the stand-in takes a text for: four for three words."""
    return round(len(text.split()) * 4 / 3)


class StandIn(ThreadingHTTPServer):
    """While `script` is None, `reply` is what the model says, `status` the HTTP status, `delay` seconds before it does.

    A script that is a function is called in the thread of its request, so several calls may run at once. What it raises
    is answered with status 500, and raised when `stand_in` ends. `requests` are the bodies in order of arrival;
    `dropped` counts the replies whose client went away before they were complete.
    """

    reply: str | Sequence[ToolCall] = ""
    status = 200
    delay = 0.0
    script: Script | None = None
    block_on_close = False  # its threads are daemons, too
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[dict[str, Any]] = []
        self.dropped = 0
        self.failures: list[Exception] = []
        self.stopping = threading.Event()
        self._changed = threading.Condition()
        self._playing: Script | None = None
        self._turn = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def wait_until(self, condition: Callable[[], bool], seconds: float = 5.0) -> bool:
        """Whether something about `requests` or `dropped` comes true in time."""
        with self._changed:
            return self._changed.wait_for(condition, seconds)

    def take(self, request: dict[str, Any]) -> tuple[int, Reply]:
        """Keeps a request, and gives its number and the reply to it."""
        with self._changed:
            self.requests.append(request)
            number, script = len(self.requests), self.script
            self._turn = self._turn + 1 if script is self._playing else 0  # another script begins with its first reply
            self._playing, turn = script, self._turn
            self._changed.notify_all()
        said: Said = self.reply
        if script is not None:
            said = script(request) if callable(script) else script[min(turn, len(script) - 1)]
        reply = said if isinstance(said, Reply) else Reply(said) if isinstance(said, str) else Reply(tool_calls=said)
        if script is None:
            reply = replace(reply, status=self.status, delay=self.delay, usage=(120, 12))
        return number, reply

    def count_drop(self) -> None:
        with self._changed:
            self.dropped += not self.stopping.is_set()  # whoever is let go by a server that stops did not go away
            self._changed.notify_all()


class _Handler(BaseHTTPRequestHandler):
    server: StandIn
    protocol_version = "HTTP/1.1"  # only its chunks let a client tell a cut stream from a complete one
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.close_connection = True  # even if no reply is begun, which would say so
        try:
            body = self.rfile.read(size := int(self.headers["content-length"]))
            if len(body) < size:
                raise ConnectionAbortedError("The client went away before its request was complete.")
            self._answer(body)
        except ConnectionError:
            self.server.count_drop()

    def _answer(self, body: bytes) -> None:
        request: dict[str, Any] = {}
        number, reply = 0, Reply("Only chat completions are spoken here.", status=404)
        if self.path.partition("?")[0].endswith("/chat/completions"):
            try:
                request = json.loads(body)
                number, reply = self.server.take(request)
            except Exception as error:  # of whatever kind a script raises
                self.server.failures.append(error)
                reply = Reply(f"The stand-in could not answer: {error!r}", status=500)
        self._wait(float("inf") if reply.hang else reply.delay)
        if reply.status == 200 and request.get("stream"):
            self._send_stream(request, reply, number)
        else:
            data = _plain(request, reply, number) if reply.body is None else reply.body
            self._send_head(reply, {"content-type": "application/json", "content-length": str(len(data))})
            self.wfile.write(data[: reply.cut_after])

    def _send_stream(self, request: dict[str, Any], reply: Reply, number: int) -> None:
        event = partial(_object, "chat.completion.chunk", request, number)
        self._send_head(reply, {"content-type": "text/event-stream", "transfer-encoding": "chunked"})
        if reply.body is None:
            for n, delta in enumerate(_deltas(reply, number)):
                self._wait(reply.chunk_delay if n > 1 else 0.0)  # the first only says whose turn it is
                self.wfile.write(_chunk(event(choices=[{"index": 0, "delta": delta, "finish_reason": None}])))
            self._wait(0.0)
            finish = "tool_calls" if reply.tool_calls else "stop"
            ends = [event(choices=[{"index": 0, "delta": {}, "finish_reason": finish}])]
            if (request.get("stream_options") or {}).get("include_usage"):
                ends.append(event(choices=[], usage=_usage(request, reply)))
        else:
            ends = [reply.body]
        if reply.cut_after is None:  # all in one write: a client that has read [DONE] may close at once
            self.wfile.write(b"".join(map(_chunk, [*ends, b"[DONE]"])) + b"0\r\n\r\n")

    def _send_head(self, reply: Reply, headers: dict[str, str]) -> None:
        self.send_response(reply.status)
        for name, value in {**headers, "connection": "close", **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _wait(self, seconds: float) -> None:
        """Raises ConnectionError as soon as the client has closed its side, or the server stops."""
        until = time.monotonic() + seconds
        look = select.poll()
        look.register(self.connection, select.POLLIN)
        while not self.server.stopping.is_set():
            left = min(max(until - time.monotonic(), 0.0), _LOOK)
            if look.poll(left * 1000):
                if not self.connection.recv(1, socket.MSG_PEEK):
                    raise ConnectionAbortedError("The client went away.")
                self.server.stopping.wait(left)  # it sent more than its request, which is left alone
            if time.monotonic() >= until:
                return
        raise ConnectionAbortedError("The server stops.")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: pytest shows what failed."""


def _object(kind: str, request: dict[str, Any], number: int, **parts: Any) -> bytes:
    head = {"id": f"chatcmpl-{number}", "object": kind, "created": 0, "model": request.get("model", "stand-in")}
    return json.dumps({**head, **parts}).encode()


def _usage(request: dict[str, Any], reply: Reply) -> dict[str, int]:
    sent = [prompt_text(request), json.dumps(request["tools"]) if request.get("tools") else ""]
    said = [reply.text, *(part for call in reply.tool_calls for part in call)]
    prompt, completion = reply.usage or (count_tokens(" ".join(sent)), count_tokens(" ".join(said)))
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _calls(reply: Reply, number: int) -> list[dict[str, Any]]:
    asked = [call._asdict() for call in reply.tool_calls]
    return [{"id": f"call_{number}_{n}", "type": "function", "function": call} for n, call in enumerate(asked)]


def _plain(request: dict[str, Any], reply: Reply, number: int) -> bytes:
    if reply.status != 200:
        return json.dumps({"error": {"message": reply.text, "type": "stand_in", "code": None}}).encode()
    message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    if reply.tool_calls:
        message |= {"content": reply.text or None, "tool_calls": _calls(reply, number)}
    choice = {"index": 0, "finish_reason": "tool_calls" if reply.tool_calls else "stop", "message": message}
    return _object("chat.completion", request, number, choices=[choice], usage=_usage(request, reply))


def _deltas(reply: Reply, number: int) -> Iterator[dict[str, Any]]:
    """What the chunks of a stream add, up to where it is cut."""
    yield {"role": "assistant", "content": ""}
    for piece in batched(reply.text[: reply.cut_after], reply.piece):
        yield {"content": "".join(piece)}
    if reply.cut_after is None or reply.cut_after > len(reply.text):
        for index, call in enumerate(_calls(reply, number)):
            function = call["function"]
            yield {"tool_calls": [{**call, "index": index, "function": {**function, "arguments": ""}}]}
            for piece in batched(function["arguments"], reply.piece):
                yield {"tool_calls": [{"index": index, "function": {"arguments": "".join(piece)}}]}


def _chunk(data: bytes) -> bytes:
    """One server-sent event as one HTTP chunk; each line of an event has the field's name before it."""
    event = b"data: " + data.replace(b"\n", b"\ndata: ") + b"\n\n"
    return f"{len(event):x}\r\n".encode() + event + b"\r\n"


@contextmanager
def stand_in() -> Iterator[StandIn]:
    with StandIn() as server:
        threading.Thread(target=server.serve_forever, args=(_LOOK,), daemon=True).start()
        try:
            yield server
        finally:
            server.stopping.set()
            server.shutdown()
    if server.failures:
        raise server.failures[0]
