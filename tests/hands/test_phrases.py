"""Test that a question names what it is about, by the very classes that the policy goes by."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.hands import Effect, Resolution
from custom_components.hearth.hands.phrases import asked_for, phrases

LISTED = Effect("todo", "add_item", "todo.shopping", {"item": "green tea"})
PLAYED = Effect("media_player", "play_media", "media_player.hall", {"media_content_id": "https://far.example/?tea"})
UNLOCKED = Effect("lock", "unlock", "lock.front_door")


@pytest.mark.parametrize(("said", "told"), [("", 2), ("we are out of green tea", 1)])
async def test_what_a_person_said_is_not_asked_about(home: HomeAssistant, said: str, told: int) -> None:
    """In a turn with text from outside one's own words on a list are no part of the question; others' are."""
    found = Resolution((UNLOCKED, LISTED))
    assert len(asked_for(home, "en", "both", found, "tainted", said)) == told
    assert len(phrases(home, "en", "both", found, tainted=True, said=said)) == told


async def test_only_what_was_picked_is_asked_about_for_its_address(home: HomeAssistant) -> None:
    """What a script of the home's own fetches stands in no question."""
    assert len(phrases(home, "en", "play", Resolution((UNLOCKED, PLAYED)))) == 2
    assert len(phrases(home, "en", "play", Resolution((UNLOCKED, PLAYED), chosen=(UNLOCKED,)))) == 1
