"""E3: "Summarize these 5 articles and email me the summary"."""

from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.hearth.access import CONF_OWNERS
from custom_components.hearth.mind import TurnOutcome

from .conftest import House, calls, item, says

TOPICS = ("kites", "boilers", "bicycles", "gardens", "violins")


async def test_five_articles_are_shortened_and_sent_to_nobody_but_the_user(house: House) -> None:
    """Five documents are shortened, a sixth text is written, and it goes out once, after a yes, to one address."""
    hass = house.hass
    sent = async_mock_service(hass, "notify", "send_message")
    for name in ("anna_mail", "bert_mail"):
        hass.states.async_set(f"notify.{name}", "unknown")
    owners = {"notify.anna_mail": "person:anna", "notify.bert_mail": "person:bert"}
    hass.config_entries.async_update_entry(house.entry, options={CONF_OWNERS: owners})
    await house.know(
        "feeds",
        *(
            item(topic, f"The newspaper article is about {topic}. " * 5, url=f"https://news.example/{topic}")
            for topic in TOPICS
        ),
    )
    found = calls(("hearth__search", {"query": "newspaper article"}))
    numbers = [f"[{number}]" for number in range(1, 6)]
    summary = " ".join(f"One {number}." for number in numbers)
    house.script(
        found,
        calls(("hearth__summarise", {"sources": numbers}), contains="[5]"),
        *(says(f"Summary {number}.", "Next piece:") for number in numbers),
        calls(("hearth__send_to_me", {"title": "The news", "text": summary}), contains="Summary [5]."),
    )
    asked = await house.say("summarize these 5 newspaper articles and email me the summary")
    assert asked == "I need your yes before I send it to your own address. Shall I?"
    assert sent == []
    assert house.turn.outcome is TurnOutcome.ASKED
    assert [call.name for call in house.turn.calls] == ["hearth__search", "hearth__summarise", "hearth__send_to_me"]
    assert len([request for request in house.requests if "Next piece:" in str(request.messages[-1])]) == 5

    await house.say("yes")
    (mail,) = sent
    assert (mail.data["entity_id"], mail.data["title"]) in {
        ("notify.anna_mail", "The news"),
        (("notify.anna_mail",), "The news"),
    }
    assert mail.data["message"].startswith(summary)
    assert all(f"https://news.example/{topic}" in mail.data["message"] for topic in TOPICS)


async def test_who_has_no_address_is_told_so(house: House) -> None:
    """Nothing is sent to anybody else instead."""
    sent = async_mock_service(house.hass, "notify", "send_message")
    house.hass.states.async_set("notify.bert_mail", "unknown")
    house.script(calls(("hearth__send_to_me", {"title": "Hello", "text": "Hello."})))
    await house.say("email me hello")
    await house.say("yes")
    assert sent == []
