"""governance.flags: canaries that roll themselves back, shadows that are only compared."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from governed import copied, notes_folder, served

from api.flagging import Flagging
from api.service import Service
from api.settings import Settings
from governance.database import Database
from governance.flags.book import GUARD, Change
from governance.flags.canary import Canary, Measured, breach
from governance.flags.model import Guards
from governance.flags.outcome import Outcome, failure
from governance.flags.provider import DatabaseProvider, FileProvider, FlagProvider
from governance.flags.rollout import Choice, Flags
from governance.flags.shadow import Shadows, compared
from qa.answer import Answer

__all__ = ["notes_folder"]
GOOD = Outcome(failed=False, abstained=False, groundedness=0.95, latency_ms=100.0, cost_usd=0.0)
LEAST = 20
USERS = [f"u{number}" for number in range(400)]


class Watch:
    """A canary of half of the users on a flag of a provider, with a clock."""

    def __init__(self, database: Database, provider: FlagProvider) -> None:
        self.provider, self.now = provider, datetime(2026, 3, 2, tzinfo=UTC)
        self.flags = Flags(provider)
        self.canary = Canary(database, provider.book, lambda: self.now)

    def choose(self, user: str) -> Choice:
        return self.flags.choose("router", user, [], "policy")

    def users(self, variant: str) -> list[str]:
        return [user for user in USERS if self.choose(user).variant == variant]

    def go(self, learned: Outcome, policy: Outcome = GOOD, rounds: int = LEAST) -> list[str]:
        """Answers of users of both arms; the reasons of rollbacks."""
        new, old = self.users("learned"), self.users("policy")
        found = []
        for number in range(rounds):
            self.canary.record(self.choose(old[number % len(old)]), policy)
            found.append(self.canary.record(self.choose(new[number % len(new)]), learned))
        return [reason for reason in found if reason]


DEFINED = f"""
[router]
variants = ["policy", "learned"]
percent = {{learned = 50}}
guards = {{least = {LEAST}, error_share = 0.1, abstention_share = 0.1, groundedness = 0.1, latency_p95 = 2.0}}
"""


@pytest.fixture
def watch(database: Database, tmp_path: Path) -> Watch:
    (tmp_path / "flags.toml").write_text(DEFINED)
    return Watch(database, FileProvider(database, tmp_path / "flags.toml"))


@pytest.mark.parametrize(
    ("worse", "told"),
    [
        (failure(100.0), "100% of answers failed, of the others 0%"),
        (Outcome(False, True, 0.0, 100.0, 0.0), "100% of answers abstained, of the others 0%"),
        (Outcome(False, False, 0.8, 100.0, 0.0), "mean groundedness is 0.80, of the others 0.95"),
        (Outcome(False, False, 0.95, 201.0, 0.0), "95th percentile of latency is 201 ms, of the others 100 ms"),
    ],
)
def test_a_canary_that_does_worse_is_rolled_back_once(watch: Watch, worse: Outcome, told: str) -> None:
    assert watch.go(worse, rounds=LEAST - 1) == []  # too few to tell
    [reason] = watch.go(worse, rounds=1)
    assert reason.startswith("learned: ")
    assert told in reason
    assert {watch.choose(user).variant for user in USERS} == {"policy"}
    [switched] = watch.provider.book.history("router")
    assert (switched.who, switched.reason) == (GUARD, reason)
    assert (switched.before["percent"], switched.after["percent"]) == ([["learned", 50.0]], [])
    flag = watch.provider.book.get("router")
    assert watch.provider.book.rolled_back(flag) == reason


def test_a_canary_that_does_as_well_stays(watch: Watch) -> None:
    nearly = Outcome(False, False, 0.86, 199.0, 0.0)
    assert watch.go(nearly, rounds=3 * LEAST) == []
    assert watch.users("learned")


def test_what_is_long_ago_does_not_count(watch: Watch) -> None:
    watch.go(failure(100.0), rounds=LEAST - 1)
    watch.now += timedelta(hours=25)
    assert watch.go(GOOD, rounds=LEAST) == []


def test_a_flag_defined_anew_is_in_force_again(database: Database) -> None:
    provider = DatabaseProvider(database)
    watch = Watch(database, provider)
    provider.book.switch("ann", "router", Change(percent={"learned": 50}, users={"bo": "learned"}), "a try")
    [reason] = watch.go(failure(1.0), rounds=50)  # the shipped guards want 50
    assert watch.choose("bo").variant == "policy"  # nobody has it any more
    provider.book.switch("ann", "router", Change(percent={"learned": 50}), "it was the network")
    assert watch.users("learned")
    assert watch.choose("bo").variant == "learned"
    assert [item.reason for item in provider.book.history()] == ["it was the network", reason, "a try"]


def test_of_many_processes_one_rolls_back(database: Database, tmp_path: Path) -> None:
    (tmp_path / "flags.toml").write_text(DEFINED)
    told: list[Any] = []
    lock = threading.Lock()

    def hear(*switched: Any) -> None:
        with lock:
            told.append(switched)

    books = [FileProvider(database, tmp_path / "flags.toml", hear).book for _ in range(5)]
    flag = books[0].get("router")
    with ThreadPoolExecutor(5) as executor:
        done = list(executor.map(lambda book: book.roll_back(flag, "worse"), books))
    assert sum(done) == len(told) == len(books[0].history()) == 1


def test_guards_break_above_their_limit_only() -> None:
    guards = Guards(error_share=0.1, abstention_share=0.1, groundedness=0.1, latency_p95=2.0, least=10)
    well = Measured(10, 0.0, 0.0, 0.9, 100.0)
    assert breach(Measured(10, 0.1, 0.1, 0.8, 200.0), well, guards) is None
    assert breach(Measured(9, 1.0, 1.0, 0.0, 900.0), well, guards) is None
    assert breach(Measured(10, 1.0, 0.0, None, None), well, guards) is not None
    assert breach(Measured(10, 0.0, 0.0, None, None), well, guards) is None


Asked = Callable[[Settings], Answer]


@pytest.fixture
def service(notes_folder: Path, tmp_path: Path, database: Database) -> Any:
    folder = copied(notes_folder, tmp_path / "graph_of_flags")
    with served(folder, "sqlite://") as opened:
        yield opened


def asked(service: Service, question: str) -> tuple[Answer, Asked]:
    from api.asking import Manner

    return (
        service.ask(question, ["everyone"], keep=False),
        lambda settings: service.asking.fresh(question, ["everyone"], None, None, Manner(), settings),
    )


def test_a_shadow_answers_too_and_is_only_compared(service: Service, database: Database) -> None:
    flagging = Flagging(service.settings, lambda: database)
    flagging.book.switch("ann", "router", Change(default="policy", shadow="learned"), "")
    seen: list[Settings] = []
    for question in ("Who owns Atlas?", "Who hosts Atlas?", "What is the capital of Peru?"):
        chosen = flagging.choose(service.settings, "maria", ["everyone"])
        assert (chosen.settings.router, chosen.choices[0].shadow) == ("policy", "learned")
        answer, again = asked(service, question)
        flagging.after(chosen, answer, lambda settings, again=again: seen.append(settings) or again(settings))  # type: ignore[misc,func-returns-value]
    flagging.shadows.wait()
    assert [settings.router for settings in seen] == ["learned"] * 3
    [pair] = compared(database, "router")
    assert (pair["control"], pair["shadow"], pair["answers"]) == ("policy", "learned", 3)
    assert (pair["same_text"], pair["same_citations"], pair["differing"]) == (1.0, 1.0, [])
    for arm in ("of_control", "of_shadow"):
        assert pair[arm]["abstained"] == pytest.approx(1 / 3, abs=1e-5)
        assert pair[arm]["latency_ms"] > 0
    flagging.close()


def test_a_shadow_that_differs_or_fails_is_told(service: Service, database: Database) -> None:
    shadows = Shadows(database)
    choice = Choice("router", "policy", "DEFAULT", shadow="learned")
    answer, _ = asked(service, "Who owns Atlas?")
    other, _ = asked(service, "Who owns Bora?")

    def fails() -> Answer:
        raise RuntimeError("no memory")

    for again in (lambda: other, fails, lambda: answer):
        assert shadows.offer(choice, answer, again)
    shadows.close()
    [pair] = compared(database, "router")
    assert (pair["answers"], pair["same_text"], pair["same_citations"]) == (3, 0.3333, 0.3333)
    assert (pair["of_shadow"]["failed"], pair["of_control"]["failed"]) == (0.333333, 0.0)
    assert pair["differing"] == [answer.id] * 2


def test_shadows_wait_for_nobody(service: Service, database: Database) -> None:
    shadows, go = Shadows(database, most=2), threading.Event()
    answer, _ = asked(service, "Who owns Atlas?")

    def slow() -> Answer:
        go.wait(30)
        return answer

    choice = Choice("router", "policy", "DEFAULT", shadow="learned")
    taken = [shadows.offer(choice, answer, slow) for _ in range(8)]
    assert 2 <= sum(taken) <= 3  # one runs, two wait
    assert shadows.dropped == 8 - sum(taken)
    go.set()
    shadows.close()
    assert compared(database, "router")[0]["answers"] == sum(taken)
    assert not shadows.offer(Choice("router", "policy", "DEFAULT"), answer, slow)  # nothing is in the shadow


def test_what_flags_say_becomes_settings(service: Service, database: Database) -> None:
    releases: list[str] = []

    def release(name: str, settings: Settings) -> Settings:
        releases.append(name)
        return settings.model_copy(update={"answer_seconds": 7.0})

    flagging = Flagging(service.settings, lambda: database, release)
    flagging.book.switch("ann", "router", Change(groups={"legal": "learned"}), "")
    flagging.book.switch("ann", "verification.unsupported", Change(users={"maria": "abstain"}), "")
    flagging.book.switch("ann", "release", Change(users={"maria": "winter"}), "")
    maria = flagging.choose(service.settings, "maria", ["legal"]).settings
    assert (maria.router, maria.unsupported, maria.answer_seconds, releases) == ("learned", "abstain", 7.0, ["winter"])
    assert flagging.choose(service.settings, "bo", ["everyone"]).settings == service.settings


def test_errors_count_but_those_of_the_caller(service: Service, database: Database) -> None:
    from kg.store import StoreError
    from qa.ask import EmptyQuestion

    flagging = Flagging(service.settings, lambda: database)
    flagging.book.switch("ann", "router", Change(percent={"learned": 100}), "")
    chosen = flagging.choose(service.settings, "maria", [])
    flagging.failed(chosen, EmptyQuestion("Ask."))
    flagging.failed(chosen, StoreError("Gone."))
    measured = flagging.canary.measured(flagging.book.get("router"), "learned")
    assert (measured.answers, measured.error_share) == (1, 1.0)
    cached = service.ask("Who owns Atlas?", ["everyone"], keep=False).model_copy(update={"cached": True})
    flagging.after(chosen, cached, lambda settings: cached)
    assert flagging.canary.measured(flagging.book.get("router"), "learned").answers == 1
