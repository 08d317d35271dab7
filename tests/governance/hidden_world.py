"""A generated world of 200 documents, 20 groups and 50 users, and random requests of them over every door."""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import anyio
from anyio.from_thread import BlockingPortal
from httpx import ASGITransport, AsyncClient, Response
from kg_world import Said, document, traces, vectors_of

from api.http import create_app
from api.mcp import create_server
from api.service import Service
from governance.identity.keys import ApiKeys
from governance.identity.principal import Principal
from governance.identity.users import Users
from kg.model import EVERYONE, DocumentGraph
from kg.writer import write_document

GROUPS = [f"g{number:02d}" for number in range(20)]
_WORD = re.compile(r"\w{5,}")
_VOWELS, _CONSONANTS = "aeiou", "bdfgklmnprstvz"


def _name(draw: random.Random) -> str:
    return "".join(draw.choice(_CONSONANTS) + draw.choice(_VOWELS) for _ in range(5)).title()


def documents(count: int = 200, seed: int = 8) -> list[DocumentGraph]:
    """Documents that name things of their own and things that others name too, for one or two groups or everyone."""
    draw = random.Random(seed)
    systems = [f"{_name(draw)} Vault" for _ in range(count)]
    people = [f"{_name(draw)} {_name(draw)}" for _ in range(60)]
    hosts = [f"{_name(draw)} GmbH" for _ in range(25)]
    made = []
    for number, system in enumerate(systems):
        access = [EVERYONE] if draw.random() < 0.1 else draw.sample(GROUPS, draw.choice((1, 1, 2)))
        owner, host, other = draw.choice(people), draw.choice(hosts), draw.choice(systems)
        alias, said = _name(draw), []
        said.append(
            Said(
                "Owner",
                f"{owner} owns {system}, called {alias}.",
                (owner, system),
                ((owner, "OWNS", system),),
                ((system, alias),),
            )
        )
        said.append(Said("Host", f"{system} is hosted by {host}.", (system, host), ((system, "HOSTED_BY", host),)))
        if other != system:
            said.append(
                Said("Needs", f"{system} depends on {other}.", (system, other), ((system, "DEPENDS_ON", other),))
            )
        made.append(document(f"{_name(draw).lower()}-{number}", access, said))
    return made


@dataclass
class Member:
    """A user with their groups, the header that signs them in, and the words that must never reach them."""

    principal: Principal
    headers: dict[str, str]
    hidden: set[str]


@dataclass
class Place:
    """The world in an open service, with its users."""

    service: Service
    graphs: list[DocumentGraph]
    members: list[Member]
    client: AsyncClient
    portal: BlockingPortal
    #: The answers that were given, by id, with their questions.
    answers: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, headers: dict[str, str], **more: Any) -> Response:
        """The response to a request of the HTTP API."""
        return self.portal.call(partial(self.client.request, method, path, headers=headers, **more))

    @property
    def names(self) -> list[str]:
        """Every name of every entity."""
        return sorted({entity.name for graph in self.graphs for entity in graph.entities})


def settle(service: Service, portal: BlockingPortal, users: int = 50, seed: int = 9) -> Place:
    """Write the world and its users; each has one to four groups and the role of a reviewer."""
    graphs, draw = documents(), random.Random(seed)
    for graph in graphs:
        write_document(service.store, graph, vectors_of(graph), False)
    enrolled, keys, members = Users(service.database), ApiKeys(service.database), []
    for number in range(users):
        name, groups = f"user{number:02d}", sorted(draw.sample(GROUPS, draw.randint(1, 4)))
        enrolled.add(name, None, groups, ["reviewer"])
        _, text = keys.create(name)
        seen = {EVERYONE, *groups}
        visible = [graph for graph in graphs if seen & set(graph.document.access)]
        unseen = [graph for graph in graphs if not seen & set(graph.document.access)]
        principal = Principal(name, frozenset({"reviewer"}), tuple(sorted(seen)), "key")
        members.append(Member(principal, {"Authorization": f"Bearer {text}"}, _hidden(unseen, visible)))
    client = AsyncClient(transport=ASGITransport(create_app(service)), base_url="http://127.0.0.1")
    return Place(service, graphs, members, client, portal)


@dataclass(frozen=True)
class Wish:
    """A request: over which door, in words (which an answer may repeat), and how it is made."""

    door: str
    said: str
    make: Callable[[], str]


def wishes(place: Place, member: Member, draw: random.Random) -> Iterator[Wish]:
    """Endless random requests of a member, of what they may and what they may not see."""
    doors = _Doors(place, member, draw)
    ways: list[tuple[Callable[[], Wish], int]] = [
        (doors.ask, 8), (doors.stream, 5), (doors.search, 6), (doors.mcp, 12), (doors.entities, 180),
        (doors.entity, 190), (doors.neighbours, 150), (doors.paths, 60), (doors.documents, 30), (doors.document, 120),
        (doors.query, 110), (doors.count, 40), (doors.cypher, 20), (doors.answer, 30), (doors.provenance, 20),
        (doors.review, 19),
    ]  # fmt: skip
    while True:
        yield draw.choices([way for way, _ in ways], [weight for _, weight in ways])[0]()


