"""What of the graph people should look at: uncertain facts, and names that may be one entity's."""

from collections import defaultdict

from governance.review.items import New
from governance.review.policy import ReviewPolicy
from governance.review.shelf import CLOCK, Shelf
from kg.analysis import analyses, run_analysis
from kg.merges import load_merges
from kg.model import make_id
from kg.store import GraphStore, Row


def gather_facts(store: GraphStore, shelf: Shelf, policy: ReviewPolicy) -> int:
    """Put the least certain facts that nobody reviewed into the queue; how many came in. Raises `StoreError`."""
    # Those in the queue are found again, so as many more are asked for.
    waiting = len(shelf.listed(("open", "second", "deciding"), ("fact",)))
    limit = policy.most_facts + waiting
    rows = store.run("uncertain_facts", confidence=policy.facts_below, limit=limit, groups=None, as_of=None).rows
    known = shelf.of_subjects("fact", [row["fact_id"] for row in rows])
    new = [row for row in rows if known.get(row["fact_id"], "done") == "done"][: policy.most_facts]
    said = defaultdict(list)
    for row in store.run("statements_of_facts", fact_ids=sorted(row["fact_id"] for row in new)).rows if new else ():
        said[row["fact_id"]].append(row)
    for row in new:
        shelf.put(_fact(row, said[row["fact_id"]], policy), again=True)
    return len(new)


def gather_merges(store: GraphStore, shelf: Shelf, policy: ReviewPolicy) -> int:
    """Put pairs of entities that may be one into the queue; how many came in. Raises `StoreError`."""
    analysis = analyses()["suspected_duplicates"]
    waiting = len(shelf.listed(("open", "second", "deciding"), ("merge",)))
    asked = {**analysis.description.defaults, "limit": policy.most_merges + waiting, "groups": None, "as_of": None}
    found = run_analysis(store, analysis, asked)[0].rows
    ids = sorted({row[end] for row in found for end in ("first_id", "second_id")})
    keys, documents = {}, defaultdict(set)
    for identity in ids:
        for row in store.run("entity", entity_id=identity, groups=None).rows:
            keys[identity] = row["key"]
    for row in store.run("name_profiles", entity_ids=ids, most=1).rows if ids else ():
        documents[row["entity_id"]].update(row["documents"])
    apart = {pair for pair, merge in load_merges(store, keys.values()).items() if merge.status == "split"}
    pairs = {_subject(row, keys): row for row in found if frozenset(_keys(row, keys)) not in apart}
    known = shelf.of_subjects("merge", pairs)
    new = [pair for pair in pairs.items() if known.get(pair[0], "done") == "done"][: policy.most_merges]
    for subject, row in new:
        first_key, second_key = _keys(row, keys)
        payload = {**row, "first_key": first_key, "second_key": second_key}
        title = f"{row['first']} ({row['first_type']}) and {row['second']} ({row['second_type']})"
        seen = [sorted(documents[row[end]]) for end in ("first_id", "second_id")]
        shelf.put(New("merge", subject, title, payload, seen, row["why"], CLOCK, policy.merges), again=True)
    return len(new)


def _keys(row: Row, keys: dict[str, str]) -> tuple[str, str]:
    return keys[row["first_id"]], keys[row["second_id"]]


def _subject(row: Row, keys: dict[str, str]) -> str:
    return make_id("m", *sorted(_keys(row, keys)))


def _fact(row: Row, said: list[Row], policy: ReviewPolicy) -> New:
    quotes = [
        {
            "document_id": item["document_id"],
            "passage_id": item["passage_id"],
            "start": item["start"],
            "end": item["end"],
            "quote": item["text"][item["start"] - item["passage_start"] : item["end"] - item["passage_start"]],
        }
        for item in said
    ]
    denied = "NOT " if row["negated"] else ""
    title = f"{row['subject']} {denied}{row['predicate']} {row['object']}"
    shown = {
        name: row[name] for name in ("fact_id", "subject", "predicate", "object", "negated", "certainty", "hedged")
    }
    rule = "it is only said to be possible" if row["hedged"] else f"its confidence is {row['certainty']:.2f}"
    documents = [[identity] for identity in sorted({item["document_id"] for item in said})]
    return New("fact", row["fact_id"], title, {**shown, "quotes": quotes}, documents, rule, CLOCK, policy.facts)
