"""The routing benchmark: its stand-in does what it says, and its table is what the pipeline gives."""

import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import parts
from api.service import Service, open_service
from api.settings import load_settings
from benchmarks.routing import FIXED, LEARNED, POLICY, TOGETHER
from benchmarks.routing_cases import COMPETENCE, SPEEDS, Asker, Case, judged, read_samples, stand_ins
from benchmarks.stand_in_model import NO_ANSWER, Gold, StandInModel, stand_in_model, write
from extraction.report import IngestReport
from extraction.sources import find_sources
from qa.ask import ask
from qa.options import AskOptions
from qa.routing.learned import features_from, load_router
from qa.routing.policy import Policy, Rule, load_policy

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
PIECES = {1: "Lantern CRM is fast. It is hosted by Brightfjord.", 2: "Dublin & Malmö.\n- Anna runs it.\n- Bo helps."}
FAST = 1000.0
SMALL = Policy((Rule("whatever it is", (), "small"),), "test")


@pytest.mark.parametrize(
    ("gold", "able", "text"),
    [
        (Gold(("Brightfjord",), False, ()), True, "It is hosted by Brightfjord [1]."),
        (
            Gold(("BRIGHTFJORD", "x"), False, (("Anna runs it",),)),
            True,
            "It is hosted by Brightfjord [1]. Anna runs it [2].",
        ),
        (Gold(("Anna", "Bo"), True, ()), True, "Anna runs it [2]. Bo helps [2]."),
        (Gold(("Anna", "Cleo"), True, (("unseen",),)), True, NO_ANSWER),
        (
            Gold(("Yes",), False, (("hosted by",), ("Bo helps", "Bo"))),
            True,
            "Yes: It is hosted by Brightfjord [1]. Bo helps [2].",
        ),
        (Gold(("Yes",), False, (("hosted by",), ("unseen",))), True, NO_ANSWER),
        (Gold((), False, ()), True, NO_ANSWER),
        (Gold(("Bright",), False, ()), True, NO_ANSWER),
        (Gold(("Brightfjord",), False, ()), False, "Lantern CRM is fast [1]."),
        (Gold(("Lantern CRM is", "hosted", "Malmö", "Anna", "Bo"), False, ()), False, NO_ANSWER),
    ],
)
def test_what_the_stand_in_writes(gold: Gold, able: bool, text: str) -> None:
    assert write(PIECES, gold, able) == text


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("routing")) / "papers"
    folder.mkdir()
    for name in ("password-standard.md", "system-inventory.csv"):
        shutil.copy(EXAMPLES / "corpus" / name, folder)
    return folder


@pytest.fixture(scope="module")
def cases(corpus: Path) -> list[Case]:
    """Some that these documents answer, and one that nothing does."""
    lines = (EXAMPLES / "questions.jsonl").read_text("utf-8").splitlines()
    held = [row for row in map(json.loads, lines) if _cites_only(row, corpus) and row["answerable"]][:5]
    held.append({"id": "none", "question": "Who won the cup in 1987?", "kind": "who", "answerable": False})
    path = corpus.parent / "asked.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in held), "utf-8")
    return read_samples(path)


def _cites_only(row: dict[str, list[dict[str, str]]], corpus: Path) -> bool:
    return all((corpus / item.get("document", "none")).is_file() for item in row.get("evidence", []))


@pytest.fixture(scope="module")
def service(corpus: Path) -> Iterator[Service]:
    settings = load_settings().on(f"embedded:{corpus.parent / 'graph'}")
    with open_service(settings) as opened:
        report = IngestReport()
        opened.ingest(find_sources([corpus], report), report, corpus="papers", access=())
        yield opened


@pytest.fixture
def server() -> Iterator[StandInModel]:
    with stand_in_model(SPEEDS, FAST) as running:
        yield running


def test_routed_is_what_the_whole_pipeline_gives(cases: list[Case], service: Service, server: StandInModel) -> None:
    ontology = parts.ontology(service.settings)
    asker = Asker(service.store, ontology, server)
    able = frozenset({"large", "small"})
    asked = set()
    for case in cases:
        plain = asker.outcome(case, "none", {})
        for policy in (load_policy(), load_router(), SMALL):
            server.begin(case.gold, able)
            answer = ask(
                case.expected.question,
                service.store,
                AskOptions(ontology, models=stand_ins(server.url), policy=policy, seconds=20.0),
            )
            if plain.features is None:
                assert answer.status == "abstained"
                continue
            assert features_from(answer.trace.route.features) == plain.features
            tier = policy.decide(plain.features).tier
            composed = asker.outcome(case, tier, {"large": (1.0, 1.0), "small": (1.0, 1.0)})
            assert judged(case, answer) == (composed.right, composed.at_once)
            assert answer.trace.usage.cost_usd == composed.usd
            asked.add(answer.trace.route.tier)
    assert {"none", "small"} <= asked


