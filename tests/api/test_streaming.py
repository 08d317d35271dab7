"""Answers as server-sent events, over a real socket: steps, text, citations; a client that goes away; many at once."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from doors import Run
from openai_stand_in import Reply, StandIn, stand_in
from test_processes import serving

pytestmark = pytest.mark.alone

RIGHT = "Maria Lind owns Atlas [1]."
QUESTION = "Who owns Atlas?"
Event = tuple[str, Any]


@pytest.fixture
def model() -> Iterator[StandIn]:
    with stand_in() as server:
        server.reply = RIGHT
        yield server


@pytest.fixture
def address(place: Path, run: Run, model: StandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where a server answers, on a graph with the two documents, with a large model at the stand-in."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", model.url)
    assert run("ingest", "docs").code == 0
    with serving() as (served, _):
        yield served


def events(lines: Iterator[str]) -> Iterator[Event]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@contextmanager
def asking(address: str, **body: Any) -> Iterator[httpx.Response]:
    with (
        httpx.Client(timeout=60) as client,
        client.stream(
            "POST", f"{address}/v1/ask", json={"question": QUESTION, **body}, headers={"Accept": "text/event-stream"}
        ) as response,
    ):
        yield response


def asked(address: str, **body: Any) -> list[Event]:
    with asking(address, **body) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        return list(events(response.iter_lines()))


def told(found: list[Event]) -> str:
    text = ""
    for name, data in found:
        text = "" if name == "restart" else text + data["text"] if name == "text" else text
    return text


@pytest.mark.parametrize("tier", ["none", "large"])
def test_steps_first_then_text_then_citations_then_all_of_it(address: str, tier: str) -> None:
    found = asked(address, tier=tier)
    names = [name for name, _ in found]
    assert names == sorted(names, key=["step", "text", "citations", "answer"].index)
    assert [data["step"] for name, data in found if name == "step"] == ["link", "plan", "retrieve", "route"]
    answer = found[-1][1]
    assert answer["trace"]["route"]["tier"] == tier
    assert told(found).strip() == answer["answer"].strip()
    assert found[-2][1] == answer["citations"] != []


def test_text_comes_before_the_model_has_finished_and_only_once_it_was_checked(address: str, model: StandIn) -> None:
    model.script = [
        Reply(
            f"{RIGHT} Maria Lind was born in 1962 [1]. Atlas is hosted by Nordwind AB [1].", chunk_delay=0.02, piece=4
        )
    ]
    seen: list[tuple[float, str]] = []
    with asking(address, tier="large") as response:
        for name, data in events(response.iter_lines()):
            seen.append((time.monotonic(), name))
            assert "1962" not in json.dumps(data) or name == "answer"
            last = data
    first, end = (next(at for at, name in seen if name == wanted) for wanted in ("text", "answer"))
    assert end - first > 0.1
    assert "1962" not in last["answer"]
    assert "Nordwind" in last["answer"]


def test_what_was_told_is_void_when_a_model_fails_in_the_middle(address: str, model: StandIn) -> None:
    model.script = [Reply(f"{RIGHT} And so it went on and on [1]", cut_after=40, piece=5)]
    found = asked(address, tier="large")
    names = [name for name, _ in found]
    answer = found[-1][1]
    assert answer["trace"]["route"]["tier"] == "none"
    assert answer["trace"]["route"]["attempts"][0]["outcome"].startswith("failed")
    assert names.index("restart") > names.index("text")
    assert told(found).strip() == answer["answer"].strip()


def test_a_client_that_goes_away_ends_the_models_work(address: str, model: StandIn) -> None:
    model.script = [Reply("On and on. " * 2000, chunk_delay=0.02)]
    with asking(address, tier="large") as response:
        lines = response.iter_lines()  # kept: the connection would be closed with it
        assert "route" in next(data["step"] for _, data in events(lines) if data["step"] == "route")
        wait_for(lambda: bool(model.requests))
    wait_for(lambda: model.dropped == 1)


def wait_for(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_errors_are_events_or_problem_documents(address: str) -> None:
    assert asked(address, question="?!")[-1] == (
        "error",
        {"title": "No answer", "status": 422, "detail": "The question is empty; ask one in words."},
    )
    headers = {"Accept": "text/event-stream"}
    refused = httpx.post(f"{address}/v1/ask", json={"question": QUESTION, "as": "nobody"}, headers=headers)
    assert refused.status_code == 422
    assert "nobody" in refused.json()["detail"]


def test_a_kept_answer_is_told_the_same_way(address: str, model: StandIn) -> None:
    first, again = (asked(address, tier="large") for _ in range(2))
    assert len(model.requests) == 1
    assert (first[-1][1]["cached"], again[-1][1]["cached"]) == (False, True)
    assert told(again).strip() == told(first).strip()
    assert again[-2] == first[-2]


def test_sixty_four_at_once(address: str, model: StandIn) -> None:
    model.script = lambda request: Reply(RIGHT, chunk_delay=0.02, piece=5)
    with ThreadPoolExecutor(64) as pool:
        found = list(pool.map(lambda n: asked(address, question=f"{QUESTION} ({n})", tier="large"), range(64)))
    assert all(item[-1][0] == "answer" for item in found)
    answers = [item[-1][1] for item in found]
    assert all(answer["citations"] for answer in answers)
    # On a busy machine some have no time left for the model, and are answered without it.
    written = [answer["answer"] for answer in answers if answer["trace"]["route"]["tier"] == "large"]
    assert len(written) >= 16
    assert set(written) == {RIGHT}
