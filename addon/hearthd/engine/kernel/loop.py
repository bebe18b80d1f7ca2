"""Run one local model for many requests at once: the thread that owns it, and what others may ask of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
import logging
import threading
import time

from hearthd.engine.backend import Priority, Warmth
from hearthd.engine.kernel.archive import Archive
from hearthd.engine.kernel.job import Job, JobEvent, Letter, deliver
from hearthd.engine.kernel.pool import Pool
from hearthd.engine.kernel.scheduler import Scheduler
from hearthd.engine.kernel.seating import Seating
from hearthd.engine.kernel.speculation import Drafter, StepCosts
from hearthd.engine.kernel.step import Portion, Steps
from hearthd.engine.kernel.waiting import URGENCY, WaitingRoom
from hearthd.engine.llama.context import Context
from hearthd.engine.llama.weights import Tokens
from hearthd.engine.metrics import ModelMetrics
from hearthd.errors import ApiError, ErrorCode, shutting_down

_LOGGER = logging.getLogger(__name__)

# Reading a snapshot has to save so many tokens.
_WORTH_FETCHING = 32
# Another thread needs milliseconds to read a request.
_READERS_TIMEOUT_S = 10.0


class Kernel:
    """One context and everything that runs in it.

    `serve` is the life of the thread that owns the context; everything else may be called from any thread and
    returns at once. A job takes its place with `submit`, its request is tokenized inside `reading`, and it may be
    seated after `ready`.
    """

    def __init__(self, context: Context, archive: Archive | None, metrics: ModelMetrics, *, max_queue: int) -> None:
        """Prepare to run; at most `max_queue` requests of each priority may wait."""
        seats = context.plan.seats
        self._context = context
        self._archive = archive
        self._metrics = metrics
        self._changed = threading.Condition()
        self._waiting: WaitingRoom[Job] = WaitingRoom(max_queue, seats=seats)
        self.pool = Pool(context, metrics)
        self.costs = StepCosts()
        scheduler = Scheduler(seats=seats, batch=context.batch.size)
        self._seating = Seating(scheduler, self.pool, metrics, self._put_back)
        self._steps = Steps(context, self.pool, metrics)
        self._computing: tuple[Portion, ...] = ()
        self._letters: list[Letter] = []
        self._readers = 0
        self._shown = 0
        self._is_closed = False

    @property
    def is_exact(self) -> bool:
        """Return whether the model cannot go back to an earlier length, so that jobs have to name a boundary."""
        return self.pool.is_exact

    def submit(self, job: Job) -> None:
        """Let a job wait for its turn.

        Raises:
            ApiError: `engine_busy` if too many wait, `shutting_down` after `close`.
        """
        with self._changed:
            self._refuse_if_closed()
            self._waiting.put(job, job.priority, job.arrived, deadline=job.entry.deadline)
            self._show_waiting()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keep the model loaded while a request is tokenized.

        Raises:
            ApiError: `shutting_down` after `close`.
        """
        with self._changed:
            self._refuse_if_closed()
            self._readers += 1
        try:
            yield
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify()

    def drafter(self, tokens: Tokens) -> Drafter | None:
        """Return what guesses ahead in a reply to some tokens, where the model can take a guess back."""
        return None if self.is_exact else Drafter(tokens, self.costs)

    def ready(self, job: Job) -> None:
        """Let a job be seated whose request has been read, at once if what is being prefilled is less urgent."""
        job.prompt_length = job.pending
        with self._changed:
            if job.ended:
                job.close()
                return
            prompts = [URGENCY[portion.job.priority] for portion in self._computing if portion.is_prompt]
            if prompts and min(prompts) > URGENCY[job.priority]:
                self._context.interrupt()
            else:
                # A step that still waits for another model's is planned anew, with this job in it.
                self._context.withdraw()
            self._changed.notify()

    def cancel(self, job: Job) -> None:
        """Forget a job that nobody waits for; what is being computed of its prompt is left where it is."""
        with self._changed:
            job.ended = True
            if self._waiting.drop(job):
                job.close()
                self._show_waiting()
            elif any(portion.job is job and portion.is_prompt for portion in self._computing):
                self._context.interrupt()
            self._changed.notify()

    def stop_all(self, error: ApiError) -> int:
        """End every waiting and running job with an error, before the next token; return how many there were."""
        with self._changed:
            waiting = self._waiting.drain()
            ending = [job for job in (*waiting, *self._seating.jobs) if not job.ended]
            for job in ending:
                job.fail(error)
            for job in waiting:
                job.close()
            self._show_waiting()
            self._context.interrupt()
            self._changed.notify()
        return len(ending)

    def close(self) -> None:
        """End every job with `shutting_down` and let the owner's thread go."""
        with self._changed:
            self._is_closed = True
        self.stop_all(shutting_down())

    def serve(self) -> None:
        """Run jobs until `close`; when it returns, nobody uses the model any more."""
        while not self._is_closed:
            try:
                self._compute(self._next_step())
            except Exception:
                _LOGGER.exception("The model failed")
                self._start_over()
        self._leave()

    def _refuse_if_closed(self) -> None:
        """Raise if the kernel is closed."""
        if self._is_closed:
            raise shutting_down()

    def _next_step(self) -> list[Portion]:
        """Wait until there is something to compute; nothing once the kernel is closed."""
        with self._changed:
            while not self._is_closed:
                now = time.monotonic()
                self._end_what_is_over(now)
                while self._waiting.take(now, admits=partial(self._seat, now=now)) is not None:
                    pass
                seated = self._seating.jobs
                self._complete_warm(now)
                portions = self._seating.plan(now)
                self._flush()
                self._show_waiting()
                if portions:
                    self._computing = tuple(portions)
                    self._context.resume()
                    return portions
                # A seat that has just been freed may be somebody's who waits.
                if not seated:
                    self._context.give_up()
                    deadline = self._waiting.next_deadline()
                    self._changed.wait(None if deadline is None else max(deadline - now, 0.0))
        return []

    def _end_what_is_over(self, now: float) -> None:
        """Free the places of jobs whose time is over or that nobody waits for."""
        late = ApiError(ErrorCode.DEADLINE_EXCEEDED, "The reply was not ready before its deadline.")
        for job in self._waiting.expired(now):
            job.fail(late)
            job.close()
        for job in self._seating.late(now):
            job.fail(late)
        for job in self._seating.jobs:
            if job.ended:
                self._unseat(job, now)

    def _seat(self, job: Job, now: float) -> bool:
        """Seat a job that has been read, from what the disk holds if that is worth it."""
        return bool(job.tokens) and not job.is_fetching and not self._fetch(job) and self._seating.seat(job, now)

    def _fetch(self, job: Job) -> bool:
        """Begin to read what the disk holds of a job's prompt, once, if that is worth it; True while it is read."""
        if self._archive is None or job.was_looked_up:
            return False
        job.was_looked_up = True
        snapshot = self._archive.find(job.tokens)
        if snapshot is None or snapshot.length < self.pool.match(job) + _WORTH_FETCHING:
            return False

        def fetched(state: bytes | None) -> None:
            with self._changed:
                job.state = None if state is None else (snapshot.length, state)
                job.is_fetching = False
                self._changed.notify()

        job.is_fetching = True
        self._archive.fetch(snapshot, fetched)
        # A fast disk has told already.
        return job.is_fetching

    def _put_back(self, job: Job, now: float) -> None:
        """Let a preempted job wait again."""
        self._waiting.put_back(job, job.priority, now, arrived=job.arrived, deadline=job.entry.deadline)

    def _unseat(self, job: Job, now: float) -> None:
        """End a job; others may start from what it has computed, as long as not too much rests."""
        self.pool.finish(job, now)
        with self._changed:
            self.pool.limit(self._waiting, now)
        self._seating.leave(job)
        self._waiting.served(now - (job.course.seated or now))
        job.close()

    def _compute(self, portions: list[Portion]) -> None:
        """Compute a step and take in what it has brought to each of its jobs."""
        if not portions:
            return
        before = self._context.computed_s
        computed = self._steps.run(portions)
        now, seconds = time.monotonic(), self._context.computed_s - before
        self._computing = ()
        if computed and not any(portion.is_prompt for portion in computed):
            self.costs.observe(sum(portion.width for portion in computed), seconds)
        self._seating.done(computed, now, seconds)
        for portion in computed:
            self._take(portion, now)
        self._flush()

    def _take(self, portion: Portion, now: float) -> None:
        """Tell what a job has said, and end it if that was all."""
        job = portion.job
        if portion.is_broken:
            job.fail(_failed())
            self.pool.forget(job)
            self._seating.leave(job)
            job.close()
        elif job.reply is None or job.reply.reason is None:
            if job.reply is not None:
                self._tell(job, job.reply.events())
            if portion.is_prompt and (not self.is_exact or job.held == job.boundary):
                self.pool.share(job, now)
        else:
            self._tell(job, job.reply.finish(job.timings(now)))
            job.ended = True
            self._unseat(job, now)

    def _complete_warm(self, now: float) -> None:
        """End the jobs whose prefix is warm, and save it."""
        for job in self._seating.jobs:
            if job.reply is not None or job.pending or job.ended:
                continue
            tokens = job.tokens[: job.held]
            seated = job.course.seated or now
            warmth = Warmth(job.held, job.course.cached, (now - seated) * 1000)
            if self._archive is None or not tokens:
                self._tell(job, [warmth])
            elif self._archive.has(tokens):
                self._tell(job, [replace(warmth, saved=True)])
            else:
                state = self._context.state(job.sequence)
                self._archive.save(tokens, state, partial(_tell_warmth, job, warmth))
            job.ended = True
            self._unseat(job, now)

    def _tell(self, job: Job, events: Sequence[JobEvent]) -> None:
        """Keep what a job is to be told until the step is over."""
        if not job.ended:
            self._letters += ((job, event) for event in events)

    def _flush(self) -> None:
        """Tell it, with one wake-up for all."""
        letters, self._letters = self._letters, []
        if letters:
            deliver(letters)

    def _show_waiting(self) -> None:
        """Show how many wait."""
        if len(self._waiting) != self._shown:
            self._shown = len(self._waiting)
            for priority in Priority:
                self._metrics.waiting[priority].set(self._waiting.depth(priority))

    def _start_over(self) -> None:
        """Give up every job and everything that is cached, after something that should not have happened."""
        with self._changed:
            for job in self._waiting.drain():
                job.fail(_failed())
                job.close()
            for job in self._seating.jobs:
                job.fail(_failed())
                self._seating.leave(job)
                job.close()
            self.pool.clear()
            self._computing = ()

    def _leave(self) -> None:
        """Let go of the jobs, and wait for those who still read with the model."""
        with self._changed:
            for job in self._seating.jobs:
                self._seating.leave(job)
                job.close()
            self._changed.wait_for(lambda: not self._readers, _READERS_TIMEOUT_S)
        if self._archive is not None:
            self._archive.close()


def _tell_warmth(job: Job, warmth: Warmth, saved: bool) -> None:  # noqa: FBT001 - the archive tells nothing else
    """Tell that a prefix is warm, and whether it is on disk."""
    job.emit(replace(warmth, saved=saved))


def _failed() -> ApiError:
    """Return what a request gets when something inside has gone wrong."""
    return ApiError(ErrorCode.INTERNAL, "The model failed while it was answering.")
