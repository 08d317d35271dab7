"""What the reading child can open, whichever store it is of."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Rows = Iterable[Sequence[Any]]


class Source(Protocol):
    """An opened graph that can only be read."""

    def running(
        self, cypher: str, parameters: Mapping[str, Any], timeout: float
    ) -> AbstractContextManager[tuple[Sequence[str], Rows]]:
        """The columns of a statement and its rows, which can be read within the context; `timeout` in seconds.

        Raises `StatementRefused`, `StoreError`.
        """
        ...

    def explain(self, cypher: str, timeout: float) -> None:
        """Plan a statement without running it. Raises `StatementRefused`, `StoreError`."""
        ...
