"""Know how people say in English when something is to happen again and again."""

from ..routines import sentences

_DAY = (
    r"(?:every|each|on) (?P<day>(?P<evening>evening|night|afternoon)"
    r"|(?P<workday>weekday|work ?day)|(?P<weekend>weekend)|morning|day|\w+day)s?"
)
_TIME = (
    r"at (?:(?P<noon>noon)|(?P<midnight>midnight)"
    r"|(?P<time>\d{1,2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?)(?: o'clock)?)"
)
_SUN = r"at (?:(?P<sunset>sunset|sundown|dusk)|(?P<sunrise>sunrise|dawn))"
_THING = (
    r"(?:when(?:ever)?|every time|as soon as) (?:the |my |our )?(?P<name>.+?) "
    r"(?:is |gets |has |goes |turns |switches |comes |becomes )?(?:turned |switched |been )?"
    r"(?:(?P<open>open(?:s|ed)?)|(?P<closed>close[sd]?|shut)|(?P<on>on)|(?P<off>off)"
    r"|(?P<unlocked>unlock(?:s|ed)?)|(?P<locked>lock(?:s|ed)?)"
    r"|(?P<home>home|arrives(?: home)?)|(?P<away>leaves(?: home)?))"
)

ROUTINES = sentences(_DAY, _TIME, _SUN, _THING, then="then ", please="(?:please )?")
