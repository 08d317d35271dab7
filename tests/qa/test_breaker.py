"""The breaker against a model of it: opens after failures on end, lets one call try after a while."""

from hypothesis import given
from hypothesis import strategies as st

from qa.models.breaker import Breaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def broken(seconds: float = 20.0) -> tuple[Breaker, Clock]:
    clock = Clock()
    breaker = Breaker(3, seconds, clock)
    assert [breaker.failed() for _ in range(3)] == [False, False, True]
    return breaker, clock


def test_it_opens_after_failures_on_end_only() -> None:
    breaker = Breaker(3, 20.0, Clock())
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        assert breaker.allows()
        assert not breaker.succeeded()  # it was not open
    assert breaker.wait == 0.0


def test_one_call_tries_after_the_wait_and_decides() -> None:
    breaker, clock = broken()
    assert not breaker.allows()
    clock.now = 19.9
    assert not breaker.allows()
    assert round(breaker.wait, 1) == 0.1
    clock.now = 20.0
    assert [breaker.allows() for _ in range(3)] == [True, False, False]  # one tries, the others wait
    assert breaker.failed()  # and it opens anew, for as long again
    clock.now = 39.9
    assert not breaker.allows()
    clock.now = 40.0
    assert breaker.allows()
    assert breaker.succeeded()
    assert all(breaker.allows() for _ in range(3))


def test_a_call_that_was_given_up_decides_nothing() -> None:
    breaker, clock = broken()
    clock.now = 20.0
    assert breaker.allows()
    breaker.released()
    assert breaker.allows()  # the next one may try at once


@given(st.lists(st.sampled_from(["fail", "succeed", "wait", "give up"]), max_size=60))
def test_it_never_lets_two_try_and_never_stays_shut(acts: list[str]) -> None:
    clock = Clock()
    breaker = Breaker(2, 10.0, clock)
    failures, opened = 0, None
    for act in acts:
        if act == "wait":
            clock.now += 4.0
            continue
        expected = opened is None or clock.now - opened >= 10.0
        assert breaker.allows() == expected
        if not expected:
            continue
        if opened is not None:
            assert not breaker.allows()
        if act == "succeed":
            breaker.succeeded()
            failures, opened = 0, None
        elif act == "fail":
            failures += 1
            if breaker.failed():
                opened = clock.now
            assert (opened is not None) == (failures >= 2)
        else:
            breaker.released()
