"""What is found in other words than a home's own: by words alone, and by their meaning as well."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
import tempfile

from aiohttp import ClientSession

from bench.hearthd import TOKEN, running_hearthd
from custom_components.hearth.context import EmbedTexts
from custom_components.hearth.engine import EngineClient

from .home import Question

# What somebody asks who does not call a thing by its name, and the thing that it is about.
_IN_OTHER_WORDS = {
    "en": (
        ("has the grass been cut?", "lawn_mower.lawn_mower"),
        ("are the plates clean?", "binary_sensor.dishwasher"),
        ("has somebody hoovered?", "vacuum.robot_vacuum"),
        ("is my espresso ready?", "switch.coffee_machine"),
        ("are we protected against burglars?", "alarm_control_panel.house_alarm"),
        ("is there a puddle on the tiles?", "binary_sensor.leak_sensor"),
        ("how much does the refrigerator consume?", "sensor.fridge_energy"),
        ("did I leave the telly running?", "media_player.tv"),
        ("could somebody drive the car out?", "cover.garage_door"),
        ("is the house entrance shut for the night?", "lock.front_door"),
        ("can I wash my hands, or is the supply off?", "valve.water_main"),
        ("do I need a coat for the walk?", "sensor.outdoor_temperature"),
    ),
    "de": (
        ("wurde das Gras gekürzt?", "lawn_mower.rasenmaher"),
        ("sind die Teller sauber?", "binary_sensor.geschirrspuler"),
        ("hat der Roboter den Boden gereinigt?", "vacuum.staubsauger"),
        ("ist mein Espresso bereit?", "switch.kaffeemaschine"),
        ("sind wir gegen Einbrecher geschützt?", "alarm_control_panel.alarmanlage"),
        ("steht eine Pfütze auf den Fliesen?", "binary_sensor.wassermelder"),
        ("wie viel verbraucht das Kühlgerät?", "sensor.kuhlschrank_energie"),
        ("habe ich die Glotze laufen lassen?", "media_player.fernseher"),
        ("kann jemand das Auto herausfahren?", "cover.garagentor"),
        ("ist der Hauseingang für die Nacht zu?", "lock.haustur"),
        ("kann ich mir die Hände waschen oder ist abgestellt?", "valve.hauptwasserhahn"),
        ("brauche ich einen Mantel zum Spazieren?", "sensor.aussentemperatur"),
    ),
}


def in_other_words(language: str) -> list[Question]:
    """Return questions about things of every home that none of them calls by its name."""
    return [Question(words, frozenset({needed})) for words, needed in _IN_OTHER_WORDS[language]]


@asynccontextmanager
async def embedder() -> AsyncIterator[EmbedTexts]:
    """Run an engine with nothing but its built-in model for meanings, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as name:
        data, log = Path(name, "hearthd"), Path(name, "hearthd.log")
        async with ClientSession() as session, running_hearthd(session, data, log, {}) as server:
            client = EngineClient(session, server.url, TOKEN)

            async def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
                return await client.async_embed(texts)

            yield embed
