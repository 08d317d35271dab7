"""What may be spent: never more than the limits, by however many at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa.budget import Ledger, LedgerError, Purse


def test_what_is_set_aside_is_spent_until_it_is_settled(tmp_path: Path) -> None:
    purse = Purse(Ledger(tmp_path / "spent.sqlite"), {"user maria": 1.0, "tenant acme": 5.0})
    assert purse.left() == 1.0
    assert purse.reserve(0.7)
    assert round(purse.left(), 6) == 0.3
    assert not purse.reserve(0.4)
    assert round(purse.left(), 6) == 0.3  # and nothing was set aside
    purse.settle(0.7, 0.2)
    assert round(purse.left(), 6) == 0.8
    assert Purse(Ledger(tmp_path / "spent.sqlite"), {"user maria": 1.0}).left() == pytest.approx(0.8)


def test_a_tenants_limit_binds_all_its_users(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "spent.sqlite")
    maria, bo = (Purse(ledger, {f"user {name}": 1.0, "tenant acme": 1.5}) for name in ("maria", "bo"))
    assert maria.reserve(1.0)
    assert round(bo.left(), 6) == 0.5
    assert not bo.reserve(0.6)
    assert bo.reserve(0.5)
    assert bo.left() == 0.0


def test_two_never_take_the_same_cent(tmp_path: Path) -> None:
    purses = [Purse(Ledger(tmp_path / "spent.sqlite"), {"user maria": 1.0}) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: purses[number % 8].reserve(0.1), range(40)))
    assert sum(taken) == 10


def test_another_day_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    purse = Purse(Ledger(tmp_path / "spent.sqlite"), {"user maria": 1.0})
    assert purse.reserve(1.0)
    monkeypatch.setattr("qa.budget._today", lambda: "2099-01-01")
    assert purse.left() == 1.0


def test_nothing_limits_where_there_is_no_limit(tmp_path: Path) -> None:
    purse = Purse(Ledger(tmp_path / "spent.sqlite"), {})
    assert purse.left() == float("inf")
    assert purse.reserve(1e9)


def test_a_file_that_is_no_ledger_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "spent.sqlite").write_text("Dear diary, " * 100)
    with pytest.raises(LedgerError, match="mend or remove it"):
        Ledger(tmp_path / "spent.sqlite")
