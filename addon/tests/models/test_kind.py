"""Test that models which embed are told from those which write."""

from typing import Any

import pytest

from hearthd.errors import ApiError, ErrorCode
from hearthd.models.gguf_header import Header
from hearthd.models.kind import check_kind, embeds
from hearthd.settings import Role

# What a file says of how it pools: nothing, mean, first, last, and a rank of two texts, which is no vector.
POOLS: dict[Any, bool] = {None: False, 0: False, 1: True, 2: True, 3: True, 4: False}


@pytest.mark.parametrize(("pool", "is_embedder"), POOLS.items())
@pytest.mark.parametrize("role", Role)
def test_kinds(pool: int | None, is_embedder: bool, role: Role) -> None:
    """Each role takes one kind, and is told the other one in words."""
    metadata = {"general.architecture": "qwen3"} | ({} if pool is None else {"qwen3.pooling_type": pool})
    header = Header(metadata, (), 0)
    assert embeds(header) is is_embedder
    if is_embedder is (role is Role.EMBEDDING):
        check_kind(header, role)
        return
    with pytest.raises(ApiError) as refusal:
        check_kind(header, role)
    assert refusal.value.code is ErrorCode.UNSUPPORTED
    assert role in refusal.value.message
