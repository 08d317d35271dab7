"""Loads files of many formats into documents: exact text, and the blocks their format tells of."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from extraction.document import LoadedDocument, UnreadableDocument
from extraction.load import docx, html, json_tree, markdown, pdf, plain, records, table
from extraction.load.source import Content, Source, in_words

SUFFIXES: dict[str, str] = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    ".json": "application/json",
}

_LOADERS: dict[str, Callable[[Source], Content]] = {
    "text/plain": plain.load,
    "text/markdown": markdown.load,
    "text/html": html.load,
    "application/pdf": pdf.load,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": docx.load,
    "text/csv": table.load_csv,
    "text/tab-separated-values": table.load_tsv,
    "application/x-ndjson": records.load,
    "application/json": json_tree.load,
}


def load_path(path: Path, max_bytes: int) -> LoadedDocument:
    """Loads one file of at most `max_bytes` bytes; its suffix tells the format.

    Raises UnreadableDocument for a file that is missing, too big, of another format, or broken.
    """
    try:
        if path.is_dir():
            raise UnreadableDocument(f"{path.name} is a folder; name the files in it.")
        if not path.exists():
            raise UnreadableDocument(f"{path} does not exist; check the path.")
        if not path.is_file():
            raise UnreadableDocument(f"{path.name} is a device or pipe; give a regular file.")
        _media_type(path.name)
        _refuse_big(path.name, path.stat().st_size, max_bytes)
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)  # no more, should the file be growing
    except PermissionError as error:
        raise UnreadableDocument(f"{path.name} may not be read; grant permission to read it.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise UnreadableDocument(f"{path.name} cannot be read ({error}); check the path.") from error
    return load_bytes(data, path.name, max_bytes)


def load_bytes(data: bytes, name: str, max_bytes: int) -> LoadedDocument:
    """Loads a file's bytes (at most `max_bytes`); the suffix of `name` tells the format.

    Raises UnreadableDocument for bytes that are too many, empty, of another format, or broken.
    """
    # A file name may hold bytes that are not UTF-8, which Python passes on as lone surrogates.
    name = name.encode("utf-8", errors="replace").decode()
    media_type = _media_type(name)
    _refuse_big(name, len(data), max_bytes)
    if not data:
        raise UnreadableDocument(f"{name} is empty (0 bytes); fill it or leave it out.")
    content = _LOADERS[media_type](Source(data, name, max_bytes))
    if not content.blocks:
        raise UnreadableDocument(f"{name} holds no text; fill it or leave it out.")
    return LoadedDocument(
        name=name,
        title=_title(content, name),
        media_type=media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        text=content.text,
        blocks=content.blocks,
        warnings=content.warnings,
        left_out=content.left_out,
    )


def _media_type(name: str) -> str:
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnreadableDocument(
            f"{name} has {f'the suffix {suffix}' if suffix else 'no suffix'}, which is not supported;"
            f" convert it to one of {', '.join(SUFFIXES)}."
        )
    return SUFFIXES[suffix]


def _refuse_big(name: str, size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise UnreadableDocument(
            f"{name} has {in_words(size)}, more than the limit of {in_words(max_bytes)};"
            " raise EVIGRAPH_MAX_FILE_MB or split the file."
        )


def _title(content: Content, name: str) -> str:
    # A title stands at the top; a later heading of that level is a part's ("Schedule A").
    tops = (block for block in content.blocks[:5] if block.kind == "heading" and block.level == 1)
    texts = (" ".join(content.text[block.start : block.end].split()) for block in tops)
    # "1. Definitions" heads a section, not the document.
    heading = next((text for text in texts if not text[0].isdigit()), "")
    stem = " ".join(Path(name).stem.replace("-", " ").replace("_", " ").split())
    return heading or " ".join(content.title.split()) or stem or name
