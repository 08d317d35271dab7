"""The graph made as the decisions say: mentions and facts move to the entity that their names are now."""

from collections.abc import Collection, Iterable, Mapping

from kg.merges import RULE, Merge, merge_rows
from kg.model import entity_id
from kg.resolution.profile import Profile
from kg.store import GraphStore, Row, Step
from kg.terms import term_text


def rearrange(
    store: GraphStore,
    profiles: Mapping[str, Profile],
    entities: Mapping[str, str],
    former: Collection[Merge],
    merges: Collection[Merge],
    settled: Iterable[str],
) -> int:
    """Carry out what was decided in one transaction; how many names moved.

    `entities` maps each name decided for to the key that its entity goes by, `former` are all records on these names,
    `merges` those that hold now, `settled` the names that were to be resolved.
    """
    moves = [
        {
            "key": key,
            "from_id": profiles[key].node,
            "to_id": entity_id(home),
            "away": home != key,
            "terms": term_text(profiles[key].name) if home != key else "",
        }
        for key, home in sorted(entities.items())
        if profiles[key].node != entity_id(home)
    ]
    steps = _moving_steps(store, moves, profiles, entities) if moves else []
    steps += _record_steps(former, merges)
    steps.append(Step("settle_names", {"rows": [{"key": key} for key in settled]}))
    store.write([step for step in steps if step.parameters.get("rows") != []], {})
    return len(moves)


def _moving_steps(
    store: GraphStore, moves: list[Row], profiles: Mapping[str, Profile], entities: Mapping[str, str]
) -> list[Step]:
    facts = _moving_facts(store, moves)
    touched = sorted({move[end] for move in moves for end in ("from_id", "to_id")})
    homes = [profiles[home] for home in sorted({entities[move["key"]] for move in moves})]
    upkeep = ("delete_orphan_entities", "refresh_types", "refresh_aliases")
    return [
        Step("write_entities", {"rows": [_entity_row(home) for home in homes]}),
        Step("move_mentions", {"rows": moves}),
        Step("unlink_edges", {"rows": facts}),
        Step("unlink_facts", {"rows": facts}),
        Step("link_facts", {"rows": facts}),
        Step("write_edges", {"rows": [row for row in facts if row["status"] != "retracted" and not row["negated"]]}),
        Step("delete_merged_names", {"rows": moves}),
        Step("write_merged_names", {"rows": [move for move in moves if move["away"]]}),
        *(Step(name, {"entity_ids": touched}) for name in upkeep),
    ]


def _moving_facts(store: GraphStore, moves: list[Row]) -> list[Row]:
    """The facts that were stated of the moving names, with the ids of the entities at their ends before and after."""
    going = {move["key"]: move["to_id"] for move in moves}
    rows = store.run("name_facts", entity_ids=sorted({move["from_id"] for move in moves})).rows
    return [
        {
            **row,
            "old_subject_id": row["subject_id"],
            "old_object_id": row["object_id"],
            "subject_id": going.get(row["subject_key"], row["subject_id"]),
            "object_id": going.get(row["object_key"], row["object_id"]),
        }
        for row in rows
        if row["subject_key"] in going or row["object_key"] in going
    ]


def _entity_row(home: Profile) -> Row:
    return {
        "id": entity_id(home.key),
        "key": home.key,
        "name": home.name,
        "type": home.type,
        "value": "",
        "terms": term_text(home.name),
    }


def _record_steps(former: Collection[Merge], merges: Collection[Merge]) -> list[Step]:
    """The records to write and to delete; one that says the same as before keeps its date."""
    before = {merge.pair: merge for merge in former}
    holding = {merge.pair for merge in merges}
    gone = [{"id": merge.id} for pair, merge in before.items() if merge.decided_by == RULE and pair not in holding]
    new = [merge for merge in merges if merge.decided_by == RULE and not _says_the_same(merge, before.get(merge.pair))]
    return [Step("delete_merges", {"rows": gone}), Step("write_merges", {"rows": merge_rows(new)})]


def _says_the_same(merge: Merge, former: Merge | None) -> bool:
    said = (merge.key, merge.into_key, merge.score, merge.reasons, merge.decided_by)
    return former is not None and said == (
        former.key,
        former.into_key,
        former.score,
        former.reasons,
        former.decided_by,
    )
