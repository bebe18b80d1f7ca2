"""Test that damaged model files are told from whole ones before llama.cpp sees them."""

from pathlib import Path
import struct

import pytest

from hearthd.engine.model_file import check_model_file
from hearthd.errors import ApiError, ErrorCode

HEADER = struct.Struct("<4sIQQ")


def entry(key: bytes, kind: int, value: bytes) -> bytes:
    """Return one metadata entry."""
    return struct.pack("<Q", len(key)) + key + struct.pack("<I", kind) + value


def one_tensor(dimensions: list[int], kind: int = 0, offset: int = 0) -> bytes:
    """Return one tensor's description."""
    shape = b"".join(struct.pack("<Q", size) for size in dimensions)
    return struct.pack("<Q", 1) + b"t" + struct.pack("<I", len(dimensions)) + shape + struct.pack("<IQ", kind, offset)


def gguf(entries: list[bytes], tensors: list[bytes], data: int) -> bytes:
    """Return a GGUF file with so many bytes of tensor data."""
    head = HEADER.pack(b"GGUF", 3, len(tensors), len(entries)) + b"".join(entries) + b"".join(tensors)
    return head + bytes(-len(head) % 32 + data)


WHOLE = gguf([entry(b"a", 4, struct.pack("<I", 7))], [one_tensor([8, 2])], 64)
HUGE = 2**60

DAMAGED = {
    "empty": b"",
    "text": b"<html>404</html>" * 10,
    "zeros": bytes(200),
    "short header": WHOLE[:20],
    "old version": HEADER.pack(b"GGUF", 1, 1, 1) + WHOLE[24:],
    "big endian": HEADER.pack(b"GGUF", 3 << 24, 1, 1) + WHOLE[24:],
    "no tensors": gguf([], [], 64),
    "countless entries": HEADER.pack(b"GGUF", 3, 1, HUGE) + WHOLE[24:],
    "countless tensors": HEADER.pack(b"GGUF", 3, HUGE, 1) + WHOLE[24:],
    "endless key": gguf([struct.pack("<Q", HUGE) + bytes(40)], [one_tensor([8])], 64),
    "endless text": gguf([entry(b"a", 8, struct.pack("<Q", HUGE))], [one_tensor([8])], 64),
    "endless array": gguf([entry(b"a", 9, struct.pack("<IQ", 4, HUGE))], [one_tensor([8])], 64),
    "endless texts": gguf([entry(b"a", 9, struct.pack("<IQ", 8, HUGE))], [one_tensor([8])], 64),
    "nested array": gguf([entry(b"a", 9, struct.pack("<IQ", 9, 1))], [one_tensor([8])], 64),
    "unknown type": gguf([entry(b"a", 99, bytes(8))], [one_tensor([8])], 64),
    "no alignment": gguf([entry(b"general.alignment", 4, bytes(4))], [one_tensor([8])], 64),
    "no dimensions": gguf([], [one_tensor([])], 64),
    "many dimensions": gguf([], [one_tensor([1] * 9)], 64),
    "tensor too large": gguf([], [one_tensor([8, 3])], 64),
    "tensor too far": gguf([], [one_tensor([8], offset=64)], 64),
    "unknown tensor too far": gguf([], [one_tensor([8], kind=999, offset=64)], 64),
    "overflowing shape": gguf([], [one_tensor([HUGE, HUGE, HUGE])], 64),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_file_fails(tmp_path: Path, content: bytes) -> None:
    """Whatever is wrong, the error is the same and says what to do."""
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ApiError, match="download it again") as failure:
        check_model_file(path)
    assert failure.value.code is ErrorCode.MODEL_FAILED


@pytest.mark.parametrize(
    "content",
    [
        WHOLE,
        gguf([], [one_tensor([8, 2], kind=999)], 64),
        gguf([], [one_tensor([32], kind=8)], 34),
        gguf([entry(b"general.alignment", 4, struct.pack("<I", 64))], [one_tensor([8])], 96),
        gguf([entry(b"a", 9, struct.pack("<IQQ", 8, 1, 2) + b"ab")], [one_tensor([8])], 32),
    ],
    ids=["floats", "unknown tensor type", "quantised", "wide alignment", "texts"],
)
def test_whole_file_passes(tmp_path: Path, content: bytes) -> None:
    """A small but whole file raises nothing."""
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    check_model_file(path)


def test_every_truncation_of_a_model_fails(tmp_path: Path, tiny_model: Path) -> None:
    """Wherever a download stopped, it is noticed."""
    content = tiny_model.read_bytes()
    path = tmp_path / "cut.gguf"
    for size in [*range(0, len(content), len(content) // 97), len(content) - 1]:
        path.write_bytes(content[:size])
        with pytest.raises(ApiError):
            check_model_file(path)


@pytest.mark.parametrize("name", ["nothing.gguf", "."])
def test_missing_file_is_missing(tmp_path: Path, name: str) -> None:
    """No file, or a folder in its place, is a missing model."""
    with pytest.raises(ApiError) as failure:
        check_model_file(tmp_path / name)
    assert failure.value.code is ErrorCode.MODEL_MISSING
