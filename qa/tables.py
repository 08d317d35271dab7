"""Files of settings in TOML, and one sentence for those that cannot be read."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any


def read_toml(path: Path, unusable: type[ValueError], mend: str) -> dict[str, Any]:
    """What a file holds, not to be changed.

    Raises `unusable`, whose message ends with the mend where the file cannot be read at all.
    """
    try:
        return _parsed(path.read_text("utf-8"))
    except OSError as error:
        raise unusable(f"{path} cannot be read ({error.strerror}); {mend}.") from error
    except ValueError as error:
        raise unusable(f"{path} is not valid TOML: {error}.") from error


@lru_cache(maxsize=32)
def _parsed(text: str) -> dict[str, Any]:
    """Every question reads the files that the settings name, which seldom change."""
    return tomllib.loads(text)
