"""The parts that the settings name: ontology, extractor, large model. Each is imported only when it is asked for."""

from typing import TYPE_CHECKING

from api.settings import Settings, UnusableSettings

if TYPE_CHECKING:
    from extraction.extractor import Extractor
    from kg.ontology import Ontology
    from qa.generate import ModelSettings


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


def large_model(settings: Settings) -> "ModelSettings | None":
    """Where the large model is; None when no key is set."""
    from qa.generate import ModelSettings

    key = settings.openai_api_key.get_secret_value()
    return ModelSettings(settings.large_model, key, settings.openai_base_url, settings.model_timeout) if key else None
