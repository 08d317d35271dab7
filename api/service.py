"""Everything the doors can do, in one place, so that command line and HTTP do the same."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api import parts
from api.asking import Asking, Manner
from api.errors import NotHeld, WrongUse
from api.lookup import all_documents, entity_ids, find_document, find_entities, find_entity, find_key, get_document
from api.settings import Settings
from kg.merges import OWNER
from kg.model import EVERYONE
from kg.resolution.manual import merge_names, split_name
from kg.resolution.resolve import resolve_entities
from kg.store import GraphStore, Neo4jLogin, Row, open_store
from kg.writer import remove_document
from qa.recorder import Recorder

# What is slow to import (spaCy, rdflib, onnxruntime) is imported by the methods that need it.
if TYPE_CHECKING:
    from extraction.report import IngestReport
    from extraction.sources import Source
    from qa.answer import Answer, Tier, TraceQuery

_FACT_LIMIT = 1000


class Service:
    """One open graph with the settings. Safe to use from several threads; documents are written one at a time."""

    def __init__(self, settings: Settings, store: GraphStore) -> None:
        self.settings = settings
        self.store = store
        self._writing = threading.Lock()
        self._asking = Asking(settings, store, self._writing)

    def groups_of(self, user: str | None) -> list[str] | None:
        """The groups of a user; None, which sees everything, for the owner of the machine. Raises `WrongUse`."""
        if user is None:
            return None
        if user not in self.settings.users:
            raise WrongUse(f"There is no user {user!r}; name them with their groups under [users] in evigraph.toml.")
        return sorted({EVERYONE, *self.settings.users[user]})

    def ingest(
        self,
        sources: "Sequence[Source]",
        report: "IngestReport",
        *,
        corpus: str,
        access: Sequence[str],
        workers: int = 1,
        progress: Callable[[int, int, str], None] = lambda done, total, name: None,
    ) -> None:
        """Bring the sources into the graph and fill in the report, also when interrupted.

        Raises `StoreError`, `UnusableSettings`, `OntologyError`, `EmbeddingModelMissing`; what was written stays.
        """
        from extraction.ingest import IngestOptions, ingest
        from kg.embedding import default_embedder

        started = time.perf_counter()
        parts.extractor(self.settings)
        default_embedder()
        report.seconds["start"] += time.perf_counter() - started
        options = IngestOptions(
            corpus=corpus,
            access=tuple(sorted(set(access))) or (EVERYONE,),
            extractor=self.settings.extractor,
            gguf_timeout=self.settings.gguf_timeout,
            ontology=self.settings.ontology,
            vocabulary=self.settings.vocabulary,
            max_bytes=self.settings.max_bytes,
            workers=workers,
        )
        with self._writing:
            ingest(self.store, sources, options, report, progress)
        report.seconds["total"] += time.perf_counter() - started

    def ask(
        self,
        question: str,
        groups: Sequence[str] | None = None,
        tier: "Tier | None" = None,
        as_of: str | None = None,
        manner: Manner | None = None,
    ) -> "Answer":
        """Answer a question, as things stood on the day `as_of` (YYYY-MM-DD), else on the one that it names.

        The same question gives the answer that was kept, while all that it depends on is the same. Raises `WrongUse`,
        `EmptyQuestion`, `StoreError`, `OntologyError`, `EmbeddingModelMissing`, `UnusableModels`, `UnusablePolicy`,
        `LedgerError`, `AskCancelled`.
        """
        return self._asking.ask(_storable(question), groups, tier, _day(as_of), manner or Manner())

    def finder(self, answer: "Answer") -> "TraceQuery | None":
        """The query of the trace that found the answer's facts; of several the one with the fewest others."""
        facts = {fact.id for fact in answer.facts}
        found: list[tuple[int, int, TraceQuery]] = []
        for query in answer.trace.queries:
            if query.name.startswith(("facts_", "path_")) and query.rows:
                rows = self.store.run(query.name, **query.parameters).rows
                ids = {identity for row in rows for identity in row.get("fact_ids", [row.get("id")])}
                found.append((-len(ids & facts), len(ids), query))
        best = min(found, key=lambda item: item[:2], default=None)
        return best[2] if best and best[0] else None

    def search(
        self, words: str, k: int, groups: Sequence[str] | None = None, as_of: str | None = None
    ) -> list[dict[str, Any]]:
        """The `k` best passages for some words, of documents in force on the day `as_of`. Raises as `ask` does."""
        from qa.ask import EmptyQuestion
        from qa.link import link
        from qa.question import understand
        from qa.ranking.rank import rank_passages

        if not any(character.isalnum() for character in words):
            raise EmptyQuestion("There is nothing to search for; give some words.")
        ontology = parts.ontology(self.settings)
        question = understand(_storable(words), ontology)
        recorder = Recorder(self.store, groups, _iso(as_of) or question.as_of)
        rows = rank_passages(question, link(question, recorder, ontology), recorder, k)
        return [_found_passage(rank, row) for rank, row in enumerate(rows, start=1)]

    def documents(self) -> list[Row]:
        """Every document held, by title."""
        return all_documents(self.store)

    def find_document(self, reference: str) -> str:
        """The id of the document that a person calls so: by id, URI, path, title or file name.

        Raises `NotHeld`, `Ambiguous`.
        """
        return str(find_document(_storable(reference), self.store)["id"])

    def show(self, identity: str, *, text: bool = False, facts: bool = False) -> dict[str, Any]:
        """What is held of the document with this id. Raises `NotHeld`."""
        document = get_document(identity, self.store)
        recorder = Recorder(self.store, None)
        passages = recorder.run("passages_of_document", document_id=identity)
        mentions = recorder.run("mentions_of_document", document_id=identity)
        entities = {
            item["entity_id"]: {"id": item["entity_id"], "name": item["name"], "type": item["type"]}
            for item in mentions
        }
        columns = ("id", "ordinal", "start", "end", "page", "heading")
        shown: dict[str, Any] = {
            **document,
            "passages": [{column: passage[column] for column in columns} for passage in passages],
            "entities": sorted(entities.values(), key=lambda entity: (entity["name"], entity["id"])),
        }
        if facts:
            shown["facts"] = recorder.run("facts_of_document", document_id=identity)
        if text:
            rows = recorder.run("document_text", document_id=identity)
            shown["text"] = rows[0]["text"] if rows else ""
        return shown

    def remove(self, identity: str) -> Row:
        """Remove the document with this id and all that only it said; the row it had. Raises `NotHeld`."""
        with self._writing:
            row = get_document(identity, self.store)
            remove_document(self.store, identity)
            resolve_entities(self.store, parts.ontology(self.settings))
        return row

    def entities(self, name: str, groups: Sequence[str] | None = None) -> list[Row]:
        """Entities by name with why names were merged into them; those that go by exactly this name first."""
        found = find_entities(_storable(name), Recorder(self.store, groups))
        return [self._with_merges(row, groups) for row in found]

    def merge(self, name: str, into: str, user: str | None = None) -> Row:
        """Make two entities one, on the word of a user; the entity. Raises `NotHeld`, `Ambiguous`, `MergeRefused`."""
        groups = self.groups_of(user)
        with self._writing:
            recorder = Recorder(self.store, groups)
            one, other = (find_key(_storable(item), recorder) for item in (name, into))
            merge_names(self.store, parts.ontology(self.settings), one, other, user or OWNER)
            return self._with_merges(find_entity(one, recorder), groups)

    def split(
        self, name: str, from_name: str | None = None, user: str | None = None, of: str | None = None
    ) -> list[Row]:
        """Take a name out of its entity, or apart from one other name, on the word of a user; the entities then.

        `of` is the id of the entity, where it was given. Raises `NotHeld`, `Ambiguous`, `MergeRefused`.
        """
        groups = self.groups_of(user)
        with self._writing:
            recorder = Recorder(self.store, groups)
            one = find_key(_storable(name), recorder)
            if of is not None and find_entity(one, recorder)["id"] != of:
                raise NotHeld(f"The entity {of!r} does not go by {name!r}.")
            other = find_key(_storable(from_name), recorder) if from_name is not None else None
            apart = split_name(self.store, parts.ontology(self.settings), one, other, user or OWNER)
            rows = recorder.run("entities_by_key", keys=[one, *apart])
            return [self._with_merges(row, groups) for row in sorted(rows, key=lambda row: str(row["name"]))]

    def _with_merges(self, row: Row, groups: Sequence[str] | None) -> Row:
        listed = None if groups is None else list(groups)
        merges = self.store.run("merges_of_entity", entity_id=row["id"], groups=listed).rows if row["aliases"] else []
        return {**row, "merges": merges}

    def entity(self, identity: str, groups: Sequence[str] | None = None) -> Row:
        """One entity. Raises `NotHeld`."""
        rows = Recorder(self.store, groups).run("entity", entity_id=_storable(identity))
        if not rows:
            raise NotHeld(f"There is no entity {identity!r} in the graph.")
        return self._with_merges(rows[0], groups)

    def neighbours(
        self, identity: str, as_of: str | None = None, groups: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """An entity with the facts of which it is subject or object on the day `as_of`. Raises `NotHeld`."""
        entity = self.entity(identity, groups)
        recorder = Recorder(self.store, groups, _iso(as_of))
        facts = recorder.run("facts_of_entities", entity_ids=[entity["id"]], limit=_FACT_LIMIT)
        return {"entity": entity, "facts": facts}

    def paths(
        self, start: str, end: str, as_of: str | None = None, groups: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """The shortest chains of facts on the day `as_of` between two entities, by id or name. Raises `NotHeld`."""
        from qa.retrieve import find_paths

        recorder = Recorder(self.store, groups, _iso(as_of))
        from_ids, to_ids = entity_ids(_storable(start), recorder), entity_ids(_storable(end), recorder)
        chains, rows = find_paths(from_ids, to_ids, recorder)
        facts = {fact["id"]: fact for fact in rows}
        paths = [[facts[identity] for identity in chain] for chain in chains]
        return {"from_ids": from_ids, "to_ids": to_ids, "paths": paths}

    def size(self) -> Row:
        """How many documents and passages the graph holds. Raises `StoreError`."""
        return self.store.run("graph_size", groups=None).rows[0]

    def evaluate(
        self, questions: Path, tier: "Tier | None", progress: Callable[[int, int], None]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Ask every question of a file: the shares, and the questions that went wrong. Raises `UnusableQuestions`."""
        from qa.evaluate import as_rows, evaluate, read_questions

        summary, verdicts = evaluate(read_questions(questions), lambda text: self.ask(text, None, tier), progress)
        wrong = [v for v in verdicts if not (v.right_evidence if v.answerable else v.status == "abstained")]
        return summary, as_rows(wrong)


@contextmanager
def open_service(settings: Settings) -> Iterator[Service]:
    """The service on the graph that the settings name, closed afterwards. Raises `StoreError`."""
    login = Neo4jLogin(settings.neo4j_user, settings.neo4j_password.get_secret_value(), settings.neo4j_database)
    store = open_store(settings.graph, login)
    try:
        yield Service(settings, store)
    finally:
        store.close()


def _found_passage(rank: int, row: Row) -> dict[str, Any]:
    return {
        "rank": rank,
        "passage_id": row["id"],
        "document": {"id": row["document_id"], **{key: row[key] for key in ("title", "uri", "version")}},
        **{key: row[key] for key in ("start", "end", "page", "heading", "text")},
        "score": row["fused"],
    }


def _day(text: str | None) -> date | None:
    """A day as it comes through the doors. Raises `WrongUse`."""
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise WrongUse(f"{text!r} is no day of the calendar; give as-of as YYYY-MM-DD, such as 2025-03-01.")


def _iso(text: str | None) -> str | None:
    day = _day(text)
    return None if day is None else day.isoformat()


def _storable(text: str) -> str:
    """A lone surrogate, as from an argument that is not UTF-8, reads as "?": no store takes one."""
    return text.encode("utf-8", "replace").decode("utf-8")
