"""The benchmark of scale asks a graph that is what an ingest would have written, and prints what it promises."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from benchmarks.world import World
from benchmarks.world_load import load
from benchmarks.world_questions import HOPS, questions
from kg.embedded import EmbeddedStore
from kg.store import Step
from kg.writer import write_document

ROOT = Path(__file__).resolve().parent.parent.parent
FACTS = 300


def contents(store: EmbeddedStore) -> tuple[Counter[str], Counter[str]]:
    """All nodes and all edges with all that they hold."""
    nodes, edges = (
        [dict(row) for row in store._graph.execute_cypher(cypher)]
        for cypher in (
            "MATCH (n) RETURN labels(n) AS labels, properties(n) AS held",
            "MATCH (a)-[r]->(b) RETURN a.id AS start, type(r) AS type, b.id AS end, properties(r) AS held",
        )
    )
    return tuple(Counter(repr(row | {"held": sorted(row["held"].items())}) for row in rows) for rows in (nodes, edges))


def test_loading_much_at_once_leaves_what_writing_documents_does(tmp_path: Path) -> None:
    world = World(FACTS)
    bulk, single = EmbeddedStore(tmp_path / "bulk"), EmbeddedStore(tmp_path / "single")
    load(bulk, world)
    keys = set()
    for graph, vectors in world.documents():
        write_document(single, graph, vectors, False)
        keys |= {entity.key for entity in graph.entities}
    # All names of the world are ones of their own: resolving them settles each and merges none.
    single.write([Step("settle_names", {"rows": [{"key": key} for key in sorted(keys)]})], {})
    wanted, found = contents(single), contents(bulk)
    assert sum(wanted[0].values()) > FACTS < sum(wanted[1].values())
    assert found == wanted
    bulk.close()
    single.close()


def test_the_same_world_asks_the_same_questions() -> None:
    once, again = (list(questions(World(FACTS), 5)) for _ in range(2))
    assert once == again
    assert set(HOPS) < {asked.kind for asked in once}
    assert once != list(questions(World(FACTS), 5, seed=1))


def test_scale(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EVIGRAPH_")}
    path = tmp_path / "scale.json"
    sizes = ["--facts", "200", "400", "--store", "embedded", "--each", "2"]
    command = [sys.executable, "-m", "benchmarks.scale", *sizes, "--json", str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = json.loads(path.read_text())["rows"]
    hops = [row for row in rows if row["kind"] == "1 to 3 hops"]
    assert [row["facts"] for row in hops] == [200, 400]
    assert hops[0]["passages"] < hops[1]["passages"]
    for row in rows:
        assert row["samples"] > 0
        assert f"embedded, {row['kind']}" in done.stdout
        stages = sum(row["ms"][stage]["p50"] for stage in ("embed", "link", "plan", "retrieve"))
        assert 0 < stages <= 2 * row["ms"]["total"]["p95"]
    # The questions of one to three facts must be answerable by what was retrieved, else it measures nothing.
    assert all(row["found"] == 1.0 for row in hops)
