"""Tokens of an issuer, which is a real HTTP server: what is taken, what is refused, and how keys come and go."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from token_issuer import AUDIENCE, Issuer, new_key, running_issuer

from governance.identity.errors import IssuerUnavailable, NotSignedIn, UnusableIssuer
from governance.identity.principal import Principal
from governance.identity.tokens import IssuerSettings, Tokens


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as running:
        yield running


@pytest.fixture
def tokens(issuer: Issuer, clock: Clock) -> Tokens:
    return Tokens(IssuerSettings(issuer.url, AUDIENCE, f"{issuer.url}/jwks"), clock)


@pytest.mark.parametrize("kid", ["rs256-1", "es256-1", "eddsa-1"])
def test_a_good_token(issuer: Issuer, tokens: Tokens, kid: str) -> None:
    expected = Principal("maria", frozenset({"reader"}), ("everyone", "legal"), "token")
    assert tokens.recognise(issuer.token(kid)) == expected
    assert tokens.recognise(issuer.token(kid, aud=["other", AUDIENCE])) == expected


def test_the_keys_are_fetched_once(issuer: Issuer, tokens: Tokens) -> None:
    for _ in range(5):
        tokens.recognise(issuer.token())
    assert issuer.fetches == 1


def now() -> int:
    return int(time.time())


REFUSED: dict[str, tuple[Callable[[Issuer], str], str]] = {
    "expired": (lambda issuer: issuer.token(exp=now() - 60), "expired"),
    "not yet valid": (lambda issuer: issuer.token(nbf=now() + 120), "not yet valid"),
    "issued in the future": (lambda issuer: issuer.token(iat=now() + 120), "not yet valid"),
    "for ever": (lambda issuer: issuer.token(exp=None), "exp"),
    "since nobody knows when": (lambda issuer: issuer.token(nbf=None, iat=None), "neither nbf nor iat"),
    "wrong audience": (lambda issuer: issuer.token(aud="other"), "udience"),
    "no audience": (lambda issuer: issuer.token(aud=None), "aud"),
    "wrong issuer": (lambda issuer: issuer.token(iss="http://evil.example"), "ssuer"),
    "no issuer": (lambda issuer: issuer.token(iss=None), "iss"),
    "alg none": (Issuer.unsigned, "'none' is not allowed"),
    "key confusion": (Issuer.confused, "'HS256' is not allowed"),
    "unknown kid": (lambda issuer: issuer.token(named="other"), "no key 'other'"),
    "another key's kid": (lambda issuer: issuer.token("rs256-1", named="es256-1"), "does not match"),
    "no kid": (lambda issuer: issuer.token(named=None), "does not name its key"),
    "garbage": (lambda issuer: "garbage", "refused"),
    "dots": (lambda issuer: "a.b.c", "refused"),
    "not text": (lambda issuer: "\udcff.\x00.é", "malformed"),
    "changed claims": (lambda issuer: _with_other_claims(issuer), "ignature"),
    "cut off": (lambda issuer: issuer.token()[:-8], "refused"),
    "too long": (lambda issuer: issuer.token(sub="x" * 20_000), "too long"),
    "no user": (lambda issuer: issuer.token(sub=None), "'sub' names no user"),
    "an empty user": (lambda issuer: issuer.token(sub=" "), "'sub' names no user"),
    "the owner's name": (lambda issuer: issuer.token(sub="owner"), "'sub' names no user"),
    "the rule's name": (lambda issuer: issuer.token(sub="rule"), "'sub' names no user"),
    "groups that are none": (lambda issuer: issuer.token(groups={"legal": True}), "'groups' is no list of names"),
    "roles that are none": (lambda issuer: issuer.token(roles=["reader", 3]), "'roles' is no list of names"),
}


def _with_other_claims(issuer: Issuer) -> str:
    head, _, signature = issuer.token().split(".")
    return ".".join((head, issuer.token(roles=["admin"]).split(".")[1], signature))


@pytest.mark.parametrize("name", REFUSED)
def test_a_token_that_is_refused(issuer: Issuer, tokens: Tokens, name: str) -> None:
    make, reason = REFUSED[name]
    with pytest.raises(NotSignedIn, match=reason):
        tokens.recognise(make(issuer))
    assert tokens.recognise(issuer.token())


def test_a_little_leeway(issuer: Issuer, tokens: Tokens) -> None:
    assert tokens.recognise(issuer.token(exp=now() - 5))
    assert tokens.recognise(issuer.token(nbf=now() + 5, iat=now() + 5))


def test_a_token_with_iat_and_no_nbf(issuer: Issuer, tokens: Tokens) -> None:
    assert tokens.recognise(issuer.token(nbf=None))


def test_a_shared_secret_among_the_keys_is_no_key(issuer: Issuer, tokens: Tokens) -> None:
    issuer.more = [{"kty": "oct", "kid": "shared", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", "use": "sig"}]
    with pytest.raises(NotSignedIn, match="not allowed"):
        tokens.recognise(issuer.symmetric(b"secret-secret-secret-secret", "shared"))
    assert tokens.recognise(issuer.token())


def test_a_short_key_and_one_for_encryption_are_no_keys(issuer: Issuer, tokens: Tokens) -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - to see it refused
    other = new_key("RS256")
    issuer.private |= {"short": ("RS256", short), "other": ("RS256", other)}
    for kid, key, use in (("short", short, "sig"), ("other", other, "enc")):
        issuer.more.append({**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": use})
    for kid in ("short", "other"):
        with pytest.raises(NotSignedIn, match="no key"):
            tokens.recognise(issuer.token(kid))


def test_rotation(issuer: Issuer, tokens: Tokens, clock: Clock) -> None:
    old = issuer.token()
    assert tokens.recognise(old)
    issuer.private["rs256-2"] = ("RS256", new_key("RS256"))
    issuer.published = ["rs256-2"]
    assert tokens.recognise(issuer.token("rs256-2"))
    assert issuer.fetches == 2
    with pytest.raises(NotSignedIn, match="no key 'rs256-1'"):
        tokens.recognise(old)


def test_a_key_that_is_gone_is_forgotten_in_time(issuer: Issuer, tokens: Tokens, clock: Clock) -> None:
    old = issuer.token()
    assert tokens.recognise(old)
    issuer.published = ["es256-1"]
    assert tokens.recognise(old)
    clock.now += 301
    with pytest.raises(NotSignedIn, match="no key 'rs256-1'"):
        tokens.recognise(old)


def test_unknown_keys_do_not_make_it_fetch_without_end(issuer: Issuer, tokens: Tokens, clock: Clock) -> None:
    assert tokens.recognise(issuer.token())
    for number in range(20):
        with pytest.raises(NotSignedIn, match="no key"):
            tokens.recognise(issuer.token(named=f"unknown-{number}"))
    assert issuer.fetches == 2
    clock.now += 31
    with pytest.raises(NotSignedIn, match="no key"):
        tokens.recognise(issuer.token(named="unknown"))
    assert issuer.fetches == 3


def test_an_issuer_that_is_down(issuer: Issuer, tokens: Tokens, clock: Clock) -> None:
    issuer.down = True
    for _ in range(20):
        with pytest.raises(IssuerUnavailable, match="cannot be had"):
            tokens.recognise(issuer.token())
    assert issuer.fetches == 1
    clock.now += 6
    issuer.down = False
    assert tokens.recognise(issuer.token())
    issuer.down = True
    clock.now += 3000
    assert tokens.recognise(issuer.token())
    clock.now += 3000
    with pytest.raises(IssuerUnavailable):
        tokens.recognise(issuer.token())


def test_discovery(issuer: Issuer, clock: Clock) -> None:
    settings = IssuerSettings(issuer.url, AUDIENCE)
    assert Tokens(settings, clock).recognise(issuer.token())
    for wrong in ({"issuer": "http://evil.example"}, {"jwks_uri": "file:///etc/passwd"}, {"jwks_uri": None}):
        issuer.discovery = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/jwks", **wrong}
        with pytest.raises(IssuerUnavailable):
            Tokens(settings, clock).recognise(issuer.token())


def test_no_redirect_is_followed(issuer: Issuer, clock: Clock) -> None:
    with pytest.raises(IssuerUnavailable):
        Tokens(IssuerSettings(issuer.url, AUDIENCE, f"{issuer.url}/moved"), clock).recognise(issuer.token())
    assert issuer.fetches == 0


def test_keys_in_a_file(issuer: Issuer, clock: Clock, tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    checked = Tokens(IssuerSettings(issuer.url, AUDIENCE, str(file)), clock)
    with pytest.raises(IssuerUnavailable, match="No such file"):
        checked.recognise(issuer.token())
    clock.now += 6
    file.write_text(json.dumps(issuer.jwks()))
    assert checked.recognise(issuer.token())
    assert issuer.fetches == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": 3}', "{" * 100_000])
def test_keys_that_are_none(issuer: Issuer, clock: Clock, tmp_path: Path, text: str) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(text)
    with pytest.raises(IssuerUnavailable, match="cannot be had"):
        Tokens(IssuerSettings(issuer.url, AUDIENCE, str(file)), clock).recognise(issuer.token())


@pytest.mark.parametrize(
    ("changes", "roles", "groups"),
    [
        ({"realm": {"roles": ["analyst"]}, "teams": "hr"}, {"analyst"}, ("everyone", "hr")),
        ({"realm.roles": ["steward"], "realm": {"roles": ["admin"]}}, {"steward"}, ("everyone",)),
        ({"realm": "none", "teams": ["*"]}, set(), None),
    ],
)
def test_other_claims(
    issuer: Issuer, clock: Clock, changes: dict[str, Any], roles: set[str], groups: tuple[str, ...] | None
) -> None:
    settings = IssuerSettings(issuer.url, AUDIENCE, f"{issuer.url}/jwks", "email", "teams", "realm.roles")
    if changes["realm"] == "none":
        changes = {**changes, "realm": {}}
    found = Tokens(settings, clock).recognise(issuer.token(email="m.lind@example.org", **changes))
    assert found == Principal("m.lind@example.org", frozenset(roles), groups, "token")


@pytest.mark.parametrize(
    ("issuer_url", "audience", "word"),
    [("evigraph", "a", "EVIGRAPH_OIDC_ISSUER"), ("file:///x", "a", "no URL"), ("https://i.example", "", "AUDIENCE")],
)
def test_settings_that_cannot_be_used(issuer_url: str, audience: str, word: str) -> None:
    with pytest.raises(UnusableIssuer, match=word):
        Tokens(IssuerSettings(issuer_url, audience))
