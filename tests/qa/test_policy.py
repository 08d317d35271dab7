"""The policy: the first rule that holds, and the shipped rules as people would expect them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from qa_models import FEATURES, PLAIN

from qa.answer import Tier
from qa.models.spec import Models, ModelSpec
from qa.routing.choose import candidates
from qa.routing.features import Features
from qa.routing.policy import Policy, UnusablePolicy, load_policy


@pytest.mark.parametrize(
    ("change", "tier"),
    [
        ({}, "none"),
        ({"answered": "yes"}, "none"),
        ({"answered": "yes", "stakes": "high"}, "large"),
        ({"kind": "yes_no", "answered": "yes"}, "large"),
        ({"kind": "yes_no", "stakes": "low"}, "none"),
        ({"kind": "path"}, "large"),
        ({"kind": "path", "sensitivity": "restricted"}, "small"),
        ({"margin": 0.1}, "large"),
        ({"margin": 0.1, "stakes": "low"}, "none"),
        ({"margin": 0.1, "sensitivity": "restricted"}, "small"),
        ({"wish": "large", "answered": "yes"}, "large"),
        ({"wish": "small", "hops": 3}, "small"),
        ({"wish": "none", "stakes": "high"}, "none"),
        ({"wish": "large", "budget_left": 0.0}, "none"),
    ],
)
def test_the_shipped_policy(change: dict[str, object], tier: str) -> None:
    rule = load_policy().decide(replace(PLAIN, **change))  # type: ignore[arg-type]
    assert rule.tier == tier
    assert rule.name


@given(FEATURES)
def test_restricted_evidence_goes_to_no_large_model_unless_wished_for_and_no_money_is_spent_that_is_not_there(
    features: Features,
) -> None:
    tier = load_policy().decide(features).tier
    if features.sensitivity == "restricted" and features.wish != "large":
        assert tier != "large"
    if features.budget_left <= 0 or features.wish == "none":
        assert tier == "none"


def test_a_policy_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(
        'version = "7"\nunsupported = "escalate"\n[[rules]]\nname = "few facts"\nwhen = ["facts <= 2", '
        '"kind != list"]\n'
        'tier = "large"\n[[rules]]\nname = "else"\nwhen = []\ntier = "none"\n'
    )
    policy = load_policy(path)
    assert (policy.version, policy.unsupported, policy.least_grounded) == ("7", "escalate", 0.5)
    assert policy.decide(replace(PLAIN, facts=2)).name == "few facts"
    assert policy.decide(replace(PLAIN, facts=3)).name == "else"
    assert policy.decide(replace(PLAIN, kind="list")).name == "else"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("", ["last rule", "when = []"]),
        ('[[rules]]\nname = "a"\nwhen = ["facts > 2"]\ntier = "none"', ["last rule"]),
        ('[[rules]]\nwhen = []\ntier = "none"', ["without a name"]),
        ('[[rules]]\nname = "a"\nwhen = []\ntier = "giant"', ["'a'", "small"]),
        ('[[rules]]\nname = "a"\nwhen = ["colour = red"]\ntier = "none"', ["'colour = red'", "stakes"]),
        ('[[rules]]\nname = "a"\nwhen = ["facts"]\ntier = "none"', ["'facts'"]),
        ('[[rules]]\nname = "a"\nwhen = ["facts > many"]\ntier = "none"', ["'many'", "number"]),
        ('[[rules]]\nname = "a"\nwhen = ["stakes > low"]\ntier = "none"', ["stakes", "no number"]),
        ('unsupported = "shrug"\n[[rules]]\nname = "a"\nwhen = []\ntier = "none"', ["remove, escalate or abstain"]),
        ("rules = ", ["TOML"]),
    ],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path: Path, rules: str, words: list[str]) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(rules)
    with pytest.raises(UnusablePolicy) as refused:
        load_policy(path)
    assert all(word in str(refused.value) for word in [str(path), *words])


def test_a_smaller_tier_stands_in_and_a_larger_one_only_where_asked_for() -> None:
    specs = tuple(
        ModelSpec(name=name, tier=tier, provider="openai", model=name)  # type: ignore[arg-type]
        for name, tier in (("big", "large"), ("little", "small"))
    )
    models = Models(specs, {"synthesis": ("none", "small", "large")})  # type: ignore[dict-item]
    policy = load_policy()

    def names(tier: Tier, wish: Tier | None, policy: Policy) -> list[str]:
        return [spec.name for spec in candidates(models, tier, wish, policy)]

    assert names("large", None, policy) == ["big", "little"]
    assert names("small", None, policy) == ["little"]
    assert names("none", None, policy) == []
    assert names("small", None, replace(policy, unsupported="escalate")) == ["little", "big"]
    assert names("small", "small", replace(policy, unsupported="escalate")) == ["little"]
    assert candidates(None, "large", None, policy) == []
