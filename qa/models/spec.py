"""The models that there are, and what each role may use: read from one file (`models.toml` says what it holds)."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from pydantic import ValidationError as _Invalid

from qa.answer import TIERS, Tier
from qa.tables import read_toml

SHIPPED = Path(__file__).parent / "models.toml"
#: What evidence holds: what everyone may see, or something that only some may.
Sensitivity = Literal["open", "restricted"]
Role = Literal["extraction", "understanding", "synthesis", "verification"]
# What each role has an implementation for.
_CAN: dict[Role, frozenset[Tier]] = {
    "extraction": frozenset({"none", "small"}),
    "understanding": frozenset({"none"}),
    "synthesis": frozenset({"none", "small", "large"}),
    "verification": frozenset({"none"}),
}
_Text = Annotated[str, Field(min_length=1)]


class UnusableModels(ValueError):
    """The file of models cannot be used; the message is one sentence that names what to mend."""


class ModelSpec(BaseModel):
    """One model as declared: prices in US dollars for a million tokens, times in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    tier: Literal["small", "large"]
    provider: _Text
    model: _Text
    version: str = ""
    key: str = ""
    base_url: str = ""
    context: PositiveInt = 4096
    answer: PositiveInt = 300
    price_in: NonNegativeFloat = 0.0
    price_out: NonNegativeFloat = 0.0
    timeout: PositiveFloat = 30.0
    retries: NonNegativeInt = 1
    hedge_after: NonNegativeFloat = 0.0
    concurrency: PositiveInt = 4
    sees: Sensitivity = "open"

    @property
    def called(self) -> str:
        """What the trace calls it."""
        return f"{self.model}@{self.version}" if self.version else self.model

    @property
    def secret(self) -> str:
        """Its key, from the environment; "" where it needs none or has none."""
        return os.environ.get(self.key, "") if self.key else ""

    @property
    def is_set_up(self) -> bool:
        """Whether it has the key that it needs."""
        return not self.key or bool(self.secret)

    def may_see(self, sensitivity: Sensitivity) -> bool:
        """Whether evidence of this kind may be sent to it."""
        return self.sees == "restricted" or sensitivity == "open"

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """US dollars for a call."""
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1_000_000


@dataclass(frozen=True, slots=True)
class Models:
    """All models in the order of the file, and the tiers of each role, the smallest first."""

    models: tuple[ModelSpec, ...]
    roles: dict[Role, tuple[Tier, ...]]

    def of(self, role: Role, tier: Tier) -> list[ModelSpec]:
        """The models of a tier that the role may use and that are set up, in the order of the file."""
        if tier not in self.roles[role]:
            return []
        return [spec for spec in self.models if spec.tier == tier and spec.is_set_up]


def load_models(path: Path | None = None, changes: dict[str, dict[str, object]] | None = None) -> Models:
    """The models of a file, else of the shipped one; `changes` replaces values by model. Raises `UnusableModels`."""
    path = path or SHIPPED
    held = read_toml(path, UnusableModels, "set EVIGRAPH_MODELS to a file")
    if unknown := set(held) - {"models", "roles"}:
        raise UnusableModels(f"{path} has the unknown table {sorted(unknown)[0]!r}; known are models and roles.")
    rows = {name: {**row, **(changes or {}).get(name, {})} for name, row in held.get("models", {}).items()}
    return Models(tuple(_spec(path, name, row) for name, row in rows.items()), _roles(path, held.get("roles", {})))


def _spec(path: Path, name: str, row: dict[str, object]) -> ModelSpec:
    try:
        spec = ModelSpec(**{**row, "name": name})  # type: ignore[arg-type]
    except _Invalid as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise UnusableModels(f"{path}: models.{name}.{first['loc'][0]}: {first['msg'].lower()}.") from error
    if spec.answer >= spec.context:
        raise UnusableModels(f"{path}: models.{name} has no room for a prompt; make context more than answer.")
    return spec


def _roles(path: Path, held: dict[str, object]) -> dict[Role, tuple[Tier, ...]]:
    roles: dict[Role, tuple[Tier, ...]] = dict.fromkeys(_CAN, ("none",))
    for name, tiers in held.items():
        role = next((role for role in _CAN if role == name), None)
        if role is None or not isinstance(tiers, list):
            raise UnusableModels(f"{path}: roles.{name} is no role with its tiers; roles are {', '.join(_CAN)}.")
        if refused := [tier for tier in tiers if tier not in _CAN[role]]:
            allowed = ", ".join(tier for tier in TIERS if tier in _CAN[role])
            raise UnusableModels(f"{path}: roles.{name} cannot use {refused[0]!r}; it can use {allowed}.")
        roles[role] = tuple(tier for tier in TIERS if tier in tiers)
    return roles
