"""Run the kernel's rules on a virtual clock, with a model that is a formula and cells that are counted one by one.

The loop is the kernel's in small: admit, make room, compute a step, read. What must hold before every step is
asserted in it.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hearthd.engine.backend import Priority
from hearthd.engine.kernel.operations import Operation
from hearthd.engine.kernel.prefix_tree import PrefixTree
from hearthd.engine.kernel.scheduler import Entry, Scheduler, Share
from hearthd.engine.kernel.speculation import Drafter, StepCosts
from hearthd.engine.kernel.waiting import URGENCY, WaitingRoom
from hearthd.errors import ApiError
from tests.engine.kernel.native_memory import NativeMemory

# A step takes about as long as a 0.5B model's on two cores.
STEP_S = 0.03
TOKEN_S = 0.006
# How much a reply may grow before it has to ask for cells.
PROMISED = 4


def say(tokens: Sequence[int]) -> int:
    """Return the model's next token: mostly as it went on before, now and then by all that was said."""
    if len(tokens) % 5 == 0:
        return sum(token * place for place, token in enumerate(tokens, 1)) % 6
    return (tokens[-1] * 2 + 1) % 6


@dataclass(frozen=True)
class Wish:
    """A request that will come."""

    at: float
    priority: Priority
    prompt: tuple[int, ...]
    reply: int
    deadline: float | None = None

    def answer(self) -> list[int]:
        """Return what an undisturbed model says."""
        tokens = list(self.prompt)
        for _ in range(self.reply):
            tokens.append(say(tokens))
        return tokens[len(self.prompt) :]


@dataclass(eq=False)
class Job:
    """A request on its way: `cached` and `prefilled` tokens since it was seated last, and what became of it."""

    wish: Wish
    entry: Entry
    tokens: list[int]
    drafter: Drafter | None
    sequence: int = -1
    held: int = 0
    cached: int = 0
    prefilled: int = 0
    preemptions: int = 0
    accepted: int = 0
    draft: tuple[int, ...] = ()
    seated: float = 0.0
    first: float | None = None
    ended: float | None = None
    outcome: str = "waiting"

    @property
    def reply(self) -> list[int]:
        """Return what was generated."""
        return self.tokens[len(self.wish.prompt) :]


@dataclass(frozen=True)
class Step:
    """What was computed from when to when: the prompt's and the reply's tokens of each priority."""

    begin: float
    end: float
    chunks: tuple[tuple[Priority, int], ...]


