"""Speak to Chroma, embedded or a server: the only door to chromadb, which is loaded when the library is first used.

Chroma is given vectors and opaque ids. Texts, titles, times and names never leave the database. What an owner has is a
collection of Chroma's: to have Chroma filter by owner instead takes seventy times as long, and one for each of an
owner's collections of ours six times as long.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from hashlib import sha256
import logging
from pathlib import Path
import threading
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit
import warnings

import httpx
import numpy as np
from numpy.typing import NDArray

from hearthd.library.ledger import StoredVector

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

_LOGGER = logging.getLogger(__name__)

_BATCH = 500
_PREFIX = "hearth-"
_OWNER_CHARS = 16
_SERVER_SECONDS = 20.0

# Of the nearest 40 among 39,000 vectors Chroma's own choices miss one in eighty, these one in five hundred, for 0.4 ms.
_GRAPH: Final[CreateHNSWConfiguration] = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 200,
    "max_neighbors": 32,
}


class VectorIndexError(Exception):
    """Chroma cannot do what it was asked; `is_damage` if its own files are to blame."""

    def __init__(self, message: str, *, is_damage: bool) -> None:
        """Describe the failure without anything of what was asked."""
        super().__init__(message)
        self.is_damage = is_damage


class Chroma:
    """The vectors of all owners; any thread may use it."""

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
                    self._collections[collection.name] = collection
                else:
                    self._client.delete_collection(collection.name)

    @property
    def names(self) -> list[str]:
        """Return what is here, by the names that `name_of` gives to owners."""
        return list(self._collections)

    def upsert(self, vectors: Sequence[StoredVector]) -> None:
        """Write vectors; those that are there already are replaced."""
        by_name: dict[str, list[StoredVector]] = {}
        for vector in vectors:
            by_name.setdefault(name_of(vector.owner), []).append(vector)
        with self._told():
            for name, members in by_name.items():
                for start in range(0, len(members), _BATCH):
                    batch = members[start : start + _BATCH]
                    self._collection(name).upsert(
                        ids=[one.id for one in batch], embeddings=np.stack([one.vector for one in batch])
                    )

    def delete(self, name: str, ids: Iterable[str]) -> None:
        """Forget vectors; those that are not there need no forgetting."""
        listed = list(ids)
        with self._told():
            if listed and name in self._collections:
                self._collections[name].delete(ids=listed)

    def query(self, vector: NDArray[np.float32], owners: Iterable[str], limit: int) -> list[str]:
        """Return the ids of the nearest passages that some owners have, the nearest first."""
        found: list[tuple[float, str]] = []
        with self._told():
            for name in map(name_of, owners):
                if (collection := self._collections.get(name)) is not None:
                    reply = collection.query(query_embeddings=[vector.tolist()], n_results=limit, include=["distances"])
                    found += zip((reply["distances"] or [[]])[0], reply["ids"][0], strict=True)
        return [one for _, one in sorted(found)[:limit]]

    def ids(self, name: str) -> set[str]:
        """Return the ids of all vectors of an owner."""
        with self._told():
            return set(self._collections[name].get(include=[])["ids"]) if name in self._collections else set()

    def count(self, name: str) -> int:
        """Return how many vectors an owner has."""
        with self._told():
            return self._collections[name].count() if name in self._collections else 0

    def close(self) -> None:
        """Let the files go."""
        with self._told():
            self._client.close()
            for session in _sessions(self._client):
                session.close()

    def _collection(self, name: str) -> Collection:
        """Return a collection, made if there is none."""
        with self._lock:
            if name not in self._collections:
                self._collections[name] = self._client.get_or_create_collection(
                    name,
                    configuration={"hnsw": _GRAPH},
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


def _open(place: Path | str) -> Client:
    """Return Chroma's client."""
    with warnings.catch_warnings():
        # Of its many libraries, some are used in ways that later Pythons will not allow.
        warnings.simplefilter("ignore")
        import chromadb  # noqa: PLC0415 - it takes a second and 100 MB, which who has no library should not pay
        from chromadb.config import Settings  # noqa: PLC0415 - the reason stands above

        settings = Settings(anonymized_telemetry=False)
        if isinstance(place, Path):
            return cast("Client", chromadb.PersistentClient(str(place), settings))
        # Chroma itself would wait for ever for a server that does not answer.
        httpx.get(f"{place}/api/v2/heartbeat", timeout=_SERVER_SECONDS).raise_for_status()
        parts = urlsplit(place)
        is_secure = parts.scheme == "https"
        port = parts.port or (443 if is_secure else 80)
        client = cast("Client", chromadb.HttpClient(parts.hostname or "", port, ssl=is_secure, settings=settings))
        for session in _sessions(client):
            session.timeout = httpx.Timeout(_SERVER_SECONDS)
        return client


def _sessions(client: Client) -> list[httpx.Client]:
    """Return the connections to a server, to which Chroma sets no limit and which it never closes."""
    apis = [client._server, client._admin_client._server]  # type: ignore[attr-defined]  # noqa: SLF001 - the reason stands above
    return [api._session for api in apis if hasattr(api, "_session")]  # noqa: SLF001 - the same


def name_of(owner: str) -> str:
    """Return what Chroma calls an owner: it ends with a letter or a digit, and does not tell who it is."""
    return f"{_PREFIX}{sha256(owner.encode()).hexdigest()[:_OWNER_CHARS]}"
