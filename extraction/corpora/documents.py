"""Corpora in JSON: CrossRE (sentences, one a line) and DocRED (documents whose relations join entities)."""

import json
from itertools import accumulate
from typing import Any

from extraction.corpora.annotated import AnnotatedEntity, AnnotatedRelation, AnnotatedText, UnreadableCorpus


def read_json(text: str, domain: str, name: str) -> list[AnnotatedText]:
    """CrossRE's lines or DocRED's list; `name` is for messages. Raises `UnreadableCorpus`."""
    try:
        if text.lstrip().startswith("["):
            return [_docred(item, domain) for item in json.loads(text)]
        return [_crossre(json.loads(line), domain) for line in text.splitlines() if line.strip()]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise UnreadableCorpus(f"{name} is neither CrossRE's JSON lines nor DocRED's JSON list ({error!r}).") from error


def _crossre(item: dict[str, Any], domain: str) -> AnnotatedText:
    entities = sorted({AnnotatedEntity(start, end + 1, kind) for start, end, kind in item["ner"]})
    places = {(entity.start, entity.end): place for place, entity in enumerate(entities)}
    relations = {
        AnnotatedRelation(places[a, b + 1], places[c, d + 1], label) for a, b, c, d, label, *_ in item["relations"]
    }
    return AnnotatedText(tuple(item["sentence"]), tuple(entities), tuple(sorted(relations)), domain)


def _docred(item: dict[str, Any], domain: str) -> AnnotatedText:
    """Every relation at each pair of mentions of its two entities that is nearest in words."""
    lengths = [len(sentence) for sentence in item["sents"]]
    begins = [0, *accumulate(lengths)][: len(lengths)]
    spans = {
        (begins[m["sent_id"]] + m["pos"][0], begins[m["sent_id"]] + m["pos"][1]): (m["type"], cluster)
        for cluster, vertex in enumerate(item["vertexSet"])
        for m in vertex
    }
    entities = [
        AnnotatedEntity(start, end, kind, cluster) for (start, end), (kind, cluster) in sorted(_flat(spans).items())
    ]
    relations = set()
    for label in item.get("labels", ()):
        pairs = [
            (abs(entities[i].start - entities[j].start), i, j)
            for i in range(len(entities))
            for j in range(len(entities))
            if entities[i].cluster == label["h"] and entities[j].cluster == label["t"]
        ]
        if pairs:
            _, head, tail = min(pairs)
            relations.add(AnnotatedRelation(head, tail, label["r"]))
    words = tuple(word for sentence in item["sents"] for word in sentence)
    return AnnotatedText(words, tuple(entities), tuple(sorted(relations)), domain, tuple(begins), by_cluster=True)


def _flat(spans: dict[tuple[int, int], tuple[str, int]]) -> dict[tuple[int, int], tuple[str, int]]:
    """The spans without those that overlap a longer one: the model's mentions are flat."""
    kept: dict[tuple[int, int], tuple[str, int]] = {}
    for (start, end), value in sorted(spans.items(), key=lambda item: (item[0][0] - item[0][1], item[0])):
        if start < end and all(end <= a or b <= start for a, b in kept):
            kept[start, end] = value
    return kept
