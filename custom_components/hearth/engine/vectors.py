"""Read the vectors of texts."""

from array import array
from collections.abc import Sequence
import sys
from typing import Any

from .errors import EngineProtocolError
from .fields import Fields

_FLOAT_BYTES = 4


def vectors_from_wire(body: Any, count: int) -> tuple[Sequence[float], ...]:
    """Read `count` vectors of `/v1/embeddings` in the order of their texts; raises EngineProtocolError."""
    entries = sorted((Fields(entry) for entry in Fields(body).items("data")), key=lambda entry: entry.whole("index"))
    if [entry.whole("index") for entry in entries] != list(range(count)):
        raise EngineProtocolError("not each text has one vector")
    return tuple(_vector(entry.octets("embedding")) for entry in entries)


def _vector(data: bytes) -> array[float]:
    """Read OpenAI's form: 32-bit floats, the lowest byte first."""
    if not data or len(data) % _FLOAT_BYTES:
        raise EngineProtocolError("a vector has no whole number of floats")
    vector = array("f", data)
    if sys.byteorder == "big":
        vector.byteswap()
    return vector
