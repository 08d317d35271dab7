"""Bearer tokens of an OpenID Connect issuer: signed JWTs (RFC 7519), checked as RFC 8725 advises."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from jwt.exceptions import PyJWTError

from governance.identity.errors import NotSignedIn, UnusableIssuer
from governance.identity.jwks import ALGORITHMS, KeySet
from governance.identity.principal import RESERVED, Principal, seen_groups

_LEEWAY_SECONDS = 30
_LONGEST = 16_384


@dataclass(frozen=True, slots=True)
class IssuerSettings:
    """Whose tokens are taken, for whom they must be made, and which claims tell user, groups and roles.

    `jwks` is the URL or file of the issuer's public keys; None: as its discovery document says. A claim within
    another one is named with a dot, such as "realm_access.roles".
    """

    issuer: str
    audience: str
    jwks: str | None = None
    user_claim: str = "sub"
    groups_claim: str = "groups"
    roles_claim: str = "roles"


class Tokens:
    """Checks the tokens of one issuer."""

    def __init__(self, settings: IssuerSettings, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises `UnusableIssuer`."""
        parts = urlsplit(settings.issuer)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise UnusableIssuer(f"EVIGRAPH_OIDC_ISSUER is no URL: {settings.issuer!r}; give the issuer's, as it does.")
        if not settings.audience:
            raise UnusableIssuer("EVIGRAPH_OIDC_AUDIENCE is not set; name whom the issuer's tokens must be made for.")
        self._settings = settings
        self._keys = KeySet(settings.issuer, settings.jwks, clock)

    def recognise(self, token: str) -> Principal:
        """Whose token it is. Raises `NotSignedIn`, `IssuerUnavailable`."""
        if len(token) > _LONGEST:
            raise NotSignedIn("the token is too long")
        try:
            claims = self._claims(token)
        except PyJWTError as error:
            raise NotSignedIn(f"the token is refused: {error}") from error
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise NotSignedIn("the token is malformed") from error
        user = _claim(claims, self._settings.user_claim)
        if not isinstance(user, str) or not user.strip() or not user.isprintable() or user in RESERVED:
            raise NotSignedIn(f"the token's claim {self._settings.user_claim!r} names no user")
        groups = _names(claims, self._settings.groups_claim)
        roles = _names(claims, self._settings.roles_claim)
        return Principal(user, frozenset(roles), seen_groups(groups), "token")

    def _claims(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        # What else the header tells of keys (jku, jwk, x5u, x5c) is the sender's word, and is not looked at.
        kid, algorithm = header.get("kid"), header.get("alg")
        if algorithm not in ALGORITHMS:
            raise NotSignedIn(f"the token's algorithm {algorithm!r} is not allowed")
        if not isinstance(kid, str):
            raise NotSignedIn("the token does not name its key")
        key = self._keys.find(kid)
        if key is None:
            raise NotSignedIn(f"the issuer has no key {kid[:100]!r}")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=self._settings.audience,
            issuer=self._settings.issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud"]},
        )
        if claims.get("nbf") is None and claims.get("iat") is None:
            # Many issuers write no nbf; since when a token is good they all tell.
            raise NotSignedIn("the token has neither nbf nor iat")
        return claims


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, else by the names on the way to it."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _names(claims: Mapping[str, Any], name: str) -> list[str]:
    """The names in a claim, which may be one or a list, or missing. Raises `NotSignedIn` for anything else."""
    found = _claim(claims, name)
    listed = [] if found is None else found if isinstance(found, list) else [found]
    if not all(isinstance(item, str) and item for item in listed):
        raise NotSignedIn(f"the token's claim {name!r} is no list of names")
    return listed
