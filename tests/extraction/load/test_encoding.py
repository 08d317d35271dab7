"""Bytes to text."""

import codecs

import pytest
from exactness import LIMIT, refusal

from extraction.load import load_bytes

CURLY = "The company’s “policy” – as Renée wrote it – covers the café."


def text_of(data: bytes) -> str:
    return load_bytes(data, "a.txt", LIMIT).text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding_and_is_dropped(mark: bytes, encoding: str) -> None:
    assert text_of(mark + CURLY.encode(encoding)) == CURLY


@pytest.mark.parametrize("text", [CURLY, "it’s", "café", "£5 a day", "Die Änderung prüft größere Bezüge."])
def test_windows_1252_comes_out_right_with_a_warning(text: str) -> None:
    document = load_bytes(text.encode("cp1252"), "a.txt", LIMIT)
    assert document.text == text
    assert "was read as windows-1252, which is a guess" in document.warnings[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Компания Ромашка находится в Москве и продаёт цветы.", "cp1251"),
        ("Zażółć gęślą jaźń, powiedział Wałęsa w Łodzi.", "cp1250"),
        ("会社は東京にあり、三十人の従業員がいます。", "cp932"),
    ],
)
def test_other_encodings_are_guessed(text: str, encoding: str) -> None:
    assert text_of(text.encode(encoding)) == text


def test_one_stray_byte_does_not_turn_utf8_into_another_encoding() -> None:
    document = load_bytes("naïve café résumé – “déjà vu” ".encode() * 5 + b"\xff.", "a.txt", LIMIT)
    assert "naïve café" in document.text and document.text.endswith("\N{REPLACEMENT CHARACTER}.")
    assert "not valid UTF-8" in document.warnings[0]


def test_line_ends_are_normalised() -> None:
    assert text_of(b"a\r\nb\rc\nd") == "a\nb\nc\nd"


@pytest.mark.parametrize(
    ("data", "meaning"),
    [
        (b"PK\x03\x04 and so on", "a ZIP archive"),
        (b"%PDF-1.7 and so on", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG image"),
        (b"text with a \x00 NUL", "binary data"),
        (bytes(range(1, 32)) * 10, "binary data"),
        (bytes(range(256)), "binary data"),
    ],
)
def test_binary_data_named_txt_is_refused(data: bytes, meaning: str) -> None:
    sentence = refusal(data, "notes.txt")
    assert sentence.startswith(f"notes.txt is not text (it looks like {meaning}")
    assert "give the file its real extension or leave it out" in sentence


def test_terminal_colours_in_a_log_are_text() -> None:
    assert load_bytes(b"\x1b[31mERROR\x1b[0m disk is full\n" * 10, "app.log", LIMIT).text
