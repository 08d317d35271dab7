"""A store seen through a notebook: every query that a question runs is kept for the trace."""

from collections.abc import Sequence
from typing import Any

from kg.store import GraphStore, QueryResult, Row, Vector, visibility


class Recorder:
    """Runs queries for one question and remembers each as it ran.

    On behalf of `groups`, None for all; of what holds on the day `as_of` (ISO), None for any day.
    """

    def __init__(self, store: GraphStore, groups: Sequence[str] | None, as_of: str | None = None) -> None:
        self._store = store
        self.groups = None if groups is None else sorted(groups)
        self.as_of = as_of
        self.queries: list[QueryResult] = []

    @property
    def sees_all(self) -> bool:
        """Whether nothing that the graph holds is hidden from the caller."""
        return self.groups is None and self.as_of is None

    def run(self, name: str, /, **parameters: Any) -> list[Row]:
        """The rows of a named query, with the caller's groups and day where it takes them."""
        seen = visibility(name, self._store.dialect, self.groups, self.as_of)
        return self._keep(self._store.run(name, **parameters, **seen))

    def search_text(self, name: str, query: str, k: int) -> list[Row]:
        """The rows of a full-text query."""
        return self._keep(self._store.search_text(name, query, k, self.groups, self.as_of)) if query.strip() else []

    def search_vectors(self, vector: Vector, k: int) -> list[Row]:
        """The passages nearest to a vector [384]."""
        return self._keep(self._store.search_vectors(vector, k, self.groups, self.as_of))

    def nearness(self, vector: Vector, passage_ids: Sequence[str]) -> dict[str, float]:
        """The cosine of passages with a vector [384], by id; no query of the trace, as it finds nothing."""
        return self._store.nearness(vector, passage_ids)

    def _keep(self, result: QueryResult) -> list[Row]:
        self.queries.append(result)
        return result.rows
