"""Let the tests of a turn talk to a real agent in a furnished home, with a real engine behind it."""

from collections.abc import AsyncGenerator, Awaitable, Callable

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.hearth.mind import Turn
from tests.conftest import hearth_entry
from tests.furnished_home import home, people, satellite
from tests.hearthd import Hearthd
from tests.stub_engine import INSTANCE_ID, StubEngine

__all__ = ["home", "people", "satellite"]

AGENT = "conversation.hearth"

type Talk = Callable[..., Awaitable[conversation.ConversationResult]]


@pytest.fixture
async def entry(
    home: HomeAssistant, hearthd: Hearthd, enable_custom_integrations: None, socket_enabled: None
) -> AsyncGenerator[MockConfigEntry]:
    """Return an entry that is loaded in the furnished home, with one agent that may use Assist."""
    entry = await load(home, hearth_entry(hearthd.url, hearthd.token, hearthd.instance_id))
    yield entry
    await unload(home, entry)


@pytest.fixture
async def stub_entry(
    home: HomeAssistant, stub: StubEngine, enable_custom_integrations: None
) -> AsyncGenerator[MockConfigEntry]:
    """Return an entry that is loaded in the furnished home, with an engine that says what a test wants."""
    entry = await load(home, hearth_entry(stub.url, stub.token, INSTANCE_ID))
    yield entry
    await unload(home, entry)


async def load(home: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set an entry up and return it once the home has come to rest."""
    entry.add_to_hass(home)
    assert await home.config_entries.async_setup(entry.entry_id)
    await home.async_block_till_done(wait_background_tasks=True)
    return entry


async def unload(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """Take an entry down once nothing is left to be done."""
    await home.async_block_till_done()
    await home.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def talk(home: HomeAssistant, entry: MockConfigEntry) -> Talk:
    """Return what says something to the agent, by default in one conversation.

    Where neither a user nor a device is named it is who runs the home: words from nowhere are an automation's.
    """
    MockUser(id="owner", name=None, is_owner=True).add_to_hass(home)

    async def say(
        text: str,
        *,
        conversation_id: str = "one",
        user_id: str | None = None,
        device_id: str | None = None,
        language: str = "en",
    ) -> conversation.ConversationResult:
        speaker = user_id or (None if device_id else "owner")
        return await conversation.async_converse(
            home, text, conversation_id, Context(user_id=speaker), language, AGENT, device_id
        )

    return say


@pytest.fixture
def last_turn(entry: MockConfigEntry) -> Callable[[], Turn]:
    """Return what gives the turn that ended last."""
    return lambda: entry.runtime_data.turns.recent()[-1]


def speech(result: conversation.ConversationResult) -> str:
    """Return what was said."""
    return result.response.speech["plain"]["speech"]
