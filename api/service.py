"""Everything the doors can do, in one place, so that command line and HTTP do the same."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api import lookup, parts
from api.acting import ACTING
from api.asking import Manner
from api.errors import NotHeld, WrongUse
from api.given import as_day, as_iso, storable
from api.governed import Governed
from api.kept import asked_now
from api.settings import Settings
from kg.merges import OWNER
from kg.model import EVERYONE
from kg.resolution.manual import merge_names, split_name
from kg.resolution.resolve import resolve_entities
from kg.store import Neo4jLogin, Row, open_store
from kg.writer import remove_document
from qa.recorder import Recorder

# What is slow to import (spaCy, rdflib, onnxruntime) is imported by the methods that need it.
if TYPE_CHECKING:
    from extraction.report import IngestReport
    from extraction.sources import Source
    from qa.answer import Answer, Tier, TraceQuery

_FACT_LIMIT = 1000


class Service(Governed):
    """One open graph with the settings. Safe to use from several threads; documents are written one at a time."""

    def forget_answers(self) -> None:
        """Keep no answer in memory any longer."""
        self.asking.forget()

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
        groups: Sequence[str] | None = None,
    ) -> None:
        """Bring the sources into the graph and fill in the report, also when interrupted.

        Who is in `groups` gives access to those only, and replaces no document that they may not see. What was written
        stays. Raises `NotAllowed`, `StoreError`, `UnusableSettings`, `OntologyError`, `EmbeddingModelMissing`.
        """
        from extraction.ingest import IngestOptions, ingest, masked
        from governance.privacy.erased import ErasedNames
        from kg.embedding import default_embedder

        started = time.perf_counter()
        settings = self.operations.in_force()
        parts.extractor(settings)
        default_embedder()
        report.seconds["start"] += time.perf_counter() - started
        options = IngestOptions(
            corpus=corpus,
            access=tuple(sorted(set(access))) or (EVERYONE,),
            extractor=self.settings.extractor,
            gguf_timeout=self.settings.gguf_timeout,
            ontology=settings.ontology,
            vocabulary=self.settings.vocabulary,
            max_bytes=self.settings.max_bytes,
            workers=workers,
            mask=ErasedNames(self.database).masking(),
        )
        sources = masked(sources, options)
        with self.audited("ingest", corpus, files=len(sources), access=list(options.access)) as told, self.writing:
            lookup.check_writable([source.uri for source in sources], corpus, access, groups, self.store)
            try:
                ingest(self.store, sources, options, report, progress)
            finally:
                told |= {"added": report.added, "changed": report.changed, "refused": len(report.refused)}
        report.seconds["total"] += time.perf_counter() - started

    def ask(
        self,
        question: str,
        groups: Sequence[str] | None = None,
        tier: "Tier | None" = None,
        as_of: str | None = None,
        manner: Manner | None = None,
        keep: bool = True,
    ) -> "Answer":
        """Answer a question, as things stood on the day `as_of` (YYYY-MM-DD), else on the one that it names.

        `keep`: it is kept, to be proven and replayed. The same question gives the answer that was given before, while
        all that it depends on is the same. Raises `WrongUse`, `EmptyQuestion`, `StoreError`, `OntologyError`,
        `EmbeddingModelMissing`, `UnusableModels`, `UnusablePolicy`, `LedgerError`, `AskCancelled`, `DatabaseError`.
        """
        asked_at, text, manner = asked_now(), storable(question), manner or Manner()
        day = as_day(as_of)
        if not keep:
            return self.asking.ask(text, groups, tier, day, manner)
        with self.audited("ask", text, **({"as": manner.user} if manner.user else {})) as told:
            answer = self._ask(text, groups, tier, day, manner)
            self.kept.keep(answer, text, groups, tier, as_of, manner, asked_at)
            told |= {"answer": answer.id, "status": answer.status, "tier": answer.trace.route.tier}
            told["versions"] = answer.trace.versions.model_dump()
        return answer

    def _ask(
        self, text: str, groups: Sequence[str] | None, tier: "Tier | None", day: date | None, manner: Manner
    ) -> "Answer":
        """The answer that the flags give this user, as it is to be told after the review policy looked at it."""
        who = replace(ACTING.get(), user=manner.user or OWNER, groups=None if groups is None else tuple(groups))
        chosen = self.flagging.choose(self.operations.in_force(), who.user, groups)
        unwatched = replace(manner, user=None, observer=None, cancel=None)
        try:
            answer = self.asking.ask(text, groups, tier, day, manner, chosen.settings)
        except Exception as error:
            self.flagging.failed(chosen, error)
            raise
        self.flagging.after(
            chosen, answer, lambda settings: self.asking.fresh(text, groups, tier, day, unwatched, settings)
        )
        return self.queue.consider(answer, manner, who)

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
        ontology = parts.ontology(self.operations.in_force())
        question = understand(storable(words), ontology)
        recorder = Recorder(self.store, groups, as_iso(as_of) or question.as_of)
        rows = rank_passages(question, link(question, recorder, ontology), recorder, k)
        return [_found_passage(rank, row) for rank, row in enumerate(rows, start=1)]

    def documents(self, groups: Sequence[str] | None = None) -> list[Row]:
        """Every document held that the groups may see, by title."""
        return lookup.all_documents(self.store, groups)

    def find_document(self, reference: str, groups: Sequence[str] | None = None) -> str:
        """The id of the document that a person calls so: by id, URI, path, title or file name.

        Raises `NotHeld`, `Ambiguous`.
        """
        return str(lookup.find_document(storable(reference), self.store, groups)["id"])

    def show(
        self, identity: str, *, text: bool = False, facts: bool = False, groups: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """What is held of the document with this id. Raises `NotHeld`."""
        document = lookup.get_document(identity, self.store, groups)
        recorder = Recorder(self.store, groups)
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

    def remove(self, identity: str, groups: Sequence[str] | None = None) -> Row:
        """Remove the document with this id and all that only it said; the row it had. Raises `NotHeld`."""
        with self.audited("remove", identity), self.writing:
            row = lookup.get_document(identity, self.store, groups)
            remove_document(self.store, identity)
            self.kept.forget(identity)
            self.queue.forget_documents([identity])
            resolve_entities(self.store, parts.ontology(self.operations.in_force()))
        return row

    def compact(self) -> str:
        """Rewrite the graph's files without what was removed; what may be left of it, in a sentence, or "".

        Raises `StoreError`.
        """
        with self.audited("compact", self.settings.graph), self.writing:
            return self.store.compact()

    def entities(self, name: str, groups: Sequence[str] | None = None) -> list[Row]:
        """Entities by name with why names were merged into them; those that go by exactly this name first."""
        found = lookup.find_entities(storable(name), Recorder(self.store, groups))
        return [self._with_merges(row, groups) for row in found]

    def merge(self, name: str, into: str, user: str | None = None, groups: Sequence[str] | None = None) -> Row:
        """Make two entities one, on the word of a user; the entity. Raises `NotHeld`, `Ambiguous`, `MergeRefused`."""
        with self.audited("merge", name, into=into), self.writing:
            recorder = Recorder(self.store, groups)
            one, other = (lookup.find_key(storable(item), recorder) for item in (name, into))
            merge_names(self.store, parts.ontology(self.operations.in_force()), one, other, user or OWNER)
            return self._with_merges(lookup.find_entity(one, recorder), groups)

    def split(
        self,
        name: str,
        from_name: str | None = None,
        user: str | None = None,
        of: str | None = None,
        groups: Sequence[str] | None = None,
    ) -> list[Row]:
        """Take a name out of its entity, or apart from one other name, on the word of a user; the entities then.

        `of` is the id of the entity, where it was given. Raises `NotHeld`, `Ambiguous`, `MergeRefused`.
        """
        with self.audited("split", name, **{"from": from_name}), self.writing:
            recorder = Recorder(self.store, groups)
            one = lookup.find_key(storable(name), recorder)
            if of is not None and lookup.find_entity(one, recorder)["id"] != of:
                raise NotHeld(f"The entity {of!r} does not go by {name!r}.")
            other = lookup.find_key(storable(from_name), recorder) if from_name is not None else None
            apart = split_name(self.store, parts.ontology(self.operations.in_force()), one, other, user or OWNER)
            rows = recorder.run("entities_by_key", keys=[one, *apart])
            return [self._with_merges(row, groups) for row in sorted(rows, key=lambda row: str(row["name"]))]

    def _with_merges(self, row: Row, groups: Sequence[str] | None) -> Row:
        listed = None if groups is None else list(groups)
        merges = self.store.run("merges_of_entity", entity_id=row["id"], groups=listed).rows if row["aliases"] else []
        return {**row, "merges": merges}

    def entity(self, identity: str, groups: Sequence[str] | None = None) -> Row:
        """One entity. Raises `NotHeld`."""
        rows = Recorder(self.store, groups).run("entity", entity_id=storable(identity))
        if not rows:
            raise NotHeld(f"There is no entity {identity!r} in the graph.")
        return self._with_merges(rows[0], groups)

    def neighbours(
        self, identity: str, as_of: str | None = None, groups: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """An entity with the facts of which it is subject or object on the day `as_of`. Raises `NotHeld`."""
        entity = self.entity(identity, groups)
        recorder = Recorder(self.store, groups, as_iso(as_of))
        facts = recorder.run("facts_of_entities", entity_ids=[entity["id"]], limit=_FACT_LIMIT)
        return {"entity": entity, "facts": facts}

    def paths(
        self, start: str, end: str, as_of: str | None = None, groups: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """The shortest chains of facts on the day `as_of` between two entities, by id or name. Raises `NotHeld`."""
        from qa.retrieve import find_paths

        recorder = Recorder(self.store, groups, as_iso(as_of))
        from_ids, to_ids = lookup.entity_ids(storable(start), recorder), lookup.entity_ids(storable(end), recorder)
        chains, rows = find_paths(from_ids, to_ids, recorder)
        facts = {fact["id"]: fact for fact in rows}
        paths = [[facts[identity] for identity in chain] for chain in chains]
        return {"from_ids": from_ids, "to_ids": to_ids, "paths": paths}

    def export_graph(self, file: Path) -> None:
        """Write the whole graph as RDF. Raises `UnusableGraphFile`, `StoreError`, `OSError`."""
        from governance.provenance.carry import export_graph, write_file

        write_file(export_graph(self.store), file)

    def import_graph(self, file: Path) -> dict[str, int]:
        """Bring an exported graph into this one, which is empty; how much of what. Raises `GraphNotEmpty`,
        `UnusableGraphFile`, `StoreError`, `OSError`."""
        from governance.provenance.carry import import_graph, read_file

        with self.writing:
            return import_graph(read_file(file), self.store)

    def size(self, groups: Sequence[str] | None = None) -> Row:
        """How many documents and passages the graph holds that the groups may see. Raises `StoreError`."""
        return Recorder(self.store, groups).run("graph_size")[0]

    def evaluate(
        self, questions: Path, tier: "Tier | None", progress: Callable[[int, int], None]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Ask every question of a file: the shares, and the questions that went wrong. Raises `UnusableQuestions`."""
        from qa.evaluate import as_rows, evaluate, read_questions

        summary, verdicts = evaluate(
            read_questions(questions), lambda text: self.ask(text, None, tier, keep=False), progress
        )
        wrong = [v for v in verdicts if not (v.right_evidence if v.answerable else v.status == "abstained")]
        return summary, as_rows(wrong)


@contextmanager
def open_service(settings: Settings) -> Iterator[Service]:
    """The service on the graph that the settings name, closed afterwards. Raises `StoreError`."""
    login = Neo4jLogin(settings.neo4j_user, settings.neo4j_password.get_secret_value(), settings.neo4j_database)
    store = open_store(settings.graph, login)
    service = Service(settings, store)
    try:
        yield service
    finally:
        service.close()


def _found_passage(rank: int, row: Row) -> dict[str, Any]:
    return {
        "rank": rank,
        "passage_id": row["id"],
        "document": {"id": row["document_id"], **{key: row[key] for key in ("title", "uri", "version")}},
        **{key: row[key] for key in ("start", "end", "page", "heading", "text")},
        "score": row["fused"],
    }
