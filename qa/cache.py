"""Answers kept while nothing changes that they depend on: graph, access, day, models, policy, code."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from qa.answer import Answer

MOST = 1000


@dataclass(slots=True)
class AnswerCache:
    """The last answers by all that they depend on. Safe to use from several threads."""

    most: int = MOST
    _held: OrderedDict[Hashable, Answer] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable) -> Answer | None:
        """The answer that was kept under exactly this key."""
        with self._lock:
            answer = self._held.get(key)
            if answer is not None:
                self._held.move_to_end(key)
            return answer

    def clear(self) -> None:
        """Keep none of them any longer."""
        with self._lock:
            self._held.clear()

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer; the one that was not asked for longest makes room."""
        with self._lock:
            self._held[key] = answer
            self._held.move_to_end(key)
            while len(self._held) > self.most:
                self._held.popitem(last=False)
