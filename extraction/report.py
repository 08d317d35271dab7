"""What an ingest did."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class IngestReport:
    """What became of each input, by URI; `rejected` counts facts left out, by reason; `seconds` by stage."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    warnings: dict[str, list[str]] = field(default_factory=dict)
    left_out: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def in_part(self) -> bool:
        """Whether anything given was left out: a file refused, or a record of one."""
        return bool(self.refused or self.left_out)
