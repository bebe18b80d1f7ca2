"""E16: remember that "the user is a software engineer"."""

from .conftest import House, says


async def test_a_fact_outlives_a_restart_and_stays_its_owners(house: House) -> None:
    """After everything was set up anew Anna's model knows it, and Bert's never does."""
    assert await house.say("remember that I am a software engineer") == "I'll remember that."
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.hass.async_block_till_done(wait_background_tasks=True)

    house.script(says("You write software."), says("I do not know."))
    assert await house.say("what is my job?", conversation_id="later") == "You write software."
    assert await house.say("what is Anna's job?", user="bert", conversation_id="bert's") == "I do not know."
    anna, bert = house.requests
    assert "I am a software engineer" in anna.messages[0]["content"]
    assert "software" not in str(bert.messages)
