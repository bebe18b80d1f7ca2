"""The requests that script/bench kernel makes up itself."""

from bench.kernel.stage import chatter, foreign, short


def test_no_two_seeds_begin_alike() -> None:
    """A server finds nothing of one such request in its cache of another."""
    first, second = (chatter(50, seed, max_tokens=4)["messages"][0]["content"] for seed in (1, 2))
    assert first.split()[0] != second.split()[0]
    assert chatter(50, 1, max_tokens=4) == chatter(50, 1, max_tokens=4)


def test_longer_prompts_have_more_words() -> None:
    """The length asked for decides, within a request's own words."""
    lengths = [len(chatter(tokens, 1, max_tokens=4)["messages"][0]["content"].split()) for tokens in (100, 1000)]
    assert lengths[1] > 9 * lengths[0]


def test_another_server_gets_what_it_knows() -> None:
    """Hearth's own fields are left out, and the recorded request stays as it was."""
    body = {"messages": [], "hearth": {"priority": "voice"}, "reasoning_effort": "none", "tools": []}
    assert foreign(body) == {"messages": [], "tools": []}
    assert short(body, 3) == {**body, "max_tokens": 3}
    assert "max_tokens" not in body
