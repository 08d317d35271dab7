"""HTML."""

import html

from exactness import LIMIT, assert_exact, found, texts
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import LoadedDocument
from extraction.load import load_bytes


def load(markup: str | bytes, name: str = "a.html") -> LoadedDocument:
    document = load_bytes(markup if isinstance(markup, bytes) else markup.encode(), name, LIMIT)
    assert_exact(document)
    return document


def test_what_a_reader_sees_makes_the_blocks() -> None:
    document = load(
        """<html><head><title>Shop</title><style>p {}</style></head><body>
        <nav><a href="/">Home</a></nav><h1>Terms &amp; <em>conditions</em></h1>
        <div>Bare text<p>First <b>para</b>graph<br>goes
        on</p>tail</div><ul><li>one<ul><li>inner</li></ul></li><li><p>two</p></li></ul>
        <ol start="3"><li>three<li>four</ol>
        <script>var x = "no";</script><p hidden>no</p><p style="display: none">no</p><template>no</template>
        </body></html>"""
    )
    assert document.title == "Terms & conditions"
    assert found(document) == [
        ("heading", 1, "Terms & conditions"),
        ("paragraph", 0, "Bare text"),
        ("paragraph", 0, "First paragraph goes on"),
        ("paragraph", 0, "tail"),
        ("list_item", 1, "one"),
        ("list_item", 2, "inner"),
        ("list_item", 1, "two"),
        ("list_item", 1, "3. three"),
        ("list_item", 1, "4. four"),
    ]


def test_sloppy_markup_reads_as_browsers_show_it() -> None:
    document = load("<p>1. Data shall be:<p>(a) fair;</p></p></br>one</br>two<div>three")
    assert texts(document) == ["1. Data shall be:", "(a) fair;", "one two", "three"]


def test_what_follows_the_end_of_the_page_is_read() -> None:
    assert texts(load("<html><body><p>one</p></body></html>\n<html><p>two</html>")) == ["one", "two"]


def test_a_table_names_its_cells_by_the_header_and_repeats_what_spans_rows() -> None:
    document = load(
        """<table><caption>Staff</caption><thead><tr><th>Team</th><th>Name</th><th>Age</th></tr></thead>
        <tr><td rowspan=2>Sales</td><td>Ada</td><td>36</td></tr><tr><td>Bob</td><td></td></tr>
        <tr><td colspan=2>Law</td><td>1<br>2</td></tr></table>"""
    )
    assert texts(document) == [
        "Staff",
        "Team: Sales; Name: Ada; Age: 36",
        "Team: Sales; Name: Bob",
        "Team: Law; Age: 1 2",
    ]
    cells = [(cell.name, document.text[cell.start : cell.end]) for cell in document.blocks[1].cells]
    assert cells == [("Team", "Sales"), ("Name", "Ada"), ("Age", "36")]


def test_rows_of_a_name_and_a_value_are_named_by_their_own_header() -> None:
    document = load("<table><tr><th>CEO</th><td>Ada</td></tr><tr><th>Seat</th><td>Rome</td></tr></table>")
    assert found(document) == [("table_row", 0, "CEO: Ada"), ("table_row", 0, "Seat: Rome")]


def test_a_table_that_lays_out_the_page_is_walked() -> None:
    document = load("<table><tr><td><h1>News</h1><p>Hello</p></td></tr><tr><td>Foot</td></tr></table>")
    assert found(document) == [("heading", 1, "News"), ("paragraph", 0, "Hello"), ("paragraph", 0, "Foot")]


def test_a_declared_encoding_is_honoured() -> None:
    body = "<p>Компания</p>".encode("cp1251")
    assert load(b"<meta charset=windows-1251>" + body).text == "Компания"
    declared = b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'
    assert load(declared + "<p>“café”</p>".encode("cp1252")).text == "“café”"
    assert load("<p>“café” in UTF-8</p>").text == "“café” in UTF-8"
    assert load(b"<meta charset=nonsense>" + "<p>café</p>".encode()).text == "café"


def test_the_title_element_stands_in_for_a_missing_heading() -> None:
    assert load("<title> My\n page </title><h2>Sub</h2>").title == "My page"
    assert load("<p>x</p>", "the-page.html").title == "the page"


def test_external_entities_are_not_read() -> None:
    document = load('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>a &e; b</p>')
    assert "root:" not in document.text


def test_deep_nesting_is_told() -> None:
    document = load("<p>before</p>" + "<div>" * 5000 + "deep")
    assert document.text == "before"
    assert "nested too deeply" in document.warnings[0]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1), min_size=1))
def test_entities_are_decoded_and_spans_exact(paragraphs: list[str]) -> None:
    escaped = [html.escape(text).encode("ascii", "xmlcharrefreplace").decode() for text in paragraphs]
    document = load("<h1>x</h1>" + "".join(f"<p>{text}</p>" for text in escaped))
    expected = [" ".join(text.split()) for text in paragraphs if text.strip()]
    assert texts(document)[1:] == expected
