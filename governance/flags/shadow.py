"""A variant that answers too, unseen, after the answer was given: only compared, and dropped when there is no time."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from governance.database import Database, DatabaseError
from governance.flags.outcome import Outcome, failure, outcome_of
from governance.flags.rollout import Choice
from governance.flags.tables import ComparisonRow
from qa.answer import Answer

_LOG = logging.getLogger("evigraph.flags")
_MOST_WAITING = 8
_LAST = 10_000


@dataclass(frozen=True, slots=True)
class _Job:
    choice: Choice
    answer: Answer
    again: Callable[[], Answer]


class Shadows:
    """Runs shadows one at a time in a thread of its own. `dropped` counts those that there was no time for."""

    def __init__(self, database: Database, most: int = _MOST_WAITING) -> None:
        self._database = database
        self._jobs: queue.Queue[_Job | None] = queue.Queue(most)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self.dropped = 0

    def offer(self, choice: Choice, answer: Answer, again: Callable[[], Answer]) -> bool:
        """Have the shadow of a choice answer the same question by `again`; False where it is dropped.

        It does not wait, and nothing of it is shown to who asked.
        """
        if not choice.shadow:
            return False
        try:
            self._jobs.put_nowait(_Job(choice, answer, again))
        except queue.Full:
            self.dropped += 1
            return False
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="evigraph-shadows", daemon=True)
                self._thread.start()
        return True

    def wait(self) -> None:
        """Until all that was taken is compared."""
        self._jobs.join()

    def close(self) -> None:
        """Compare what was taken, and stop."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                self._compare(job)
            except DatabaseError as error:  # there is nobody to be told, and the next one may go well
                _LOG.warning("A comparison of the flag %s was not kept: %s", job.choice.key, error)
            finally:
                self._jobs.task_done()
        self._jobs.task_done()

    def _compare(self, job: _Job) -> None:
        started = time.perf_counter()
        other: Answer | None = None
        try:
            other = job.again()
            outcome = outcome_of(other)
        except Exception as error:  # whatever it is, it is what the variant does
            _LOG.info("The shadow %s of the flag %s failed: %r", job.choice.shadow, job.choice.key, error)
            outcome = failure((time.perf_counter() - started) * 1000)
        with self._database.transaction() as session:
            session.add(
                ComparisonRow(
                    flag=job.choice.key,
                    at=datetime.now(UTC).isoformat(timespec="seconds"),
                    answer_id=job.answer.id,
                    control=job.choice.variant,
                    shadow=job.choice.shadow,
                    same_text=other is not None and other.answer == job.answer.answer,
                    same_citations=other is not None and _cited(other) == _cited(job.answer),
                    control_outcome=asdict(outcome_of(job.answer)),
                    shadow_outcome=asdict(outcome),
                )
            )


def compared(database: Database, key: str) -> list[dict[str, Any]]:
    """For each pair of variants of a flag: how often they said the same, and how each went. Raises `DatabaseError`."""
    query = select(ComparisonRow).where(ComparisonRow.flag == key).order_by(ComparisonRow.id.desc()).limit(_LAST)
    pairs: dict[tuple[str, str], list[ComparisonRow]] = {}
    with database.transaction() as session:
        for row in session.scalars(query):
            pairs.setdefault((row.control, row.shadow), []).append(row)
    return [_summary(*pair, rows) for pair, rows in sorted(pairs.items())]


def _summary(control: str, shadow: str, rows: Sequence[ComparisonRow]) -> dict[str, Any]:
    return {
        "control": control,
        "shadow": shadow,
        "answers": len(rows),
        "same_text": round(sum(row.same_text for row in rows) / len(rows), 4),
        "same_citations": round(sum(row.same_citations for row in rows) / len(rows), 4),
        "of_control": _means([Outcome(**row.control_outcome) for row in rows]),
        "of_shadow": _means([Outcome(**row.shadow_outcome) for row in rows]),
        "differing": [row.answer_id for row in rows if not row.same_text][:20],
    }


def _means(outcomes: Sequence[Outcome]) -> dict[str, float]:
    shown = {}
    for name in ("failed", "abstained", "groundedness", "latency_ms", "cost_usd"):
        shown[name] = round(sum(float(getattr(item, name)) for item in outcomes) / len(outcomes), 6)
    return shown


def _cited(answer: Answer) -> set[tuple[str, int, int]]:
    return {(item.document.id, item.start, item.end) for item in answer.citations}
