"""What holds for every format: exact spans, titles, and refusals of one clear sentence."""

import hashlib
from pathlib import Path

import pytest
from exactness import LIMIT, assert_exact, refusal
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import UnreadableDocument
from extraction.load import SUFFIXES, load_bytes, load_path

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\r\t "), max_size=300)


@given(WORDS, st.sampled_from([".txt", ".md", ".html", ".csv", ".tsv", ".jsonl", ".json"]))
def test_any_text_loads_exactly_or_is_refused(text: str, suffix: str) -> None:
    try:
        document = load_bytes(text.encode(), f"any{suffix}", LIMIT)
    except UnreadableDocument:
        return
    assert_exact(document)


@given(st.binary(max_size=300), st.sampled_from(sorted(SUFFIXES)))
def test_any_bytes_load_exactly_or_are_refused(data: bytes, suffix: str) -> None:
    try:
        document = load_bytes(data, f"any{suffix}", LIMIT)
    except UnreadableDocument:
        return
    assert_exact(document)


def test_a_path_loads_as_its_bytes_do(tmp_path: Path) -> None:
    path = tmp_path / "leave-policy_2024.txt"
    path.write_bytes(b"Staff have thirty days of leave.")
    document = load_path(path, LIMIT)
    assert document == load_bytes(path.read_bytes(), path.name, LIMIT)
    assert document.name == "leave-policy_2024.txt"
    assert document.title == "leave policy 2024"
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert document.media_type == "text/plain"


def test_a_suffix_may_be_in_capitals() -> None:
    assert load_bytes(b"Hello there.", "NOTES.TXT", LIMIT).media_type == "text/plain"


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"gone\.txt does not exist; check the path\."):
        load_path(tmp_path / "gone.txt", LIMIT)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="is a folder; name the files in it"):
        load_path(tmp_path, LIMIT)


def test_a_path_no_system_takes_is_refused() -> None:
    with pytest.raises(UnreadableDocument):
        load_path(Path("a\0b.txt"), LIMIT)
    with pytest.raises(UnreadableDocument):
        load_path(Path("a" * 5000 + ".txt"), LIMIT)


def test_a_device_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="zero is a device or pipe; give a regular file"):
        load_path(Path("/dev/zero"), LIMIT)


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("hush")

    def denied(*_: object) -> None:  # root may read any file, so chmod alone would not do
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(UnreadableDocument, match=r"secret\.txt may not be read; grant permission"):
        load_path(path, LIMIT)


def test_a_big_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    monkeypatch.delattr(Path, "open")
    with pytest.raises(UnreadableDocument) as caught:
        load_path(path, 100 * 1024 * 1024)
    assert str(caught.value) == (
        "big.txt has 200 MB, more than the limit of 100 MB; raise EVIGRAPH_MAX_FILE_MB or split the file."
    )


def test_too_many_bytes_are_refused() -> None:
    assert "has 11 bytes, more than the limit of 10 bytes" in refusal(b"hello world", "a.txt", 10)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_nothing_is_refused(suffix: str) -> None:
    assert "is empty (0 bytes)" in refusal(b"", f"a{suffix}")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        *[(f"a{suffix}", b" \r\n\t\n ") for suffix in (".txt", ".md", ".html", ".csv", ".tsv", ".jsonl")],
        *[("a.html", data) for data in (b"<p></p><script>x()</script>", b"<!-- only -->", b"<title>T</title>")],
        *[("a.json", data) for data in (b"{}", b"[]", b"null", b'{"a": [], "b": ""}')],
        *[("a.jsonl", data) for data in (b"{}\n{}", b"null")],
        *[("a.md", data) for data in (b"<!-- only -->", b"---\n\n***", b"#", b"```\n```", b"[a]: http://b")],
    ],
)
def test_a_file_without_text_is_refused(name: str, data: bytes) -> None:
    assert "holds no text; fill it or leave it out" in refusal(data, name)


def test_an_unknown_suffix_is_refused() -> None:
    assert "has the suffix .xlsx, which is not supported; convert it to one of .txt," in refusal(b"a", "a.xlsx")
    assert "has no suffix" in refusal(b"a", "README")


def test_a_file_name_that_is_not_utf8_can_be_stored() -> None:
    document = load_bytes(b"hello", "caf\udce9.txt", LIMIT)
    assert document.name == "caf?.txt"
