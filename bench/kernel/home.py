"""A home of two hundred entities, four satellites in it, and what its family says on a morning."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import importlib.util
from pathlib import Path
import random
import sys
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.cover import CoverDeviceClass
from homeassistant.components.media_player import MediaPlayerDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.components.switch import SwitchDeviceClass
from homeassistant.components.valve import ValveDeviceClass
from homeassistant.const import Platform

TIME_ZONE = ZoneInfo("Europe/Amsterdam")
SATELLITES = ("Kitchen", "Living Room", "Bedroom", "Office")
COMMANDS = 100

_START = datetime(2026, 3, 2, 6, 30, tzinfo=TIME_ZONE)
_MORNING = timedelta(hours=5)
# A person who speaks twice mostly does so within a minute or two.
_FOLLOW_UP_SHARE = 0.35
_FOLLOW_UP_SECONDS = (20, 120)

_FLOORS = {"Ground Floor": 0, "Upstairs": 1}
_ROOMS = {
    "Kitchen": "Ground Floor",
    "Living Room": "Ground Floor",
    "Dining Room": "Ground Floor",
    "Hall": "Ground Floor",
    "Office": "Ground Floor",
    "Utility Room": "Ground Floor",
    "Bedroom": "Upstairs",
    "Nursery": "Upstairs",
    "Guest Room": "Upstairs",
    "Bathroom": "Upstairs",
    "Attic": "Upstairs",
}
_OUTSIDE = ("Garage", "Garden")

# What stands in every room: name, platform, model, first state; the models are those of the demo home.
_IN_EVERY_ROOM = (
    ("Ceiling Lights", Platform.LIGHT, "tunable white", "off"),
    ("Wall Lights", Platform.LIGHT, "dimmable", "off"),
    ("Lamp", Platform.LIGHT, "coloured", "off"),
    ("Spotlights", Platform.LIGHT, "on/off", "off"),
    ("Blinds", Platform.COVER, CoverDeviceClass.BLIND, "open"),
    ("Shutters", Platform.COVER, CoverDeviceClass.BLIND, "open"),
    ("Thermostat", Platform.CLIMATE, "", "heat"),
    ("Fan", Platform.FAN, "", "off"),
    ("Speaker", Platform.MEDIA_PLAYER, MediaPlayerDeviceClass.SPEAKER, "idle"),
    ("Outlet", Platform.SWITCH, SwitchDeviceClass.OUTLET, "off"),
    ("Window", Platform.BINARY_SENSOR, BinarySensorDeviceClass.WINDOW, "off"),
    ("Door", Platform.BINARY_SENSOR, BinarySensorDeviceClass.DOOR, "off"),
    ("Motion", Platform.BINARY_SENSOR, BinarySensorDeviceClass.MOTION, "off"),
    ("Smoke Alarm", Platform.BINARY_SENSOR, BinarySensorDeviceClass.SMOKE, "off"),
    ("Temperature", Platform.SENSOR, SensorDeviceClass.TEMPERATURE, "20.5"),
    ("Humidity", Platform.SENSOR, SensorDeviceClass.HUMIDITY, "48"),
    ("Motion Battery", Platform.SENSOR, SensorDeviceClass.BATTERY, "80"),
)
# What there is once: name, area, platform, model, first state.
_ONCE = (
    ("Front Lock", "Hall", Platform.LOCK, "", "locked"),
    ("Back Lock", "Kitchen", Platform.LOCK, "", "locked"),
    ("Coffee Machine", "Kitchen", Platform.SWITCH, SwitchDeviceClass.OUTLET, "off"),
    ("Kitchen Leak Sensor", "Kitchen", Platform.BINARY_SENSOR, BinarySensorDeviceClass.MOISTURE, "off"),
    ("Living Room TV", "Living Room", Platform.MEDIA_PLAYER, MediaPlayerDeviceClass.TV, "off"),
    ("Robot Vacuum", "Living Room", Platform.VACUUM, "", "docked"),
    ("Garage Door", "Garage", Platform.COVER, CoverDeviceClass.GARAGE, "closed"),
    ("Car Charger", "Garage", Platform.SWITCH, SwitchDeviceClass.SWITCH, "off"),
    ("Water Main", "Garage", Platform.VALVE, ValveDeviceClass.WATER, "open"),
    ("Garden Lights", "Garden", Platform.LIGHT, "on/off", "off"),
    ("Garden Sprinkler", "Garden", Platform.VALVE, ValveDeviceClass.WATER, "closed"),
    ("Outdoor Temperature", "Garden", Platform.SENSOR, SensorDeviceClass.TEMPERATURE, "4.2"),
    ("Forecast Home", "Garden", Platform.WEATHER, "", "partlycloudy"),
)


def furnish(demo_home: Path) -> None:
    """Put these rooms and devices in the place of the demo home's, before Home Assistant loads it."""
    name = "custom_components.demo_home.rooms"
    spec = importlib.util.spec_from_file_location(name, demo_home / "rooms.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(demo_home)
    rooms: Any = importlib.util.module_from_spec(spec)
    sys.modules[name] = rooms
    spec.loader.exec_module(rooms)
    rooms.FLOORS = _FLOORS
    rooms.AREAS = tuple(
        rooms.Area(name, "mdi:home", floor) for name, floor in [*_ROOMS.items(), *((name, None) for name in _OUTSIDE)]
    )
    rooms.DEVICES = tuple(rooms.Device(*device) for device in _devices())


def _devices() -> Iterator[tuple[str, str, Platform, str, str]]:
    for room in _ROOMS:
        for name, platform, model, state in _IN_EVERY_ROOM:
            yield f"{room} {name}", room, platform, model, state
    yield from _ONCE


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call that the model makes."""

    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody says where and when, and what the model does about it; `conversation` is new after five minutes."""

    satellite: str
    at: datetime
    words: str
    reply: str
    calls: tuple[Call, ...] = field(default=())
    conversation: str = ""


_LIGHTS, _SET_LIGHT, _CONTEXT = "intent__HassTurnOn", "light__HassLightSet", "homeassistant__GetLiveContext"
_OFF = "intent__HassTurnOff"

# Words that Home Assistant's own sentences don't know, so that both agents ask the model; {} is the satellite's area.
_SAYINGS: tuple[tuple[str, str, tuple[tuple[str, dict[str, Any]], ...]], ...] = (
    ("it is awfully dark in here", "I turned the lights on.", ((_LIGHTS, {"area": "{}", "domain": ["light"]}),)),
    ("my eyes hurt, make this gentler", "It is dimmer now.", ((_SET_LIGHT, {"name": "{} Lamp", "brightness": 25}),)),
    ("I could use some air around me", "The fan is running.", ((_LIGHTS, {"name": "{} Fan"}),)),
    ("is it comfortable in here at the moment?", "It is 20 degrees.", ((_CONTEXT, {"area": "{}"}),)),
    ("did anybody leave a window open?", "All are shut.", ((_CONTEXT, {"domain": "binary_sensor"}),)),
    ("what do you think I should wear today?", "Take a coat.", ((_CONTEXT, {"domain": "weather"}),)),
    ("get the coffee going, would you", "The machine is on.", ((_LIGHTS, {"name": "Coffee Machine"}),)),
    ("we are done in this room for now", "All is off.", ((_OFF, {"area": "{}", "domain": ["light"]}),)),
    ("tell me something nice about this morning", "The sun is up, and there is coffee.", ()),
    ("how long does an egg need to be just right?", "Six and a half minutes for a soft yolk.", ()),
    ("what was that word for a fear of open places?", "You mean agoraphobia.", ()),
    ("help me think of a present for a friend who cooks", "A good knife, or a cast-iron pan.", ()),
    (
        "make it cosy for reading and tell me how warm it is",
        "The lamp is on low, and it is 20 degrees.",
        ((_SET_LIGHT, {"name": "{} Lamp", "brightness": 40}), (_CONTEXT, {"area": "{}", "domain": "sensor"})),
    ),
    ("are all the batteries of our sensors still fine?", "They are.", ((_CONTEXT, {"domain": "sensor"}),)),
)


def morning(seed: int = 1) -> list[Command]:
    """Return a hundred commands in the order of their times, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a timetable, not a secret
    times = sorted(_START + chance.random() * _MORNING for _ in range(COMMANDS))
    commands: list[Command] = []
    ends: dict[str, tuple[datetime, int]] = {}
    for planned in times:
        satellite, at = chance.choice(SATELLITES), planned
        if commands and chance.random() < _FOLLOW_UP_SHARE:
            satellite = commands[-1].satellite
            at = min(planned, commands[-1].at + timedelta(seconds=chance.randint(*_FOLLOW_UP_SECONDS)))
        last, count = ends.get(satellite, (_START - _MORNING, 0))
        count += at - last > timedelta(minutes=5)
        ends[satellite] = at, count
        words, reply, calls = chance.choice(_SAYINGS)
        placed = tuple(Call(tool, _placed(arguments, satellite)) for tool, arguments in calls)
        commands.append(Command(satellite, at, words, reply, placed, f"{satellite} {count}"))
    return commands


def _placed(arguments: dict[str, Any], area: str) -> dict[str, Any]:
    return {key: value.format(area) if isinstance(value, str) else value for key, value in arguments.items()}
