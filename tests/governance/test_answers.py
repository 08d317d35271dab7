"""governance.answers: kept as they were given, read by whom may, withdrawn, found, erased."""

import json
from collections.abc import Collection, Sequence

import pytest

from governance.answers import AnswerStore, AnswerWithdrawn, Asked, NoSuchAnswer, Visible
from governance.database import Database
from governance.provenance.sources import SourceDocument, Sources
from qa.answer import (
    Ambiguity,
    Answer,
    AnswerFact,
    AnswerGraph,
    Candidate,
    Citation,
    CitedDocument,
    Trace,
    TracePlan,
    TraceQuery,
    TraceRoute,
    TraceVersions,
    Usage,
)

HANDBOOK, SALARIES = "d_handbook", "d_salaries"


def given(identity: str, *documents: str, quote: str = "Anna owns Atlas.") -> Answer:
    citations = [
        Citation(
            n=number,
            document=CitedDocument(id=document, title=document, uri=f"file:///{document}", version=1),
            passage_id=f"p_{document}",
            start=3,
            end=3 + len(quote),
            page=None,
            quote=quote,
        )
        for number, document in enumerate(documents, start=1)
    ]
    fact = AnswerFact(
        id="f_1",
        subject="Anna",
        predicate="OWNS",
        object="Atlas",
        confidence=0.9,
        valid_from=None,
        valid_to=None,
        negated=False,
        hedged=False,
        deadline="",
        due="",
        exception="",
        evidence=["p_d_handbook", "p_secret"],
    )
    vega = Ambiguity(text="Vega", candidates=[Candidate(id="e_vega", name="Vega Secret", type="System", score=1.0)])
    return Answer(
        id=identity,
        question="Who owns\nAtlas?",
        status="answered" if documents else "abstained",
        answer=f"“{quote}” [1]",
        confidence=0.9,
        groundedness=1.0,
        citations=citations,
        facts=[fact] if documents else [],
        graph=AnswerGraph(nodes=[], edges=[]),
        trace=Trace(
            plan=TracePlan(kind="fact/facts", entities=["e_vega"], predicates=["OWNS"], ambiguous=[vega]),
            queries=[TraceQuery(name="facts", cypher="MATCH", parameters={"ids": ["e_vega"]}, rows=1, ms=1.0)],
            route=TraceRoute(tier="none", model="none", reason="facts", attempts=[]),
            versions=TraceVersions(code="1", model="none", prompt="none", corpus="2", ontology="o@1"),
            usage=Usage(),
            latency_ms={"total": 1.0},
        ),
    )


def asked(user: str, groups: tuple[str, ...] | None, question: str = "Who owns\nAtlas?") -> Asked:
    return Asked(user, groups, question, "2026-01-01", "none", "normal", "2026-01-01T00:00:00.000000+00:00")


def seeing(*documents: str) -> Visible:
    def visible(ids: Sequence[str]) -> Collection[str]:
        return set(ids) & set(documents)

    return visible


SOURCES = Sources(
    documents=[SourceDocument(id=HANDBOOK, title="H", uri="u", media_type="text/plain", version=1, sha256="0" * 64)]
)


@pytest.fixture
def store(database: Database) -> AnswerStore:
    kept = AnswerStore(database)
    kept.put(given("a1", HANDBOOK), asked("maria", ("everyone", "hr")), SOURCES)
    kept.put(given("a2", HANDBOOK, SALARIES), asked("owner", None), SOURCES)
    kept.put(given("a3", quote="Nothing."), asked("maria", ("everyone", "hr"), "Is Anna\x00 leaving?"), Sources())
    return kept


def test_it_comes_back_as_it_was_given(store: AnswerStore) -> None:
    stored = store.get("a1", "maria", ["everyone", "hr"], seeing())
    assert stored.answer == given("a1", HANDBOOK)
    assert stored.sources == SOURCES
    assert stored.asked == asked("maria", ("everyone", "hr"))
    assert stored.versions == given("a1").trace.versions.model_dump()
    assert store.get("a2", "owner", None, seeing()).asked.groups is None
    assert (
        store.get("a3", "maria", ["hr", "everyone"], seeing()).asked.question
        == "Is Anna\N{REPLACEMENT CHARACTER} leaving?"
    )


