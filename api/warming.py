"""What the first question would wait for, loaded while a server begins to listen: models, libraries, tables."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api import parts
from api.errors import explain
from api.service import Service

# Any: what it finds does not matter, only that all is loaded that finds something.
_QUESTION = "Who is responsible for what?"


@contextmanager
def warming(service: Service) -> Iterator[None]:
    """Load beside the block, which need not wait for it; the service may be closed after it."""
    # The parts that a service has only one of are made before others may ask for them at the same time.
    _told_of(_make_parts, service)
    thread = threading.Thread(target=_told_of, args=(_load, service), name="warming", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def warm_up(service: Service) -> None:
    """Load all that a question needs: seconds, most of them imports. Raises as `Service.ask` does."""
    _make_parts(service)
    _load(service)


def _make_parts(service: Service) -> None:
    _ = service.audit, service.flagging.book.current(), service.queue


def _load(service: Service) -> None:
    from qa.models.client import client_of, start
    from qa.verification.judge import load

    settings = service.operations.in_force()
    specs = [spec for tier in ("small", "large") for spec in parts.models(settings).of("synthesis", tier)]
    for spec in specs:
        start(client_of(spec).prepare()).result()
    if specs:
        load()
    if any(spec.tier == "large" for spec in specs) and (redact := parts.redactor(settings, service.store)):
        redact(_QUESTION).hide(_QUESTION, ())
    service.ask(_QUESTION, tier="none", keep=False)


def _told_of(load: Callable[[Service], None], service: Service) -> None:
    """What fails is told; questions will fail by it too, each with an answer of its own."""
    try:
        load(service)
    except Exception as error:
        sys.stderr.write(f"Not ready for questions: {explain(error).sentence}\n")
