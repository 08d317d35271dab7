"""No byte of a hidden document, entity or fact reaches a user, over whatever door; and the check itself can fail."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from hidden_world import Place, leaked, settle, wishes

from api.service import open_service
from api.settings import Settings
from kg.embedded import EmbeddedStore
from kg.store import QueryResult

REQUESTS = 10_000
#: Doors that show something of the graph to whoever may ask: through these a broken filter must show.
TELLING = {
    "ask", "stream", "search", "mcp", "entities", "entity", "neighbours", "paths", "documents", "document", "query",
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The world, served."""
    folder: Path = tmp_path_factory.mktemp("world")
    settings = Settings(graph=f"embedded:{folder / 'graph'}", database=f"sqlite:///{folder / 'operations.sqlite'}")
    with open_service(settings) as service, start_blocking_portal() as portal:
        yield settle(service, portal)


def test_nothing_hidden_reaches_anybody(place: Place) -> None:
    draw = random.Random(10)
    streams = [wishes(place, member, draw) for member in place.members]
    doors: Counter[str] = Counter()
    for number in range(REQUESTS):
        member = place.members[number % len(place.members)]
        wish = next(streams[number % len(streams)])
        response = wish.make()
        assert not leaked(member, wish, response), (wish.door, wish.said)
        doors[wish.door] += 1
    assert len(doors) == 16
    assert min(doors.values()) > 20


def test_counts_are_those_of_what_is_seen(place: Place) -> None:
    for member in place.members[:10]:
        seen = {
            entity.id
            for graph in place.graphs
            if set(member.principal.groups or ()) & set(graph.document.access)
            for entity in graph.entities
        }
        asked = {"json": {"type": "Concept"}, "headers": member.headers}
        told = place.request("POST", "/v1/queries/count_entities_of_type", **asked).json()
        assert told["rows"] == [{"count": len(seen)}]


def test_a_broken_filter_shows(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same requests, where the store loses the groups that it is given, give the hidden away at each door."""
    run = EmbeddedStore.run

    def blind(store: EmbeddedStore, name: str, /, **parameters: Any) -> QueryResult:
        return run(store, name, **(parameters | {"groups": None} if "groups" in parameters else parameters))

    monkeypatch.setattr(EmbeddedStore, "run", blind)
    draw, shown = random.Random(11), set()
    for member in place.members:
        for wish in islice(wishes(place, member, draw), 20):
            if leaked(member, wish, wish.make()):
                shown.add(wish.door)
    assert shown >= TELLING
