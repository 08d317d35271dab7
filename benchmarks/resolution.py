"""How well the mentions of the sample corpus are grouped into entities, beside groups by name alone.

    .venv/bin/python -m benchmarks.resolution [--clusters FILE] [--corpus DIR] [--json FILE]

Mentions that people grouped by hand are aligned with those extracted, and B-cubed scores the groups.
"""

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import CannotMeasure, Row, document, note, run_command, show_table, write_json
from extraction.ingest import IngestOptions, Prepared, new_run, prepare
from extraction.report import IngestReport
from extraction.sources import find_sources
from kg.bcubed import Span, align, bcubed
from kg.embedded import EmbeddedStore
from kg.model import entity_id
from kg.names import normalise_name
from kg.ontology import load_ontology
from kg.resolution.profile import merged_names
from kg.resolution.resolve import resolve_entities
from kg.store import GraphStore
from kg.writer import write_document

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


@dataclass(frozen=True, slots=True)
class Grouped:
    """A mention that people grouped: where, as what it is written, and the name that they gave its entity."""

    document: str
    span: Span
    text: str
    entity: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A grouped mention and the key of the extracted one that it is aligned with."""

    grouped: Grouped
    key: str


def read_clusters(path: Path) -> list[Grouped]:
    """The mentions of a file such as examples/clusters.json. Raises `CannotMeasure`."""
    try:
        listed = json.loads(path.read_text("utf-8"))["mentions"]
        return [Grouped(m["document"], (m["start"], m["end"]), m["text"], m["entity"]) for m in listed]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotMeasure(f"{path} is no file of grouped mentions; see examples/README.md for its form.") from error


def aligned(clusters: Sequence[Grouped], prepared: Sequence[Prepared]) -> list[Pair]:
    """The grouped mentions that an extracted one shares characters with."""
    by_document: defaultdict[str, list[Grouped]] = defaultdict(list)
    for item in clusters:
        by_document[item.document].append(item)
    pairs = []
    for graph in (item.graph for item in prepared):
        keys = {entity.id: entity.key for entity in graph.entities}
        wanted = by_document[graph.document.uri.rpartition("/")[2]]
        found = align([item.span for item in wanted], [(mention.start, mention.end) for mention in graph.mentions])
        for item, position in zip(wanted, found, strict=True):
            if position is not None:
                pairs.append(Pair(item, keys[graph.mentions[position].entity_id]))
    return pairs


def groupings(pairs: Sequence[Pair], store: GraphStore) -> dict[str, list[Hashable]]:
    """The groups of the aligned mentions: by name as written, by name as extracted, and by entity in the graph."""
    merged = merged_names(store, (pair.key for pair in pairs))
    return {
        "same normalised name": [normalise_name(pair.grouped.text) for pair in pairs],
        "without the resolver": [pair.key for pair in pairs],
        "with the resolver": [merged.get(pair.key, entity_id(pair.key)) for pair in pairs],
    }


def measure(corpus: Path, clusters: Sequence[Grouped]) -> tuple[list[Row], Mapping[str, float]]:
    """The scores of each grouping, and how long writing and resolving took in seconds."""
    report, options = IngestReport(), IngestOptions()
    run = new_run(options)
    prepared = [prepare(source, 1, options, run) for source in find_sources([corpus], report)]
    pairs = aligned(clusters, prepared)
    if not pairs:
        raise CannotMeasure(f"None of the grouped mentions is in a document of {corpus}; give the folder to --corpus.")
    with tempfile.TemporaryDirectory(prefix="evigraph-resolution-") as folder:
        store = EmbeddedStore(Path(folder))
        try:
            started = time.perf_counter()
            for item in prepared:
                write_document(store, item.graph, item.vectors, replaces=False)
            written = time.perf_counter()
            resolve_entities(store, load_ontology())
            seconds = {"write": written - started, "resolve": time.perf_counter() - written}
            named = groupings(pairs, store)
        finally:
            store.close()
    coverage = {"mentions": len(clusters), "aligned": len(pairs), "coverage": round(len(pairs) / len(clusters), 4)}
    rows = []
    for subject, groups in named.items():
        score = bcubed(groups, [pair.grouped.entity for pair in pairs])
        scores = {"precision": score.precision, "recall": score.recall, "f1": score.f1}
        rows.append({"subject": subject, **{name: round(value, 4) for name, value in scores.items()}, **coverage})
    return rows, seconds


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="benchmarks.resolution", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--clusters", type=Path, default=EXAMPLES / "clusters.json", metavar="FILE")
    parser.add_argument("--corpus", type=Path, default=EXAMPLES / "corpus", metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    options = parser.parse_args()
    if not options.corpus.is_dir():
        parser.error(f"{options.corpus} is not a folder")
    note("Reading the corpus …")
    rows, seconds = measure(options.corpus, read_clusters(options.clusters))
    first = rows[0]
    title = (
        f"{first['aligned']} of {first['mentions']} grouped mentions extracted ({first['coverage']:.1%}); "
        f"writing {seconds['write']:.1f} s, resolving {seconds['resolve']:.1f} s"
    )
    scores = ("precision", "recall", "f1")
    show_table(title, ("B-cubed", *scores), [(row["subject"], *(f"{row[s]:.3f}" for s in scores)) for row in rows])
    if options.json:
        setup = {"corpus": options.corpus.resolve().name, "seconds": {k: round(v, 3) for k, v in seconds.items()}}
        write_json(options.json, document("resolution", setup, None, rows))


if __name__ == "__main__":
    raise SystemExit(run_command(main))
