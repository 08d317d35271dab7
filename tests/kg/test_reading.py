"""read_only on both stores: nothing gets written or read from elsewhere, even past the check of the tokens."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kg_world as world
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kg_stores import DIALECTS, connect
from kg_world import HANDBOOK, WORLD, e
from neo4j import GraphDatabase
from neo4j_server import Server
from own_cypher import ACCEPTED, REFUSED

from kg.bolt import Neo4jStore
from kg.embedded import EmbeddedStore
from kg.reading.bolt import BoltSource
from kg.reading.reader import ReaderBusy
from kg.reading.statement import StatementRefused
from kg.store import GraphStore, StoreError

pytestmark = pytest.mark.alone

RUNAWAYS = (
    "MATCH (a), (b), (c), (d), (e), (f) RETURN count(a.id + b.id + c.id + d.id + e.id + f.id) AS n",
    "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(*) AS n",
)
HOGS = (
    "UNWIND range(1, 100000000) AS a RETURN collect(a) AS x",
    "UNWIND range(1, 5000) AS a UNWIND range(1, 5000) AS b RETURN collect([a, b, 'xxxxxxxxxxxxxxxx']) AS x",
    "RETURN reduce(s = 'ab', x IN range(1, 40) | s + s) AS x",
)
# What the token check refuses and a store alone could not tell from reading the graph.
ONLY_BY_TOKENS = ("SHOW ", "apoc.", "genai.", "runFirstColumnSingle")


class Subject:
    """A store of one kind with the small world in it, and all that it holds."""

    def __init__(self, store: GraphStore, server: Server | None) -> None:
        self.store = store
        self._server = server

    def content(self) -> list[Any]:
        """All nodes and relationships with their properties, and the indexes."""
        if isinstance(self.store, EmbeddedStore):
            graph = self.store._graph
            files = sorted(path for path in self.store._folder.rglob("*") if path.is_file())
            return [
                [sorted(map(str, graph.execute_cypher(query))) for query in ("MATCH (n) RETURN n", _RELATIONSHIPS)],
                sorted(map(str, graph.execute_cypher("SHOW INDEXES"))),
                graph.list_graphs(),
                graph.current_epoch(),
                [(path.name, path.read_bytes()) for path in files],
            ]
        assert self._server
        login = (self._server.user, self._server.password)
        with GraphDatabase.driver(self._server.uri, auth=login) as driver, driver.session() as session:
            rows = [session.run(query).data() for query in ("MATCH (n) RETURN n, labels(n)", _RELATIONSHIPS)]
            schema = [session.run(f"SHOW {what}").data() for what in _SHOWN]
            return [[sorted(map(str, found)) for found in rows], schema, session.run("CALL db.labels()").data()]

    def past_the_check(self, cypher: str, timeout: float = 20.0) -> Any:
        """What the store itself makes of a statement."""
        assert isinstance(self.store, EmbeddedStore | Neo4jStore)
        return self.store._reader.read(cypher, {}, 10, timeout)


_SHOWN = ("INDEXES YIELD name", "CONSTRAINTS YIELD name", "USERS YIELD user")
_RELATIONSHIPS = "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS type, properties(r) AS properties, b.id AS b"


@pytest.fixture(scope="module", params=DIALECTS)
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    server, opened = None, None
    if request.param == "embedded":
        opened = EmbeddedStore(tmp_path_factory.mktemp("reading"))
    else:
        server = request.getfixturevalue("clean_neo4j_module")
        opened = connect(server)
    world.write(opened, *WORLD)
    yield Subject(opened, server)
    opened.close()


def test_nothing_that_is_refused_changes_anything(subject: Subject) -> None:
    before = subject.content()
    for statement in REFUSED:
        with pytest.raises(StatementRefused):
            subject.store.read_only(statement, {}, 10, 20)
    assert subject.content() == before


@pytest.mark.parametrize("statement", [item for item in REFUSED if not any(words in item for words in ONLY_BY_TOKENS)])
def test_the_store_itself_lets_nothing_be_written(subject: Subject, statement: str) -> None:
    """Without the check of the tokens: what runs at all runs without effect and reads no file."""
    before = subject.content()
    try:
        result = subject.past_the_check(statement)
    except StatementRefused as refused:
        assert "\n" not in str(refused)  # most are; some only read when taken by themselves
    else:
        assert "root:" not in str(result.rows)
    assert subject.content() == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_pieces_of_statements_put_together(subject: Subject, data: st.DataObject) -> None:
    pieces = [piece for statement in REFUSED for piece in statement.split(" ")]
    statement = " ".join(data.draw(st.lists(st.sampled_from(pieces), min_size=1, max_size=8)))
    before = subject.content()
    for run in (lambda: subject.store.read_only(statement, {}, 10, 5), lambda: subject.past_the_check(statement, 5)):
        try:
            run()
        except (StatementRefused, StoreError) as error:
            assert not isinstance(error, StoreError), error
    assert subject.content() == before


@pytest.mark.parametrize(("statement", "row"), ACCEPTED, ids=[statement for statement, _ in ACCEPTED])
def test_what_only_reads_is_answered(subject: Subject, statement: str, row: dict[str, object]) -> None:
    result = subject.store.read_only(statement, {}, 10, 20)
    assert result.columns == tuple(row)
    assert result.rows == [row]
    assert not result.truncated


def test_nodes_relationships_and_paths_are_plain(subject: Subject) -> None:
    cypher = (
        "MATCH p = (d:Document {id: $id})-[r:HAS_PASSAGE]->(x:Passage {ordinal: 0}) "
        "RETURN d, r, p, [x.text] AS texts, {size: size(x.text)} AS sizes"
    )
    (row,) = subject.store.read_only(cypher, {"id": HANDBOOK.document.id}, 10, 20).rows
    passage = HANDBOOK.passages[0]
    assert row["d"]["labels"] == ["Document"]
    assert row["d"]["properties"]["title"] == "Handbook"
    assert row["r"] == {"type": "HAS_PASSAGE", "properties": {}}
    assert [set(part) for part in row["p"]] == [
        {"labels", "properties"},
        {"type", "properties"},
        {"labels", "properties"},
    ]
    assert row["p"][0] == row["d"]
    assert (row["texts"], row["sizes"]) == ([passage.text], {"size": len(passage.text)})


def test_rows_beyond_the_limit_are_cut_and_told(subject: Subject) -> None:
    names = "MATCH (n:Entity) RETURN n.name AS name ORDER BY name"
    everything = subject.store.read_only(names, {}, 1000, 20)
    assert not everything.truncated
    count = len(everything.rows)
    assert not subject.store.read_only(names, {}, count, 20).truncated
    cut = subject.store.read_only(names, {}, count - 1, 20)
    assert cut.truncated
    assert cut.rows == everything.rows[:-1]


def test_large_rows_are_cut_and_told(subject: Subject) -> None:
    megabyte = "UNWIND range(1, 40) AS n RETURN n, reduce(s = 'ab', x IN range(1, 19) | s + s) AS text"
    cut = subject.store.read_only(megabyte, {}, 1000, 30)
    assert cut.truncated
    assert 10 < len(cut.rows) < 16
    with pytest.raises(StatementRefused, match="single row"):
        subject.store.read_only("RETURN reduce(s = 'ab', x IN range(1, 24) | s + s) AS text", {}, 10, 30)


@pytest.mark.parametrize("parameters", [{"x": 2**70}, {"x": [{"a": [None, "\ud800"]}]}])
def test_parameters_that_no_store_takes(subject: Subject, parameters: dict[str, Any]) -> None:
    try:
        subject.store.read_only("RETURN $x AS x", parameters, 10, 20)
    except StatementRefused as refused:
        assert "\n" not in str(refused)  # grafeo takes the large number
    assert subject.store.read_only("RETURN $x AS x", {"x": {"a": [1]}}, 10, 20).rows == [{"x": {"a": [1]}}]


@pytest.mark.parametrize(
    ("statement", "place"), [("RETURN (1 AS x", "line 1, column 11"), ("MATCH (n)\nRETRN n", "line 2, column 1")]
)
def test_what_the_store_says_is_passed_on(subject: Subject, statement: str, place: str) -> None:
    with pytest.raises(StatementRefused, match=place) as refused:
        subject.store.read_only(statement, {}, 10, 20)
    assert "\n" not in str(refused.value)
    assert str(refused.value).endswith(".")
    assert "EXPLAIN" not in str(refused.value)


@pytest.mark.parametrize("statement", RUNAWAYS)
def test_a_runaway_is_stopped_and_the_next_one_runs(subject: Subject, statement: str) -> None:
    started = time.monotonic()
    with pytest.raises(StatementRefused, match=r"limit of 2 s|too much memory"):
        subject.store.read_only(statement, {}, 10, 2)
    assert time.monotonic() - started < 30  # a server that starts the reading process anew, on a busy machine
    assert subject.store.read_only("RETURN 1 AS x", {}, 10, 20).rows == [{"x": 1}]


@pytest.mark.parametrize("statement", HOGS)
def test_a_memory_hog_is_stopped_and_the_next_one_runs(subject: Subject, statement: str) -> None:
    with pytest.raises(StatementRefused):
        subject.store.read_only(statement, {}, 10, 30)
    assert subject.store.read_only("RETURN 1 AS x", {}, 10, 20).rows == [{"x": 1}]
    assert subject.store.run("graph_size", groups=None).rows[0]["documents"] == len(WORLD)


def test_too_many_at_once_are_told_to_wait(subject: Subject) -> None:
    outcomes: list[str] = []

    def ask() -> None:
        try:
            subject.store.read_only(RUNAWAYS[0], {}, 10, 2)
        except (ReaderBusy, StatementRefused) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert subject.store.run("graph_size", groups=None).rows[0]["documents"] == len(WORLD)
    for thread in threads:
        thread.join()
    assert outcomes.count("ReaderBusy") >= 4
    assert outcomes.count("StatementRefused") >= 1


def test_it_reads_what_was_written_since(store: GraphStore) -> None:
    count = "MATCH (n:Document) RETURN count(n) AS n"
    for number, document in enumerate(WORLD, start=1):
        world.write(store, document)
        assert store.read_only(count, {}, 1, 20).rows == [{"n": number}]
    bo = store.read_only("MATCH (n:Entity {id: $id}) RETURN n.name AS name", {"id": e("Bo Lund")}, 1, 20)
    assert bo.rows == [{"name": "Bo Lund"}]


def test_no_copy_of_the_graph_is_left_behind(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    world.write(store, HANDBOOK)
    (tmp_path / "reading").mkdir()  # a former process was killed
    (tmp_path / "reading" / "graph.grafeo").write_text("half a copy")
    assert store.read_only("MATCH (n:Document) RETURN count(n) AS n", {}, 1, 20).rows == [{"n": 1}]
    assert not (tmp_path / "reading").exists()
    store.close()


@pytest.mark.parametrize(("user", "said"), [("neo4j", "refused the user name or password"), ("", "refused the user")])
def test_a_server_that_refuses(clean_neo4j: Server, user: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as refused:
        BoltSource(clean_neo4j.uri, user, "not-the-password", "neo4j")
    assert "not-the-password" not in str(refused.value)


def test_a_server_that_is_gone() -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        BoltSource("bolt://127.0.0.1:1", "neo4j", "secret", "neo4j")
