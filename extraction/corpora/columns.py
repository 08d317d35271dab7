"""Corpora in columns: word and BIO tag (CrossNER, WNUT17), and CoNLL04's five columns with relations."""

import ast
from collections.abc import Iterator

from extraction.corpora.annotated import AnnotatedEntity, AnnotatedRelation, AnnotatedText, UnreadableCorpus


def read_columns(text: str, domain: str, name: str) -> list[AnnotatedText]:
    """The sentences of a file in columns; `name` is for messages. Raises `UnreadableCorpus`."""
    return [_sentence(rows, domain, name) for rows in _sentences(text)]


def _sentences(text: str) -> Iterator[list[list[str]]]:
    rows: list[list[str]] = []
    for line in text.splitlines():
        fields = line.split("\t")
        if line.startswith(("#doc", "-DOCSTART-")) or not line.strip():
            if rows:
                yield rows
            rows = []
        else:
            rows.append(fields)
    if rows:
        yield rows


def _sentence(rows: list[list[str]], domain: str, name: str) -> AnnotatedText:
    widths = {len(row) for row in rows}
    if widths not in ({2}, {5}):
        raise UnreadableCorpus(
            f"{name} has a line of {max(widths)} tab-separated columns near {rows[0][0]!r}; "
            "it should have 2 (word, tag) or 5 (CoNLL04)."
        )
    word, tag = (1, 2) if widths == {5} else (0, 1)
    entities = _entities([row[tag].strip() for row in rows])
    relations = tuple(_relations(rows, entities, name)) if widths == {5} else ()
    return AnnotatedText(tuple(row[word] for row in rows), tuple(entities), relations, domain)


def _entities(tags: list[str]) -> list[AnnotatedEntity]:
    """Spans of BIO tags; an I- that continues nothing begins a span, as conlleval has it."""
    entities: list[AnnotatedEntity] = []
    start, kind = 0, ""
    for position, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if kind and (prefix != "I" or label != kind):
            entities.append(AnnotatedEntity(start, position, kind))
            kind = ""
        if prefix in ("B", "I") and not kind:
            start, kind = position, label
    return entities


def _relations(rows: list[list[str]], entities: list[AnnotatedEntity], name: str) -> Iterator[AnnotatedRelation]:
    # A relation stands at the last word of its head and names the last word of its tail.
    ends = {entity.end - 1: place for place, entity in enumerate(entities)}
    for position, row in enumerate(rows):
        labels, tails = ast.literal_eval(row[3]), ast.literal_eval(row[4])
        for label, tail in zip(labels, tails, strict=True):
            if label == "N":
                continue
            if position not in ends or tail not in ends:
                raise UnreadableCorpus(f"{name} relates words {position} and {tail}, which end no entity.")
            yield AnnotatedRelation(ends[position], ends[tail], label)
