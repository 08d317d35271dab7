"""Which files a path names."""

from pathlib import Path

import pytest

from extraction.report import IngestReport
from extraction.sources import find_sources


def test_sources_in_folders(tmp_path: Path) -> None:
    for name in ("b.md", "A.TXT", "deep/er/c.csv", ".hidden.md", ".git/x.md", "deep/~$lock.docx", "x.png", "none"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    report = IngestReport()
    found = find_sources([tmp_path], report)
    assert [item.uri for item in found] == [(tmp_path / name).as_uri() for name in ("A.TXT", "b.md", "deep/er/c.csv")]
    assert [item.name for item in found] == ["A.TXT", "b.md", "c.csv"]
    assert report.skipped == [(tmp_path / name).as_uri() for name in ("none", "x.png")]
    assert report.refused == {} and not report.in_part


def test_sources_that_are_named(tmp_path: Path) -> None:
    for name in (".hidden.md", "x.png", "größe 1.md"):
        (tmp_path / name).write_text("x")
    report = IngestReport()
    named = [tmp_path / name for name in (".hidden.md", "x.png", "größe 1.md")]
    found = find_sources([*named, tmp_path, named[2]], report)
    assert [item.path for item in found] == named  # each once, also those a folder would pass over
    assert found[2].uri.endswith("/gr%C3%B6%C3%9Fe%201.md")


@pytest.mark.parametrize("name", ["gone.md", "gone/", "a" * 5000, "a\0b"])
def test_paths_that_are_not_there_are_refused(tmp_path: Path, name: str) -> None:
    report = IngestReport()
    assert find_sources([tmp_path / name], report) == []
    (sentence,) = report.refused.values()
    assert sentence.endswith("; check the path.")
    assert report.in_part


def test_a_link_to_a_folder_above_ends(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [item.name for item in find_sources([tmp_path], IngestReport())] == ["a.md"]
