"""Test that nobody reaches what is not theirs, nor asks for nonsense, by an action."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import probatio
import pytest

from tests.noted_home import call, hearth, people
from tests.stub_engine import StubEngine

__all__ = ["hearth", "people"]


async def test_what_is_anothers_is_for_administrators(
    hass: HomeAssistant, hearth: StubEngine, people: dict[str, str]
) -> None:
    """Let nobody touch what is not theirs."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ingest", {"text": "a", "person": "person.anna"}),
        ("ingest", {"path": "/config/a.txt"}),
        ("export", {"everything": True}),
        ("import", {"folder": "a"}),
        ("erase", {"confirm": "erase", "everything": True}),
        ("erase", {"confirm": "erase", "person": "person.anna"}),
    )
    for name, data in asked:
        with pytest.raises(Unauthorized):
            await call(hass, name, people["tom"], **data)
    assert hearth.library.asked == []


async def test_a_guest_has_nothing_here(hass: HomeAssistant, hearth: StubEngine, people: dict[str, str]) -> None:
    """Keep nothing of a user who is no person, and show them nothing."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ingest", {"text": "a"}),
        ("search", {"query": "boiler"}),
        ("forget", {"query": "boiler"}),
        ("export", {}),
        ("erase", {"confirm": "erase"}),
    )
    for name, data in asked:
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, name, people["guest"], **data)
        assert caught.value.translation_key == "guest_keeps_nothing"
    assert hearth.library.asked == []


async def test_a_person_must_be_one(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Keep nothing for somebody who does not exist."""
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "ingest", text="a", person="person.nobody")
    assert caught.value.translation_key == "no_such_person"


async def test_nonsense_is_refused(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Check what is asked before anything is done."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ingest", {}),
        ("ingest", {"text": ""}),
        ("ingest", {"text": "a", "path": "/a.txt"}),
        ("ingest", {"text": "a", "person": "light.kitchen"}),
        ("search", {}),
        ("search", {"query": "a", "limit": 0}),
        ("search", {"query": "a", "sources": ["weather"]}),
        ("search", {"query": "a", "after": "soon"}),
        ("forget", {}),
        ("forget", {"query": "a", "item": "b"}),
        ("forget", {"source": "nothing"}),
        ("import", {}),
        ("erase", {}),
    )
    for name, data in asked:
        with pytest.raises(probatio.Invalid):
            await call(hass, name, **data)
    assert hearth.library.asked == []
