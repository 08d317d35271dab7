"""Settings: `EVIGRAPH_*` variables, else `evigraph.toml` in the working folder, else the defaults."""

import tomllib
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

FILE = Path("evigraph.toml")


class UnusableSettings(ValueError):
    """A setting cannot be used; the message is one sentence that names it."""


def _default_graph() -> str:
    return f"embedded:{platformdirs.user_data_path('evigraph', appauthor=False) / 'graph'}"


def _default_ledger() -> Path:
    return platformdirs.user_data_path("evigraph", appauthor=False) / "spent.sqlite"


def _default_database(given: dict[str, Any]) -> str:
    """With the graph in its folder: answers, reviews and the audit trail are of one graph."""
    kind, _, folder = str(given.get("graph", "")).partition(":")
    place = Path(folder) if kind == "embedded" and folder else platformdirs.user_data_path("evigraph", appauthor=False)
    return f"sqlite:///{place / 'operations.sqlite'}"


class Settings(BaseSettings):
    """All settings; a variable set to nothing counts as not set.

    `users` maps each user to their groups, `tenants` each tenant to its users. `user_budget` and `tenant_budget` are US
    dollars a day for each of them, None for no limit. `answer_seconds`: how long an answer may take. `database` is the
    SQLAlchemy URL of the operations database. `redact_large`: no personal data goes to large models. `oidc_issuer` and
    `oidc_audience` say whose tokens sign in, `oidc_jwks` where the issuer's keys are, a URL or file. `access_policy` is
    a file of who may do what, `hosts` the names beside localhost that the server is asked by. `flags` is a file of
    feature flags, else they are in the database; `review_policy` is a file of what people are to look at.
    `unsupported`: what becomes of a model's sentences that the evidence does not support, by default what the policy
    says.
    """

    model_config = SettingsConfigDict(
        env_prefix="EVIGRAPH_", env_ignore_empty=True, extra="forbid", frozen=True, toml_file=FILE
    )

    graph: str = Field(default_factory=_default_graph)
    neo4j_user: str = "neo4j"
    neo4j_password: SecretStr = SecretStr("")
    neo4j_database: str = "neo4j"
    extractor: str = "local"
    gguf_timeout: PositiveFloat = 30.0
    ontology: Path | None = None
    vocabulary: Literal["open", "closed"] = "open"
    max_file_mb: PositiveInt = 100
    large_model: str = "gpt-4.1-mini"
    model_timeout: PositiveFloat = 30.0
    models: Path | None = None
    policy: Path | None = None
    prompt: Path | None = None
    router: Literal["policy", "learned"] = "policy"
    unsupported: Literal["remove", "escalate", "abstain"] | None = None
    answer_seconds: PositiveFloat = 30.0
    redact_large: bool = True
    users: dict[str, list[str]] = {}
    tenants: dict[str, list[str]] = {}
    user_budget: NonNegativeFloat | None = None
    tenant_budget: NonNegativeFloat | None = None
    budget_file: Path = Field(default_factory=_default_ledger)
    database: str = Field(default_factory=_default_database)
    oidc_issuer: str | None = None
    oidc_audience: str = ""
    oidc_jwks: str | None = None
    oidc_user_claim: str = "sub"
    oidc_groups_claim: str = "groups"
    oidc_roles_claim: str = "roles"
    access_policy: Path | None = None
    hosts: list[str] = []
    flags: Path | None = None
    review_policy: Path | None = None
    # Under the name that other programs use too, so without our prefix; keys are read where the models name them.
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")

    @property
    def max_bytes(self) -> int:
        """The size that a file may have; a megabyte is 1024 * 1024 bytes."""
        return self.max_file_mb * 1024 * 1024

    def on(self, graph: str) -> "Settings":
        """These settings with another graph, and the operations database that it has by default."""
        return self.model_copy(update={"graph": graph, "database": _default_database({"graph": graph})})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings() -> Settings:
    """The settings as they are now. Raises `UnusableSettings`."""
    try:
        return Settings()
    except ValidationError as error:
        raise UnusableSettings(_sentence(error)) from error
    except SettingsError as error:
        raise UnusableSettings(_no_json(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnusableSettings(f"{FILE} is not valid TOML: {error}.") from error
    except OSError as error:
        raise UnusableSettings(f"{FILE} cannot be read ({error.strerror}); check its permissions.") from error


def _no_json(error: SettingsError) -> str:
    # Only the names of settings that hold lists or tables; pydantic-settings tells which one in words alone.
    name = next((key for key in ("hosts", "tenants") if f'"{key}"' in str(error)), "users")
    shapes = {"hosts": '["evigraph.example"]', "tenants": '{"acme": ["maria"]}', "users": '{"maria": ["legal"]}'}
    return f"EVIGRAPH_{name.upper()} is not JSON such as {shapes[name]}; mend it or unset it."


def _sentence(error: ValidationError) -> str:
    # Only what is wrong, never the value: it may be a password.
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        known = ", ".join(key for key in Settings.model_fields if not key.startswith("openai"))
        return f"{FILE} has the unknown key {name!r}; known are {known}."
    field = name if name.startswith("OPENAI") else f"EVIGRAPH_{name.upper()}"
    return f"The setting {field} (or {name} in {FILE}) cannot be used: {first['msg'].lower()}."
