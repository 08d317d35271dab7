"""The learned router: what the caller decides holds, else the cheapest tier that is likely enough to be right."""

import json
import math
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from fit_router import calibration_error
from hypothesis import given
from numpy import array
from openai_stand_in import stand_in
from qa_models import FEATURES, PLAIN, large_at, models_of, small_at

from kg.ontology import Ontology
from kg.store import GraphStore
from qa.ask import ask
from qa.conditions import Condition
from qa.options import AskOptions
from qa.routing.features import Features
from qa.routing.learned import SHIPPED, SIGNS, Router, features_from, load_router
from qa.routing.policy import Rule, UnusablePolicy, load_policy

ROOT = Path(__file__).resolve().parents[2]


def router_of(none: float, small: float, large: float) -> Router:
    """One that says the same of every question."""
    biases = [math.log(chance / (1 - chance)) for chance in (none, small, large)]
    weights = tuple((*(0.0 for _ in SIGNS[1:]), bias) for bias in biases)
    return replace(load_router(), weights=weights, least=(("low", 0.5), ("normal", 0.7), ("high", 0.9)), worth=0.05)


@pytest.mark.parametrize(
    ("chances", "change", "tier", "reason"),
    [
        ((0.75, 0.80, 0.95), {}, "none", "the deterministic answer is right with 0.75"),
        ((0.60, 0.80, 0.95), {}, "small", "the small model's answer is right with 0.80"),
        ((0.60, 0.65, 0.95), {}, "large", "the large model's answer is right with 0.95"),
        ((0.60, 0.65, 0.95), {"stakes": "low"}, "none", "the deterministic answer is right with 0.60"),
        ((0.75, 0.80, 0.95), {"stakes": "high"}, "large", "the large model's answer is right with 0.95"),
        (
            (0.60, 0.50, 0.64),
            {},
            "none",
            "no tier is right with 0.70, the likeliest is the deterministic answer with 0.60",
        ),
        (
            (0.30, 0.40, 0.44),
            {},
            "small",
            "no tier is right with 0.70, the likeliest is the small model's answer with 0.40",
        ),
        (
            (0.30, 0.40, 0.95),
            {"sensitivity": "restricted"},
            "small",
            "no tier is right with 0.70, the likeliest is the",
        ),
        ((0.30, 0.40, 0.95), {"sensitivity": "restricted", "wish": "large"}, "large", "the caller wants a large model"),
        ((0.99, 0.99, 0.99), {"wish": "small"}, "small", "the caller wants a small model"),
        ((0.10, 0.40, 0.95), {"budget_left": 0.0}, "none", "the budget of the day is spent"),
    ],
)
def test_the_cheapest_tier_that_is_likely_enough_right(
    chances: tuple[float, float, float], change: dict[str, Any], tier: str, reason: str
) -> None:
    rule = router_of(*chances).decide(replace(PLAIN, **change))
    assert rule.tier == tier
    assert reason in rule.name


@given(FEATURES)
def test_what_the_caller_the_budget_and_access_decide_holds_as_in_the_policy(features: Features) -> None:
    rule = load_router().decide(features)
    if features.wish != "any" or features.budget_left <= 0:
        assert rule == load_policy().decide(features)
    else:
        assert rule.name.startswith("learned router: ")
        assert features.sensitivity == "open" or rule.tier != "large"


def test_rules_of_a_policy_of_ones_own_hold_where_they_are_of_the_caller() -> None:
    thrifty = Rule("less than a dollar is left", (Condition("budget_left", "<", 1.0),), "none")
    guess = Rule("a guess", (Condition("hops", ">=", 0.0),), "small")
    mine = replace(load_policy(), rules=(guess, thrifty, load_policy().rules[-1]), unsupported="abstain")
    router = replace(router_of(0.1, 0.2, 0.9), rules=load_router(policy=mine).rules)
    assert router.decide(replace(PLAIN, budget_left=0.5)) == thrifty
    assert router.decide(replace(PLAIN, budget_left=2.0)).tier == "large"
    assert load_router(policy=mine).unsupported == "abstain"


def test_in_the_place_of_the_policy(embedded_sample: GraphStore, ontology: Ontology) -> None:
    router = router_of(0.1, 0.2, 0.9)
    with stand_in() as server:
        server.reply = "The owner of Quillpay is Fatima [1]."
        models = models_of(large_at(server.url), small_at(server.url))
        options = AskOptions(ontology, models=models, policy=router, seconds=20.0)
        route = ask("Who owns Quillpay?", embedded_sample, options).trace.route
        assert route.reason.startswith("learned router: the large model's answer is right with 0.90")
        assert route.attempts[0].model == "stand-in"
        shown = json.loads(json.dumps(route.features))
        assert router.decide(features_from(shown)).name in route.reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[right.small]", "[right.tiny]"), "is no fitted router"),
        (("worth = ", "worth = nan #"), "a number that is none"),
        (("normal = ", "normal = 'much' #"), "is no fitted router"),
        (("[least]", "[least"), "is no fitted router"),
    ],
)
def test_an_unusable_file_is_one_sentence(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    path = tmp_path / "learned.toml"
    path.write_text(SHIPPED.read_text("utf-8").replace(*change, 1), "utf-8")
    with pytest.raises(UnusablePolicy, match=said):
        load_router(path)
    with pytest.raises(UnusablePolicy, match="cannot be read"):
        load_router(tmp_path / "none.toml")


def rows_of(answers: Iterable[tuple[str, bool, bool]]) -> str:
    """Feedback: deterministic answers that were right as often as given, of questions that facts answered or not."""
    shown = {key: value for key, value in asdict(PLAIN).items() if key != "budget_left"}
    rows = [
        {
            "features": {**shown, "answered": answered, "hops": 1.0},
            "tier": tier,
            "right": (right and tier == "none") or late,
        }
        for answered, right, late in answers
        for tier in ("none", "small", "large")
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def fit(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.fit_router", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_fitting_gives_the_share_that_is_right_and_the_same_file_each_time(tmp_path: Path) -> None:
    feedback, first, second = (tmp_path / name for name in ("feedback.jsonl", "first.toml", "second.toml"))
    feedback.write_text(rows_of(("yes" if n % 2 else "no", n % 2 == 1 or n % 4 == 0, n % 10 == 0) for n in range(400)))
    for out in (first, second):
        done = fit(str(feedback), "--held-out", str(feedback), "--out", str(out))
        assert done.returncode == 0, done.stderr
    assert first.read_bytes() == second.read_bytes()
    assert "none, held out, feedback: 400 answers" in done.stdout
    router = load_router(first)
    assert router.chances(replace(PLAIN, answered="yes"))["none"] == pytest.approx(1.0, abs=0.05)
    assert router.chances(PLAIN)["none"] == pytest.approx(0.6, abs=0.05)
    assert router.chances(PLAIN)["large"] == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"tier": "none", "right": true}\n', "Line 1 of"),
        (rows_of([("yes", True, False)]).replace('"right": true', '"right": "yes"'), "Line 1 of"),
        (rows_of([("yes", True, False)]), "only 1 rows are of the tier none"),
    ],
)
def test_rows_that_cannot_be_used_are_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(text)
    done = fit(str(path), "--out", str(tmp_path / "out.toml"))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.toml").exists()


def test_the_calibration_error_is_how_far_shares_are_from_what_was_said() -> None:
    assert calibration_error(array([0.75] * 4), array([1.0, 1.0, 1.0, 0.0])) == pytest.approx(0.0)
    assert calibration_error(array([0.95, 0.95, 0.05, 0.05]), array([0.0, 1.0, 0.0, 0.0])) == pytest.approx(0.25)
