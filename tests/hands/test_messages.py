"""Test whom a name may mean, and that nobody is written to who was not surely meant."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, llm
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.hearth.access import CONF_AGENTS, CONF_OWNERS, OTHER_AGENTS, Access, HearthTool, Source
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import AsksBack, Hands, Outcome, Scope
from custom_components.hearth.hands.addresses import Address, Way, addressee, addresses, meant
from custom_components.hearth.hands.approvals.notify import question_of
from custom_components.hearth.hands.results import as_result
from custom_components.hearth.speech import LANGUAGES
from tests.furnished_home import people

from .asking import agree, use

__all__ = ["people"]

MAIL, PHONE, OTHER = Way.MAIL, Way.PHONE, Way.OTHER
KNOWN = [
    Address("notify.john", "John", ("John",), OTHER, None),
    Address("notify.john_doe", "John Doe", ("John Doe", "Johnny"), OTHER, None),
    Address("notify.anna_mail", "Anna's mail", ("Anna Lee", "Anna's mail"), MAIL, "person:anna"),
    Address("notify.pixel", "Anna Lee (Pixel)", ("Anna Lee", "Pixel"), PHONE, "person:anna"),
    Address("notify.ann", "Ann Lee", ("Ann Lee",), MAIL, None),
    Address("notify.tablet", "Bert (Tablet)", ("Bert", "Tablet"), PHONE, "person:bert"),
    Address("notify.watch", "Bert (Watch)", ("Bert", "Watch"), PHONE, "person:bert"),
]


@pytest.mark.parametrize(
    ("name", "way", "things"),
    [
        ("john", None, ["john"]),
        ("  JOHN doe ", None, ["john_doe"]),
        ("doe", None, ["john_doe"]),
        ("Johnny", None, ["john_doe"]),
        ("Lee", None, ["anna_mail", "pixel", "ann"]),
        ("Lee", PHONE, ["pixel"]),
        ("Anna Lee", None, ["pixel"]),
        ("Anna", MAIL, ["anna_mail"]),
        ("Ann", None, ["ann"]),
        ("Bert", None, ["tablet", "watch"]),
        ("Bert", MAIL, []),
        ("john", MAIL, ["john"]),
        ("Joh", None, []),
        ("", None, []),
        ("!", None, []),
    ],
)
def test_a_name_means_all_that_it_may(name: str, way: Way | None, things: list[str]) -> None:
    """Whole names before parts of them, words and not letters, and no way that is not wanted."""
    assert [one.thing for one in meant(KNOWN, name, way)] == [f"notify.{thing}" for thing in things]


@pytest.fixture
def access(home: HomeAssistant, people: None) -> Access:
    """Return who sees what, in a home in which Anna has a phone and a mailbox, and others are known too."""
    for service in ("mobile_app_pixel", "smtp_office", "notify", "persistent_notification"):
        async_mock_service(home, "notify", service)
    phone = MockConfigEntry(domain="mobile_app", title="Pixel", data={"user_id": "anna", "device_name": "pixel"})
    phone.add_to_hass(home)
    own = er.async_get(home).async_get_or_create("notify", "mobile_app", "pixel", config_entry=phone)
    home.states.async_set(own.entity_id, "unknown", {"friendly_name": "Pixel"})
    home.states.async_set("notify.anna", "unknown", {"friendly_name": "anna@example.com"})
    home.states.async_set("notify.john", "unknown", {"friendly_name": "John Doe"})
    options = {CONF_OWNERS: {"notify.anna": "person:anna"}, CONF_AGENTS: {OTHER_AGENTS: [Source.NOTIFICATIONS]}}
    return Access(home, MockConfigEntry(domain=DOMAIN, options=options))


def test_everybody_is_known_once(home: HomeAssistant, access: Access) -> None:
    """A phone is no two things, and what speaks to nobody is none."""
    assert [(one.thing, one.label, one.way, one.owner) for one in addresses(home, access)] == [
        ("notify.anna", "anna@example.com", MAIL, "person:anna"),
        ("notify.john", "John Doe", OTHER, None),
        ("notify.mobile_app_pixel", "Anna (Pixel)", PHONE, "person:anna"),
        ("notify.smtp_office", "smtp office", MAIL, None),
    ]
    assert addressee(home, "notify.mobile_app_pixel") == "Anna (Pixel)"
    assert addressee(home, "notify.gone") == "gone"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_asked_in_every_language(home: HomeAssistant, hands: Hands, access: Access, language: str) -> None:
    """With the names in it, and a question mark."""
    tool = next(tool for tool in hands.tools(access) if tool.name == "hearth__send_message")
    home.states.async_set("notify.jane", "unknown", {"friendly_name": "Jane Doe"})
    context = llm.LLMContext(DOMAIN, Context(user_id="anna"), language, "conversation", None)
    result = await tool.async_call(home, llm.ToolInput(tool.name, {"to": "Doe", "text": "Hello"}), context)
    assert isinstance(result, AsksBack)
    assert all(part in result.question for part in ("Jane Doe", "John Doe", "?"))


@pytest.fixture
def tool(hands: Hands, access: Access) -> HearthTool:
    """Return the tool that writes to people."""
    return next(tool for tool in hands.tools(access) if tool.name == "hearth__send_message")


async def test_what_was_shown_is_sent(home: HomeAssistant, hands: Hands, scope: Scope, tool: HearthTool) -> None:
    """To an entity as to an action, with the subject where there is one; phones and the list show it, too."""
    sent = async_mock_service(home, "notify", "send_message")
    record = await use(home, hands, scope, tool, {"to": "John", "text": "Hello", "title": "A word"})
    assert (record.outcome, sent) == (Outcome.ASKED, [])
    (approval,) = hands.approvals.open
    shown = "The message “A word” says: “Hello” May I send a message to John Doe?"
    assert question_of(home, approval) == shown
    await agree(hands, scope)
    assert [call.data for call in sent] == [{"entity_id": "notify.john", "message": "Hello", "title": "A word"}]
    office = async_mock_service(home, "notify", "smtp_office")
    await use(home, hands, scope, tool, {"to": "office", "text": "Hello"})
    await agree(hands, scope)
    assert [call.data for call in office] == [{"message": "Hello"}]


async def test_who_is_not_there_any_more_gets_nothing(
    home: HomeAssistant, hands: Hands, scope: Scope, tool: HearthTool
) -> None:
    """A yes is to what was shown: another John since makes it a question again."""
    sent = async_mock_service(home, "notify", "send_message")
    await use(home, hands, scope, tool, {"to": "John", "text": "Hello"})
    home.states.async_set("notify.johns_son", "unknown", {"friendly_name": "John Roe"})
    record = await agree(hands, scope)
    assert (sent, record.resolution.effects) == ([], ())
    assert isinstance(record.result, AsksBack)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"to": "Eve", "text": "Hello"}, "no_such_recipient"),
        ({"to": "John", "text": ""}, "length"),
        ({"to": "John", "text": "Hello", "way": "carrier pigeon"}, "way"),
    ],
)
async def test_what_makes_no_sense_is_told_to_the_model(
    home: HomeAssistant, hands: Hands, scope: Scope, tool: HearthTool, args: dict[str, str], error: str
) -> None:
    """Nothing is guessed, shortened or left out."""
    record = await use(home, hands, scope, tool, args)
    assert record.outcome is Outcome.FAILED
    assert error in str(as_result(record).data["error"])


async def test_a_guest_writes_to_nobody(home: HomeAssistant, hands: Hands, scope: Scope, tool: HearthTool) -> None:
    """Nor do they hear who is known."""
    scope.user_id, scope.view = "guest", None
    record = await use(home, hands, scope, tool, {"to": "John", "text": "Hello"})
    assert record.outcome is Outcome.FAILED
    assert "John" not in str(as_result(record).data)
    with pytest.raises(probatio.Invalid):
        tool.parameters({"to": "John"})
