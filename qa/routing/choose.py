"""From a tier to the models that may be tried for it, in order."""

from qa.answer import Tier
from qa.models.spec import Models, ModelSpec
from qa.routing.policy import Policy

# After a tier, which ones may stand in for it.
_INSTEAD: dict[Tier, tuple[Tier, ...]] = {"none": (), "small": ("small",), "large": ("large", "small")}


def candidates(models: Models | None, tier: Tier, wish: Tier | None, policy: Policy) -> list[ModelSpec]:
    """The models of a tier, then those that stand in for it; none for the tier "none", or where none is set up.

    What a small model cannot do well goes up to a large one where the caller did not ask for the small one.
    """
    if models is None:
        return []
    tiers = _INSTEAD[tier]
    if tier == "small" and wish is None and policy.unsupported != "remove":
        tiers = ("small", "large")
    return [spec for name in tiers for spec in models.of("synthesis", name)]
