"""Which names a graph knows, and which of a statement's it does not."""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.reading.statement import Token, tokenise
from kg.store import GraphStore

_MOST_NAMES = 10_000
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Names:
    """Labels, relationship types and property keys: those of a graph, or those of a statement."""

    labels: frozenset[str]
    relationship_types: frozenset[str]
    properties: frozenset[str]

    def beside(self, other: "Names") -> "Names":
        """Those that the other one has not."""
        return Names(
            self.labels - other.labels,
            self.relationship_types - other.relationship_types,
            self.properties - other.properties,
        )


def read_names(store: GraphStore) -> Names:
    """All names of a graph. Raises `StoreError`, `ReaderBusy`."""

    def listed(procedure: str, column: str) -> frozenset[str]:
        rows = store.read_only(f"CALL {procedure}() YIELD {column} RETURN {column}", {}, _MOST_NAMES, _SECONDS).rows
        return frozenset(str(row[column]) for row in rows)

    return Names(
        listed("db.labels", "label"),
        listed("db.relationshipTypes", "relationshipType"),
        listed("db.propertyKeys", "propertyKey"),
    )


def names_in(cypher: str) -> Names:
    """The names that a statement uses: `(:Label)`, `[:TYPE]`, `x.property`, `({property: 1})`.

    Raises `StatementRefused`.
    """
    labels: set[str] = set()
    types: set[str] = set()
    properties: set[str] = set()
    tokens = tokenise(cypher)
    brackets: list[str] = []
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        mark = before.text if before and before.kind == "mark" else ""
        if token.kind == "mark" and token.text in "([{":
            # A map in brackets right behind a name or number is a pattern's: (n {name: 1}), not size({name: 1}).
            named = bool(brackets) and brackets[-1] in "([" and before is not None and before.kind != "mark"
            brackets.append("pattern" if token.text == "{" and named else token.text)
        elif token.kind == "mark" and token.text in ")]}":
            brackets = brackets[:-1]
        elif token.is_name:
            inside = brackets[-1] if brackets else "("
            if mark in (":", "|", "&", "!") and inside in ("(", "[") and _follows_colon(tokens, index):
                (types if inside == "[" else labels).add(token.text)
            elif (mark == "." and not _is_called(tokens, index)) or (
                mark in ("{", ",") and inside == "pattern" and _next(tokens, index) == ":"
            ):
                properties.add(token.text)
    return Names(frozenset(labels), frozenset(types), frozenset(properties))


def _follows_colon(tokens: Sequence[Token], index: int) -> bool:
    """Whether a name belongs to what stands behind a colon: n:A, n:A|B, n:A&!B."""
    while index > 0 and tokens[index - 1].text in ("|", "&", "!", ":") and tokens[index - 1].kind == "mark":
        if tokens[index - 1].text == ":":
            return not (index > 1 and tokens[index - 2].text == ":")  # x :: INTEGER
        index -= 2 if tokens[index - 1].text != "!" else 1
    return False


def _is_called(tokens: Sequence[Token], index: int) -> bool:
    """Whether a name with a dot before it is part of a function's: date.truncate(...)."""
    while _next(tokens, index) == "." and index + 2 < len(tokens):
        index += 2
    return _next(tokens, index) == "("


def _next(tokens: Sequence[Token], index: int) -> str:
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return following.text if following and following.kind == "mark" else ""
