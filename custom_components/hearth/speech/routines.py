"""Put together the sentences by which people say that something is to happen again and again.

A sentence names a time of day, the sun or what a thing does, and a command, whose `rest` may stand behind the time.
"""


def sentences(day: str, time: str, sun: str, thing: str, *, then: str = "", please: str = "") -> tuple[str, ...]:
    """Return the sentences of a language: the moment first, last, or in the middle of the command."""
    moments = (rf"{day},? {time}", rf"{time},? {day}", rf"(?:{day},? )?{sun}", rf"{sun},? {day}")
    first = tuple(rf"{please}{moment},? (?:{then})?(?P<command>.+)" for moment in (*moments, thing))
    last = tuple(rf"{please}(?P<command>.+?),? {moment}" for moment in (*moments, thing))
    middle = tuple(rf"{please}(?P<command>\S+) {moment},? (?P<rest>.+)" for moment in moments)
    return first + last + middle
