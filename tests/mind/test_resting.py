"""Test that an automation of ours rests today when somebody says so."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.hands import BRIEFING, By
from custom_components.hearth.speech import join, say
from tests.hearthd import Hearthd

from .conftest import Talk, speech
from .test_agent import says

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


async def test_what_somebody_elses_automation_is_called_is_left_to_a_model(
    automated: HomeAssistant, hearthd: Hearthd, talk: Talk
) -> None:
    """Hearth does not wake what it can't have put to sleep."""
    hearthd.script([says("I can't do that.")])
    assert speech(await talk("resume the morning coffee")) == "I can't do that."


@pytest.mark.parametrize(
    ("language", "not_today", "resume"),
    [
        ("en", "Not today.", "Resume."),
        ("de", "Heute nicht.", "Fortsetzen."),
        ("es", "Hoy no.", "Reanuda."),
        ("fr", "Pas aujourd'hui.", "Reprends."),
        ("nl", "Vandaag niet.", "Hervat."),
    ],
)
async def test_bare_words_are_about_what_was_told_of(
    automated: HomeAssistant, hearthd: Hearthd, talk: Talk, language: str, not_today: str, resume: str
) -> None:
    """What Hearth has just named rests, and goes on, without being named again."""
    hearthd.script([says("Evening Blinds: 18:00")])
    await talk("tell me something", language=language)
    assert speech(await talk(not_today, language=language)) == say(language, "paused_today", name="Evening Blinds")
    assert automated.states.is_state("automation.evening_blinds", "off")
    assert speech(await talk(resume, language=language)) == say(language, "goes_on", names="Evening Blinds")
    assert automated.states.is_state("automation.evening_blinds", "on")
    assert automated.states.is_state("automation.blinds", "on")


@pytest.mark.parametrize("told", [None, "It is ten.", "Evening Blinds and Blinds are on."])
async def test_not_today_about_nothing(
    automated: HomeAssistant, hearthd: Hearthd, talk: Talk, told: str | None
) -> None:
    """Where nothing was told of, or too much, Hearth says so and lets nothing rest."""
    if told is not None:
        hearthd.script([says(told)])
        await talk("tell me something")
    assert speech(await talk("not today")) == say("en", "not_today_what")
    assert automated.states.is_state("automation.evening_blinds", "on")


async def test_a_models_question_is_answered_to_it(automated: HomeAssistant, hearthd: Hearthd, talk: Talk) -> None:
    """It has asked, and nothing of ours is meant."""
    hearthd.script([says("Shall I sing?"), says("Tomorrow, then.")])
    await talk("tell me something")
    assert speech(await talk("not today")) == "Tomorrow, then."


@pytest.mark.parametrize(
    ("language", "one", "everything"),
    [
        ("en", "Resume the evening blinds automation.", "Resume everything."),
        ("en", "Let Evening Blinds run again, please.", "please resume all automations"),
        ("de", "Evening Blinds fortsetzen.", "Alles fortsetzen."),
        ("de", "Mach mit Evening Blinds weiter.", "Setz alles fort."),
        ("es", "Reanuda Evening Blinds.", "Reanuda todo."),
        ("fr", "Reprends Evening Blinds.", "Reprends tout."),
        ("nl", "Hervat Evening Blinds.", "Hervat alles."),
    ],
)
async def test_one_goes_on_or_all(
    automated: HomeAssistant, entry: MockConfigEntry, talk: Talk, language: str, one: str, everything: str
) -> None:
    """By its name, or every one, in five languages."""
    pauses = entry.runtime_data.hands.pauses
    resting = ["automation.evening_blinds", "automation.blinds", BRIEFING]
    for target in resting:
        await pauses.async_pause(target, By("test"))
    assert speech(await talk(one, language=language)) == say(language, "goes_on", names="Evening Blinds")
    assert [pauses.rests(target) for target in resting] == [False, True, True]
    told = speech(await talk(everything, language=language))
    assert told == say(language, "goes_on", names=join(language, ["Blinds", say(language, "briefing")]))
    assert not any(map(pauses.rests, resting))
    assert automated.states.is_state("automation.blinds", "on")
    assert speech(await talk(one, language=language)) == say(language, "not_resting", name="Evening Blinds")
    assert speech(await talk(everything, language=language)) == say(language, "resume_nothing")


@pytest.mark.parametrize(
    ("resting", "answer"),
    [
        ([], "With what?"),
        (["automation.blinds"], "On again: Blinds."),
        (["automation.blinds", BRIEFING], say("en", "resume_which", names="Blinds and Briefing")),
    ],
)
async def test_resume_in_general(
    automated: HomeAssistant, entry: MockConfigEntry, hearthd: Hearthd, talk: Talk, resting: list[str], answer: str
) -> None:
    """Out of the blue it is about what rests; where several do, which one has to be said."""
    hearthd.script([says("With what?")])
    for target in resting:
        await entry.runtime_data.hands.pauses.async_pause(target, By("test"))
    assert speech(await talk("resume")) == answer


async def test_the_briefing_rests_at_a_word_and_the_record_tells_it(
    people: None, automated: HomeAssistant, entry: MockConfigEntry, talk: Talk
) -> None:
    """It is no automation, and rests like one."""
    assert (
        speech(await talk("not today, the briefing", user_id="anna"))
        == "All right, not today. Briefing goes on tomorrow."
    )
    assert entry.runtime_data.hands.pauses.rests(BRIEFING)
    await talk("resume the briefing", user_id="anna")
    told = speech(await talk("what did you do today?", user_id="anna"))
    assert "let Briefing rest today" in told
    assert "let Briefing go on" in told
