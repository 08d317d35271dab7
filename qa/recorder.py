"""A store seen through a notebook: every query that a question runs is kept for the trace."""

from collections.abc import Sequence
from typing import Any

from kg.store import GraphStore, QueryResult, Row, Vector


class Recorder:
    """Runs queries for one question on behalf of `groups` and remembers each as it ran."""

    def __init__(self, store: GraphStore, groups: Sequence[str] | None) -> None:
        self._store = store
        self._groups = None if groups is None else sorted(groups)
        self.queries: list[QueryResult] = []

    def run(self, name: str, **parameters: Any) -> list[Row]:
        """The rows of a named query; the caller's groups are always among its parameters."""
        return self._keep(self._store.run(name, **parameters, groups=self._groups))

    def search_text(self, name: str, query: str, k: int) -> list[Row]:
        """The rows of a full-text query."""
        return self._keep(self._store.search_text(name, query, k, self._groups)) if query else []

    def search_vectors(self, vector: Vector, k: int) -> list[Row]:
        """The passages nearest to a vector [384]."""
        return self._keep(self._store.search_vectors(vector, k, self._groups))

    def _keep(self, result: QueryResult) -> list[Row]:
        self.queries.append(result)
        return result.rows
