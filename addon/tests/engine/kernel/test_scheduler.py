"""Test which requests get tokens in a step, who has a seat, and who gives up theirs."""

import pytest

from hearthd.engine.backend import Priority
from hearthd.engine.kernel.scheduler import Entry, Scheduler

VOICE, CHAT, BACKGROUND = Priority.VOICE, Priority.CHAT, Priority.BACKGROUND
BATCH = 512
# 160 tokens a second for a quarter of one.
QUANTUM = 40


def make(*entries: Entry, seats: int = 8) -> Scheduler:
    """Return a scheduler in which entries run."""
    scheduler = Scheduler(seats=seats, batch=BATCH, ageing_s=30.0)
    for entry in entries:
        scheduler.add(entry)
    return scheduler


def shares(scheduler: Scheduler, entries: list[Entry], now: float) -> list[tuple[int, int]]:
    """Return the next step as (index of the entry, tokens)."""
    return [(entries.index(share.entry), share.tokens) for share in scheduler.step(now)]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([], [], id="nobody"),
        pytest.param([Entry(VOICE, 0, 900)], [(0, BATCH)], id="a voice prompt fills the batch"),
        pytest.param([Entry(VOICE, 0, 7)], [(0, 7)], id="no more than is left"),
        pytest.param([Entry(CHAT, 0, 900)], [(0, QUANTUM)], id="a chat prompt takes a quantum"),
        pytest.param([Entry(BACKGROUND, 0, 900)], [(0, QUANTUM)], id="so does the background"),
        pytest.param([Entry(BACKGROUND, 0, 0), Entry(CHAT, 1, 9)], [(1, 9)], id="only the most urgent class"),
        pytest.param([Entry(CHAT, 0, 0), Entry(CHAT, 1, 0)], [(0, 1), (1, 1)], id="all who decode"),
        pytest.param([Entry(CHAT, 0, 900), Entry(CHAT, 1, 0)], [(1, 1), (0, QUANTUM)], id="decoders before a chunk"),
        pytest.param([Entry(CHAT, 1, 900), Entry(CHAT, 0, 900)], [(1, QUANTUM)], id="one chunk, for who came first"),
        pytest.param([Entry(VOICE, 0, 900), Entry(VOICE, 1, 0)], [(1, 1), (0, QUANTUM)], id="voice beside voice"),
        pytest.param([Entry(CHAT, 0, 0, draft=4), Entry(CHAT, 1, 0)], [(0, 5), (1, 1)], id="drafts are verified"),
    ],
)
def test_step(entries: list[Entry], expected: list[tuple[int, int]]) -> None:
    """The most urgent class gets all; those who decode come first."""
    assert shares(make(*entries), entries, now=2.0) == expected


def test_a_small_batch_holds_everyones_token_before_any_draft() -> None:
    """Drafts and chunks take what is left."""
    entries = [Entry(CHAT, 0, 0, draft=8), Entry(CHAT, 1, 0, draft=8), Entry(CHAT, 2, 50)]
    scheduler = Scheduler(seats=3, batch=6)
    for entry in entries:
        scheduler.add(entry)
    assert shares(scheduler, entries, now=2.0) == [(0, 5), (1, 1)]
    entries[0].draft = 0
    entries[1].draft = 1
    assert shares(scheduler, entries, now=2.0) == [(0, 1), (1, 2), (2, 3)]


def test_asking_for_a_step_changes_nothing() -> None:
    """A step that was not computed is asked for again."""
    scheduler = make(Entry(CHAT, 0, 100), Entry(CHAT, 1, 0))
    assert scheduler.step(5.0) == scheduler.step(5.0)


def test_prompts_of_a_class_take_turns() -> None:
    """Neither of two long prompts waits for the other's end."""
    first, second = Entry(CHAT, 0.0, 100), Entry(CHAT, 0.1, 100)
    scheduler = make(first, second)
    order = []
    now = 0.2
    while step := scheduler.step(now):
        now += 0.25
        scheduler.done(step, now, 0.25)
        order += [("first", "second")[share.entry is second] for share in step if share.tokens > 1]
        for entry in (first, second):
            if not entry.to_prefill:
                scheduler.remove(entry)
    assert order == ["first", "second"] * 3


