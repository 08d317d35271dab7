"""Erasing a person: nothing of the name is left in any byte, and all the rest is as it was."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from erasing import (
    NAME,
    PARTS,
    QUESTIONS,
    REST,
    bring_in,
    copied,
    remains,
    write_documents,
)

from api.lookup import find_entity
from governance.database import Database
from governance.privacy.erased import ErasedNames
from governance.privacy.erasure import NamedByOntology, NobodyFound, Privacy, Report
from governance.privacy.holders import CacheHolder
from governance.privacy.masking import Masking
from governance.privacy.person import Person
from kg.embedded import EmbeddedStore
from kg.model import document_id
from kg.ontology import Ontology, load_ontology
from kg.store import GraphStore
from qa.answer import Answer
from qa.ask import ask
from qa.cache import AnswerCache
from qa.options import AskOptions
from qa.recorder import Recorder


@dataclass
class Notes:
    """A holder of the tests: texts in a file, as another part may keep them."""

    path: Path
    name: str = "notes"

    def find(self, person: Person) -> list[dict[str, Any]]:
        return [{"note": line} for line in self.path.read_text().splitlines() if person.holds(line)]

    def erase(self, person: Person) -> int:
        found = len(self.find(person))
        self.path.write_text(person.mask(self.path.read_text()))
        return found


@dataclass
class Place:
    """A graph and an operations database with all that was kept in them."""

    folder: Path
    store: EmbeddedStore
    database: Database
    ontology: Ontology
    cache: AnswerCache
    notes: Notes
    before: dict[str, Answer] = field(default_factory=dict)

    @property
    def privacy(self) -> Privacy:
        return Privacy(
            self.store, self.database, self.ontology, [CacheHolder("cache", self.cache._held.clear), self.notes]
        )

    def person(self, name: str = NAME) -> Person:
        return self.privacy.person(name, find_entity(name, Recorder(self.store, None))["id"])

    def ask(self, question: str) -> Answer:
        return ask(question, self.store, AskOptions(self.ontology))

    def close(self) -> None:
        self.store.close()
        self.database.close()


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents and a graph of them."""
    folder = tmp_path_factory.mktemp("erasing")
    write_documents(folder / "docs")
    store = EmbeddedStore(folder / "data" / "graph")
    bring_in(store, folder / "docs")
    store.close()
    return folder


@pytest.fixture
def place(ingested: Path, tmp_path: Path) -> Iterator[Place]:
    """A copy of it, about which questions were asked; the documents stay where they were read."""
    data = copied(ingested / "data", tmp_path / "data")
    notes = Notes(data / "notes.txt")
    notes.path.write_text(f"who asked for {NAME}?\nwho owns Vega?\n")
    opened = Place(
        data,
        EmbeddedStore(data / "graph"),
        Database(f"sqlite:///{data / 'operations.db'}"),
        load_ontology(),
        AnswerCache(),
        notes,
    )
    for question in (*QUESTIONS, *REST):
        opened.before[question] = opened.ask(question)
        opened.cache.put(question, opened.before[question])
    yield opened
    opened.close()


def erased(place: Place) -> tuple[Person, Report]:
    person = place.person()
    return person, place.privacy.erase(person, "owner", f"{NAME} asked for it")


def plain(answer: str) -> str:
    """An answer puts on one line what a document has on two, and a placeholder keeps the line's end."""
    return re.sub(r"[█\s]+", " ", answer)


def texts_of(store: GraphStore) -> dict[str, str]:
    rows = store.run("documents", limit=100, groups=None).rows
    found = [store.run("document_text", document_id=row["id"], groups=None).rows[0] for row in rows]
    return {row["id"]: row["text"] for row in found}


def test_no_byte_of_the_name_is_left_in_any_file(place: Place) -> None:
    assert remains(place.folder), "the name was there"
    _, report = erased(place)
    assert not report.remaining
    assert not report.left
    place.close()
    assert remains(place.folder) == []
    assert not any(
        part in repr(answer.model_dump()).casefold() for answer in place.cache._held.values() for part in PARTS
    )


