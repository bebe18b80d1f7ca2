"""Test that what a model says to have done is held against what was done, thing by thing."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er, llm
import pytest

from custom_components.hearth.hands import CallRecord, Effect, Outcome, Resolution
from custom_components.hearth.mind.evidence import Evidence
from custom_components.hearth.speech import say
from custom_components.hearth.speech.claiming import claims_in

KITCHEN, BED, DOOR, GARAGE = "light.kitchen_lights", "light.bed_light", "lock.front_door", "cover.garage_door"
ON, OFF = Effect("light", "turn_on", KITCHEN), Effect("light", "turn_off", KITCHEN)
LOCK, UNLOCK = Effect("lock", "lock", DOOR), Effect("lock", "unlock", DOOR)
OPEN, CLOSE = Effect("cover", "open_cover", GARAGE), Effect("cover", "close_cover", GARAGE)
MILK = Effect("todo", "add_item", "todo.shopping", {"item": "milk"})
MESSAGE = Effect("notify", "send_message", "notify.anna", {"message": "I am late"})
TIMER = Effect("timer", "start", None, {"minutes": 10})
HEAT = Effect("climate", "set_temperature", "climate.radiator", {"temperature": 21})
RULE = Effect("hearth", "install_automation", None, {"alias": "Blinds"})
GATE = Effect("switch", "turn_on", "switch.gate")
NIGHT = (Effect("script", "turn_on", "script.good_night"), OFF)
PARTY = (Effect("scene", "turn_on", "scene.party"), Effect("lock", "apply", DOOR, {"state": "unlocked"}))


def did(*effects: Effect, outcome: Outcome = Outcome.DONE, name: str = "tool", **more: Any) -> CallRecord:
    """Return what the guard keeps of a call that ran."""
    unknown = more.pop("unknown", ())
    return CallRecord(
        name, more.pop("args", {}), Resolution(effects, unknown), "allow", "reversible", outcome, 1, **more
    )


def may_be_said(home: HomeAssistant, sentence: str, *calls: CallRecord, language: str = "en") -> bool:
    """Tell whether a sentence that claims something passes after some calls."""
    claims = claims_in(language, sentence)
    assert claims != ()
    return all(map(Evidence(home, language, calls).backs, claims))


TRUE: list[tuple[str, tuple[Effect, ...], str]] = [
    ("en", (ON,), "I've turned on the Kitchen Lights."),
    ("en", (ON,), "Sure, I switched the lights in the kitchen on for you."),
    ("en", (ON,), "The kitchen lights are now on."),
    ("en", (ON,), "Turning on the kitchen lights."),
    ("en", (ON,), "I've dimmed the kitchen lights to 30 percent."),
    ("en", (ON,), "I've turned on the kitchen light because the bed light is off."),
    ("en", (ON,), "Done!"),
    ("en", (ON,), "Done, the light is on and the front door is locked."),
    ("en", (OFF,), "I've turned off the lights and the front door is locked."),
    ("en", (OFF, LOCK), "I've turned off the lights and locked the front door."),
    ("en", (OFF, LOCK, CLOSE), "I've turned off the lights, locked the front door, and closed the garage."),
    ("en", (LOCK,), "I've locked the front door."),
    ("en", (LOCK,), "I have closed the front door."),
    ("en", (UNLOCK,), "I've opened the front door for you."),
    ("en", (OPEN,), "I've raised the garage door."),
    ("en", (OPEN,), "Okay, opening the garage door now."),
    ("en", (MILK,), "I've added milk and eggs to your shopping list."),
    ("en", (MILK,), "I've put milk on the shopping list."),
    ("en", (MILK,), "I've set a reminder to turn off the Kitchen Lights."),
    ("en", (MESSAGE,), "I've sent the message to Anna."),
    ("en", (TIMER,), "I've set a timer for the kitchen."),
    ("en", (TIMER,), "I've started a timer for ten minutes."),
    ("en", (HEAT,), "I've turned on the heating in the bedroom."),
    ("en", (HEAT,), "I set the thermostat to 21 degrees."),
    ("en", (RULE,), "I've scheduled the kitchen blind to close every evening."),
    ("en", (GATE,), "I've opened the gate."),
    ("en", NIGHT, "I've started the script and turned off the lights."),
    ("en", PARTY, "I've activated the scene, and unlocked the front door."),
    ("de", (ON,), "Ich habe das Licht in Kitchen eingeschaltet."),
    ("de", (ON,), "Erledigt, das Licht ist an."),
    ("de", (ON,), "Ich schalte das Licht ein."),
    ("de", (OFF, LOCK), "Ich habe das Licht ausgeschaltet und Front Door abgeschlossen."),
    ("de", (OFF,), "Ich habe das Licht und die Heizung ausgeschaltet."),
    ("de", (UNLOCK,), "Ich schließe die Haustür auf."),
    ("de", (MILK,), "Ich habe Milch auf die Einkaufsliste gesetzt."),
    ("de", (HEAT,), "Ich habe die Heizung auf 21 Grad gestellt."),
    ("es", (ON,), "He encendido la luz de la Kitchen."),
    ("es", (OFF, LOCK), "He apagado las luces y cerrado la puerta."),
    ("es", (OPEN,), "Estoy abriendo la puerta del garaje."),
    ("es", (MILK,), "He añadido leche a la lista de la compra."),
    ("fr", (ON,), "J'ai allumé la lumière."),
    ("fr", (OFF, LOCK), "J'ai éteint les lumières et verrouillé la porte."),
    ("fr", (CLOSE,), "Je ferme la porte du garage."),
    ("fr", (MILK,), "J'ai ajouté du lait à la liste de courses."),
    ("nl", (ON,), "Ik heb het licht aangezet."),
    ("nl", (OFF, LOCK), "Ik heb het licht uitgezet en de voordeur op slot gedaan."),
    ("nl", (UNLOCK,), "Ik heb de voordeur van het slot gehaald."),
    ("nl", (MILK,), "Ik heb melk op de boodschappenlijst gezet."),
]

FALSE: list[tuple[str, tuple[Effect, ...], str]] = [
    ("en", (ON,), "I also locked the front door."),
    ("en", (ON,), "I've turned on the kitchen lights and locked the front door."),
    ("en", (ON,), "I've turned on the kitchen lights, locked up, and closed the garage door."),
    ("en", (ON,), "Done, turned on the kitchen lights and unlocked the front door."),
    ("en", (ON,), "I've turned off the kitchen lights."),
    ("en", (ON,), "I've turned on the Bed Light."),
    ("en", (ON,), "I've turned on the Kitchen Lights and the Bed Light."),
    ("en", (ON,), "I've turned on the lights in the bedroom."),
    ("en", (ON,), "I've set the lights in the bedroom to red."),
    ("en", (ON,), "I've added milk to your shopping list."),
    ("en", (ON,), "I've put milk on your shopping list."),
    ("en", (ON,), "I've set a timer for ten minutes."),
    ("en", (ON,), "I've sent the message to Anna."),
    ("en", (ON,), "I've started the vacuum and sent the message to Anna."),
    ("en", (LOCK,), "I've unlocked the front door."),
    ("en", (UNLOCK,), "I've locked the front door."),
    ("en", (OPEN,), "I've closed the garage door."),
    ("en", (CLOSE,), "I've locked the garage door."),
    ("en", (MILK,), "I've removed milk from the shopping list."),
    ("en", (MILK,), "I've set the lights in the bedroom to red."),
    ("en", (TIMER,), "I've dimmed the Bed Light."),
    ("en", NIGHT, "I've locked the front door."),
    ("en", PARTY, "I've locked the front door."),
    ("en", (), "Done."),
    ("de", (ON,), "Ich habe auch die Haustür verriegelt."),
    ("de", (ON,), "Ich habe das Licht eingeschaltet und die Haustür abgeschlossen."),
    ("de", (ON,), "Ich habe das Licht eingeschaltet, die Haustür verriegelt und das Garagentor geschlossen."),
    ("de", (ON,), "Ich habe Bed Light eingeschaltet."),
    ("de", (LOCK,), "Ich schließe die Haustür auf."),
    ("de", (ON,), "Ich habe Milch auf die Einkaufsliste gesetzt."),
    ("es", (ON,), "También he bloqueado la puerta."),
    ("es", (ON,), "He encendido la luz y cerrado la puerta."),
    ("es", (ON,), "He encendido Bed Light."),
    ("fr", (ON,), "J'ai aussi verrouillé la porte."),
    ("fr", (ON,), "J'ai allumé la lumière et fermé la porte."),
    ("fr", (ON,), "J'ai allumé Bed Light."),
    ("nl", (ON,), "Ik heb ook de voordeur vergrendeld."),
    ("nl", (ON,), "Ik heb het licht aangezet en de voordeur op slot gedaan."),
    ("nl", (ON,), "Ik heb Bed Light aangezet."),
]


@pytest.mark.parametrize(("language", "effects", "sentence"), TRUE)
async def test_what_was_done_may_be_said(
    home: HomeAssistant, language: str, effects: tuple[Effect, ...], sentence: str
) -> None:
    """In whatever words, and with whatever is said of other things."""
    assert may_be_said(home, sentence, did(*effects), language=language)


@pytest.mark.parametrize(("language", "effects", "sentence"), FALSE)
async def test_what_was_not_done_may_not(
    home: HomeAssistant, language: str, effects: tuple[Effect, ...], sentence: str
) -> None:
    """Neither another deed, nor the same to another thing."""
    assert not may_be_said(home, sentence, did(*effects), language=language)


@pytest.mark.parametrize(
    ("outcome", "is_true"),
    [
        (Outcome.DONE, True),
        (Outcome.STARTED, True),
        (Outcome.ASKED, False),
        (Outcome.DENIED, False),
        (Outcome.DECLINED, False),
        (Outcome.LAPSED, False),
        (Outcome.FAILED, False),
    ],
)
async def test_only_what_has_come_about_counts(home: HomeAssistant, outcome: Outcome, is_true: bool) -> None:
    """A call that waits, was refused or failed has done nothing."""
    assert may_be_said(home, "I've locked the front door.", did(LOCK, outcome=outcome)) is is_true


async def test_of_a_call_that_worked_in_part_what_worked_may_be_said(home: HomeAssistant) -> None:
    """What did not react was not turned off."""
    call = did(
        OFF,
        Effect("light", "turn_off", BED),
        outcome=Outcome.UNCHANGED,
        unchanged=(BED,),
        before={KITCHEN: "on", BED: "on"},
        after={KITCHEN: "off", BED: "on"},
    )
    assert may_be_said(home, "I've turned off the kitchen lights.", call)
    assert not may_be_said(home, "I've turned off the bed light.", call)


async def test_what_nobody_can_look_into_may_have_done_it(home: HomeAssistant) -> None:
    """It ran with a person's yes, and a model may know more of it than we."""
    assert may_be_said(home, "I've locked the front door.", did(unknown=("it does not tell",)))


