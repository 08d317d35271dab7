"""The HTTP API. While nobody can sign in it listens on this machine only, and whoever reaches it is the owner."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse

from api.access import Doors, Serving, acting, guard, permit
from api.asking import Manner, payer
from api.bodies import AskBody, SearchBody
from api.http_answers import answers
from api.http_flags import flags
from api.http_graph import graph
from api.http_privacy import private
from api.http_review import reviews
from api.problems import SIGN_IN_SCHEMES, ExplainedRoute, install, problem
from api.report import summarise
from api.service import Service
from api.streaming import events
from api.uploads import REQUEST_BODY, Upload, read_upload
from extraction.report import IngestReport
from governance.identity.principal import Principal
from kg.version import code_version
from qa.answer import Answer
from qa.observer import Cancel, Observer


class _Described(FastAPI):
    """An application whose description says how one signs in."""

    def openapi(self) -> dict[str, Any]:
        """The description."""
        described = super().openapi()
        described.setdefault("components", {})["securitySchemes"] = SIGN_IN_SCHEMES
        return described


def create_app(service: Service, *, only_here: bool = True) -> FastAPI:
    """The application on an open service; `only_here`: only this machine can reach it.

    Raises `UnusableIssuer`, `UnusableAccessPolicy`, `DatabaseError`.
    """
    # No docs pages: they load scripts from elsewhere, and nothing may leave the machine.
    app = _Described(title="Evigraph", version=code_version(), docs_url=None, redoc_url=None)
    app.state.service = service
    app.include_router(_documents)
    app.include_router(_questions)
    app.include_router(graph)
    app.include_router(answers)
    app.include_router(reviews)
    app.include_router(flags)
    app.include_router(private)
    app.include_router(_health)
    guard(app, Doors(service.settings, service.database, only_here=only_here), service)
    install(app, service.settings.max_bytes, service.settings.hosts)
    return app


_documents = APIRouter(prefix="/v1/documents", tags=["documents"], route_class=ExplainedRoute)
_questions = APIRouter(prefix="/v1", tags=["questions"], route_class=ExplainedRoute)
_health = APIRouter(tags=["health"], route_class=ExplainedRoute)
_Reader = Annotated[Principal, Depends(permit("read_graph"))]

# The endpoints are plain functions, which run in threads: all of them wait for the graph or for the processor.


@_documents.post("", openapi_extra={"requestBody": REQUEST_BODY}, responses={422: {"description": "All were refused"}})
def add_documents(
    request: Request,
    # Before the upload, so that nothing is read of who may not send it.
    who: Annotated[Principal, Depends(permit("ingest"))],
    service: Serving,
    upload: Annotated[Upload, Depends(read_upload)],
) -> Response:
    """Bring documents into the graph; one that has not changed is left alone."""
    report = IngestReport()
    service.ingest(upload.sources, report, corpus=upload.corpus, access=upload.access, groups=who.groups)
    summary = summarise(report, upload.corpus)
    if not summary["documents"]:
        detail = " ".join(report.refused.values())
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, request.url.path)
    status = HTTPStatus.CREATED if report.added else HTTPStatus.OK
    return JSONResponse(summary, status)


@_documents.get("")
def list_documents(who: _Reader, service: Serving) -> dict[str, Any]:
    """The documents held, by title."""
    return {"documents": service.documents(who.groups)}


@_documents.get("/{identity}")
def get_document(
    who: _Reader, service: Serving, identity: str, text: bool = False, facts: bool = False
) -> dict[str, Any]:
    """What is held of one document; `text` adds the extracted text, `facts` the facts it evidences."""
    return service.show(identity, text=text, facts=facts, groups=who.groups)


@_documents.delete("/{identity}", status_code=HTTPStatus.NO_CONTENT)
def delete_document(who: Annotated[Principal, Depends(permit("remove"))], service: Serving, identity: str) -> None:
    """Remove a document with all that only it said."""
    service.remove(identity, who.groups)


@_questions.post("/ask", response_model=Answer, responses={200: {"content": {"text/event-stream": {}}}})
async def ask(
    request: Request, principal: Annotated[Principal, Depends(permit("ask"))], service: Serving, body: AskBody
) -> Response | Answer:
    """Answer a question with its evidence, or say that there is none.

    `Accept: text/event-stream` gives the steps, the text as it is written, and the citations as events.
    """
    who = acting(request, service, principal, body.user)

    def answer(observer: Observer, cancel: Cancel) -> Answer:
        manner = Manner(payer(who), body.stakes, body.deadline_s, observer, cancel)
        return service.ask(body.question, who.groups, body.tier, body.as_of, manner)

    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(
            events(request, answer), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )
    return await run_in_threadpool(answer, Observer(), Cancel())


@_questions.post("/search")
def search(
    request: Request, principal: Annotated[Principal, Depends(permit("search"))], service: Serving, body: SearchBody
) -> dict[str, Any]:
    """The best passages for some words, ranked."""
    who = acting(request, service, principal, body.user)
    found = service.search(body.query, body.k, who.groups, body.as_of)
    return {"query": body.query, "passages": found}


@_health.get("/healthz")
def alive() -> dict[str, str]:
    """Whether the server runs."""
    return {"status": "ok"}


@_health.get("/readyz")
def ready(request: Request, service: Serving) -> dict[str, Any]:
    """Whether the graph answers; how much it holds is told to who may read it."""
    who: Principal | None = request.state.principal
    size = service.size(() if who is None else who.groups)
    told = who is not None and request.app.state.access.allows(who, "read_graph")
    return {"status": "ready", **(size if told else {})}
