"""Test that a model's header is read, and that damaged files are told from whole ones before llama.cpp sees them."""

from pathlib import Path
import struct
import time

from gguf import GGUFWriter
import numpy as np
import pytest

from hearthd.errors import ApiError, ErrorCode
from hearthd.models.gguf_header import read_header

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
        read_header(path)
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
    read_header(path)


def test_every_truncation_of_a_model_fails(tmp_path: Path, tiny_model: Path) -> None:
    """Wherever a download stopped, it is noticed."""
    content = tiny_model.read_bytes()
    path = tmp_path / "cut.gguf"
    for size in [*range(0, len(content), len(content) // 97), len(content) - 1]:
        path.write_bytes(content[:size])
        with pytest.raises(ApiError):
            read_header(path)


@pytest.mark.parametrize("name", ["nothing.gguf", "."])
def test_missing_file_is_missing(tmp_path: Path, name: str) -> None:
    """No file, or a folder in its place, is a missing model."""
    with pytest.raises(ApiError) as failure:
        read_header(tmp_path / name)
    assert failure.value.code is ErrorCode.MODEL_MISSING


def test_metadata_and_tensors_are_read(tmp_path: Path) -> None:
    """Numbers, truths, texts and short lists of numbers are kept, lists of texts and long ones are not."""
    path = tmp_path / "model.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(3)
    writer.add_head_count_kv([0, 2, 4])
    writer.add_sliding_window_pattern([True, False, True])
    writer.add_layer_norm_rms_eps(0.5)
    writer.add_token_list(["a", "b"])
    writer.add_token_scores([0.0] * 5000)
    writer.add_tensor("one", np.zeros((4, 32), np.float32))
    writer.add_tensor("two", np.zeros((3, 8), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    header = read_header(path)
    assert header.metadata == {
        "general.architecture": "llama",
        "llama.block_count": 3,
        "llama.attention.head_count_kv": (0, 2, 4),
        "llama.attention.sliding_window_pattern": (True, False, True),
        "llama.attention.layer_norm_rms_epsilon": 0.5,
    }
    assert [(tensor.name, tensor.shape) for tensor in header.tensors] == [("one", (32, 4)), ("two", (8, 3))]
    assert header.tensors[0].size_bytes == 512
    # The last tensor's share includes the padding at the end of the file.
    assert 48 <= header.tensors[1].size_bytes < 48 + 32
    assert header.weights_bytes < header.file_bytes == path.stat().st_size


def test_a_type_of_tomorrow_is_measured(tmp_path: Path) -> None:
    """A tensor of an unknown type takes what lies between it and the next."""
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf([], [one_tensor([8, 2], kind=999), one_tensor([8], offset=96)], 128))
    assert [tensor.size_bytes for tensor in read_header(path).tensors] == [96, 32]


def split(tmp_path: Path, count: int, parts: int) -> Path:
    """Write the first files of a model that says it has `count`, and return the first."""
    for number in range(1, parts + 1):
        told = [entry(b"split.count", 2, struct.pack("<H", count)), entry(b"n", 4, struct.pack("<I", number))]
        path = tmp_path / f"model-{number:05}-of-{count:05}.gguf"
        path.write_bytes(gguf(told, [one_tensor([8 * number])], 32 * number))
    return tmp_path / f"model-00001-of-{count:05}.gguf"


def test_a_split_model_is_read_whole(tmp_path: Path) -> None:
    """The first file's metadata counts, and the tensors of all of them."""
    header = read_header(split(tmp_path, 3, 3))
    assert header.metadata == {"split.count": 3, "n": 1}
    assert [tensor.size_bytes for tensor in header.tensors] == [32, 64, 96]


def test_a_missing_part_is_missing(tmp_path: Path) -> None:
    """A split model without one of its files is not whole."""
    with pytest.raises(ApiError) as failure:
        read_header(split(tmp_path, 3, 2))
    assert failure.value.code is ErrorCode.MODEL_MISSING


def test_the_weights_are_not_read(tmp_path: Path, tiny_model: Path) -> None:
    """A file of many gigabytes takes no longer than a small one: only its beginning is looked at."""
    small = read_header(tiny_model)
    large = tmp_path / "large.gguf"
    large.write_bytes(tiny_model.read_bytes())
    with large.open("r+b") as file:
        file.truncate(20 * 2**30)
    began = time.process_time()
    header = read_header(large)
    took = time.process_time() - began
    began = time.process_time()
    for _ in range(20):
        read_header(tiny_model)
    assert took < time.process_time() - began
    assert header.metadata == small.metadata
