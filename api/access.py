"""The guard of the doors that are reached over HTTP: who a request comes from, and what they may do.

Every request but those to `OPEN` paths needs credentials as soon as there is anybody who could have some; the endpoint
then says which permission it takes, by `Depends(permit("ask"))`. What is refused is told to `app.state.on_refusal`,
and who signs in to `app.state.on_sign_in`.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.acting import ACTING, STRANGER
from api.errors import explain
from api.problems import problem
from api.service import Service
from api.settings import Settings
from governance.access.errors import NotPermitted
from governance.access.policy import PERMISSIONS, Access
from governance.database import Database
from governance.identity.authenticate import Authenticator
from governance.identity.errors import NotSignedIn, TooManyAttempts, UnusableIssuer
from governance.identity.principal import OWNER, Principal
from governance.identity.tokens import IssuerSettings, Tokens

#: Who was refused (None: a stranger), what they wanted to do, to what, and why.
Refused = Callable[[Principal | None, str, str, str], None]
#: Who signed in, and from which address; told once in a while, not for each request.
SignedIn = Callable[[Principal, str], None]

#: What a stranger may have: it tells nothing of the documents.
OPEN = frozenset({"/healthz", "/openapi.json"})
#: What a stranger may have, and others have more of.
HALF_OPEN = frozenset({"/readyz"})

_CHALLENGE = 'Bearer realm="evigraph", Basic realm="evigraph", charset="UTF-8"'
# It does not tell which part was wrong.
_SIGN_IN = "Sign in with a valid token or API key as Bearer, or with a user's name and password as Basic."
_SIGNED_IN_SECONDS = 900.0
_SIGN_INS = 10_000


class Doors:
    """Who comes in, and what they may do. `only_here`: only this machine can reach them."""

    def __init__(
        self, settings: Settings, database: Database, *, only_here: bool = True, local: Principal = OWNER
    ) -> None:
        """`local` acts while nobody can sign in. Raises `UnusableIssuer`, `UnusableAccessPolicy`."""
        self.access = Access(settings.access_policy)
        self._authenticator = authenticator(settings, database)
        # Who is asked for by another name is reached from elsewhere.
        self._needs_sign_in = not only_here or bool(settings.hosts)
        self._local = local
        self._lock = threading.Lock()
        self._seen: dict[bytes, float] = {}

    def need_sign_in(self) -> bool:
        """Whether a request needs credentials, as it does as soon as somebody has some. Raises `DatabaseError`."""
        return self._needs_sign_in or self._authenticator.is_set_up()

    def who(self, authorization: str | None, address: str) -> Principal:
        """Who sends a request with this header from this address.

        Raises `NotSignedIn`, `TooManyAttempts`, `IssuerUnavailable`, `DatabaseError`.
        """
        if not self.need_sign_in():
            return self._local
        principal = self._authenticator.recognise(authorization, address)
        return replace(principal, groups=None) if self.access.allows(principal, "see_all") else principal

    def is_new(self, authorization: str | None, address: str) -> bool:
        """Whether these credentials were not used from this address for a while."""
        if authorization is None:
            return False
        mark, now = hashlib.sha256(f"{address} {authorization}".encode("utf-8", "replace")).digest(), time.monotonic()
        with self._lock:
            new = self._seen.get(mark, 0.0) <= now
            if new and len(self._seen) >= _SIGN_INS:
                self._seen.clear()
            if new:
                self._seen[mark] = now + _SIGNED_IN_SECONDS
        return new


def authenticator(settings: Settings, database: Database) -> Authenticator:
    """What recognises callers by these settings. Raises `UnusableIssuer`."""
    if settings.oidc_issuer is None:
        if settings.oidc_audience or settings.oidc_jwks is not None:
            raise UnusableIssuer("EVIGRAPH_OIDC_ISSUER is not set; name the issuer, or unset what else is set of it.")
        return Authenticator(database)
    issuer = IssuerSettings(
        settings.oidc_issuer,
        settings.oidc_audience,
        settings.oidc_jwks,
        settings.oidc_user_claim,
        settings.oidc_groups_claim,
        settings.oidc_roles_claim,
    )
    return Authenticator(database, Tokens(issuer))


def guard(app: Starlette, doors: Doors, service: Service) -> None:
    """Let nobody into an application who does not sign in where that is needed; the audit trail hears of it."""

    def refused(principal: Principal | None, action: str, target: str, reason: str) -> None:
        service.audit.record(principal or STRANGER, "refused", target, "refused", {"wanted": action, "reason": reason})

    def signed_in(principal: Principal, address: str) -> None:
        service.audit.record(principal, "sign-in", address, "done")

    app.state.access = doors.access
    app.state.on_refusal, app.state.on_sign_in = refused, signed_in
    app.add_middleware(SignIn, doors=doors)


class SignIn:
    """Finds out who sends each request, and answers for the application where nobody is recognised."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app, self._doors = app, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; who sends it is in `request.state.principal`, None for a stranger at an open path."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["principal"] = None
        if scope["path"] not in OPEN:
            found = await run_in_threadpool(self._find, scope)
            if isinstance(found, Response):
                await found(scope, receive, send)
                return
            state["principal"] = found
            if found is not None:
                ACTING.set(found)  # of this request alone: a server gives each a context of its own
        await self._app(scope, receive, send)

    def _find(self, scope: Scope) -> Principal | Response | None:
        path, hooks = scope["path"], scope["app"].state
        authorization = Headers(scope=scope).get("authorization")
        address = (scope.get("client") or ("",))[0]
        try:
            principal = self._doors.who(authorization, address)
            if principal.how != "owner" and self._doors.is_new(authorization, address):
                hooks.on_sign_in(principal, address)
            return principal
        except NotSignedIn as error:
            if authorization is None and path in HALF_OPEN:
                return None
            hooks.on_refusal(None, "sign-in", path, str(error))
            return _answer(HTTPStatus.UNAUTHORIZED, _SIGN_IN, path, {"WWW-Authenticate": _CHALLENGE})
        except TooManyAttempts as error:
            hooks.on_refusal(None, "sign-in", path, str(error))
            return _answer(HTTPStatus.TOO_MANY_REQUESTS, str(error), path, {"Retry-After": str(error.seconds)})
        except Exception as error:  # of a middleware, nobody else makes a sentence of it
            meaning = explain(error)
            if meaning.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return _answer(meaning.status, meaning.sentence, path, {})


