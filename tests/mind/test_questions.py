"""Test the questions that are answered without a language model."""

from datetime import date

import pytest

from custom_components.hearth.mind.questions import Topic, read_question

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("language", "text", "topic", "days", "when"),
    [
        ("en", "What's on my calendar tomorrow?", Topic.CALENDAR, (22, 22), "tomorrow"),
        ("en", "what\N{RIGHT SINGLE QUOTATION MARK}s on my calendar today", Topic.CALENDAR, (21, 21), "today"),
        ("en", "Do I have any appointments on Tuesday?", Topic.CALENDAR, (24, 24), "on Tuesday"),
        ("en", "what is planned this week", Topic.CALENDAR, (21, 22), "this week"),
        ("en", "which events are there next week?", Topic.CALENDAR, (23, 29), "next week"),
        ("en", "is there anything on the agenda at the weekend", Topic.CALENDAR, (21, 22), "at the weekend"),
        ("en", "Did I get any notifications?", Topic.NOTIFICATIONS, (21, 21), "today"),
        ("en", "What is on my shopping list?", Topic.LIST, (21, 21), "today"),
        ("en", "Will it rain tomorrow?", Topic.WEATHER, (22, 22), "tomorrow"),
        ("de", "Was steht morgen im Kalender?", Topic.CALENDAR, (22, 22), "morgen"),
        ("de", "Habe ich am Dienstag Termine?", Topic.CALENDAR, (24, 24), "am Dienstag"),
        ("de", "Gibt es Benachrichtigungen?", Topic.NOTIFICATIONS, (21, 21), "heute"),
        ("de", "Was steht auf der Einkaufsliste?", Topic.LIST, (21, 21), "heute"),
        ("de", "Regnet es übermorgen?", Topic.WEATHER, (23, 23), "übermorgen"),
        ("es", "¿Qué tengo mañana en el calendario?", Topic.CALENDAR, (22, 22), "mañana"),
        ("es", "¿Hay notificaciones?", Topic.NOTIFICATIONS, (21, 21), "hoy"),
        ("es", "¿Qué hay en la lista de la compra?", Topic.LIST, (21, 21), "hoy"),
        ("es", "¿Va a llover pasado mañana?", Topic.WEATHER, (23, 23), "pasado mañana"),
        ("fr", "Qu'est-ce que j'ai à l'agenda demain ?", Topic.CALENDAR, (22, 22), "demain"),
        ("fr", "Ai-je des notifications ?", Topic.NOTIFICATIONS, (21, 21), "aujourd'hui"),
        ("fr", "Qu'y a-t-il sur la liste de courses ?", Topic.LIST, (21, 21), "aujourd'hui"),
        ("fr", "Va-t-il pleuvoir après-demain ?", Topic.WEATHER, (23, 23), "après-demain"),
        ("nl", "Wat staat er morgen in mijn agenda?", Topic.CALENDAR, (22, 22), "morgen"),
        ("nl", "Heb ik meldingen?", Topic.NOTIFICATIONS, (21, 21), "vandaag"),
        ("nl", "Wat staat er op het boodschappenlijstje?", Topic.LIST, (21, 21), "vandaag"),
        ("nl", "Gaat het overmorgen regenen?", Topic.WEATHER, (23, 23), "overmorgen"),
        ("ja", "what is on my calendar tomorrow", Topic.CALENDAR, (22, 22), "tomorrow"),
        ("en", "what's on tomorrow?", Topic.CALENDAR, (22, 22), "tomorrow"),
        ("en", "Am I free on Friday?", Topic.CALENDAR, (27, 27), "on Friday"),
        ("en", "what do we have on this weekend", Topic.CALENDAR, (21, 22), "at the weekend"),
        ("en", "did I miss anything?", Topic.NOTIFICATIONS, (21, 21), "today"),
        ("en", "what do I need to buy?", Topic.LIST, (21, 21), "today"),
        ("en", "how warm will it be on Monday?", Topic.WEATHER, (23, 23), "the day after tomorrow"),
        ("de", "Was steht morgen an?", Topic.CALENDAR, (22, 22), "morgen"),
        ("de", "Was ist am Freitag los?", Topic.CALENDAR, (27, 27), "am Freitag"),
        ("de", "Habe ich heute Abend Zeit?", Topic.CALENDAR, (21, 21), "heute"),
        ("de", "Guten Morgen, was steht heute im Kalender?", Topic.CALENDAR, (21, 21), "heute"),
        ("de", "Was habe ich verpasst?", Topic.NOTIFICATIONS, (21, 21), "heute"),
        ("de", "Was müssen wir noch einkaufen?", Topic.LIST, (21, 21), "heute"),
        ("de", "Wie warm wird es morgen?", Topic.WEATHER, (22, 22), "morgen"),
        ("es", "¿Qué tengo mañana?", Topic.CALENDAR, (22, 22), "mañana"),
        ("es", "que tengo manana en la agenda", Topic.CALENDAR, (22, 22), "mañana"),
        ("es", "¿Qué hay esta mañana en la agenda?", Topic.CALENDAR, (21, 21), "hoy"),
        ("es", "¿Estoy libre el viernes?", Topic.CALENDAR, (27, 27), "el viernes"),
        ("es", "¿Qué planes tenemos la semana que viene?", Topic.CALENDAR, (23, 29), "la semana que viene"),
        ("es", "¿Me he perdido algo?", Topic.NOTIFICATIONS, (21, 21), "hoy"),
        ("es", "¿Qué hace falta comprar?", Topic.LIST, (21, 21), "hoy"),
        ("es", "¿Qué tareas tengo pendientes?", Topic.LIST, (21, 21), "hoy"),
        ("es", "¿Hará frío mañana?", Topic.WEATHER, (22, 22), "mañana"),
        ("fr", "Qu'est-ce que j'ai demain ?", Topic.CALENDAR, (22, 22), "demain"),
        ("fr", "Suis-je libre vendredi ?", Topic.CALENDAR, (27, 27), "vendredi"),
        ("fr", "Qu'est-ce qui est prévu ce week-end ?", Topic.CALENDAR, (21, 22), "ce week-end"),
        ("fr", "Est-ce que j'ai raté quelque chose ?", Topic.NOTIFICATIONS, (21, 21), "aujourd'hui"),
        ("fr", "Que faut-il acheter ?", Topic.LIST, (21, 21), "aujourd'hui"),
        ("fr", "Est-ce qu'il fera froid demain ?", Topic.WEATHER, (22, 22), "demain"),
        ("nl", "Wat heb ik morgen?", Topic.CALENDAR, (22, 22), "morgen"),
        ("nl", "Ben ik vrijdag vrij?", Topic.CALENDAR, (27, 27), "vrijdag"),
        ("nl", "Wat staat er morgenochtend op het programma?", Topic.CALENDAR, (22, 22), "morgen"),
        ("nl", "Heb ik iets gemist?", Topic.NOTIFICATIONS, (21, 21), "vandaag"),
        ("nl", "Wat moeten we nog kopen?", Topic.LIST, (21, 21), "vandaag"),
        ("nl", "Hoe koud wordt het morgen?", Topic.WEATHER, (22, 22), "morgen"),
        ("en", "how much energy did the fridge use this week?", Topic.AMOUNT, (16, 21), "this week"),
        ("en", "how much water has the garden used on Monday", Topic.AMOUNT, (16, 16), "on 16 November"),
        ("de", "Wie viel Strom hat der Kühlschrank letzte Woche verbraucht?", Topic.AMOUNT, (9, 15), "letzte Woche"),
        ("es", "¿Cuánta energía ha consumido la nevera este mes?", Topic.AMOUNT, (1, 21), "este mes"),
        ("fr", "Combien d'énergie le frigo a-t-il consommée hier ?", Topic.AMOUNT, (20, 20), "hier"),
        ("nl", "Hoeveel stroom heeft de koelkast vandaag verbruikt?", Topic.AMOUNT, (21, 21), "vandaag"),
        ("en", "what's happening next week?", Topic.CALENDAR, (23, 29), "next week"),
        ("de", "Welche Termine habe ich nächste Woche?", Topic.CALENDAR, (23, 29), "nächste Woche"),
        ("en", "when is the dentist appointment on Tuesday?", Topic.CALENDAR, (24, 24), "on Tuesday"),
    ],
)
def test_questions_are_understood(language: str, text: str, topic: Topic, days: tuple[int, int], when: str) -> None:
    """Each language has its words for what can be asked, and English ones are known everywhere."""
    question = read_question(language, text, SATURDAY)
    assert question is not None
    assert (question.topic, question.first.day, question.last.day, question.when) == (topic, *days, when)


