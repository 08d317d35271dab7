"""The file of models: what it may say, and one sentence for what it may not."""

from pathlib import Path

import pytest

from qa.models.spec import SHIPPED, UnusableModels, load_models


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "models.toml"
    path.write_text(text)
    return path


def test_the_shipped_file_sets_nothing_up_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    models = load_models()
    assert [spec.name for spec in models.models] == ["large"]
    assert models.of("synthesis", "large") == []
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    (large,) = models.of("synthesis", "large")
    assert large.secret == "sk-secret"
    assert "sk-secret" not in repr(models)
    assert large.cost(1_000_000, 0) == 0.4
    assert not large.may_see("restricted")


def test_every_key_that_its_comments_explain_exists() -> None:
    """And every field but the name is explained or plain there."""
    text = SHIPPED.read_text()
    for field in ("tier", "provider", "key", "context", "answer", "price_in", "timeout", "hedge_after", "sees"):
        assert f"{field} = " in text


def test_a_role_uses_only_its_tiers(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[models.a]\ntier = "small"\nprovider = "openai"\nmodel = "x"\n'
        '[models.b]\ntier = "small"\nprovider = "openai"\nmodel = "y"\n[roles]\nsynthesis = ["small", "none"]\n',
    )
    models = load_models(path)
    assert models.roles["synthesis"] == ("none", "small")
    assert [spec.name for spec in models.of("synthesis", "small")] == ["a", "b"]
    assert models.of("synthesis", "large") == models.of("extraction", "small") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x =", ["not valid TOML"]),
        ("[colours]\n", ["'colours'", "models and roles"]),
        ('[models.a]\ntier = "huge"\nprovider = "openai"\nmodel = "x"', ["models.a.tier"]),
        ('[models.a]\ntier = "small"\nprovider = "openai"', ["models.a.model"]),
        ('[models.a]\ntier = "small"\nprovider = "gguf"\nmodel = "x"\ntimeout = -1', ["models.a.timeout"]),
        ('[models.a]\ntier = "small"\nprovider = "gguf"\nmodel = "x"\ncontext = 100\nanswer = 100', ["room"]),
        ('[models.a]\ntier = "small"\nprovider = "gguf"\nmodel = "x"\ncolour = "red"', ["models.a.colour"]),
        ('[roles]\nsinging = ["none"]', ["roles.singing", "synthesis"]),
        ('[roles]\nverification = ["large"]', ["roles.verification", "'large'", "none"]),
    ],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path: Path, text: str, words: list[str]) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UnusableModels) as refused:
        load_models(path)
    said = str(refused.value)
    assert str(path) in said
    assert said.endswith(".")
    assert "\n" not in said
    assert all(word in said for word in words)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnusableModels, match="EVIGRAPH_MODELS"):
        load_models(tmp_path / "none.toml")
