"""Test what the kernel's rules promise, on whole days of requests and a virtual clock."""

from itertools import pairwise
from math import ceil
from random import Random

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from hearthd.engine.backend import Priority
from hearthd.engine.kernel.waiting import URGENCY
from tests.engine.kernel.simulation import Job, Simulation, Wish

VOICE, CHAT, BACKGROUND = Priority.VOICE, Priority.CHAT, Priority.BACKGROUND
SHORTEST_QUANTUM = 32

# A home's prompts begin alike.
STEM = tuple(Random(1).choices(range(6), k=60))
PROMPTS = st.builds(
    lambda shared, own: STEM[:shared] + tuple(own),
    st.integers(0, 60),
    st.lists(st.integers(0, 5), min_size=1, max_size=30),
)
WISHES = st.builds(
    Wish,
    at=st.integers(0, 80).map(lambda tenths: tenths / 10),
    priority=st.sampled_from(list(Priority)),
    prompt=PROMPTS,
    reply=st.integers(1, 14),
    deadline=st.sampled_from([None, None, None, 4.0, 9.0]),
)


def exceptions(simulation: Simulation, job: Job) -> int:
    """Return in how many steps less urgent work was computed while a job waited for its first token.

    Without the one that was being computed when it came.
    """
    assert job.first is not None
    return sum(
        any(URGENCY[priority] > URGENCY[job.wish.priority] for priority, _ in step.chunks)
        for step in simulation.steps
        if job.wish.at <= step.begin < job.first
    )


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    wishes=st.lists(WISHES, min_size=1, max_size=14),
    seats=st.integers(1, 4),
    cells=st.sampled_from([130, 200, 600]),
    exact=st.booleans(),
    limit=st.sampled_from([2, 100]),
    spare=st.integers(1, 4),
    resting=st.sampled_from([0, 30, 600]),
)
def test_whatever_comes_is_served_right(
    wishes: list[Wish], seats: int, cells: int, exact: bool, limit: int, spare: int, resting: int
) -> None:
    """Everybody ends, with the tokens of an undisturbed run, and voice waits for nobody.

    Cells, seats and order are asserted before every step inside of the simulation.
    """
    simulation = Simulation(
        wishes,
        seats=seats,
        cells=cells,
        exact=exact,
        limit=limit,
        sequences=seats + spare,
        resting=resting,
        ageing_s=2.0,
    )
    for job in simulation.run():
        answer = job.wish.answer()
        assert job.outcome in {"done", "refused", "late"}
        assert job.outcome != "done" or job.reply == answer
        assert job.reply == answer[: len(job.reply)]
        if job.outcome == "late":
            assert job.wish.deadline is not None
            assert (job.ended or 0.0) >= job.wish.deadline
        if job.first is not None and job.wish.priority is VOICE:
            assert exceptions(simulation, job) <= 1 + (job.first - job.wish.at) // 2.0
    assert simulation.tree.used == simulation.memory.used
    assert simulation.tree.resting == len(simulation.memory.sequences)


@pytest.mark.parametrize("seats", [1, 2, 4])
@pytest.mark.parametrize("flood", [VOICE, CHAT])
def test_nobody_starves(seats: int, flood: Priority) -> None:
    """Under more urgent requests than can be served, a background job still ends within its bound.

    Every 60 s its age makes it first in the room, and 30 s without service give it a quantum in a seat.
    """
    prompt, reply = STEM[:50], 2
    wishes = [Wish(at / 5, flood, STEM[: 20 + at % 40], 4) for at in range(5 * 400)]
    job = Wish(1.0, BACKGROUND, (5, *prompt), reply)
    simulation = Simulation([*wishes, job], seats=seats, limit=4, checked=False)
    simulation.run()
    (ended,) = [each for each in simulation.jobs if each.wish is job]
    assert ended.outcome == "done"
    assert ended.reply == job.answer()
    services = ceil(len(job.prompt) / SHORTEST_QUANTUM) + reply
    assert (ended.ended or 0.0) - job.at <= services * (60.0 + 30.0)
    served = [each for each in simulation.jobs if each.outcome == "done" and each.wish.priority is flood]
    assert len(served) > 300


