"""Let others embed texts with whatever plays the role, without knowing of models and roles."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hearthd.engine.backend import Priority
from hearthd.engine.roles import RoleTable
from hearthd.settings import Role


class RoleEmbedder:
    """The model of the role `embedding`, as others are given it: whichever that is at the moment."""

    def __init__(self, table: RoleTable) -> None:
        """Speak for a table of roles."""
        self._table = table

    @property
    def model_id(self) -> str | None:
        """Return the id of the model that is asked next, None if the role has none; vectors of two never mix."""
        model = self._table.embedder
        return model.id if model else None

    @property
    def dimension(self) -> int:
        """Return the length of its vectors; 0 as long as it has neither been loaded nor asked."""
        model = self._table.embedder
        info = model.info if model else None
        return (info.dimension if info else None) or 0

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether what it is given goes to another server."""
        model = self._table.embedder
        return model is not None and model.ref.kind == "remote"

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> NDArray[np.float32]:
        """Return vectors of length 1 in the texts' order, of shape (texts, dimension); all are of one model.

        What is urgent goes between the batches of what is not. Cancelling it ends the work within one batch.

        Raises:
            ApiError: the role has no model, it is not usable or too busy now, or everything was stopped.
        """
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        priority = Priority.CHAT if urgent else Priority.BACKGROUND
        made = await self._table.embed(Role.EMBEDDING, texts, priority).result()
        return made.vectors
