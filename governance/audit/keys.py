"""The Ed25519 key pair that signs the audit trail (RFC 8032)."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from governance.audit.entry import AuditError, Mark, statement

Kind = Literal["entry", "checkpoint", "head"]
#: Tells whether the trail's key signed a mark of this kind.
Check = Callable[[Kind, Mark], bool]


def private_key(pem: str, source: str) -> Ed25519PrivateKey:
    """The key of a PEM text; `source` is how a person knows where it came from. Raises `AuditError`."""
    try:
        # Where a variable can have one line only, line breaks are written \\n.
        key = serialization.load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise AuditError(f"{source} is no private key in PEM without a password; mend or unset it.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise AuditError(f"{source} is no Ed25519 key; make one with `openssl genpkey -algorithm ed25519`.")
    return key


def public_key(pem: str, source: str) -> Ed25519PublicKey:
    """The public key of a PEM text. Raises `AuditError`."""
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise AuditError(f"{source} is no public key in PEM; export it with `evigraph audit key`.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise AuditError(f"{source} is no Ed25519 key; export the trail's with `evigraph audit key`.")
    return key


def as_pem(key: Ed25519PublicKey) -> str:
    """A public key as PEM (SubjectPublicKeyInfo)."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def stored_key(path: Path) -> Ed25519PrivateKey | None:
    """The key of a file, None where there is none. Raises `AuditError`, `OSError`."""
    try:
        return private_key(path.read_text(encoding="ascii", errors="replace"), str(path))
    except FileNotFoundError:
        return None


def make_key(path: Path) -> Ed25519PrivateKey:
    """A new key in a file that only its owner reads; the file's key where another process was first.

    Raises `AuditError`, `OSError`.
    """
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # Complete or not at all: a link, unlike a renaming, replaces nothing.
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # the other process's key is as good
    finally:
        draft.unlink()
    key = stored_key(path)
    if key is None:
        raise AuditError(f"The audit trail's key {path} was removed while it was made; try again.")
    return key


def sign(key: Ed25519PrivateKey, kind: Kind, seq: int, hashed: str, at: str) -> Mark:
    """A signed mark."""
    return Mark(seq, hashed, at, key.sign(statement(kind, seq, hashed, at)).hex())


def checker(key: Ed25519PublicKey) -> Check:
    """What checks signatures with a public key."""

    def signed(kind: Kind, mark: Mark) -> bool:
        try:
            key.verify(bytes.fromhex(mark.signature), statement(kind, mark.seq, mark.hash, mark.at))
        except (InvalidSignature, ValueError):
            return False
        return True

    return signed
