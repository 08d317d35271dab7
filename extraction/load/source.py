"""What a format's loader gets, and what it gives back."""

from dataclasses import dataclass

from extraction.document import Block, UnreadableDocument


@dataclass(frozen=True, slots=True)
class Source:
    """A file's bytes and name, and the size in bytes that no part of it may exceed."""

    data: bytes
    name: str
    max_bytes: int

    def refusal(self, reason: str) -> UnreadableDocument:
        """The error to raise: the file's name, then `reason`, which says what is wrong and the mend."""
        return UnreadableDocument(f"{self.name} {reason}")


@dataclass(frozen=True, slots=True)
class Content:
    """A file's text and blocks. `title` is used where no level-1 heading stands at the top; `left_out` counts parts
    that could not be read."""

    text: str
    blocks: tuple[Block, ...]
    title: str = ""
    warnings: tuple[str, ...] = ()
    left_out: int = 0


def in_words(size: int) -> str:
    """A size in bytes for people: "12 bytes", "3.5 MB" (1 MB is 1024 * 1024 bytes)."""
    megabytes = size / (1024 * 1024)
    return f"{size:,} bytes" if megabytes < 0.1 else f"{megabytes:.4g} MB"
