"""Bytes to text: a byte-order mark, then a declared encoding, then UTF-8, then a guess."""

import codecs
import re

from charset_normalizer import from_bytes

from extraction.load.source import Source

# Longest first: the UTF-32 mark begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive, as Word and Excel files are"),
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF89a", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a SQLite database"),
)

# The guess is kept to what office files are written in: with all of Python's codecs to choose from,
# a short text comes out as EBCDIC.
_GUESSED = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r", "mac_roman"),
    *("cp932", "euc_jp", "gb18030", "big5", "euc_kr"),
)
_SAMPLE_BYTES = 64 * 1024

# Tab, the line and page breaks, and what terminals write into logs (backspace, escape) are text.
_CONTROL = re.compile(r"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")


def decode(source: Source, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The file's text with line ends as \\n and no byte-order mark, and warnings about guesses.

    `declared` is the encoding that the file itself claims, if it does. Raises UnreadableDocument
    for bytes that are not text.
    """
    for signature, meaning in _SIGNATURES:
        if source.data.startswith(signature):
            raise _not_text(source, meaning)
    text, warnings = _decoded(source, declared)
    if "\x00" in text or len(_CONTROL.findall(text)) > 2 + len(text) // 50:
        raise _not_text(source, "binary data")
    return text.replace("\r\n", "\n").replace("\r", "\n"), warnings


def _decoded(source: Source, declared: str | None) -> tuple[str, tuple[str, ...]]:
    data = source.data
    for mark, encoding in _MARKS:
        if data.startswith(mark) and (text := _strictly(data[len(mark) :], encoding)) is not None:
            return text, ()
    for encoding in filter(None, (declared, "utf-8")):
        if (text := _strictly(data, encoding)) is not None:
            return text, ()
    if b"\x00" in data:
        raise _not_text(source, "binary data")
    if (text := _nearly_utf8(data)) is not None:
        return text, ("holds bytes that are not valid UTF-8; each is shown as \N{REPLACEMENT CHARACTER}",)
    guess = _guess(data)
    text = _strictly(data, guess) if guess else None
    if text is None:
        raise source.refusal("is in an encoding that could not be told; save it as UTF-8.")
    return text, (f"was read as {guess}, which is a guess; save it as UTF-8 if letters look wrong",)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):  # LookupError: a declared encoding that nobody knows
        return None


def _nearly_utf8(data: bytes) -> str | None:
    """The text if one stray byte spoils many good sequences: no other encoding looks like that."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    good = sum(not char.isascii() for char in text) - broken
    return text if good > 10 * broken else None


def _guess(data: bytes) -> str | None:
    """The likeliest encoding, from the lines that are not plain ASCII."""
    telling = b"\n".join(line for line in data.split(b"\n") if not line.isascii())[:_SAMPLE_BYTES]
    matches = from_bytes(telling, cp_isolation=list(_GUESSED))
    best = matches.best()
    if best is None:
        return None
    # With nothing to tell them apart, Western is by far the commonest; charset-normalizer goes by
    # the alphabet and would say cp1250 (and, for one curly quote, even Shift JIS).
    foreign = sum(byte >= 0x80 for byte in telling)
    western = any(
        "cp1252" in match.could_be_from_charset and match.chaos <= best.chaos and match.coherence >= best.coherence
        for match in matches
    )
    if western or (best.coherence == 0 and foreign * 3 < len(telling)):
        return "windows-1252"
    return best.encoding


def _not_text(source: Source, meaning: str) -> Exception:
    return source.refusal(f"is not text (it looks like {meaning}); give the file its real extension or leave it out.")
