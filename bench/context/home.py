"""A home of any size, in English or German, whose entities are in the registries as real ones are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er, floor_registry as fr
from homeassistant.util import slugify

_UNITS = {"battery": "%", "energy": "kWh", "humidity": "%", "power": "W", "temperature": "°C"}


@dataclass(frozen=True, slots=True)
class Thing:
    """One entity: what people call it, where it stands, what it is and how it is at first."""

    name: str
    area: str
    domain: str
    device_class: str = ""
    state: str = "off"
    floor: str | None = None

    @property
    def entity_id(self) -> str:
        """Return the ID that Home Assistant makes of the name."""
        return f"{self.domain}.{slugify(self.name)}"


@callback
def furnish(hass: HomeAssistant, things: Iterable[Thing]) -> None:
    """Put things into their areas and expose them; their states are there at once."""
    areas, floors, entities = ar.async_get(hass), fr.async_get(hass), er.async_get(hass)
    for thing in things:
        area = areas.async_get_or_create(thing.area) if thing.area else None
        if area is not None and thing.floor is not None and area.floor_id is None:
            floor = floors.async_get_floor_by_name(thing.floor) or floors.async_create(thing.floor)
            areas.async_update(area.id, floor_id=floor.floor_id)
        entry = entities.async_get_or_create(
            thing.domain,
            "demo_home",
            thing.entity_id,
            suggested_object_id=slugify(thing.name),
            original_name=thing.name,
            original_device_class=thing.device_class or None,
        )
        entities.async_update_entity(entry.entity_id, area_id=area.id if area else None)
        hass.states.async_set(thing.entity_id, thing.state, _attributes(thing))
        async_expose_entity(hass, "conversation", thing.entity_id, should_expose=True)


def _attributes(thing: Thing) -> Mapping[str, object]:
    attributes: dict[str, object] = {"friendly_name": thing.name}
    if thing.device_class:
        attributes["device_class"] = thing.device_class
    if thing.domain == "sensor" and (unit := _UNITS.get(thing.device_class)):
        attributes |= {"unit_of_measurement": unit, "state_class": "measurement"}
    if thing.domain == "climate":
        attributes |= {"current_temperature": 20.5, "temperature": 21.0}
    return attributes


# By language: what a thing is called, and the rooms; "{}" is the room.
_EVERYWHERE = (
    ({"en": "{} Ceiling Lights", "de": "{} Deckenlicht"}, "light", "", "off"),
    ({"en": "{} Wall Lights", "de": "{} Wandlampen"}, "light", "", "off"),
    ({"en": "{} Lamp", "de": "{} Stehlampe"}, "light", "", "off"),
    ({"en": "{} Blinds", "de": "{} Jalousie"}, "cover", "blind", "open"),
    ({"en": "{} Shutters", "de": "{} Rollladen"}, "cover", "shutter", "open"),
    ({"en": "{} Thermostat", "de": "{} Thermostat"}, "climate", "", "heat"),
    ({"en": "{} Fan", "de": "{} Ventilator"}, "fan", "", "off"),
    ({"en": "{} Speaker", "de": "{} Lautsprecher"}, "media_player", "speaker", "idle"),
    ({"en": "{} Outlet", "de": "{} Steckdose"}, "switch", "outlet", "off"),
    ({"en": "{} Window", "de": "{} Fenster"}, "binary_sensor", "window", "off"),
    ({"en": "{} Door", "de": "{} Tür"}, "binary_sensor", "door", "off"),
    ({"en": "{} Motion", "de": "{} Bewegung"}, "binary_sensor", "motion", "off"),
    ({"en": "{} Smoke Alarm", "de": "{} Rauchmelder"}, "binary_sensor", "smoke", "off"),
    ({"en": "{} Temperature", "de": "{} Temperatur"}, "sensor", "temperature", "20.5"),
    ({"en": "{} Humidity", "de": "{} Luftfeuchtigkeit"}, "sensor", "humidity", "48"),
    ({"en": "{} Motion Battery", "de": "{} Bewegungsmelder Batterie"}, "sensor", "battery", "80"),
)
_ROOMS = (
    {"en": "Kitchen", "de": "Küche"},
    {"en": "Living Room", "de": "Wohnzimmer"},
    {"en": "Dining Room", "de": "Esszimmer"},
    {"en": "Hall", "de": "Flur"},
    {"en": "Office", "de": "Arbeitszimmer"},
    {"en": "Utility Room", "de": "Hauswirtschaftsraum"},
    {"en": "Bedroom", "de": "Schlafzimmer"},
    {"en": "Nursery", "de": "Kinderzimmer"},
    {"en": "Guest Room", "de": "Gästezimmer"},
    {"en": "Bathroom", "de": "Bad"},
    {"en": "Attic", "de": "Dachboden"},
)
_ONCE = (
    ({"en": "Front Door", "de": "Haustür"}, {"en": "Hall", "de": "Flur"}, "lock", "", "locked"),
    ({"en": "Back Door", "de": "Hintertür"}, {"en": "Kitchen", "de": "Küche"}, "lock", "", "locked"),
    ({"en": "Garage Door", "de": "Garagentor"}, {"en": "Garage", "de": "Garage"}, "cover", "garage", "closed"),
    ({"en": "Coffee Machine", "de": "Kaffeemaschine"}, {"en": "Kitchen", "de": "Küche"}, "switch", "outlet", "off"),
    ({"en": "Fridge Energy", "de": "Kühlschrank Energie"}, {"en": "Kitchen", "de": "Küche"}, "sensor", "energy", "412"),
    ({"en": "Dishwasher", "de": "Geschirrspüler"}, {"en": "Kitchen", "de": "Küche"}, "binary_sensor", "running", "off"),
    ({"en": "Robot Vacuum", "de": "Staubsauger"}, {"en": "Living Room", "de": "Wohnzimmer"}, "vacuum", "", "docked"),
    ({"en": "TV", "de": "Fernseher"}, {"en": "Living Room", "de": "Wohnzimmer"}, "media_player", "tv", "off"),
    ({"en": "Water Main", "de": "Hauptwasserhahn"}, {"en": "Garage", "de": "Garage"}, "valve", "water", "open"),
    ({"en": "Leak Sensor", "de": "Wassermelder"}, {"en": "Bathroom", "de": "Bad"}, "binary_sensor", "moisture", "off"),
    (
        {"en": "Outdoor Temperature", "de": "Außentemperatur"},
        {"en": "Garden", "de": "Garten"},
        "sensor",
        "temperature",
        "4",
    ),
    ({"en": "Lawn Mower", "de": "Rasenmäher"}, {"en": "Garden", "de": "Garten"}, "lawn_mower", "", "docked"),
    ({"en": "House Alarm", "de": "Alarmanlage"}, {"en": "Hall", "de": "Flur"}, "alarm_control_panel", "", "disarmed"),
)
# A home of 200 entities is one of these, one of 2,000 has them all.
_WINGS: Sequence[Mapping[str, str]] = (
    {"en": "", "de": ""},
    {"en": "North Wing", "de": "Nordflügel"},
    {"en": "South Wing", "de": "Südflügel"},
    {"en": "East Wing", "de": "Ostflügel"},
    {"en": "West Wing", "de": "Westflügel"},
    {"en": "Gatehouse", "de": "Torhaus"},
    {"en": "Coach House", "de": "Remise"},
    {"en": "Mill", "de": "Mühle"},
    {"en": "Boathouse", "de": "Bootshaus"},
    {"en": "Orangery", "de": "Orangerie"},
    {"en": "Granny Flat", "de": "Einliegerwohnung"},
    {"en": "Pool House", "de": "Poolhaus"},
)


def home(language: str, entities: int) -> list[Thing]:
    """Return a home of a number of entities, named in a language."""
    return list(islice(_things(language), entities))


def _things(language: str) -> Iterator[Thing]:
    for names, areas, domain, device_class, state in _ONCE:
        yield Thing(names[language], areas[language], domain, device_class, state)
    for wing in _WINGS:
        for room in _ROOMS:
            area = f"{wing[language]} {room[language]}".strip()
            for names, domain, device_class, state in _EVERYWHERE:
                yield Thing(names[language].format(area), area, domain, device_class, state, wing[language] or None)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, in which room, and the entities without whose states nobody can answer."""

    words: str
    needs: frozenset[str]
    room: str | None = None


