"""The GGUF extractor: a base extractor that always runs, and the facts that a generative model adds to or confirms."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from extraction.document import LoadedDocument
from extraction.extractor import Extractor
from extraction.found import Extraction
from extraction.gguf.align import Misfit, PassageText, align, predicate_names
from extraction.gguf.combine import Combiner
from extraction.gguf.parse import Answer, parse_answer
from extraction.gguf.prompt import make_prompt
from extraction.split import PassageSpan
from extraction.tag import Tagger
from kg.gguf.model import CONTEXT, Failure, GgufModel, NoAnswer
from kg.ontology import Ontology

GGUF_VERSION = "1"
_MOST_CHARACTERS = 4 * CONTEXT  # a longer passage has no room, and would only be sent to be refused
_FAILURES: dict[Failure, str] = {
    "timeout": "gguf: passage without an answer in time",
    "crash": "gguf: passage on which the model crashed",
    "long": "gguf: passage too long for the model",
    "given_up": "gguf: passage after the model was given up",
    "cancelled": "gguf: passage on which the model was stopped",
}
_MISFITS: dict[Misfit, str] = {
    "predicate": "gguf: predicate not in the ontology",
    "quote": "gguf: quote not in the passage",
    "subject": "gguf: subject not in the passage",
    "object": "gguf: object not in the passage",
    "overlap": "gguf: subject and object are not two names",
    "apart": "gguf: subject or object away from the quote",
}


class GgufExtractor:
    """The base's extraction and the facts of a GGUF model, passage by passage.

    The model at `path` has `timeout` seconds a passage. Whatever it does, the base's extraction is all there: what it
    fails at is counted in `dropped`, passages and statements by reason. Raises ValueError when the file is no model.
    """

    def __init__(self, base: Extractor, path: Path, timeout: float) -> None:
        self._base = base
        self._prompt = make_prompt(base.ontology)
        self._predicates = predicate_names(base.ontology)
        self._model = GgufModel(path, self._prompt.head, timeout)
        tagger = getattr(base, "tagger", None)
        self._type_of = tagger.type_of if isinstance(tagger, Tagger) else None

    @property
    def ontology(self) -> Ontology:
        """The base's."""
        return self._base.ontology

    @property
    def name(self) -> str:
        """What a run records: `rules+gguf`."""
        return f"{self._base.name}+gguf"

    @property
    def version(self) -> str:
        """The base's version, and the first 12 hex digits of the SHA-256 of the model and of the prompt."""
        return f"{self._base.version}+gguf{GGUF_VERSION}-{_digest(self._model.path)}-{self._prompt.version}"

    def extract(self, document: LoadedDocument, passages: Sequence[PassageSpan]) -> Extraction:
        """Mentions, facts and aliases of one document, with offsets into its text."""
        combiner = Combiner(self._base.extract(document, passages), document.text, self.ontology, self._type_of)
        for passage in passages:
            text = document.text[passage.start : passage.end]
            try:
                answer = self._ask(text)
            except NoAnswer as no_answer:
                combiner.dropped[_FAILURES[no_answer.kind]] += 1
            else:
                add_answer(combiner, answer, text, passage.start, self._predicates)
        return combiner.extraction()

    def _ask(self, text: str) -> Answer:
        if len(text) > _MOST_CHARACTERS:
            raise NoAnswer("long")
        opening = self._prompt.opening
        return parse_answer(opening + self._model.answer(text + self._prompt.tail, opening))


def add_answer(combiner: Combiner, answer: Answer, text: str, offset: int, predicates: dict[str, str]) -> None:
    """Bring the model's answer for a passage (its text, its offset in the document) into the document's extraction."""
    passage = PassageText(text)
    counts: Counter[str] = Counter()
    if not answer.is_readable:
        counts["gguf: passage with an answer that is no JSON"] += 1
    elif answer.malformed:
        counts["gguf: statement that is cut off or has the wrong keys"] += answer.malformed
    for statement in answer.statements:
        aligned = align(passage, statement, predicates)
        if isinstance(aligned, str):
            counts[_MISFITS[aligned]] += 1
        else:
            combiner.add(aligned, offset)
    combiner.dropped += counts


@cache
def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