def test_a_question_costs_time_and_competence_as_stated(
    cases: list[Case], service: Service, server: StandInModel
) -> None:
    asker = Asker(service.store, parts.ontology(service.settings), server)
    case = cases[0]
    never, always = {"large": (0.0, 0.0), "small": (0.0, 0.0)}, {"large": (1.0, 1.0), "small": (1.0, 1.0)}
    plain, small, large = (asker.outcome(case, tier, always) for tier in ("none", "small", "large"))
    assert (plain.right, small.right, large.right) == (True, True, True)
    assert (plain.usd, small.usd > 0, large.usd > 10 * small.usd) == (0, True, True)
    # Nobody waited a second for it, and it is counted.
    assert large.ms > SPEEDS["large"].ms(5)
    assert SPEEDS["small"].ms(5) < small.ms < large.ms
    assert server.waited_ms < SPEEDS["large"].first / 5
    wrong = asker.outcome(case, "small", never)
    assert (wrong.right, wrong.at_once) == (False, False)
    assert asker.outcome(case, "none", never) is plain


def test_the_command(corpus: Path, cases: list[Case], tmp_path: Path) -> None:
    data = _multihop(tmp_path / "hops")
    out, records = tmp_path / "routing.json", tmp_path / "records.jsonl"
    done = _run("--corpus", str(corpus), "--questions", str(corpus.parent / "asked.jsonl"), "--data", str(data),
                "--limit", "2", "--speed", str(FAST), "--json", str(out), "--records", str(records))  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "No model was called" in done.stdout
    content = json.loads(out.read_text("utf-8"))
    assert str(tmp_path) not in out.read_text("utf-8")
    rows = {(row["set"], row["competence"], row["way"]): row for row in content["rows"]}
    ways = (*FIXED, POLICY, LEARNED)
    assert list(rows) == [(name, able, way) for name in (TOGETHER,) for able in COMPETENCE for way in ways] + [
        (name, able, way) for name in ("asked", "hops") for able in COMPETENCE for way in ways
    ]
    large, none = (rows["asked", "as assumed", way] for way in ("always large", "deterministic only"))
    assert (large["questions"], large["usd_of_large"], large["right_of_large"]) == (len(cases), 1.0, 1.0)
    assert (none["usd_per_1000"], list(none["tiers"])) == (0.0, ["abstained", "none"])
    assert rows["hops", "as assumed", "always large"]["questions"] == 2
    assert rows[TOGETHER, "as assumed", "always large"]["questions"] == len(cases) + 2
    strong, weak = (rows[TOGETHER, f"small {able}", "always small"]["right"] for able in ("strong", "weak"))
    assert strong >= weak
    ruled = rows["asked", "as assumed", POLICY]["rules"]
    assert sum(rule["questions"] for rule in ruled) == round(none["tiers"]["none"] * len(cases))
    for way in ways:
        assert f"asked: {way}" in done.stdout
    told = [json.loads(line) for line in records.read_text("utf-8").splitlines()]
    assert {row["tier"] for row in told} == {"none", "small", "large"}
    assert "none" not in {row["id"] for row in told}  # retrieval abstained, so there was nothing to route


def test_a_set_without_answers_is_one_sentence(tmp_path: Path) -> None:
    data = _multihop(tmp_path / "hops")
    text = (data / "questions.jsonl").read_text("utf-8")
    (data / "questions.jsonl").write_text(text.replace('"answers"', '"replies"'), "utf-8")
    done = _run("--questions", "--data", str(data))
    assert done.returncode == 1
    assert "has no answers" in done.stderr.splitlines()[-1]


def _multihop(folder: Path) -> Path:
    """A corpus of three entries, with questions of both halves."""
    folder.mkdir()
    texts = {"e1": ("Anna Berg", "Anna Berg leads the Harbour Institute."), "e2": ("Harbour Institute", "The Harbour "
             "Institute is in the city of Lund."), "e3": ("Lund", "Lund is a city in Sweden.")}  # fmt: skip
    entries = [{"id": key, "title": title, "text": text} for key, (title, text) in texts.items()]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in entries), "utf-8")
    apart = [name for name in map(str, range(40)) if zlib.crc32(name.encode()) % 2]
    fitted = next(name for name in map(str, range(40)) if zlib.crc32(name.encode()) % 2 == 0)
    text, right = (
        "In which city is the institute that Anna Berg leads?",
        {"answers": ["Lund"], "supporting": ["e1", "e2"]},
    )
    rows = [{"id": name, "question": text, "kind": "2hop", **right} for name in (fitted, *apart[:3])]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EVIGRAPH_")}
    command = [sys.executable, "-m", "benchmarks.routing", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
