"""Which files of a folder are its train, dev and test parts, plain or gzip."""

import gzip
import re
from pathlib import Path
from typing import Literal

from extraction.corpora.annotated import AnnotatedText, UnreadableCorpus
from extraction.corpora.columns import read_columns
from extraction.corpora.documents import read_json

Part = Literal["train", "dev", "test"]
_NAME = re.compile(r"(?:(?P<domain>.+)[-_.])?(?P<part>train|dev|test)\.(?P<kind>txt|conll|json|jsonl)(?:\.gz)?")


def read_part(folder: Path, part: Part) -> list[AnnotatedText]:
    """All texts of one part, each with its domain ("ai" of ai-train.txt); none if the folder lacks the part.

    Raises `UnreadableCorpus` when the folder is missing or a file is in no known format.
    """
    texts: list[AnnotatedText] = []
    for path in sorted(_files(folder)):
        match = _NAME.fullmatch(path.name)
        if match is None or match["part"] != part:
            continue
        read = read_json if match["kind"].startswith("json") else read_columns
        texts += read(_text_of(path), match["domain"] or "", path.name)
    return texts


def read_test_part(folder: Path) -> tuple[Part, list[AnnotatedText]]:
    """The test part, else the dev part, with its name. Raises `UnreadableCorpus` when there is neither."""
    parts: tuple[Part, Part] = ("test", "dev")
    for part in parts:
        if texts := read_part(folder, part):
            return part, texts
    raise UnreadableCorpus(f"{folder} has no test or dev part; name a file such as test.txt or news-dev.json.")


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UnreadableCorpus(f"{folder} is no folder; give the folder that holds train and test files.")
    return [path for path in folder.iterdir() if path.is_file()]


def _text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UnreadableCorpus(
            f"{path.name} cannot be read ({error}); it should be UTF-8 text, plain or gzip."
        ) from error
