"""Decisions that two names are one entity's, or are not: the rule's and people's, as records in the graph."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from kg.model import make_id
from kg.resolution.names import blocks
from kg.store import GraphStore, Row, Step

#: Who decides when no person did.
RULE = "rule"
#: Who decides when nobody is named: whoever sits at the machine.
OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Merge:
    """A decision on two names by key: `status` "merged" joins them, "split" keeps them apart whatever the rule says.

    Only a person splits; what the rule no longer holds to be one has no record. `score` is from 0 to 1.
    """

    key: str
    into_key: str
    score: float
    reasons: tuple[str, ...]
    decided_by: str
    decided_at: str
    status: Literal["merged", "split"]

    @property
    def pair(self) -> frozenset[str]:
        """The two keys."""
        return frozenset((self.key, self.into_key))

    @property
    def id(self) -> str:
        """The same whichever of the two goes into the other."""
        return make_id("m", *sorted(self.pair))


def load_merges(store: GraphStore, keys: Iterable[str]) -> dict[frozenset[str], Merge]:
    """The decisions on any of the names."""
    found = [_merge(row) for row in store.run("merges_of_names", keys=sorted(set(keys))).rows]
    return {merge.pair: merge for merge in found}


def record_merge(store: GraphStore, key: str, into_key: str, user: str, apart: Iterable[frozenset[str]]) -> None:
    """A person's decision that two names are one entity's; their former decisions `apart` go. Not yet carried out."""
    merge = Merge(key, into_key, 1.0, (f"decided by {user}",), user, _now(), "merged")
    gone = [{"id": make_id("m", *sorted(pair))} for pair in apart if pair != merge.pair]
    store.write([Step("delete_merges", {"rows": gone}), *_recorded([merge])], {})


def record_split(store: GraphStore, key: str, others: Iterable[str], user: str) -> None:
    """A person's decision that a name is no other's entity. Not yet carried out."""
    now = _now()
    splits = [Merge(key, other, 0.0, (f"decided by {user}",), user, now, "split") for other in sorted(set(others))]
    store.write(_recorded(splits), {})


def merge_rows(merges: Iterable[Merge]) -> list[dict[str, Any]]:
    """The records as the query `write_merges` takes them."""
    return [
        {
            "id": merge.id,
            "key": merge.key,
            "into_key": merge.into_key,
            "score": merge.score,
            "reasons": list(merge.reasons),
            "decided_by": merge.decided_by,
            "decided_at": merge.decided_at,
            "status": merge.status,
        }
        for merge in merges
    ]


def _recorded(merges: list[Merge]) -> list[Step]:
    """The records, and their names to be resolved again; a value, which is never compared, gets a block of its own."""
    rows = [
        {"id": make_id("b", block, key), "key": key, "block": block}
        for key in sorted({key for merge in merges for key in merge.pair})
        for block in sorted(blocks(key) or {f"key:{key}"})
    ]
    return [Step("write_merges", {"rows": merge_rows(merges)}), Step("write_name_blocks", {"rows": rows})]


def _merge(row: Row) -> Merge:
    status: Literal["merged", "split"] = "merged" if row["status"] == "merged" else "split"
    reasons = tuple(row["reasons"])
    return Merge(row["key"], row["into_key"], row["score"], reasons, row["decided_by"], row["decided_at"], status)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
