"""The rule extractor: tagger, definitions, tables and relater over one document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extraction.definitions import find_acronyms, find_definitions, find_short_forms
from extraction.document import LoadedDocument
from extraction.found import Extraction, FoundAlias, FoundFact, FoundMention
from extraction.relate import Relater
from extraction.split import PassageSpan
from extraction.tables import column_of, find_row_facts
from extraction.tag import TaggedUnit, Tagger
from kg.ontology import Ontology

RULES_VERSION = "1"
_KEY_VALUE = re.compile(r"^\W{0,3}(?P<key>[A-Z][\w /-]{2,30}?)\*{0,2}\s*:\*{0,2}\s+(?P<value>[^\n]{2,120}?)\s*$", re.MULTILINE)
_ROLE_AFTER_NAME = re.compile(r"^\s*(?:,|\()\s*(?:our |the |who is (?:the |our )?)?$")


@dataclass(slots=True)
class RuleExtractor:
    """Extraction by rules; `pipeline` names an installed spaCy pipeline whose entities are used too."""

    ontology: Ontology
    pipeline: str = ""
    tagger: Tagger = field(init=False)
    relater: Relater = field(init=False)

    def __post_init__(self) -> None:
        self.tagger = Tagger(self.ontology, self.pipeline)
        self.relater = Relater(self.ontology)

    @property
    def name(self) -> str:
        """What a run records: `rules` or `rules+spacy:NAME`."""
        return f"rules+spacy:{self.pipeline}" if self.pipeline else "rules"

    @property
    def version(self) -> str:
        """Version of the rules and of the pipeline."""
        meta = self.tagger.nlp.meta
        return f"{RULES_VERSION}+{meta['name']}-{meta['version']}" if self.pipeline else RULES_VERSION

    def extract(self, document: LoadedDocument, passages: Sequence[PassageSpan]) -> Extraction:
        """Mentions, facts and aliases of one document, with offsets into its text."""
        text = document.text
        spans = [(passage, *span) for passage in passages for span in _unit_spans(passage)]
        units = self.tagger.tag([(start, text[start:end]) for _, start, end in spans])
        short_forms: dict[str, FoundMention] = {}
        aliases: list[FoundAlias] = []
        facts: list[FoundFact] = []
        for (passage, start, end), unit in zip(spans, units, strict=True):
            short_forms |= find_short_forms(text[start:end], start, unit.mentions)
            aliases += find_acronyms(text[start:end], start, unit.mentions)
            facts += find_definitions(text[start:end], start, passage.heading)
        mentions: list[FoundMention] = []
        for unit in units:
            named = [_resolved(mention, short_forms) for mention in unit.mentions]
            mentions += named
            facts += self._sentence_facts(text, unit, named)
        rows = [block for passage in passages for block in passage.blocks if block.cells]
        facts += find_row_facts(text, rows, self.tagger)
        facts += self._metadata_facts(document, passages)
        facts += [fact for fact in _role_facts(text, mentions)]
        return Extraction(tuple(mentions), tuple(facts), tuple(aliases))

    def _sentence_facts(self, text: str, unit: TaggedUnit, mentions: Sequence[FoundMention]) -> list[FoundFact]:
        facts: list[FoundFact] = []
        for start, end in unit.sentences():
            inside = [mention for mention in mentions if start <= mention.start and mention.end <= end]
            facts += self.relater.relate(text[start:end], start, inside)
        return facts

    def _metadata_facts(self, document: LoadedDocument, passages: Sequence[PassageSpan]) -> list[FoundFact]:
        """Facts of "Owner: Maria Lind" lines, of the document that carries them by its title."""
        at = document.text.find(document.title)
        if at < 0:
            return []
        kind, _ = self.tagger.type_of(document.title)
        subject = FoundMention(at, at + len(document.title), document.title, "Policy" if kind == "Value" else kind, 0.8)
        facts = []
        for passage in passages:
            for block in passage.blocks:
                if block.kind in ("paragraph", "list_item"):
                    facts += self._key_values(document.text, block.start, block.end, subject)
        return facts

    def _key_values(self, text: str, start: int, end: int, subject: FoundMention) -> list[FoundFact]:
        facts = []
        for match in _KEY_VALUE.finditer(text[start:end]):
            column = column_of(match["key"], self.ontology)
            if column.predicate not in self.ontology.predicates:
                continue
            value = match["value"].rstrip(" .")
            kind, score = self.tagger.type_of(value)
            if kind in ("Term", "Value") and len(column.types) == 1:
                kind = column.types[0]
            other = FoundMention(start + match.start("value"), start + match.start("value") + len(value), value, kind, score)
            pair = (other, subject) if column.inverse else (subject, other)
            facts.append(FoundFact(pair[0], column.predicate, pair[1], start + match.start(), start + match.end(), 0.85))
        return facts


def _unit_spans(passage: PassageSpan) -> list[tuple[int, int]]:
    """The parts of a passage that are tagged as one: its blocks, cut where a long block was cut."""
    spans = [(max(block.start, passage.start), min(block.end, passage.end)) for block in passage.blocks]
    return [(start, end) for start, end in spans if start < end]


def _resolved(mention: FoundMention, short_forms: dict[str, FoundMention]) -> FoundMention:
    bare = re.sub(r"^(?:the|The)\s+", "", mention.text)
    entity = short_forms.get(bare)
    return mention if entity is None else replace(mention, name=entity.text, type=entity.type)


def _role_facts(text: str, mentions: Sequence[FoundMention]) -> list[FoundFact]:
    """HOLDS_ROLE of "Maria Lind, Chief Financial Officer," and "Maria Lind (Data Protection Officer)"."""
    facts = []
    for person, role in zip(mentions, mentions[1:], strict=False):
        if person.type != "Person" or role.type not in ("Role", "Department"):
            continue
        if role.type == "Role" and _ROLE_AFTER_NAME.match(text[person.end : role.start]):
            facts.append(FoundFact(person, "HOLDS_ROLE", role, person.start, role.end, 0.8))
    return facts
