"""The parts that the settings name: ontology, extractor, models, policy. Each is imported only when it is asked for."""

from dataclasses import replace
from typing import TYPE_CHECKING

from api.settings import Settings, UnusableSettings

if TYPE_CHECKING:
    from extraction.extractor import Extractor
    from kg.ontology import Ontology
    from kg.store import GraphStore
    from qa.budget import Purse
    from qa.models.spec import Models
    from qa.redaction import Redaction, Redactor
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
    if settings.unsupported is not None:
        rules = replace(rules, unsupported=settings.unsupported)
    return load_router(policy=rules) if settings.router == "learned" else rules


def prompt(settings: Settings) -> str | None:
    """What models are told before the evidence; None for the shipped text. Raises `UnusableSettings`."""
    if settings.prompt is None:
        return None
    try:
        return settings.prompt.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UnusableSettings(
            f"The prompt {settings.prompt} cannot be read ({reason}); set EVIGRAPH_PROMPT."
        ) from error


def redactor(settings: Settings, store: "GraphStore") -> "Redactor | None":
    """What keeps personal data from large models; None where they may see it. Nothing is loaded before it is asked."""
    if not settings.redact_large:
        return None

    def begin(question: str) -> "Redaction":
        from extraction.people import people_in
        from governance.privacy.people import looks_like_person
        from governance.privacy.redact import NameRedactor

        people = people_in(settings.extractor, settings.ontology, looks_like_person)
        return NameRedactor(store, ontology(settings), people)(question)

    return begin


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