async def test_a_thing_goes_by_each_of_its_names(home: HomeAssistant) -> None:
    """By an alias, by its area's, and by the one that the call itself used."""
    er.async_get(home).async_update_entity(KITCHEN, aliases=[er.COMPUTED_NAME, "Cooker Light"])
    area = ar.async_get(home).async_get_area_by_name("Kitchen")
    assert area is not None
    ar.async_get(home).async_update(area.id, aliases={"Galley"})
    assert may_be_said(home, "I've turned on the cooker light.", did(ON))
    assert may_be_said(home, "I've turned on the lights in the galley.", did(ON))
    assert not may_be_said(home, "I've turned on the cooker light.", did(Effect("light", "turn_on", BED)))
    assert may_be_said(home, "I've turned on the Bed Light.", did(ON, args={"name": ["Bed Light"]}))


async def test_what_stands_nowhere_may_stand_in_any_area(home: HomeAssistant) -> None:
    """Many a home has no areas for half of its things, and another's name is another's all the same."""
    er.async_get(home).async_update_entity(BED, area_id=None)
    call = did(Effect("light", "turn_on", BED))
    assert may_be_said(home, "I've turned on the light in the hall.", call)
    assert not may_be_said(home, "I've turned on the kitchen lights.", call)


async def test_the_home_itself_is_no_place_in_it(home: HomeAssistant) -> None:
    """Whatever is done is done at home, also where an area is called so."""
    home.config.location_name = "Home"
    ar.async_get(home).async_create("Home")
    assert may_be_said(home, "I've turned on the lights at home.", did(ON))


