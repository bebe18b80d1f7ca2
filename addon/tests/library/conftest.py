"""Give tests libraries with an embedder that needs no model."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
import pytest

from hearthd.errors import ApiError, ErrorCode
from hearthd.library.document import Kind
from hearthd.library.item import NewItem
from hearthd.library.library import Library
from hearthd.library.query_words import words_of
from hearthd.library.scope import HOUSEHOLD, Scope
from hearthd.library.search import Found, Mode, Query

NOON = 1_790_000_000.0
ANNA, BEN = "person:anna", "person:ben"


class WordEmbedder:
    """Makes vectors of which words a text has, but for texts with `refused`, and remembers what it was asked."""

    def __init__(self, model_id: str | None = "words", dimension: int = 256) -> None:
        """Call the model as it is wanted."""
        self.model_id = model_id
        self.dimension = dimension
        self.is_elsewhere = False
        self.asked: list[tuple[str, bool]] = []
        self.is_down = False
        self.refused: str | None = None
        self.refusal = ErrorCode.INVALID_REQUEST

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> NDArray[np.float32]:
        """Return a row for each text."""
        if self.is_down:
            raise ApiError(ErrorCode.MODEL_MISSING, "The role has no model.")
        if self.refused is not None and any(self.refused in text for text in texts):
            raise ApiError(self.refusal, "No.")
        self.asked += [(text, urgent) for text in texts]
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in words_of(text):
                row[crc32(word.encode()) % self.dimension] += 1.0
            row[0] += 0.01
            np.divide(row, np.linalg.norm(row), out=row)
        return vectors


def note(item_id: str, text: str, owner: str = HOUSEHOLD, **facts: Any) -> NewItem:
    """Return a note."""
    return NewItem(item_id, owner, facts.pop("title", ""), facts.pop("kind", Kind.TEXT), text.encode(), **facts)


def query(text: str, *owners: str, mode: Mode = Mode.HYBRID, limit: int = 5, **scope: Any) -> Query:
    """Return a question; the household asks unless owners are named."""
    return Query(text, Scope(frozenset(owners or {HOUSEHOLD}), **scope), limit, mode)


def items_of(found: Found) -> list[str]:
    """Return the ids of the items that were found."""
    return [one.passage.item for one in found.passages]


type OpenLibrary = Callable[..., Library]


@pytest.fixture
async def open_library(tmp_path: Path) -> AsyncGenerator[OpenLibrary]:
    """Return a function that opens a library, which is closed with the test."""
    async with AsyncExitStack() as stack:

        def open_one(embedder: WordEmbedder | None = None, folder: Path = tmp_path, **options: Any) -> Library:
            library = Library(folder / "library", embedder or WordEmbedder(), **options)
            stack.push_async_callback(library.close)
            return library

        yield open_one