def test_without_compaction_the_bytes_are_still_there(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Privacy, "compact", lambda self: [])
    _, report = erased(place)
    assert not report.remaining
    place.close()
    assert remains(place.folder), "the check above could not fail"


def test_without_a_holder_its_bytes_are_still_there(place: Place) -> None:
    person = place.person()
    Privacy(place.store, place.database, place.ontology).erase(person, "owner", "why not")
    place.close()
    assert {line.partition(":")[0] for line in remains(place.folder)} == {"notes.txt"}


def test_every_offset_stays_true(place: Place) -> None:
    before = texts_of(place.store)
    _, report = erased(place)
    after = texts_of(place.store)
    assert len(report.documents) == 6
    assert len(after) == len(before) == 7
    for former, now in report.documents.items():
        assert len(before[former]) == len(after[now])
    for identity, text in after.items():
        seen: dict[str, Any] = {"document_id": identity, "groups": None, "as_of": None}
        for row in place.store.run("passages_of_document", **seen).rows:
            assert row["text"] == text[row["start"] : row["end"]]
        for row in place.store.run("mentions_of_document", **seen).rows:
            assert row["text"] == text[row["start"] : row["end"]]


def test_the_rest_answers_as_before(place: Place) -> None:
    person, _ = erased(place)
    for question in REST:
        before, after = place.before[question], place.ask(question)
        assert after.status == before.status == "answered"
        assert plain(after.answer) == plain(person.mask(before.answer)), question
        assert [item.quote for item in after.citations] == [person.mask(item.quote) for item in before.citations]
        assert [fact.model_dump(exclude={"evidence"}) for fact in after.facts] == [
            fact.model_dump(exclude={"evidence"}) for fact in before.facts
        ]


def test_who_asks_about_the_person_gets_no_answer(place: Place) -> None:
    assert place.before[f"What does {NAME} own?"].status == "answered"
    erased(place)
    for question in QUESTIONS:
        if NAME in question:
            assert place.ask(question).status == "abstained", question


def test_what_is_said_of_others_beside_the_name_stays(place: Place) -> None:
    erased(place)
    rows = place.store.run("facts_of_predicate", predicates=["MUST"], types=[], limit=100, groups=None, as_of=None)
    said = {(row["subject"], row["object"], row["deadline"]) for row in rows.rows}
    assert any(subject == "Data Office" and "█" in action for subject, action, _ in said), said
    assert ("Data Office", "report incidents within 72 hours", "within 72 hours") in said


def test_the_graph_is_as_if_the_files_had_never_named_them(place: Place, ingested: Path, tmp_path: Path) -> None:
    erased(place)
    fresh = EmbeddedStore(tmp_path / "fresh")
    bring_in(fresh, ingested / "docs", ErasedNames(place.database).masking())
    assert texts_of(fresh) == texts_of(place.store)
    columns = ("id", "text", "start", "end", "heading", "title", "uri")

    def passages(store: GraphStore) -> list[tuple[Any, ...]]:
        ids = [row["id"] for row in store.run("passage_ids").rows]
        rows = store.run("passages_by_id", passage_ids=ids, groups=None, as_of=None).rows
        return sorted(tuple(row[column] for column in columns) for row in rows)

    assert passages(fresh) == passages(place.store)
    ids = [row[0] for row in passages(fresh)]
    one, other = fresh.passage_vectors(ids), place.store.passage_vectors(ids)
    assert all(np.array_equal(one[key], other[key]) for key in ids)
    fresh.close()


def test_the_same_files_do_not_bring_the_name_back(place: Place, ingested: Path) -> None:
    erased(place)
    mask = ErasedNames(place.database).masking()
    report = bring_in(place.store, ingested / "docs", mask)
    assert len(report.unchanged) == 7
    (ingested / "docs" / "new.md").write_text("# News\n\nBo Ek met Thessaly Quorndale and t.quorndale@x.example.\n")
    try:
        assert len(bring_in(place.store, ingested / "docs", mask).added) == 1
    finally:
        (ingested / "docs" / "new.md").unlink()
    place.store.compact()
    place.close()
    assert remains(place.folder) == []


