"""Read what a GGUF file says of itself, and see that it is whole, before llama.cpp maps it.

A damaged download so ends in words and not in a crash. Only the header is read, which takes a moment whatever the
file's size. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
import itertools
from math import prod
import mmap
from pathlib import Path
import re
import struct
from typing import Any

from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

from hearthd.errors import ApiError, ErrorCode

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_START = struct.Struct("<4sIQQ")
_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
# The value types u8 i8 u16 i16 u32 i32 f32 bool; u64 i64 f64, as struct writes them.
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_U32_KIND = 4
_STRING = 8
_ARRAY = 9
_MAX_ENTRIES = 1_000_000
_MAX_DIMENSIONS = 4
# One value for each layer is worth keeping; one for each token is not.
_MAX_KEPT = 4096
_ALIGNMENT = "general.alignment"


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor's name, its shape with the dimension first that lies together, and the bytes it takes in the file."""

    name: str
    shape: tuple[int, ...]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a model's file says of itself; texts in lists and long lists, such as a vocabulary, are left out."""

    metadata: Mapping[str, Any]
    tensors: tuple[Tensor, ...]
    file_bytes: int

    @property
    def weights_bytes(self) -> int:
        """Return what all tensors take together."""
        return sum(tensor.size_bytes for tensor in self.tensors)


class _DamagedError(Exception):
    """The file is not a whole GGUF file."""


def read_header(path: Path) -> Header:
    """Read a model's header and see that every tensor lies inside the file; of a split model, those of all its parts.

    Raises:
        ApiError: `model_missing` if there is no such file, `model_failed` if it is damaged or cannot be read.
    """
    first = _read_part(path)
    parts = [first, *map(_read_part, _further_parts(path, first))]
    return Header(
        first.metadata,
        tuple(itertools.chain.from_iterable(part.tensors for part in parts)),
        sum(part.file_bytes for part in parts),
    )


def known_header(path: Path) -> Header:
    """Read a header once for as long as its file does not change: a large vocabulary takes a while to pass.

    Raises:
        ApiError: as `read_header` does.
    """
    try:
        changed_at = path.stat().st_mtime_ns
    except OSError:
        return read_header(path)
    return _read_unchanged(path, changed_at)


@lru_cache(maxsize=64)
def _read_unchanged(path: Path, _changed_at: int) -> Header:
    """Read a header as it is since a time."""
    return read_header(path)


def _further_parts(path: Path, first: Header) -> list[Path]:
    """Return the other files of a split model, which are named as llama.cpp's gguf-split names them."""
    count = first.metadata.get("split.count", 1)
    name = re.fullmatch(r"(.+)-00001-of-(\d{5})\.gguf", path.name)
    if count <= 1 or not name or int(name[2]) != count:
        return []
    return [path.with_name(f"{name[1]}-{number:05}-of-{count:05}.gguf") for number in range(2, count + 1)]


