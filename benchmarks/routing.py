"""What routing saves, and what it costs in quality, beside always one tier; with stand-ins for models.

    .venv/bin/python -m benchmarks.routing [--questions FILE...] [--data DIR...] [--graphs DIR] [--limit N] [--fitting]
                                           [--speed N] [--records FILE] [--json FILE]

No model is called: stand-ins answer over HTTP, as able, as fast and as dear as is stated (`routing_cases`).
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from api import parts
from api.retrieval import ingest_entries, read_corpus
from api.service import Service, open_service
from api.settings import load_settings
from benchmarks.report import Row, document, note, percentiles, run_command, show_table, write_json
from benchmarks.routing_cases import (
    ASSUMED,
    COMPETENCE,
    PRICES,
    SPEEDS,
    Asker,
    Case,
    Outcome,
    read_multihop,
    read_samples,
)
from benchmarks.stand_in_model import stand_in_model
from benchmarks.stores import CORPUS, ROOT, SAMPLE
from extraction.report import IngestReport
from extraction.sources import find_sources
from qa.answer import TIERS, Tier
from qa.routing.learned import load_router
from qa.routing.policy import Policy, Rule, load_policy

QUESTIONS = (ROOT / "examples" / "questions.jsonl", ROOT / "examples" / "questions-held-out.jsonl")
FIXED: dict[str, Tier] = {"always large": "large", "always small": "small", "deterministic only": "none"}
POLICY, LEARNED = "routed by policy", "routed by learned"
#: The sets that neither the router nor the rules of retrieval were fitted or tuned on, as one.
TOGETHER = "all held out"
MEASURES = {"right": "right", "at_once": "at once"}
GOAL_QUALITY, GOAL_COST = 0.95, 0.20
_ABLE = "; ".join(f"{name} {one:.2f} and {several:.2f}" for name, (one, several) in COMPETENCE[ASSUMED].items())
_PAID = "; ".join(f"{name} {given:.2f} and {made:.2f}" for name, (given, made) in PRICES.items())
_TAKEN = "; ".join(f"{name} {speed.first:.0f} and {speed.token:.0f} a token" for name, speed in SPEEDS.items())
NOTES = f"""
- No model was called. A stand-in is told the right answer. As often as is assumed, for questions of one and of several
  pieces of evidence ({_ABLE}), it writes sentences of the evidence in its prompt
  that hold the answer, and cites all right evidence there, or writes NO ANSWER where the evidence does not hold it;
  else it writes a sentence of the evidence that does not answer. Absolute quality depends on these assumptions; only
  the comparison of ways at equal ones is meant. The JSON has the same with a stronger and with a weaker small model.
- "right" is what `evaluate qa` calls so, with all right evidence cited; or it abstains where there is no answer.
  Without a model, an answer quotes whole passages: by this measure a model can do no better than the evidence that it
  is shown. "at once" asks for more: the answer's first line says it.
- Dollars for a million tokens in and out: {_PAID}; the large one's are those of
  gpt-4.1-mini, the small one's are assumed for electricity and hardware. A token is taken for 4 characters.
