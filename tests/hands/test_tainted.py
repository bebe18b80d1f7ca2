"""Test that text from outside goes on to nobody without a person's yes."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.access import HOUSEHOLD, Access, Asker, View
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import Call, Effect, Hands, Outcome, Resolution, Scope
from tests.conftest import AGENT_ID, hearth_entry

# By every road on which words come to somebody: shown, sent, said aloud, kept for later, or put into an address.
ROADS = [
    ("notify.send_message", "notify.bert", {"message": "words"}),
    ("notify.mobile_app_bert", None, {"message": "words"}),
    ("tts.speak", "tts.cloud", {"message": "words"}),
    ("assist_satellite.announce", "assist_satellite.hall", {"message": "words"}),
    ("assist_satellite.start_conversation", "assist_satellite.hall", {"start_message": "words"}),
    ("media_player.play_media", "media_player.hall", {"media_content_id": "media-source://tts/cloud?message=words"}),
    ("media_player.play_media", "media_player.hall", {"media": {"media_content_id": "http://elsewhere/?words"}}),
    ("todo.add_item", "todo.family", {"item": "words"}),
    ("todo.update_item", "todo.family", {"rename": "words"}),
    ("shopping_list.add_item", None, {"name": "words"}),
    ("calendar.create_event", "calendar.family", {"summary": "words"}),
    ("persistent_notification.create", None, {"message": "words"}),
    ("input_text.set_value", "input_text.board", {"value": "words"}),
    ("text.set_value", "text.display", {"value": "words"}),
    ("logbook.log", None, {"message": "words"}),
    ("rest_command.tell", None, {"text": "words"}),
    ("mqtt.publish", None, {"payload": "words"}),
    ("conversation.process", None, {"text": "words"}),
    (f"{DOMAIN}.remember", None, {"text": "words"}),
    (f"{DOMAIN}.send_to_me", None, {"text": "words"}),
]
HARMLESS = [
    ("light.turn_on", "light.kitchen_lights", {"brightness": 10}),
    ("media_player.play_media", "media_player.hall", {"media_content_id": "Abbey Road"}),
    (
        "media_player.play_media",
        "media_player.hall",
        {"media": {"media_content_id": "media-source://media_source/local/bell.mp3"}},
    ),
    ("vacuum.start", "vacuum.robot", {}),
]


@pytest.fixture
def scope(home: HomeAssistant, scope: Scope) -> Scope:
    """Return a turn of somebody who sees the household's lists and calendars."""
    entry = hearth_entry("http://127.0.0.1:1", "token", "instance")
    entry.add_to_hass(home)
    scope.view = View(Access(home, entry), Asker(HOUSEHOLD, AGENT_ID))
    scope.words = "we are out of milk, and of green tea"
    return scope


async def called(hands: Hands, scope: Scope, action: str, entity_id: str | None, data: dict[str, Any]) -> Outcome:
    """Return what becomes of a call with one effect."""
    domain, service = action.split(".")
    resolution = Resolution((Effect(domain, service, entity_id, data),))

    async def resolve() -> Resolution:
        return resolution

    async def run() -> None:
        return None

    return (await hands.guard.async_call(scope, Call(action, {}, resolve, run))).outcome


@pytest.mark.parametrize(("action", "entity_id", "data"), ROADS)
async def test_no_words_go_on_unasked(
    home: HomeAssistant, hands: Hands, scope: Scope, action: str, entity_id: str | None, data: dict[str, Any]
) -> None:
    """Once text from outside is in a turn, each of these waits for a person."""
    scope.tainted = True
    assert await called(hands, scope, action, entity_id, data) is Outcome.ASKED


@pytest.mark.parametrize(("action", "entity_id", "data"), HARMLESS)
async def test_what_says_nothing_goes_on(
    home: HomeAssistant, hands: Hands, scope: Scope, action: str, entity_id: str | None, data: dict[str, Any]
) -> None:
    """A light and a song tell nobody anything."""
    scope.tainted = True
    assert await called(hands, scope, action, entity_id, data) not in (Outcome.ASKED, Outcome.DENIED)


@pytest.mark.parametrize(
    "road", [road for road in ROADS if road[0] in ("todo.add_item", "persistent_notification.create")]
)
async def test_without_text_from_outside_lists_are_written(
    home: HomeAssistant, hands: Hands, scope: Scope, road: tuple[str, str | None, dict[str, Any]]
) -> None:
    """Whoever says what to write down is not asked whether they mean it."""
    assert await called(hands, scope, *road) not in (Outcome.ASKED, Outcome.DENIED)


@pytest.mark.parametrize(
    ("action", "data", "outcome"),
    [
        ("todo.add_item", {"item": "Milk"}, Outcome.DONE),
        ("todo.add_item", {"item": "green tea", "description": "milk"}, Outcome.DONE),
        ("todo.add_item", {"item": "green tea for Mallory"}, Outcome.ASKED),
        ("todo.add_item", {"item": "milk", "description": "http://elsewhere/?tea"}, Outcome.ASKED),
        ("todo.add_item", {}, Outcome.ASKED),
        # To take something out of memory is no less grave because its name was said.
        (f"{DOMAIN}.forget", {"text": "milk"}, Outcome.ASKED),
        ("notify.mobile_app_bert", {"message": "milk"}, Outcome.ASKED),
    ],
)
async def test_a_persons_own_words_are_theirs_to_write_down(
    hands: Hands, scope: Scope, action: str, data: dict[str, Any], outcome: Outcome
) -> None:
    """What somebody has just said goes on their list, also in a turn with text from outside; nothing else does."""
    scope.tainted = True
    entity_id = "todo.family" if action.startswith("todo") else None
    assert await called(hands, scope, action, entity_id, data) is outcome
