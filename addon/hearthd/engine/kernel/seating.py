"""Give seats to jobs, take them away, and say what the next step computes for those who have one."""

from collections.abc import Callable

from hearthd.engine.kernel.job import Job
from hearthd.engine.kernel.pool import Pool
from hearthd.engine.kernel.scheduler import Entry, Scheduler, Share
from hearthd.engine.kernel.step import Portion
from hearthd.engine.metrics import ModelMetrics

# To begin again from what another job has computed has to save so many tokens.
_WORTH_MOVING = 32


class Seating:
    """The jobs that run, as the scheduler orders them and the pool has room for them."""

    def __init__(
        self, scheduler: Scheduler, pool: Pool, metrics: ModelMetrics, put_back: Callable[[Job, float], None]
    ) -> None:
        """Begin with empty seats; `put_back` takes a job that has to wait again, and the time."""
        self._scheduler = scheduler
        self._pool = pool
        self._metrics = metrics
        self._put_back = put_back
        self._jobs: dict[Entry, Job] = {}
        self._ended = 0

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Return the jobs that run."""
        return tuple(self._jobs.values())

    def seat(self, job: Job, now: float) -> bool:
        """Begin or resume a job if there is a seat and room for it; less urgent ones may have to give up theirs."""
        if self._jobs and job.refused == self._ended:
            return False
        while not self._scheduler.admits(job.priority) or not self._pool.begin(job, now):
            if not self._displace(job, now):
                return False
            # If it was in vain, it would be so again as long as the same others run.
            job.refused = self._ended
        job.refused = None
        job.entry.to_prefill, job.entry.draft = job.to_prefill, 0
        self._scheduler.add(job.entry)
        self._jobs[job.entry] = job
        self._metrics.running.set(len(self._jobs))
        if job.course.seated is None:
            job.course.seated = now
            job.course.cached = job.held
            self._metrics.tokens_cached.inc(job.held)
            self._metrics.queue_seconds[job.priority].observe(now - job.arrived)
        return True

    def leave(self, job: Job) -> None:
        """Free the seat of a job that has ended."""
        self._ended += 1
        self._remove(job)

    def late(self, now: float) -> list[Job]:
        """Return the jobs whose deadline has come."""
        return [self._jobs[entry] for entry in self._scheduler.expired(now)]

    def plan(self, now: float) -> list[Portion]:
        """Return what the next step computes, with room for all of it."""
        self._draft()
        portions: list[Portion] = []
        free, unpromised = self._pool.free, 0
        for share in self._scheduler.step(now):
            job = self._jobs.get(share.entry)
            if job is None or not self._catch_up(job, now) or not job.pending:
                continue
            portion = self._portion(job, share)
            beyond = max(job.held + portion.width - max(job.promised, job.held), 0)
            unpromised += beyond
            if beyond and unpromised > free and not self._make_room(job, unpromised, now):
                unpromised -= beyond
                continue
            portions.append(portion)
        # Who came first may have had to make room for who came later.
        return [portion for portion in portions if portion.job.entry in self._jobs]

    def done(self, portions: list[Portion], now: float, seconds: float) -> None:
        """Note that a step has been computed."""
        self._scheduler.done(tuple(Share(one.job.entry, one.width) for one in portions), now, seconds)
        for portion in portions:
            # Where a grammar sets in there may be several tokens to read before the next is drawn.
            portion.job.entry.to_prefill = portion.job.to_prefill

    def _displace(self, job: Job, now: float) -> bool:
        """Let another job make room for this one; False if there is none."""
        victim = self._scheduler.preempt_for(job.entry, now)
        if victim is None:
            return False
        self._preempt(self._jobs[victim], now)
        return True

    def _preempt(self, job: Job, now: float) -> None:
        """Take a job's seat and let it wait again; what it has computed stays as long as there is room."""
        job.course.preemptions += 1
        self._metrics.preemptions.inc()
        self._remove(job)
        self._pool.finish(job, now)
        self._put_back(job, now)

    def _remove(self, job: Job) -> None:
        """Take a job from those that run."""
        self._scheduler.remove(job.entry)
        del self._jobs[job.entry]
        self._metrics.running.set(len(self._jobs))

    def _draft(self) -> None:
        """Guess what those that decode will say."""
        decoding = self._scheduler.decoding
        for entry, job in self._jobs.items():
            job.draft = job.guess(decoding, self._pool.room(job) - 1)
            entry.draft = len(job.draft)

    def _portion(self, job: Job, share: Share) -> Portion:
        """Return what a share computes of a job."""
        if not job.to_prefill:
            # The scheduler may have cut the draft to what the batch holds.
            return Portion(job, 1, job.draft[: share.tokens - 1])
        tokens = min(share.tokens, job.pending)
        if self._pool.is_exact and job.held < job.boundary:
            tokens = min(tokens, job.boundary - job.held)
        return Portion(job, tokens)

    def _catch_up(self, job: Job, now: float) -> bool:
        """Let a prompt go on from what another job has computed of the same tokens; False if it lost its seat."""
        if not job.to_prefill or self._pool.match(job) < job.held + _WORTH_MOVING:
            return True
        self._pool.finish(job, now)
        if not self._pool.begin(job, now):
            self._preempt(job, now)
            return False
        return True

    def _make_room(self, job: Job, cells: int, now: float) -> bool:
        """Free cells for a job that has outgrown its promise; False if it had to give way itself."""
        while not self._pool.evict(cells, now):
            if not self._displace(job, now):
                self._preempt(job, now)
                return False
        return True
