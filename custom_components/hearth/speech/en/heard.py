"""Know what people say to Hearth in English."""

from .routines import ROUTINES

WORDS = {
    "no": frozenset(
        {
            "cancel",
            "cancel that",
            "do not",
            "do not do it",
            "don't",
            "don't do it",
            "leave it",
            "nah",
            "never mind",
            "nevermind",
            "no",
            "no don't",
            "no thank you",
            "no thanks",
            "nope",
            "not now",
            "please don't",
        }
    ),
    "not_today": frozenset(
        {
            "not today",
            "not today please",
            "not today thanks",
        }
    ),
    "resume": frozenset(
        {
            "carry on",
            "continue",
            "go on",
            "hearth on",
            "hearth resume",
            "please resume",
            "resume",
            "resume hearth",
            "switch yourself on",
            "turn yourself on",
            "you can go on",
        }
    ),
    "stop": frozenset(
        {
            "be quiet",
            "halt",
            "hearth stop",
            "please stop",
            "quiet",
            "shut up",
            "stop",
            "stop everything",
            "stop hearth",
            "stop it",
            "stop now",
            "stop please",
            "stop that",
        }
    ),
    "yes": frozenset(
        {
            "confirm",
            "do it",
            "go ahead",
            "ok",
            "okay",
            "please",
            "please do",
            "sure",
            "yeah",
            "yep",
            "yes",
            "yes do it",
            "yes go ahead",
            "yes please",
            "yes please do",
            "yes you may",
            "yup",
        }
    ),
}

_WHEN = (
    r"(?:(?P<today>today)|(?P<yesterday>yesterday)|(?P<morning>this morning)|(?P<this_week>this week)"
    r"|(?P<last_week>last week)|so far)"
)

# What is said after these words is meant; the whole utterance must fit.
PATTERNS = {
    "about": (r".*\b(?:notes?|documents?|files?|e-?mails?)\b.*?\b(?:about|on) (?P<text>.+)",),
    "about_me": (
        r"what (?:do|did) you (?:know|remember|have noted)(?: about (?:me|us|this home))?",
        r"what have you (?:remembered|noted|learned)(?: about (?:me|us))?",
    ),
    "forget": (
        r"(?:please )?forget (?:that|about)[,:]? (?P<text>.+)",
        r"(?:please )?forget (?P<text>(?:what|the|my) .+)",
    ),
    "forget_last": (r"(?:please )?forget (?:that|about that)(?: again)?(?: please)?",),
    "help": (r"(?:hearth )?(?:help|help me|what can (?:you do|i (?:ask|say))(?: for me| to you| you)?)",),
    "incognito": (
        r"(?:this is |let's go |let's talk |let's keep this |go |keep this )?(?:off the record|incognito)(?: please)?",
        r"don't (?:keep|store|remember) (?:this|this conversation|what i say(?: now)?)",
    ),
    "not_today": (
        r"(?:please )?not today[,:]? (?P<text>.+)",
        r"(?P<text>.+?)[,:]? (?:but )?not today(?: please)?",
    ),
    "remember": (
        r"(?:please )?(?:remember|note|keep in mind|don't forget) that (?P<text>.+)",
        r"(?:please )?(?:remember|keep in mind|don't forget): ?(?P<text>.+)",
        (
            r"(?:please )?remember (?P<text>(?:the|my|our|i|we) .*"
            r"\b(?:is|are|has|have|likes?|lives?|needs?|works?|starts?|costs?)\b .+)"
        ),
    ),
    "resume_all": (r"(?:please )?resume (?:everything|all|all of (?:them|it)|all automations)(?:,? please)?",),
    "resume_one": (
        r"(?:please )?(?:resume|unpause|continue|carry on with|go on with) (?P<text>.+?)(?:,? please)?",
        r"(?:please )?let (?P<text>.+?) (?:go on|run)(?: again| after all)?(?:,? please)?",
    ),
    "room_off": (
        (
            r"(?:please )?(?:turn|switch) (?:off everything|everything off) "
            r"(?:in |on )(?:the |my |our )?(?P<area>.+?)(?: please)?"
        ),
        r"(?:please )?(?:turn|switch) everything (?:in |on )(?:the |my |our )?(?P<area>.+?) off(?: please)?",
    ),
    "routine": ROUTINES,
    "undo": (r"(?:please )?(?:undo (?:that|it|the last change)|take that back)(?: please)?",),
    "undo_anyway": (r"(?:please )?undo (?:it|that) anyway(?: please)?",),
    "what_was_done": (
        (
            r"what (?:did you do|have you done|did you change|have you changed|was done)(?: in the (?P<area>.+?))?"
            rf"(?: {_WHEN})?(?:,? and why)?"
        ),
        rf"what (?:did you do|have you done)(?: {_WHEN})?(?: in the (?P<area>.+?))?(?:,? and why)?",
        rf"why did you do (?:that|this)(?: {_WHEN})?",
    ),
}

