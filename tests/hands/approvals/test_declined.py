"""Test that what a person did not want is not asked again, until they want it themselves."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.hearth.hands import Hands, Outcome
from custom_components.hearth.hands.approvals import Reply
from custom_components.hearth.hands.approvals.declined import COOLING

from .conftest import Ask, Restart, Speak


async def outcome(ask: Ask, speak: Speak, words: str, **more: object) -> Outcome:
    """Return what becomes of the model's call in a turn with these words."""
    scope = await speak(words, **more)
    await ask(scope)
    return scope.calls[-1].outcome


@pytest.mark.parametrize(
    ("reply", "still", "over"),
    [
        (Reply.NO, COOLING - timedelta(seconds=1), timedelta(seconds=1)),
        (Reply.NOT_TODAY, timedelta(hours=11, minutes=59), timedelta(minutes=1)),
    ],
)
async def test_it_is_remembered(
    home: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hands: Hands,
    ask: Ask,
    speak: Speak,
    reply: Reply,
    still: timedelta,
    over: timedelta,
) -> None:
    """After a no for some minutes, after "not today" until midnight."""
    freezer.move_to(dt_util.start_of_local_day() + timedelta(hours=36))
    await ask()
    await hands.consent.async_hear(await speak("no"), reply)
    assert await outcome(ask, speak, "and the light?") is Outcome.DENIED
    freezer.tick(still)
    assert await outcome(ask, speak, "and the light?") is Outcome.DENIED
    freezer.tick(over)
    assert await outcome(ask, speak, "and the light?") is Outcome.ASKED


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"words": "all right, open the front door"}, Outcome.ASKED),
        ({"words": "and now?"}, Outcome.DENIED),
        ({"words": "and now?", "user_id": "bert"}, Outcome.ASKED),
        ({"words": "open the front door", "user_id": None}, Outcome.DENIED),
    ],
)
async def test_who_names_it_takes_the_no_back(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak, more: dict[str, str], expected: Outcome
) -> None:
    """A person may change their mind, and another has said nothing yet; an automation and a model have none."""
    await ask()
    await hands.consent.async_hear(await speak("no"), Reply.NOT_TODAY)
    assert await outcome(ask, speak, **more) is expected


async def test_it_outlives_a_restart(
    home: HomeAssistant, hands: Hands, ask: Ask, speak: Speak, restarted: Restart
) -> None:
    """A restart is no reason to ask again."""
    scope = await speak("and the light?")
    await ask(scope)
    await hands.consent.async_hear(await speak("no"), Reply.NOT_TODAY)
    again = await restarted()
    resolution = scope.calls[0].resolution
    assert again.approvals.declined.forbids(await speak("and the light?"), None, resolution, frozenset({"Front Door"}))
