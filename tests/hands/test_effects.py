"""Test how effects are told apart."""

import json

import pytest

from custom_components.hearth.hands.effects import Effect, Resolution, canonical_json


@pytest.mark.parametrize("value", ["Front Door\ud800", {"\udc00": 1}, ["Küche", "🔥", "\ud800\ud801"]])
def test_anything_can_be_hashed_and_written(value: object) -> None:
    """Half a character, which no file takes, is written so that it can be read again."""
    written = canonical_json(value)
    assert json.loads(written.encode()) == value
    assert Resolution((Effect("notify", "send", None, {"message": value}),)).digest


def test_other_effects_have_another_digest() -> None:
    """What differs in a letter, or in half of one, is something else."""
    messages = ["Front Door", "Front Door\ud800", "Front Door\\ud800", "front door"]
    assert len({Resolution((Effect("notify", "send", None, {"message": one}),)).digest for one in messages}) == 4
