"""What an answer rests on, as it stood when it was given: documents with their hashes, evidence, extraction runs.

It is kept with the answer, since the graph goes on: tomorrow the document may have another version.
"""

from collections.abc import Sequence

from pydantic import BaseModel

from kg.store import GraphStore, Row, visibility
from qa.answer import Answer


class SourceDocument(BaseModel):
    """A cited document in the version that was cited; `sha256` is of the file's bytes."""

    id: str
    title: str
    uri: str
    media_type: str
    version: int
    sha256: str


class SourceRun(BaseModel):
    """A run of an extractor."""

    id: str
    extractor: str
    model_version: str
    ontology_version: str
    started_at: str


class SourceEvidence(BaseModel):
    """The characters of a cited document that state a fact."""

    passage_id: str
    document_id: str
    start: int
    end: int
    quote: str


class SourceFact(BaseModel):
    """A fact of the answer with its evidence and the ids of the runs that found it."""

    id: str
    runs: list[str]
    evidence: list[SourceEvidence]


class Sources(BaseModel):
    """All that an answer rests on."""

    documents: list[SourceDocument] = []
    runs: list[SourceRun] = []
    facts: list[SourceFact] = []


def gather(answer: Answer, store: GraphStore, groups: Sequence[str] | None) -> Sources:
    """The sources of an answer that was just given to these groups. Raises `StoreError`.

    Of a fact only evidence in the documents that the answer cites: it rests on no other.
    """
    cited = {citation.document.id: citation.document.version for citation in answer.citations}
    if not cited:
        return Sources()
    documents = [
        SourceDocument.model_validate({name: row[name] for name in SourceDocument.model_fields})
        for identity, version in sorted(cited.items())
        for row in _rows(store, "document", groups, None, document_id=identity)
        if row["version"] == version
    ]
    day = _day_of(answer)
    ids = sorted(fact.id for fact in answer.facts)
    evidence = _rows(store, "evidence_of_facts", groups, day, fact_ids=ids) if ids else []
    runs = _rows(store, "runs_of_facts", groups, day, fact_ids=ids) if ids else []
    facts = [
        SourceFact(
            id=identity,
            runs=[row["id"] for row in runs if row["fact_id"] == identity],
            evidence=[
                SourceEvidence.model_validate({name: row[name] for name in SourceEvidence.model_fields})
                for row in evidence
                if row["fact_id"] == identity and row["document_id"] in cited
            ],
        )
        for identity in ids
    ]
    known = {row["id"]: SourceRun.model_validate({name: row[name] for name in SourceRun.model_fields}) for row in runs}
    return Sources(documents=documents, runs=[known[key] for key in sorted(known)], facts=facts)


def _rows(
    store: GraphStore, name: str, groups: Sequence[str] | None, as_of: str | None, **parameters: object
) -> list[Row]:
    return store.run(name, **parameters, **visibility(name, store.dialect, groups, as_of)).rows


def _day_of(answer: Answer) -> str | None:
    """The day whose state of things the answer tells, as its queries had it; None for any."""
    days = (query.parameters["as_of"] for query in answer.trace.queries if "as_of" in query.parameters)
    return next(days, None)