class _Doors:
    def __init__(self, place: Place, member: Member, draw: random.Random) -> None:
        self._place, self._member, self._draw = place, member, draw
        self._names = place.names

    def _get(self, door: str, path: str, **parameters: Any) -> Wish:
        return Wish(door, f"{path} {parameters}", lambda: self._call("GET", path, params=parameters))

    def _post(self, door: str, path: str, body: dict[str, Any], **headers: str) -> Wish:
        return Wish(door, f"{path} {body}", lambda: self._call("POST", path, json=body, headers=headers))

    def _call(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> str:
        response = self._place.request(method, path, headers={**self._member.headers, **(headers or {})}, **more)
        assert response.status_code < 500, (path, response.text)
        return json.dumps(dict(response.headers)) + response.text

    def _any(self) -> str:
        return self._draw.choice(self._names)

    def _question(self) -> str:
        one, other = self._any(), self._any()
        said = ("Who owns {}?", "Who hosts {}?", "What depends on {}?", "How is {} connected with {}?",
                "How many systems does {} own?", "What is {}?", "Where is the host of {}?")  # fmt: skip
        return self._draw.choice(said).format(one, other)

    def ask(self) -> Wish:
        question = self._question()

        def make() -> str:
            text = self._call("POST", "/v1/ask", json={"question": question, "tier": "none"})
            self._place.answers[json.loads(text[text.index("}") + 1 :])["id"]] = question
            return text

        return Wish("ask", question, make)

    def stream(self) -> Wish:
        return self._post("stream", "/v1/ask", {"question": self._question()}, Accept="text/event-stream")

    def search(self) -> Wish:
        return self._post("search", "/v1/search", {"query": self._any(), "k": self._draw.randint(1, 100)})

    def mcp(self) -> Wish:
        name = self._any()
        tool, arguments = self._draw.choice(
            [
                ("entity", {"name": name}),
                ("path", {"start": name, "end": self._any()}),
                ("search", {"words": name}),
                ("run_query", {"name": "documents_mentioning", "parameters": {"name": name}}),
                ("ask", {"question": self._question()}),
            ]
        )
        server = create_server(self._place.service, self._member.principal)
        return Wish("mcp", f"{tool} {arguments}", lambda: str(anyio.run(server.call_tool, tool, arguments)))

    def entities(self) -> Wish:
        name = self._any()
        return self._get("entities", "/v1/entities", q=name[: self._draw.randint(3, len(name))])

    def entity(self) -> Wish:
        graph = self._draw.choice(self._place.graphs)
        return self._get("entity", f"/v1/entities/{self._draw.choice(graph.entities).id}")

    def neighbours(self) -> Wish:
        graph = self._draw.choice(self._place.graphs)
        return self._get("neighbours", f"/v1/entities/{self._draw.choice(graph.entities).id}/neighbours")

    def paths(self) -> Wish:
        return self._get("paths", "/v1/paths", **{"from": self._any(), "to": self._any()})

    def documents(self) -> Wish:
        return self._get("documents", "/v1/documents")

    def document(self) -> Wish:
        graph = self._draw.choice(self._place.graphs)
        return self._get("document", f"/v1/documents/{graph.document.id}", text=True, facts=True)

    def query(self) -> Wish:
        name = self._any()
        query, parameters = self._draw.choice(
            [
                ("documents_mentioning", {"name": name}),
                ("facts_as_subject", {"name": name}),
                ("facts_as_object", {"name": name}),
                ("evidence_about", {"name": name}),
                ("impact", {"name": name}),
                ("entities_of_type", {"type": "Concept"}),
                ("contradictions", {}),
            ]
        )
        return self._post("query", f"/v1/queries/{query}", parameters)

    def count(self) -> Wish:
        return self._post("count", "/v1/queries/count_entities_of_type", {"type": "Concept"})

    def cypher(self) -> Wish:
        return self._post("cypher", "/v1/cypher", {"cypher": "MATCH (e:Entity) RETURN e.name LIMIT 50"})

    def answer(self) -> Wish:
        return self._of_answer("answer", "/v1/answers/{}")

    def provenance(self) -> Wish:
        return self._of_answer("provenance", "/v1/answers/{}/provenance")

    def _of_answer(self, door: str, path: str) -> Wish:
        identity = self._draw.choice([*self._place.answers, "none"])
        wish = self._get(door, path.format(identity))
        # Its question is somebody's words, not the documents'.
        return replace(wish, said=f"{wish.said} {self._place.answers.get(identity)}")

    def review(self) -> Wish:
        wish = self._get("review", "/v1/review")
        return replace(wish, said=" ".join([wish.said, *self._place.answers.values()]))


def leaked(member: Member, wish: Wish, response: str) -> set[str]:
    """The words and ids of hidden documents in a response, but for those that the request itself said."""
    return (_words(response) & member.hidden) - _words(wish.said)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.replace("\\n", " ").casefold()))


def _hidden(unseen: list[DocumentGraph], visible: list[DocumentGraph]) -> set[str]:
    """The words and ids that only hidden documents have; each thing's name is words of its own."""
    seen = set().union(*(_words(sign) for sign in traces(visible, [])))
    return {word for sign in traces(unseen, visible) for word in _words(sign)} - seen
