"""Passwords: kept as Argon2id hashes, checked a few at a time, and not tried out without end."""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Hashable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from governance.identity.errors import AccountError, TooManyAttempts

SHORTEST, LONGEST = 8, 1024
# A check takes 64 MB for some 50 ms: many at once must not take the machine's memory.
_AT_ONCE = 2
# A password that was right is not computed anew for each request of the same caller.
_REMEMBERED_SECONDS = 300.0
_REMEMBERED = 1_000
_hasher = PasswordHasher()  # Argon2id with the parameters of RFC 9106


def hash_password(password: str) -> str:
    """The hash to keep of a new password. Raises `AccountError` if it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError(f"A password is to have {SHORTEST} to {LONGEST} characters.")
    return _hasher.hash(password.encode("utf-8", "replace"))


class PasswordCheck:
    """Compares passwords with hashes. Takes as long for a user that there is not as for a wrong password."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slots = threading.Semaphore(_AT_ONCE)
        self._key = secrets.token_bytes(32)
        self._right: dict[str, tuple[bytes, float]] = {}
        self._nobody = _hasher.hash(secrets.token_bytes(16))

    def fits(self, stored: str | None, password: str) -> bool:
        """Whether a password is the one of a hash; None is the hash of nobody."""
        data = password[: LONGEST + 1].encode("utf-8", "replace")
        mark = hmac.digest(self._key, data, hashlib.sha256)
        kept, until = self._right.get(stored or "", (b"", 0.0))
        if until > self._clock() and hmac.compare_digest(kept, mark):
            return True
        with self._slots:
            fits = self._verify(stored or self._nobody, data)
        if not fits or stored is None:
            return False
        if len(self._right) >= _REMEMBERED:
            self._right.clear()
        self._right[stored] = (mark, self._clock() + _REMEMBERED_SECONDS)
        return True

    @staticmethod
    def _verify(stored: str, data: bytes) -> bool:
        try:
            return _hasher.verify(stored, data)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


class Throttle:
    """Counts wrong passwords in windows of time: for a name from an address, for the name, and for the address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, seconds: float = 300.0) -> None:
        self._clock, self._seconds = clock, seconds
        self._lock = threading.Lock()
        self._wrong: dict[Hashable, tuple[int, float]] = {}

    def check(self, name: str, address: str) -> None:
        """Let an attempt pass. Raises `TooManyAttempts`."""
        now = self._clock()
        with self._lock:
            for key, most in self._limits(name, address):
                count, until = self._wrong.get(key, (0, 0.0))
                if count >= most and until > now:
                    raise TooManyAttempts(max(1, round(until - now)))

    def wrong(self, name: str, address: str) -> None:
        """Remember a wrong attempt."""
        now = self._clock()
        with self._lock:
            if len(self._wrong) > _REMEMBERED:
                self._wrong = {key: kept for key, kept in self._wrong.items() if kept[1] > now}
            for key, _ in self._limits(name, address):
                count, until = self._wrong.get(key, (0, 0.0))
                self._wrong[key] = (count + 1, until) if until > now else (1, now + self._seconds)

    def right(self, name: str, address: str) -> None:
        """Forget the wrong attempts of a name from an address."""
        with self._lock:
            self._wrong.pop((name, address), None)

    @staticmethod
    def _limits(name: str, address: str) -> tuple[tuple[Hashable, int], ...]:
        return (((name, address), 5), (("name", name, ""), 50), (("address", "", address), 50))
