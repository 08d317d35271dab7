"""The rule's decisions on pairs of names, and the entities made of them."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.names import normalise_name
from kg.ontology import load_ontology
from kg.resolution.cluster import Candidate, Pair, cluster, representative
from kg.resolution.profile import Link, Profile
from kg.resolution.rule import THRESHOLD, WEIGHTS, Decision, Rule
from kg.store import Vector

RULE = Rule(load_ontology())
NEAR: Vector = np.eye(384, dtype=np.float32)[0]
FAR: Vector = np.eye(384, dtype=np.float32)[1]
HAS_EMAIL, ENDS_ON = "HAS_EMAIL", "ENDS_ON"


def profile(name: str, kind: str = "Person", **more: Any) -> Profile:
    """A name that one document has, which everyone may see."""
    key = normalise_name(name)
    known: dict[str, Any] = {
        "type_rank": 5,
        "mentions": 1,
        "node": f"e_{key}",
        "documents": frozenset({"d"}),
        "groups": frozenset({"everyone"}),
        "passages": (),
        "aliases": frozenset(),
    }
    return Profile(key=key, name=name, type=kind, **{**known, **more})


def decide(one: Profile, other: Profile, near: bool = True) -> Decision | None:
    there = (NEAR, NEAR) if near else (NEAR, FAR)
    forward, backward = RULE.decide(one, other, there), RULE.decide(other, one, there[::-1])
    assert forward == backward
    return forward


def accepted(one: Profile, other: Profile, near: bool = True) -> bool:
    decision = decide(one, other, near)
    return decision is not None and decision.accepted


def linked(*links: tuple[str, str]) -> frozenset[Link]:
    return frozenset(Link(predicate, True, other) for predicate, other in links)


def test_a_decision_says_why_and_the_reasons_add_up() -> None:
    decision = decide(profile("M. Lind"), profile("Maria Lind"))
    assert decision is not None and decision.accepted
    assert (decision.key, decision.into_key) == ("m lind", "maria lind")
    assert decision.reasons[0] == "same surname and initial +0.40"
    assert decision.score == pytest.approx(sum(float(reason.rpartition("+")[2]) for reason in decision.reasons))


def test_a_shortened_name_needs_support_from_where_it_stands() -> None:
    one, other = profile("M. Lind"), profile("Maria Lind", documents=frozenset({"other"}))
    assert not accepted(one, other, near=False)
    assert accepted(one, profile("Maria Lind"))
    facts = linked(("MEMBER_OF", "legal"), ("REPORTS_TO", "bo holm"))
    with_facts = [profile(item.name, documents=item.documents, links=facts) for item in (one, other)]
    assert accepted(with_facts[0], with_facts[1], near=False)


@pytest.mark.parametrize("near", [True, False])
def test_exact_identifiers_win_over_names(near: bool) -> None:
    maria, address = profile("Maria Lind"), profile("maria.lind@x.example", "Email", documents=frozenset({"log"}))
    assert accepted(maria, address, near)
    owner = profile("The Secretary", "Role", links=linked((HAS_EMAIL, "sec@x.example")))
    assert accepted(owner, profile("sec@x.example", "Email"), near)
    twins = [
        profile(name, "Organization", links=linked((HAS_EMAIL, "a@x.example"))) for name in ("Nordwind", "NW Hosting")
    ]
    assert accepted(twins[0], twins[1], near)
    vendor = profile("Korvane Cloud AB", "Organization", aliases=frozenset({"VEN-01"}))
    assert accepted(vendor, profile("VEN-01", "Identifier", documents=frozenset({"log"})), near)
    known = profile("Regulation (EU) 2016/679", "Policy")
    assert accepted(known, profile("General Data Protection Regulation", "Policy"), near)


CONTRADICTING = [
    (profile("Maria Lind"), profile("Martin Lind")),
    # A shared mailbox makes no two people one.
    (
        profile("Maria Lind", links=linked((HAS_EMAIL, "office@x.example"))),
        profile("Martin Lind", links=linked((HAS_EMAIL, "office@x.example"))),
    ),
    (
        profile("Maria Lind", links=linked((HAS_EMAIL, "office@x.example"))),
        profile("Bo Holm", links=linked((HAS_EMAIL, "office@x.example"))),
    ),
    # Two different identifiers.
    (
        profile("M. Lind", links=linked((HAS_EMAIL, "m@x.example"))),
        profile("Maria Lind", links=linked((HAS_EMAIL, "maria@x.example"))),
    ),
    # Two values of what has one.
    (
        profile("Hosting-Agreement", "Contract", links=linked((ENDS_ON, "2026-01-01"))),
        profile("Hosting Agreement", "Contract", links=linked((ENDS_ON, "2027-01-01"))),
    ),
    (profile("Lantern CRM", "System"), profile("Lantern-CRM", "Organization")),
    (profile("Nordwind AB", "Organization"), profile("Nordwind GmbH", "Organization")),
    (profile("CTR-1", "Contract"), profile("CTR-2", "Contract", aliases=frozenset({"CTR-1"}))),
]


@pytest.mark.parametrize(("one", "other"), CONTRADICTING)
def test_what_contradicts_is_never_merged(one: Profile, other: Profile) -> None:
    assert RULE.contradiction(one, other)
    assert not accepted(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (profile("Security", "Term"), profile("Security Operations", "Department")),
        (profile("Nordwind", "Term"), profile("Nordwind Handbook", "Policy")),
        (profile("PulseHarbour", "System"), profile("PulseHarbour Core", "System")),
        (profile("Service", "Term"), profile("services", "Term")),
        (profile("privacy@x.example", "Email"), profile("Privacy Office", "Department")),
        (profile("Payroll Manager", "Role"), profile("P. Manager", "Role")),
        (profile("maria.lind@x.example", "Email"), profile("Maria Lind", "Policy")),
    ],
)
def test_names_alike_of_things_apart(one: Profile, other: Profile) -> None:
    assert not accepted(one, other)


def test_no_name_alone_reaches_the_threshold_but_the_same_one() -> None:
    alone = {kind for kind, weight in WEIGHTS.items() if THRESHOLD <= weight < 1}
    assert alone == {"same spelling"}


PAIRS = [frozenset(pair) for pair in combinations("uvwxyz", 2)]
GROUPS = st.frozensets(st.sampled_from(["everyone", "hr", "legal"]), min_size=1)


@given(st.data())
def test_entities_whatever_the_order(data: st.DataObject) -> None:
    profiles = {key: profile(key, groups=data.draw(GROUPS), mentions=data.draw(st.integers(1, 3))) for key in "uvwxyz"}
    scores = data.draw(st.dictionaries(st.sampled_from(PAIRS), st.sampled_from([0.7, 0.8, 0.9]), max_size=9))
    certain = data.draw(st.frozensets(st.sampled_from(PAIRS), max_size=2))
    apart: frozenset[Pair] = data.draw(st.frozensets(st.sampled_from(PAIRS), max_size=3)) - certain
    against: frozenset[Pair] = data.draw(st.frozensets(st.sampled_from(PAIRS), max_size=3))
    candidates = [Candidate(pair, score) for pair, score in scores.items()]
    candidates += [Candidate(pair, 1.0, certain=True) for pair in certain]

    def made(order: list[Candidate]) -> dict[str, str]:
        return cluster(profiles, order, apart, lambda a, b: frozenset((a, b)) in against)

    entities = made(candidates)
    assert made(data.draw(st.permutations(candidates))) == entities
    for key, home in entities.items():
        members = [profiles[item] for item in "uvwxyz" if entities[item] == home]
        assert entities[home] == home
        assert all(pair not in apart for pair in map(frozenset, combinations((m.key for m in members), 2)))
        assert profiles[home].is_seen_by_all_of({group for member in members for group in member.groups})
        if not certain:
            assert all(pair not in against for pair in map(frozenset, combinations((m.key for m in members), 2)))
        assert key in {member.key for member in members}


def test_an_entity_goes_by_a_name_not_by_an_identifier() -> None:
    address = profile("maria.lind@x.example", "Email", type_rank=7, mentions=50)
    code = profile("VEN-01", "Identifier", type_rank=9, mentions=50)
    best = representative([address, code, profile("M. Lind", mentions=3), profile("Maria Lind", mentions=3)])
    assert best is not None and best.name == "Maria Lind"