- Milliseconds: the pipeline's as measured; a model's as stated: {_TAKEN}."""


@dataclass(frozen=True, slots=True)
class Run:
    """One way through questions, with what always large gives for the same; `rules` where a policy decided.

    `fitted_on`: the router was, and rules were tuned on them.
    """

    set: str
    fitted_on: bool
    competence: str
    way: str
    outcomes: list[Outcome]
    large: list[Outcome]
    tiers: list[Tier]
    rules: list[Rule | None]


def measure(name: str, fitted_on: bool, cases: Sequence[Case], asker: Asker) -> list[Run]:
    """Every way through a set of questions, under each competence."""
    routing: dict[str, Policy] = {POLICY: load_policy(), LEARNED: load_router()}
    asker.warm_up(cases)
    runs = []
    for setting, competence in COMPETENCE.items():
        large = [asker.outcome(case, "large", competence) for case in cases]
        for way in (*FIXED, *routing):
            # Routed is what the tier gives that the policy names for what was found: the rest of the way is the same.
            rules = [_rule(asker.outcome(case, "none", competence), routing.get(way)) for case in cases]
            tiers = [rule.tier if rule else FIXED.get(way, "none") for rule in rules]
            outcomes = [asker.outcome(case, tier, competence) for case, tier in zip(cases, tiers, strict=True)]
            runs.append(Run(name, fitted_on, setting, way, outcomes, large, tiers, rules))
        note(f"{name}, {setting}: measured")
    return runs


def _rule(plain: Outcome, policy: Policy | None) -> Rule | None:
    """What a policy says; None where there is none, and where retrieval abstains before anything is routed."""
    return policy.decide(plain.features) if policy and plain.features else None


def together(runs: Sequence[Run]) -> list[Run]:
    """The ways through the questions of all sets that nothing was fitted on."""
    found = []
    apart = [run for run in runs if not run.fitted_on]
    for competence, way in dict.fromkeys((run.competence, run.way) for run in apart):
        here = [run for run in apart if (run.competence, run.way) == (competence, way)]
        outcomes, large = [o for run in here for o in run.outcomes], [o for run in here for o in run.large]
        tiers, rules = [tier for run in here for tier in run.tiers], [rule for run in here for rule in run.rules]
        found.append(Run(TOGETHER, False, competence, way, outcomes, large, tiers, rules))
    return found


def as_row(run: Run) -> Row:
    """Quality, dollars and milliseconds, also as shares of what always large reaches and costs."""
    asked = ["abstained" if not o.features else tier for o, tier in zip(run.outcomes, run.tiers, strict=True)]
    count = len(asked)
    row: Row = {"set": run.set, "fitted_on": run.fitted_on, "competence": run.competence, "way": run.way}
    row["questions"] = count
    for measured in MEASURES:
        row[measured] = round(_sum(run.outcomes, measured) / count, 4)
        row[f"{measured}_of_large"] = _share(_sum(run.outcomes, measured), _sum(run.large, measured))
    row["usd_per_1000"] = round(1000 * _sum(run.outcomes, "usd") / count, 5)
    row["usd_of_large"] = _share(_sum(run.outcomes, "usd"), _sum(run.large, "usd"))
    row["ms"] = percentiles([outcome.ms for outcome in run.outcomes])
    row["tiers"] = {tier: round(number / count, 4) for tier, number in sorted(Counter(asked).items())}
    return {**row, "rules": _by_rule(run)} if run.way == POLICY else row


def _by_rule(run: Run) -> list[Row]:
    """What each rule did: how many right answers it won or lost beside always large, its part of the cost."""
    rows = []
    for rule in dict.fromkeys(filter(None, run.rules)):
        here = [number for number, item in enumerate(run.rules) if item == rule]
        ours, theirs = [run.outcomes[number] for number in here], [run.large[number] for number in here]
        row: Row = {"rule": rule.name, "tier": rule.tier, "questions": len(here)}
        row["usd_of_large"] = _share(_sum(ours, "usd"), _sum(run.large, "usd"))
        for measured in MEASURES:
            row[f"{measured}_beside_large"] = int(_sum(ours, measured) - _sum(theirs, measured))
        rows.append(row)
    return rows


def _sum(outcomes: Sequence[Outcome], name: str) -> float:
    return float(sum(getattr(outcome, name) for outcome in outcomes))


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def records(name: str, cases: Sequence[Case], asker: Asker) -> Iterator[Row]:
    """What became of each question that was routed, by tier: what a router is fitted on."""
    for case in cases:
        for tier in TIERS:
            outcome = asker.outcome(case, tier, COMPETENCE[ASSUMED])
            if outcome.features:
                features = {key: value for key, value in asdict(outcome.features).items() if key != "budget_left"}
                row = {"set": name, "id": case.expected.id, "tier": tier, "features": features}
                yield {**row, "right": outcome.right, "at_once": outcome.at_once}


@contextmanager
def _graph(graphs: Path | None, name: str) -> Iterator[Service]:
    """A graph under a name in a folder that stays, else in one that does not."""
    with tempfile.TemporaryDirectory(prefix="evigraph-routing-") as home:
        settings = load_settings().on(f"embedded:{(graphs or Path(home)) / name}")
        with open_service(settings) as service:
            yield service


def sets(options: argparse.Namespace) -> Iterator[tuple[str, bool, list[Case], Service]]:
    """Each set of questions, whether the router was fitted on it, and the graph of its documents."""
    if options.questions:
        with _graph(None, "samples") as service:  # soon ingested; in a kept graph a moved checkout would count twice
            report = IngestReport()
            service.ingest(find_sources([options.corpus], report), report, corpus=CORPUS, access=())
            for path in options.questions:
                yield path.stem, path.resolve() == QUESTIONS[0], read_samples(path), service
    for data in options.data:
        cases = read_multihop(data, options.limit, options.fitting)
        with _graph(options.graphs, f"{data.name}.1") as service:
            ingest_entries(service, read_corpus(data), titles=True)
            yield data.name, options.fitting, cases, service


def show(rows: Sequence[Row]) -> None:
    """Print the ways side by side, what the policy's rules did, whether the goal is reached, and what was assumed."""
    here = [row for row in rows if row["competence"] == ASSUMED]
    columns = (
        "",
        "asked",
        "right",
        "of large",
        "at once",
        "of large",
        "$ / 1000",
        "of large",
        "ms P50",
        "P95",
        "tiers",
    )
    show_table("Routing, with stand-ins for models", columns, [_cells(row) for row in here])
    said = "What the policy's rules did: answers won or lost beside always large, and their part of its cost"
    ruled = [(row["set"], rule) for row in here for rule in row.get("rules", [])]
    show_table(
        said, ("", "tier", "asked", *MEASURES.values(), "cost"), [_cells_of_rule(name, rule) for name, rule in ruled]
    )
    for row in here:
        if row["way"] in (POLICY, LEARNED) and row["usd_of_large"] is not None:
            print(f"{row['set']}, {row['way']}: {_on_goal(row)}")
    print(NOTES)


