"""Evidence into a prompt: by rank, within a budget of tokens, each piece with its number; what did not fit is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

from qa.answer import Citation

# English has four bytes a token with the usual tokenisers, other languages and figures fewer. Counting three, a prompt
# is never longer than it was taken for, whosever tokeniser reads it.
_BYTES = 3


@dataclass(frozen=True, slots=True)
class Packed:
    """The evidence as text, and the numbers of the citations that had no room."""

    text: str
    left_out: list[int]


def tokens_of(text: str) -> int:
    """How many tokens a text has at most."""
    return ceil(len(text.encode("utf-8", "replace")) / _BYTES)


def pack(evidence: Sequence[Citation], budget: int) -> Packed:
    """As many pieces as have room in `budget` tokens, in their order: the first ones are the best.

    Markup inside a piece is escaped, so that a document cannot end its own quotation and speak as somebody else.
    """
    lines, left_out = [], []
    for item in evidence:
        line = as_line(item)
        if (cost := tokens_of(line) + 1) <= budget:
            lines.append(line)
            budget -= cost
        else:
            left_out.append(item.n)
    return Packed("\n".join(lines), left_out)


def as_line(item: Citation) -> str:
    """One piece of evidence as a model reads it."""
    title, quote = (escape(" ".join(text.split()), quote=False) for text in (item.document.title, item.quote))
    return f'<evidence n="{item.n}" document="{title.replace(chr(34), chr(39))}">{quote}</evidence>'
