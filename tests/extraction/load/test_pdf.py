"""PDF."""

import io

from exactness import LIMIT, assert_exact, refusal
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from extraction.load import load_bytes

PAGES = (
    (
        "Data Retention Policy",
        "This policy says how long the records of the company's customers are",
        "kept, and by whom. It was adopted by the board.",
        "The following rules apply to every record that the company holds, what-",
        "ever its form:",
        "(a) invoices are kept for ten years;",
        "(b) contracts are kept for six years.",
        "1",
    ),
    (
        "2. Deletion of records",
        "Records are deleted by the records manager, Ada Byron, each year in May.",
        "2",
    ),
)


def pdf(pages: tuple[tuple[str, ...], ...]) -> bytes:
    """A PDF with these lines on its pages."""
    writer = PdfWriter()
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    fonts = DictionaryObject({NameObject("/F"): as_names(font)})
    for lines in pages:
        content = DecodedStreamObject()
        shown = " ".join(f"({escaped(line)}) ' " for line in lines)
        content.set_data(f"BT /F 11 Tf 16 TL 60 780 Td {shown} ET".encode())
        page = writer.add_blank_page(width=595, height=842)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        page[NameObject("/Contents")] = writer._add_object(content)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def as_names(entries: dict[str, str]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): NameObject(value) for key, value in entries.items()})


def escaped(line: str) -> str:
    return line.replace("(", r"\(").replace(")", r"\)")


def test_blocks_have_pages_and_are_found_by_the_shape_of_the_lines() -> None:
    document = load_bytes(pdf(PAGES), "a.pdf", LIMIT)
    assert_exact(document)
    assert document.title == "Data Retention Policy"
    blocks = [(block.kind, block.page, document.text[block.start : block.end]) for block in document.blocks]
    assert [(kind, page, text[:20]) for kind, page, text in blocks] == [
        ("heading", 1, "Data Retention Polic"),
        ("paragraph", 1, "This policy says how"),
        ("paragraph", 1, "The following rules "),
        ("list_item", 1, "(a) invoices are kep"),
        ("list_item", 1, "(b) contracts are ke"),
        ("heading", 2, "2. Deletion of recor"),
        ("paragraph", 2, "Records are deleted "),
    ]
    assert "what-" in blocks[2][2]


def test_a_scan_is_refused() -> None:
    assert refusal(pdf(((), ())), "scan.pdf") == ("scan.pdf holds no text (a scan?); run it through OCR first.")


def test_broken_pdfs_are_refused() -> None:
    for data in (b"not a PDF", b"%PDF-1.7\n", pdf(PAGES)[:200]):
        assert "cannot be read as PDF (damaged?); open it and save it again" in refusal(data, "a.pdf")


def encrypted(user_password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(PAGES))))
    writer.encrypt(user_password, "owner", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_pdf_that_needs_a_password_is_refused() -> None:
    assert "needs a password; save a copy without one" in refusal(encrypted("secret"), "a.pdf")


def test_a_pdf_that_only_restricts_printing_is_read() -> None:
    assert "records manager" in load_bytes(encrypted(""), "a.pdf", LIMIT).text