@dataclass
class Simulation:
    """One model for a home's requests."""

    wishes: Iterable[Wish]
    seats: int = 4
    cells: int = 4000
    batch: int = 64
    limit: int = 1000
    sequences: int = 12
    resting: int = 100
    exact: bool = False
    ageing_s: float = 30.0
    checked: bool = True
    now: float = 0.0
    running: dict[Entry, Job] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Set the parts up."""
        self.scheduler = Scheduler(seats=self.seats, batch=self.batch, ageing_s=self.ageing_s)
        self.room: WaitingRoom[Job] = WaitingRoom(self.limit, seats=self.seats, ageing_s=self.ageing_s)
        self.tree = PrefixTree(cells=self.cells, sequences=self.sequences, exact=self.exact)
        self.memory = NativeMemory()
        self.costs = StepCosts()
        self.coming = deque(sorted(self.wishes, key=lambda wish: wish.at))

    def run(self) -> list[Job]:
        """Serve everybody; return the jobs in order of arrival."""
        while self.coming or self.running or len(self.room):
            self._arrive()
            self._expire()
            while self.room.take(self.now, self._seat) is not None:
                pass
            was_idle = not self.running
            shares = self._plan()
            if shares:
                self._compute(shares)
            elif was_idle:
                assert len(self.room) == 0, "nobody runs, and yet somebody waits"
                self.now = self.coming[0].at if self.coming else self.now
        return self.jobs

    def _arrive(self) -> None:
        """Let in who has come."""
        while self.coming and self.coming[0].at <= self.now:
            wish = self.coming.popleft()
            entry = Entry(wish.priority, wish.at, len(wish.prompt), deadline=wish.deadline)
            drafter = None if self.exact else Drafter(wish.prompt, self.costs)
            job = Job(wish, entry, list(wish.prompt), drafter)
            self.jobs.append(job)
            try:
                self.room.put(job, wish.priority, wish.at, deadline=wish.deadline)
            except ApiError:
                job.outcome = "refused"

    def _expire(self) -> None:
        """End what comes too late."""
        for job in self.room.expired(self.now):
            job.outcome, job.ended = "late", self.now
        for entry in self.scheduler.expired(self.now):
            self._leave(self.running[entry], "late")

    def _seat(self, job: Job) -> bool:
        """Admit a job if there is a seat and room, which less urgent ones may have to make."""
        while not self.scheduler.admits(job.wish.priority):
            if not self._displace(job):
                return False
        while (start := self.tree.start(job.tokens, self.now, room=PROMISED)) is None:
            if not self._displace(job):
                return False
        self._perform(start.operations)
        job.sequence, job.held, job.cached, job.prefilled = start.sequence, start.length, start.length, 0
        job.entry.to_prefill = len(job.tokens) - job.held
        job.outcome, job.seated = "running", self.now
        self.scheduler.add(job.entry)
        self.running[job.entry] = job
        return True

    def _displace(self, job: Job) -> bool:
        """Preempt somebody for a job."""
        victim = self.scheduler.preempt_for(job.entry, self.now)
        if victim is None:
            return False
        assert URGENCY[victim.priority] >= URGENCY[job.wish.priority]
        self._preempt(self.running[victim])
        return True

    def _preempt(self, job: Job) -> None:
        """Let a job wait again, with all that it has."""
        self._leave(job, "waiting")
        job.preemptions += 1
        self.room.put_back(job, job.wish.priority, self.now, arrived=job.wish.at, deadline=job.wish.deadline)

    def _leave(self, job: Job, outcome: str) -> None:
        """Take a job's seat, and keep its cells for others."""
        self.scheduler.remove(job.entry)
        del self.running[job.entry]
        self._perform(self.tree.finish(job.sequence, job.tokens[: job.held], self.now))
        self.room.served(self.now - job.seated)
        job.outcome, job.ended = outcome, self.now
        if outcome != "waiting":
            awaited = [waiting.tokens for waiting in self.room]
            found = [self.tree.match(tokens) for tokens in awaited]
            self._perform(self.tree.limit(self.resting, self.now, awaited=awaited)[0])
            assert [self.tree.match(tokens) for tokens in awaited] == found

    def _plan(self) -> tuple[Share, ...]:
        """Return the next step, with room for all of it; empty if everybody in it had to give way."""
        for job in self.running.values():
            left = job.wish.reply - len(job.reply) - 1
            is_decoding = not job.entry.to_prefill
            job.draft = job.drafter.draft(self.scheduler.decoding)[:left] if job.drafter and is_decoding else ()
            job.entry.draft = len(job.draft)
        shares = self.scheduler.step(self.now)
        replies = [share for share in shares if not share.entry.to_prefill]
        for share in replies:
            if share.entry in self.running:
                self._make_room(self.running[share.entry], sum(each.tokens for each in replies))
        return tuple(share for share in shares if share.entry in self.running)

    def _make_room(self, job: Job, cells: int) -> None:
        """Free cells for a reply, or let it wait for them."""
        while (operations := self.tree.evict(cells, self.now)) is None:
            if not self._displace(job):
                self._preempt(job)
                return
        self._perform(operations)

    def _compute(self, shares: tuple[Share, ...]) -> None:
        """Compute a step, and read what the model says."""
        if self.checked:
            self._check(shares)
        begin, tokens = self.now, sum(share.tokens for share in shares)
        self.now += STEP_S + TOKEN_S * tokens
        self.steps.append(Step(begin, self.now, tuple((share.entry.priority, share.tokens) for share in shares)))
        prompts = {share.entry for share in shares if share.entry.to_prefill}
        for share in shares:
            if share.entry in prompts:
                self._prefill(self.running[share.entry], share.tokens)
            else:
                self._decode(self.running[share.entry], share.tokens)
        if not prompts:
            self.costs.observe(tokens, self.now - begin)
        self.scheduler.done(shares, self.now, self.now - begin)
        for share in shares:
            self._read(self.running[share.entry])

    def _prefill(self, job: Job, tokens: int) -> None:
        """Decode a chunk of a prompt, and share it when it is whole."""
        chunk = job.tokens[job.held : job.held + tokens]
        assert len(chunk) == tokens
        self._grow(job, chunk)
        job.prefilled += tokens
        if job.held == len(job.tokens):
            assert job.cached + job.prefilled == len(job.tokens)
            self._perform(self.tree.share(job.sequence, job.tokens, self.now))

    def _decode(self, job: Job, tokens: int) -> None:
        """Decode the last token, and the drafted ones behind it as far as they are right."""
        draft = job.draft[: tokens - 1]
        assert job.held == len(job.tokens) - 1
        self._grow(job, [job.tokens[-1], *draft])
        right = 0
        while right < len(draft) and say(job.tokens) == draft[right]:
            self._take(job, draft[right])
            right += 1
        self.memory.remove(job.sequence, len(job.tokens))
        self.tree.grow(job.sequence, right - len(draft))
        job.held = len(job.tokens)
        job.accepted += right

    def _read(self, job: Job) -> None:
        """Take the next token of a job whose cells are all there, from nothing but what is in them."""
        if job.held == len(job.tokens):
            self._take(job, say(self.memory.tokens(job.sequence) if self.checked else job.tokens))
        if len(job.reply) == job.wish.reply:
            self._leave(job, "done")

    def _take(self, job: Job, token: int) -> None:
        """Append a token to a reply."""
        job.tokens.append(token)
        if job.drafter is not None:
            job.drafter.extend([token])
        job.first = self.now if job.first is None else job.first

    def _grow(self, job: Job, tokens: Sequence[int]) -> None:
        """Compute cells."""
        self.memory.decode(job.sequence, tokens)
        self.tree.grow(job.sequence, len(tokens))
        job.held += len(tokens)

    def _perform(self, operations: Iterable[Operation]) -> None:
        """Do what the tree says."""
        self.memory.perform(operations, whole_only=self.exact)

    def _check(self, shares: tuple[Share, ...]) -> None:
        """Assert what holds before every step: cells, seats, and whose tokens are computed."""
        assert self.tree.used == self.memory.used
        assert self.tree.used + sum(share.tokens for share in shares) <= self.cells
        assert sum(share.tokens for share in shares) <= self.batch
        ranks = [URGENCY[entry.priority] for entry in self.running]
        assert len(ranks) <= self.seats
        assert sum(rank >= URGENCY[Priority.BACKGROUND] for rank in ranks) <= max(1, self.seats // 2)
        exceptions = [share for share in shares if URGENCY[share.entry.priority] > min(ranks)]
        assert len(exceptions) <= 1
        assert all(share.tokens <= self.scheduler.quantum for share in exceptions)
