"""An OpenID Connect issuer of the tests' own: a real HTTP server that publishes its keys, and signs tokens."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "evigraph"
_ALGORITHMS = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}


def new_key(algorithm: str) -> Any:
    """A private key for an algorithm."""
    if algorithm == "RS256":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else ed25519.Ed25519PrivateKey.generate()


class Issuer:
    """Signs with `private` keys (by id, with the algorithm) and publishes those named in `published`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.private = {f"{name.lower()}-1": (name, new_key(name)) for name in _ALGORITHMS}
        self.published = list(self.private)
        self.more: list[dict[str, Any]] = []
        self.discovery: dict[str, Any] = {"issuer": url, "jwks_uri": f"{url}/jwks"}
        self.fetches = 0
        self.down = False

    def jwks(self) -> dict[str, Any]:
        """The published keys."""
        listed = [{**self._jwk(kid), "kid": kid, "use": "sig"} for kid in self.published]
        return {"keys": [*listed, *self.more]}

    def _jwk(self, kid: str) -> dict[str, Any]:
        algorithm, key = self.private[kid]
        return dict(_ALGORITHMS[algorithm].to_jwk(key.public_key(), as_dict=True))

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims, with changes; None takes one away."""
        now = int(time.time())
        good = {"iss": self.url, "aud": AUDIENCE, "sub": "maria", "exp": now + 300, "nbf": now - 10, "iat": now - 10}
        told = {**good, "groups": ["legal"], "roles": ["reader"], **changes}
        return {name: value for name, value in told.items() if value is not None}

    def token(self, kid: str = "rs256-1", *, named: str | None = "", **changes: Any) -> str:
        """A token that is signed by a key; `named` is what it calls the key, None for nothing, "" for its id."""
        algorithm, key = self.private[kid]
        headers = {} if named is None else {"kid": named or kid}
        return jwt.encode(self.claims(**changes), key, algorithm, headers)

    def unsigned(self) -> str:
        """A token with the algorithm none."""
        return f"{_part({'alg': 'none', 'typ': 'JWT', 'kid': 'rs256-1'})}.{_part(self.claims())}."

    def confused(self) -> str:
        """A token with HS256 by the text of the public key, which a careless check would take for a shared secret."""
        pem = self.private["rs256-1"][1].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return self.symmetric(pem)

    def symmetric(self, secret: bytes, kid: str = "rs256-1") -> str:
        """A token with HS256 by any secret."""
        signed = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{_part(self.claims())}"
        return f"{signed}.{_encoded(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def _part(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """An issuer that answers on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", f"{issuer.url}/jwks")
                self.end_headers()
                return
            known = {"/jwks": issuer.jwks, "/.well-known/openid-configuration": lambda: issuer.discovery}
            issuer.fetches += self.path == "/jwks"
            found = not issuer.down and self.path in known
            body = json.dumps(known[self.path]()).encode() if found else b""
            self.send_response(200 if found else 503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