# "{}" is a room; what is needed is the thing of that pattern in the room.
_ABOUT_ROOMS = {
    "en": (
        ("is the window in the {} open?", "{} Window"),
        ("did somebody leave the {} lamp on?", "{} Lamp"),
        ("how warm is it in the {}?", "{} Temperature"),
        ("what is the humidity in the {}?", "{} Humidity"),
        ("are the blinds in the {} down?", "{} Blinds"),
        ("is anybody moving in the {}?", "{} Motion"),
        ("what is the {} thermostat set to?", "{} Thermostat"),
        ("is the fan in the {} running?", "{} Fan"),
        ("is the {} door shut?", "{} Door"),
        ("is there music playing in the {}?", "{} Speaker"),
    ),
    "de": (
        ("ist das Fenster im {} offen?", "{} Fenster"),
        ("hat jemand die Stehlampe im {} angelassen?", "{} Stehlampe"),
        ("wie warm ist es im {}?", "{} Temperatur"),
        ("wie hoch ist die Luftfeuchtigkeit im {}?", "{} Luftfeuchtigkeit"),
        ("ist die Jalousie im {} unten?", "{} Jalousie"),
        ("bewegt sich jemand im {}?", "{} Bewegung"),
        ("worauf steht das Thermostat im {}?", "{} Thermostat"),
        ("läuft der Ventilator im {}?", "{} Ventilator"),
        ("ist die Tür im {} zu?", "{} Tür"),
        ("spielt im {} Musik?", "{} Lautsprecher"),
    ),
}


def questions(language: str, things: Sequence[Thing]) -> list[Question]:
    """Return questions about every room of a home that has everything that they are about."""
    by_name = {thing.name: thing.entity_id for thing in things}
    rooms = dict.fromkeys(thing.area for thing in things if thing.area)
    return [
        Question(words.format(room), frozenset({by_name[needed.format(room)]}))
        for room in rooms
        for words, needed in _ABOUT_ROOMS[language]
        if needed.format(room) in by_name
    ]
