"""Test what is masked as a secret, and what only looks like one."""

from dataclasses import replace
import json
from pathlib import Path

from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.helpers import llm
from homeassistant.helpers.service import async_set_service_schema
import pytest

from custom_components.hearth.hands import Hands, Outcome, Scope, call_of_tool
from custom_components.hearth.hands.actions import async_action_tools
from custom_components.hearth.hands.policy import Consent
from custom_components.hearth.hands.secrets import SECRET, Secrets, reveal, revealing

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiI0MmRhIn0.4N1oGmfC0jmK2vR1"
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----"

TRUE_SECRETS = [
    (f"the token {JWT} expires", f"the token {SECRET} expires"),
    (f"Authorization: Bearer {JWT}", f"Authorization: Bearer {SECRET}"),
    (KEY, SECRET),
    ("use sk-proj-abcdefGHIJKL0123456789 for it", f"use {SECRET} for it"),
    ("ghp_abcdefGHIJKL0123456789abcd", SECRET),
    ("AKIAIOSFODNN7EXAMPLE is live", f"{SECRET} is live"),
    ("mqtt://home:sunflower@192.168.1.5:1883", f"mqtt://home:{SECRET}@192.168.1.5:1883"),
    ("http://cam/snap?token=a1b2c3d4&w=3", f"http://cam/snap?token={SECRET}&w=3"),
    ("password=sunflower", f"password={SECRET}"),
    ("mqtt_password: sunflower", f"mqtt_password: {SECRET}"),
    ('{"api_key": "abcdef"}', f'{{"api_key": {SECRET}}}'),
    ("Password: sunflower!", f"Password: {SECRET}"),
    ("the Wi-Fi password is sunflower", f"the Wi-Fi password is {SECRET}"),
    ("the password of our guest network is now sunflower", f"the password of our guest network is now {SECRET}"),
    ("das WLAN-Passwort ist sonnenblume", f"das WLAN-Passwort ist {SECRET}"),
    ("das Kennwort lautet sonnenblume", f"das Kennwort lautet {SECRET}"),
    ("le mot de passe est tournesol", f"le mot de passe est {SECRET}"),
    ("la contraseña es girasol", f"la contraseña es {SECRET}"),
    ("het wachtwoord is zonnebloem", f"het wachtwoord is {SECRET}"),
    ("the PIN is 4821", f"the PIN is {SECRET}"),
    ("my pin 4821 please", f"my pin {SECRET} please"),
    ("disarm the alarm, code 4821", f"disarm the alarm, code {SECRET}"),
    ("disarm the alarm with 4821", f"disarm the alarm with {SECRET}"),
    ("the alarm code is four eight two one", f"the alarm code is {SECRET}"),
    ("code 4 8 2 1", f"code {SECRET}"),
    ("Alarm unscharf, Code 4821", f"Alarm unscharf, Code {SECRET}"),
    ("der Alarmcode lautet vier acht zwei eins", f"der Alarmcode lautet {SECRET}"),
    ("le code de l'alarme est 4821", f"le code de l'alarme est {SECRET}"),
    ("el código de la alarma es 4821", f"el código de la alarma es {SECRET}"),
    ("de alarmcode is 4821", f"de alarmcode is {SECRET}"),
    ("pincode: 4821", f"pincode: {SECRET}"),
]

LOOK_ALIKES = [
    "my order number is 4821-9931",
    "call +49 30 1234567 or 030/1234567",
    "IBAN DE89 3704 0044 0532 0130 00",
    "the postal code is 10115",
    "zip code 90210",
    "error code: 4004",
    "it ended with exit code 137",
    "le code postal est 75011",
    "die Postleitzahl ist 10115",
    "the password is wrong",
    "the password is on the fridge",
    "das Passwort ist falsch",
    "la contraseña es incorrecta",
    "le mot de passe est requis",
    "het wachtwoord is verlopen",
    "I forgot my password",
    "3 tokens: 5 are left",
    "the commit 34b23d9a1f0c8e7d6b5a493827160f5e4d3c2b1a",
    "00:1A:2B:3C:4D:5E",
    "pin the note to the board in 2026",
    "set the alarm for 6:30",
    "wake me at seven fifteen with music",
    "turn on the kitchen lights",
    "the temperature is 21.5 °C, humidity 4821",
    "https://example.com/a?width=1024&page=2",
    "the code of the script is 120 lines long and tidy",
    "turn the heating to 21 with the fan",
]


