"""A person's names out of the graph, in one transaction.

What is said of the person goes: their entity with all names merged into it, their mentions and facts. Other names that
hold theirs ("tell Maria Lind within 24 hours") stay without it, and so do the facts of these. Each document that names
the person is written anew, with a placeholder of the same length where a name was, so that every offset stays true.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.embedding import text_of_passage
from kg.merges import load_merges
from kg.model import entity_id
from kg.names import normalise_name
from kg.resolution.names import MAX_BLOCK
from kg.resolution.profile import merged_names
from kg.rewriting.held import Eraser, Rewritten, read_held, rewrite
from kg.store import GraphStore, Row, Step, Vector
from kg.writer import document_steps

#: Who decided something where it was the person.
SOMEBODY = "somebody erased"
_UPKEEP = ("delete_orphan_entities", "refresh_types", "refresh_aliases")


@dataclass(slots=True)
class Erased:
    """What went: ids of documents as they were and as they are now, and counts."""

    documents: dict[str, str] = field(default_factory=dict)
    mentions: int = 0
    characters: int = 0
    facts: int = 0
    entities: int = 0
    vectors: int = 0
    merges: int = 0


def erase(
    store: GraphStore,
    eraser: Eraser,
    keys: Collection[str],
    words: Sequence[str],
    documents: Iterable[str],
    embed: Callable[[Sequence[str]], Sequence[Vector]],
) -> Erased:
    """Erase a person: `keys` of their names, `words` in lower case of which each name has one, the ids of all
    `documents` whose text, title or URI holds a name; `embed` gives the vectors of texts.

    Raises `StoreError`; then nothing was written. `kg.resolution.resolve_entities` is to be run afterwards.
    """
    touched = _touched(store, eraser, keys, words)
    ids = set(documents)
    if touched.nodes:
        rows = store.run("documents_of_entities", entity_ids=sorted(touched.nodes)).rows
        ids |= {row["id"] for row in rows}
    rewritten = [rewrite(read_held(store, identity), eraser, touched.gone, touched.renamed) for identity in sorted(ids)]
    vectors, anew = _vectors(store, rewritten, embed)
    facts = _facts_to_delete(store, touched, rewritten)
    merges = _merges_to_delete(store, touched)
    steps = [
        *_removal(touched, rewritten, facts, merges),
        *_writing(store, touched, rewritten),
        *_signing(store, eraser),
    ]
    store.write([step for step in steps if step.parameters.get("rows") != []], vectors)
    return Erased(
        documents={item.former_id: item.graph.document.id for item in rewritten},
        mentions=sum(item.mentions_removed for item in rewritten),
        characters=sum(item.characters_removed for item in rewritten),
        facts=len(facts),
        entities=len(touched.nodes),
        vectors=anew,
        merges=len(merges),
    )


@dataclass(frozen=True, slots=True)
class _Touched:
    """Which entities are taken apart: their ids, all keys at them, those of the person, and what others are now."""

    nodes: frozenset[str]
    keys: frozenset[str]
    gone: frozenset[str]
    renamed: Mapping[str, str]


def _touched(store: GraphStore, eraser: Eraser, keys: Collection[str], words: Sequence[str]) -> _Touched:
    merged = merged_names(store, keys)
    person = {merged.get(key, entity_id(key)) for key in keys}
    found = store.run("entities_holding", words=list(words)).rows if words else []
    nodes = person | {row["id"] for row in found if any(map(eraser.holds, (row["key"], row["name"], *row["aliases"])))}
    profiles = store.run("name_profiles", entity_ids=sorted(nodes), most=1).rows
    gone = set(keys) | {row["key"] for row in profiles if row["entity_id"] in person}
    renamed: dict[str, str] = {}
    for row in profiles:
        said = eraser.texts([row["name"]], (), False)[0]
        if row["key"] not in gone and said != row["name"]:
            renamed[row["key"]] = normalise_name(said)
    every = gone | {row["key"] for row in profiles}
    return _Touched(frozenset(nodes), frozenset(every), frozenset(gone), renamed)


def _vectors(
    store: GraphStore, rewritten: Sequence[Rewritten], embed: Callable[[Sequence[str]], Sequence[Vector]]
) -> tuple[dict[str, Vector], int]:
    """The vectors of all passages that are written, by id, and how many of them are computed anew."""
    same = {after: before for item in rewritten for after, before in item.same.items()}
    held = store.passage_vectors(sorted(set(same.values()))) if same else {}
    vectors = {after: held[before] for after, before in same.items() if before in held}
    texts: dict[str, str] = {}
    for item in rewritten:
        document = item.graph.document
        for passage in item.graph.passages:
            if passage.id not in vectors:
                texts[passage.id] = text_of_passage(document.title, document.uri, passage.heading, passage.text)
    vectors |= zip(texts, embed(list(texts.values())), strict=True)
    return vectors, len(texts)


def _facts_to_delete(store: GraphStore, touched: _Touched, rewritten: Sequence[Rewritten]) -> list[str]:
    """Facts of names that are gone or changed, and those at the same entities that nothing evidences."""
    kept = {row["id"] for item in rewritten for row in item.kept}
    rows = store.run("name_facts", entity_ids=sorted(touched.nodes)).rows if touched.nodes else []
    changed = touched.gone | touched.renamed.keys()
    return [row["id"] for row in rows if {row["subject_key"], row["object_key"]} & changed or row["id"] not in kept]


def _merges_to_delete(store: GraphStore, touched: _Touched) -> list[Row]:
    changed = touched.gone | touched.renamed.keys()
    return [{"id": merge.id} for merge in load_merges(store, changed).values()]


def _removal(
    touched: _Touched, rewritten: Sequence[Rewritten], facts: Sequence[str], merges: Sequence[Row]
) -> list[Step]:
    steps: list[Step] = []
    for item in rewritten:
        former = {"document_id": item.former_id}
        steps.append(Step("delete_passages", former))
        if item.graph.document.id != item.former_id:
            steps += [Step("delete_retracted_facts", former), Step("delete_document", former)]
    names = [{"key": key} for key in sorted(touched.keys)]
    rows = [{"id": identity} for identity in facts]
    return [
        *steps,
        Step("delete_edges_of_facts", {"rows": rows}),
        Step("delete_facts", {"rows": rows}),
        Step("forget_corrections", {"rows": rows}),
        Step("touch_neighbours", {"rows": names, "limit": MAX_BLOCK}),
        Step("delete_name_blocks", {"rows": names}),
        Step("delete_merged_names", {"rows": names}),
        Step("delete_merges", {"rows": list(merges)}),
        Step("delete_entities", {"rows": [{"id": identity} for identity in sorted(touched.nodes)]}),
    ]


def _writing(store: GraphStore, touched: _Touched, rewritten: Sequence[Rewritten]) -> list[Step]:
    keys = {entity.key for item in rewritten for entity in item.graph.entities}
    for item in rewritten:
        keys |= {row[end] for row in item.kept + item.renamed for end in ("subject_key", "object_key")}
    merged = {key: node for key, node in merged_names(store, keys).items() if node not in touched.nodes}
    nodes = {entity_id(key): merged.get(key, entity_id(key)) for key in keys}
    steps: list[Step] = []
    for item in rewritten:
        steps += [step for step in document_steps(item.graph, nodes) if step.name != "write_run"]
    for item in rewritten:
        steps += _fact_steps(item, nodes)
    lost = sorted({identity for item in rewritten for identity in item.lost})
    rows = [{"id": identity} for identity in lost]
    affected = sorted(set(nodes.values()))
    return [
        *steps,
        *_without_evidence(rows),
        *(Step(name, {"entity_ids": affected}) for name in _UPKEEP),
    ]


def _without_evidence(rows: list[Row]) -> list[Step]:
    return [Step("delete_unevidenced_edges", {"rows": rows}), Step("delete_facts_without_evidence", {"rows": rows})]


def _fact_steps(item: Rewritten, nodes: Mapping[str, str]) -> list[Step]:
    kept, renamed = [[_linked(row, nodes) for row in rows] for rows in (item.kept, item.renamed)]
    runs = sorted({row["run_id"] for row in renamed})
    decided = [
        {
            "id": row["id"],
            "review": row["review"],
            "by": row["reviewed_by"],
            "at": row["reviewed_at"],
            "corrected_to": row["corrected_to"],
        }
        for row in renamed
        if row["review"] is not None
    ]
    return [
        Step("link_facts", {"rows": kept}),
        *(
            Step("write_facts", {"rows": [row for row in renamed if row["run_id"] == run], "run_id": run})
            for run in runs
        ),
        Step("write_evidence", {"rows": item.evidence}),
        Step("write_edges", {"rows": [row for row in kept + renamed if not row["negated"]]}),
        Step("decide_facts", {"rows": decided}),
    ]


def _linked(row: Row, nodes: Mapping[str, str]) -> Row:
    subject, object_ = entity_id(row["subject_key"]), entity_id(row["object_key"])
    return {**row, "subject_id": nodes[subject], "object_id": nodes[object_]}


def _signing(store: GraphStore, eraser: Eraser) -> list[Step]:
    names = {row["name"] for row in store.run("signatures").rows}
    rows = [{"name": name, "other": SOMEBODY} for name in sorted(names) if eraser.holds(name)]
    return [Step("sign_reviews", {"rows": rows}), Step("sign_merges", {"rows": rows})]
