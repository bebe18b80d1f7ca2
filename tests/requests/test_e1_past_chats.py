"""E1: "what did I say about Alice's birthday in my chats?"."""

from .conftest import House, calls, says

QUESTION = "what did I say about Alice's birthday in my chats?"
RECALL = ("hearth__recall", {"words": "Alice birthday"})


async def test_what_was_said_is_found_and_cited(house: House) -> None:
    """A line of an earlier conversation answers, cited with its day; another person's is not found."""
    house.script(says("How nice of you."))
    await house.say("I will give Alice a red kite for the birthday on 14 March", conversation_id="in spring")
    house.script(calls(RECALL), says("A red kite [1].", "red kite"))
    answer = await house.say(QUESTION)
    assert answer.startswith("A red kite [1].\n\nSources:\n[1] ")
    assert [call.name for call in house.turn.calls] == ["hearth__recall"]
    (cited,) = house.citations
    assert (cited["collection"], cited["item"], cited["owner"]) == ("conversations", "in spring", "person:anna")
    assert cited["time"]

    house.script(calls(RECALL), says("I found nothing about that.", '"passages":[]'))
    assert await house.say(QUESTION, user="bert", conversation_id="bert's") == "I found nothing about that."
    assert house.citations == []


async def test_what_was_never_said_is_not_found(house: House) -> None:
    """Nothing is made up for what is not there."""
    house.script(calls(("hearth__recall", {"words": "skydiving lessons"})), says("Nothing [1].", '"passages":[]'))
    assert await house.say("what did I say about skydiving lessons?") == "Nothing."
    assert house.turn.as_dict()["citations_dropped"] == [1]
