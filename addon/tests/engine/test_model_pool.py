"""Test how models come and go, whoever needs them."""

import asyncio
from pathlib import Path

import pytest

from hearthd.engine.metrics import Metrics
from hearthd.engine.model_pool import ModelPool
from hearthd.settings import LocalRef
from tests.engine.moody_backend import MoodyBackend

pytestmark = pytest.mark.anyio

REF = LocalRef(Path("/models/new.gguf"))


async def test_a_model_that_comes_and_goes_while_it_leaves() -> None:
    """It is let go twice without a fault, and does not come again before all of it is closed."""
    backends = [MoodyBackend("first"), MoodyBackend("second")]
    opened = iter(backends)
    pool = ModelPool(lambda _ref, _metrics: next(opened), Metrics())
    first = pool.claim(REF)
    await first.load()
    backends[0].may_close.clear()
    releases = [pool.release(first)]
    await asyncio.sleep(0)
    releases.append(pool.release(pool.claim(REF)))
    await asyncio.sleep(0)
    loading = pool.claim(REF).load()
    done, _ = await asyncio.wait({loading, *releases}, timeout=0.05)
    assert not done
    backends[0].may_close.set()
    await asyncio.gather(loading, *releases)
    assert (backends[0].closes, backends[1].starts) == (1, 1)
    await pool.close()
