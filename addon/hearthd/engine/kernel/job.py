"""Carry one request between the event loop that asks and the thread that owns the model."""

from array import array
import asyncio
from collections.abc import Iterable
import contextlib
from dataclasses import dataclass, field
from itertools import groupby
import time

from hearthd.engine.backend import ChatEvent, Priority, Timings, Warmth
from hearthd.engine.generation import Reply
from hearthd.engine.kernel.scheduler import Entry
from hearthd.engine.kernel.speculation import Drafter
from hearthd.engine.llama.weights import Tokens
from hearthd.errors import ApiError

type JobEvent = ChatEvent | Warmth | ApiError
type Letter = tuple[Job, JobEvent]


@dataclass(slots=True)
class Course:
    """What has happened to a job; times are monotonic seconds."""

    seated: float | None = None
    first_token: float | None = None
    cached: int = 0
    preemptions: int = 0
    drafted: int = 0
    accepted: int = 0


@dataclass(slots=True, eq=False)
class Job:
    """One request, its mailbox and how far it is.

    `ended` is set when nobody waits for it any more. Until its request has been read it has no tokens and cannot be
    seated. `tokens` then grow by what the model writes; the first `held` of them are in the native `sequence`, which
    was promised cells for `promised`. A job that only warms a prefix has no reply, and one token more than the
    prefix, because a prefix is only ever looked for in something longer. At `boundary` a model that cannot go back
    leaves a checkpoint. `refused` counts the jobs that had ended when others gave way to it. `state` is what the disk
    had to offer: so many tokens, and their bytes.
    """

    priority: Priority
    deadline_s: float | None
    loop: asyncio.AbstractEventLoop
    arrived: float = field(default_factory=time.monotonic)
    events: asyncio.Queue[JobEvent] = field(default_factory=asyncio.Queue)
    entry: Entry = field(init=False)
    course: Course = field(default_factory=Course)
    ended: bool = False

    tokens: Tokens = field(default_factory=lambda: array("i"))
    prompt_length: int = 0
    boundary: int = 0
    reply: Reply | None = None
    drafter: Drafter | None = None
    pin: str | None = None

    sequence: int = -1
    held: int = 0
    promised: int = 0
    refused: int | None = None
    draft: tuple[int, ...] = ()
    is_fetching: bool = False
    was_looked_up: bool = False
    state: tuple[int, bytes] | None = None

    def __post_init__(self) -> None:
        """Let the scheduler know of it."""
        deadline = None if self.deadline_s is None else self.arrived + self.deadline_s
        self.entry = Entry(self.priority, self.arrived, 0, deadline=deadline)

    @property
    def pending(self) -> int:
        """Return how many tokens the model has still to read before it can go on."""
        return len(self.tokens) - self.held - (self.reply is None)

    @property
    def to_prefill(self) -> int:
        """Return the same, but 0 if that is only the next token of a reply under way."""
        return 0 if self.course.first_token is not None and self.pending == 1 else self.pending

    def emit(self, *events: JobEvent) -> None:
        """Hand events to whoever waits on the event loop; any thread may call it."""
        deliver((self, event) for event in events)

    def fail(self, error: ApiError) -> None:
        """End it with an error, unless it has ended already."""
        if not self.ended:
            self.ended = True
            self.emit(error)

    def guess(self, decoding: int, room: int) -> tuple[int, ...]:
        """Draft the next tokens of its reply, at most `room`, for a step in which so many sequences decode."""
        return () if self.drafter is None or self.to_prefill else self.drafter.draft(decoding)[: max(room, 0)]

    def close(self) -> None:
        """Free what it holds of llama.cpp; nobody works on it any more."""
        reply, self.reply = self.reply, None
        if reply is not None:
            reply.close()

    def timings(self, now: float) -> Timings:
        """Return its counts and durations at its end."""
        course = self.course
        seated = course.seated or now
        first = course.first_token or now
        return Timings(
            cache_n=course.cached,
            prompt_n=self.prompt_length - course.cached,
            prompt_ms=(first - seated) * 1000,
            predicted_n=0 if self.reply is None else self.reply.drawn,
            predicted_ms=(now - first) * 1000,
            queue_ms=(seated - self.arrived) * 1000,
            preemptions=course.preemptions,
            draft_n=course.drafted,
            draft_n_accepted=course.accepted,
        )


def deliver(letters: Iterable[Letter]) -> None:
    """Put events into their jobs' mailboxes, with one wake-up of each event loop."""
    for loop, bundle in groupby(letters, key=lambda letter: letter[0].loop):
        # A loop that has closed meanwhile has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_put, tuple(bundle))


def _put(letters: Iterable[Letter]) -> None:
    """Put events into mailboxes, on their own event loop."""
    for job, event in letters:
        job.events.put_nowait(event)
