"""What an answer depends on besides the graph, content-addressed: NAME@ and the first digits of a SHA-256."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.version import code_version
from qa import support
from qa.models.spec import Models
from qa.ranking import walk
from qa.verification import entailment, judge

_ROOT = Path(__file__).resolve().parent.parent
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Part:
    """Something in one version; `digest` is a SHA-256, `source` tells where it is from."""

    name: str
    digest: str
    source: str

    @property
    def called(self) -> str:
        """What a trace calls it."""
        return f"{self.name}@{self.digest[:_SHOWN]}"


@cache
def fitted() -> dict[str, Part]:
    """The weights that were fitted: of the ranking, of the judge of support, of the verification with its model.

    Raises `EmbeddingModelMissing`.
    """
    signs = json.dumps([support.WEIGHTS, support.BIAS, support.ENOUGH], sort_keys=True).encode()
    weights = entailment.WEIGHTS.read_bytes()
    return {
        "ranking": _file("ranking", walk.WEIGHTS),
        "support": Part("support", hashlib.sha256(signs).hexdigest(), "qa/support.py"),
        "verification": Part("verification", _digest(weights, *judge.read_files()), "qa/verification"),
    }


@cache
def code() -> Part:
    """The code that answers: all Python and Cypher of `kg`, `qa` and `cypher`. What extracts stands in the runs."""
    files = [path for folder in ("kg", "qa") for path in (_ROOT / folder).rglob("*.py")]
    files += (_ROOT / "cypher").rglob("*.cypher")
    told = hashlib.sha256()
    for path in sorted(files):
        told.update(f"{path.relative_to(_ROOT).as_posix()}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return Part(code_version(), told.hexdigest(), "kg, qa, cypher")


def models_text(models: Models) -> str:
    """The models as a file that `load_models` reads, what the settings change in them included; without any key."""
    lines = []
    for spec in models.models:
        lines.append(f"[models.{_toml(spec.name)}]")
        lines += [f"{name} = {_toml(value)}" for name, value in spec.model_dump(exclude={"name"}).items()]
        lines.append("")
    lines.append("[roles]")
    lines += [f"{role} = {_toml(list(tiers))}" for role, tiers in sorted(models.roles.items())]
    return "\n".join(lines) + "\n"


def models_version(models: Models | None) -> str:
    """What a trace calls the file of models; "none" where none is set up."""
    if models is None:
        return "none"
    return Part("models", hashlib.sha256(models_text(models).encode()).hexdigest(), "").called


def _file(name: str, path: Path) -> Part:
    return Part(name, _digest(path.read_bytes()), path.relative_to(_ROOT).as_posix())


def _digest(*contents: bytes) -> str:
    told = hashlib.sha256()
    for content in contents:
        told.update(content)
    return told.hexdigest()


def _toml(value: Any) -> str:
    # JSON's texts, numbers and lists of texts are TOML's, too, as long as characters stay as they are.
    return json.dumps(value, ensure_ascii=False)
