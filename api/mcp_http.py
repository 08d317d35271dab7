"""MCP over HTTP: guarded as the HTTP API is."""

import signal
import socket as sockets
import sys
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from api.access import Doors, guard
from api.errors import WrongUse
from api.service import Service
from api.serving import only_here
from api.warming import warming
from governance.identity.principal import OWNER, Principal

_SECONDS_TO_FINISH = 5
_SCHEMES = ("http", "https")


def serve_http(service: Service, server: MCPServer[Any], listening: sockets.socket, local: Principal) -> None:
    """Serve until Ctrl-C or SIGTERM; `local` calls the tools while nobody can sign in.

    Raises `WrongUse`, `UnusableIssuer`, `UnusableAccessPolicy`, `DatabaseError` before it serves.
    """
    here = only_here(listening)
    doors = Doors(service.settings, service.database, only_here=here, local=local)
    if local != OWNER and doors.need_sign_in():
        raise WrongUse("Who calls tells by signing in on whose behalf; leave --as out.")
    # uvicorn raises the signal again once it has shut down; as an interrupt, so that the graph is closed too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    listening.listen()  # so that whoever reads this may come at once
    sys.stderr.write(f"Evigraph serves MCP at http://{shown}:{port}/mcp until Ctrl-C.\n")
    # Every request stands alone, so nothing is lost when the server is started anew.
    app = server.streamable_http_app(stateless_http=True, transport_security=_names(service, shown if here else None))
    guard(app, doors, service)
    config = uvicorn.Config(
        app,
        log_level="info",
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )
    try:
        with warming(service):
            uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")


def _names(service: Service, address: str | None) -> TransportSecuritySettings:
    """By which names it may be asked: this machine's by any port, as it may be another one at the near end of an SSH
    tunnel; those of the settings without a port, too, and from pages that came by TLS."""
    here = [f"{name}:*" for name in dict.fromkeys((address or "localhost", "127.0.0.1", "[::1]", "localhost"))]
    own = [name for host in service.settings.hosts for name in (host, f"{host}:*")]
    return TransportSecuritySettings(
        allowed_hosts=[*here, *own],
        allowed_origins=[f"http://{name}" for name in here] + [f"{s}://{name}" for name in own for s in _SCHEMES],
    )
