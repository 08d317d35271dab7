"""Policies and the list of erased names, on both databases."""

import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from extraction.ingest import IngestOptions, ingest
from extraction.report import IngestReport
from extraction.sources import Source
from governance.database import Database
from governance.privacy.erased import ErasedNames
from governance.privacy.masking import Masking
from governance.privacy.person import Person
from governance.privacy.policies import Policies, Policy, UnusablePolicy
from governance.privacy.remains import tables_holding
from kg.embedded import EmbeddedStore


def test_a_policy_is_set_replaced_and_listed(database: Database) -> None:
    policies = Policies(database)
    policies.put(Policy("hr", "payroll", 365, "contract"))
    policies.put(Policy("audit", "audits", None, ""))
    policies.put(Policy("hr", "payroll and leave", 730, "contract"))
    assert [(item.corpus, item.purpose, item.retention_days) for item in policies.all()] == [
        ("audit", "audits", None),
        ("hr", "payroll and leave", 730),
    ]
    for policy in (
        Policy(" ", "x", 1, ""),
        Policy("hr", "", 1, ""),
        Policy("hr", "x", 0, ""),
        Policy("hr", "x", 10**9, ""),
    ):
        with pytest.raises(UnusablePolicy):
            policies.put(policy)


def test_what_is_older_than_its_corpus_allows_has_expired(database: Database, tmp_path: Path) -> None:
    store, policies = EmbeddedStore(tmp_path / "graph"), Policies(database)
    for corpus in ("hr", "audit", "other"):
        source = Source(f"file:///{corpus}.md", f"{corpus}.md", data=b"# Note\n\nBo Ek owns Vega.\n")
        ingest(store, [source], IngestOptions(corpus=corpus, extractor="rules"), IngestReport(), lambda *_: None)
    policies.put(Policy("hr", "payroll", 30, ""))
    policies.put(Policy("audit", "audits", None, ""))
    later = datetime.now(UTC) + timedelta(days=29)
    assert policies.expired(store, later) == []
    assert [row["corpus"] for row in policies.expired(store, later + timedelta(days=2))] == ["hr"]
    store.close()


def test_the_list_holds_hashes_and_masks_all_the_same(database: Database) -> None:
    names = ErasedNames(database)
    assert names.masking() is None
    identity = names.begin({("thessaly", "quorndale"): "any", ("quorndale",): "part"}, "owner", "asked for")
    masking = names.masking()
    assert masking is not None
    assert masking("Thessaly Quorndale came; Quorndale left.") == "██████████████████ came; █████████ left."
    assert masking("Quorndale left.") == "Quorndale left."
    assert names.salt() == ErasedNames(database).salt()
    [record] = names.records()
    assert (record.id, record.state) == (identity, "begun")
    names.finish(identity, {"graph": 2})
    assert (names.records()[0].state, names.records()[0].counts) == ("done", {"graph": 2})
    person = Person("p", ("Thessaly Quorndale",), frozenset(), (), (), {("thessaly", "quorndale"): "any"}, b"salt")
    assert tables_holding(database, person) == []


def test_it_can_be_sent_to_another_process(database: Database) -> None:
    names = ErasedNames(database)
    names.begin({("thessaly", "quorndale"): "any"}, "owner", "asked for")
    masking = names.masking()
    assert masking is not None
    masking("Warm it up.")
    sent: Masking = pickle.loads(pickle.dumps(masking))  # noqa: S301
    assert sent.texts(["T", "Thessaly Quorndale"]) == ["T", "██████████████████"]


def test_a_table_that_holds_a_name_is_told(database: Database) -> None:
    Policies(database).put(Policy("hr", "the file of Thessaly Quorndale", None, ""))
    person = Person("p", ("Thessaly Quorndale",), frozenset(), (), (), {("thessaly", "quorndale"): "any"}, b"salt")
    assert tables_holding(database, person) == ["privacy_policies"]


def test_compaction_leaves_what_is_held(database: Database) -> None:
    Policies(database).put(Policy("hr", "payroll", None, ""))
    left = database.compact()
    assert ("PostgreSQL" in left) == (database.dialect == "postgresql")
    assert len(Policies(database).all()) == 1
