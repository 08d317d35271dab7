"""governance.review: what reviewers decide of facts, of names and of wishes for access is done."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from governed import add, notes_folder
from review_desk import ADA, ANNA, RITA, ROSS, STEN, Desk, desk_on, person

from governance.database import Database
from governance.identity.principal import OWNER
from governance.review.carrying_out import Gone
from governance.review.items import Item, ReviewRefused
from governance.review.policy import SHIPPED
from governance.review.queue import ReviewQueue

__all__ = ["notes_folder"]
OWNED, HOSTED = "Maria Lind OWNS Atlas", "Atlas HOSTED_BY Nordwind AB"


@pytest.fixture
def desk(notes_folder: Path, tmp_path: Path, database: Database) -> Iterator[Desk]:
    with desk_on(notes_folder, tmp_path / "graph_of_desk", database) as opened:
        yield opened


@pytest.fixture
def doubting(tmp_path: Path) -> Path:
    """A policy by which nearly every fact is uncertain."""
    text = SHIPPED.read_text().replace("below = 0.5", "below = 1.0")
    (tmp_path / "policy.toml").write_text(text)
    return tmp_path / "policy.toml"


def items(queue: ReviewQueue, kind: str) -> dict[str, Item]:
    return {item.title: item for item in queue.listed(RITA) if item.kind == kind}


def told(desk: Desk, question: str) -> list[str]:
    answer = desk.ask(question)
    return sorted(f"{fact.subject} {fact.predicate} {fact.object}" for fact in answer.facts)


def test_uncertain_facts_are_looked_at_and_decided(desk: Desk, doubting: Path) -> None:
    queue = desk.queue(doubting)
    came = queue.gather()["facts"]
    facts = items(queue, "fact")
    assert len(facts) == came > 2
    assert queue.gather()["facts"] == 0
    item = facts[OWNED]
    assert [quote["quote"] for quote in item.payload["quotes"]] == ["Maria Lind owns Atlas."]
    assert told(desk, "Who owns Atlas?") == [OWNED]
    queue.decide(item.id, RITA, "approve", "It is so.")
    assert told(desk, "Who owns Atlas?") == [OWNED]
    queue.decide(facts[HOSTED].id, ROSS, "correct", "It moved.", "Korvane Cloud AB")
    assert told(desk, "Who hosts Atlas?") == ["Atlas HOSTED_BY Korvane Cloud AB"]
    assert "Korvane Cloud AB" in desk.ask("Who hosts Atlas?").answer
    queue.decide(facts["Sven Falk OWNS Bora"].id, RITA, "reject", "He left.")
    assert "Sven Falk OWNS Bora" not in told(desk, "Who owns Bora?")
    assert queue.gather()["facts"] == 0  # nothing of it is uncertain any more
    assert {OWNED, HOSTED} & items(queue, "fact").keys() == set()


def test_decided_facts_stay_so_through_ingests(desk: Desk, doubting: Path) -> None:
    queue = desk.queue(doubting)
    queue.gather()
    facts = items(queue, "fact")
    queue.decide(facts[HOSTED].id, RITA, "correct", "It moved.", "Korvane Cloud AB")
    queue.decide(facts[OWNED].id, RITA, "reject", "She left.")
    text = "# Atlas Handbook\n\nMaria Lind owns Atlas. Atlas is hosted by Nordwind AB.\n\nAll else is new.\n"
    add(desk.service, "atlas.md", text)
    assert told(desk, "Who hosts Atlas?") == ["Atlas HOSTED_BY Korvane Cloud AB"]
    assert OWNED not in told(desk, "Who owns Atlas?")


def test_a_correction_may_be_given_as_the_fact_is_shown(desk: Desk, doubting: Path) -> None:
    queue = desk.queue(doubting)
    queue.gather()
    facts = items(queue, "fact")
    for wrong in ("Atlas HOSTED_BY", "Bora HOSTED_BY Korvane Cloud AB"):
        with pytest.raises(ReviewRefused, match=r"Only the object of Atlas HOSTED_BY Nordwind AB"):
            queue.decide(facts[HOSTED].id, RITA, "correct", "It moved.", wrong)
    queue.decide(facts[HOSTED].id, RITA, "correct", "It moved.", "atlas HOSTED_BY  Korvane Cloud AB")
    assert told(desk, "Who hosts Atlas?") == ["Atlas HOSTED_BY Korvane Cloud AB"]


def test_a_fact_of_a_hidden_document_is_for_those_who_see_it(desk: Desk, doubting: Path) -> None:
    queue = desk.queue(doubting)
    add(desk.service, "vega.md", "# Vega\n\nSven Falk owns Vega.\n", ["legal"])
    queue.gather()
    title = "Sven Falk OWNS Vega"
    assert title not in items(queue, "fact")
    assert title in {item.title for item in queue.listed(person("lars", "reviewer", groups=("everyone", "legal")))}


def test_what_the_graph_holds_no_more_leaves_the_queue(desk: Desk, doubting: Path) -> None:
    queue = desk.queue(doubting)
    queue.gather()
    item = items(queue, "fact")[OWNED]
    desk.service.remove(desk.service.find_document("atlas.md"))
    with pytest.raises(Gone, match="No document states this any longer"):
        queue.decide(item.id, OWNER, "approve", "It is so.")
    assert item.id not in {other.id for other in queue.listed(OWNER)}


def test_suspected_merges_are_decided(desk: Desk) -> None:
    queue = desk.queue()
    add(desk.service, "one.md", "# One\n\nKorvane Cloud AB hosts Vega.\n")
    add(desk.service, "two.md", "# Two\n\nKorvane Clouds AB hosts Lyra. Nordwynd AB hosts Mira.\n")
    assert queue.gather()["merges"] >= 2
    merges = items(queue, "merge")
    [same] = [item for title, item in merges.items() if "Korvane" in title]
    [other] = [item for title, item in merges.items() if "Nordw" in title]
    with pytest.raises(ReviewRefused, match="cannot be corrected"):
        queue.decide(same.id, RITA, "correct", "So.", "Korvane")
    queue.decide(same.id, RITA, "approve", "A typo.")
    [entity] = [row for row in desk.service.entities("Korvane Clouds AB") if "Korvane" in row["name"]]
    assert [merge["decided_by"] for merge in entity["merges"]] == ["rita"]
    queue.decide(other.id, RITA, "reject", "Two companies.")
    assert queue.gather()["merges"] == 0
    assert len([row for row in desk.service.entities("Nordwynd AB") if row["name"].startswith("Nordw")]) == 2


def test_access_is_asked_for_and_given(desk: Desk) -> None:
    queue = desk.queue()
    item = queue.request(ANNA, "legal", "I work on the contract.")
    assert queue.request(ANNA, "legal", "Please.").id == item.id
    assert [found.id for found in queue.listed(ANNA)] == [item.id]
    assert queue.listed(RITA) == []  # it is none of hers
    with pytest.raises(ReviewRefused, match="is for role:admin"):
        queue.decide(item.id, ANNA, "approve", "Me.")
    done = queue.decide(item.id, ADA, "approve", "She does.")
    assert (done.verdict, desk.given) == ("approve", [("anna", "legal")])
    again = queue.request(ANNA, "legal", "It was taken away.")
    assert (again.id, again.state, again.payload["reason"]) == (item.id, "open", "It was taken away.")
    queue.decide(item.id, ADA, "reject", "No more.")
    assert desk.given == [("anna", "legal")]
    own = queue.request(ADA, "role:owner", "Why not.")
    with pytest.raises(ReviewRefused, match="You asked for this yourself"):
        queue.decide(own.id, ADA, "approve", "Why not.")


@pytest.mark.parametrize(("wanted", "reason"), [("", "So."), ("role:", "So."), ("legal", " "), ("everyone", "So.")])
def test_a_wish_names_what_one_lacks_and_why(desk: Desk, wanted: str, reason: str) -> None:
    with pytest.raises(ReviewRefused):
        desk.queue().request(ANNA, wanted, reason)
    with pytest.raises(ReviewRefused, match="role:steward already"):
        desk.queue().request(STEN, "role:steward", "So.")


def test_what_cannot_be_done_is_not_decided(desk: Desk) -> None:
    def grant(user: str, wanted: str) -> None:
        raise LookupError(f"{user} is not known.")

    queue = desk.queue(grant=grant)
    item = queue.request(ANNA, "legal", "So.")
    with pytest.raises(LookupError, match="anna is not known"):
        queue.decide(item.id, ADA, "approve", "So.")
    shown = queue.show(item.id, ADA)
    assert (shown.state, [step.what for step in shown.steps]) == ("open", ["opened"])
    assert desk.queue(grant=None).decide(item.id, ADA, "reject", "Then not.").verdict == "reject"
