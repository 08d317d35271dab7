"""Entity resolution over what changed: which names are one entity's, by the rule and by people, and the graph made so.

Names are compared inside blocks only. What the outcome for a name rests on is gathered by following the blocks from the
names that changed, so a run after one document reads its surroundings, not the graph, and ends where a run over
everything would have: neither the order of documents nor how many came at once matters.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import batched

from kg.merges import RULE, Merge, load_merges
from kg.ontology import Ontology
from kg.resolution.cluster import Candidate, Pair, cluster
from kg.resolution.names import MAX_BLOCK, may_be_one
from kg.resolution.profile import Profiles
from kg.resolution.rearrange import rearrange
from kg.resolution.rule import Decision, Rule
from kg.store import GraphStore

#: Changed names whose surroundings are in memory together.
_AT_ONCE = 20000


def resolve_entities(store: GraphStore, ontology: Ontology) -> int:
    """Resolve the names that changed since the last run; how many names moved to another entity.

    Some thousand names are a transaction. Raises `StoreError`; then the next run goes on with what is left.
    """
    rule = Rule(ontology)
    moved = 0
    for changed in batched((row["key"] for row in store.run("pending_names").rows), _AT_ONCE):
        neighbourhood = _Neighbourhood(store, rule)
        neighbourhood.explore(changed)
        merges, entities = _decided(neighbourhood)
        former = neighbourhood.merges.values()
        moved += rearrange(store, neighbourhood.profiles.held, entities, former, merges, changed)
    return moved


@dataclass(slots=True)
class _Neighbourhood:
    """The names that the outcome for some depends on, with all decisions between them."""

    store: GraphStore
    rule: Rule
    profiles: Profiles = field(init=False)
    decisions: dict[Pair, Decision | None] = field(default_factory=dict)
    partners: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    merges: dict[Pair, Merge] = field(default_factory=dict)
    decided: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.profiles = Profiles(self.store)

    def explore(self, changed: Iterable[str]) -> None:
        """Decide for the changed names and those that might be one with them, then for all that these lead to."""
        seeds = set(changed)
        candidates = self._candidates(seeds)
        frontier = seeds | {
            other for key, others in candidates.items() for other in others - seeds if self._might_be_one(key, other)
        }
        while frontier:
            self._decide_for(frontier, self._candidates(frontier))
            self.decided |= frontier
            frontier = self._reached(frontier) - self.decided

    def _candidates(self, keys: set[str]) -> dict[str, set[str]]:
        """For each key the names in its blocks and those that its identifiers lead to; all profiles are read then."""
        blocks = defaultdict(set)
        for row in self.store.run("blocks_of_names", keys=sorted(keys)).rows:
            blocks[row["block"]].add(row["key"])
        rows = self.store.run("names_in_blocks", blocks=sorted(blocks), most=MAX_BLOCK + 1).rows
        found: dict[str, set[str]] = {key: set() for key in keys}
        for alias, name in self.rule.known_names.items():
            for key, other in ((alias, name), (name, alias)):
                if key in keys:
                    found[key].add(other)
        for row in rows:
            if len(row["keys"]) <= MAX_BLOCK:
                for key in blocks[row["block"]]:
                    found[key].update(row["keys"])
        self.profiles.read({key for others in found.values() for key in others} | keys)
        self._add_identified(keys, found)
        for key, others in found.items():
            others.discard(key)
        return found

    def _add_identified(self, keys: set[str], found: dict[str, set[str]]) -> None:
        identifying = self.rule.identifying
        held = self.profiles.held
        joined = {
            (key, link.other, link.outward)
            for key in keys & held.keys()
            for link in held[key].links
            if link.predicate in identifying
        }
        self.profiles.read(other for _, other, _ in joined)
        for key, other, outward in joined:
            found[key].add(other)
            if outward and other in held:  # whoever else has this identifier
                found[key] |= {
                    link.other for link in held[other].links if not link.outward and link.predicate in identifying
                }
        self.profiles.read(key for others in found.values() for key in others)

    def _might_be_one(self, key: str, other: str) -> bool:
        held = self.profiles.held
        if key not in held or other not in held:
            return True
        return may_be_one(held[key].name, held[other].name) or self.rule.evidence(held[key], held[other]) is not None

    def _decide_for(self, frontier: set[str], candidates: dict[str, set[str]]) -> None:
        held, rule = self.profiles.held, self.rule
        pairs = {frozenset((key, other)) for key, others in candidates.items() for other in others}
        new = sorted((pair for pair in pairs - self.decisions.keys() if pair <= held.keys()), key=sorted)
        named = [pair for pair in new if rule.evidence(*(held[key] for key in sorted(pair)))]
        contexts = self.profiles.context(key for pair in named for key in pair)
        for pair in named:
            one, other = (held[key] for key in sorted(pair))
            decision = rule.decide(one, other, (contexts[one.key], contexts[other.key]))
            self.decisions[pair] = decision
            if decision and not decision.veto:
                self.partners[one.key].add(other.key)
                self.partners[other.key].add(one.key)
        self.merges |= load_merges(self.store, frontier)

    def _reached(self, frontier: set[str]) -> set[str]:
        """Names joined with the frontier's by the rule, by a record, or in the graph as it is."""
        held = self.profiles.held
        nodes = {held[key].node for key in frontier & held.keys()}
        found = {key for key, profile in held.items() if profile.node in nodes}
        for key in frontier:
            for other in self.partners[key]:
                decision = self.decisions[frozenset((key, other))]
                if decision and decision.accepted:
                    found.add(other)
        found.update(key for pair in self.merges if pair & frontier for key in pair)
        self.profiles.read(found)
        return found & held.keys()

    def is_ambiguous(self, decision: Decision) -> bool:
        """Whether the shorter name fits another one as well, which is not this one's."""
        if decision.short is None:
            return False
        long = decision.into_key if decision.short == decision.key else decision.key
        for other in self.partners[decision.short] - {long}:
            rival = self.decisions[frozenset((decision.short, other))]
            if rival is None or rival.short != decision.short or rival.weight < decision.weight:
                continue
            held = self.profiles.held
            found = self.rule.evidence(held[long], held[other])
            if found is None or self.rule.contradiction(held[long], held[other]):
                return True
        return False


def _decided(neighbourhood: _Neighbourhood) -> tuple[list[Merge], dict[str, str]]:
    """The records that hold now, and the entity's key for each name decided for."""
    known = neighbourhood.profiles.held
    held = {key: known[key] for key in neighbourhood.decided & known.keys()}
    merges = neighbourhood.merges.values()
    by_people = [merge for merge in merges if merge.decided_by != RULE and merge.pair <= held.keys()]
    apart = {merge.pair for merge in by_people if merge.status == "split"}
    certain = {merge.pair for merge in by_people if merge.status == "merged"}
    accepted = {
        pair: decision
        for pair, decision in neighbourhood.decisions.items()
        if decision and decision.accepted and pair <= held.keys() and not neighbourhood.is_ambiguous(decision)
    }
    candidates = [Candidate(pair, 1.0, certain=True) for pair in certain]
    candidates += [Candidate(pair, item.score) for pair, item in accepted.items() if pair not in apart | certain]

    def contradict(one: str, other: str) -> bool:
        return bool(neighbourhood.rule.contradiction(held[one], held[other]))

    entities = cluster(held, candidates, apart, contradict)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    by_rule = [
        Merge(item.key, item.into_key, item.score, item.reasons, RULE, now, "merged")
        for pair, item in accepted.items()
        if pair not in apart | certain and entities[item.key] == entities[item.into_key]
    ]
    return by_people + by_rule, entities
