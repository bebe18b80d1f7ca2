"""Know by which words people mean which kinds of things, where Home Assistant's own names of them do not tell.

A kind is a domain, or a domain and a device class. Words are the beginnings of what people say, in small letters and
without accents.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

# By any of these somebody means the room they are in.
HERE: Final[Mapping[str, frozenset[str]]] = {
    "de": frozenset({"hier"}),
    "en": frozenset({"here"}),
    "es": frozenset({"aqui"}),
    "fr": frozenset({"ici"}),
    "nl": frozenset({"hier"}),
}

# A room without a name: behind one of a language's first words it is the one that somebody is in, behind one of the
# second any.
_ROOMS: Final[Mapping[str, tuple[str, str, str]]] = {
    "de": (
        "zimmer raum",
        "dem den das dies diesem diesen dieses im",
        "ein einem jede jedem jeder jedes welche welchem",
    ),
    "en": ("room", "the this", "a any each every what which"),
    "es": ("habitacion", "esta la", "cada cual que una"),
    "fr": ("piece", "cette la", "chaque quelle une"),
    "nl": ("kamer ruimte", "de deze", "een elke iedere welke"),
}
# Behind these a room's name goes on: "la habitación de Ana".
_OF: Final = frozenset({"de", "del", "du", "of", "van", "vom", "von"})

# Where the word for a place is another than the one that names of things begin with.
SAID_FOR: Final[Mapping[str, Mapping[str, str]]] = {
    "de": {"draussen": "aussen"},
    "en": {"outdoors": "outdoor", "outside": "outdoor"},
    "es": {"fuera": "exterior"},
    "fr": {"dehors": "exterieur"},
}

_AIR = (
    "sensor.aqi sensor.carbon_dioxide sensor.pm1 sensor.pm10 sensor.pm25 sensor.volatile_organic_compounds "
    "sensor.volatile_organic_compounds_parts"
)
_BATTERY = "sensor.battery binary_sensor.battery"
_CLOSED = (
    "binary_sensor.door binary_sensor.garage_door binary_sensor.opening binary_sensor.window cover.door cover.garage "
    "cover.gate cover.window"
)
_COVERS = "cover cover.awning cover.blind cover.curtain cover.shade cover.shutter"
_DANGER = "binary_sensor.carbon_monoxide binary_sensor.gas binary_sensor.heat binary_sensor.safety binary_sensor.smoke"
_DOORS = (
    "binary_sensor.door binary_sensor.garage_door binary_sensor.opening cover.door cover.garage cover.gate lock "
    "binary_sensor.lock"
)
_GARAGE = "binary_sensor.garage_door cover.garage"
_LOCKS = "lock binary_sensor.lock"
_MOVES = "binary_sensor.motion binary_sensor.moving binary_sensor.occupancy binary_sensor.presence"
_PEOPLE = "person"
_POWER = "sensor.energy sensor.power sensor.energy_storage"
_SOUND = "media_player media_player.receiver media_player.speaker media_player.tv"
_WARMTH = "climate sensor.temperature water_heater weather"
_WEATHER = "weather sensor.precipitation sensor.precipitation_intensity sensor.wind_speed"
_WINDOWS = "binary_sensor.window cover.window binary_sensor.opening"

# Per language: kinds, then the words for them.
_WORDS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "de": (
        ("alarm_control_panel siren", "alarm scharf"),
        (_AIR, "luft stickig lufte co2"),
        (_BATTERY, "akku batteri"),
        ("binary_sensor.moisture valve", "leck wasserschaden undicht"),
        ("calendar", "termin kalender"),
        (_CLOSED, "offen auf zu geschlossen geoffnet"),
        (_COVERS, "rollo rollladen rolladen jalousie vorhang vorhange markise beschattung"),
        (_DANGER, "rauch feuer brand gas"),
        (_DOORS, "tur turen tor tore"),
        ("fan", "lufter ventilator"),
        (_GARAGE, "garagentor"),
        ("lawn_mower", "maher rasenmaher"),
        ("light", "licht lampe leuchte beleuchtung dunkel hell"),
        (_LOCKS, "schloss abgeschlossen verriegelt abgesperrt aufgeschlossen"),
        (_MOVES, "bewegung bewegt jemand"),
        (_PEOPLE, "wer zuhause daheim anwesend jemand"),
        (_POWER, "strom verbrauch energie watt kwh leistung"),
        ("sensor.humidity humidifier", "feucht luftfeuchtigkeit trocken"),
        ("sensor.illuminance", "helligkeit"),
        (_SOUND, "musik spielt fernseher lautsprecher lied lautstarke laut hor radio"),
        ("switch switch.outlet", "steckdose schalter"),
        ("timer", "timer wecker"),
        ("todo", "liste einkauf aufgabe besorgen einkaufen"),
        ("vacuum", "staubsaug saug"),
        ("valve binary_sensor.moisture water_heater", "wasser ventil"),
        (_WARMTH, "warm kalt heiss temperatur grad heiz thermostat kuhl frier gemutlich angenehm"),
        (_WEATHER, "wetter regen regnet wind sonn draussen schnei"),
        (_WINDOWS, "fenster"),
    ),
    "en": (
        ("alarm_control_panel siren", "alarm armed disarmed siren"),
        (_AIR, "air stuffy co2 ventilat"),
        (_BATTERY, "batter charge"),
        ("binary_sensor.moisture valve", "leak flood wet"),
        ("calendar", "calendar appointment event"),
        (_CLOSED, "open closed shut ajar"),
        (_COVERS, "blind shutter curtain shade awning roller"),
        (_DANGER, "smoke fire gas"),
        (_DOORS, "door gate"),
        ("fan", "fan"),
        (_GARAGE, "garage"),
        ("lawn_mower", "mower mowing lawn"),
        ("light", "light lamp dark bright lit"),
        (_LOCKS, "lock unlock secure"),
        (_MOVES, "motion moving movement occupied somebody someone anybody"),
        (_PEOPLE, "who home anybody away somebody"),
        (_POWER, "power energy electricity watt kwh consum"),
        ("sensor.humidity humidifier", "humid damp dry moist"),
        ("sensor.illuminance", "illuminance lux brightness"),
        (_SOUND, "music play tv telly television speaker song volume loud radio"),
        ("switch switch.outlet", "outlet socket plug switch"),
        ("timer", "timer alarm"),
        ("todo", "list shopping groceries task todo buy"),
        ("vacuum", "vacuum hoover"),
        ("valve binary_sensor.moisture water_heater", "water valve sprinkler"),
        (_WARMTH, "warm cold hot temperature degree heat thermostat cool chilly freez comfortable cosy toasty"),
        (_WEATHER, "weather rain wind sunny outside umbrella wear snow"),
        (_WINDOWS, "window"),
    ),
    "es": (
        ("alarm_control_panel siren", "alarma"),
        (_AIR, "aire co2"),
        (_BATTERY, "bateria pila"),
        ("binary_sensor.moisture valve", "fuga inundacion"),
        ("calendar", "calendario cita evento"),
        (_CLOSED, "abiert cerrad"),
        (_COVERS, "persiana cortina toldo estor"),
        (_DANGER, "humo fuego incendio gas"),
        (_DOORS, "puerta portal"),
        ("fan", "ventilador"),
        (_GARAGE, "garaje cochera"),
        ("lawn_mower", "cortacesped"),
        ("light", "luz luces lampara oscuro bombilla"),
        (_LOCKS, "cerradura llave bloquead"),
        (_MOVES, "movimiento alguien"),
        (_PEOPLE, "quien casa alguien"),
        (_POWER, "energia electricidad consum potencia kwh"),
        ("sensor.humidity humidifier", "humed humid seco"),
        ("sensor.illuminance", "luminosidad"),
        (_SOUND, "musica television tele altavoz cancion volumen radio suena"),
        ("switch switch.outlet", "enchufe interruptor"),
        ("timer", "temporizador alarma"),
        ("todo", "lista compra tarea"),
        ("vacuum", "aspirador robot"),
        ("valve binary_sensor.moisture water_heater", "agua valvula riego"),
        (_WARMTH, "calor frio temperatura grado calefaccion termostato calient"),
        (_WEATHER, "tiempo lluvia llueve viento sol fuera nieva"),
        (_WINDOWS, "ventana"),
    ),
    "fr": (
        ("alarm_control_panel siren", "alarme"),
        (_AIR, "air co2 aere"),
        (_BATTERY, "batterie pile"),
        ("binary_sensor.moisture valve", "fuite inondation"),
        ("calendar", "calendrier agenda rendez"),
        (_CLOSED, "ouvert ferme"),
        (_COVERS, "volet store rideau"),
        (_DANGER, "fumee feu incendie gaz"),
        (_DOORS, "porte portail"),
        ("fan", "ventilateur"),
        (_GARAGE, "garage"),
        ("lawn_mower", "tondeuse"),
        ("light", "lumiere lampe eclaire sombre allumee"),
        (_LOCKS, "serrure verrouill cle"),
        (_MOVES, "mouvement quelqu"),
        (_PEOPLE, "qui maison quelqu"),
        (_POWER, "energie electricite consomm puissance kwh courant"),
        ("sensor.humidity humidifier", "humid sec"),
        ("sensor.illuminance", "luminosite"),
        (_SOUND, "musique television tele enceinte chanson volume radio joue"),
        ("switch switch.outlet", "prise interrupteur"),
        ("timer", "minuteur reveil"),
        ("todo", "liste courses tache acheter"),
        ("vacuum", "aspirateur robot"),
        ("valve binary_sensor.moisture water_heater", "eau vanne arrosage"),
        (_WARMTH, "chaud froid temperature degre chauff thermostat chaleur"),
        (_WEATHER, "meteo temps pluie pleut vent soleil dehors neige"),
        (_WINDOWS, "fenetre"),
    ),
    "nl": (
        ("alarm_control_panel siren", "alarm"),
        (_AIR, "lucht benauwd co2"),
        (_BATTERY, "batterij accu"),
        ("binary_sensor.moisture valve", "lek lekkage"),
        ("calendar", "agenda afspraak kalender"),
        (_CLOSED, "open dicht gesloten"),
        (_COVERS, "rolluik gordijn jaloezie zonwering luxaflex"),
        (_DANGER, "rook brand vuur gas"),
        (_DOORS, "deur deuren poort"),
        ("fan", "ventilator"),
        (_GARAGE, "garagedeur garage"),
        ("lawn_mower", "grasmaaier maaier"),
        ("light", "licht lamp verlichting donker"),
        (_LOCKS, "slot vergrendeld afgesloten"),
        (_MOVES, "beweging iemand"),
        (_PEOPLE, "wie thuis iemand"),
        (_POWER, "stroom energie verbruik vermogen kwh"),
        ("sensor.humidity humidifier", "vochtig luchtvochtigheid droog"),
        ("sensor.illuminance", "helderheid"),
        (_SOUND, "muziek speelt televisie speaker luidspreker liedje volume radio"),
        ("switch switch.outlet", "stopcontact schakelaar"),
        ("timer", "timer wekker"),
        ("todo", "lijst boodschappen taak kopen"),
        ("vacuum", "stofzuig"),
        ("valve binary_sensor.moisture water_heater", "water ventiel klep"),
        (_WARMTH, "warm koud heet temperatuur graden verwarming thermostaat koel"),
        (_WEATHER, "weer regen regent wind zon buiten sneeuw"),
        (_WINDOWS, "raam ramen"),
    ),
}
# These languages write several words as one, the kind of thing last: Haustür, voordeur.
COMPOUNDING: Final = frozenset({"de", "nl"})


def kinds_by_word(language: str) -> dict[str, frozenset[str]]:
    """Return the kinds that each word's beginning stands for in a language, none for one that has no table."""
    found: dict[str, frozenset[str]] = {}
    for kinds, words in _WORDS.get(language, ()):
        for word in words.split():
            found[word] = found.get(word, frozenset()) | frozenset(kinds.split())
    return found


def rooms_in(tokens: Sequence[str], language: str) -> Iterator[tuple[int, bool]]:
    """Yield where in somebody's words a room stands that has no name, and whether it is the one that they are in."""
    rooms, these, some = (words.split() for words in _ROOMS.get(language, ("", "", "")))
    for place, (before, token) in enumerate(pairwise(tokens), start=1):
        if token in rooms and before in (*these, *some) and _OF.isdisjoint(tokens[place + 1 : place + 2]):
            yield place, before in these
