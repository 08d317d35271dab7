"""What an extractor is: the rules, with or without a trained pipeline, and the same beside a generative model."""

from collections.abc import Sequence
from typing import Protocol

from extraction.document import LoadedDocument
from extraction.found import Extraction
from extraction.split import PassageSpan
from kg.ontology import Ontology


class Extractor(Protocol):
    """Finds mentions, facts and aliases in a document."""

    @property
    def name(self) -> str:
        """What a run records."""

    @property
    def version(self) -> str:
        """All that its findings depend on beside the document and the ontology."""

    @property
    def ontology(self) -> Ontology:
        """Its types and predicates."""

    def extract(self, document: LoadedDocument, passages: Sequence[PassageSpan]) -> Extraction:
        """Mentions, facts and aliases of one document, with offsets into its text."""
