"""What stands in the demo home: floors, areas and the devices in each, as a family would name them."""

from dataclasses import dataclass

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.cover import CoverDeviceClass
from homeassistant.components.media_player import MediaPlayerDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.components.switch import SwitchDeviceClass
from homeassistant.components.valve import ValveDeviceClass
from homeassistant.const import Platform


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the home and the floor that it is on; None for what lies outside."""

    name: str
    icon: str
    floor: str | None


@dataclass(frozen=True, slots=True)
class Device:
    """A device with one entity; `model` chooses among what its platform can simulate."""

    name: str
    area: str
    platform: Platform
    model: str = ""
    state: str = "off"


FLOORS = {"Ground Floor": 0, "Upstairs": 1}

AREAS = (
    Area("Kitchen", "mdi:stove", "Ground Floor"),
    Area("Living Room", "mdi:sofa", "Ground Floor"),
    Area("Hall", "mdi:coat-rack", "Ground Floor"),
    Area("Bedroom", "mdi:bed", "Upstairs"),
    Area("Bathroom", "mdi:shower", "Upstairs"),
    Area("Garage", "mdi:garage", None),
    Area("Garden", "mdi:tree", None),
)

# The models of light, by what they can change.
ON_OFF, DIMMABLE, TUNABLE, COLOURED = "on/off", "dimmable", "tunable white", "coloured"

DEVICES = (
    Device("Kitchen Ceiling Lights", "Kitchen", Platform.LIGHT, TUNABLE),
    Device("Kitchen Counter Lights", "Kitchen", Platform.LIGHT, DIMMABLE),
    Device("Kitchen Blinds", "Kitchen", Platform.COVER, CoverDeviceClass.BLIND, "open"),
    Device("Coffee Machine", "Kitchen", Platform.SWITCH, SwitchDeviceClass.OUTLET),
    Device("Kitchen Speaker", "Kitchen", Platform.MEDIA_PLAYER, MediaPlayerDeviceClass.SPEAKER, "idle"),
    Device("Back Door", "Kitchen", Platform.LOCK, state="locked"),
    Device("Back Door Contact", "Kitchen", Platform.BINARY_SENSOR, BinarySensorDeviceClass.DOOR),
    Device("Kitchen Window", "Kitchen", Platform.BINARY_SENSOR, BinarySensorDeviceClass.WINDOW),
    Device("Kitchen Leak Sensor", "Kitchen", Platform.BINARY_SENSOR, BinarySensorDeviceClass.MOISTURE),
    Device("Kitchen Smoke Alarm", "Kitchen", Platform.BINARY_SENSOR, BinarySensorDeviceClass.SMOKE),
    Device("Kitchen Temperature", "Kitchen", Platform.SENSOR, SensorDeviceClass.TEMPERATURE, "21.4"),
    Device("Fridge Energy", "Kitchen", Platform.SENSOR, SensorDeviceClass.ENERGY, "212.4"),
    Device("Kitchen Humidity", "Kitchen", Platform.SENSOR, SensorDeviceClass.HUMIDITY, "47"),
    Device("Living Room Ceiling Lights", "Living Room", Platform.LIGHT, TUNABLE, "on"),
    Device("Floor Lamp", "Living Room", Platform.LIGHT, COLOURED),
    Device("Living Room Blinds", "Living Room", Platform.COVER, CoverDeviceClass.BLIND, "open"),
    Device("Thermostat", "Living Room", Platform.CLIMATE, state="heat"),
    Device("Living Room Fan", "Living Room", Platform.FAN),
    Device("Living Room TV", "Living Room", Platform.MEDIA_PLAYER, MediaPlayerDeviceClass.TV),
    Device("Living Room Motion", "Living Room", Platform.BINARY_SENSOR, BinarySensorDeviceClass.MOTION, "on"),
    Device("Living Room Window", "Living Room", Platform.BINARY_SENSOR, BinarySensorDeviceClass.WINDOW),
    Device("Living Room Temperature", "Living Room", Platform.SENSOR, SensorDeviceClass.TEMPERATURE, "20.8"),
    Device("Robot Vacuum", "Living Room", Platform.VACUUM, state="docked"),
    Device("Hall Light", "Hall", Platform.LIGHT, ON_OFF),
    Device("Front Door", "Hall", Platform.LOCK, state="locked"),
    Device("Front Door Contact", "Hall", Platform.BINARY_SENSOR, BinarySensorDeviceClass.DOOR),
    Device("Front Door Lock Battery", "Hall", Platform.SENSOR, SensorDeviceClass.BATTERY, "38"),
    Device("Hall Motion", "Hall", Platform.BINARY_SENSOR, BinarySensorDeviceClass.MOTION),
    Device("Bedroom Lights", "Bedroom", Platform.LIGHT, TUNABLE),
    Device("Bedside Lamp", "Bedroom", Platform.LIGHT, COLOURED),
    Device("Bedroom Blinds", "Bedroom", Platform.COVER, CoverDeviceClass.BLIND, "closed"),
    Device("Bedroom Window", "Bedroom", Platform.BINARY_SENSOR, BinarySensorDeviceClass.WINDOW, "on"),
    Device("Bedroom Temperature", "Bedroom", Platform.SENSOR, SensorDeviceClass.TEMPERATURE, "18.9"),
    Device("Bathroom Light", "Bathroom", Platform.LIGHT, DIMMABLE),
    Device("Bathroom Fan", "Bathroom", Platform.FAN),
    Device("Bathroom Leak Sensor", "Bathroom", Platform.BINARY_SENSOR, BinarySensorDeviceClass.MOISTURE),
    Device("Bathroom Humidity", "Bathroom", Platform.SENSOR, SensorDeviceClass.HUMIDITY, "58"),
    Device("Garage Door", "Garage", Platform.COVER, CoverDeviceClass.GARAGE, "closed"),
    Device("Garage Light", "Garage", Platform.LIGHT, ON_OFF),
    Device("Car Charger", "Garage", Platform.SWITCH, SwitchDeviceClass.SWITCH),
    Device("Water Main", "Garage", Platform.VALVE, ValveDeviceClass.WATER, "open"),
    Device("Garden Lights", "Garden", Platform.LIGHT, ON_OFF),
    Device("Garden Sprinkler", "Garden", Platform.VALVE, ValveDeviceClass.WATER, "closed"),
    Device("Outdoor Temperature", "Garden", Platform.SENSOR, SensorDeviceClass.TEMPERATURE, "11.2"),
    Device("Forecast Home", "Garden", Platform.WEATHER, state="partlycloudy"),
    Device("Alex's Phone", "", Platform.DEVICE_TRACKER, state="home"),
    Device("Sam's Phone", "", Platform.DEVICE_TRACKER, state="not_home"),
)
