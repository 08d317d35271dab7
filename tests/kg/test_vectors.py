"""kg.vectors: exact search over a file of vectors."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from kg_world import unit_vector

from kg.model import make_id
from kg.vectors import VectorFile

IDS = [make_id("p", str(number)) for number in range(50)]
VECTORS = {key: unit_vector(key) for key in IDS}


@pytest.fixture
def file(tmp_path: Path) -> VectorFile:
    vectors = VectorFile(tmp_path / "vectors.bin")
    vectors.append(VECTORS)
    return vectors


def test_nearest_is_exact(file: VectorFile) -> None:
    query = unit_vector("question")
    expected = sorted(((float(vector @ query), key) for key, vector in VECTORS.items()), reverse=True)[:7]
    found = file.nearest(query, 7)
    assert [key for key, _ in found] == [key for _, key in expected]
    assert [score for _, score in found] == pytest.approx([score for score, _ in expected], abs=1e-6)


def test_equal_scores_come_by_id(tmp_path: Path) -> None:
    vectors = VectorFile(tmp_path / "vectors.bin")
    vectors.append({key: unit_vector("same") for key in reversed(IDS)})
    assert [key for key, _ in vectors.nearest(unit_vector("same"), 50)] == sorted(IDS)


@pytest.mark.parametrize("k", [1, 50, 51, 10_000])
def test_k_may_be_more_than_there_are(file: VectorFile, k: int) -> None:
    assert len(file.nearest(unit_vector("question"), k)) == min(k, 50)


def test_an_empty_file_finds_nothing(tmp_path: Path) -> None:
    assert VectorFile(tmp_path / "vectors.bin").nearest(unit_vector("question"), 5) == []


def test_reopening_reads_the_same(file: VectorFile, tmp_path: Path) -> None:
    query = unit_vector("question")
    assert VectorFile(tmp_path / "vectors.bin").nearest(query, 50) == file.nearest(query, 50)


def test_an_id_is_held_once(file: VectorFile, tmp_path: Path) -> None:
    file.append({IDS[0]: VECTORS[IDS[0]], "p_new": unit_vector("new")})
    assert len(file) == 51
    assert len(VectorFile(tmp_path / "vectors.bin")) == 51
    assert file.nearest(unit_vector("new"), 1) == [("p_new", 1.0)]


def test_a_new_vector_of_an_id_supersedes_the_old_one(file: VectorFile, tmp_path: Path) -> None:
    """As when another embedding model reads the same passage again."""
    file.append({IDS[3]: unit_vector("changed")})
    for vectors in (file, VectorFile(tmp_path / "vectors.bin")):
        assert len(vectors) == 50
        found = vectors.nearest(unit_vector("changed"), 50)
        assert found[0] == (IDS[3], 1.0)
        assert sorted(key for key, _ in found) == sorted(IDS)
    file.compact(IDS)
    assert (tmp_path / "vectors.bin").stat().st_size == 50 * (22 + 4 * 384)


@pytest.mark.parametrize("cut", [1, 700, 1557])
def test_a_torn_record_is_dropped(file: VectorFile, tmp_path: Path, cut: int) -> None:
    path = tmp_path / "vectors.bin"
    os.truncate(path, path.stat().st_size - cut)
    again = VectorFile(path)
    assert len(again) == 49
    again.append({IDS[-1]: VECTORS[IDS[-1]]})
    query = unit_vector("question")
    assert VectorFile(path).nearest(query, 50) == file.nearest(query, 50)


def test_a_full_disk_leaves_the_file_readable(
    file: VectorFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            file.append({"p_lost": unit_vector("lost")})
    assert len(file) == 50
    file.append({"p_new": unit_vector("new")})
    again = VectorFile(tmp_path / "vectors.bin")
    assert len(again) == 51
    assert again.nearest(unit_vector("new"), 1) == [("p_new", 1.0)]


def test_compacting_keeps_the_live_ones(file: VectorFile, tmp_path: Path) -> None:
    query = unit_vector("question")
    live = set(IDS[::3]) | {"p_unknown"}
    expected = [hit for hit in file.nearest(query, 50) if hit[0] in live]
    file.compact(live)
    assert file.nearest(query, 50) == expected
    assert VectorFile(tmp_path / "vectors.bin").nearest(query, 50) == expected
    file.append(VECTORS)  # and those that were dropped may come again
    assert len(file) == 50
    assert np.array_equal(sorted(key for key, _ in file.nearest(query, 50)), sorted(IDS))


def test_searching_while_appending_loses_nothing(tmp_path: Path) -> None:
    vectors = VectorFile(tmp_path / "vectors.bin")
    query = unit_vector("question")
    with ThreadPoolExecutor(3) as pool:
        searches = [pool.submit(lambda: [vectors.nearest(query, 5) for _ in range(200)]) for _ in range(2)]
        pool.submit(lambda: [vectors.append({key: VECTORS[key]}) for key in IDS]).result()
        for search in searches:
            search.result()
    assert sorted(key for key, _ in vectors.nearest(query, 100)) == sorted(IDS)