# The states that people ask the time of, by how they are said; the keys are what Home Assistant's history knows.
STATES = {
    "open": r"open(?:ed)?",
    "closed": r"closed?|shut",
    "on": r"(?:turned |switched )?on",
    "off": r"(?:turned |switched )?off",
    "locked": r"lock(?:ed)?",
    "unlocked": r"unlock(?:ed)?",
    "home": r"(?:at )?home",
}
_STATE = rf"(?P<state>{'|'.join(STATES.values())})"
_DAY = r"(?:(?:on |at |for )?(?:the |this |next )?(?:\w+day|weekend|week)|today|tonight|tomorrow)\b"

# What a question is about, the more particular first, by words that may stand anywhere in it.
QUESTIONS = {
    "past": (
        rf"^when (?:did|have|has) (?:i|we|you|any(?:one|body)|some(?:one|body)) last {_STATE} (?P<name>.+)",
        rf"^when (?:was|were|did|has|have|is) (?P<name>.+?) last (?:been |come |came |got )?{_STATE}$",
        rf"^when was the last time (?:that )?(?P<name>.+?) (?:was|were|got|has been|came) {_STATE}$",
    ),
    "amount": (
        (
            r"\bhow (?:much|many) (?:energy|electricity|power|gas|water|kwh|kilowatt hours)\b"
            r".*?\b(?:did|has|have|does|was used by) (?P<name>.+?)(?: (?:uses?d?|consumed?|needs?|needed)\b.*)?$"
        ),
    ),
    "next_event": (
        r"\b(?P<next>next) (?:\w+ )?(?:appointment|event|meeting)\b",
        r"\bwhat(?:'s| is) (?P<next>next) (?:on|in)\b",
        r"^when(?:'s| is| are| do| does)\b.*\b(?:appointment|event|meeting|lesson|class|visit)\b",
    ),
    "calendar": (
        (
            r"\b(?:what|what's|which|any|anything|is there|do i have|do we have|have i got|when|show|tell|read)\b.*"
            r"\b(?:calendar|agenda|diary|schedule|scheduled|appointments?|events?|meetings?|planned|plans)\b"
        ),
        rf"\bwhat(?:'s| is) (?:on|up|going on|happening) {_DAY}",
        rf"\bwhat (?:am i|are we) doing {_DAY}",
        rf"\bwhat do (?:i|we) have (?:on )?{_DAY}",
        r"\b(?:am i|are we) (?:free|busy|doing anything)\b",
    ),
    "notifications": (
        r"\b(?:what|what's|any|did|have|are|is|show|read|tell)\b.*\bnotifications?\b",
        r"\b(?:did i miss|what did i miss|have i missed)\b(?: any(?:thing| messages?))?$",
        r"\b(?:new|unread) messages\b",
    ),
    "list": (
        r"\b(?:what|what's|is|anything|show|read|tell)\b.*\b(?:[\w' -]*list|to-?dos?|chores|tasks)\b",
        r"\bwhat (?:do|should|must) (?:i|we) (?:have to |need to )?(?:buy|do)\b",
        r"\bwhat(?:'s| is) (?:there |left )?to (?:do|buy)\b",
    ),
    "weather": (
        (
            r"\b(?:what|what's|how|will|is|does|do|should)\b.*"
            r"\b(?:weather|forecast|rain|raining|rainy|snow|snowing|storm|stormy|sunny|umbrella|freeze)\b"
        ),
        r"\b(?:will it be|is it going to be|how (?:warm|hot|cold) will)\b.*\b(?:warm|hot|cold|windy|cloudy|it be)\b",
        r"\bdo i need a (?:coat|jacket)\b",
    ),
}
