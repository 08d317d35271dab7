"""Word."""

import io
import zipfile
from collections.abc import Callable

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from exactness import LIMIT, assert_exact, found, refusal

from extraction.load import load_bytes


def saved(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def contract() -> Document:
    document = docx.Document()
    document.add_heading("Service contract", 0)
    document.add_heading("Parties", 1)
    document.add_paragraph("Acme Ltd,\nof Rome.")
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("nested", style="List Number 2")
    table = document.add_table(3, 3)
    for at, text in enumerate(["Role", "Name", "Since", "Boss", "Ada", "2001", "", "Bob", ""]):
        table.cell(at // 3, at % 3).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_paragraph("The end.")
    return document


def rewritten(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one of its files changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, change(old.read(entry)) if entry == name else old.read(entry))
    return file.getvalue()


def test_styles_tell_the_blocks_in_the_order_of_the_document() -> None:
    document = load_bytes(saved(contract()), "a.docx", LIMIT)
    assert_exact(document)
    assert document.title == "Service contract"
    assert found(document) == [
        ("heading", 1, "Service contract"),
        ("heading", 1, "Parties"),
        ("paragraph", 0, "Acme Ltd, of Rome."),
        ("list_item", 1, "first"),
        ("list_item", 2, "nested"),
        ("table_row", 0, "Role: Boss; Name: Ada; Since: 2001"),
        ("table_row", 0, "Role: Boss; Name: Bob"),
        ("paragraph", 0, "The end."),
    ]


def test_insertions_and_controls_are_read_and_deletions_are_not() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("a ")
    for markup in (
        "<w:ins {}><w:r><w:t>new</w:t></w:r></w:ins>",
        "<w:del {}><w:r><w:delText>x</w:delText></w:r></w:del>",
    ):
        paragraph._p.append(parse_xml(markup.format(nsdecls("w"))))
    control = "<w:sdt {}><w:sdtContent><w:p><w:r><w:t>inside</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(1, parse_xml(control.format(nsdecls("w"))))
    assert load_bytes(saved(document), "a.docx", LIMIT).text == "a new\n\ninside"


def test_a_style_based_on_a_heading_is_a_heading() -> None:
    document = docx.Document()
    style = document.styles.add_style("Clause", 1)
    style.base_style = document.styles["Heading 2"]
    document.add_paragraph("Liability", style="Clause")
    document.add_paragraph("None.")
    assert load_bytes(saved(document), "a.docx", LIMIT).blocks[0].level == 2


def test_the_core_title_stands_in_for_a_missing_heading() -> None:
    document = docx.Document()
    document.core_properties.title = "Leave rules"
    document.add_paragraph("Thirty days.")
    assert load_bytes(saved(document), "a.docx", LIMIT).title == "Leave rules"


def test_broken_files_are_refused() -> None:
    whole = saved(contract())
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("hello.txt", "hello")
    broken_xml = rewritten(whole, "word/document.xml", lambda _: b"<w:document")
    for data in (b"not a zip", whole[: len(whole) // 2], archive.getvalue(), broken_xml):
        assert "cannot be read as Word .docx; open it in Word and save it again" in refusal(data, "a.docx")


def test_an_old_or_encrypted_file_is_refused() -> None:
    assert "is password-protected or an old .doc" in refusal(b"\xd0\xcf\x11\xe0" + bytes(600), "a.docx")


def test_an_empty_document_is_refused() -> None:
    assert "holds no text" in refusal(saved(docx.Document()), "a.docx")


def test_a_zip_bomb_is_refused() -> None:
    bomb = rewritten(saved(contract()), "word/document.xml", lambda xml: xml + b" " * 20_000_000)
    assert len(bomb) < LIMIT
    assert "more than the limit of 9.537 MB" in refusal(bomb, "a.docx")


def test_entities_are_neither_fetched_nor_expanded() -> None:
    entities = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY b "LOL">]>'

    def attack(xml: bytes) -> bytes:
        head, tail = xml.split(b"?>", 1)
        return head + b"?>" + entities + tail.replace(b"The end.", b"The &e;&b; end.")

    document = load_bytes(rewritten(saved(contract()), "word/document.xml", attack), "a.docx", LIMIT)
    assert "root:" not in document.text and "LOL" not in document.text
