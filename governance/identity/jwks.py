"""The public keys of an issuer of tokens: fetched from where the settings say and nowhere else, and fetched anew.

A token names its key; where that one is not known the keys are fetched again, but only so often, however many such
tokens come. A key that the issuer no longer publishes is forgotten with the next fetch.
"""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from governance.identity.errors import IssuerUnavailable

#: Public keys only: with a shared secret whoever can check a token could make one.
ALGORITHMS = ("RS256", "ES256", "EdDSA")
_LEAST_RSA_BITS = 2048
_MOST_BYTES = 1_000_000
_TIMEOUT = 5.0
_FRESH_SECONDS = 300.0
# An issuer that is down for a while does not lock everybody out.
_USABLE_SECONDS = 3600.0
_REFETCH_SECONDS = 30.0
_RETRY_SECONDS = 5.0
_DISCOVERY = "/.well-known/openid-configuration"


class KeySet:
    """The keys of one issuer. Safe to use from several threads."""

    def __init__(self, issuer: str, place: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        """`place` is a URL or the path of a file; without it the issuer's discovery document names a URL."""
        self._issuer, self._place, self._clock = issuer, place, clock
        self._lock = threading.Lock()
        self._keys: dict[str, PyJWK] = {}
        self._fetched = self._tried = self._refetched = float("-inf")

    def find(self, kid: str) -> PyJWK | None:
        """The key with this id. Raises `IssuerUnavailable`."""
        with self._lock:
            now = self._clock()
            stale = now - self._fetched > _FRESH_SECONDS
            if stale:
                self._fetch(now)
            if kid not in self._keys and not stale and now - self._refetched >= _REFETCH_SECONDS:
                self._refetched = now
                self._fetch(now)
            return self._keys.get(kid)

    def _fetch(self, now: float) -> None:
        """Fetch the keys; where that fails the former ones stay, for a while. Raises `IssuerUnavailable`."""
        usable = now - self._fetched <= _USABLE_SECONDS
        if now - self._tried < _RETRY_SECONDS and self._tried > self._fetched:
            if usable:
                return
            raise IssuerUnavailable("The keys of the issuer cannot be had at the moment; try again in some seconds.")
        self._tried = now
        try:
            self._keys = _usable(_read(self._place or self._discover()))
        except (OSError, HTTPException, ValueError, RecursionError) as error:
            if usable:
                return
            raise IssuerUnavailable(
                f"The keys of the issuer cannot be had ({_reason(error)}); check EVIGRAPH_OIDC_ISSUER and "
                "EVIGRAPH_OIDC_JWKS, and that the issuer answers."
            ) from error
        self._fetched = now

    def _discover(self) -> str:
        """Where the issuer says that its keys are (OpenID Connect Discovery 1.0, sections 3 and 4)."""
        found = _read(self._issuer.rstrip("/") + _DISCOVERY)
        if found.get("issuer") != self._issuer:
            raise ValueError("its discovery document names another issuer")
        place = found.get("jwks_uri")
        if not isinstance(place, str) or not _is_url(place):
            raise ValueError("its discovery document has no jwks_uri")
        if self._issuer.startswith("https:") and not place.startswith("https:"):
            raise ValueError("its jwks_uri is not https")
        return place


def _usable(found: Mapping[str, Any]) -> dict[str, PyJWK]:
    """The public keys for signatures of the allowed kinds, by id."""
    listed = found.get("keys")
    if not isinstance(listed, list):
        raise ValueError("there is no list of keys")
    keys: dict[str, PyJWK] = {}
    for item in listed:
        if not isinstance(item, dict) or item.get("use", "sig") != "sig" or "d" in item:
            continue
        try:
            key = PyJWK(item)
        except PyJWTError:
            continue  # of a kind that is not known here; others may be
        strong = key.key_type != "RSA" or key.key.key_size >= _LEAST_RSA_BITS
        if isinstance(key.key_id, str) and key.algorithm_name in ALGORITHMS and strong:
            keys.setdefault(key.key_id, key)
    return keys


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Only where the settings say."""

    def redirect_request(self, *_: Any) -> None:
        """None: the redirect is an error."""


_opener = urllib.request.build_opener(_NoRedirect)


def _is_url(place: str) -> bool:
    return urlsplit(place).scheme in ("http", "https")


def _read(place: str) -> dict[str, Any]:
    """A JSON object at a URL or path. Raises `OSError`, `HTTPException`, `ValueError`."""
    if _is_url(place):
        with _opener.open(place, timeout=_TIMEOUT) as response:
            data = response.read(_MOST_BYTES + 1)
    else:
        with Path(place).open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError("there is more than a megabyte")
    found = json.loads(data)
    if not isinstance(found, dict):
        raise ValueError("there is no JSON object")
    return found


def _reason(error: Exception) -> str:
    told = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return str(told).strip().split("\n")[0].rstrip(".")
