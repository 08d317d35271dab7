"""The HTTP API's endpoints for the review queue."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.access import Serving, permit
from api.problems import ExplainedRoute
from api.reviewing import as_shown, decide
from api.reviewing import request_access as ask_for
from governance.identity.principal import Principal
from governance.review.items import KINDS, Kind
from governance.review.queue import UNDECIDED

if TYPE_CHECKING:
    from governance.review.queue import ReviewQueue

reviews = APIRouter(prefix="/v1/review", tags=["review"], route_class=ExplainedRoute)
MOST_TEXT = 20_000


class DecisionBody(BaseModel):
    """What a reviewer decides, and why; `text` is what a correction puts in place."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["approve", "correct", "reject"]
    reason: str = Field(min_length=1, max_length=MOST_TEXT)
    text: str | None = Field(default=None, max_length=MOST_TEXT)


class RequestBody(BaseModel):
    """A group, or a role as "role:NAME", that the caller asks for, and why."""

    model_config = ConfigDict(extra="forbid")

    wanted: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=MOST_TEXT)


def _queue(service: Serving) -> "ReviewQueue":
    return service.queue


_Queue = Annotated["ReviewQueue", Depends(_queue)]
_Reviewer = Annotated[Principal, Depends(permit("review"))]
_Approver = Annotated[Principal, Depends(permit("approve"))]
_Asker = Annotated[Principal, Depends(permit("ask"))]


@reviews.get("")
def list_items(
    who: _Reviewer, queue: _Queue, kind: Annotated[list[Kind] | None, Query()] = None, done: bool = False
) -> dict[str, Any]:
    """What waits for review of what the caller may see, what is due first at the top; `done`: what was decided."""
    found = queue.listed(who, ("done",) if done else UNDECIDED, kind or KINDS)
    return {"items": [as_shown(item) for item in found]}


@reviews.post("/requests", status_code=201)
def request_access(who: _Asker, service: Serving, body: RequestBody) -> dict[str, Any]:
    """Ask for a group or a role."""
    return as_shown(ask_for(service, who, body.wanted, body.reason))


@reviews.get("/{identity}")
def get_item(who: _Reviewer, queue: _Queue, identity: str) -> dict[str, Any]:
    """One item with what became of it."""
    return as_shown(queue.show(identity, who))


@reviews.post("/{identity}/take")
def take_item(who: _Approver, queue: _Queue, identity: str) -> dict[str, Any]:
    """Say that one looks at it, so that nobody else does."""
    return as_shown(queue.take(identity, who))


@reviews.post("/{identity}/decision")
def decide_item(who: _Approver, service: Serving, identity: str, body: DecisionBody) -> dict[str, Any]:
    """Decide an item; what that means is done at once, or when a second reviewer says the same where two are needed."""
    return as_shown(decide(service, who, identity, body.verdict, body.reason, body.text))
