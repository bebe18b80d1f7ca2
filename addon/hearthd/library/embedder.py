"""Say what the library wants of whatever turns texts into vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts into vectors of length one; texts that mean the same lie close to each other."""

    @property
    def model_id(self) -> str | None:
        """Return what changes when the vectors do, as those of two models cannot be compared; None without a model."""

    @property
    def dimension(self) -> int:
        """Return how many numbers a vector has; 0 while that is not known."""

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether what is embedded now leaves this machine."""

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> NDArray[np.float32]:
        """Return a row for each text; somebody waits for what is `urgent`.

        Raises:
            ApiError: it cannot be done now.
        """
