"""Speak to Chroma, embedded or a server: the only door to chromadb, which is loaded when the library is first used.

Chroma is given vectors, opaque ids, an owner's digest and a time. Texts, titles and names never leave the database.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from hashlib import sha256
import logging
from pathlib import Path
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
import warnings

import numpy as np
from numpy.typing import NDArray

from hearthd.library.ledger import StoredVector
from hearthd.library.scope import Scope

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_LOGGER = logging.getLogger(__name__)

_BATCH = 500
_PREFIX = "hearth-"
_OWNER_CHARS = 16


class VectorIndexError(Exception):
    """Chroma cannot do what it was asked; `is_damage` if its own files are to blame."""

    def __init__(self, message: str, *, is_damage: bool) -> None:
        """Describe the failure without anything of what was asked."""
        super().__init__(message)
        self.is_damage = is_damage


class Chroma:
    """One collection of Chroma's for each of ours; any thread may use it."""

    def __init__(self, place: Path | str, model_id: str, dimension: int) -> None:
        """Open a folder, or a server by its address, for the vectors of one model.

        Collections that hold another model's vectors are deleted.

        Raises:
            VectorIndexError: it cannot be opened.
        """
        self._is_local = isinstance(place, Path)
        self._lock = threading.Lock()
        self._model = {"model": model_id, "dimension": dimension}
        self._collections: dict[str, Collection] = {}
        with self._told():
            self._client = _open(place)
            for collection in self._client.list_collections():
                if not collection.name.startswith(_PREFIX):
                    continue
                found = collection.metadata or {}
                if {name: found.get(name) for name in self._model} == self._model:
                    self._collections[collection.name.removeprefix(_PREFIX)] = collection
                else:
                    self._client.delete_collection(collection.name)

    @property
    def names(self) -> list[str]:
        """Return which of our collections have vectors here."""
        return list(self._collections)

    def upsert(self, vectors: Sequence[StoredVector]) -> None:
        """Write vectors; those that are there already are replaced."""
        by_collection: dict[str, list[StoredVector]] = {}
        for vector in vectors:
            by_collection.setdefault(vector.collection, []).append(vector)
        with self._told():
            for name, members in by_collection.items():
                for start in range(0, len(members), _BATCH):
                    batch = members[start : start + _BATCH]
                    self._collection(name).upsert(
                        ids=[one.id for one in batch],
                        embeddings=np.stack([one.vector for one in batch]),
                        metadatas=[_facts(one) for one in batch],
                    )

    def delete(self, gone: Iterable[tuple[str, str]]) -> None:
        """Forget vectors, given as ids and collections; those that are not there need no forgetting."""
        by_collection: dict[str, list[str]] = {}
        for one, collection in gone:
            by_collection.setdefault(collection, []).append(one)
        with self._told():
            for name, ids in by_collection.items():
                if name in self._collections:
                    self._collections[name].delete(ids=ids)

    def query(self, vector: NDArray[np.float32], scope: Scope, limit: int) -> list[str]:
        """Return the ids of the nearest passages in a scope, the nearest first."""
        found: list[tuple[float, str]] = []
        with self._told():
            for name, collection in list(self._collections.items()):
                if scope.collections is None or name in scope.collections:
                    reply = collection.query(
                        query_embeddings=[vector], n_results=limit, where=_where(scope), include=["distances"]
                    )
                    found += zip((reply["distances"] or [[]])[0], reply["ids"][0], strict=True)
        return [one for _, one in sorted(found)[:limit]]

    def ids(self, name: str) -> set[str]:
        """Return the ids of all vectors of a collection."""
        with self._told():
            return set(self._collections[name].get(include=[])["ids"]) if name in self._collections else set()

    def count(self, name: str) -> int:
        """Return how many vectors a collection has."""
        with self._told():
            return self._collections[name].count() if name in self._collections else 0

    def drop(self, name: str) -> None:
        """Delete a collection."""
        with self._told(), self._lock:
            if self._collections.pop(name, None) is not None:
                self._client.delete_collection(_PREFIX + name)

    def close(self) -> None:
        """Let the files go."""
        with self._told():
            self._client.close()

    def _collection(self, name: str) -> Collection:
        """Return a collection, made if there is none."""
        with self._lock:
            if name not in self._collections:
                self._collections[name] = self._client.get_or_create_collection(
                    _PREFIX + name,
                    configuration={"hnsw": {"space": "cosine"}},
                    metadata=dict(self._model),
                    # Hearth makes the vectors; Chroma's default would fetch a model from the internet.
                    embedding_function=None,
                )
            return self._collections[name]

    @contextmanager
    def _told(self) -> Generator[None]:
        """Say in one way that Chroma failed; a panic of its native part is no ordinary exception."""
        try:
            yield
        except KeyboardInterrupt, SystemExit, GeneratorExit:
            raise
        except BaseException as err:
            _LOGGER.debug("Chroma said: %s", err)
            raise VectorIndexError(f"Chroma failed ({type(err).__name__})", is_damage=self._is_local) from err


def _open(place: Path | str) -> ClientAPI:
    """Return Chroma's client."""
    with warnings.catch_warnings():
        # Of its many libraries, some are used in ways that later Pythons will not allow.
        warnings.simplefilter("ignore")
        import chromadb  # noqa: PLC0415 - it takes a second and 100 MB, which who has no library should not pay
        from chromadb.config import Settings  # noqa: PLC0415 - the reason stands above
    settings = Settings(anonymized_telemetry=False)
    if isinstance(place, Path):
        return chromadb.PersistentClient(str(place), settings)
    parts = urlsplit(place)
    is_secure = parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    return chromadb.HttpClient(parts.hostname or "", port, ssl=is_secure, settings=settings)


def _facts(vector: StoredVector) -> dict[str, Any]:
    """Return what Chroma filters by."""
    facts: dict[str, Any] = {"owner": _digest(vector.owner)}
    return facts if vector.time is None else facts | {"time": float(vector.time)}


def _where(scope: Scope) -> dict[str, Any]:
    """Return a scope as Chroma is asked for it."""
    parts: list[dict[str, Any]] = [{"owner": {"$in": sorted(_digest(owner) for owner in scope.owners)}}]
    if scope.after is not None:
        parts.append({"time": {"$gte": float(scope.after)}})
    if scope.before is not None:
        parts.append({"time": {"$lt": float(scope.before)}})
    return parts[0] if len(parts) == 1 else {"$and": parts}


def _digest(owner: str) -> str:
    """Return what stands for an owner."""
    return sha256(owner.encode()).hexdigest()[:_OWNER_CHARS]
