"""Who sent a request, by its Authorization header."""

import base64
import binascii
import time
from collections.abc import Callable

from governance.database import Database
from governance.identity.errors import NotSignedIn
from governance.identity.keys import PREFIX, ApiKeys
from governance.identity.passwords import PasswordCheck, Throttle
from governance.identity.principal import Principal, seen_groups
from governance.identity.tokens import Tokens
from governance.identity.users import Users


class Authenticator:
    """Recognises who acts: by an issuer's token, an API key, or a local user's name and password."""

    def __init__(
        self, database: Database, tokens: Tokens | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._users, self._keys, self._tokens = Users(database), ApiKeys(database), tokens
        self._passwords, self._throttle = PasswordCheck(clock), Throttle(clock)

    def is_set_up(self) -> bool:
        """Whether there is anybody who could sign in. Raises `DatabaseError`."""
        return self._tokens is not None or self._users.any()

    def recognise(self, authorization: str | None, address: str) -> Principal:
        """Who sends this header from this address.

        Raises `NotSignedIn`, `TooManyAttempts`, `IssuerUnavailable`, `DatabaseError`.
        """
        scheme, _, value = (authorization or "").strip().partition(" ")
        value = value.strip()
        if not value:
            raise NotSignedIn("there are no credentials")
        if scheme.lower() == "basic":
            return self._by_password(value, address)
        if scheme.lower() != "bearer":
            raise NotSignedIn(f"the scheme {scheme[:20]!r} is none of Bearer and Basic")
        if value.startswith(PREFIX):
            return self._keys.recognise(value)
        if self._tokens is None:
            raise NotSignedIn("there is a token, and no issuer is set up")
        return self._tokens.recognise(value)

    def _by_password(self, value: str, address: str) -> Principal:
        try:
            name, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, ValueError) as error:
            raise NotSignedIn("the name and password are not encoded as they should be") from error
        if not colon:
            raise NotSignedIn("there is a name and no password")
        self._throttle.check(name, address)
        user, hashed = self._users.find(name) or (None, None)
        if not self._passwords.fits(hashed, password) or user is None:
            self._throttle.wrong(name, address)
            raise NotSignedIn(f"name or password of {name[:100]!r} is wrong")
        self._throttle.right(name, address)
        return Principal(user.name, frozenset(user.roles), seen_groups(user.groups), "password")
