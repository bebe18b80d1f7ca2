"""Check a GGUF file before llama.cpp maps it, so that a damaged download ends in words and not in a crash.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from math import prod
import mmap
from pathlib import Path
import struct

from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

from hearthd.errors import ApiError, ErrorCode

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_HEADER = struct.Struct("<4sIQQ")
_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
# Bytes of each value type: u8 i8 u16 i16 u32 i32 f32 bool; u64 i64 f64.
_SCALAR_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_STRING = 8
_ARRAY = 9
_MAX_ENTRIES = 1_000_000
_MAX_DIMENSIONS = 4


class _DamagedError(Exception):
    """The file is not a whole GGUF file."""


def check_model_file(path: Path) -> None:
    """Walk through a GGUF file's header and see that every tensor lies inside the file.

    Raises:
        ApiError: `model_missing` if there is no such file, `model_failed` if it is damaged or cannot be read.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            _Walk(data).check()
    except FileNotFoundError, IsADirectoryError:
        raise ApiError(ErrorCode.MODEL_MISSING, "The model's file is not there.") from None
    except OSError as err:
        raise ApiError(ErrorCode.MODEL_FAILED, "The model's file cannot be read.") from err
    # mmap refuses an empty file with ValueError.
    except (_DamagedError, struct.error, ValueError, IndexError) as err:
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
        self._alignment = 32

    def check(self) -> None:
        """Walk to the end of the header and compare the tensors with the file's size."""
        magic, version, tensors, entries = _HEADER.unpack_from(self._data)
        if magic != _MAGIC or version not in _VERSIONS or max(tensors, entries) > _MAX_ENTRIES or not tensors:
            raise _DamagedError
        self._skip(_HEADER.size)
        for _ in range(entries):
            self._entry()
        end = max(self._tensor() for _ in range(tensors))
        begin = -(-self._position // self._alignment) * self._alignment
        if begin + end > self._size:
            raise _DamagedError

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

    def _text(self) -> bytes:
        """Read a string and move behind it."""
        length = self._number(_U64)
        start = self._position
        self._skip(length)
        return self._data[start : self._position]

    def _entry(self) -> None:
        """Pass one metadata entry, and note the alignment."""
        key = self._text()
        kind = self._number(_U32)
        if key == b"general.alignment" and kind == 4:  # noqa: PLR2004 - u32, as the format demands
            self._alignment = self._number(_U32)
            if not self._alignment:
                raise _DamagedError
        else:
            self._value(kind)

    def _value(self, kind: int) -> None:
        """Pass one metadata value."""
        if kind == _STRING:
            self._text()
        elif kind == _ARRAY:
            item, count = self._number(_U32), self._number(_U64)
            if size := _SCALAR_SIZES.get(item):
                self._skip(size * count)
            elif item == _STRING:
                for _ in range(count):
                    self._text()
            else:
                raise _DamagedError
        elif size := _SCALAR_SIZES.get(kind):
            self._skip(size)
        else:
            raise _DamagedError

    def _tensor(self) -> int:
        """Pass one tensor's description and return where its data ends, counted from the first tensor's."""
        self._text()
        dimensions = self._number(_U32)
        if not 1 <= dimensions <= _MAX_DIMENSIONS:
            raise _DamagedError
        elements = prod(self._number(_U64) for _ in range(dimensions))
        kind, offset = self._number(_U32), self._number(_U64)
        # A type newer than this table is llama.cpp's to judge; that its data begins inside the file is still known.
        try:
            block, size = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
        except ValueError, KeyError:
            return offset + 1
        return offset + elements // block * size
