"""The morning that script/bench kernel has a home live through."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
import json

from bench.kernel.day import Asked, Day
from bench.kernel.home import COMMANDS, SATELLITES, Command, morning


def test_the_same_seed_gives_the_same_morning() -> None:
    """Two runs are about the same words at the same times."""
    assert morning() == morning()
    assert morning(seed=2) != morning()


def test_a_hundred_commands_come_in_order_from_every_satellite() -> None:
    """The morning is as the benchmark says it is."""
    commands = morning()
    assert len(commands) == COMMANDS == 100
    assert [command.at for command in commands] == sorted(command.at for command in commands)
    assert commands[-1].at - commands[0].at < timedelta(hours=5)
    assert {command.satellite for command in commands} == set(SATELLITES)


def test_a_conversation_ends_after_five_minutes_of_silence() -> None:
    """A satellite goes on with a conversation as Home Assistant lets it."""
    by_satellite: dict[str, list[Command]] = {name: [] for name in SATELLITES}
    for command in morning():
        by_satellite[command.satellite].append(command)
    goes_on = [
        (later.at - earlier.at <= timedelta(minutes=5), later.conversation == earlier.conversation)
        for commands in by_satellite.values()
        for earlier, later in pairwise(commands)
    ]
    assert all(is_soon == is_same for is_soon, is_same in goes_on)
    assert {is_soon for is_soon, _ in goes_on} == {True, False}


def test_calls_are_about_the_satellites_own_area() -> None:
    """No placeholder is left in what the model calls, and what it was written with stays as it was."""
    for _ in range(2):
        calls = [(command.satellite, call) for command in morning() for call in command.calls]
        assert not any("{}" in json.dumps(call.arguments) for _, call in calls)
        places: Sequence[tuple[str, str]] = [
            (satellite, call.arguments["area"]) for satellite, call in calls if "area" in call.arguments
        ]
        assert places
        assert all(satellite == area for satellite, area in places)


def test_a_day_comes_back_from_its_file() -> None:
    """What was recorded can be kept."""
    body = {"messages": [{"role": "user", "content": "hello"}]}
    day = Day(200, 9, [body], [Asked("hello", "Office", [body], [body, body])])
    assert Day.from_json(day.as_json()) == day
