"""The HTTP API. It listens on this machine only, and whoever reaches it is the owner: sign-in is not there yet."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.analyst import run_analyst_query
from api.problems import ExplainedRoute, install, problem
from api.report import summarise
from api.service import Service
from api.uploads import REQUEST_BODY, Upload, read_upload
from extraction.report import IngestReport
from kg.version import code_version
from qa.answer import Answer, Tier


class AskBody(BaseModel):
    """A question; `as` names a user of the settings whose access it is answered with."""

    model_config = ConfigDict(extra="forbid")

    question: str
    tier: Tier | None = None
    user: str | None = Field(default=None, alias="as")


class SearchBody(BaseModel):
    """Words to search passages for."""

    model_config = ConfigDict(extra="forbid")

    query: str
    k: int = Field(default=10, ge=1, le=100)
    user: str | None = Field(default=None, alias="as")


class MergeBody(BaseModel):
    """The entity, by id or name, that another one is the same as; `as` names the user who says so."""

    model_config = ConfigDict(extra="forbid")

    into: str
    user: str | None = Field(default=None, alias="as")


class SplitBody(BaseModel):
    """A name that is not its entity's; `as` names the user who says so."""

    model_config = ConfigDict(extra="forbid")

    name: str
    user: str | None = Field(default=None, alias="as")


def create_app(service: Service) -> FastAPI:
    """The application on an open service."""
    # No docs pages: they load scripts from elsewhere, and nothing may leave the machine.
    app = FastAPI(title="Evigraph", version=code_version(), docs_url=None, redoc_url=None)
    app.state.service = service
    app.include_router(_documents)
    app.include_router(_questions)
    app.include_router(_graph)
    app.include_router(_health)
    install(app, service.settings.max_bytes)
    return app


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


Serving = Annotated[Service, Depends(_service)]
_documents = APIRouter(prefix="/v1/documents", tags=["documents"], route_class=ExplainedRoute)
_questions = APIRouter(prefix="/v1", tags=["questions"], route_class=ExplainedRoute)
_graph = APIRouter(prefix="/v1", tags=["graph"], route_class=ExplainedRoute)
_health = APIRouter(tags=["health"], route_class=ExplainedRoute)

# The endpoints are plain functions, which run in threads: all of them wait for the graph or for the processor.


@_documents.post("", openapi_extra={"requestBody": REQUEST_BODY}, responses={422: {"description": "All were refused"}})
def add_documents(request: Request, service: Serving, upload: Annotated[Upload, Depends(read_upload)]) -> Response:
    """Bring documents into the graph; one that has not changed is left alone."""
    report = IngestReport()
    service.ingest(upload.sources, report, corpus=upload.corpus, access=upload.access)
    summary = summarise(report, upload.corpus)
    if not summary["documents"]:
        detail = " ".join(report.refused.values())
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, request.url.path)
    status = HTTPStatus.CREATED if report.added else HTTPStatus.OK
    return JSONResponse(summary, status)


@_documents.get("")
def list_documents(service: Serving) -> dict[str, Any]:
    """The documents held, by title."""
    return {"documents": service.documents()}


@_documents.get("/{identity}")
def get_document(service: Serving, identity: str, text: bool = False, facts: bool = False) -> dict[str, Any]:
    """What is held of one document; `text` adds the extracted text, `facts` the facts it evidences."""
    return service.show(identity, text=text, facts=facts)


@_documents.delete("/{identity}", status_code=HTTPStatus.NO_CONTENT)
def delete_document(service: Serving, identity: str) -> None:
    """Remove a document with all that only it said."""
    service.remove(identity)


@_questions.post("/ask")
def ask(service: Serving, body: AskBody) -> Answer:
    """Answer a question with its evidence, or say that there is none."""
    return service.ask(body.question, service.groups_of(body.user), body.tier)


@_questions.post("/search")
def search(service: Serving, body: SearchBody) -> dict[str, Any]:
    """The best passages for some words, ranked."""
    return {"query": body.query, "passages": service.search(body.query, body.k, service.groups_of(body.user))}


@_graph.get("/entities")
def list_entities(service: Serving, q: Annotated[str, Query(min_length=1)]) -> dict[str, Any]:
    """The entities that go by a name, or by one like it."""
    return {"entities": service.entities(q)}


@_graph.get("/entities/{identity}")
def get_entity(service: Serving, identity: str) -> dict[str, Any]:
    """One entity."""
    return service.entity(identity)


@_graph.post("/entities/{identity}/merge")
def merge_entities(service: Serving, identity: str, body: MergeBody) -> dict[str, Any]:
    """Say that an entity is the same as another one; the one entity that they are then."""
    return service.merge(identity, body.into, body.user)


@_graph.post("/entities/{identity}/split")
def split_entity(service: Serving, identity: str, body: SplitBody) -> dict[str, Any]:
    """Take a name out of an entity; the entities that there are then."""
    return {"entities": service.split(body.name, user=body.user, of=identity)}


@_graph.get("/entities/{identity}/neighbours")
def get_neighbours(service: Serving, identity: str) -> dict[str, Any]:
    """An entity with the facts of which it is subject or object."""
    return service.neighbours(identity)


@_graph.get("/paths")
def get_paths(
    service: Serving,
    start: Annotated[str, Query(alias="from", min_length=1)],
    end: Annotated[str, Query(alias="to", min_length=1)],
) -> dict[str, Any]:
    """The shortest chains of facts between two entities, given by id or name."""
    return service.paths(start, end)


@_graph.get("/queries")
def list_queries(service: Serving) -> dict[str, Any]:
    """The query catalogue; those in the folder analyst can be run by name."""
    columns = ("name", "folder", "purpose", "parameters", "columns", "example", "cypher")
    return {"queries": [{column: getattr(query, column) for column in columns} for query in service.queries()]}


@_graph.post("/queries/{name}")
def run_query(
    service: Serving, name: str, parameters: Annotated[dict[str, Any], Body(default_factory=dict)]
) -> dict[str, Any]:
    """Run an analyst query; the body holds its parameters."""
    return asdict(run_analyst_query(service, name, parameters))


@_health.get("/healthz")
def alive() -> dict[str, str]:
    """Whether the server runs."""
    return {"status": "ok"}


@_health.get("/readyz")
def ready(service: Serving) -> dict[str, Any]:
    """Whether the graph answers."""
    return {"status": "ready", **service.size()}
