"""Errors as RFC 9457 problem documents, and the guard that every request passes first."""

import ipaddress
from collections.abc import Callable, Collection, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import explain

_SAFE_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
#: How one signs in, for the API's description.
SIGN_IN_SCHEMES: dict[str, dict[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token of the issuer, or an API key."},
    "basic": {"type": "http", "scheme": "basic", "description": "A user's name and password."},
}
# Room for the form's own lines around the files.
_FORM_ROOM = 64 * 1024


def problem(status: int, detail: str, instance: str) -> JSONResponse:
    """A problem document; its type is the plain one, its title the status in words."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    return JSONResponse(body, status, headers=_SAFE_HEADERS, media_type="application/problem+json")


def install(app: FastAPI, max_bytes: int, hosts: Collection[str] = ()) -> None:
    """Make every error of the app a problem document, and put the guard before it; `hosts` are its other names."""
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(Guard, max_bytes=max_bytes, hosts=hosts)


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    response = problem(error.status_code, _http_detail(request, error), request.url.path)
    response.headers.update(error.headers or {})
    return response


def _http_detail(request: Request, error: HTTPException) -> str:
    if error.detail != HTTPStatus(error.status_code).phrase:
        return error.detail
    if error.status_code == HTTPStatus.NOT_FOUND:
        return f"There is nothing at {request.url.path}; GET /openapi.json tells what there is."
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.method} is not possible on {request.url.path}; GET /openapi.json tells what is."
    return error.detail


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    parts = [_invalid_part(item) for item in error.errors()]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(parts) + ".", request.url.path)


def _invalid_part(item: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in item["loc"] if not isinstance(part, int) or item["type"] != "json_invalid")
    return f"{place}: {item['msg'].lower()}"


def _unexpected(request: Request, _: Exception) -> JSONResponse:
    detail = "Something unexpected went wrong; the server's log says more."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, request.url.path)


class ExplainedRoute(APIRoute):
    """A route whose expected errors are answered where they happen: only unexpected ones reach the server's log.

    It tells in the API's description which permission it takes (see `api.access.Permit`).
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for dependency in self.dependant.dependencies:
            permission = getattr(dependency.call, "permission", None)
            if permission is not None:
                told = {"x-permission": permission, "security": [{name: []} for name in SIGN_IN_SCHEMES]}
                self.openapi_extra = {**(self.openapi_extra or {}), **told}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, with expected errors as problem documents."""
        handle = super().get_route_handler()

        async def explained(request: Request) -> Response:
            try:
                return await handle(request)
            except (HTTPException, RequestValidationError):
                raise
            except Exception as error:
                meaning = explain(error)
                if meaning.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
                if meaning.status == HTTPStatus.FORBIDDEN:
                    state = request.state
                    refused = (state.principal, getattr(state, "permission", ""), request.url.path, meaning.sentence)
                    await run_in_threadpool(request.app.state.on_refusal, *refused)
                return problem(meaning.status, meaning.sentence, request.url.path)

        return explained


class Guard:
    """Refuses foreign hosts and origins and bodies that are too large, and adds the safe headers to every response.

    A page elsewhere on the web can make the browser ask this machine (DNS rebinding, forged forms): the first shows
    in the Host header, which then is a domain's name, the second in the Origin header.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(host.casefold() for host in hosts)
        self._max_mb = max_bytes // (1024 * 1024)
        self._max_body = max_bytes + _FORM_ROOM

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        name = _host_name(host)
        if not _is_local(name) and name not in self._hosts:
            detail = "This server only answers to localhost and 127.0.0.1; ask it by that name."
            if self._hosts:
                detail = "This server does not answer to that name; EVIGRAPH_HOSTS lists those beside localhost."
            await problem(421, detail, scope["path"])(scope, receive, send)
        elif headers.get("origin", f"http://{host}") not in self._origins(name, host):
            await problem(403, "Requests from pages of other sites are refused.", scope["path"])(scope, receive, send)
        elif headers.get("content-length", "0").isdigit() and int(headers.get("content-length", "0")) > self._max_body:
            await problem(413, self._too_large(), scope["path"])(scope, receive, send)
        else:
            await self._app(scope, self._limited(receive), _with_headers(send))

    def _origins(self, name: str, host: str) -> tuple[str, ...]:
        """Where the server's own pages come from; with a name of its own it may be behind a proxy that has TLS."""
        return (f"http://{host}", f"https://{host}") if name in self._hosts else (f"http://{host}",)

    def _limited(self, receive: Receive) -> Receive:
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_body:
                raise HTTPException(413, self._too_large())
            return message

        return limited

    def _too_large(self) -> str:
        return f"A request may have {self._max_mb} MB; send fewer or smaller files, or raise EVIGRAPH_MAX_FILE_MB."


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _SAFE_HEADERS.items():
                headers[name] = value
        await send(message)

    return sending


def _host_name(host: str) -> str:
    """The name or address in a Host header, without the port."""
    return (host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]).casefold()


def _is_local(name: str) -> bool:
    """Whether a name is this machine's: localhost or a loopback address."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
