"""How script/bench kernel comes by its models."""

from pathlib import Path

import pytest

from bench.kernel.model_files import generated_model


async def test_a_model_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also from within script/bench, which finds its own modules in a way that is not the generator's."""
    monkeypatch.setenv("HEARTH_CACHE", str(tmp_path))
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    path = await generated_model("small", "q8_0")
    assert path.read_bytes().startswith(b"GGUF")
    made = path.stat().st_mtime_ns
    assert (await generated_model("small", "q8_0")).stat().st_mtime_ns == made
