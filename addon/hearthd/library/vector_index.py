"""Keep Chroma as the ledger says that it should be, whatever happens to its files.

An embedded Chroma lies in a folder with a number. Whatever is wrong with it, and whenever it still holds bytes of what
was deleted, the answer is a new folder with the next number, filled with the vectors that the database has.
"""

import logging
from pathlib import Path
import shutil
import threading

import numpy as np
from numpy.typing import NDArray

from hearthd.library.chroma import Chroma, VectorIndexError, name_of
from hearthd.library.ledger import VectorLedger
from hearthd.library.scope import Scope

_LOGGER = logging.getLogger(__name__)

_BATCH = 500
# Chroma knows owners only, so it is asked for this many times what is wanted, until enough of it is in the scope.
_TIMES = (2, 8, 32)


class VectorIndex:
    """The vectors of one library; any thread may change it, one after the other, and any may ask meanwhile."""

    def __init__(self, folder: Path, ledger: VectorLedger, url: str | None = None) -> None:
        """Keep it in a folder, or on a Chroma server; nothing is opened yet."""
        self._folder = folder
        self._ledger = ledger
        self._url = url
        self._chroma: Chroma | None = None
        self._model: tuple[str, int] | None = None
        self._lock = threading.Lock()
        # Between Chroma and the ledger lies a moment in which they differ; nobody may set that right.
        self._changing = threading.RLock()
        self._failure: VectorIndexError | None = None

    @property
    def model(self) -> tuple[str, int] | None:
        """Return whose vectors can be asked for: the model's id and their dimension; None before it is open."""
        return self._model

    def open(self) -> None:
        """Open what is there for the ledger's model, and set right what does not fit the ledger.

        What could not be asked is opened anew: a server may have come back without what it had.

        Raises:
            VectorIndexError: it cannot be opened, and a new one cannot either.
        """
        if (failure := self._failure) is not None:
            self.close(give_up=failure.is_damage)
        if self._chroma is not None or (model := self._ledger.model()) is None:
            return
        try:
            chroma = Chroma(self._place(self._ledger.folder()), *model)
            self._compare(chroma)
        except VectorIndexError as err:
            if not err.is_damage:
                raise
            _LOGGER.warning("The vector index is damaged; it is made anew from the vectors that are kept")
            self._ledger.change_folder(self._ledger.folder() + 1, is_filled=False)
            chroma = Chroma(self._place(self._ledger.folder()), *model)
        self._chroma, self._model = chroma, model
        self._sweep()

    def place(self, limit: int) -> int:
        """Write vectors that are not there yet, and return how many."""
        with self._changing:
            vectors = self._ledger.unplaced(limit)
            if vectors:
                self._opened().upsert(vectors)
                self._ledger.note_placed(vectors)
            return len(vectors)

    def forget(self, limit: int) -> int:
        """Delete vectors whose passages are gone, and return how many."""
        with self._changing:
            gone = self._ledger.gone(limit)
            by_name: dict[str, list[str]] = {}
            for one, owner in gone:
                by_name.setdefault(name_of(owner), []).append(one)
            for name, ids in by_name.items():
                self._opened().delete(name, ids)
            if gone:
                self._ledger.note_forgotten(gone)
            return len(gone)

    def query(self, vector: NDArray[np.float32], scope: Scope, limit: int) -> list[str]:
        """Return the ids of the nearest passages.

        Raises:
            VectorIndexError: Chroma failed, or is not open.
        """
        if scope.after is not None or scope.before is not None:
            # Chroma would bring the nearest of all times, among them perhaps none of these.
            return self._ledger.nearest(vector, scope, limit)
        kept: list[str] = []
        for wanted in (times * limit for times in _TIMES):
            found = self._nearest(vector, scope.owners, wanted)
            kept = self._ledger.within(found, scope)
            if len(kept) >= limit or len(found) < wanted:
                return kept[:limit]
        # Most of what is near is not meant; what is meant is so little that it can be looked at one by one.
        return list(dict.fromkeys([*kept, *self._ledger.nearest(vector, scope, limit)]))[:limit]

    def _nearest(self, vector: NDArray[np.float32], owners: frozenset[str], limit: int) -> list[str]:
        """Ask Chroma, and the one that took its place if it was closed for that while it was asked."""
        while True:
            with self._lock:
                chroma = self._chroma
            if chroma is None:
                raise VectorIndexError("It is not open", is_damage=False)
            try:
                return chroma.query(vector, owners, limit)
            except VectorIndexError as err:
                with self._lock:
                    if self._chroma is chroma:
                        self._failure = err
                        raise

    def renew(self) -> None:
        """Write a new folder without the bytes of what was deleted, while the old one answers."""
        with self._changing:
            number = self._ledger.folder()
            if self._url is not None or self._model is None:
                # A server clears its own disk.
                self._ledger.change_folder(number, is_filled=True)
                return
            fresh = self._filled(number + 1, self._model)
            self._ledger.change_folder(number + 1, is_filled=True)
            with self._lock:
                old, self._chroma = self._chroma, fresh
            if old is not None:
                old.close()
            self._sweep()

    def _filled(self, number: int, model: tuple[str, int]) -> Chroma:
        """Return a new folder's Chroma with every vector that the database has."""
        shutil.rmtree(self._place(number), ignore_errors=True)
        fresh = Chroma(self._place(number), *model)
        for vectors in self._ledger.all_vectors(_BATCH):
            fresh.upsert(vectors)
        return fresh

    def close(self, *, give_up: bool = False) -> None:
        """Let the files go; an index that is given up is begun anew when it is opened next."""
        with self._lock:
            chroma, self._chroma, self._model, self._failure = self._chroma, None, None, None
        try:
            if chroma is not None:
                chroma.close()
        except VectorIndexError as err:
            _LOGGER.debug("Closing failed: %s", err)
        if give_up and self._url is None:
            self._ledger.change_folder(self._ledger.folder() + 1, is_filled=False)

    def compare(self) -> int:
        """Compare with the ledger one by one, have differences set right, and return how many there were."""
        with self._changing:
            return self._compare(self._opened(), is_thorough=True)

    def _opened(self) -> Chroma:
        """Return Chroma, opened if it was not."""
        self.open()
        if self._chroma is None:
            raise VectorIndexError("No model has made vectors yet", is_damage=False)
        return self._chroma

    def _compare(self, chroma: Chroma, *, is_thorough: bool = False) -> int:
        """Have missing vectors written again and superfluous ones deleted."""
        expected = {name_of(owner): ids for owner, ids in self._ledger.placed_ids().items()}
        differences = 0
        for name in {*expected, *chroma.names}:
            ids = expected.get(name, set())
            if not is_thorough and chroma.count(name) == len(ids):
                continue
            found = chroma.ids(name)
            self._ledger.place_again(ids - found)
            # What is there but not placed is about to be written anyway.
            chroma.delete(name, found - ids)
            differences += len(ids ^ found)
        return differences

    def _place(self, number: int) -> Path | str:
        """Return where Chroma is."""
        return self._url or self._folder / f"vectors-{number}"

    def _sweep(self) -> None:
        """Delete folders that are not used any more."""
        used = self._place(self._ledger.folder())
        for folder in self._folder.glob("vectors-*"):
            if folder != used:
                shutil.rmtree(folder, ignore_errors=True)
