"""A stand-in for models: a small server that speaks the OpenAI protocol and answers as well as it is told to.

It is told the right answer (`Gold`), and whether it is able to find it in this prompt. Able, it writes sentences of the
evidence, word for word, that hold the answer, and cites all right evidence that it was given; it says NO ANSWER where
the evidence does not hold it. Unable, it writes a sentence of the evidence that does not answer: what a model does that
reads carelessly, and what no check of sentences against their evidence can find.
"""

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from qa.evaluate import is_quoted

NO_ANSWER = "NO ANSWER"
_PIECE = re.compile(r'<evidence n="(\d+)" document="[^"]*">(.*?)</evidence>', re.DOTALL)
# Where a sentence, a field of a row or an item of a list ends, and the next one begins.
_BREAK = re.compile(r"(?:^|(?<=[.!?;])\s+|\n+|\s(?=[-*•]\s))(?:[-*•]\s+)?")
# English has about four characters a token with the usual tokenisers.
_CHARACTERS = 4
_CHUNK = 40


@dataclass(frozen=True, slots=True)
class Gold:
    """What is right: one of the `answers`, or all of them; for each item of evidence, the texts that may show it."""

    answers: tuple[str, ...]
    all_answers: bool
    evidence: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Speed:
    """How long a model takes: before its first token, and for each; milliseconds."""

    first: float
    token: float

    def ms(self, tokens: int) -> float:
        """For an answer of so many tokens."""
        return self.first + self.token * tokens


def write(pieces: Mapping[int, str], gold: Gold, able: bool) -> str:
    """What is answered from the pieces of evidence, by their numbers."""
    sentences = [(n, text) for n, piece in pieces.items() for text in _sentences(piece)]
    if not able:
        wrong = [item for item in sentences if not any(_says(item[1], answer) for answer in gold.answers)]
        return _cited(wrong[:1]) or NO_ANSWER
    right = {n for n, piece in pieces.items() if any(_shows(piece, item) for item in gold.evidence)}
    sentences.sort(key=lambda item: item[0] not in right)  # right evidence first, else in its order
    found = {a: next((item for item in sentences if _says(item[1], a)), None) for a in gold.answers}
    said = [item for item in found.values() if item][: None if gold.all_answers else 1]
    prefix = ""
    if not said or (gold.all_answers and None in found.values()):
        # "Yes", or a number that has to be counted, is in no sentence: whoever has all the evidence can say it.
        if not gold.answers or not all(any(_shows(piece, item) for piece in pieces.values()) for item in gold.evidence):
            return NO_ANSWER
        prefix = f"{', '.join(gold.answers) if gold.all_answers else gold.answers[0]}: "
    said += [_showing(n, pieces[n], gold) for n in sorted(right - {n for n, _ in said})]
    return (prefix + _cited(said)) if said else NO_ANSWER


def _showing(n: int, piece: str, gold: Gold) -> tuple[int, str]:
    """The first sentence of a piece that holds right evidence, else its first."""
    texts = _sentences(piece)
    return n, next((text for text in texts if any(_shows(text, item) for item in gold.evidence)), texts[0])


def _cited(sentences: Sequence[tuple[int, str]]) -> str:
    return " ".join(dict.fromkeys(f"{text.rstrip(' .;:,')} [{n}]." for n, text in sentences))


def _sentences(piece: str) -> list[str]:
    return [" ".join(text.split()) for text in _BREAK.split(piece) if text.strip()] or [piece]


def _shows(piece: str, item: Sequence[str]) -> bool:
    return any(is_quoted(wanted, piece) for wanted in item)


def _says(text: str, wanted: str) -> bool:
    plain, sought = (" ".join(words.casefold().split()) for words in (text, wanted))
    return re.search(rf"(?<!\w){re.escape(sought)}(?!\w)", plain) is not None


class StandInModel(ThreadingHTTPServer):
    """`speeds` by the name of the model, `faster` times as fast as that.

    `gold` is what is right for the current question, `able` the names of the models that are able to find it.

    `stated_ms` is what the calls since the last `begin` would have taken, `waited_ms` what was waited for them.
    """

    daemon_threads = True

    def __init__(self, speeds: Mapping[str, Speed], faster: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._speeds, self._faster = speeds, faster
        self.begin(Gold((), False, ()), frozenset())

    @property
    def url(self) -> str:
        """Where the models are."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def begin(self, gold: Gold, able: frozenset[str]) -> None:
        """A question begins."""
        self.gold, self.able = gold, able
        self.stated_ms = self.waited_ms = 0.0

    def answer(self, request: Mapping[str, Any]) -> tuple[str, dict[str, int]]:
        """The text for a request after its time, and the usage."""
        read = "\n".join(str(message.get("content") or "") for message in request["messages"])
        pieces = {int(n): unescape(text) for n, text in _PIECE.findall(read)}
        text = write(pieces, self.gold, request["model"] in self.able)
        given = read + (json.dumps(request["tools"]) if request.get("tools") else "")
        tokens_in, tokens_out = (-(-len(words) // _CHARACTERS) for words in (given, text))
        took = self._speeds[str(request["model"])].ms(tokens_out)
        began = time.perf_counter()
        time.sleep(took / self._faster / 1000)
        self.stated_ms += took
        self.waited_ms += 1000 * (time.perf_counter() - began)
        total = tokens_in + tokens_out
        return text, {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": total}


class _Handler(BaseHTTPRequestHandler):
    server: StandInModel

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text, usage = self.server.answer(request)
        pieces = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
        events = [*(_choice({"content": piece}, None) for piece in pieces), _choice({}, "stop")]
        events.append({"choices": [], "usage": usage})
        head = {"id": "stand-in", "object": "chat.completion.chunk", "created": 0, "model": request["model"]}
        lines = [*(json.dumps({**head, **event}) for event in events), "[DONE]"]
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()  # HTTP/1.0: the end of the connection ends the answer
        self.wfile.write("".join(f"data: {line}\n\n" for line in lines).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the benchmark prints what counts."""


def _choice(delta: Mapping[str, str], finish: str | None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}]}


@contextmanager
def stand_in_model(speeds: Mapping[str, Speed], faster: float) -> Iterator[StandInModel]:
    """The server while it runs."""
    with StandInModel(speeds, faster) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
