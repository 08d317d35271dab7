"""The command `mcp`: the graph's questions as tools of the Model Context Protocol, which assistants call."""

import io
import logging
import os
import select
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError, UnexpectedToolError
from mcp.server.mcpserver.resources import FunctionResource
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, InputRequiredResult, TextContent, ToolAnnotations
from pydantic import AnyUrl, ValidationError

from api.acting import ACTING
from api.errors import explain
from api.mcp_tools import PERMISSIONS, Tools, named_queries
from api.service import Service, open_service
from api.settings import load_settings
from governance.access.errors import NotPermitted
from governance.identity.principal import OWNER, Principal
from kg.version import code_version

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_INSTRUCTIONS = """\
Answers from the user's own documents, with evidence. Start with `ask`: it answers in words, cites passages as [n], or
says that the documents do not tell. `search` finds passages to read, `entity` and `path` facts of who and what is named
and how they are connected, `run_query` lists, counts and analyses (`queries` says which there are). Cite what you use.
"""


class _Server(MCPServer[Any]):
    """A server whose tool errors are the one sentence that every door tells.

    `local` calls the tools where no HTTP request does, else who signed in, within their permissions.
    """

    local: Principal = OWNER

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; whatever goes wrong is a result that says so, for the model to read."""
        try:
            async with self._acting(name, context):
                return await super().call_tool(name, arguments, context)
        except ToolError as error:
            return _told(_sentence(name, error))
        except NotPermitted as error:
            return _told(str(error))

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """Read a resource; all there are list the queries."""
        try:
            async with self._acting("queries", context):
                return await super().read_resource(uri, context)
        except NotPermitted as error:
            raise ResourceError(str(error)) from error

    @asynccontextmanager
    async def _acting(self, tool: str, context: Context[Any, Any] | None) -> AsyncIterator[None]:
        """Raises `NotPermitted`."""
        request = None if context is None else context.request_context.request
        who: Principal = self.local if request is None else request.state.principal
        if request is not None and tool in PERMISSIONS:
            try:
                request.app.state.access.require(who, PERMISSIONS[tool])
            except NotPermitted as error:
                await to_thread.run_sync(request.app.state.on_refusal, who, PERMISSIONS[tool], tool, str(error))
                raise
        before = ACTING.set(who)
        try:
            yield
        finally:
            ACTING.reset(before)


def _told(sentence: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=sentence)], is_error=True)


def _sentence(tool: str, error: ToolError) -> str:
    cause = error.__cause__
    if isinstance(cause, ValidationError) and not isinstance(error, UnexpectedToolError):
        wrong = [f"{'.'.join(map(str, item['loc']))}: {item['msg'].lower()}" for item in cause.errors()]
        return f"{tool} cannot be called so: {'; '.join(wrong)}."
    if not isinstance(cause, Exception):
        return f"{error}; tools/list tells which there are."
    if os.environ.get("EVIGRAPH_DEBUG"):
        traceback.print_exception(cause)
    return explain(cause).sentence


def create_server(service: Service, local: Principal = OWNER) -> MCPServer[Any]:
    """The server on an open service; `local` calls the tools where no HTTP request does."""
    tools = Tools(service)
    server = _Server(
        "evigraph",
        title="Evigraph",
        version=code_version(),
        instructions=_INSTRUCTIONS,
        log_level="WARNING",
        tools=[
            _tool(tools.ask, "Ask the documents"),
            _tool(tools.search, "Search for passages"),
            _tool(tools.entity, "What is known of an entity"),
            _tool(tools.path, "How two entities are connected"),
            _tool(tools.queries, "List the named queries"),
            _tool(tools.run_query, "Run a named query"),
        ],
    )
    server.local = local
    server.add_resource(
        FunctionResource.from_function(
            lambda: named_queries(service).model_dump_json(),
            "evigraph://queries",
            name="queries",
            title="Named queries",
            description="What `run_query` can run, with purposes, parameters and example questions.",
            mime_type="application/json",
        )
    )
    return server


def _tool(function: Any, title: str) -> Tool:
    hints = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    tool = Tool.from_function(function, title=title, annotations=hints)
    # A misspelt argument is told of, not left out of account.
    arguments = tool.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"
    arguments.model_rebuild(force=True)
    tool.parameters = arguments.model_json_schema()
    return tool


def run(http: bool, host: str, port: int, user: str | None) -> None:
    """Serve until Ctrl-C, SIGTERM or, without `http`, the end of standard input.

    Raises `WrongUse`, `PortTaken`, `UnusableSettings`, `UnusableIssuer`, `UnusableAccessPolicy`, `StoreError`,
    `DatabaseError` before it serves.
    """
    settings = load_settings()
    if http:
        # It imports the HTTP API, which takes a second, and a program that starts a server for itself waits for it.
        from api.mcp_http import serve_http
        from api.serving import listen

        with listen(host, port) as socket, open_service(settings) as service:
            _log_to_standard_error()
            serve_http(service, create_server(service), socket, _local(service, user))
    elif sys.stdin is not None:  # closed before it began
        with open_service(settings) as service:
            server = create_server(service, _local(service, user))
            _log_to_standard_error()
            _serve_stdio(server)


def _local(service: Service, user: str | None) -> Principal:
    """Whoever sits at the machine, as the user whom they name. Raises `WrongUse`."""
    if user is None:
        return OWNER
    groups = service.groups_of(user)
    return replace(OWNER, user=user, groups=None if groups is None else tuple(groups))


def _log_to_standard_error() -> None:
    """Standard output is the protocol's."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr, force=True)


class _Input(io.RawIOBase):
    """A file as standard input that also ends when told to: a thread that waits for a line cannot be interrupted."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._told, self._tell = os.pipe()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Wait for some bytes; none is the end."""
        ready, _, _ = select.select([self._file, self._told], [], [])
        return 0 if self._told in ready else os.readv(self._file, [buffer])

    def end(self, *_: object) -> None:
        """End it; also as a handler of signals."""
        os.write(self._tell, b"\n")


def _serve_stdio(server: MCPServer[Any]) -> None:
    given = _Input(sys.stdin.fileno())
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, given.end)
    if sys.stdin.isatty():
        sys.stderr.write("Evigraph speaks the Model Context Protocol with a program here; Ctrl-C ends it.\n")
    sys.stdin = io.TextIOWrapper(io.BufferedReader(given), encoding="utf-8", errors="replace")
    # While it serves, file descriptor 1 leads to standard error: what a library prints there is not in the protocol.
    # That the program is gone is an end like that of standard input.
    with suppress(BrokenPipeError):
        server.run("stdio")