def _read_part(path: Path) -> Header:
    """Read one file's header."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Walk(data).header()
    except FileNotFoundError, IsADirectoryError:
        raise ApiError(ErrorCode.MODEL_MISSING, "The model's file is not there.") from None
    except OSError as err:
        raise ApiError(ErrorCode.MODEL_FAILED, "The model's file cannot be read.") from err
    # mmap refuses an empty file with ValueError.
    except (_DamagedError, struct.error, ValueError, IndexError, TypeError) as err:
        raise ApiError(
            ErrorCode.MODEL_FAILED, "The model's file is damaged or not a GGUF file; download it again."
        ) from err


class _Walk:
    """A position in a GGUF file that moves forward."""

    def __init__(self, data: mmap.mmap) -> None:
        """Start at the beginning."""
        self._data = data
        self._size = len(data)
        self._position = 0

    def header(self) -> Header:
        """Walk to the end of the header and compare the tensors with the file's size."""
        magic, version, tensors, entries = _START.unpack_from(self._data)
        if magic != _MAGIC or version not in _VERSIONS or max(tensors, entries) > _MAX_ENTRIES or not tensors:
            raise _DamagedError
        self._skip(_START.size)
        metadata = dict(self._entry() for _ in range(entries))
        found = [self._tensor() for _ in range(tensors)]
        alignment = metadata.get(_ALIGNMENT, 32)
        begin = -(-self._position // alignment) * alignment
        if begin + max(end for _, _, _, end in found) > self._size:
            raise _DamagedError
        return Header(
            {key: value for key, value in metadata.items() if value is not None},
            _measured(found, self._size - begin),
            self._size,
        )

    def _skip(self, count: int) -> None:
        """Move on, but never out of the file."""
        self._position += count
        if self._position > self._size:
            raise _DamagedError

    def _number(self, form: struct.Struct) -> int:
        """Read a number and move behind it."""
        (number,) = form.unpack_from(self._data, self._position)
        self._skip(form.size)
        return int(number)

    def _text(self) -> str:
        """Read a string and move behind it."""
        length = self._number(_U64)
        start = self._position
        self._skip(length)
        return self._data[start : self._position].decode("utf-8", "replace")

    def _entry(self) -> tuple[str, Any]:
        """Read one metadata entry; the alignment must be usable."""
        key = self._text()
        kind = self._number(_U32)
        value = self._value(kind)
        if key == _ALIGNMENT and not (kind == _U32_KIND and value):
            raise _DamagedError
        return key, value

    def _value(self, kind: int) -> Any:
        """Read one metadata value; None stands for one that is not kept."""
        if kind == _STRING:
            return self._text()
        if kind != _ARRAY:
            return self._scalars(kind, 1)[0]
        item, count = self._number(_U32), self._number(_U64)
        if item == _STRING:
            self._skip_texts(count)
            return None
        if count > _MAX_KEPT:
            self._skip(struct.calcsize(f"<{_form(item)}") * count)
            return None
        return self._scalars(item, count)

    def _scalars(self, kind: int, count: int) -> tuple[Any, ...]:
        """Read numbers or truths of one type."""
        form = f"<{count}{_form(kind)}"
        values = struct.unpack_from(form, self._data, self._position)
        self._skip(struct.calcsize(form))
        return values

    def _skip_texts(self, count: int) -> None:
        """Pass strings; a vocabulary has hundreds of thousands of them, so this loop is a tight one."""
        data, position, last, read = self._data, self._position, self._size - _U64.size, _U64.unpack_from
        for _ in range(count):
            if position > last:
                raise _DamagedError
            position += 8 + read(data, position)[0]
        self._position = position
        self._skip(0)

    def _tensor(self) -> tuple[str, tuple[int, ...], int, int]:
        """Read one tensor's name and shape, and where its data begins and ends, counted from the first tensor's."""
        name = self._text()
        dimensions = self._number(_U32)
        if not 1 <= dimensions <= _MAX_DIMENSIONS:
            raise _DamagedError
        shape = tuple(self._number(_U64) for _ in range(dimensions))
        kind, offset = self._number(_U32), self._number(_U64)
        # A type newer than this table is llama.cpp's to judge; that its data begins inside the file is still known.
        try:
            block, size = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
        except ValueError, KeyError:
            return name, shape, offset, offset + 1
        return name, shape, offset, offset + prod(shape) // block * size


def _form(kind: int) -> str:
    """Return how struct writes a scalar of a type."""
    try:
        return _SCALARS[kind]
    except KeyError:
        raise _DamagedError from None


def _measured(found: list[tuple[str, tuple[int, ...], int, int]], size: int) -> tuple[Tensor, ...]:
    """Give each tensor the bytes up to the next one, so that those of unknown types are counted too."""
    offsets = sorted({offset for _, _, offset, _ in found} | {size})
    following = dict(itertools.pairwise(offsets))
    return tuple(Tensor(name, shape, following.get(offset, 0) - offset) for name, shape, offset, _ in found)
