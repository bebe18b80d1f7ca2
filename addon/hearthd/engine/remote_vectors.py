"""Read the vectors that OpenAI-compatible servers make of texts."""

from base64 import b64decode
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearthd.engine.remote_reply import malformed


def read_vectors(body: Any, count: int) -> tuple[NDArray[np.float32], int]:
    """Return the vectors of a reply in the order of their texts, each of length 1, and the tokens that were read.

    Known shapes: `{"data": [{"index", "embedding"}], "usage"}`, where an embedding is numbers or, as OpenAI's newer
    servers may, base64 of little-endian float32; some servers send no index.

    Raises:
        ApiError: `remote_failed`, these are not as many vectors of one length as there were texts.
    """
    try:
        rows = {row.get("index", place): _numbers(row["embedding"]) for place, row in enumerate(body["data"])}
        vectors = np.stack([rows[place] for place in range(count)])
        usage = body.get("usage") or {}
        tokens = int(usage.get("prompt_tokens") or 0)
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise malformed() from err
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    # A vector of zeros has no direction, and infinite numbers have none either.
    if len(rows) != count or vectors.ndim != 2 or not np.isfinite(lengths).all() or not lengths.all():  # noqa: PLR2004 - rows of numbers
        raise malformed()
    return (vectors / lengths).astype(np.float32), tokens


def _numbers(embedding: Any) -> NDArray[np.float32]:
    """Return one vector."""
    if isinstance(embedding, str):
        return np.frombuffer(b64decode(embedding, validate=True), "<f4")
    return np.asarray(embedding, np.float32)
