"""Facts of table rows, records and "Owner: Maria Lind" lines."""

import re

import pytest
from extracting import ONTOLOGY, extract, facts
from hypothesis import example, given
from hypothesis import strategies as st

from extraction.tables import column_of

INVENTORY = """system_id,system_name,owner,hosting supplier,launched,tags
SYS-001,Atlas CRM,Anna Holm,Nordwind AB,2026-03-01,"EU, US; Asia"
SYS-002,Vega ERP,Finance Department,,2026-04-01,EU
"""


def aliases(text: str, name: str) -> set[tuple[str, str]]:
    return {(item.alias.text, item.entity.text) for item in extract(text, name).aliases}


def test_a_row_speaks_of_what_its_name_column_names() -> None:
    assert facts(INVENTORY, "inventory.csv") == {
        ("Anna Holm", "OWNS", "Atlas CRM"),
        ("Finance Department", "OWNS", "Vega ERP"),
        ("Atlas CRM", "HOSTED_BY", "Nordwind AB"),
        ("Atlas CRM", "LAUNCHED", "2026-03-01"),
        ("Vega ERP", "LAUNCHED", "2026-04-01"),
        ("Atlas CRM", "TAGS", "EU"),
        ("Atlas CRM", "TAGS", "US"),
        ("Atlas CRM", "TAGS", "Asia"),
        ("Vega ERP", "TAGS", "EU"),
    }


def test_an_id_column_before_the_name_is_another_name() -> None:
    assert aliases(INVENTORY, "inventory.csv") == {("SYS-001", "Atlas CRM"), ("SYS-002", "Vega ERP")}


def test_a_column_of_dates_or_of_repeated_values_names_no_row() -> None:
    text = "date,level,event\n2026-01-01,high,Disk full\n2026-01-02,high,Disk lost\n"
    assert ("Disk full", "OCCURRED_ON", "2026-01-01") in facts(text, "a.csv")
    assert ("Disk lost", "LEVEL", "high") in facts(text, "a.csv")


def test_a_header_types_its_column() -> None:
    text = "system,contract reference\nAtlas,CTR-2026-01\nVega,CTR-2026-02\n"
    kinds = {(fact.subject.text, fact.subject.type, fact.object.type) for fact in extract(text, "a.csv").facts}
    assert kinds == {("Atlas", "System", "Contract"), ("Vega", "System", "Contract")}


@pytest.mark.parametrize("headers", ["Field | Value", "Attribute | Value", "KEY | VALUE"])
def test_a_field_table_speaks_of_the_documents_subject(headers: str) -> None:
    text = f"# Hosting contract CTR-2026-01\n\n| {headers} |\n|---|---|\n| Owner | Anna Holm |\n| Fee | EUR 98,000 |\n"
    assert {("Anna Holm", "OWNS", "CTR-2026-01"), ("CTR-2026-01", "COSTS", "EUR 98,000")} <= facts(text)


def test_lines_speak_of_the_documents_subject() -> None:
    text = "# Backup Policy\n\n**Owner:** Maria Lind\n\n- Approved by: Data Board\n- Colour: red\n"
    assert facts(text) == {("Maria Lind", "OWNS", "Backup Policy"), ("Backup Policy", "APPROVED_BY", "Data Board")}


def test_a_number_or_a_sentence_with_commas_stays_whole() -> None:
    text = 'system,fee,scope\nAtlas CRM,"EUR 98,000","All of it, the rest of the world and everything else"\n'
    assert facts(text, "a.csv") == {
        ("Atlas CRM", "COSTS", "EUR 98,000"),
        ("Atlas CRM", "APPLIES_TO", "All of it, the rest of the world and everything else"),
    }


def test_huge_cells_are_ignored() -> None:
    huge = "word " * 60
    assert facts(f"system,notes,owner\nAtlas CRM,{huge},Anna Holm\n", "a.csv") == {("Anna Holm", "OWNS", "Atlas CRM")}
    # No short column tells the rows apart, so the first one would name them, were it a name.
    assert facts(f"notes,owner\n1 {huge},Anna Holm\n2 {huge},Anna Holm\n", "a.csv") == set()


def test_a_row_cut_into_passages_still_speaks_of_its_name() -> None:
    text = f"system,notes,owner,status\nAtlas CRM,{'word ' * 400},Anna Holm,open\n"
    assert facts(text, "a.csv") == {("Anna Holm", "OWNS", "Atlas CRM"), ("Atlas CRM", "HAS_STATUS", "open")}


def test_a_single_column_states_nothing() -> None:
    assert facts("system\nAtlas CRM\nVega ERP\n", "a.csv") == set()


@pytest.mark.parametrize(
    ("header", "predicate", "inverse"),
    [
        *(("Owner", "OWNS", True), ("system_owner", "OWNS", True), ("Line Manager", "REPORTS_TO", False)),
        *(("Serial No.", "SERIAL_NO", False), ("risk score (1-5)", "RISK_SCORE_1_5", False)),
        *(("2026", "COLUMN_2026", False), ("", "COLUMN", False), ("Größe (m²)", "GROSSE_M2", False)),
    ],
)
def test_columns(header: str, predicate: str, inverse: bool) -> None:
    column = column_of(header, ONTOLOGY)
    assert (column.predicate, column.inverse) == (predicate, inverse)


@pytest.mark.parametrize("headers", [("所有者", "责任人"), ("Цена EUR", "Вес EUR"), ("🙂", "🙁"), ("日付", "")])
def test_headers_in_other_scripts_are_told_apart(headers: tuple[str, str]) -> None:
    names = {column_of(header, ONTOLOGY).predicate for header in headers}
    assert len(names) == 2
    assert {column_of(f" {header.upper()}  ", ONTOLOGY).predicate for header in headers} == names


@given(st.text(max_size=60))
@example("ß")
@example("ŉ1")
@example("_")
@example("1_")
@example("Größe (m²)")
@example("x" * 5000)
def test_any_header_is_a_predicate_that_can_be_written(header: str) -> None:
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*", column_of(header, ONTOLOGY).predicate)
