"""Test that one thread computes for all models, and whose turn it is."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
import threading
import time

import pytest

from hearthd.engine.llama import processor as processing
from hearthd.engine.llama.processor import Processor, Step, Turns
from tests.engine.llama.busy import LONG_S, busy

VOICE, CHAT, BACKGROUND = range(3)


@pytest.fixture
def processor() -> Processor:
    """Return a processor for one test."""
    return Processor()


@pytest.fixture
def others() -> Iterator[ThreadPoolExecutor]:
    """Return threads that take turns beside the test's."""
    with ThreadPoolExecutor() as pool:
        yield pool


def _step(work: Callable[[], int], urgency: int, *, waited_s: float = 0.0, **more: Callable[[], None]) -> Step:
    return Step(work, urgency, time.monotonic() - waited_s, **more)


def _noting(order: list[str], name: str) -> Callable[[], int]:
    """Return work that notes when it is done."""

    def work() -> int:
        order.append(name)
        return 0

    return work


def test_all_is_computed_in_one_thread(processor: Processor, others: ThreadPoolExecutor) -> None:
    """Whichever thread asks; each gets its own status."""
    turns = [Turns(processor) for _ in range(4)]
    seen: set[int] = set()

    def work(status: int) -> int:
        seen.add(threading.get_ident())
        return status

    asked = [others.submit(one.compute, lambda status=status: work(status), CHAT) for status, one in enumerate(turns)]
    assert [one.result(LONG_S) for one in asked] == [0, 1, 2, 3]
    assert len(seen) == 1
    assert threading.get_ident() not in seen


def test_a_failure_is_told_to_whoever_asked(processor: Processor) -> None:
    """The processor goes on."""
    turns = Turns(processor)
    with pytest.raises(ZeroDivisionError):
        turns.compute(lambda: 1 // 0, CHAT)
    assert turns.compute(lambda: 7, CHAT) == 7


def test_the_most_urgent_comes_first(processor: Processor) -> None:
    """Among equals, who has waited longest."""
    order: list[str] = []
    steps = [
        _step(_noting(order, name), urgency, waited_s=waited)
        for name, urgency, waited in (
            ("late chat", CHAT, 0.0),
            ("background", BACKGROUND, 5.0),
            ("early chat", CHAT, 1.0),
            ("voice", VOICE, 0.0),
        )
    ]
    with busy(processor=processor):
        for step in steps:
            processor.put(step)
    for step in steps:
        step.status.result(LONG_S)
    assert order == ["voice", "early chat", "late chat", "background"]


def test_nobody_slips_in_between_two_steps_of_a_reply(processor: Processor, monkeypatch: pytest.MonkeyPatch) -> None:
    """While tokens are drawn the background waits, but a step that has waited long enough does not."""
    monkeypatch.setattr(processing, "_GAP_S", LONG_S)
    reply = Turns(processor)
    assert reply.compute(lambda: 1, VOICE) == 1
    background, patient = _step(lambda: 0, BACKGROUND), _step(lambda: 5, BACKGROUND, waited_s=25.0)
    processor.put(background)
    assert reply.compute(lambda: 2, VOICE) == 2
    processor.put(patient)
    assert patient.status.result(LONG_S) == 5
    assert processor.withdraw(background)


def test_a_gap_without_a_step_ends(processor: Processor) -> None:
    """What waits comes after the last step of a reply, by itself."""
    assert Turns(processor).compute(lambda: 1, VOICE) == 1
    assert Turns(processor).compute(lambda: 2, BACKGROUND) == 2


@pytest.mark.parametrize(("running", "coming", "is_interrupted"), [(2, 0, True), (1, 1, False), (0, 2, False)])
def test_what_is_long_and_less_urgent_is_interrupted(
    processor: Processor, running: int, coming: int, is_interrupted: bool
) -> None:
    """Only for somebody more urgent."""
    interrupted = threading.Event()
    step = _step(lambda: 0, coming)
    with busy(running, interrupted.set, processor):
        processor.put(step)
        assert interrupted.is_set() is is_interrupted
    assert step.status.result(LONG_S) == 0


def test_what_has_not_begun_can_be_withdrawn(processor: Processor, others: ThreadPoolExecutor) -> None:
    """What has begun can't."""
    turns = Turns(processor)
    with busy(processor=processor) as running:
        asked = others.submit(turns.compute, lambda: 1, CHAT)
        while not asked.done():
            turns.withdraw()
        assert asked.result() is None
        assert turns.computed_s == 0.0
        assert not processor.withdraw(running)


def test_patience_ends_and_the_place_is_kept(processor: Processor, others: ThreadPoolExecutor) -> None:
    """Who tries again has waited since the first try."""
    order: list[str] = []
    turns = Turns(processor)
    with busy(processor=processor):
        assert turns.compute(lambda: 1, CHAT, patience=0.0) is None
        later = _step(_noting(order, "later"), CHAT)
        processor.put(later)
        again = others.submit(turns.compute, _noting(order, "first"), CHAT)
        while len(processor._waiting) < 2:  # noqa: SLF001 - nothing else tells that both wait
            time.sleep(0.001)
    assert again.result(LONG_S) == later.status.result(LONG_S) == 0
    assert order == ["first", "later"]
    assert turns.computed_s > 0.0


@pytest.mark.parametrize("fails", [False, True], ids=["given up", "failed"])
def test_place_ends_with_what_it_was_for(processor: Processor, others: ThreadPoolExecutor, fails: bool) -> None:
    """A step that follows on nothing is the last to have come."""
    order: list[str] = []
    turns = Turns(processor)
    if fails:
        with pytest.raises(ZeroDivisionError):
            turns.compute(lambda: 1 // 0, CHAT)
    with busy(processor=processor):
        if not fails:
            assert turns.compute(lambda: 1, CHAT, patience=0.0) is None
            turns.give_up()
        earlier = _step(_noting(order, "earlier"), CHAT)
        processor.put(earlier)
        anew = others.submit(turns.compute, _noting(order, "anew"), CHAT)
        while len(processor._waiting) < 2:  # noqa: SLF001 - nothing else tells that both wait
            time.sleep(0.001)
    assert anew.result(LONG_S) == earlier.status.result(LONG_S) == 0
    assert order == ["earlier", "anew"]
