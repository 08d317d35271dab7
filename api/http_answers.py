"""The HTTP API's endpoints for answers that were given: read again, proven, replayed."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access import Serving, acting, permit
from api.cli_answers import as_document
from api.problems import ExplainedRoute
from governance.identity.principal import Principal
from governance.provenance.proof import MEDIA_TYPES
from qa.answer import Answer

MOST_LISTED = 1000


class ReplayBody(BaseModel):
    """`as` names a user of the settings who asks for the replay."""

    model_config = ConfigDict(extra="forbid")

    user: str | None = Field(default=None, alias="as")


_Asker = Annotated[Principal, Depends(permit("ask"))]
_Exporter = Annotated[Principal, Depends(permit("export"))]
_As = Annotated[str | None, Query(alias="as", description="A user of the settings with whose access it is read.")]
answers = APIRouter(prefix="/v1/answers", tags=["answers"], route_class=ExplainedRoute)
_FORMS: dict[str, Any] = {"content": {kind: {} for kind in MEDIA_TYPES.values()}}


@answers.get("")
def list_answers(
    request: Request,
    principal: _Asker,
    service: Serving,
    user: _As = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
) -> dict[str, Any]:
    """The last answers of the caller, the newest first; for who sees everything those of everybody."""
    who = acting(request, service, principal, user)
    return {"answers": [asdict(item) for item in service.kept.last(who.user, who.groups, limit)]}


@answers.get("/{identity}", responses={410: {"description": "A document that it cites was removed"}})
def get_answer(request: Request, principal: _Asker, service: Serving, identity: str, user: _As = None) -> Answer:
    """An answer as it was given, for who asked or may see all that they might."""
    who = acting(request, service, principal, user)
    return service.kept.read(identity, who.user, who.groups).answer


@answers.get("/{identity}/provenance", responses={200: _FORMS}, response_class=Response)
def get_provenance(
    request: Request,
    principal: _Exporter,
    service: Serving,
    identity: str,
    user: _As = None,
    form: Annotated[Literal["turtle", "json-ld"] | None, Query(alias="format")] = None,
) -> Response:
    """Where an answer comes from, as W3C PROV-O: Turtle, or JSON-LD by `format=json-ld` or `Accept`."""
    who = acting(request, service, principal, user)
    wanted: Literal["turtle", "json-ld"] = "json-ld" if "json" in request.headers.get("accept", "") else "turtle"
    with service.audited("export", identity, format=form or wanted):
        text = service.kept.proof(identity, who.user, who.groups, form or wanted)
    return Response(text, media_type=MEDIA_TYPES[form or wanted])


@answers.post("/{identity}/replay")
def replay_answer(
    request: Request, principal: _Asker, service: Serving, identity: str, body: ReplayBody | None = None
) -> dict[str, Any]:
    """Answer the question again on the versions that the answer had: what differs, and which version makes it."""
    who = acting(request, service, principal, body.user if body else None)
    with service.audited("replay", identity) as told:
        found = service.replaying.replay(identity, who.user, who.groups)
        told["verdict"] = found.verdict
    return as_document(found)
