"""The command `serve`: only this machine's own address, and an orderly end."""

import ipaddress
import signal
import socket as sockets
import sys
from copy import deepcopy

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from api.errors import WrongUse
from api.http import create_app
from api.service import Service


class PortTaken(OSError):
    """The port cannot be listened on; the message is one sentence."""


def listen(host: str, port: int) -> sockets.socket:
    """A listening socket on a loopback address. Raises `WrongUse`, `PortTaken`."""
    address = "127.0.0.1" if host == "localhost" else host
    if not is_loopback(address):
        raise WrongUse(
            "Only 127.0.0.1 is served while there is no sign-in; leave --host out, "
            "and reach it from another machine through an SSH tunnel."
        )
    family = sockets.AF_INET6 if ":" in address else sockets.AF_INET
    listening = sockets.socket(family, sockets.SOCK_STREAM)
    listening.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
    try:
        listening.bind((address, port))
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"Port {port} of {host} cannot be listened on ({error.strerror}); choose another by --port."
        ) from error
    return listening


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
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"Evigraph serves http://{shown}:{port} until Ctrl-C.\n")
    config = uvicorn.Config(create_app(service), log_level="info", log_config=_logging(), server_header=False)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")


def _logging() -> dict[str, object]:
    """uvicorn's own, with the access log on standard error too."""
    config = deepcopy(LOGGING_CONFIG)
    config["handlers"]["access"]["stream"] = "ext://sys.stderr"
    return config
