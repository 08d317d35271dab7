"""Settings from the environment and from evigraph.toml."""

from pathlib import Path

import pytest

from api import parts
from api.settings import UnusableSettings, load_settings


def test_defaults(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVIGRAPH_GRAPH")
    settings = load_settings()
    assert settings.graph.startswith("embedded:/")
    assert settings.graph.endswith("evigraph/graph")
    assert (settings.neo4j_user, settings.neo4j_database, settings.extractor) == ("neo4j", "neo4j", "local")
    assert (settings.vocabulary, settings.max_bytes) == ("open", 100 * 1024 * 1024)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert parts.models(settings).of("synthesis", "large") == []
    assert parts.purse(settings, "maria") is None


def test_the_environment_wins_over_the_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "evigraph.toml").write_text('max_file_mb = 7\nneo4j_user = "lars"\n[users]\nmaria = ["legal"]\n')
    monkeypatch.setenv("EVIGRAPH_MAX_FILE_MB", "9")
    monkeypatch.setenv("EVIGRAPH_NEO4J_DATABASE", "")
    settings = load_settings()
    assert (settings.max_file_mb, settings.neo4j_user, settings.neo4j_database) == (9, "lars", "neo4j")
    assert settings.users == {"maria": ["legal"]}


def test_a_large_model_is_set_up_by_its_key(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("EVIGRAPH_MODEL_TIMEOUT", "2.5")
    settings = load_settings()
    (model,) = parts.models(settings).of("synthesis", "large")
    assert (model.model, model.secret, model.base_url, model.timeout) == (
        "gpt-4.1-mini",
        "sk-secret",
        "http://127.0.0.1:9/v1",
        2.5,
    )
    assert "sk-secret" not in repr(settings)


@pytest.mark.parametrize(
    ("file", "variables", "words"),
    [
        ("colour = 1", {}, ["evigraph.toml", "'colour'", "max_file_mb"]),
        ("max_file_mb = ", {}, ["evigraph.toml is not valid TOML"]),
        ("users = 3", {}, ["EVIGRAPH_USERS", "dictionary"]),
        ("", {"EVIGRAPH_VOCABULARY": "ajar"}, ["EVIGRAPH_VOCABULARY", "'open' or 'closed'"]),
        ("", {"EVIGRAPH_MAX_FILE_MB": "many"}, ["EVIGRAPH_MAX_FILE_MB", "integer"]),
        ("", {"EVIGRAPH_MAX_FILE_MB": "0"}, ["EVIGRAPH_MAX_FILE_MB", "greater than 0"]),
        ("", {"EVIGRAPH_MODEL_TIMEOUT": "-1"}, ["EVIGRAPH_MODEL_TIMEOUT"]),
        ("", {"EVIGRAPH_USERS": "maria"}, ["EVIGRAPH_USERS is not JSON"]),
    ],
)
def test_what_cannot_be_used(
    place: Path, monkeypatch: pytest.MonkeyPatch, file: str, variables: dict[str, str], words: list[str]
) -> None:
    (place / "evigraph.toml").write_text(file)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UnusableSettings) as told:
        load_settings()
    assert "\n" not in str(told.value)
    for word in words:
        assert word in str(told.value)


def test_a_bad_value_is_not_repeated(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "evigraph.toml").write_text("neo4j_password = 12345678")
    with pytest.raises(UnusableSettings, match="EVIGRAPH_NEO4J_PASSWORD") as told:
        load_settings()
    assert "12345678" not in str(told.value)
