"""The command `serve`: this machine's own address, others only for who signs in, and an orderly end."""

import ipaddress
import signal
import socket as sockets
import sys
from copy import deepcopy

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from api.access import authenticator
from api.errors import WrongUse
from api.http import create_app
from api.service import Service
from api.settings import Settings, load_settings
from api.warming import warming
from governance.database import Database


class PortTaken(OSError):
    """The port cannot be listened on; the message is one sentence."""


def listen(host: str, port: int) -> sockets.socket:
    """A listening socket; one that other machines reach, or know by a name, only if there is who can sign in.

    Raises `WrongUse`, `PortTaken`, `UnusableSettings`, `UnusableIssuer`, `DatabaseError`.
    """
    address = "127.0.0.1" if host == "localhost" else host
    settings = load_settings()
    if (not is_loopback(address) or settings.hosts) and not _can_sign_in(settings):
        raise WrongUse(
            "Only 127.0.0.1 is served while there is no sign-in, and by no name of EVIGRAPH_HOSTS; "
            "add a user by `evigraph users add`, or name an issuer of tokens in EVIGRAPH_OIDC_ISSUER."
        )
    try:
        family, kind, _, _, place = sockets.getaddrinfo(address, port, type=sockets.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise WrongUse(f"{host!r} is no address of this machine; give one as --host.") from error
    listening = sockets.socket(family, kind)
    listening.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
    try:
        listening.bind(place)
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"Port {port} of {host} cannot be listened on ({error.strerror}); choose another by --port."
        ) from error
    return listening


def _can_sign_in(settings: Settings) -> bool:
    database = Database(settings.database)
    try:
        return authenticator(settings, database).is_set_up()
    finally:
        database.close()


def only_here(listening: sockets.socket) -> bool:
    """Whether only this machine reaches a socket; if others do, whoever serves it is told what to mind."""
    here = is_loopback(listening.getsockname()[0])
    if not here:
        sys.stderr.write("Other machines reach it by the names in EVIGRAPH_HOSTS, unencrypted; let a proxy add TLS.\n")
    return here


def is_loopback(address: str) -> bool:
    """Whether an address is one that only this machine reaches."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def serve_until_stopped(service: Service, listening: sockets.socket) -> None:
    """Serve until Ctrl-C or SIGTERM; requests in progress are finished first."""
    # uvicorn raises the signal again once it has shut down; as an interrupt, so that the graph is closed too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app = create_app(service, only_here=only_here(listening))
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"Evigraph serves http://{shown}:{port} until Ctrl-C.\n")
    config = uvicorn.Config(app, log_level="info", log_config=_logging(), server_header=False)
    try:
        with warming(service):
            uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")


def _logging() -> dict[str, object]:
    """uvicorn's own, with the access log on standard error too."""
    config = deepcopy(LOGGING_CONFIG)
    config["handlers"]["access"]["stream"] = "ext://sys.stderr"
    return config
