"""Models for tests, a large one and a small one at a stand-in's address; and features for a router."""

from typing import Any

from hypothesis import strategies as st

from qa.models.spec import Models, ModelSpec
from qa.routing.features import Features

#: A question that a passage answers, and any question.
PLAIN = Features("any", "normal", "fact", "no", 0.9, 0.5, 1, 0, "no", "open", float("inf"))
FEATURES = st.builds(
    Features,
    st.sampled_from(["any", "none", "small", "large"]),
    st.sampled_from(["low", "normal", "high"]),
    st.sampled_from(["fact", "list", "yes_no", "when", "what nobody knows"]),
    st.sampled_from(["yes", "no"]),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 9),
    st.integers(0, 500),
    st.sampled_from(["yes", "no"]),
    st.sampled_from(["open", "restricted"]),
    st.floats(-1, 5),
)

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
