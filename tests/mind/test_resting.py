"""Test that an automation of ours rests today when somebody says so."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from .conftest import Talk, speech

TRIGGER = [{"trigger": "event", "event_type": "test"}]


@pytest.fixture
async def automated(home: HomeAssistant) -> HomeAssistant:
    """Return a home with an automation of ours and one of its people's."""
    automations = [
        {"id": "hearth_1", "alias": "Evening Blinds", "triggers": TRIGGER, "actions": []},
        {"id": "hearth_2", "alias": "Blinds", "triggers": TRIGGER, "actions": []},
        {"id": "mine", "alias": "Morning Coffee", "triggers": TRIGGER, "actions": []},
    ]
    assert await async_setup_component(home, "automation", {"automation": automations})
    await home.async_block_till_done()
    return home


@pytest.mark.parametrize(
    ("language", "said", "answer"),
    [
        ("en", "not today, the evening blinds", "All right, not today. Evening Blinds goes on tomorrow."),
        ("en", "the evening blinds, but not today please", "All right, not today. Evening Blinds goes on tomorrow."),
        ("de", "Evening Blinds bitte heute nicht", "Gut, heute nicht. Evening Blinds geht morgen weiter."),
        ("es", "hoy no, evening blinds", "De acuerdo, hoy no. Evening Blinds sigue mañana."),
        ("fr", "pas aujourd'hui, evening blinds", "D'accord, pas aujourd'hui. Evening Blinds reprend demain."),
        ("nl", "evening blinds vandaag niet", "Goed, vandaag niet. Evening Blinds gaat morgen verder."),
    ],
)
async def test_not_today(automated: HomeAssistant, talk: Talk, language: str, said: str, answer: str) -> None:
    """The automation with the longest fitting name rests, in five languages."""
    assert speech(await talk(said, language=language, user_id="anna")) == answer
    assert automated.states.is_state("automation.evening_blinds", "off")
    assert automated.states.is_state("automation.blinds", "on")


async def test_an_automation_of_somebody_elses_goes_on(automated: HomeAssistant, talk: Talk) -> None:
    """By voice only what Hearth has made rests so easily."""
    await talk("not today, the morning coffee", user_id="anna")
    assert automated.states.is_state("automation.morning_coffee", "on")
