"""A document as the graph holds it, and the same without some names: every offset stays true."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kg.model import Document, DocumentGraph, Entity, Mention, Passage, Run, document_id, entity_id, fact_id, make_id
from kg.names import document_names, normalise_name, value_of
from kg.store import GraphStore, Row
from kg.terms import term_text

Span = tuple[int, int]


class Eraser(Protocol):
    """Takes a person's names out of texts."""

    def texts(self, texts: Sequence[str], spans: Sequence[Span], named: bool) -> list[str]:
        """The texts of one document without the names, each of the same length; `spans` of the first go as well.

        `named`: the document names the person, whether these texts tell or not.
        """
        ...

    def uri(self, uri: str) -> str:
        """An address without the names."""
        ...

    def holds(self, text: str) -> bool:
        """Whether a text has one of the names."""
        ...

    def within(self, mention: str) -> list[Span]:
        """Which words of a mention of the person are of their names: "the Owner" has none."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a document: its row with the text, and the rows of its passages, mentions and facts."""

    document: Row
    passages: list[Row]
    mentions: list[Row]
    facts: list[Row]


@dataclass(slots=True)
class Rewritten:
    """A document without the names. `graph` has no facts; those that stay are `kept`, those of changed names `renamed`.

    `lost` are the ids of facts that it does not state any more, `evidence` the rows of those that it does. `same` maps
    the ids of passages whose vector stays to the ids that they had.
    """

    former_id: str
    graph: DocumentGraph
    kept: list[Row] = field(default_factory=list)
    renamed: list[Row] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    same: dict[str, str] = field(default_factory=dict)
    mentions_removed: int = 0
    characters_removed: int = 0

    @property
    def changed(self) -> list[Passage]:
        """The passages whose vector is to be computed anew."""
        return [passage for passage in self.graph.passages if passage.id not in self.same]


def read_held(store: GraphStore, identity: str) -> Held:
    """All that is held of a document."""
    return Held(
        store.run("held_document", document_id=identity).rows[0],
        store.run("held_passages", document_id=identity).rows,
        store.run("held_mentions", document_id=identity).rows,
        store.run("held_facts", document_id=identity).rows,
    )


def rewrite(held: Held, eraser: Eraser, gone: Collection[str], renamed: Mapping[str, str]) -> Rewritten:
    """The document without the names. `gone` are the keys of the person, `renamed` those of names that hold theirs."""
    return _Rewriting(held, eraser, gone, renamed).done()


