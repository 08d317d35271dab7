"""Which corpus an answer draws on: read anew only when the graph has changed, since it names every document."""

import hashlib
import threading
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from kg.store import GraphStore, visibility

# Each caller's groups and day see another corpus; so many of them are kept.
_KEPT = 1000
_Seen = tuple[tuple[str, ...] | None, str | None]
_held: WeakKeyDictionary[GraphStore, tuple[int, dict[_Seen, str]]] = WeakKeyDictionary()
_lock = threading.Lock()


def corpus_version(store: GraphStore, groups: Sequence[str] | None, as_of: str | None) -> str:
    """How many documents these groups see on the day, and 12 hex digits that change when one of them does.

    The digits are of the SHA-256 of the rows of the query `corpus_state`, a line "id sha256" each. Raises `StoreError`.
    """
    seen = (None if groups is None else tuple(sorted(groups)), as_of)
    # Counted before the documents are read: what changes meanwhile is read anew the next time.
    changes = store.changes()
    with _lock:
        counted, known = _held.get(store, (-1, {}))
        if counted == changes and seen in known:
            return known[seen]
    rows = store.run("corpus_state", **visibility("corpus_state", store.dialect, groups, as_of)).rows
    listed = "\n".join(f"{row['id']} {row['sha256']}" for row in rows)
    version = f"{len(rows)} documents@{hashlib.sha256(listed.encode()).hexdigest()[:12]}"
    with _lock:
        counted, known = _held.get(store, (-1, {}))
        kept = known if counted == changes and len(known) < _KEPT else {}
        _held[store] = (changes, {**kept, seen: version})
    return version
