"""`evigraph mcp` as assistants use it: the official client, a real process, both transports."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from doors import ATLAS, BORA, ROOT, Run, assert_error, finish, start
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CallToolResult

from api.analyst import run_query, runnable
from api.service import Service, open_service
from api.settings import load_settings
from extraction.report import IngestReport
from extraction.sources import Source

DOCUMENTS = {
    "atlas.md": (ATLAS, ["legal"]),
    "hosting.md": ("# Hosting\n\nBora is hosted by Sund AB.\n", ["legal"]),
    "bora.md": (BORA, []),
    "suppliers.md": ("# Suppliers\n\nSund AB sells Tarn. Sund AB must encrypt backups.\n", []),
}
#: What only the documents of the group legal say.
SECRETS = ("Maria", "Nordwind", "02:00", "atlas.md", "Atlas Handbook", "hosting.md", "HOSTED_BY")
TOOLS = {"ask", "search", "entity", "path", "queries", "run_query"}
INITIALIZE = {
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
# The command with a Service whose `search` does what is asked of it, for what real ones do once in a while.
ODD = """
import os, sys, time
from pathlib import Path
from api import cli
from api.service import Service

search = Service.search

def odd(self, words, *others):
    if words == "print":
        print("printed", flush=True)
        os.system("echo echoed")
    if words == "divide":
        1 / 0
    while words == "wait" and not Path("go").exists():
        time.sleep(0.01)
    return search(self, words, *others)

Service.search = odd
sys.argv = ["evigraph", *sys.argv[1:]]
cli.main()
"""


@dataclass(frozen=True, slots=True)
class Door:
    """A server and whose eyes it has: `call` calls a tool, `url` is where it is over HTTP, `graph` its own copy."""

    portal: BlockingPortal
    client: Client
    user: str | None
    graph: Path
    url: str = ""

    def call(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        return self.portal.call(self.client.call_tool, name, arguments)

    def rows(self, name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        found = self.call("run_query", {"name": name, "parameters": parameters})
        assert not found.is_error, found
        rows: list[dict[str, Any]] = data(found)["rows"]
        return rows


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The working folder of the servers, with a graph for each and one for this process."""
    folder = tmp_path_factory.mktemp("mcp")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in dict(**__import__("os").environ) if name.startswith(("EVIGRAPH_", "OPENAI_"))]:
            patch.delenv(name)
        patch.setenv("EVIGRAPH_GRAPH", f"embedded:{folder / 'graph'}")
        patch.setenv("EVIGRAPH_EXTRACTOR", "rules")
        patch.setenv("EVIGRAPH_USERS", '{"maria": ["legal"], "omar": []}')
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.chdir(folder)
        with open_service(load_settings()) as service:
            for file, (text, access) in DOCUMENTS.items():
                source = Source(f"test:{file}", file, data=text.encode())
                service.ingest([source], IngestReport(), corpus="test", access=access)
        yield folder
