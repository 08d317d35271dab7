"""The tools that assistants call over the Model Context Protocol: what a model reads of them, and what they give.

They act on behalf of who signed in, or of the user named when the server was started: no tool takes a user or a group.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel, Field

from api.acting import ACTING
from api.analyst import run_query, runnable
from api.asking import Manner, payer
from api.errors import NotHeld
from api.lookup import entity_ids
from api.service import Service
from api.uris import file_name
from kg.catalogue import Query
from qa.answer import Answer, Citation, CitedDocument, Tier
from qa.recorder import Recorder

#: What each tool takes.
PERMISSIONS = {
    "ask": "ask",
    "search": "search",
    "entity": "read_graph",
    "path": "read_graph",
    "queries": "run_query",
    "run_query": "run_query",
}
_SIMILAR_NAMED = 10

AsOf = Annotated[
    str | None,
    Field(description="A day, YYYY-MM-DD: only what held and what was in force on it. Leave out for whenever."),
]
EntityName = Annotated[str, Field(description="A name that the entity goes by, such as 'Lantern CRM', or its id.")]


class Passage(BaseModel):
    """A passage of a document; `text` is the document's own at `[start:end]`."""

    rank: int
    passage_id: str
    document: CitedDocument
    start: int
    end: int
    page: int | None
    heading: str | None
    text: str
    score: float


class Passages(BaseModel):
    """Passages, the best first."""

    query: str
    passages: list[Passage]


class Fact(BaseModel):
    """A fact of the graph. `negated`: the documents deny it; `hedged`: they say that it is possible or likely."""

    id: str
    subject_id: str
    subject: str
    subject_type: str
    predicate: str
    object_id: str
    object: str
    object_type: str
    confidence: float
    valid_from: str | None
    valid_to: str | None
    negated: bool
    hedged: bool
    deadline: str
    due: str
    exception: str


class Merge(BaseModel):
    """Why a name counts as another one's."""

    name: str
    into_name: str
    score: float
    reasons: list[str]
    decided_by: str
    decided_at: str


class Entity(BaseModel):
    """An entity with the facts of which it is subject or object; `more_facts`: there are more than these."""

    id: str
    name: str
    type: str
    value: str | None
    aliases: list[str]
    merges: list[Merge]
    facts: list[Fact]
    more_facts: bool


class Entities(BaseModel):
    """All entities that go by a name."""

    entities: list[Entity]


class Paths(BaseModel):
    """The shortest chains of facts between two entities; none where they are not connected by three facts."""

    from_ids: list[str]
    to_ids: list[str]
    paths: list[list[Fact]]


class Rows(BaseModel):
    """What a named query found; `notes` say what to know of the rows, `cypher` with `parameters` is what was read."""

    name: str
    columns: list[str]
    rows: list[dict[str, Any]]
    notes: list[str]
    cypher: str
    parameters: dict[str, Any]
    ms: float


class NamedQuery(BaseModel):
    """A query that runs by name: its parameters with their types, and what those are that may be left out."""

    name: str
    purpose: str
    example: str
    parameters: dict[str, str]
    defaults: dict[str, Any]
    columns: list[str]


class NamedQueries(BaseModel):
    """All queries that run by name."""

    queries: list[NamedQuery]


