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
    ],
)
def test_questions_are_understood(language: str, text: str, topic: Topic, days: tuple[int, int], when: str) -> None:
    """Each language has its words for what can be asked, and English ones are known everywhere."""
    question = read_question(language, text, SATURDAY)
    assert question is not None
    assert (question.topic, question.first.day, question.last.day, question.when) == (topic, *days, when)


@pytest.mark.parametrize(
    "text", ["turn on the lights", "tell me a story", "who is the plumber?", "remember that it rains", "", "???"]
)
def test_everything_else_is_left_to_others(text: str) -> None:
    """What is not surely such a question is none."""
    assert read_question("en", text, SATURDAY) is None
