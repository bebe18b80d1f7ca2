"""Test that tools are found by what they do, in the home's languages, with and without an engine."""

from collections.abc import Sequence

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.engine import EngineUnreachable
from custom_components.hearth.hands import Finder, Hands, Scope, ToolsShown

from .conftest import offered


async def _found(
    hass: HomeAssistant, hands: Hands, scope: Scope, finder: Finder, wanted: str, language: str
) -> list[str]:
    tools = await offered(hass, hands, scope, None, ToolsShown.ALL)
    return [tool.name for tool in await finder.async_find(wanted, tools.tools, language)]


@pytest.mark.parametrize(
    ("wanted", "language", "first"),
    [
        ("skip to the next item", "en", "media_player__HassMediaNext"),
        ("set the humidity to 40", "en", "humidifier__HassHumidifierSetpoint"),
        ("send the mower back to its dock", "en", "lawn_mower__HassLawnMowerDock"),
        ("add milk to the to-do list", "en", "todo__HassListAddItem"),
        ("good night", "en", "script__good_night"),
        ("Heizung wärmer", "de", "climate__HassClimateSetTemperature"),
        ("aspirateur", "fr", "vacuum__"),
        ("stofzuiger", "nl", "vacuum__"),
        ("aspiradora", "es", "vacuum__"),
        ("Rollladen halb öffnen", "de", "intent__HassSetPosition"),
    ],
)
async def test_words_find_what_does_it(
    full_home: HomeAssistant, hands: Hands, scope: Scope, wanted: str, language: str, first: str
) -> None:
    """The likeliest comes first, by its words or by the kind of thing in somebody's language."""
    found = await _found(full_home, hands, scope, Finder(full_home), wanted, language)
    assert found[0].startswith(first)
    assert len(found) <= 6


@pytest.mark.parametrize("wanted", ["order a pizza", "xyzzy", "?!"])
async def test_what_no_tool_does_finds_nothing(
    full_home: HomeAssistant, hands: Hands, scope: Scope, wanted: str
) -> None:
    """Say so, rather than name whatever shares a small word."""
    assert await _found(full_home, hands, scope, Finder(full_home), wanted, "en") == []


async def _embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
    """Have one thing mean another: whatever is about loudness or the volume."""
    return [[1.0, 0.0] if "loud" in text or "olume" in text else [0.0, 1.0] for text in texts]


async def test_meaning_finds_what_words_do_not(full_home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """Nothing is called loud; with an engine that compares texts it is found all the same, at once."""
    by_words = await _found(full_home, hands, scope, Finder(full_home), "a bit louder", "en")
    finder = Finder(full_home, _embed)
    by_meaning = await _found(full_home, hands, scope, finder, "a bit louder", "en")
    assert "media_player__HassSetVolume" not in by_words[:1]
    assert set(by_meaning[:2]) == {"media_player__HassSetVolume", "media_player__HassSetVolumeRelative"}
    finder.stop()


async def _fail(texts: Sequence[str]) -> Sequence[Sequence[float]]:
    raise EngineUnreachable("nobody answers")


async def test_without_an_engine_words_do(full_home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """An engine that does not answer changes nothing of what words find."""
    for wanted in ("pause the media player", "order a pizza"):
        plain = await _found(full_home, hands, scope, Finder(full_home), wanted, "en")
        assert await _found(full_home, hands, scope, Finder(full_home, _fail), wanted, "en") == plain
