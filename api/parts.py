"""The parts that the settings name: ontology, extractor, large model. Each is imported only when it is asked for."""

from typing import TYPE_CHECKING

from api.settings import Settings, UnusableSettings

if TYPE_CHECKING:
    from extraction.rules import RuleExtractor
    from kg.ontology import Ontology
    from qa.generate import ModelSettings


def ontology(settings: Settings) -> "Ontology":
    """The ontology. Raises `OntologyError`."""
    from kg.ontology import load_ontology

    return load_ontology(settings.ontology) if settings.ontology else load_ontology()


def extractor(settings: Settings) -> "RuleExtractor":
    """The extractor, loaded once. Raises `UnusableSettings`, `OntologyError`."""
    from extraction.ingest import make_extractor

    try:
        return make_extractor(settings.extractor, settings.ontology)
    except ValueError as error:
        raise UnusableSettings(str(error)) from error


def large_model(settings: Settings) -> "ModelSettings | None":
    """Where the large model is; None when no key is set."""
    from qa.generate import ModelSettings

    key = settings.openai_api_key.get_secret_value()
    return ModelSettings(settings.large_model, key, settings.openai_base_url, settings.model_timeout) if key else None
