"""What the tests of extraction share: short texts through the real loaders, passages and rules."""

from functools import cache

from extraction.document import LoadedDocument
from extraction.found import Extraction, FoundFact, FoundMention
from extraction.load import load_bytes
from extraction.resolve import build_graph
from extraction.rules import RuleExtractor
from extraction.split import split
from kg.model import Document, DocumentGraph, Run, document_id
from kg.ontology import load_ontology

ONTOLOGY = load_ontology()
RUN = Run("r_1", "rules", "1", ONTOLOGY.version, "2026-01-01T00:00:00Z")
LIMIT = 100_000_000


@cache
def extractor() -> RuleExtractor:
    """One extractor for all tests: it takes a second to build."""
    return RuleExtractor(ONTOLOGY)


def loaded(text: str, name: str = "a.md") -> LoadedDocument:
    return load_bytes(text.encode(), name, LIMIT)


def extract(text: str, name: str = "a.md") -> Extraction:
    document = loaded(text, name)
    return extractor().extract(document, split(document))


def graph_of(document: LoadedDocument) -> DocumentGraph:
    """The document's graph, as an ingest would make it."""
    spans = split(document)
    uri = f"file:///{document.name}"
    held = Document(
        id=document_id("test", uri),
        uri=uri,
        title=document.title,
        media_type=document.media_type,
        sha256=document.sha256,
        version=1,
        corpus="test",
        access=("everyone",),
        ingested_at=RUN.started_at,
        extractor="rules",
    )
    return build_graph(held, document, spans, extractor().extract(document, spans), RUN, ONTOLOGY)


def mentions(text: str, name: str = "a.md") -> set[tuple[str, str]]:
    """Each mention's words and type."""
    return {(_words(item.text), item.type) for item in extract(text, name).mentions}


def facts(text: str, name: str = "a.md") -> set[tuple[str, str, str]]:
    """Subject, predicate and object of each fact."""
    return {triple(fact) for fact in extract(text, name).facts}


def triple(fact: FoundFact) -> tuple[str, str, str]:
    return _name(fact.subject), fact.predicate, _name(fact.object)


def _name(mention: FoundMention) -> str:
    return _words(mention.entity_name)


def _words(text: str) -> str:
    return " ".join(text.split())
