"""What finding the evidence costs as the graph grows, beside the same Cypher through the bare driver.

.venv/bin/python -m benchmarks.scale [--facts N...] [--store embedded|neo4j://HOST:PORT|both] [--each N]
                                     [--heap SIZE] [--json FILE]
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.settings import Settings
from benchmarks.report import Row, document, note, percentiles, run_command, show_table, write_json
from benchmarks.stores import add_store_options, in_fresh_process, open_targets
from benchmarks.world import World
from benchmarks.world_load import load
from benchmarks.world_questions import HOPS, Asked, questions

if TYPE_CHECKING:
    from kg.store import GraphStore, QueryResult

SIZES = (10_000, 100_000, 1_000_000)
STAGES = ("embed", "link", "plan", "retrieve")
#: A user of some groups, for whom the access rule is in force, asks every second question.
_GROUPS = ("engineering", "everyone")
_WARM_UP = 20  # questions of each kind before those that count: caches fill, and a Neo4j compiles what it runs
_HEAP = "4g"


@dataclass(slots=True)
class _Watch:
    """Wall and processor time of stages, in milliseconds."""

    ms: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began, cpu = time.perf_counter(), time.process_time()
        yield
        self.ms[name] = 1000 * (time.perf_counter() - began)
        self.cpu[name] = 1000 * (time.process_time() - cpu)


def measure(settings: Settings, facts: int, each: int) -> list[Row]:
    """Fill the empty graph with a world of so many facts, then ask `each` questions of each kind."""
    from api.asking import spare_the_collector
    from api.service import open_service

    with open_service(settings) as service:
        watch, world = _Watch(), World(facts)
        with watch.stage("load"):
            load(service.store, world)
            service.store.compact()  # as `evigraph compact` after a large ingest
        size = {
            "facts": facts,
            "load_s": round(watch.ms["load"] / 1000, 1),
            **service.store.run("graph_size", groups=None).rows[0],
        }
        note(f"{facts:,} facts in {size['passages']:,} passages, loaded in {size['load_s']:,.0f} s")
        with _bare(service.store, settings) as bare:
            for asked in questions(world, _WARM_UP, seed=1):
                _ask(asked, service.store, settings, None, bare)
            spare_the_collector()  # as after the first answer; the generator's own objects are many, too
            taken = [
                (asked.kind, _ask(asked, service.store, settings, _GROUPS if number % 2 else None, bare))
                for number, asked in enumerate(questions(world, each))
            ]
    kinds = {"1 to 3 hops": HOPS} | {kind: (kind,) for kind, _ in taken}
    return [
        {**size, "kind": name, **_summary([item for kind, item in taken if kind in of])} for name, of in kinds.items()
    ]


def _ask(
    asked: Asked,
    store: "GraphStore",
    settings: Settings,
    groups: Sequence[str] | None,
    bare: "Callable[[QueryResult], object]",
) -> dict[str, Any]:
    """The stages of one question, and its queries once more without Evigraph."""
    from api import parts
    from qa.aggregate import state, with_winners
    from qa.link import link
    from qa.nearness import vectors_of
    from qa.plan import make_plan
    from qa.question import understand
    from qa.recorder import Recorder
    from qa.retrieve import retrieve

    ontology, watch = parts.ontology(settings), _Watch()
    question = understand(asked.text, ontology)
    recorder = Recorder(store, groups, question.as_of)
    with watch.stage("embed"):
        vectors_of([question.text])
    with watch.stage("link"):
        links = link(question, recorder, ontology)
    with watch.stage("plan"):
        plan = make_plan(question, links, ontology)
    with watch.stage("retrieve"):
        statements = state(question, plan, recorder, ontology)
        plan = with_winners(plan, statements)
        evidence = retrieve(question, plan, statements, recorder, ontology)
    rows = [*evidence.facts, *(row for route in evidence.routes for row in route.rows)]
    met = {row[f"{end}_id"] for row in rows for end in ("subject", "object")}
    with watch.stage("bare"):
        for query in recorder.queries:
            bare(query)
    inside = sum(query.ms for query in recorder.queries)
    return {
        "ms": watch.ms | {"total": sum(watch.ms[stage] for stage in STAGES), "in_queries": inside},
        "cpu": sum(watch.cpu[stage] for stage in STAGES),
        "queries": len(recorder.queries),
        "found": asked.answer in met if groups is None else None,
        "slowest": max(recorder.queries, key=lambda query: query.ms).name,
    }


@contextmanager
def _bare(store: "GraphStore", settings: Settings) -> "Iterator[Callable[[QueryResult], object]]":
    """Runs a query that Evigraph ran once more, with the same text and parameters, through the driver alone."""
    from kg.embedded import EmbeddedStore

    if isinstance(store, EmbeddedStore):
        graph = store._graph  # one process may have one handle only
        yield lambda query: [dict(row) for row in graph.execute_cypher(query.cypher, query.parameters)]
        return
    from neo4j import GraphDatabase

    login = (settings.neo4j_user, settings.neo4j_password.get_secret_value())
    with (
        GraphDatabase.driver(settings.graph, auth=login, notifications_min_severity="OFF") as driver,
        driver.session(database=settings.neo4j_database) as session,
    ):
        yield lambda query: session.run(query.cypher, query.parameters).data()


def _summary(taken: Sequence[dict[str, Any]]) -> Row:
    times = {name: [item["ms"][name] for item in taken] for name in taken[0]["ms"]}
    told = [item["found"] for item in taken if item["found"] is not None]
    slowest = [item["slowest"] for item in taken]
    return {
        "samples": len(taken),
        "found": round(sum(told) / len(told), 4) if told else None,
        "ms": {name: percentiles(values) for name, values in times.items()},
        "cpu_ms": percentiles([item["cpu"] for item in taken]),
        "queries": percentiles([item["queries"] for item in taken]),
        "times_bare": round(sum(times["total"]) / sum(times["bare"]), 3),
        "times_bare_in_queries": round(sum(times["in_queries"]) / sum(times["bare"]), 3),
        "slowest_query": max(set(slowest), key=slowest.count),
    }


def show(rows: Sequence[Row]) -> None:
    """Print the times; P50 and P95 of each."""
    columns = ("", "facts", "asked", *STAGES, "total", "CPU", "bare Cypher", "times bare", "queries")
    lines = []
    for row in rows:
        ms = row["ms"]
        cells = [_cell(ms[name]) for name in (*STAGES, "total")]
        ratio = f"{row['times_bare_in_queries']:.2f} / {row['times_bare']:.2f}"
        lines.append(
            (
                f"{row['store']}, {row['kind']}",
                f"{row['facts']:,}",
                str(row["samples"]),
                *cells,
                _cell(row["cpu_ms"]),
                _cell(ms["bare"]),
                ratio,
                f"{row['queries']['p50']:.0f}",
            )
        )
    show_table("Scale: milliseconds, P50 / P95; times bare: in queries / in all", columns, lines)


def _cell(value: dict[str, float]) -> str:
    return " / ".join(f"{value[key]:.{0 if value[key] >= 100 else 1}f}" for key in ("p50", "p95"))


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="benchmarks.scale", description=(__doc__ or "").split("\n")[0])
    add_store_options(parser)
    parser.add_argument("--facts", type=int, nargs="+", default=SIZES, metavar="N", help="sizes of the graph")
    parser.add_argument("--each", type=int, default=60, metavar="N", help="questions of each kind; default 60")
    parser.add_argument("--heap", default=_HEAP, metavar="SIZE", help=f"memory of the Neo4j that it starts; {_HEAP}")
    options = parser.parse_args()
    if min(*options.facts, options.each) < 1:
        parser.error("--facts and --each must be at least 1")
    rows: list[Row] = []
    server = None
    for facts in options.facts:
        with open_targets(options.store, heap=options.heap) as targets:
            server = targets.server
            for target in targets.stores:
                note(f"Measuring {facts:,} facts on {target.name} …")
                taken = in_fresh_process(measure, target.settings, facts, options.each)
                rows += [{"store": target.name, **row} for row in taken]
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    rows = sorted(rows, key=lambda row: (row["store"], kinds.index(row["kind"]), row["facts"]))
    show(rows)
    if options.json:
        write_json(options.json, document("scale", {"each": options.each}, server, rows))


if __name__ == "__main__":
    raise SystemExit(run_command(main))
