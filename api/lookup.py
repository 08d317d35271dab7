"""What people call documents and entities, to the ones that the graph holds."""

from collections.abc import Sequence
from pathlib import Path

from api.errors import Ambiguous, NotAllowed, NotHeld
from api.uris import file_name
from kg.model import EVERYONE, document_id
from kg.names import normalise_name
from kg.store import GraphStore, Row
from kg.terms import term_text
from qa.recorder import Recorder

_EVERY = 10_000_000
_SEARCHED = 40


def all_documents(store: GraphStore, groups: Sequence[str] | None = None) -> list[Row]:
    """Every document held that the groups may see, None for all, by title."""
    return Recorder(store, groups).run("documents", limit=_EVERY)


def get_document(identity: str, store: GraphStore, groups: Sequence[str] | None = None) -> Row:
    """The document with this id, if the groups may see it. Raises `NotHeld`."""
    rows = Recorder(store, groups).run("document", document_id=identity)
    if not rows:
        raise NotHeld(f"There is no document with the id {identity!r} in the graph.")
    return rows[0]


def check_writable(
    uris: Sequence[str], corpus: str, access: Sequence[str], groups: Sequence[str] | None, store: GraphStore
) -> None:
    """Whether who is in `groups` may write documents at these URIs for the groups `access`. Raises `NotAllowed`.

    They may give access to groups that they are in; and they may not replace a document that they may not see.
    """
    if groups is None:
        return
    for group in access:
        if group not in groups and group != EVERYONE:
            raise NotAllowed(f"You are not in the group {group!r}, so you may not give it access to a document.")
    for uri in uris:
        identity = document_id(corpus, uri)
        held = Recorder(store, None).run("document", document_id=identity)
        if held and not Recorder(store, groups).run("document", document_id=identity):
            raise NotAllowed(f"{file_name(uri)} cannot be written in the corpus {corpus!r}; give it another name.")


def find_document(reference: str, store: GraphStore, groups: Sequence[str] | None = None) -> Row:
    """The document with this id, URI or path, else the only one with this title or file name, that the groups may see.

    Raises `NotHeld`, `Ambiguous`.
    """
    documents = all_documents(store, groups)
    found = [row for row in documents if reference == row["id"]]
    found = found or [row for row in documents if row["uri"] in (reference, _as_uri(reference))]
    found = found or [row for row in documents if reference.casefold() in _names(row)]
    if not found:
        raise NotHeld(f"There is no document {reference!r} in the graph; `evigraph documents` lists them.")
    if len(found) > 1:
        listed = ", ".join(f"{row['id']} ({row['uri']}, corpus {row['corpus']})" for row in found[:10])
        raise Ambiguous(f"{len(found)} documents go by {reference!r}; give the id of one: {listed}.")
    return found[0]


def find_entities(name: str, recorder: Recorder) -> list[Row]:
    """Entities by name: those that go by exactly this one first, then by full text."""
    key = normalise_name(name)
    rows = recorder.run("entities_by_key", keys=[key]) + recorder.search_text(
        "search_entities", term_text(name), _SEARCHED
    )
    columns = ("id", "name", "type", "value", "aliases")
    unique = {row["id"]: {column: row[column] for column in columns} for row in rows}
    return sorted(unique.values(), key=lambda row: not _goes_by(row, key))


def find_entity(reference: str, recorder: Recorder) -> Row:
    """The entity with this id or key, or the only one that goes by this name. Raises `NotHeld`, `Ambiguous`."""
    key = normalise_name(reference)
    # A key is not normalised again (see `kg.names`), so it is tried as it is, too.
    rows = recorder.run("entity", entity_id=reference) or recorder.run("entities_by_key", keys=[reference])
    rows = rows or recorder.run("entities_by_key", keys=[key])
    if not rows:
        found = [row["id"] for row in find_entities(reference, recorder) if _goes_by(row, key)]
        rows = [row for identity in found for row in recorder.run("entity", entity_id=identity)]
    if not rows:
        raise NotHeld(f"There is no entity named {reference!r} in the graph.")
    if len(rows) > 1:
        listed = ", ".join(f"{row['id']} ({row['name']}, {row['type']})" for row in rows[:10])
        raise Ambiguous(f"{len(rows)} entities go by {reference!r}; give the id of one: {listed}.")
    return rows[0]


def find_key(reference: str, recorder: Recorder) -> str:
    """The key of a name that the documents have, merged or not; of an id or alias, that of what its entity goes by.

    Raises `NotHeld`, `Ambiguous`.
    """
    key = normalise_name(reference)
    return key if recorder.run("entities_by_key", keys=[key]) else str(find_entity(reference, recorder)["key"])


def entity_ids(reference: str, recorder: Recorder) -> list[str]:
    """The id given, or the ids of the entities that go by this name. Raises `NotHeld`."""
    if recorder.run("entity", entity_id=reference):
        return [reference]
    key = normalise_name(reference)
    ids = [row["id"] for row in find_entities(reference, recorder) if _goes_by(row, key)]
    if not ids:
        raise NotHeld(f"There is no entity named {reference!r} in the graph.")
    return ids


def _goes_by(row: Row, key: str) -> bool:
    return key in (normalise_name(name) for name in (row["name"], *(row["aliases"] or [])))


def _names(row: Row) -> tuple[str, str]:
    return row["title"].casefold(), file_name(row["uri"]).casefold()


def _as_uri(reference: str) -> str:
    try:
        return Path(reference).resolve().as_uri()
    except (OSError, ValueError):  # no path at all: too long, or with a NUL in it
        return ""
