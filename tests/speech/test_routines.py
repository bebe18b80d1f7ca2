"""Test that what is to happen again and again is understood as it is said."""

import pytest

from custom_components.hearth.speech import heard


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", "every day at 7 turn on the radio", {"day": "day", "time": "7", "command": "turn on the radio"}),
        ("en", "At 7:30 am every weekday, open the blinds", {"time": "7:30 am", "workday": "weekday"}),
        ("en", "turn off the lights every evening at 11.", {"evening": "evening", "command": "turn off the lights"}),
        ("en", "every evening at sunset close the blinds", {"sunset": "sunset", "command": "close the blinds"}),
        ("en", "close the blinds at sunset", {"sunset": "sunset", "command": "close the blinds"}),
        ("en", "on Mondays at noon lock the door", {"day": "Monday", "noon": "noon", "command": "lock the door"}),
        ("en", "when the back door opens, turn on the hall light", {"name": "back door", "open": "opens"}),
        (
            "en",
            "turn on the fan when the oven is turned on",
            {"name": "oven", "on": "on", "command": "turn on the fan"},
        ),
        ("de", "jeden Tag um 7 Uhr schalte das Radio ein", {"day": "Tag", "command": "schalte das Radio ein"}),
        (
            "de",
            "schalte jeden Abend um 8 das Licht ein",
            {"evening": "Abend", "time": "8", "command": "schalte", "rest": "das Licht ein"},
        ),
        ("de", "bei Sonnenuntergang schließe die Rollos", {"sunset": "Sonnenuntergang"}),
        (
            "de",
            "wenn die Haustür aufgeht, schalte das Licht ein",
            {"name": "Haustür", "command": "schalte das Licht ein"},
        ),
        ("es", "cada día a las 7 enciende la radio", {"time": "7", "command": "enciende la radio"}),
        ("es", "al atardecer cierra las persianas", {"command": "cierra las persianas"}),
        ("es", "cuando la puerta se abra, enciende la luz", {"name": "puerta", "open": "se abra"}),
        ("fr", "chaque jour à 7 h 30, allume la radio", {"time": "7 h 30", "command": "allume la radio"}),
        ("fr", "ferme les volets au coucher du soleil", {"command": "ferme les volets"}),
        ("fr", "quand la porte s'ouvre, allume la lumière", {"name": "porte", "command": "allume la lumière"}),
        ("nl", "elke dag om 7 uur zet de radio aan", {"time": "7", "command": "zet de radio aan"}),
        ("nl", "zet elke avond om 8 uur het licht aan", {"command": "zet", "rest": "het licht aan"}),
        ("nl", "bij zonsondergang sluit de gordijnen", {"command": "sluit de gordijnen"}),
        ("nl", "als de voordeur open gaat, zet het licht aan", {"name": "voordeur", "command": "zet het licht aan"}),
    ],
)
def test_routines(language: str, text: str, parts: dict[str, str]) -> None:
    """The moment and the command are told apart, wherever each stands."""
    found = heard(language, "routine", text)
    assert found is not None
    assert {key: found.get(key) for key in parts} == parts


@pytest.mark.parametrize(
    "text",
    [
        "turn on the radio",
        "what is on at 7",
        "when is sunset",
        "set a timer for seven minutes",
        "every day is a good day",
    ],
)
def test_what_is_none(text: str) -> None:
    """Anything else is left to others."""
    assert heard("en", "routine", text) is None
