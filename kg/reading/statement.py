"""Whether a statement only reads, told by its tokens alone.

The stores prove it themselves (a read-only opening; read access mode and the kind that EXPLAIN tells). This is the line
of defence before them, and the one against what a store counts as reading: files, addresses, procedures.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

#: Procedures that only read the graph, by the store that has them.
PROCEDURES = {
    "embedded": frozenset(
        "db.labels db.relationshipTypes db.propertyKeys grafeo.search.text grafeo.pagerank grafeo.louvain "
        "grafeo.betweenness_centrality grafeo.closeness_centrality grafeo.degree_centrality grafeo.bfs grafeo.dfs "
        "grafeo.connected_components grafeo.strongly_connected_components grafeo.articulation_points grafeo.bridges "
        "grafeo.dijkstra grafeo.label_propagation".split()
    ),
    "neo4j": frozenset(
        "db.labels db.relationshipTypes db.propertyKeys db.schema.visualization db.schema.nodeTypeProperties "
        "db.schema.relTypeProperties db.index.fulltext.queryNodes db.index.fulltext.queryRelationships "
        "db.index.vector.queryNodes db.index.vector.queryRelationships".split()
    ),
}
_OPENINGS = frozenset("MATCH OPTIONAL UNWIND WITH RETURN CALL".split())
_WRITING = frozenset(
    "CREATE INSERT MERGE SET DELETE DETACH NODETACH REMOVE FOREACH DROP ALTER RENAME GRANT DENY REVOKE PERIODIC".split()
)
# Others may come with plugins and do anything, such as ask a server elsewhere.
_FUNCTION_FAMILIES = frozenset(
    "date datetime localdatetime time localtime duration point vector.similarity vector".split()
)
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>//[^\n\r]*|/\*.*?\*/)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<quoted>`(?:[^`]|``)*`)
    |(?P<number>[0-9]\w*)
    |(?P<word>[^\W\d]\w*)
    |(?P<mark>/(?!\*)|[!\#$%&()*+,\-.:;<=>?@\[\]^{|}~])""",
    re.VERBOSE | re.DOTALL,
)
# Cypher 5 decodes these before it looks for tokens, Cypher 25 only within strings.
_ESCAPE = re.compile(r"\\u+([0-9A-Fa-f]{4})")
_DELIMITERS = "'\"`\\"

Kind = Literal["string", "quoted", "number", "word", "mark"]


class StatementRefused(Exception):
    """The statement may not run, or cannot; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that is neither space nor comment; `text` is a quoted name without its quotes, else as written."""

    kind: Kind
    text: str
    start: int

    @property
    def keyword(self) -> str:
        """The keyword that it would be, "" for what cannot be one. A letter that only resembles an ASCII one counts."""
        if self.kind != "word":
            return ""
        plain = unicodedata.normalize("NFKD", self.text.casefold())
        return "".join(letter for letter in plain if letter.isascii()).upper()

    @property
    def is_name(self) -> bool:
        """Whether it may be a name or part of a dotted one."""
        return self.kind in ("word", "quoted")


def check_reading(cypher: str, dialect: str) -> str:
    """The statement, without a semicolon at its end, if it is one and its tokens only read.

    Raises `StatementRefused`.
    """
    tokens = tokenise(cypher)
    end = len(cypher)
    while tokens and _is(tokens[-1], ";"):
        end = tokens.pop().start
    if not tokens:
        raise StatementRefused("There is no statement; write one such as MATCH (n) RETURN n LIMIT 25.")
    if tokens[0].keyword not in _OPENINGS:
        raise StatementRefused(
            f"A statement that reads begins with MATCH, OPTIONAL MATCH, UNWIND, WITH, RETURN or CALL, "
            f"not with {tokens[0].text!r}."
        )
    for index, token in enumerate(tokens):
        if _is(token, ";"):
            raise StatementRefused("There are several statements; send them one at a time, without semicolons.")
        if _is(token, "("):
            _check_function(tokens, index)
        elif token.kind == "word" and not _surely_a_name(tokens, index):
            _check_keyword(tokens, index, PROCEDURES[dialect])
    return cypher[:end]