def _answer(status: int, detail: str, path: str, headers: dict[str, str]) -> Response:
    response = problem(status, detail, path)
    response.headers.update(headers)
    return response


class Permit:
    """A dependency that lets only those in who have a permission, and gives the principal."""

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS:
            raise KeyError(permission)
        self.permission = permission

    def __call__(self, request: Request) -> Principal:
        """Who asks. Raises `NotPermitted`."""
        request.state.permission = self.permission
        principal: Principal | None = request.state.principal
        if principal is None:
            raise NotPermitted("Sign in first; a stranger may not do this.")
        request.app.state.access.require(principal, self.permission)
        return principal


def permit(permission: str) -> Permit:
    """What an endpoint depends on that takes a permission: `who: Annotated[Principal, Depends(permit("ask"))]`."""
    return Permit(permission)


def acting(request: Request, service: Service, principal: Principal, user: str | None) -> Principal:
    """Who is asked for: the principal, or the user of the settings whom they name in `as`.

    Raises `NotPermitted`, `WrongUse`.
    """
    if user is None:
        return principal
    request.app.state.access.require(principal, "act_as")
    groups = service.groups_of(user)
    return replace(principal, user=user, groups=None if groups is None else tuple(groups))


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


Serving = Annotated[Service, Depends(_service)]
