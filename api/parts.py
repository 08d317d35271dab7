"""The parts that the settings name: ontology, extractor, models, policy. Each is imported only when it is asked for."""

from typing import TYPE_CHECKING

from api.settings import Settings, UnusableSettings

if TYPE_CHECKING:
    from extraction.extractor import Extractor
    from kg.ontology import Ontology
    from qa.budget import Purse
    from qa.models.spec import Models
    from qa.routing.policy import Policy


def ontology(settings: Settings) -> "Ontology":
    """The ontology. Raises `OntologyError`."""
    from kg.ontology import load_ontology

    return load_ontology(settings.ontology) if settings.ontology else load_ontology()


def extractor(settings: Settings) -> "Extractor":
    """The extractor, loaded once. Raises `UnusableSettings`, `OntologyError`."""
    from extraction.choose import make_extractor

    try:
        return make_extractor(settings.extractor, settings.ontology, settings.gguf_timeout)
    except ValueError as error:
        raise UnusableSettings(str(error)) from error


def models(settings: Settings) -> "Models":
    """The models that may write. Raises `UnusableModels`."""
    from qa.models.spec import load_models

    if settings.models is not None:
        return load_models(settings.models)
    large = {
        "model": settings.large_model,
        "base_url": settings.openai_base_url or "",
        "timeout": settings.model_timeout,
    }
    return load_models(changes={"large": large})


def policy(settings: Settings) -> "Policy":
    """The policy that chooses the tier, or the fitted router in its place. Raises `UnusablePolicy`."""
    from qa.routing.learned import load_router
    from qa.routing.policy import load_policy

    rules = load_policy(settings.policy)
    return load_router(policy=rules) if settings.router == "learned" else rules


def purse(settings: Settings, user: str | None) -> "Purse | None":
    """What a user and their tenant may still spend today; None where nothing limits it. Raises `LedgerError`."""
    from qa.budget import Ledger, Purse

    limits: dict[str, float] = {}
    if settings.user_budget is not None:
        limits[f"user {user or 'the owner'}"] = settings.user_budget
    if settings.tenant_budget is not None:
        tenant = next((name for name, members in settings.tenants.items() if user in members), "none")
        limits[f"tenant {tenant}"] = settings.tenant_budget
    return Purse(Ledger(settings.budget_file), limits) if limits else None
