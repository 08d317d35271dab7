"""governance.review on both databases: answers that people look at, who sees and decides what, by when."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from governed import add, notes_folder
from review_desk import ADA, ANNA, HIGH, RITA, ROSS, STEN, Desk, desk_on, person

from api.asking import Manner
from governance.database import Database
from governance.identity.principal import OWNER, Principal
from governance.review.export import as_lines, cases
from governance.review.items import Item, NoSuchItem, ReviewRefused
from governance.review.policy import UnusableReviewPolicy, load_review_policy
from governance.review.queue import ReviewQueue
from qa.answer import Answer
from qa.evaluate import judge, read_questions

__all__ = ["notes_folder"]
WHO = "Who owns Atlas?"
Queue = Callable[..., ReviewQueue]


@pytest.fixture
def desk(notes_folder: Path, tmp_path: Path, database: Database) -> Iterator[Desk]:
    with desk_on(notes_folder, tmp_path / "graph_of_desk", database) as opened:
        yield opened


def only(queue: ReviewQueue, who: Principal = RITA) -> Item:
    [item] = queue.listed(who)
    return item


def weak(desk: Desk, question: str = WHO) -> Answer:
    """An answer of which little holds."""
    return desk.ask(question, groundedness=0.4)


def test_a_weak_answer_waits_for_a_person_and_says_so(desk: Desk) -> None:
    queue = desk.queue()
    answer = weak(desk)
    told = queue.consider(answer, Manner(), ANNA)
    item = only(queue)
    assert (told.status, told.citations, told.id) == ("escalated", answer.citations, answer.id)
    assert told.answer.startswith("A person will look at this by 2026-03-03 12:00 UTC")
    assert told.answer.endswith(answer.answer)
    assert item.id in told.answer
    assert told.trace.route.review == f"in review: {item.rule} ({item.id})"
    assert (item.kind, item.title, item.asker, item.owner) == ("answer", WHO, "anna", "role:reviewer")
    assert (item.due_at, item.state, item.overdue) == ("2026-03-03T12:00:00+00:00", "open", False)
    assert item.payload["answer"] == answer.answer
    assert item.payload["citations"][0]["quote"] == answer.citations[0].quote


def test_the_same_answer_is_looked_at_once(desk: Desk) -> None:
    queue = desk.queue()
    told = [queue.consider(weak(desk), Manner(), who) for who in (ANNA, ROSS, ANNA)]
    only(queue)
    assert len({answer.answer for answer in told}) == 1
    queue.consider(weak(desk), Manner(), OWNER)  # who sees more may have been told more
    queue.consider(weak(desk, "Who hosts Atlas?"), Manner(), ANNA)
    assert len(queue.listed(OWNER)) == 3
    assert len(queue.listed(RITA)) == 2  # nor may a reviewer see what was asked with more access than theirs


def test_an_answer_that_no_rule_picks_is_given_as_it_is(desk: Desk) -> None:
    queue = desk.queue()
    answer = desk.ask(WHO)
    assert queue.consider(answer, Manner(), ANNA) is answer
    assert queue.listed(RITA) == []


def test_a_rule_may_let_the_answer_stand(desk: Desk) -> None:
    queue = desk.queue()
    answer = desk.ask(WHO)
    told = queue.consider(answer, HIGH, ANNA)
    assert (told.status, told.answer) == ("answered", answer.answer)
    assert "in review: the stakes are high" in told.trace.route.review
    assert only(queue).four_eyes


def test_no_answer_although_facts_say_something_is_looked_at(desk: Desk) -> None:
    queue = desk.queue()
    found = desk.ask(WHO, status="abstained")
    assert "no answer although" in queue.consider(found, Manner(), ANNA).trace.route.review
    nothing = desk.ask("What is the capital of Peru?")
    assert nothing.status == "abstained"
    assert queue.consider(nothing, Manner(), ANNA) is nothing


def test_documents_that_contradict_each_other_are_looked_at(desk: Desk) -> None:
    queue = desk.queue()
    add(desk.service, "denial.md", "# Note\n\nMaria Lind does not own Atlas.\n", ["legal"])
    answer = desk.ask(WHO)
    assert queue.consider(answer, Manner(), ANNA) is answer  # who does not see the denial does not hear of it
    lena = person("lena", groups=("everyone", "legal"))
    affirmed = answer.model_copy(update={"facts": [fact for fact in answer.facts if not fact.negated]})
    assert "documents contradict" in queue.consider(affirmed, Manner(), lena).trace.route.review
    assert queue.listed(RITA) == []  # nor does a reviewer
    item = only(queue, person("lars", "reviewer", groups=("everyone", "legal")))
    assert [row["other_negated"] for row in item.payload["contradictions"]] == [True]


@pytest.mark.parametrize(
    ("verdict", "text", "status", "says"),
    [
        ("approve", None, "answered", "Maria Lind"),
        ("correct", "Atlas belongs to the Data Office.", "answered", "Atlas belongs to the Data Office."),
        ("reject", None, "escalated", "A reviewer rejected"),
    ],
)
def test_what_was_decided_is_what_is_answered_then(
    desk: Desk, verdict: Any, text: str | None, status: str, says: str
) -> None:
    queue = desk.queue()
    queue.consider(weak(desk), Manner(), ANNA)
    done = queue.decide(only(queue).id, RITA, verdict, "I looked it up.", text)
    assert (done.state, done.verdict, done.text) == ("done", verdict, text)
    assert [(step.who, step.what) for step in done.steps] == [("anna", "opened"), ("rita", verdict)]
    assert done.steps[-1].reason == "I looked it up."
    told = queue.consider(weak(desk), Manner(), ANNA)
    assert told.status == status
    assert says in told.answer
    assert bool(told.citations) == (verdict != "reject")
    assert queue.listed(RITA) == []
    assert [item.id for item in queue.listed(RITA, ("done",))] == [done.id]
    assert desk.acts[-1] == ("rita", verdict, {"kind": "answer", "reason": "I looked it up.", "decided": True})
    with pytest.raises(ReviewRefused, match="was decided on 2026-03-02"):
        queue.decide(done.id, RITA, "approve", "Once more.")


def test_a_changed_document_makes_it_another_answer(desk: Desk) -> None:
    queue = desk.queue()
    queue.consider(weak(desk), Manner(), ANNA)
    queue.decide(only(queue).id, RITA, "approve", "It is so.")
    add(desk.service, "atlas.md", "# Atlas Handbook\n\nMaria Lind owns Atlas.\n\nIt is old.\n")
    assert queue.consider(weak(desk), Manner(), ANNA).status == "escalated"


def test_a_reviewer_sees_what_they_may_see(desk: Desk) -> None:
    queue = desk.queue()
    add(desk.service, "vega.md", "# Vega\n\nSven Falk owns Vega.\n", ["legal"])
    lena = person("lena", groups=("everyone", "legal"))
    hidden = desk.ask("Who owns Vega?", lena.groups, groundedness=0.4)
    queue.consider(hidden, Manner(), lena)
    queue.consider(weak(desk), Manner(), ANNA)
    assert [item.title for item in queue.listed(RITA)] == [WHO]
    [item] = [item for item in queue.listed(OWNER) if item.title != WHO]
    for act in (queue.show, queue.take):
        with pytest.raises(NoSuchItem, match="There is no review item"):
            act(item.id, RITA)
    with pytest.raises(NoSuchItem):
        queue.decide(item.id, RITA, "approve", "Blind.")
    lars = person("lars", "reviewer", groups=("everyone", "legal"))
    assert queue.decide(item.id, lars, "approve", "It is so.").state == "done"
    assert len(queue.listed(lars)) == 1


def test_four_eyes_take_two_users_who_say_the_same(desk: Desk) -> None:
    queue = desk.queue()
    asker = person("rita2", "reviewer")
    queue.consider(desk.ask(WHO), HIGH, asker)
    item = only(queue)
    first = queue.decide(item.id, RITA, "correct", "A typo.", "Maria Lind [1].")
    assert (first.state, first.verdict, first.owner) == ("second", None, "role:reviewer")
    with pytest.raises(ReviewRefused, match="You decided already"):
        queue.decide(item.id, RITA, "correct", "A typo.", "Maria Lind [1].")
    with pytest.raises(ReviewRefused, match="You asked for this yourself"):
        queue.decide(item.id, asker, "correct", "A typo.", "Maria Lind [1].")
    differing = queue.decide(item.id, ROSS, "correct", "Another.", "Maria [1].")
    assert (differing.state, differing.owner) == ("second", "role:steward")  # they differ: it goes on
    with pytest.raises(ReviewRefused, match="is for role:steward"):
        queue.decide(item.id, RITA, "correct", "Yes.", "Maria [1].")
    done = queue.decide(item.id, STEN, "correct", "Yes.", "Maria [1].")
    assert (done.state, done.text) == ("done", "Maria [1].")
    assert [act[2]["decided"] for act in desk.acts] == [False, False, True]


def test_what_nobody_decides_in_time_goes_on(desk: Desk) -> None:
    queue = desk.queue()
    queue.consider(weak(desk), Manner(), ANNA)
    queue.take(only(queue).id, RITA)
    desk.later(hours=24)
    assert queue.escalate() == []
    desk.later(seconds=1)
    item = only(queue)  # listing is enough
    assert (item.owner, item.then, item.taken_by) == ("role:steward", ("role:admin",), None)
    assert (item.due_at, item.overdue) == ("2026-03-04T12:00:01+00:00", False)
    with pytest.raises(ReviewRefused, match="is for role:steward"):
        queue.take(item.id, RITA)
    desk.later(hours=25)
    assert [gone.owner for gone in queue.escalate()] == ["role:admin"]
    desk.later(hours=25)
    assert queue.escalate() == []  # there is nobody further
    assert only(queue).overdue
    steps = queue.show(item.id, ADA).steps
    assert [step.what for step in steps] == ["opened", "taken", "escalated", "escalated"]
    assert queue.decide(item.id, ADA, "approve", "At last.").state == "done"


def test_one_who_took_it_decides_it(desk: Desk) -> None:
    queue = desk.queue()
    queue.consider(weak(desk), Manner(), ANNA)
    item = only(queue)
    assert queue.take(item.id, RITA).taken_by == "rita"
    for act in (lambda: queue.take(item.id, ROSS), lambda: queue.decide(item.id, ROSS, "approve", "Mine.")):
        with pytest.raises(ReviewRefused, match="rita has taken"):
            act()
    assert queue.decide(item.id, RITA, "approve", "Mine.").state == "done"


def test_only_owners_decide_and_with_a_reason(desk: Desk) -> None:
    queue = desk.queue()
    queue.consider(weak(desk), Manner(), ANNA)
    item = only(queue)
    for who in (ANNA, person("ann", "analyst")):
        with pytest.raises(ReviewRefused, match="is for role:reviewer"):
            queue.decide(item.id, who, "approve", "I like it.")
    for verdict, reason, text in (("approve", " ", None), ("correct", "So.", " "), ("correct", "So.", None)):
        with pytest.raises(ReviewRefused, match="Give"):
            queue.decide(item.id, RITA, verdict, reason, text)  # type: ignore[arg-type]
    assert only(queue).state == "open"
    assert queue.decide(item.id, OWNER, "approve", "Mine is the machine.").state == "done"


def test_of_two_at_once_one_decides(desk: Desk) -> None:
    queue = desk.queue()
    queue.consider(weak(desk), Manner(), ANNA)
    item = only(queue)

    def decide(who: Principal) -> bool:
        try:
            queue.decide(item.id, who, "approve", "Me.")
        except ReviewRefused:
            return False
        return True

    people = [person(f"r{number}", "reviewer") for number in range(6)]
    with ThreadPoolExecutor(6) as executor:
        assert sum(executor.map(decide, people)) == 1


def test_reviewed_answers_are_questions_with_known_answers(desk: Desk, tmp_path: Path) -> None:
    queue = desk.queue()
    questions = [WHO, "Who hosts Atlas?", "Who owns Bora?", "How often is Atlas backed up?"]
    for question in questions:
        queue.consider(weak(desk, question), Manner(), ANNA)
    nothing = desk.ask(WHO, status="abstained", citations=[], facts=[], answer="None.")
    nothing = nothing.model_copy(update={"question": "Who owns Vega?"})
    queue.consider(nothing, Manner(), ANNA)
    verdicts = {WHO: "approve", "Who hosts Atlas?": "correct", "Who owns Bora?": "reject", "Who owns Vega?": "approve"}
    for item in queue.listed(RITA):
        if item.title in verdicts:
            verdict: Any = verdicts[item.title]
            queue.decide(item.id, RITA, verdict, "So.", "Nordwind AB [1]" if verdict == "correct" else None)
    file = tmp_path / "cases.jsonl"
    file.write_text(as_lines(cases(queue.listed(RITA, ("done",)))))
    expected = {case.question: case for case in read_questions(file)}
    assert set(expected) == {WHO, "Who hosts Atlas?", "Who owns Vega?"}
    assert not expected["Who owns Vega?"].answerable
    assert expected[WHO].evidence
    assert json.loads(file.read_text().splitlines()[0]).keys() >= {"id", "question", "kind", "answerable"}
    for question in (WHO, "Who hosts Atlas?"):
        verdict_of = judge(expected[question], desk.ask(question))
        assert (verdict_of.right_evidence, verdict_of.right_answer) == (True, True)
        wrong = judge(expected[question], desk.ask("Who owns Bora?"))
        assert not wrong.right_answer


def test_what_is_removed_or_whose_user_goes_leaves_the_queue(desk: Desk) -> None:
    queue = desk.queue()
    queue.consider(weak(desk), Manner(), ANNA)
    queue.consider(weak(desk, "Who owns Bora?"), Manner(), ROSS)
    atlas = desk.service.find_document("atlas.md")
    assert queue.forget_documents([atlas, "d_none"]) == 1
    assert [item.title for item in queue.listed(RITA)] == ["Who owns Bora?"]
    assert (queue.forget_user("anna"), queue.forget_user("ross")) == (0, 1)
    assert queue.listed(OWNER) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('name = "the stakes are high"', 'name = ""'), "a rule without a name"),
        (('"stakes = high"', '"stakes < high"'), "orders stakes"),
        (('"stakes = high"', '"mood = high"'), "the condition 'mood = high'"),
        (('"groundedness < 0.6"', '"groundedness < low"'), "give a number"),
        (('returns = "escalated"', 'returns = "later"'), "returns 'later'"),
        (('owner = "role:admin"', 'owner = "admin"'), "owner and then of 'access'"),
        (("due_hours = 120", "due_hours = 0"), "due_hours of 'facts'"),
        (("four_eyes = true", "four_eyes = 2"), "true or false"),
        (("[merges]", "[names]"), r"no table \[merges\]"),
        (("[merges]", "[merges"), "is not valid TOML"),
    ],
)
def test_a_policy_that_cannot_be_used_is_told(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    from governance.review.policy import SHIPPED

    text = SHIPPED.read_text()
    assert change[0] in text
    (tmp_path / "policy.toml").write_text(text.replace(*change))
    with pytest.raises(UnusableReviewPolicy, match=told):
        load_review_policy(tmp_path / "policy.toml")
    with pytest.raises(UnusableReviewPolicy, match="cannot be read"):
        load_review_policy(tmp_path / "none.toml")
