"""Compare what somebody said with the names of the home by meaning."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
import logging
import math

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

type EmbedTexts = Callable[[Sequence[str]], Awaitable[Sequence[Sequence[float]]]]

_LOGGER = logging.getLogger(__name__)

_WORDS_SECONDS = 0.3
_BATCH, _BATCH_SECONDS = 32, 60
# For few texts that nobody has asked for before, it is worth to wait a moment.
_PATIENCE_SECONDS = 2.0
_REST = timedelta(minutes=1)
# Any two short texts are a little alike: of the built-in embedder, "good morning" and a bedroom's window by 0.23, "has
# the grass been cut" and the lawn mower by 0.37. However alike, it counts for less than a name that was said.
_FROM_LIKENESS, _WEIGHT, _MOST = 0.27, 5.0, 1.0


class Meanings:
    """The vectors of names, made in the background and kept as long as the names are."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know no vector yet."""
        self._hass = hass
        self._vectors: dict[str, list[float]] = {}
        self._task: asyncio.Task[None] | None = None
        self._rests_until: datetime | None = None

    async def async_like(
        self, words: str, texts: Mapping[str, str], embed: EmbedTexts, *, patient: bool = False
    ) -> dict[str, float]:
        """Return how much words mean what texts do, by the texts' keys, without those that they don't.

        Names whose vectors are not there yet are left out, for the `patient` after a moment; and all are while `embed`
        fails.
        """
        self._prepare(set(texts.values()), embed)
        if patient and self._task is not None:
            await asyncio.wait([self._task], timeout=_PATIENCE_SECONDS)
        if not self._vectors or self._is_resting():
            return {}
        try:
            async with asyncio.timeout(_WORDS_SECONDS):
                (vector,) = await embed([words])
        except Exception as err:  # noqa: BLE001 - whatever an embedder fails by, words still do
            self._fail(err)
            return {}
        said = list(vector)
        likenesses = {text: self._likeness(said, text) for text in set(texts.values())}
        return {key: likenesses[text] for key, text in texts.items() if likenesses[text] > 0}

    @callback
    def stop(self) -> None:
        """Make no more vectors."""
        if self._task is not None:
            self._task.cancel()

    def _likeness(self, said: list[float], text: str) -> float:
        vector = self._vectors.get(text)
        if vector is None or len(vector) != len(said):
            return 0.0
        return min(_MOST, _WEIGHT * max(0.0, math.sumprod(said, vector) - _FROM_LIKENESS))

    def _prepare(self, texts: set[str], embed: EmbedTexts) -> None:
        """Begin to make the vectors that are missing, and drop those of names that are gone."""
        for gone in self._vectors.keys() - texts:
            del self._vectors[gone]
        missing = sorted(texts - self._vectors.keys())
        if missing and not self._is_resting() and (self._task is None or self._task.done()):
            self._task = self._hass.async_create_background_task(
                self._async_make(missing, embed), "hearth meanings of names"
            )

    async def _async_make(self, texts: Sequence[str], embed: EmbedTexts) -> None:
        try:
            for start in range(0, len(texts), _BATCH):
                batch = texts[start : start + _BATCH]
                async with asyncio.timeout(_BATCH_SECONDS):
                    vectors = await embed(batch)
                self._vectors.update(zip(batch, map(list, vectors), strict=True))
        except Exception as err:  # noqa: BLE001 - the same
            self._fail(err)

    def _fail(self, err: Exception) -> None:
        _LOGGER.debug("Names can't be compared by meaning at the moment: %s", type(err).__name__)
        self._rests_until = dt_util.utcnow() + _REST

    def _is_resting(self) -> bool:
        return self._rests_until is not None and dt_util.utcnow() < self._rests_until
