"""The versions of all that an answer would depend on now, with the contents of those that are small text."""

from typing import TYPE_CHECKING

from api import parts
from api.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.versions.registry import Version


def present(settings: Settings) -> "list[Version]":
    """The versions that the settings name now. Raises as the parts do."""
    from governance.versions.registry import Version, version_of
    from kg.embedding import default_embedder
    from kg.ontology import DEFAULT_ONTOLOGY
    from qa.generate import SHIPPED_PROMPT
    from qa.routing.policy import SHIPPED
    from qa.versions import code, fitted, models_text

    ontology = settings.ontology or DEFAULT_ONTOLOGY
    policy = settings.policy or SHIPPED
    prompt = settings.prompt or SHIPPED_PROMPT
    embedding = default_embedder()
    models = models_text(parts.models(settings)).encode()
    rules = parts.policy(settings)
    found = [
        version_of(
            "ontology", parts.ontology(settings).version.rpartition("@")[0], ontology.read_bytes(), ontology.name
        ),
        version_of("policy", rules.rules_called.rpartition("@")[0], policy.read_bytes(), policy.name),
        version_of("models", "models", models, settings.models.name if settings.models else "models.toml"),
        version_of("prompt", "answer", prompt.read_bytes(), prompt.name),
        Version("embedding", embedding.version.rpartition("@")[0], embedding.digest, None, "kg/models/minilm"),
        Version("code", code().name, code().digest, None, code().source),
    ]
    found += [Version(kind, part.name, part.digest, None, part.source) for kind, part in fitted().items()]
    return found


def used(settings: Settings, recorded: "Mapping[str, str]") -> "list[Version]":
    """Of the versions now those that an answer recorded: a file that changed after it was read is not among them."""
    said = " ".join(recorded.values())
    return [version for version in present(settings) if version.digest[:12] in said]
