"""What was decided, done: in the graph, or to somebody's access."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from governance.review.items import Item, ReviewRefused, Verdict
from kg.fact_reviews import approve_fact, correct_fact, reject_fact
from kg.merges import record_split
from kg.ontology import Ontology
from kg.resolution.manual import merge_names
from kg.resolution.resolve import resolve_entities
from kg.store import GraphStore

#: Gives a user a group, or a role as "role:NAME".
Grant = Callable[[str, str], None]


class Gone(ReviewRefused):
    """What an item is about is not in the graph any longer; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class CarryingOut:
    """`writing` is held by whoever writes to the graph; `grant` None: nobody can be given access."""

    store: GraphStore
    ontology: Ontology
    writing: threading.Lock
    grant: Grant | None

    def check(self, item: Item) -> None:
        """Raises `Gone` where the graph does not hold what is to be decided."""
        if item.kind == "fact":
            rows = self.store.run("fact_states", fact_ids=[item.payload["fact_id"]]).rows
            if not rows or not rows[0]["stated"]:
                raise Gone(f"No document states this any longer: {item.title}.")
        if item.kind == "merge":
            keys = [item.payload["first_key"], item.payload["second_key"]]
            if len(self.store.run("entities_by_key", keys=keys, groups=None).rows) < len(keys):
                raise Gone(f"No document names both any longer, or they are one entity already: {item.title}.")

    def __call__(self, item: Item, verdict: Verdict, text: str | None, user: str) -> None:
        """Do it. Raises `FactReviewRefused`, `MergeRefused`, `ReviewRefused`, `StoreError`, and what `grant` does."""
        if item.kind == "fact":
            with self.writing:
                self._fact(item.payload["fact_id"], verdict, text, user)
        elif item.kind == "merge":
            with self.writing:
                self._merge(item.payload["first_key"], item.payload["second_key"], verdict, user)
        elif item.kind == "access" and verdict == "approve":
            if self.grant is None:
                raise ReviewRefused("There is nobody to be given access; set up users first.")
            self.grant(item.asker, item.payload["wanted"])

    def _fact(self, identity: str, verdict: Verdict, text: str | None, user: str) -> None:
        if verdict == "approve":
            approve_fact(self.store, identity, user)
        elif verdict == "reject":
            reject_fact(self.store, identity, user)
        else:
            correct_fact(self.store, self.ontology, identity, text or "", user)

    def _merge(self, key: str, other: str, verdict: Verdict, user: str) -> None:
        if verdict == "approve":
            merge_names(self.store, self.ontology, key, other, user)
        else:
            record_split(self.store, key, [other], user)
            resolve_entities(self.store, self.ontology)