def test_done_moves_prompts_on() -> None:
    """An entry decodes once its prompt is done; then its share is no prompt any more."""
    entry = Entry(CHAT, 0.0, QUANTUM + 1)
    scheduler = make(entry)
    for left in (1, 0, 0):
        scheduler.done(scheduler.step(1.0), 1.0, 0.25)
        assert entry.to_prefill == left
    assert (entry.served, scheduler.decoding) == (1.0, 1)


@pytest.mark.parametrize(
    ("tokens", "seconds", "quantum"),
    [
        pytest.param(400, 1.0, 100, id="as measured"),
        pytest.param(400, 100.0, 32, id="no less on a slow machine"),
        pytest.param(400, 0.001, BATCH, id="no more than the batch"),
        pytest.param(8, 0.001, QUANTUM, id="a short chunk says nothing"),
        pytest.param(400, 0.0, QUANTUM, id="nor does a clock that stood still"),
    ],
)
def test_quantum_follows_the_machine(tokens: int, seconds: float, quantum: int) -> None:
    """A quantum is what the machine prefills in a quarter of a second."""
    scheduler = make()
    for _ in range(40):
        entry = Entry(VOICE, 0.0, tokens)
        scheduler.add(entry)
        scheduler.done(scheduler.step(0.0), 0.0, seconds)
        scheduler.remove(entry)
    assert scheduler.quantum == pytest.approx(quantum, abs=1)


def test_who_starves_joins_with_one_quantum_in_every_period() -> None:
    """The longest unserved of the less urgent goes first; the urgent lose one quantum in 30 s and no more."""
    voice, old, older = Entry(VOICE, 100, 0), Entry(CHAT, 60, 500), Entry(BACKGROUND, 40, 500)
    entries = [voice, old, older]
    scheduler = make(*entries)
    joined: list[tuple[float, int]] = []
    now = 100.0
    while now < 240.0:
        step = scheduler.step(now)
        joined += [(now, entries.index(share.entry)) for share in step if share.entry is not voice]
        assert step[0].entry is voice
        assert all(share.tokens <= QUANTUM for share in step)
        now += 1.0
        scheduler.done(step, now, 1.0)
    assert joined == [(100.0, 2), (131.0, 1), (162.0, 2), (193.0, 1), (224.0, 2)]


def test_a_starving_decoder_gets_a_token() -> None:
    """What stands still in the middle of a reply goes on, too."""
    entries = [Entry(VOICE, 50, 900), Entry(BACKGROUND, 0, 0, draft=8)]
    assert shares(make(*entries), entries, now=50.0) == [(1, 1), (0, BATCH - 1)]