@pytest.mark.parametrize(
    ("language", "text", "name", "state"),
    [
        ("en", "When was the back door last opened?", "the back door", "open"),
        ("en", "when did I last lock the front door?", "the front door", "locked"),
        ("en", "when was the last time the TV was turned on", "the TV", "on"),
        ("en", "when was Sam last home?", "Sam", "home"),
        ("de", "Wann wurde die Hintertür zuletzt geöffnet?", "die Hintertür", "open"),
        ("de", "Wann hat zuletzt jemand die Haustür aufgeschlossen?", "die Haustür", "unlocked"),
        ("de", "Wann war Sam das letzte Mal zu Hause?", "Sam", "home"),
        ("es", "¿Cuándo se abrió por última vez la puerta trasera?", "la puerta trasera", "open"),
        ("es", "¿Cuándo fue la última vez que se cerró el garaje?", "el garaje", "closed"),
        ("es", "¿Cuándo estuvo Sam en casa por última vez?", "Sam", "home"),
        ("fr", "Quand la porte arrière a-t-elle été ouverte pour la dernière fois ?", "la porte arrière", "open"),
        ("fr", "Quand a-t-on fermé le garage pour la dernière fois ?", "le garage", "closed"),
        ("fr", "C'était quand la dernière fois que la télé était allumée ?", "la télé", "on"),
        ("nl", "Wanneer is de achterdeur voor het laatst geopend?", "de achterdeur", "open"),
        ("nl", "Wanneer heeft iemand voor het laatst de voordeur op slot gedaan?", "de voordeur", "locked"),
        ("nl", "Wanneer was Sam het laatst thuis?", "Sam", "home"),
    ],
)
def test_what_was_when_is_understood(language: str, text: str, name: str, state: str) -> None:
    """The thing is taken as it was said, its state as Home Assistant calls it."""
    question = read_question(language, text, SATURDAY)
    assert question is not None
    assert (question.topic, question.name, question.state) == (Topic.PAST, name, state)