def tokenise(cypher: str) -> list[Token]:
    """The tokens of a statement. Raises `StatementRefused` for what a store might read otherwise than this does."""
    if re.search(r"\r(?!\n)", cypher):
        raise StatementRefused("The statement has a carriage return that ends no line; remove it.")
    for escape in _ESCAPE.finditer(cypher):
        if chr(int(escape[1], 16)) in _DELIMITERS:
            raise StatementRefused(f"The statement writes a quote or backslash as {escape[0]}; use a parameter for it.")
    tokens: list[Token] = []
    position = 0
    while position < len(cypher):
        match = _TOKEN.match(cypher, position)
        if match is None:
            _refuse_character(cypher, position)
        kind, text = str(match.lastgroup), match[0]
        if kind == "comment" and _ESCAPE.search(text):
            raise StatementRefused("A comment of the statement has a Unicode escape; remove the comment.")
        if kind == "quoted":
            tokens.append(Token("quoted", text[1:-1].replace("``", "`"), position))
        elif kind in ("string", "number", "word", "mark"):
            tokens.append(Token(kind, text, position))  # type: ignore[arg-type]
        position = match.end()
    return tokens


def _refuse_character(cypher: str, position: int) -> NoReturn:
    character = cypher[position]
    line = cypher.count("\n", 0, position) + 1
    if character in "'\"`":
        raise StatementRefused(f"The quote {character} in line {line} of the statement is not closed.")
    if cypher[position : position + 2] == "/*":
        raise StatementRefused(f"The comment in line {line} of the statement is not closed.")
    raise StatementRefused(
        f"The character U+{ord(character):04X} in line {line} of the statement can only stand in a string or a name "
        "in back-ticks."
    )


def _surely_a_name(tokens: Sequence[Token], index: int) -> bool:
    """Whether a word can only be a name where it stands: n.set, :Create, $set, {set: 1}."""
    before = tokens[index - 1] if index else None
    if before is None:
        return False
    earlier = tokens[index - 2] if index > 1 else None
    if _is(before, "$"):
        return True
    if _is(before, "."):  # but "1." may be a number that ends there, and ".." a range
        return earlier is not None and earlier.kind != "number" and not _is(earlier, ".")
    if _is(before, ":"):
        return not _is(earlier, ":")
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return (_is(before, "{") or _is(before, ",")) and _is(following, ":")


def _check_keyword(tokens: Sequence[Token], index: int, procedures: frozenset[str]) -> None:
    keyword, following = tokens[index].keyword, tokens[index + 1 : index + 2]
    before = tokens[index - 1].keyword if index else ""
    if keyword in _WRITING:
        raise StatementRefused(
            f"{keyword} changes the graph, and only statements that read it run here; "
            "a name that is spelt so goes in back-ticks."
        )
    if keyword == "USE":
        raise StatementRefused("USE chooses another graph, and only the one graph is read here.")
    if keyword == "LOAD" and following and following[0].is_name:
        raise StatementRefused("LOAD reads files and addresses, and only the graph is read here.")
    if keyword in ("TRANSACTION", "TRANSACTIONS") and before in ("IN", "CONCURRENT"):
        raise StatementRefused("IN TRANSACTIONS is for statements that write; leave it out.")
    if keyword == "CALL" and following and following[0].is_name:
        name = following[0].text
        for dot, part in zip(tokens[index + 2 :: 2], tokens[index + 3 :: 2], strict=False):
            if not (_is(dot, ".") and part.is_name):
                break
            name += f".{part.text}"
        if name not in procedures:
            raise StatementRefused(
                f"The procedure {name!r} is not among those that are known to only read: "
                f"{', '.join(sorted(procedures))}."
            )


def _check_function(tokens: Sequence[Token], bracket: int) -> None:
    """Refuse `a.b(` unless the family `a` is known to only compute, or it is a procedure's name."""
    first = bracket - 1
    if first < 0 or not tokens[first].is_name:
        return
    while first > 0 and _is(tokens[first - 1], "."):
        first -= 2
    name = ".".join(token.text for token in tokens[max(first, 0) : bracket : 2])
    family = name.rpartition(".")[0].casefold()
    if (not family and first >= 0) or (first > 0 and tokens[first - 1].keyword == "CALL"):
        return
    if family not in _FUNCTION_FAMILIES:
        raise StatementRefused(f"The function {name!r} is not among those that are known to only compute.")


def _is(token: Token | None, mark: str) -> bool:
    return token is not None and token.kind == "mark" and token.text == mark
