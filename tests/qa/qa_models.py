"""Models for tests: a large one at a stand-in's address, a small one there or in a file."""

from typing import Any

from qa.models.spec import Models, ModelSpec

_ROLES: dict[Any, Any] = {
    "extraction": ("none", "small"),
    "understanding": ("none",),
    "synthesis": ("none", "small", "large"),
    "verification": ("none",),
}


def large_at(url: str, **changes: Any) -> ModelSpec:
    prices = {"price_in": 0.4, "price_out": 1.6}
    kind = {"name": "large", "tier": "large", "provider": "openai", "model": "stand-in", "base_url": url}
    return ModelSpec(**{**kind, **prices, "timeout": 5.0, "retries": 0, "context": 16000, "answer": 500, **changes})


def small_at(url: str, **changes: Any) -> ModelSpec:
    return large_at(url, **changes).model_copy(update={"name": "small", "tier": "small", "model": "small stand-in"})


def models_of(*specs: ModelSpec) -> Models:
    return Models(specs, _ROLES)