def test_others_read_it_where_they_may_see_all_that_who_asked_might(store: AnswerStore) -> None:
    assert store.get("a1", "omar", ["everyone", "hr", "it"], seeing(HANDBOOK)).id == "a1"
    assert store.get("a3", "omar", ["everyone", "hr"], seeing()).id == "a3"
    for identity, groups, documents in (
        ("a1", ["everyone"], (HANDBOOK,)),
        ("a1", ["everyone", "hr"], ()),
        ("a2", ["everyone", "hr"], (HANDBOOK, SALARIES)),
        ("none", ["everyone", "hr"], (HANDBOOK,)),
    ):
        with pytest.raises(NoSuchAnswer, match=repr(identity)):
            store.get(identity, "omar", groups, seeing(*documents))


def test_the_owner_reads_all(store: AnswerStore) -> None:
    assert {store.get(identity, "owner", None, seeing()).id for identity in ("a1", "a2", "a3")} == {"a1", "a2", "a3"}


def test_of_ones_own_what_more_access_showed_is_left_out(store: AnswerStore) -> None:
    read = store.get("a1", "maria", ["everyone"], seeing(HANDBOOK)).answer
    said = read.model_dump_json()
    assert not [hidden for hidden in ("e_vega", "Vega Secret", "p_secret") if hidden in said]
    assert read.citations == given("a1", HANDBOOK).citations
    assert "e_vega" in store.get("a1", "sven", ["everyone", "hr"], seeing(HANDBOOK)).answer.model_dump_json()


def test_lists_are_of_ones_own(store: AnswerStore) -> None:
    assert [item.id for item in store.last("maria", 10)] == ["a3", "a1"]
    assert [item.id for item in store.last(None, 2)] == ["a3", "a2"]
    assert store.last("omar", 10) == []


def test_a_removed_document_takes_the_answers_that_quote_it(store: AnswerStore, database: Database) -> None:
    assert store.forget(SALARIES) == 1
    assert store.forget(SALARIES) == 0
    with pytest.raises(AnswerWithdrawn, match="document that it cites was removed"):
        store.get("a2", "owner", None, seeing(HANDBOOK, SALARIES))
    with pytest.raises(NoSuchAnswer):
        store.get("a2", "omar", ["everyone"], seeing(HANDBOOK, SALARIES))
    [listed] = store.last("owner", 10)
    assert (listed.status, listed.withdrawn_at is not None) == ("withdrawn", True)
    assert store.get("a1", "maria", ["everyone", "hr"], seeing()).id == "a1"
    assert store.find("owns Atlas.") == ["a1"]


def test_a_text_is_found_wherever_it_stands(store: AnswerStore) -> None:
    store.put(given("a4", HANDBOOK, quote='Bo "the Größe"\n  Lund\\ left.'), asked("bo", None, "x"), SOURCES)
    assert store.find('bo "the GRÖSSE" lund\\') == ["a4"]
    assert store.find("who OWNS atlas") == ["a1", "a2", "a3", "a4"]
    assert store.find("is anna") == ["a3"]
    assert store.find("nowhere") == store.find("  ") == []
    assert store.erase(["a4", "a3", "none"]) == 2
    assert store.find("is anna") == []
    assert [item.id for item in store.last(None, 9)] == ["a2", "a1"]


def test_nothing_of_what_was_withdrawn_or_erased_is_left(store: AnswerStore, database: Database) -> None:
    from sqlalchemy import text

    store.forget(HANDBOOK)
    store.erase(["a3"])
    with database.transaction() as session:
        rows = [dict(row) for row in session.execute(text("SELECT * FROM answers")).mappings()]
        left = list(session.execute(text("SELECT * FROM answer_documents")))
    assert "Anna" not in json.dumps(rows)
    assert not left
