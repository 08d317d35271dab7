"""kg.reading.statement: nothing that writes passes, whatever it is dressed in; what only reads does."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_cypher import ACCEPTED, REFUSED

from kg.catalogue import DIALECTS, catalogue
from kg.reading.statement import PROCEDURES, StatementRefused, check_reading, tokenise

WRITING = [statement for statement in REFUSED if re.search(r"^(CREATE|MERGE|MATCH|FOREACH|CALL|LOAD)\b", statement)]
KEYWORDS = ("CREATE", "MERGE", "SET", "DELETE", "DETACH", "REMOVE", "FOREACH", "DROP", "INSERT", "GRANT", "ALTER")
SPACES = st.sampled_from(
    [" ", "\n", "\t", "\r\n", " /* x */ ", " // y\n", "/**/", "\u00a0", "\u3000", "/*'*/", "//`\n"]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("statement", REFUSED)
def test_what_does_not_only_read_is_refused(statement: str, dialect: str) -> None:
    with pytest.raises(StatementRefused) as refused:
        check_reading(statement, dialect)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("statement", [statement for statement, _ in ACCEPTED])
def test_what_only_reads_passes(statement: str, dialect: str) -> None:
    assert check_reading(statement, dialect) == statement.rstrip(";")


@pytest.mark.parametrize(
    "statement",
    [
        "WITH {set: 1, create: 2} AS x RETURN x.set, x . create",
        "MATCH (n:Create)-[:SET]->(m) WHERE n:Delete RETURN n.delete, m.remove",
        "MATCH (n {merge: $merge}) RETURN n {.set, drop: 1}",
    ],
)
def test_a_keyword_that_can_only_be_a_name_passes(statement: str) -> None:
    assert check_reading(statement, "neo4j") == statement


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_catalogue_is_told_apart(dialect: str) -> None:
    """Every query that is for reading passes, every one that writes does not."""
    for query in catalogue(dialect).values():
        if query.columns:
            assert check_reading(query.cypher, dialect) == query.cypher
        elif query.name != "await_indexes":
            with pytest.raises(StatementRefused):
                check_reading(query.cypher, dialect)


@given(data=st.data(), statement=st.sampled_from(WRITING), dialect=st.sampled_from(DIALECTS))
def test_white_space_comments_and_case_hide_nothing(data: st.DataObject, statement: str, dialect: str) -> None:
    dressed = ""
    # The blank after "//" stays: a line's end there would end the comment, and a quote in it would begin a string.
    for part in re.split(r"(?<!//)( )", statement):
        dressed += data.draw(SPACES) if part == " " else data.draw(st.sampled_from([part, part.upper(), part.lower()]))
    with pytest.raises(StatementRefused):
        check_reading(data.draw(st.sampled_from(["", "MATCH (x) ", "WITH 1 AS y "])) + dressed, dialect)


@given(keyword=st.sampled_from(KEYWORDS), at=st.integers(0, 20))
def test_no_letter_may_be_an_escape(keyword: str, at: int) -> None:
    at %= len(keyword)
    escaped = f"{keyword[:at]}\\u{ord(keyword[at]):04x}{keyword[at + 1 :]}"
    with pytest.raises(StatementRefused):
        check_reading(f"MATCH (n) {escaped} (m)", "neo4j")


@given(text=TEXTS, quote=st.sampled_from("'\""))
def test_any_text_may_be_a_string(text: str, quote: str) -> None:
    quoted = quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote).replace("\r", "") + quote
    statement = f"RETURN {quoted} AS x"
    if not re.search(r"\\u+[0-9A-Fa-f]{4}", statement):
        assert check_reading(statement, "neo4j") == statement


@given(text=TEXTS)
def test_any_text_may_be_a_name_in_back_ticks(text: str) -> None:
    statement = f"RETURN 1 AS `{text.replace('`', '``')}`".replace("\r", "").replace("\\u", "")
    assert check_reading(statement, "neo4j") == statement


@given(text=st.one_of(st.text(), st.text("MATCHSEcreate(n)'`\"\\/*;{}.:$ \n")))
def test_nothing_else_is_raised(text: str) -> None:
    with suppress(StatementRefused):
        check_reading(text, "neo4j")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_procedures_that_only_read(dialect: str) -> None:
    for name in PROCEDURES[dialect]:
        quoted = ".".join(f"`{part}`" for part in name.split("."))
        for written in (name, f"{name}()", quoted, name.replace(".", " . "), name.replace(".", "./**/")):
            check_reading(f"CALL {written}", dialect)
            check_reading(f"MATCH (n) CALL {written} RETURN n", dialect)


@pytest.mark.parametrize(
    "function", ["date.truncate", "duration.between", "point.distance", "vector.similarity.cosine", "toUpper"]
)
def test_functions_that_only_compute(function: str) -> None:
    check_reading(f"RETURN {function}($a, $b) AS x", "neo4j")


def test_tokens_know_where_they_are() -> None:
    statement = "MATCH (n:`a``b`) /* x */ WHERE n.x <> 1.5 // y\nRETURN 'z'"
    for token in tokenise(statement):
        written = token.text if token.kind != "quoted" else f"`{token.text.replace('`', '``')}`"
        assert statement.startswith(written, token.start)
    assert [token.text for token in tokenise(statement) if token.kind == "quoted"] == ["a`b"]


def test_a_refusal_names_the_mend() -> None:
    def told(statement: str) -> str:
        with pytest.raises(StatementRefused) as refused:
            check_reading(statement, "neo4j")
        return str(refused.value)

    assert "back-ticks" in told("MATCH (set) RETURN set")
    assert "'EXPLAIN'" in told("EXPLAIN RETURN 1")
    assert "db.labels" in told("CALL dbms.components()")
    assert "U+200B in line 2" in told("MATCH (n)\nRET\u200bURN n")
    assert "one at a time" in told("RETURN 1; RETURN 2")