class Tools:
    """The tools, on behalf of who is in `ACTING` when they are called. Their docstrings are read by models."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def ask(
        self,
        question: Annotated[str, Field(description="One question in words, as one would ask a colleague.")],
        as_of: AsOf = None,
        tier: Annotated[
            Tier | None,
            Field(
                description="Who may write the answer: no model, a small or a large one. Leave out to let it decide."
            ),
        ] = None,
    ) -> Annotated[CallToolResult, Answer]:
        """Answer a question from the user's documents, with evidence.

        The answer cites passages as [n]; each citation has the document and the exact quote. If the documents do not
        answer the question, the status is "abstained" and the answer says what was looked for: do not guess then.
        """
        who = ACTING.get()
        answer = self._service.ask(question, who.groups, tier, as_of, Manner(payer(who)))
        text = TextContent(type="text", text=_readable(answer))
        return CallToolResult(content=[text], structured_content=answer.model_dump(mode="json"))

    def search(
        self,
        query: Annotated[str, Field(description="Words, a phrase or a question.")],
        k: Annotated[int, Field(ge=1, le=100, description="The most passages.")] = 10,
        as_of: AsOf = None,
    ) -> Passages:
        """Find the passages of the user's documents that fit some words best, to read them; no answer is made of them.

        Use it when `ask` abstains, or to read around something. Passages come with document and character offsets.
        """
        found = self._service.search(query, k, ACTING.get().groups, as_of)
        return Passages.model_validate({"query": query, "passages": found})

    def entity(
        self,
        name: EntityName,
        as_of: AsOf = None,
        limit: Annotated[int, Field(ge=1, le=1000, description="The most facts of each entity.")] = 100,
    ) -> Entities:
        """Tell what is known of a person, system, company, document or anything else that the documents name.

        Gives every entity that goes by the name, with its type, other names and the facts of which it is subject or
        object. If none goes by it, the error lists names like it.
        """
        found = []
        for identity in self._ids(name):
            near = self._service.neighbours(identity, as_of, ACTING.get().groups)
            facts = near["facts"]
            shown = {**near["entity"], "facts": facts[:limit], "more_facts": len(facts) > limit}
            found.append(Entity.model_validate(shown))
        return Entities(entities=found)

    def _ids(self, name: str) -> list[str]:
        try:
            return entity_ids(name, Recorder(self._service.store, ACTING.get().groups))
        except NotHeld:
            like = self._service.entities(name, ACTING.get().groups)[:_SIMILAR_NAMED]
            if not like:
                raise
            listed = ", ".join(f"{row['name']} ({row['type']})" for row in like)
            raise NotHeld(f"There is no entity named {name!r} in the graph; names like it: {listed}.") from None

    def path(
        self,
        # "from" is no name that a parameter can have in Python.
        start: Annotated[str, Field(validation_alias="from", description="The name or id of one entity.")],
        end: Annotated[str, Field(validation_alias="to", description="The name or id of the other entity.")],
        as_of: AsOf = None,
    ) -> Paths:
        """Tell how two entities are connected: the shortest chains of facts, of at most three, from one to the other.

        A fact may be followed either way. What the documents deny connects nothing.
        """
        return Paths.model_validate(self._service.paths(start, end, as_of, ACTING.get().groups))

    def queries(self) -> NamedQueries:
        """List what `run_query` can run, each with its purpose, a question that it answers, and its parameters.

        A parameter that is in `defaults` or whose type ends in "or null" may be left out.
        """
        return named_queries(self._service)

    def run_query(
        self,
        name: Annotated[str, Field(description="The query's name, as `queries` lists it.")],
        parameters: Annotated[
            dict[str, Any], Field(description="Its parameters by name, such as {'name': 'Lantern CRM', 'limit': 20}.")
        ] = {},  # noqa: B006 - never changed
    ) -> Rows:
        """Run a named query or graph analysis: registers, obligations, impact of a failure, gaps, contradictions.

        `queries` lists the names and parameters. An entity may be given by any name that it goes by. The parameter
        `limit`, where there is one, bounds the rows; a note tells if there are more.
        """
        found = run_query(self._service, name, parameters, ACTING.get().groups)
        return Rows.model_validate(found, from_attributes=True)


def named_queries(service: Service) -> NamedQueries:
    """The catalogue of what runs by name on this store, by name; who may see what is no parameter."""
    found = runnable(service.store.dialect).values()
    return NamedQueries(queries=[NamedQuery.model_validate(_described(query)) for query in found])


def _described(query: Query) -> Mapping[str, Any]:
    columns = {name: getattr(query, name) for name in ("name", "purpose", "example", "defaults", "columns")}
    return {**columns, "parameters": {name: kind for name, kind in query.parameters.items() if name != "groups"}}


def _readable(answer: Answer) -> str:
    """The answer with what it cites, as people read it."""
    return "\n".join([answer.answer, *(["", "Evidence"] if answer.citations else []), *map(_cited, answer.citations)])


def _cited(citation: Citation) -> str:
    page = f", page {citation.page}" if citation.page else ""
    place = f"{file_name(citation.document.uri)}{page}, characters {citation.start}-{citation.end}"
    return f"  [{citation.n}] {place}\n      “{' '.join(citation.quote.split())}”"