def test_aged_work_delays_voice_by_one_quantum_in_a_period() -> None:
    """However many background jobs starve, they get one quantum in 30 s between them while voice speaks."""
    speech = [Wish(at / 5, VOICE, STEM[: 20 + at % 40], 12) for at in range(5 * 200)]
    jobs = [Wish(0.0, BACKGROUND, (number, *STEM), 4) for number in range(2)]
    simulation = Simulation([*speech, *jobs], seats=4, limit=4, checked=False)
    simulation.run()
    lifted = [
        step
        for step in simulation.steps
        if {priority for priority, _ in step.chunks} == {VOICE, BACKGROUND} and step.begin < 200
    ]
    assert len(lifted) >= 4
    for one, other in pairwise(lifted):
        assert other.begin - one.begin >= 30.0


def test_preempted_work_goes_on_where_it_was() -> None:
    """A voice request takes the only seat; the job before it computes nothing twice but its last token."""
    job = Wish(0.0, BACKGROUND, STEM, 30)
    simulation = Simulation([job, Wish(1.0, VOICE, (5, 5, 5), 3)], seats=1)
    first, voice = simulation.run()
    assert (first.preemptions, voice.preemptions) == (1, 0)
    assert first.reply == job.answer()
    assert first.cached > len(job.prompt)
    assert first.prefilled == 1
    assert (voice.ended or 0.0) < (first.ended or 0.0)


def test_short_memory_preempts_the_latest_of_the_least_urgent() -> None:
    """Replies that outgrow the cells take turns in order of urgency and arrival."""
    wishes = [
        Wish(0.0, CHAT, (0, *STEM[:20]), 40),
        Wish(0.1, CHAT, (1, *STEM[:20]), 40),
        Wish(0.2, CHAT, (2, *STEM[:20]), 40),
    ]
    simulation = Simulation(wishes, cells=100)
    jobs = simulation.run()
    assert [job.reply for job in jobs] == [wish.answer() for wish in wishes]
    assert jobs[0].preemptions == 0
    assert jobs[2].preemptions > 0
    assert [job.ended for job in jobs] == sorted(job.ended or 0.0 for job in jobs)


def test_conversation_is_computed_once() -> None:
    """Ten turns prefill what was said new in each, and nothing else."""
    wishes: list[Wish] = []
    prompt: tuple[int, ...] = STEM
    for turn in range(10):
        wishes.append(Wish(turn * 20.0, VOICE, prompt, 8))
        prompt = (*prompt, *wishes[-1].answer(), turn % 6, 5, 5)
    jobs = Simulation(wishes).run()
    assert [job.prefilled for job in jobs] == [60] + [4] * 9


def test_drafts_speed_replies_up() -> None:
    """What the model says again is verified several tokens at a time."""
    wish = Wish(0.0, VOICE, STEM, 200)
    simulation = Simulation([wish])
    (job,) = simulation.run()
    assert job.reply == wish.answer()
    assert job.accepted > 100
    assert len(simulation.steps) < 120
    (alone,) = Simulation([wish], exact=True).run()
    assert (job.ended or 0.0) < (alone.ended or 0.0)


def test_voice_waits_half_as_long_as_in_a_queue() -> None:
    """One voice request among twenty background jobs, on twenty days: at most half of first come, first served."""

    def wait(random: Random, *, by_urgency: bool) -> float:
        wishes = [
            Wish(
                random.uniform(0, 30),
                BACKGROUND if by_urgency else VOICE,
                tuple(random.choices(range(6), k=random.randint(200, 700))),
                random.randint(10, 40),
            )
            for _ in range(20)
        ]
        voice = Wish(random.uniform(1, 30), VOICE, (*STEM, 1), 10)
        jobs = Simulation([*wishes, voice], batch=512, checked=False).run()
        (job,) = [job for job in jobs if job.wish is voice]
        assert job.first is not None
        return job.first - voice.at

    def percentile_95(*, by_urgency: bool) -> float:
        return sorted(wait(Random(seed), by_urgency=by_urgency) for seed in range(20))[18]

    assert percentile_95(by_urgency=True) * 2 <= percentile_95(by_urgency=False)