@pytest.mark.parametrize(("text", "masked"), TRUE_SECRETS)
def test_secrets_are_masked(text: str, masked: str) -> None:
    """Whatever the language and the spelling, the secret goes and the rest stays."""
    assert Secrets().mask(text) == masked
    assert Secrets().mask(masked) == masked


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_looks_like_one_stays(text: str) -> None:
    """Numbers, hashes and talk about secrets are none."""
    assert Secrets().mask(text) == text


def test_data_is_masked_by_its_keys() -> None:
    """A key tells what its value is, wherever it stands."""
    data = {
        "code": 4821,
        "entity_id": "alarm_control_panel.home",
        "data": [{"access_token": "abc", "postal_code": "10115", "code": None, "code_format": "number"}],
        "text": "the PIN is 4821",
        "count": 3,
        "on": True,
    }
    assert Secrets().masked(data) == {
        "code": SECRET,
        "entity_id": "alarm_control_panel.home",
        "data": [{"access_token": SECRET, "postal_code": "10115", "code": None, "code_format": "number"}],
        "text": f"the PIN is {SECRET}",
        "count": 3,
        "on": True,
    }


def test_what_is_said_can_be_passed_on_unseen() -> None:
    """A mark stands for the secret, the same one each time, and only whoever has the marks can tell which."""
    secrets = Secrets()
    text, hidden = secrets.hide("disarm the alarm with code 4821")
    (mark,) = hidden
    assert (text, hidden[mark]) == (f"disarm the alarm with code {mark}", "4821")
    assert "4821" not in mark
    assert secrets.hide("the code is 4821")[1] == hidden
    args = {"entity_id": "alarm_control_panel.home", "code": mark, "more": [mark], "count": 1}
    assert secrets.masked(args) == args
    assert reveal(args) == args
    with revealing(hidden):
        assert reveal(args) == {**args, "code": "4821"}
    assert reveal(args) == args


SECRETS_FILE = """\
mqtt_password: sunflower
latitude: 52.5200
home_name: Sea View Cottage
some_value: a1b2c3d4e5f6a7
short_code: 12
url: http://10.0.0.1/api/x1
"""


async def test_the_homes_own_secrets_are_known(hass: HomeAssistant, hass_config_dir: str) -> None:
    """The values of the secrets file are masked wherever they stand; coordinates and names in it are no secrets."""
    Path(hass_config_dir, "secrets.yaml").write_text(SECRETS_FILE)
    secrets = await Secrets.async_create(hass)
    assert secrets.mask("sunflower and a1b2c3d4e5f6a7") == f"{SECRET} and {SECRET}"
    kept = "sunflowers at Sea View Cottage, 52.5200, 12, http://10.0.0.1/api/x1"
    assert secrets.mask(kept) == kept


@pytest.mark.parametrize("content", [None, "- a\n- b\n", "a: [", ""])
async def test_a_secrets_file_that_can_not_be_read(
    hass: HomeAssistant, hass_config_dir: str, content: str | None
) -> None:
    """Without one, the other secrets are masked all the same."""
    if content is not None:
        Path(hass_config_dir, "secrets.yaml").write_text(content)
    assert (await Secrets.async_create(hass)).mask("password=sunflower") == f"password={SECRET}"


async def test_a_code_reaches_the_action_and_nothing_else(home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """The model passes on a mark; the action gets the code, and neither audit nor trace has it."""
    calls: list[ServiceCall] = []

    async def handle(call: ServiceCall) -> None:
        calls.append(call)

    home.services.async_register("test", "disarm", handle)
    fields = {"code": {"selector": {"text": {}}}, "note": {"selector": {"text": {}}}}
    async_set_service_schema(home, "test", "disarm", {"name": "Disarm", "fields": fields})
    _text, scope.hidden = hands.secrets.hide("disarm it with code 4821")
    (mark,) = scope.hidden
    (tool,) = await async_action_tools(home, {"actions": {"test.disarm": {}}})
    args = {"code": mark, "note": f"the code is {mark}"}
    llm_context = llm.LLMContext("hearth", Context(), "en", "conversation", None)
    call = call_of_tool(home, tool, llm.ToolInput(tool.name, args), llm_context)
    asked = await hands.guard.async_call(scope, replace(call, hidden=scope.hidden))
    assert (asked.outcome, calls) == (Outcome.ASKED, [])
    (approval,) = hands.approvals.open
    assert approval.call is not None
    done = await hands.guard.async_resume(scope, approval, approval.call, Consent.PERSON)
    assert done.outcome is Outcome.DONE
    assert [dict(call.data) for call in calls] == [{"code": "4821", "note": f"the code is {mark}"}]
    kept = [*await hands.audit.async_rows(), *(record.as_dict() for record in scope.calls)]
    assert "4821" not in json.dumps(kept, default=str)
    assert "4821" not in repr(approval)
