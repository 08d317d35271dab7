"""What is configured, what is reachable, what is missing: each check one line, with the mend."""

import platform
from collections.abc import Callable
from importlib.metadata import entry_points

from api import parts
from api.errors import explain
from api.service import open_service
from api.settings import Settings
from kg.catalogue import catalogue
from kg.embedding import default_embedder
from kg.version import code_version

Check = dict[str, str]


def examine(settings: Settings) -> list[Check]:
    """All checks; `state` is ok, off (not set up, and not needed) or missing."""
    dialect = "embedded" if settings.graph.startswith("embedded:") else "neo4j"
    return [
        _check("Evigraph", lambda: f"{code_version()}, Python {platform.python_version()}"),
        _check("Graph", lambda: _graph(settings)),
        _neo4j(settings, dialect),
        _check("Query catalogue", lambda: f"{len(catalogue(dialect))} queries for the {dialect} store"),
        _check("Embedding model", lambda: default_embedder().version),
        _check("Ontology", lambda: parts.ontology(settings).version),
        _check("Extractor", lambda: _extractor(settings)),
        _models(settings),
        _users(settings),
    ]


def _check(name: str, find: Callable[[], str]) -> Check:
    try:
        return {"name": name, "state": "ok", "detail": find()}
    except Exception as error:  # whatever is wrong is what a doctor is to name
        return {"name": name, "state": "missing", "detail": explain(error).sentence}


def _graph(settings: Settings) -> str:
    with open_service(settings) as service:
        size = service.size()
    return f"{settings.graph} holds {size['documents']} documents, {size['passages']} passages"


def _neo4j(settings: Settings, dialect: str) -> Check:
    if dialect == "embedded":
        return {"name": "Neo4j", "state": "off", "detail": "not used; EVIGRAPH_GRAPH=neo4j://HOST:PORT would use it"}
    user, database = settings.neo4j_user, settings.neo4j_database
    secret = "set" if settings.neo4j_password.get_secret_value() else "not set (EVIGRAPH_NEO4J_PASSWORD)"
    return {"name": "Neo4j", "state": "ok", "detail": f"user {user}, database {database}, password {secret}"}


def _extractor(settings: Settings) -> str:
    # The packages announce themselves, so spaCy need not look for them.
    pipelines = sorted({entry.name for entry in entry_points(group="spacy_models")})
    return f"{parts.extractor(settings).name}; spaCy pipelines installed: {', '.join(pipelines) or 'none'}"


def _models(settings: Settings) -> Check:
    known = parts.models(settings)
    ready = [spec for tier in ("small", "large") for spec in known.of("synthesis", tier)]
    if not ready:
        detail = "none is set up (OPENAI_API_KEY, or EVIGRAPH_MODELS); questions are answered without a model"
        return {"name": "Models", "state": "off", "detail": detail}
    told = [f"{spec.called} ({spec.tier}, at {spec.base_url or 'its own place'})" for spec in ready]
    return {"name": "Models", "state": "ok", "detail": "; ".join(told)}


def _users(settings: Settings) -> Check:
    if not settings.users:
        detail = "none named under [users] in evigraph.toml; without --as, everything is seen"
        return {"name": "Users", "state": "off", "detail": detail}
    return {"name": "Users", "state": "ok", "detail": ", ".join(sorted(settings.users))}