def test_without_the_list_they_would(place: Place, ingested: Path) -> None:
    erased(place)
    assert len(bring_in(place.store, ingested / "docs").added) == 1, "whose address held the name"
    place.close()
    assert remains(place.folder)


def test_done_again_it_finds_nobody(place: Place) -> None:
    erased(place)
    again = place.privacy.person(NAME)
    with pytest.raises(NobodyFound):
        place.privacy.export(again)
    assert place.privacy.erase(again, "owner", "once more").counts["graph"] == 0


def test_an_erasure_is_recorded_without_the_name(place: Place) -> None:
    erased(place)
    (record,) = ErasedNames(place.database).records()
    assert (record.by, record.state, record.counts["graph"]) == ("owner", "done", 6)
    assert record.reason.endswith("asked for it")
    assert not any(part in record.reason.casefold() for part in PARTS)


def test_an_export_has_all_that_an_erasure_takes(place: Place) -> None:
    found = place.privacy.export(place.person())
    entities = [item for item in found["held"]["graph"] if "entity" in item]
    documents = [item for item in found["held"]["graph"] if "document" in item]
    assert {fact["predicate"] for item in entities for fact in item["facts"]} >= {"OWNS", "REPORTS_TO"}
    assert len(documents) == 6
    for item in documents:
        text = texts_of(place.store)[item["document"]["id"]]
        assert all(text[mention["start"] : mention["end"]] == mention["text"] for mention in item["mentions"])
        assert item["passages"] or "quorndale" in item["document"]["title"].casefold()
    assert found["held"]["notes"] == [{"note": f"who asked for {NAME}?"}]


def test_people_who_share_a_word_keep_it(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "people.md").write_text(
        "# People\n\nMaria Quillfeather owns Atlas. Bo Quillfeather owns Vega. Maria Holm owns Borealis.\n\n"
        "Quillfeather Bank AB hosts Atlas.\n"
    )
    (tmp_path / "docs" / "note.md").write_text("# Note\n\nM. Quillfeather and Quillfeather were named by Holm.\n")
    store, database = EmbeddedStore(tmp_path / "graph"), Database(f"sqlite:///{tmp_path / 'o.db'}")
    bring_in(store, tmp_path / "docs")
    privacy = Privacy(store, database, load_ontology())
    row = find_entity("Maria Quillfeather", Recorder(store, None))
    person = privacy.person("Maria Quillfeather", row["id"])
    assert {"Bo Quillfeather", "Maria Holm"} <= set(person.others)
    privacy.erase(person, "owner", "she asked")
    people = next(text for text in texts_of(store).values() if "# People" in text)
    assert "Maria Quillfeather" not in people
    assert "Bo Quillfeather owns Vega. Maria Holm owns Borealis." in people
    assert "Quillfeather Bank AB hosts Atlas." in people
    store.close()
    database.close()


def test_a_name_of_the_ontology_is_to_be_taken_out_there(place: Place) -> None:
    known = place.ontology.known[0]
    with pytest.raises(NamedByOntology, match="EVIGRAPH_ONTOLOGY"):
        place.privacy.erase(place.privacy.person(known.name), "owner", "no")


def test_a_masked_address_is_another_document(place: Place, ingested: Path) -> None:
    _, report = erased(place)
    former = document_id("default", (ingested / "docs" / "thessaly-quorndale-review.md").resolve().as_uri())
    assert report.documents[former] != former
    mask = ErasedNames(place.database).masking()
    assert isinstance(mask, Masking)
    masked = mask.uri((ingested / "docs" / "thessaly-quorndale-review.md").resolve().as_uri())
    assert report.documents[former] == document_id("default", masked)