def _on_goal(row: Row) -> str:
    parts_of_it = []
    for measured, name in MEASURES.items():
        share = row[f"{measured}_of_large"]
        met = share is not None and share >= GOAL_QUALITY and row["usd_of_large"] <= GOAL_COST
        parts_of_it.append(f"{_percent(share)} of what always large has {name} ({'met' if met else 'missed'})")
    goal = f"{GOAL_QUALITY:.0%} at {GOAL_COST:.0%}"
    return f"at {_percent(row['usd_of_large'])} of its cost {' and '.join(parts_of_it)}; the goal is {goal}."


def _cells(row: Row) -> tuple[str, ...]:
    quality = (cell for name in MEASURES for cell in (f"{row[name]:.3f}", _percent(row[f"{name}_of_large"])))
    cost = f"{row['usd_per_1000']:.4f}", _percent(row["usd_of_large"])
    times = (f"{row['ms'][key]:.0f}" for key in ("p50", "p95"))
    tiers = ", ".join(f"{tier} {share:.0%}" for tier, share in row["tiers"].items())
    name = f"{row['set']}{' (fitted on)' if row['fitted_on'] else ''}: {row['way']}"
    return name, str(row["questions"]), *quality, *cost, *times, tiers


def _cells_of_rule(name: str, rule: Row) -> tuple[str, ...]:
    beside = (f"{rule[f'{measured}_beside_large']:+}" for measured in MEASURES)
    return f"{name}: {rule['rule']}", rule["tier"], str(rule["questions"]), *beside, _percent(rule["usd_of_large"])


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.routing", description=(__doc__ or "").split("\n")[0])
    add = parser.add_argument
    add("--questions", type=Path, nargs="*", default=QUESTIONS, metavar="FILE", help="JSON Lines; default: the samples")
    add("--corpus", type=Path, default=SAMPLE, metavar="DIR", help="their documents; default: the samples")
    add("--data", type=Path, nargs="*", default=[], metavar="DIR", help="multi-hop corpora with questions")
    add("--graphs", type=Path, metavar="DIR", help="keeps their ingested graphs")
    add("--limit", type=int, default=60, metavar="N", help="questions of each of them; default 60")
    add("--fitting", action="store_true", help="of them, the half that may be fitted on instead of the other")
    add("--speed", type=float, default=20.0, metavar="N", help="models answer N times as fast as stated; default 20")
    add("--records", type=Path, metavar="FILE", help="write there, as JSON Lines, what a router may be fitted on")
    add("--json", type=Path, metavar="FILE", help="write the results there")
    options = parser.parse_args()
    if options.limit < 1 or options.speed <= 0:
        parser.error("--limit and --speed must be more than 0")
    if not options.questions and not options.data:
        parser.error("give --questions or --data")
    if not options.corpus.is_dir():
        parser.error(f"{options.corpus} is not a folder")
    return options


def main() -> None:
    """Measure, print, write."""
    options = _options()
    runs: list[Run] = []
    told: list[Row] = []
    with stand_in_model(SPEEDS, options.speed) as server:
        for name, fitted_on, cases, service in sets(options):
            asker = Asker(service.store, parts.ontology(service.settings), server)
            runs += measure(name, fitted_on, cases, asker)
            told += records(name, cases, asker)
    rows = [as_row(run) for run in (*together(runs), *runs)]
    show(rows)
    if options.records:
        options.records.write_text("".join(json.dumps(row) + "\n" for row in told), "utf-8")
    if options.json:
        setup = {"competence": COMPETENCE, "prices": PRICES, "speeds": {k: asdict(v) for k, v in SPEEDS.items()}}
        setup |= {"speed": options.speed, "limit": options.limit, "fitting": options.fitting}
        setup |= {"policy": load_policy().version, "router": load_router().version}
        write_json(options.json, document("routing", setup, None, rows))


if __name__ == "__main__":
    raise SystemExit(run_command(main))
