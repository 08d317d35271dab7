"""What routing saves, and what it costs in quality, beside always one tier; with stand-ins for models.

    .venv/bin/python -m benchmarks.routing [--questions FILE...] [--data DIR...] [--graphs DIR] [--limit N] [--fitting]
                                           [--speed N] [--records FILE] [--json FILE]

No model is called: stand-ins answer over HTTP, as able, as fast and as dear as is stated here (`stand_in_model`).
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from api import parts
from api.retrieval import ingest_entries, read_corpus
from api.service import Service, open_service
from api.settings import load_settings
from benchmarks.report import Row, document, note, percentiles, run_command, show_table, write_json
from benchmarks.routing_cases import PRICES, SPEEDS, Asker, Case, Competence, Outcome, read_multihop, read_samples
from benchmarks.stand_in_model import stand_in_model
from benchmarks.stores import CORPUS, ROOT, SAMPLE
from extraction.report import IngestReport
from extraction.sources import find_sources
from qa.answer import Tier
from qa.routing.learned import load_router
from qa.routing.policy import Policy, Rule, load_policy

QUESTIONS = (ROOT / "examples" / "questions.jsonl", ROOT / "examples" / "questions-held-out.jsonl")
#: Assumed, not measured: the table's, and two others to see how far it depends on them.
COMPETENCE: dict[str, Competence] = {
    "as assumed": {"large": (0.97, 0.92), "small": (0.75, 0.50)},
    "small strong": {"large": (0.97, 0.92), "small": (0.90, 0.80)},
    "small weak": {"large": (0.97, 0.92), "small": (0.60, 0.30)},
}
ASSUMED = next(iter(COMPETENCE))
FIXED: dict[str, Tier] = {"always large": "large", "always small": "small", "deterministic only": "none"}
GOAL_QUALITY, GOAL_COST = 0.95, 0.20
_NOTES = f"""
No model was called. A stand-in is told the right answer. As often as its assumed competence says (large 0.97, 0.92 where
several pieces of evidence are needed; small 0.75, 0.50) it writes sentences of the evidence in its prompt that hold the
answer, citing all right evidence there, or NO ANSWER where the evidence does not hold it; else a sentence of the evidence
that does not answer. So absolute quality depends on what was assumed; the comparison of ways at equal assumptions counts.
“right” is as `evaluate qa` judges: the answer's text holds a right answer and all right evidence is cited, or it abstains
where there is none. An answer without a model quotes passages at length, and by this measure no model can do better than
the evidence that it is shown; so “at once” also asks that the answer's first line says it.
Dollars: large {PRICES["large"][0]:.2f} in and {PRICES["large"][1]:.2f} out for a million tokens (gpt-4.1-mini's), small \
{PRICES["small"][0]:.2f} and {PRICES["small"][1]:.2f}, which is an assumption about electricity and hardware; a token is
taken for 4 characters. Milliseconds: the pipeline's as measured, a model's as stated: large {SPEEDS["large"].first:.0f}
and {SPEEDS["large"].token:.0f} a token, small {SPEEDS["small"].first:.0f} and {SPEEDS["small"].token:.0f}.
"""


def measure(name: str, cases: Sequence[Case], asker: Asker) -> tuple[list[Row], list[Row]]:
    """The rows of a set of questions, by competence and way; and what a router may be fitted on."""
    routing: dict[str, Policy] = {"routed by policy": load_policy(), "routed by learned": load_router()}
    asker.warm_up(cases)
    rows: list[Row] = []
    for setting, competence in COMPETENCE.items():
        large = [asker.outcome(case, "large", competence) for case in cases]
        for way in (*FIXED, *routing):
            # Routed is what the tier gives that the policy names for what was found: the rest of the way is the same.
            rules = [_rule(asker.outcome(case, "none", competence), routing.get(way)) for case in cases]
            tiers = [rule.tier if rule else FIXED.get(way, "none") for rule in rules]
            outcomes = [asker.outcome(case, tier, competence) for case, tier in zip(cases, tiers, strict=True)]
            row = {"set": name, "competence": setting, "way": way, "questions": len(cases)}
            rows.append({**row, **figures(outcomes, large, tiers)})
            if way == "routed by policy":
                rows[-1]["rules"] = by_rule(rules, outcomes, large)
        note(f"{name}, {setting}: measured")
    return rows, [row for case in cases for row in _records(name, case, asker)]


def _rule(plain: Outcome, policy: Policy | None) -> Rule | None:
    """What a policy says; None where there is none, and where retrieval abstains before anything is routed."""
    return policy.decide(plain.features) if policy and plain.features else None


def _records(name: str, case: Case, asker: Asker) -> Iterator[Row]:
    for tier in ("none", "small", "large"):
        outcome = asker.outcome(case, tier, COMPETENCE[ASSUMED])
        if outcome.features:
            features = {key: value for key, value in asdict(outcome.features).items() if key != "budget_left"}
            told = {"right": outcome.at_once, "held": outcome.right}
            yield {"set": name, "id": case.expected.id, "tier": tier, "features": features, **told}


def figures(outcomes: Sequence[Outcome], large: Sequence[Outcome], tiers: Sequence[Tier]) -> Row:
    """Quality, dollars and milliseconds, also as shares of what always large reaches and costs."""
    asked = [tier if outcome.features else "abstained" for outcome, tier in zip(outcomes, tiers, strict=True)]
    usd, usd_large = _sum(outcomes, "usd"), _sum(large, "usd")
    row: Row = {"ms": percentiles([outcome.ms for outcome in outcomes])}
    for measured in ("right", "at_once"):
        row[measured] = round(_sum(outcomes, measured) / len(outcomes), 4)
        row[f"{measured}_of_large"] = _share(_sum(outcomes, measured), _sum(large, measured))
    row |= {"usd_per_1000": round(1000 * usd / len(outcomes), 5), "usd_of_large": _share(usd, usd_large)}
    return {**row, "tiers": {tier: round(n / len(asked), 4) for tier, n in sorted(Counter(asked).items())}}


def by_rule(rules: Sequence[Rule | None], outcomes: Sequence[Outcome], large: Sequence[Outcome]) -> list[Row]:
    """What each rule did: how many right answers it won or lost beside always large, and what part of the cost of that."""
    total = _sum(large, "usd")
    rows = []
    for rule in dict.fromkeys(filter(None, rules)):
        here = [number for number, item in enumerate(rules) if item == rule]
        ours, theirs = [outcomes[number] for number in here], [large[number] for number in here]
        row: Row = {"rule": rule.name, "tier": rule.tier, "questions": len(here)}
        row["usd_of_large"] = _share(_sum(ours, "usd"), total)
        for measured in ("right", "at_once"):
            row[f"{measured}_beside_large"] = int(_sum(ours, measured) - _sum(theirs, measured))
        rows.append(row)
    return rows


def _sum(outcomes: Sequence[Outcome], name: str) -> float:
    return float(sum(getattr(outcome, name) for outcome in outcomes))


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


@contextmanager
def _graph(graphs: Path | None, name: str) -> Iterator[Service]:
    """A graph under a name in the folder, which stays, else in a folder that does not."""
    with tempfile.TemporaryDirectory(prefix="evigraph-routing-") as home:
        settings = load_settings().model_copy(update={"graph": f"embedded:{(graphs or Path(home)) / name}"})
        with open_service(settings) as service:
            yield service


def _sets(options: argparse.Namespace) -> Iterator[tuple[str, list[Case], Service]]:
    """Each set of questions with the graph of its documents."""
    if options.questions:
        with _graph(options.graphs, "samples") as service:
            sources, report = find_sources([options.corpus], IngestReport()), IngestReport()
            service.ingest(sources, report, corpus=CORPUS, access=())
            for path in options.questions:
                yield path.stem, read_samples(path), service
    for data in options.data:
        cases = read_multihop(data, options.limit, options.fitting)
        with _graph(options.graphs, f"{data.name}.1") as service:
            ingest_entries(service, read_corpus(data), titles=True)
            yield data.name, cases, service


def show(rows: Sequence[Row]) -> None:
    """Print the ways side by side, what the policy's rules did, and whether the goal is reached."""
    here = [row for row in rows if row["competence"] == ASSUMED]
    columns = ("", "asked", "right", "of large", "at once", "of large", "$ for 1000", "of large", "ms P50 / P95", "tiers")
    show_table("Routing, with stand-ins for models", columns, [_cells(row) for row in here])
    ruled = [(row["set"], rule) for row in here for rule in row.get("rules", [])]
    show_table(
        "What the policy's rules did: answers won or lost beside always large, and their part of its cost",
        ("", "tier", "questions", "right", "at once", "cost"),
        [
            (
                f"{name}: {rule['rule']}",
                rule["tier"],
                str(rule["questions"]),
                *(f"{rule[f'{measured}_beside_large']:+}" for measured in ("right", "at_once")),
                _percent(rule["usd_of_large"]),
            )
            for name, rule in ruled
        ],
    )
    for row in here:
        if row["way"].startswith("routed"):
            reached = row["right_of_large"] or 0, row["at_once_of_large"] or 0
            for measured, share in zip(("right", "right at once"), reached, strict=True):
                met = share >= GOAL_QUALITY and (row["usd_of_large"] or 0) <= GOAL_COST
                note(
                    f"{row['set']}, {row['way']}: {share:.1%} of always large's {measured} answers at "
                    f"{_percent(row['usd_of_large'])} of its cost; the goal is {'met' if met else 'missed'}."
                )
    note(_NOTES)


def _cells(row: Row) -> tuple[str, ...]:
    quality = (cell for name in ("right", "at_once") for cell in (f"{row[name]:.3f}", _percent(row[f"{name}_of_large"])))
    cost = f"{row['usd_per_1000']:.4f}", _percent(row["usd_of_large"])
    times = f"{row['ms']['p50']:.0f} / {row['ms']['p95']:.0f}"
    tiers = ", ".join(f"{tier} {share:.0%}" for tier, share in row["tiers"].items())
    return f"{row['set']}: {row['way']}", str(row["questions"]), *quality, *cost, times, tiers


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.routing", description=(__doc__ or "").split("\n")[0])
    add = parser.add_argument
    add("--questions", type=Path, nargs="*", default=QUESTIONS, metavar="FILE", help="JSON Lines; default: the samples")
    add("--corpus", type=Path, default=SAMPLE, metavar="DIR", help="their documents; default: the samples")
    add("--data", type=Path, nargs="*", default=[], metavar="DIR", help="multi-hop corpora with questions")
    add("--graphs", type=Path, metavar="DIR", help="keeps the ingested graphs")
    add("--limit", type=int, default=60, metavar="N", help="questions of each multi-hop corpus; default 60")
    add("--fitting", action="store_true", help="of those, the half that may be fitted on, not the other one")
    add("--speed", type=float, default=20.0, metavar="N", help="models answer N times as fast as stated; default 20")
    add("--records", type=Path, metavar="FILE", help="write there, as JSON Lines, what a router may be fitted on")
    add("--json", type=Path, metavar="FILE", help="write the results there")
    options = parser.parse_args()
    if options.limit < 1 or options.speed <= 0:
        parser.error("--limit and --speed must be more than 0")
    if not options.corpus.is_dir():
        parser.error(f"{options.corpus} is not a folder")
    return options


def main() -> None:
    """Measure, print, write."""
    options = _options()
    rows: list[Row] = []
    records: list[Row] = []
    with stand_in_model(SPEEDS, options.speed) as server:
        for name, cases, service in _sets(options):
            found, told = measure(name, cases, Asker(service.store, parts.ontology(service.settings), server))
            rows, records = rows + found, records + told
    show(rows)
    if options.records:
        options.records.write_text("".join(json.dumps(row) + "\n" for row in records), "utf-8")
    if options.json:
        setup = {"competence": COMPETENCE, "prices": PRICES, "speeds": {k: asdict(v) for k, v in SPEEDS.items()}}
        setup |= {"speed": options.speed, "limit": options.limit, "fitting": options.fitting}
        setup |= {"policy": load_policy().version, "router": load_router().learned_version}
        write_json(options.json, document("routing", setup, None, rows))


if __name__ == "__main__":
    raise SystemExit(run_command(main))