def test_a_guest_leaves_half_of_the_batch() -> None:
    """On a machine whose quantum is a whole batch, an urgent prompt does not stand still for a guest."""
    entries = [Entry(VOICE, 50, 900), Entry(BACKGROUND, 0, 900)]
    scheduler = make()
    for _ in range(40):
        entry = Entry(VOICE, 0.0, 500)
        scheduler.add(entry)
        scheduler.done(scheduler.step(0.0), 0.0, 0.001)
        scheduler.remove(entry)
    for entry in entries:
        scheduler.add(entry)
    assert shares(scheduler, entries, now=50.0) == [(1, BATCH // 2), (0, BATCH // 2)]


@pytest.mark.parametrize(
    ("seats", "running", "free_for"),
    [
        pytest.param(1, [], [VOICE, CHAT, BACKGROUND], id="one seat is for everybody"),
        pytest.param(1, [BACKGROUND], [], id="and taken by anybody"),
        pytest.param(2, [BACKGROUND], [VOICE, CHAT], id="the other one of two is not for the background"),
        pytest.param(4, [], [VOICE, CHAT, BACKGROUND], id="all free"),
        pytest.param(4, [BACKGROUND], [VOICE, CHAT, BACKGROUND], id="half for the background"),
        pytest.param(4, [BACKGROUND] * 2, [VOICE, CHAT], id="no more than half"),
        pytest.param(4, [BACKGROUND] * 2 + [CHAT], [VOICE, CHAT], id="the rest is for whoever comes"),
        pytest.param(4, [CHAT] * 3, list(Priority), id="chat may take all"),
        pytest.param(4, [CHAT] * 4, [], id="voice has to displace it then"),
        pytest.param(4, [VOICE] * 3, [VOICE, CHAT, BACKGROUND], id="voice does not keep others out"),
        pytest.param(4, [VOICE] * 4, [], id="full"),
    ],
)
def test_seats(seats: int, running: list[Priority], free_for: list[Priority]) -> None:
    """The background leaves half of the seats to others."""
    scheduler = make(*(Entry(priority, 0, 0) for priority in running), seats=seats)
    assert [priority for priority in Priority if scheduler.admits(priority)] == free_for


def test_a_seat_is_freed_once() -> None:
    """Removing twice, or who never ran, is no error."""
    entry = Entry(CHAT, 0, 0)
    scheduler = make(entry)
    scheduler.remove(entry)
    scheduler.remove(entry)
    assert scheduler.running == ()


@pytest.mark.parametrize(
    ("running", "asker", "victim"),
    [
        pytest.param([], Entry(VOICE, 9, 0), None, id="nobody there"),
        pytest.param([(CHAT, 0), (BACKGROUND, 1), (BACKGROUND, 2)], Entry(VOICE, 9, 0), 2, id="least urgent, latest"),
        pytest.param([(CHAT, 0), (CHAT, 2)], Entry(VOICE, 9, 0), 1, id="latest of a class"),
        pytest.param([(CHAT, 0), (VOICE, 2)], Entry(BACKGROUND, 9, 0), None, id="never the more urgent"),
        pytest.param([(CHAT, 5)], Entry(CHAT, 0, 0), None, id="who waits displaces nobody of its own class"),
        pytest.param([(CHAT, 0), (CHAT, 5), (CHAT, 7)], 0, 2, id="who runs displaces a later one"),
        pytest.param([(CHAT, 0), (CHAT, 5)], 1, None, id="but not an earlier one: it gives way itself"),
        pytest.param([(VOICE, 0), (BACKGROUND, 1)], 1, None, id="nor a more urgent one"),
    ],
)
def test_victim(running: list[tuple[Priority, float]], asker: Entry | int, victim: int | None) -> None:
    """An asker is an entry that waits, or the number of one that runs."""
    entries = [Entry(priority, arrived, 0) for priority, arrived in running]
    found = make(*entries).preempt_for(entries[asker] if isinstance(asker, int) else asker, now=10.0)
    assert found is (None if victim is None else entries[victim])


def test_whose_turn_it_is_keeps_its_seat() -> None:
    """After a long wait it is not displaced before it was served, if only by one of those who wait for its seat."""
    starving, other, voice = Entry(BACKGROUND, 0, 50), Entry(BACKGROUND, 1, 50), Entry(VOICE, 40, 9)
    scheduler = make(starving, other)
    assert scheduler.preempt_for(voice, now=40.0) is other
    scheduler.remove(other)
    assert scheduler.preempt_for(voice, now=40.0) is None
    scheduler.done(scheduler.step(40.0), 40.0, 0.2)
    assert scheduler.preempt_for(voice, now=40.0) is starving
    assert scheduler.preempt_for(voice, now=71.0) is None
    scheduler.add(voice)
    assert scheduler.preempt_for(voice, now=71.0) is starving


def test_deadlines_end_what_runs() -> None:
    """A reply that comes too late is not finished."""
    entries = [Entry(CHAT, 0, 0), Entry(CHAT, 1, 0, deadline=9.0), Entry(VOICE, 2, 0, deadline=5.0)]
    scheduler = make(*entries)
    assert scheduler.next_deadline() == 5.0
    assert scheduler.expired(4.0) == ()
    assert scheduler.expired(9.0) == (entries[1], entries[2])
    assert make().next_deadline() is None


def test_running_is_in_order_of_urgency() -> None:
    """The most urgent, earliest first; what decodes of the most urgent class is counted."""
    late, early, job = Entry(CHAT, 5, 0), Entry(CHAT, 1, 9), Entry(BACKGROUND, 0, 0)
    scheduler = make(job, late, early)
    assert scheduler.running == (early, late, job)
    assert scheduler.decoding == 1
