"""Personal data kept from large models: placeholders go out, and what they stand for is put back into the answer."""

import re
from collections.abc import Callable, Sequence
from typing import Protocol

#: A placeholder: "[PERSON 2]", "[PERSON 2b]" for another form of the same name, "[EMAIL 1]".
PLACEHOLDER = re.compile(r"\[([A-Z]+) (\d+[a-z]*)\]", re.IGNORECASE)
#: What a model is told that sees placeholders.
NOTE = (
    "Marks such as [PERSON 1] or [EMAIL 2] stand for names and numbers that are not shown; [PERSON 1b] is another form "
    "of the name of [PERSON 1]. Copy such a mark exactly, brackets included, wherever you speak of what it stands for."
)
_LONGEST = 24


class Redaction(Protocol):
    """The placeholders of one call. Safe to use from several threads."""

    def hide(self, text: str, passage_ids: Sequence[str]) -> str:
        """A text as it may go out; it holds evidence of these passages."""
        ...

    def show(self, text: str) -> str:
        """A text with what the placeholders stand for."""
        ...


#: Begins the redaction of one call, for a question.
Redactor = Callable[[str], Redaction]


class Unveiling:
    """Passes on a text as it comes in pieces, with what the placeholders stand for: one may be cut by a piece's end."""

    def __init__(self, redaction: Redaction | None, on_piece: Callable[[str], None]) -> None:
        self._redaction, self._on_piece = redaction, on_piece
        self._held = ""

    def hear(self, piece: str) -> None:
        """Take in a piece."""
        if self._redaction is None:
            self._on_piece(piece)
            return
        self._held += piece
        opened = self._held.rfind("[")
        whole = opened < 0 or "]" in self._held[opened:] or len(self._held) - opened > _LONGEST
        self._pass_on(len(self._held) if whole else opened)

    def end(self) -> None:
        """Nothing more comes."""
        self._pass_on(len(self._held))

    def _pass_on(self, end: int) -> None:
        ready, self._held = self._held[:end], self._held[end:]
        if ready and self._redaction is not None:
            self._on_piece(self._redaction.show(ready))
