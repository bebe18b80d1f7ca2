"""Tell in English what was done."""

TEXTS = {
    "deed": "At {time}, {who}: {action}{why}; {result}.",
    "deed_times": "{result}, {count} times, this was the last",
    "deed_you": "you",
    "deed_somebody": "somebody",
    "deed_why": ", because of the words “{words}”",
    "deed_nothing": "I did nothing {when}, and nobody asked me to.",
    "deed_nothing_there": "I did nothing {when} in {area}.",
    "deed_more": "These are the last ones of many.",
    "log_begun": "does: {action}",
    "log_asked": "asks: {action}",
    "log_denied": "refused: {action}",
    "log": "{action}: {result}",
    "deed_done": "done",
    "deed_started": "begun",
    "deed_unchanged": "it did not react",
    "deed_asked": "still waiting for a yes",
    "deed_denied": "refused. {reason}",
    "deed_declined": "the answer was no",
    "deed_lapsed": "nobody answered",
    "deed_failed": "it did not work",
}
