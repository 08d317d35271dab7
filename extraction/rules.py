"""The rule extractor over one document: tagger, definitions, coreference, relater, obligations and tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extraction.coreference import Coreference, GivenNames, Paragraph, organisation_aliases
from extraction.definitions import (
    find_acronyms,
    find_definitions,
    find_glossary,
    find_short_form_terms,
    find_short_forms,
)
from extraction.document import Block, Cell, LoadedDocument
from extraction.found import Extraction, FoundAlias, FoundFact, FoundMention
from extraction.local.facts import predicted_facts
from extraction.local.folder import PIPELINE
from extraction.obligations import ObligationFinder, Piece
from extraction.relate import Relater
from extraction.split import PassageSpan
from extraction.tables import cell_facts, column_of, find_row_facts
from extraction.tag import Tagger
from kg.ontology import Ontology

RULES_VERSION = "4"
_MAX_WORD = 1000
_DATA = re.compile(rf"\S{{{_MAX_WORD + 1},}}+")
_KEY_VALUE = re.compile(
    r"^\W{0,3}(?P<key>[A-Z][\w /-]{2,30}?)\*{0,2}\s*:\*{0,2}\s+(?P<value>[^\n]{2,120}?)\s*$", re.MULTILINE
)
_ROLE_AFTER_NAME = re.compile(r"^\s*(?:,|\()\s*(?:our |the |who is (?:the |our )?)?$")


@dataclass(slots=True)
class RuleExtractor:
    """Extraction by rules, and by a spaCy pipeline where `pipeline` names one: installed, or a folder."""

    ontology: Ontology
    pipeline: str = ""
    tagger: Tagger = field(init=False)
    relater: Relater = field(init=False)
    obligations: ObligationFinder = field(init=False)
    coreference: Coreference = field(init=False)

    def __post_init__(self) -> None:
        self.tagger = Tagger(self.ontology, self.pipeline)
        self.relater = Relater(self.ontology)
        self.obligations = ObligationFinder(self.ontology)
        self.coreference = Coreference(self.ontology)

    @property
    def name(self) -> str:
        """What a run records: `rules`, `local` (with the shipped pipeline) or `spacy:NAME`."""
        if self.pipeline == str(PIPELINE):
            return "local"
        return f"spacy:{self.pipeline}" if self.pipeline else "rules"

    @property
    def version(self) -> str:
        """Version of the rules and of the pipeline."""
        meta = self.tagger.nlp.meta
        return f"{RULES_VERSION}+{meta['name']}-{meta['version']}" if self.pipeline else RULES_VERSION

    def extract(self, document: LoadedDocument, passages: Sequence[PassageSpan]) -> Extraction:
        """Mentions, facts and aliases of one document, with offsets into its text."""
        text = document.text
        spans = [(passage, *span) for passage in passages for span in _unit_spans(text, passage)]
        rows = {place for place, (_, block, _, _) in enumerate(spans) if block.cells}
        units = self.tagger.tag([(start, text[start:end]) for _, _, start, end in spans], rows)
        about = self._about(document)
        # Whole rows, also those that were cut into passages: a piece has lost the name of what it speaks of.
        facts, table_rows = find_glossary(text, [block for block in document.blocks if block.cells])
        short_forms: dict[str, FoundMention] = {}
        short_terms: list[FoundMention] = []
        aliases: list[FoundAlias] = []
        for (passage, _, start, end), unit in zip(spans, units, strict=True):
            short_forms |= find_short_forms(text[start:end], start, unit.mentions)
            short_terms += find_short_form_terms(text[start:end], start)
            aliases += find_acronyms(text[start:end], start, unit.mentions)
            facts += find_definitions(text[start:end], start, passage.heading)
        short_terms = [term for term in short_terms if term.text not in short_forms]
        terms = [fact.subject for fact in facts] + short_terms
        given = GivenNames(short_forms, list(dict.fromkeys(term.text for term in terms)), about)
        paragraphs = [
            Paragraph(start, text[start:end], tuple(unit.sentences()), unit.mentions)
            for (_, _, start, end), unit in zip(spans, units, strict=True)
        ]
        named = self.coreference.resolve(paragraphs, given)
        aliases += organisation_aliases(named)
        for paragraph, unit, mentions in zip(paragraphs, units, named, strict=True):
            facts += self._sentence_facts(text, paragraph, mentions)
            facts += predicted_facts(unit.doc, paragraph.text, paragraph.start, mentions, paragraph.sentences)
        facts += self.obligations.of_lists(
            [
                Piece(p.start, p.text, tuple(mentions), block.kind == "list_item", block.kind == "heading")
                for p, mentions, (_, block, _, _) in zip(paragraphs, named, spans, strict=True)
            ]
        )
        row_facts, row_aliases = find_row_facts(text, table_rows, about, self.tagger)
        facts += row_facts
        aliases += row_aliases
        if about is not None:
            facts += self._line_facts(text, passages, about)
        mentions = [mention for listed in named for mention in listed]
        facts += _role_facts(text, mentions)
        return Extraction((*mentions, *short_terms), tuple(facts), tuple(aliases))

    def _sentence_facts(self, text: str, paragraph: Paragraph, mentions: Sequence[FoundMention]) -> list[FoundFact]:
        facts: list[FoundFact] = []
        for start, end in paragraph.sentences:
            inside = [mention for mention in mentions if start <= mention.start and mention.end <= end]
            facts += self.relater.relate(text[start:end], start, inside)
            facts += self.obligations.of_sentence(text[start:end], start, inside)
        return facts

    def _about(self, document: LoadedDocument) -> FoundMention | None:
        """What the document is about by its title: the identifier in it, else the title itself."""
        at = document.text.find(document.title)
        if at < 0:
            return None
        named = self.tagger.find_identifier(document.title)
        start, end = (named[0], named[1]) if named else (0, len(document.title))
        kind = named[2] if named else self.tagger.type_of(document.title)[0]
        kind = "Policy" if kind in ("Value", "Term", "Person") else kind
        return FoundMention(at + start, at + end, document.title[start:end], kind, 0.9)

    def _line_facts(self, text: str, passages: Sequence[PassageSpan], about: FoundMention) -> list[FoundFact]:
        """Facts of "Owner: Maria Lind" lines, of what the document is about; only headers that the ontology knows."""
        facts: list[FoundFact] = []
        for passage in passages:
            for block in passage.blocks:
                if block.kind not in ("paragraph", "list_item"):
                    continue
                for match in _KEY_VALUE.finditer(text[block.start : block.end]):
                    if column_of(match["key"], self.ontology).predicate not in self.ontology.predicates:
                        continue
                    start, end = block.start + match.start("value"), block.start + match.end("value")
                    end -= len(match["value"]) - len(match["value"].rstrip(" .*"))
                    line = Block("paragraph", block.start + match.start(), block.start + match.end())
                    facts += cell_facts(text, Cell(match["key"], start, end), about, line, self.tagger)
        return facts


def _unit_spans(text: str, passage: PassageSpan) -> list[tuple[Block, int, int]]:
    """The parts of a passage that are tagged as one: its blocks, cut where a long block was cut.

    A "word" longer than a passage is data, such as base64; it is left out, so that no rule sees more than a passage.
    """
    spans = [(block, max(block.start, passage.start), min(block.end, passage.end)) for block in passage.blocks]
    return [(block, *span) for block, start, end in spans for span in _without_data(text, start, end)]


def _without_data(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if end - start > _MAX_WORD:
        for match in _DATA.finditer(text, start, end):
            if start < match.start():
                yield start, match.start()
            start = match.end()
    if start < end:
        yield start, end


def _role_facts(text: str, mentions: Sequence[FoundMention]) -> list[FoundFact]:
    """HOLDS_ROLE of "Maria Lind, Chief Financial Officer," and "Maria Lind (Data Protection Officer)"."""
    facts = []
    for person, role in pairwise(mentions):
        if person.type != "Person" or role.type not in ("Role", "Department"):
            continue
        if role.type == "Role" and _ROLE_AFTER_NAME.match(text[person.end : role.start]):
            facts.append(FoundFact(person, "HOLDS_ROLE", role, person.start, role.end, 0.8))
    return facts