class _Rewriting:
    def __init__(self, held: Held, eraser: Eraser, gone: Collection[str], renamed: Mapping[str, str]) -> None:
        self._held, self._eraser, self._gone = held, eraser, gone
        row = held.document
        spans = [
            (item["start"] + start, item["start"] + end)
            for item in held.mentions
            if item["key"] in gone
            for start, end in eraser.within(item["text"])
        ]
        named = any(item["key"] in gone for item in held.mentions)
        short = {row["title"], *(item["heading"] for item in held.passages), *(item["name"] for item in held.mentions)}
        short |= {item[word] for item in held.facts for word in ("object_name", "deadline", "exception")}
        listed = sorted(short)
        self.text, *others = eraser.texts([row["text"], *listed], spans, named)
        self._said = dict(zip(listed, others, strict=True))
        self.uri = eraser.uri(row["uri"])
        self.id = row["id"] if self.uri == row["uri"] else document_id(row["corpus"], self.uri)
        self._keys = {item["key"]: self._key(item, renamed) for item in held.mentions}
        self._renamed = renamed

    def _key(self, item: Row, renamed: Mapping[str, str]) -> str:
        """What a name's key is now; "" for one that is no name any more."""
        if item["key"] in self._gone:
            return ""
        if item["key"] in renamed:
            return renamed[item["key"]]
        said = self._said[item["name"]]
        return str(item["key"]) if said == item["name"] else normalise_name(said)

    def _new_key(self, key: str) -> str:
        if key in self._gone:
            return ""
        return self._keys.get(key, self._renamed.get(key, key))

    def done(self) -> Rewritten:
        """The document."""
        passages = self._passages()
        ids = {before["id"]: after.id for before, after in zip(self._held.passages, passages, strict=True)}
        mentions, entities = self._mentions(ids)
        row = self._held.document
        document = Document(
            **{name: row[name] for name in row if name not in ("text", "access")}
            | {"access": tuple(row["access"])}
            | {"id": self.id, "uri": self.uri, "title": self._said[row["title"]]}
        )
        graph = DocumentGraph(
            document, self.text, tuple(passages), tuple(entities.values()), tuple(mentions), (), Run("", "", "", "", "")
        )
        found = Rewritten(row["id"], graph)
        found.mentions_removed = len(self._held.mentions) - len(mentions)
        found.characters_removed = sum(a != b for a, b in zip(row["text"], self.text, strict=True))
        title = document.title == row["title"] and document.uri == row["uri"]
        for before, after in zip(self._held.passages, passages, strict=True):
            if title and (before["text"], before["heading"]) == (after.text, after.heading):
                found.same[after.id] = before["id"]
        self._facts(found, ids)
        return found

    def _passages(self) -> list[Passage]:
        row = self._held.document
        names = document_names(self._said[row["title"]], self.uri)
        passages = []
        for item in self._held.passages:
            start, end, heading = item["start"], item["end"], self._said[item["heading"]]
            identity = item["id"]
            if self.id != row["id"]:
                identity = make_id("p", self.id, row["sha256"], str(start), str(end))
            body = self.text[start:end]
            passages.append(
                Passage(
                    identity, item["ordinal"], body, start, end, item["page"], heading, term_text(names, heading, body)
                )
            )
        return passages

    def _mentions(self, ids: Mapping[str, str]) -> tuple[list[Mention], dict[str, Entity]]:
        mentions: list[Mention] = []
        entities: dict[str, Entity] = {}
        for item in self._held.mentions:
            key = self._keys[item["key"]]
            if not key:
                continue
            name = self._said[item["name"]]
            identity = entity_id(key)
            if key not in entities or item["type_rank"] > entities[key].type_rank:
                entities[key] = Entity(
                    identity, key, name, item["type"], item["type_rank"], term_text(name), value_of(name)
                )
            start, end = item["start"], item["end"]
            mentions.append(
                Mention(
                    ids[item["passage_id"]], identity, start, end, self.text[start:end], item["score"], item["alias"]
                )
            )
        return mentions, entities

    def _facts(self, found: Rewritten, ids: Mapping[str, str]) -> None:
        seen: dict[str, Row | None] = {}
        for row in self._held.facts:
            if row["id"] not in seen:
                seen[row["id"]] = self._fact(row, found)
            fact = seen[row["id"]]
            if fact is not None:
                said = {word: self._said[row[word]] for word in ("deadline", "exception")}
                places = {
                    name: row[name] for name in ("start", "end", "score", "hedged", "due", "valid_from", "valid_to")
                }
                evidence = {**places, **said, "fact_id": fact["id"], "passage_id": ids[row["passage_id"]]}
                if evidence not in found.evidence:
                    found.evidence.append(evidence)

    def _fact(self, row: Row, found: Rewritten) -> Row | None:
        subject, object_ = self._new_key(row["subject_key"]), self._new_key(row["object_key"])
        if self._eraser.holds(row["predicate"]):  # a column of a table that was called by the name
            subject = ""
        if (subject, object_) == (row["subject_key"], row["object_key"]):
            found.kept.append(row)
            return row
        found.lost.append(row["id"])
        if not subject or not object_ or subject == object_:
            return None
        identity = fact_id(entity_id(subject), row["predicate"], entity_id(object_), row["negated"])
        changes = {"id": identity, "subject_key": subject, "object_key": object_}
        fact = {**row, **changes, "object_name": self._said[row["object_name"]]}
        found.renamed.append(fact)
        return fact
