"""The HTTP API's endpoints for privacy."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api import privacy
from api.access import Serving, permit
from api.errors import WrongUse
from api.problems import ExplainedRoute
from governance.identity.principal import Principal

private = APIRouter(prefix="/v1/privacy", tags=["privacy"], route_class=ExplainedRoute)
MOST_NAMES, MOST_TEXT = 50, 2_000
# Whoever may erase a person sees all documents that name them.
Eraser = Annotated[Principal, Depends(permit("erase"))]


class PersonBody(BaseModel):
    """A person by name or entity id; `also` are further names and numbers of theirs."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=MOST_TEXT)
    also: list[Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]] = Field(default=[], max_length=MOST_NAMES)


class EraseBody(PersonBody):
    """Whom to erase and why; without `confirm` it is only told what would go."""

    reason: str = Field(min_length=1, max_length=MOST_TEXT)
    confirm: bool = False


@private.get("/scan")
def scan_documents(
    who: Eraser, service: Serving, document: str | None = None, limit: Annotated[int, Query(ge=1)] = privacy.MOST_PLACES
) -> dict[str, Any]:
    """Personal data in the documents, or in the one with this id: kind, place, text."""
    if limit > privacy.MOST_PLACES:
        raise WrongUse(f"A limit of {limit} is too much; ask for at most {privacy.MOST_PLACES}, or for one document.")
    found = privacy.scanned(service, service.find_document(document) if document is not None else None)
    return {"found": found[:limit], "truncated": len(found) > limit}


@private.post("/export")
def export_person(who: Eraser, service: Serving, body: PersonBody) -> dict[str, Any]:
    """Everything held about a person, for them to have."""
    return privacy.export(service, body.name, body.also)


@private.post("/erase")
def erase_person(who: Eraser, service: Serving, body: EraseBody) -> dict[str, Any]:
    """Erase a person from everything; without `confirm` nothing is changed, and it is told what would be."""
    person = privacy.meant(service, body.name, body.also)
    if not body.confirm:
        documents = privacy.privacy_of(service).documents(person)
        return {"confirmed": False, "names": person.names, "names_of_others": person.others, "documents": documents}
    return {"confirmed": True, **privacy.erase(service, person, who, body.reason).as_json()}
