"""Ctrl-C, known also where a library makes an error of its own of it, as compiled modules do while being imported."""

import signal
import threading
from types import FrameType

#: As after a signal in any shell.
EXIT_CODE = 128 + signal.SIGINT

_asked = threading.Event()


def listen() -> None:
    """Remember Ctrl-C from now on; where it is ignored, as in the background, it stays so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def asked() -> bool:
    """Whether the user has asked to stop."""
    return _asked.is_set()


def _interrupt(number: int, frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt
