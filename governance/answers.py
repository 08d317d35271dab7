"""The answers that were given, kept with what they rest on: to be read again, proven, replayed, withdrawn."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from governance.database import Base, Database
from governance.provenance.sources import Sources
from qa.answer import Answer

#: Which of some documents, by id, a caller may see now.
Visible = Callable[[Sequence[str]], Collection[str]]
WITHDRAWN = "withdrawn"


class NoSuchAnswer(LookupError):
    """No answer of this id, or none that the caller may read; the message is one sentence."""


class AnswerWithdrawn(LookupError):
    """The answer rests on what is no longer held; the message is one sentence."""


class AnswerRow(Base):
    """One answer; `answer` and `sources` are JSON, null once it was withdrawn."""

    __tablename__ = "answers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked_at: Mapped[str] = mapped_column(String(32))
    at: Mapped[str] = mapped_column(String(32))
    user: Mapped[str] = mapped_column("user_name", Text)
    groups: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    as_of: Mapped[str | None] = mapped_column(String(10))
    question: Mapped[str] = mapped_column(Text)
    tier: Mapped[str | None] = mapped_column(String(16))
    stakes: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    answer: Mapped[str | None] = mapped_column(Text)
    sources: Mapped[str | None] = mapped_column(Text)
    versions: Mapped[dict[str, str]] = mapped_column(JSON)
    withdrawn_at: Mapped[str | None] = mapped_column(String(32))


class AnswerDocument(Base):
    """A document that an answer cites."""

    __tablename__ = "answer_documents"

    answer_id: Mapped[str] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[str] = mapped_column(String(64), primary_key=True)


# Of the tables: rows as they are, without the objects that a session makes of them.
_ADD_ANSWER = insert(AnswerRow.__table__)  # type: ignore[arg-type]
_ADD_DOCUMENTS = insert(AnswerDocument.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question was asked: by whom, with which groups (None: all), of which day, of which tier, and when."""

    user: str
    groups: tuple[str, ...] | None
    question: str
    as_of: str | None
    tier: str | None
    stakes: str
    asked_at: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was given at `at`, and what it rests on; `versions` are those of its trace."""

    id: str
    at: str
    asked: Asked
    answer: Answer
    sources: Sources
    versions: dict[str, str]

    def is_whole_for(self, groups: Sequence[str] | None) -> bool:
        """Whether these groups see all that those saw who asked: else parts of the trace may tell more than they may
        know."""
        return groups is None or (self.asked.groups is not None and set(self.asked.groups) <= set(groups))


@dataclass(frozen=True, slots=True)
class Listed:
    """An answer in a list; `withdrawn_at` is when its content was dropped, else None."""

    id: str
    at: str
    user: str
    question: str
    status: str
    withdrawn_at: str | None


class AnswerStore:
    """The answers kept in the operations database. Safe to use from several threads. Raises `DatabaseError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, answer: Answer, asked: Asked, sources: Sources) -> None:
        """Keep an answer under its id."""
        values = {
            "id": answer.id,
            "asked_at": asked.asked_at,
            "at": now(),
            "user_name": asked.user,
            "groups": None if asked.groups is None else sorted(asked.groups),
            "as_of": asked.as_of,
            "question": asked.question.replace("\0", "\N{REPLACEMENT CHARACTER}"),  # PostgreSQL holds no NUL
            "tier": asked.tier,
            "stakes": asked.stakes,
            "status": answer.status,
            "answer": answer.model_dump_json(),
            "sources": sources.model_dump_json(),
            "versions": answer.trace.versions.model_dump(),
        }
        cited = sorted({citation.document.id for citation in answer.citations})
        with self._database.connection() as connection:  # every question waits for this
            connection.execute(_ADD_ANSWER, values)
            if cited:
                documents = [{"answer_id": answer.id, "document_id": identity} for identity in cited]
                connection.execute(_ADD_DOCUMENTS, documents)

    def get(self, identity: str, user: str, groups: Sequence[str] | None, visible: Visible) -> StoredAnswer:
        """The answer, for the user who asked, for who sees everything, or for who may see all that they might.

        To others not even the question is told, as it may name what does not exist for them. Of their own answer, users
        who may see less by now get a trace without what more access showed. Raises `NoSuchAnswer`, `AnswerWithdrawn`.
        """
        with self._database.transaction() as session:
            row = session.get(AnswerRow, identity)
            cited = list(
                session.scalars(select(AnswerDocument.document_id).where(AnswerDocument.answer_id == identity))
            )
        own = row is not None and (row.user == user or groups is None)
        as_much = row is not None and row.groups is not None and set(row.groups) <= set(groups or ())
        if row is None or not (own or (as_much and set(cited) <= set(visible(sorted(cited))))):
            raise NoSuchAnswer(f"There is no answer {identity!r}; `evigraph answers` lists those that there are.")
        if row.answer is None:
            raise AnswerWithdrawn(
                f"The answer {identity} was withdrawn on {(row.withdrawn_at or '')[:10]}, since a document that it "
                "cites was removed; ask the question again."
            )
        stored = _stored(row)
        return stored if stored.is_whole_for(groups) else _narrowed(stored)

    def last(self, user: str | None, limit: int) -> list[Listed]:
        """The last answers of a user, or of everybody, the newest first."""
        query = select(AnswerRow).order_by(AnswerRow.at.desc(), AnswerRow.id).limit(limit)
        if user is not None:
            query = query.where(AnswerRow.user == user)
        with self._database.transaction() as session:
            return [
                Listed(row.id, row.at, row.user, row.question, row.status, row.withdrawn_at)
                for row in session.scalars(query)
            ]

    def forget(self, document_id: str) -> int:
        """Withdraw all answers that cite a document; how many."""
        citing = select(AnswerDocument.answer_id).where(AnswerDocument.document_id == document_id)
        with self._database.transaction() as session:
            found = list(session.scalars(citing))
            if found:
                session.execute(delete(AnswerDocument).where(AnswerDocument.answer_id.in_(found)))
                changed = {"answer": None, "sources": None, "status": WITHDRAWN, "withdrawn_at": now()}
                session.execute(update(AnswerRow).where(AnswerRow.id.in_(found)).values(changed))
        return len(found)

    def find(self, text: str) -> list[str]:
        """The ids of all answers in whose question, text, quotes, facts or trace a text stands, whatever its case and
        white space; for erasure."""
        wanted = _folded(text)
        if not wanted:
            return []
        found = []
        with self._database.transaction() as session:
            rows = session.execute(
                select(AnswerRow.id, AnswerRow.question, AnswerRow.answer, AnswerRow.sources).order_by(AnswerRow.id),
                execution_options={"yield_per": 500},
            )
            for identity, question, answer, sources in rows:
                held = (question, *(json.loads(part) for part in (answer, sources) if part is not None))
                if any(wanted in _folded(said) for said in _strings(held)):
                    found.append(identity)
        return found

    def erase(self, identities: Iterable[str]) -> int:
        """Delete answers altogether, questions included; how many there were."""
        wanted = sorted(set(identities))
        with self._database.transaction() as session:
            found = list(session.scalars(select(AnswerRow.id).where(AnswerRow.id.in_(wanted))))
            session.execute(delete(AnswerDocument).where(AnswerDocument.answer_id.in_(found)))
            session.execute(delete(AnswerRow).where(AnswerRow.id.in_(found)))
        return len(found)


def now() -> str:
    """The time now, UTC, as it is kept: ISO 8601 to the microsecond, so that it sorts as text."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _stored(row: AnswerRow) -> StoredAnswer:
    groups = None if row.groups is None else tuple(row.groups)
    asked = Asked(row.user, groups, row.question, row.as_of, row.tier, row.stakes, row.asked_at)
    answer = Answer.model_validate_json(row.answer or "")
    sources = Sources.model_validate_json(row.sources or "")
    return StoredAnswer(row.id, row.at, asked, answer, sources, dict(row.versions))


def _narrowed(stored: StoredAnswer) -> StoredAnswer:
    """Without what only the access of the one who asked may have shown: queries, linked names, uncited evidence."""
    answer = stored.answer.model_copy(deep=True)
    answer.trace.queries, answer.trace.route.tools = [], []
    answer.trace.plan.entities, answer.trace.plan.ambiguous = [], []
    cited = {citation.passage_id for citation in answer.citations}
    for fact in answer.facts:
        fact.evidence = [passage for passage in fact.evidence if passage in cited]
    return StoredAnswer(stored.id, stored.at, stored.asked, answer, stored.sources, stored.versions)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