async def test_a_thing_without_a_name_of_its_own_is_any(home: HomeAssistant) -> None:
    """Somebody who calls a lamp "Lamp" names none by that word."""
    home.states.async_set("light.lamp", "off", {"friendly_name": "Lamp"})
    assert may_be_said(home, "I've turned on the lamp.", did(ON))


async def test_what_the_record_tells_may_be_said_again(home: HomeAssistant) -> None:
    """Of what was done only, and not of other things."""
    rows = [
        {"action": "turn on Kitchen Lights", "result": "done"},
        {"action": "unlock Front Door", "result": "the answer was no"},
    ]
    call = did(name="hearth__what_was_done", outcome=Outcome.ANSWERED, result=llm.ToolResult(data={"deeds": rows}))
    assert may_be_said(home, "I've turned on the kitchen lights.", call)
    assert not may_be_said(home, "I've unlocked the front door.", call)


@pytest.mark.parametrize(
    ("calls", "truth"),
    [
        ([], say("en", "changed_nothing")),
        ([did(LOCK, outcome=Outcome.DENIED)], say("en", "changed_nothing")),
        ([did(ON), did(LOCK)], "To be clear: I changed nothing but Kitchen Lights and Front Door."),
        ([did(TIMER)], say("en", "nothing_else")),
        ([did(*[Effect("light", "turn_on", f"light.{number}") for number in range(9)])], say("en", "nothing_else")),
    ],
)
async def test_the_truth_is_told_in_its_place(home: HomeAssistant, calls: list[CallRecord], truth: str) -> None:
    """What was changed, as far as that is short enough to be said."""
    assert Evidence(home, "en", calls).truth() == truth
