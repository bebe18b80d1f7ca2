"""Keep one role filled while its model changes."""

import asyncio
from collections.abc import Callable, Sequence
import logging

from hearthd.engine.model import Model, ModelState
from hearthd.engine.model_pool import ModelPool
from hearthd.errors import ApiError, ErrorCode
from hearthd.settings import ModelRef, SettingsError

_LOGGER = logging.getLogger(__name__)

type KeepChoice = Callable[[ModelRef | None], None]


class Seat:
    """What plays one role: the chosen model, the one that still serves until that is ready, and who stands in.

    `error` says why the last change came to nothing.
    """

    def __init__(
        self, pool: ModelPool, ref: ModelRef | None, fallbacks: Sequence[ModelRef], keep_choice: KeepChoice
    ) -> None:
        """Claim the models; nothing is loaded yet. `keep_choice` writes down what a person chose."""
        self.chosen = pool.claim(ref) if ref else None
        self.serving = self.chosen
        self.fallbacks = [pool.claim(fallback) for fallback in fallbacks]
        self.error: ApiError | None = None
        self._pool = pool
        self._keep_choice = keep_choice
        self._last = ref
        self._change: asyncio.Task[None] | None = None

    @property
    def candidates(self) -> list[Model]:
        """Return whom to ask, in order."""
        first = self.serving or self.chosen
        return list(dict.fromkeys(([first] if first else []) + self.fallbacks))

    @property
    def answering(self) -> Model | None:
        """Return the one who would answer a request now."""
        return next((model for model in self.candidates if model.state is ModelState.READY), None)

    async def change(self, ref: ModelRef | None, *, drain_first: bool) -> None:
        """Begin to replace the model; a change under way is given up for this one.

        The old model serves until the new one is ready. With `drain_first` it ends what it does and leaves before
        the new one is loaded, as there is no room for both.
        """
        await self.rest()
        abandoned = self.chosen if self.chosen is not self.serving else None
        self.error = None
        if self.serving is not None and self.serving.ref == ref:
            self.chosen = self.serving
        else:
            self.chosen = self._pool.claim(ref) if ref else None
        if abandoned is not None:
            self._pool.release(abandoned)
        self._change = asyncio.create_task(self._take_over(self.chosen, drain_first=drain_first))

    async def rest(self) -> None:
        """Give up a change that is under way."""
        if self._change is not None:
            self._change.cancel()
            await asyncio.wait({self._change})

    async def _take_over(self, new: Model | None, *, drain_first: bool) -> None:
        """Have the new model serve once it can."""
        if new is not self.serving:
            if drain_first and self.serving is not None:
                old, self.serving = self.serving, None
                await asyncio.wait({self._pool.release(old)})
            if new is not None and new.state is not ModelState.READY:
                await asyncio.wait({new.load()})
            if new is not None and new.error is not None:
                await self._go_back(new, new.error)
                return
            replaced, self.serving = self.serving, new
            if replaced is not None:
                self._pool.release(replaced)
        self._last = new.ref if new else None
        await self._write_down()

    async def _go_back(self, new: Model, error: ApiError) -> None:
        """Keep, or fetch back, what served before."""
        _LOGGER.warning("%s does not take over: %s", new.id, error.message)
        self.error = error
        if self.serving is None and self._last is not None:
            self.serving = self._pool.claim(self._last)
            self.serving.load()
        self.chosen = self.serving
        await asyncio.wait({self._pool.release(new)})

    async def _write_down(self) -> None:
        """Have the choice outlive the engine."""
        try:
            await asyncio.to_thread(self._keep_choice, self._last)
        except SettingsError as err:
            _LOGGER.warning("The choice of a model holds only until the engine ends: %s", err)
            message = "The choice could not be written down, so it holds only until the engine ends."
            self.error = ApiError(ErrorCode.INTERNAL, message)
