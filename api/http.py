"""The HTTP API. It listens on this machine only, and whoever reaches it is the owner: sign-in is not there yet."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.analyst import listed, run_query
from api.asking import Manner
from api.cypher import MOST_CHARACTERS, MOST_ROWS, MOST_SECONDS, ROWS, SECONDS, draft, run_cypher
from api.errors import WrongUse
from api.problems import ExplainedRoute, install, problem
from api.report import summarise
from api.service import Service
from api.streaming import events
from api.table import as_csv
from api.uploads import REQUEST_BODY, Upload, read_upload
from extraction.report import IngestReport
from kg.version import code_version
from qa.answer import Answer, Tier
from qa.observer import Cancel, Observer

MOST_DEADLINE = 600.0


class AskBody(BaseModel):
    """A question; `as` names a user of the settings whose access it is answered with, `as_of` a day (YYYY-MM-DD).

    `stakes`: what a wrong answer costs; `deadline_s`: in how many seconds the answer must be there, whoever writes it.
    """

    model_config = ConfigDict(extra="forbid")

    question: str
    tier: Tier | None = None
    user: str | None = Field(default=None, alias="as")
    as_of: str | None = None
    stakes: Literal["low", "normal", "high"] = "normal"
    deadline_s: float | None = Field(default=None, gt=0, le=MOST_DEADLINE)


class SearchBody(BaseModel):
    """Words to search passages for; `as` and `as_of` as for a question."""

    model_config = ConfigDict(extra="forbid")

    query: str
    k: int = Field(default=10, ge=1, le=100)
    user: str | None = Field(default=None, alias="as")
    as_of: str | None = None


class CypherBody(BaseModel):
    """A statement that only reads, with the most rows and seconds that it may take; `as` as for a question."""

    model_config = ConfigDict(extra="forbid")

    cypher: str = Field(max_length=MOST_CHARACTERS)
    parameters: dict[str, Any] = Field(default_factory=dict)
    limit: int = Field(default=ROWS, ge=1, le=MOST_ROWS)
    timeout_s: float = Field(default=SECONDS, gt=0, le=MOST_SECONDS)
    user: str | None = Field(default=None, alias="as")


class DraftBody(BaseModel):
    """A question to draft a statement for; `as` as for a question."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=MOST_CHARACTERS)
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


@_questions.post("/ask", response_model=Answer, responses={200: {"content": {"text/event-stream": {}}}})
async def ask(request: Request, service: Serving, body: AskBody) -> Response | Answer:
    """Answer a question with its evidence, or say that there is none.

    `Accept: text/event-stream` gives the steps, the text as it is written, and the citations as events.
    """
    groups = service.groups_of(body.user)

    def answer(observer: Observer, cancel: Cancel) -> Answer:
        manner = Manner(body.user, body.stakes, body.deadline_s, observer, cancel)
        return service.ask(body.question, groups, body.tier, body.as_of, manner)

    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(
            events(request, answer), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )
    return await run_in_threadpool(answer, Observer(), Cancel())


@_questions.post("/search")
def search(service: Serving, body: SearchBody) -> dict[str, Any]:
    """The best passages for some words, ranked."""
    found = service.search(body.query, body.k, service.groups_of(body.user), body.as_of)
    return {"query": body.query, "passages": found}


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
def get_neighbours(service: Serving, identity: str, as_of: str | None = None) -> dict[str, Any]:
    """An entity with the facts of which it is subject or object, on the day `as_of` (YYYY-MM-DD) where it is given."""
    return service.neighbours(identity, as_of)


@_graph.get("/paths")
def get_paths(
    service: Serving,
    start: Annotated[str, Query(alias="from", min_length=1)],
    end: Annotated[str, Query(alias="to", min_length=1)],
    as_of: str | None = None,
) -> dict[str, Any]:
    """The shortest chains of facts between two entities, given by id or name; `as_of` as for neighbours."""
    return service.paths(start, end, as_of)


@_graph.get("/queries")
def list_queries(service: Serving) -> dict[str, Any]:
    """The query catalogue; those in the folders analyst and analysis can be run by name."""
    columns = ("name", "folder", "purpose", "parameters", "defaults", "columns", "example", "cypher")
    found = listed(service.store.dialect)
    return {"queries": [{column: getattr(query, column) for column in columns} for query in found]}


@_graph.post("/queries/{name}", responses={200: {"content": {"application/json": {}, "text/csv": {}}}})
def run_named_query(
    request: Request, service: Serving, name: str, parameters: Annotated[dict[str, Any], Body(default_factory=dict)]
) -> Response:
    """Run an analyst query or an analysis; the body holds its parameters, and `as` names a user whose access it has.

    `Accept: text/csv` gives the rows as CSV.
    """
    user = parameters.pop("as", None)
    if user is not None and not isinstance(user, str):
        raise WrongUse("The user that `as` names is to be a string.")
    found = run_query(service, name, parameters, user)
    if "text/csv" in request.headers.get("accept", ""):
        return Response(as_csv(found.columns, found.rows), media_type="text/csv")
    return JSONResponse(asdict(found))


@_graph.post("/cypher", responses={200: {"content": {"text/csv": {}}}})
def run_own_cypher(request: Request, service: Serving, body: CypherBody) -> Response:
    """Run Cypher of one's own that only reads; `Accept: text/csv` gives the rows as CSV."""
    result = run_cypher(service, body.cypher, body.parameters, body.limit, body.timeout_s, body.user)
    if "text/csv" in request.headers.get("accept", ""):
        return Response(as_csv(result.columns, result.rows), media_type="text/csv")
    return JSONResponse({name: getattr(result, name) for name in ("columns", "rows", "truncated", "ms")})


@_graph.post("/cypher/draft")
def draft_cypher(service: Serving, body: DraftBody) -> dict[str, Any]:
    """Have a large model write Cypher for a question, checked and for reading: it does not run."""
    return asdict(draft(service, body.question, body.user))


@_health.get("/healthz")
def alive() -> dict[str, str]:
    """Whether the server runs."""
    return {"status": "ok"}


@_health.get("/readyz")
def ready(service: Serving) -> dict[str, Any]:
    """Whether the graph answers."""
    return {"status": "ready", **service.size()}
