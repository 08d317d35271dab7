"""The HTTP API's endpoints for what the graph holds: entities, facts between them, queries."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from api.access import Serving, acting, permit
from api.analyst import listed, run_query
from api.bodies import CypherBody, DraftBody, MergeBody, SplitBody
from api.cypher import draft, run_cypher
from api.errors import WrongUse
from api.problems import ExplainedRoute
from api.table import as_csv
from governance.identity.principal import Principal

graph = APIRouter(prefix="/v1", tags=["graph"], route_class=ExplainedRoute)

_Reader = Annotated[Principal, Depends(permit("read_graph"))]
_Merger = Annotated[Principal, Depends(permit("merge"))]
_Analyst = Annotated[Principal, Depends(permit("run_query"))]
_Author = Annotated[Principal, Depends(permit("run_cypher"))]


@graph.get("/entities")
def list_entities(who: _Reader, service: Serving, q: Annotated[str, Query(min_length=1)]) -> dict[str, Any]:
    """The entities that go by a name, or by one like it."""
    return {"entities": service.entities(q, who.groups)}


@graph.get("/entities/{identity}")
def get_entity(who: _Reader, service: Serving, identity: str) -> dict[str, Any]:
    """One entity."""
    return service.entity(identity, who.groups)


@graph.post("/entities/{identity}/merge")
def merge_entities(request: Request, who: _Merger, service: Serving, identity: str, body: MergeBody) -> dict[str, Any]:
    """Say that an entity is the same as another one; the one entity that they are then."""
    who = acting(request, service, who, body.user)
    return service.merge(identity, body.into, who.user, who.groups)


@graph.post("/entities/{identity}/split")
def split_entity(request: Request, who: _Merger, service: Serving, identity: str, body: SplitBody) -> dict[str, Any]:
    """Take a name out of an entity; the entities that there are then."""
    who = acting(request, service, who, body.user)
    return {"entities": service.split(body.name, user=who.user, of=identity, groups=who.groups)}


@graph.get("/entities/{identity}/neighbours")
def get_neighbours(who: _Reader, service: Serving, identity: str, as_of: str | None = None) -> dict[str, Any]:
    """An entity with the facts of which it is subject or object, on the day `as_of` (YYYY-MM-DD) where it is given."""
    return service.neighbours(identity, as_of, who.groups)


@graph.get("/paths")
def get_paths(
    who: _Reader,
    service: Serving,
    start: Annotated[str, Query(alias="from", min_length=1)],
    end: Annotated[str, Query(alias="to", min_length=1)],
    as_of: str | None = None,
) -> dict[str, Any]:
    """The shortest chains of facts between two entities, given by id or name; `as_of` as for neighbours."""
    return service.paths(start, end, as_of, who.groups)


@graph.get("/queries")
def list_queries(who: _Analyst, service: Serving) -> dict[str, Any]:
    """The query catalogue; those in the folders analyst and analysis can be run by name."""
    columns = ("name", "folder", "purpose", "parameters", "defaults", "columns", "example", "cypher")
    found = listed(service.store.dialect)
    return {"queries": [{column: getattr(query, column) for column in columns} for query in found]}


@graph.post("/queries/{name}", responses={200: {"content": {"application/json": {}, "text/csv": {}}}})
def run_named_query(
    request: Request,
    who: _Analyst,
    service: Serving,
    name: str,
    parameters: Annotated[dict[str, Any], Body(default_factory=dict)],
) -> Response:
    """Run an analyst query or an analysis; the body holds its parameters, and `as` names a user whose access it has.

    `Accept: text/csv` gives the rows as CSV.
    """
    user = parameters.pop("as", None)
    if user is not None and not isinstance(user, str):
        raise WrongUse("The user that `as` names is to be a string.")
    who = acting(request, service, who, user)
    found = run_query(service, name, parameters, who.groups)
    if "text/csv" in request.headers.get("accept", ""):
        return Response(as_csv(found.columns, found.rows), media_type="text/csv")
    return JSONResponse(asdict(found))


@graph.post("/cypher", responses={200: {"content": {"text/csv": {}}}})
def run_own_cypher(request: Request, who: _Author, service: Serving, body: CypherBody) -> Response:
    """Run Cypher of one's own that only reads; `Accept: text/csv` gives the rows as CSV."""
    who = acting(request, service, who, body.user)
    result = run_cypher(service, body.cypher, body.parameters, body.limit, body.timeout_s, who.groups)
    if "text/csv" in request.headers.get("accept", ""):
        return Response(as_csv(result.columns, result.rows), media_type="text/csv")
    return JSONResponse({name: getattr(result, name) for name in ("columns", "rows", "truncated", "ms")})


@graph.post("/cypher/draft")
def draft_cypher(request: Request, who: _Author, service: Serving, body: DraftBody) -> dict[str, Any]:
    """Have a large model write Cypher for a question, checked and for reading: it does not run."""
    who = acting(request, service, who, body.user)
    return asdict(draft(service, body.question, who.groups))
