"""Run the requests that Hearth was made for: a real Home Assistant, a real engine and library, a scripted model.

The model fails on every request that its script does not expect, so a test that passes has seen exactly its calls.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import Principal
from custom_components.hearth.coordinator import HearthData
from custom_components.hearth.engine import ChatEvent, ChatRequest, EngineClient, LibraryItem, SearchRequest
from custom_components.hearth.mind import Turn
from tests.conftest import hearth_entry
from tests.furnished_home import home
from tests.hearthd import Hearthd
from tests.mind.conftest import AGENT, load, people, speech, unload

__all__ = ["home", "people"]


def calls(*tool_calls: tuple[str, Mapping[str, Any]], contains: str = "") -> dict[str, Any]:
    """Return an exchange in which the model calls tools."""
    told = [{"name": name, "arguments": dict(args)} for name, args in tool_calls]
    return {"expect": {"contains": contains}, "reply": {"tool_calls": told}}


def says(text: str, contains: str = "") -> dict[str, Any]:
    """Return an exchange in which the model speaks."""
    return {"expect": {"contains": contains}, "reply": {"content": text}}


@dataclass
class House:
    """A home in which somebody can be spoken for; `requests` are those to the model."""

    hass: HomeAssistant
    entry: MockConfigEntry
    engine: Hearthd
    requests: list[ChatRequest] = field(default_factory=list)

    @property
    def hearth(self) -> HearthData:
        """Return what the entry has."""
        data: HearthData = self.entry.runtime_data
        return data

    @property
    def turn(self) -> Turn:
        """Return the turn that ended last."""
        return self.hearth.turns.recent()[-1]

    @property
    def asker(self) -> Principal:
        """Return who took the last turn."""
        assert self.turn.scope.view is not None
        return self.turn.scope.view.asker.principal

    @property
    def citations(self) -> list[dict[str, Any]]:
        """Return what the last answer rests on, as the trace tells it."""
        cited: list[dict[str, Any]] = self.turn.as_dict()["citations"]
        return cited

    def script(self, *exchanges: dict[str, Any]) -> None:
        """Let the model answer its next requests so."""
        self.engine.script(exchanges)

    async def say(self, words: str, *, user: str | None = "anna", conversation_id: str = "one") -> str:
        """Say something and return the answer, once everything that came of it is done."""
        result = await conversation.async_converse(
            self.hass, words, conversation_id, Context(user_id=user), "en", AGENT, None
        )
        await self.hass.async_block_till_done()
        return speech(result)

    async def know(self, collection: str, *items: LibraryItem) -> None:
        """Put something into the library."""
        results = await self.hearth.client.async_store(collection, items, wait=True)
        assert {result.status for result in results} == {"stored"}

    async def numbers(self, words: str, *collections: str, owner: str = "person:anna") -> dict[str, int]:
        """Return by which numbers a new conversation will cite the items that a search for words finds."""
        request = SearchRequest(words, ("household", owner), collections or None, limit=6)
        found = (await self.hearth.client.async_search(request)).passages
        items = dict.fromkeys(passage.item for passage in found if passage.score >= 0.1)
        return {item: number for number, item in enumerate(items, 1)}


def item(name: str, text: str, owner: str = "household", **fields: Any) -> LibraryItem:
    """Return something to be known, a week old unless said otherwise."""
    return LibraryItem(name, owner, fields.pop("title", name), text, time=fields.pop("time", _TIME), **fields)


_TIME = datetime(2026, 11, 14, 12, tzinfo=UTC)


@pytest.fixture
async def house(
    home: HomeAssistant,
    people: None,
    hearthd: Hearthd,
    enable_custom_integrations: None,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[House]:
    """Return a home with people, an agent and an empty library."""
    requests: list[ChatRequest] = []
    send = EngineClient.async_chat

    async def record(client: EngineClient, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        requests.append(request)
        async for event in send(client, request):
            yield event

    monkeypatch.setattr(EngineClient, "async_chat", record)
    entry = await load(home, hearth_entry(hearthd.url, hearthd.token, hearthd.instance_id))
    house = House(home, entry, hearthd, requests)
    await _empty(house)
    yield house
    await _empty(house)
    await unload(home, entry)


async def _empty(house: House) -> None:
    client = house.hearth.client
    for name in (await client.async_library()).collections:
        await client.async_delete_collection(name)
