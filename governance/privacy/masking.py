"""Names taken out of texts: by the names themselves while a person is erased, by their salted hashes ever after."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, unquote

from governance.privacy.forms import Form, Kind, Matcher, Span, blanked, lengths_of

_URI_SAFE = "/:?#[]@!$&'()*+,;=~"
_HASH_BYTES = 16
_MARK_DIGITS = 8


def hash_of(form: Form, salt: bytes) -> str:
    """The salted hash of a form: BLAKE2b, keyed. Who has the salt and guesses the name can tell that it is this one."""
    return hashlib.blake2b(" ".join(form).encode("utf-8", "replace"), digest_size=_HASH_BYTES, key=salt).hexdigest()


@dataclass(frozen=True, slots=True)
class Plain:
    """Looks up the forms of one person."""

    forms: Mapping[Form, Kind]
    owner: str

    def __call__(self, form: Form) -> tuple[str, Kind] | None:
        """Whose the form is."""
        kind = self.forms.get(form)
        return None if kind is None else (self.owner, kind)


@dataclass(frozen=True, slots=True)
class Hashed:
    """Looks up forms of which only the hashes are known."""

    known: Mapping[str, tuple[str, Kind]]
    salt: bytes

    def __call__(self, form: Form) -> tuple[str, Kind] | None:
        """Whose the form is."""
        return self.known.get(hash_of(form, self.salt))


@dataclass(frozen=True)
class Masking:
    """Replaces names in texts, by placeholders of the same length, and in addresses. It can be sent to a process."""

    look_up: Plain | Hashed
    lengths: tuple[int, ...]
    salt: bytes

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.look_up, self.lengths)

    def __call__(self, text: str) -> str:
        """The text without the names, of the same length."""
        return self.texts([text])[0]

    def texts(self, texts: Sequence[str], spans: Sequence[Span] = (), named: Sequence[str] = ()) -> list[str]:
        """The texts of one document without the names, each of the same length.

        `spans` of the first text go as well; `named` are those whom the document names anyway.
        """
        found = self._matcher.find(texts, named)
        places = [[(item.start, item.end) for item in listed] for listed in found]
        if places:
            places[0] += spans
        return [blanked(text, listed) if listed else text for text, listed in zip(texts, places, strict=True)]

    def spans(self, text: str) -> list[Span]:
        """Where a text has the names."""
        return [(item.start, item.end) for item in self._matcher.find([text])[0]]

    def holds(self, text: str) -> bool:
        """Whether a text has one of the names."""
        return bool(self._matcher.find([text])[0])

    def uri(self, uri: str) -> str:
        """An address without the names. A hash is in the place of each, so that two addresses stay two."""
        plain = unquote(uri)
        found = self._matcher.find([plain])[0]
        if not found:
            return uri
        for item in reversed(found):
            mark = f"erased-{hash_of(item.form, self.salt)[:_MARK_DIGITS]}"
            plain = plain[: item.start] + mark + plain[item.end :]
        return quote(plain, safe=_URI_SAFE)


def masking_of(forms: Mapping[Form, Kind], owner: str, salt: bytes) -> Masking:
    """The masking of one person's names."""
    return Masking(Plain(forms, owner), lengths_of(forms), salt)
