"""Test that no source, however hostile, harms more than the process that reads it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from hearthd.library.document import Kind, UnreadableError
from hearthd.library.parser_process import ParserProcess

HOSTILE = '''
"""Do to the process what a hostile file might."""
import os
from hearthd.library.document import Document

def parse(kind, data):
    match data:
        case b"hang":
            while True:
                pass
        case b"swell":
            return bytearray(8 * 1024**3)
        case b"die":
            os._exit(0)
        case b"kill":
            os.kill(os.getpid(), 9)
        case b"print":
            print("x" * 100_000, flush=True)
        case b"recurse":
            return parse(kind, data)
        case b"surrogate":
            return Document("\\ud800")
    return Document(data.decode())
'''


@pytest.fixture
async def parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[ParserProcess]:
    """Return a parser whose process reads with a hostile module."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, types\n"
        "module = types.ModuleType('hearthd.library.parse')\n"
        f"exec({HOSTILE!r}, module.__dict__)\n"
        "sys.modules['hearthd.library.parse'] = module\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    parser = ParserProcess(seconds=20, memory_bytes=2 * 1024**3)
    yield parser
    await parser.rest()


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"swell", "too_large"),
        (b"die", "damaged"),
        (b"kill", "damaged"),
        (b"recurse", "damaged"),
        (b"surrogate", "damaged"),
        (b"\xff", "damaged"),
    ],
)
async def test_hostile_sources(parser: ParserProcess, source: bytes, code: str) -> None:
    """Each is refused with a code, and the next source is read."""
    with pytest.raises(UnreadableError) as refusal:
        await parser.read(Kind.PDF, source)
    assert refusal.value.code == code
    assert (await parser.read(Kind.TEXT, b"fine")).text == "fine"


async def test_one_that_hangs(parser: ParserProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ended when its time is over, and the next source is read."""
    await parser.read(Kind.TEXT, b"begin")
    monkeypatch.setattr(parser, "_seconds", 0.2)
    with pytest.raises(UnreadableError) as refusal:
        await parser.read(Kind.PDF, b"hang")
    assert refusal.value.code == "too_slow"
    monkeypatch.setattr(parser, "_seconds", 20)
    assert (await parser.read(Kind.TEXT, b"fine")).text == "fine"


async def test_one_that_prints(parser: ParserProcess) -> None:
    """What a parser prints does not come between what we say to each other."""
    assert (await parser.read(Kind.PDF, b"print")).text == "print"
