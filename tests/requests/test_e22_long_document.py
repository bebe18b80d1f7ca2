"""E22: a document that is five times longer than what the model can read."""

from itertools import count
from typing import Any

from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS

from .conftest import House, calls, item, says

CONTEXT_TOKENS = 4096
# Four letters a token, and five contexts of them.
PAGES = [f"Chapter {number}. " + "The sea was calm and the ship went on. " * 150 for number in range(14)]
MANUAL = "\n\n".join([*PAGES, "Appendix. The code word of the safe is marigold."])
OVERFLOW: dict[str, Any] = {"reply": {"error": "context_overflow"}}


async def test_a_fact_on_the_last_page_is_read_and_cited(house: House) -> None:
    """Page after page is read; what does not fit any more is summarised, and the answer rests on the last page."""
    assert len(MANUAL) > 5 * CONTEXT_TOKENS * 4
    await house.know("documents", item("logbook", MANUAL, "person:anna", title="Logbook", url="/media/logbook.md"))
    house.script(
        calls(("hearth__search", {"query": "calm sea ship"})),
        calls(("hearth__read", {"source": "[1]"}), contains='"title":"Logbook"'),
        calls(("hearth__read", {"source": "[1]", "offset": 6000}), contains='"next_offset":6000'),
        OVERFLOW,
        *[says("It is about a ship on a calm sea.", "Next piece:")] * 6,
    )
    await house.say("what happens in the logbook of the calm sea?")
    shortened = [request for request in house.requests if "Next piece:" in str(request.messages[-1])]
    assert shortened

    chat_log = house.hass.data[DATA_CHAT_LOGS]["one"]
    footnotes = house.hearth.mind.conversations.of(chat_log, house.asker).footnotes
    number = next(number for number in count(1) if footnotes.get(number) is None)
    house.script(
        calls(("hearth__read", {"source": "[1]", "offset": -2000})),
        says(f"The code word is marigold [{number}].", "marigold"),
    )
    answer = await house.say("please go on")
    assert answer.startswith(f"The code word is marigold [{number}].\n")
    (cited,) = house.citations
    assert (cited["item"], cited["url"]) == ("logbook", "/media/logbook.md")