@pytest.mark.parametrize(
    ("language", "text", "any_event"),
    [
        ("en", "When is my next appointment?", True),
        ("en", "what's next on my calendar?", True),
        ("en", "When is Sam's piano lesson?", False),
        ("de", "Wann ist mein nächster Termin?", True),
        ("de", "Wann ist der Elternabend?", False),
        ("es", "¿Cuándo es mi próxima cita?", True),
        ("es", "¿Cuándo tengo la cita con el dentista?", False),
        ("fr", "Quel est mon prochain rendez-vous ?", True),
        ("fr", "Quand est le cours de piano ?", False),
        ("nl", "Wat is mijn volgende afspraak?", True),
        ("nl", "Wanneer is de pianoles?", False),
    ],
)
def test_the_next_event_is_asked_for(language: str, text: str, any_event: bool) -> None:
    """Whichever comes next, or a particular one."""
    question = read_question(language, text, SATURDAY)
    assert question is not None
    assert (question.topic, question.first, question.any_event) == (Topic.NEXT_EVENT, SATURDAY, any_event)


@pytest.mark.parametrize(
    "text",
    [
        "turn on the lights",
        "tell me a story",
        "who is the plumber?",
        "remember that it rains",
        "what do my notes say about the shopping list?",
        "when was the boiler last serviced?",
        "what is today?",
        "",
        "???",
    ],
)
def test_everything_else_is_left_to_others(text: str) -> None:
    """What is not surely such a question is none."""
    assert read_question("en", text, SATURDAY) is None
