"""Say it in English."""

TEXTS = {
    "abilities": (
        "I switch what is in this home and tell how it is. Ask me what is on, what is to be done, what the weather "
        "will be, what came, when something was last open or on, or what your notes say. I remember what you ask me "
        "to. For everything else I need a language model."
    ),
    "all_day": "{summary} all day",
    "amount": "{name}: {amount} {when}.",
    "and": "and",
    "approval_by_itself": "Only a person can say yes to that.",
    "approval_gone": "That has been settled already, or it is too late for it.",
    "approval_needs_person": (
        "I can't take that from a voice that I don't know. Please answer in the app, where you are signed in."
    ),
    "approval_needs_pin": "For that I need your PIN. What is it?",
    "approval_not_named": "Several approvals are open. Please say which one you mean.",
    "approval_not_yours": "That is not yours to answer.",
    "ask": "I need your yes before I {actions}. Shall I?",
    "ask_elsewhere": "I can't {actions} for a voice that I don't know, so I have asked on the phone.",
    "ask_on_phone": "May I {actions}?",
    "ask_pin": "I need your PIN before I {actions}. What is it?",
    "ask_private": "I need your approval for something that you asked for.",
    "at_time": "{summary} at {time}",
    "audit_unavailable": "I can't write down what I do at the moment, so I do nothing.",
    "automation": "{when}: {what}",
    "automation_installed": "“{name}” is set up. Say “undo that” and it is gone again.",
    "automation_removed": "“{name}” is gone.",
    "because_approved": "Somebody has said yes to exactly this.",
    "because_bad_arguments": "I can't tell what exactly is meant.",
    "because_bad_rule": (
        "I can't understand your rule “{rule}”, so I do nothing until it is mended in Hearth's options."
    ),
    "because_busy": "Something else is moving the same device at this moment.",
    "because_critical": "It lets people in, or may do harm, so a person whom I know must say yes.",
    "because_declined_before": "Somebody has said no to it already, and I don't ask again today.",
    "because_error": "Something went wrong while I was deciding, so I do nothing.",
    "because_halted": "I'm switched off at the moment.",
    "because_needs_person": (
        "Only a person whom I know may say yes to it, and I can't reach one. Ask me signed in, or set a PIN "
        "or a phone in Hearth's options."
    ),
    "because_nobody_to_ask": (
        "It needs somebody's yes, and nobody can be asked here. Ask me yourself, or choose a phone for "
        "approvals in Hearth's options."
    ),
    "because_not_permitted": "Hearth's options don't permit that action.",
    "because_not_to_be_seen": "It concerns something that is not to be seen from here.",
    "because_preset": "The caution that was chosen for this home rules it out.",
    "because_reads": "It only tells something and changes nothing.",
    "because_reversible": "It is easily put right again.",
    "because_rule": "Your rule “{rule}” says so.",
    "because_sensitive": "Somebody may mind, so I ask first.",
    "because_tainted": "Text from outside is in the conversation and may be behind it.",
    "because_too_often": "That was too much in a short time. Please wait a moment.",
    "because_unknown": "I can't see everything that it would do, so a person whom I know must say yes.",
    "because_unknown_tool": "There is no such tool.",
    "button_no": "Deny",
    "button_not_today": "Not today",
    "button_yes": "Approve",
    "chance_of_rain": "chance of rain {chance} %",
    "changed_nothing": "To be clear: I changed nothing.",
    "coming_weeks": "in the coming weeks",
    "compacted": "Our conversation has become long: of its beginning I keep a summary only.",
    "context_overflow": "This conversation has become too long for my language model. Please start a new one.",
    "day_after_tomorrow": "the day after tomorrow",
    "declined": "All right, I won't.",
    "degrees": "{low} to {high} degrees",
    "denied": "I won't do that. {why}",
    "done": "Done.",
    "draft": "The message says: “{text}”",
    "empty_reply": "I have no answer to that.",
    "engine_busy": "I'm busy with something else. Please ask me again in a moment.",
    "engine_failed": "My language model had a problem. Controlling the home still works.",
    "engine_protocol": "Hearth's app and its integration don't fit together. Please update both.",
    "engine_unreachable": "I can't reach my language model. Controlling the home still works.",
    "everything": "everything",
    "fact_by": "{text} {name} told me on {date}.",
    "fact_noted": "{text} I noted that on {date}.",
    "fact_yours": "{text} You told me on {date}.",
    "failed": "Sorry, that did not work.",
    "forgot": "Forgotten: {facts}",
    "halted": "I'm switched off, so I do nothing. Say “resume” or switch Hearth on again.",
    "invalid_api_key": "My language model no longer accepts my token. Please reconnect Hearth in the settings.",
    "know": "This is what I know: {facts}",
    "know_nothing": "I know nothing about you yet.",
    "known": "I knew that already.",
    "lapsed": "That took too long, so I let it be. Please ask me again.",
    "last_month": "last month",
    "last_time": "{name}: the last time was {when} at {time}.",
    "last_time_none": "{name}: not in the last {days} days.",
    "last_week": "last week",
    "let_go": "Our conversation has become long: I had to let its beginning go.",
    "list_empty": "There is nothing on {name}.",
    "list_items": "{name}: {items}.",
    "may_not_resume": "I was switched off. Only somebody who lives here can switch me on again.",
    "memory_ambiguous": "I remember several things of the kind. Please say it more exactly.",
    "memory_changed": "That has been changed since, so I leave it as it is.",
    "memory_empty": "I did not hear what I should remember.",
    "memory_full": "There is no room left for that. Please let me forget something first.",
    "memory_guest": "I remember nothing for guests.",
    "memory_too_long": "That is too long to be remembered. Please put it shorter.",
    "memory_unavailable": "I can't get at my memory at the moment.",
    "memory_unknown": "I remember nothing of the kind.",
    "model_failed": "My language model could not be loaded. Controlling the home still works.",
    "model_loading": "My language model is still loading. Please ask me again in a moment.",
    "model_missing": (
        "I found nothing in your home that fits. For everything else I need a language model, and none is installed "
        "yet. You can add one in the Hearth app."
    ),
    "next_week": "next week",
    "no_events": "There is nothing on the calendar {when}.",
    "no_forecast": "I have no forecast for that.",
    "no_notifications": "There are no notifications.",
    "not_allowed": "I may not tell you that here.",
    "not_kept": "We are off the record, so I keep nothing.",
    "nothing_found": "I found nothing in your home that fits.",
    "notifications": "Notifications: {items}.",
    "of_date": " of {date}",
    "off_record": "All right: from now on, nothing of this conversation is kept.",
    "on_date": "on {date}",
    "on_day": "{day}: {told}.",
    "on_weekday": "on {weekday}",
    "only_days": "only on {days}",
    "only_other": "only under certain conditions",
    "only_state": "only while {names} is “{state}”",
    "paused_today": "All right, not today. {name} goes on tomorrow.",
    "pin_locked": "There were too many wrong PINs. Please answer in the app, where you are signed in.",
    "quote": "“{title}”{of_date} says: {text}",
    "quote_calendar": "The calendar says of “{title}”{of_date}: {text}",
    "quote_conversations": "In an earlier conversation{of_date}: {text}",
    "quote_documents": "The document “{title}”{of_date} says: {text}",
    "quote_mail": "The e-mail “{title}”{of_date} says: {text}",
    "quote_notes": "Your note “{title}”{of_date} says: {text}",
    "quote_notifications": "A notification{of_date} says: {text}",
    "remembered": "I'll remember that.",
    "replaced": "I'll remember that. Until now it was: {facts}",
    "resumed": "I'm here again.",
    "rule_powerless": (
        "“{loser}” changes nothing: what is critical or unknown waits for the yes of a person who is known, "
        "whatever a rule says."
    ),
    "rules_agree": "Your rules do not contradict each other.",
    "rules_disagree": (
        "About {on}, “{winner}” says: {wins}; “{loser}” says: {loses}. “{winner}” wins, because the stricter "
        "rule always does."
    ),
    "ruling_allow": "do it without asking",
    "ruling_ask": "ask first",
    "ruling_ask_person": "ask a person who is known",
    "ruling_deny": "refuse",
    "sources": "Sources:",
    "started": "On its way.",
    "stopped": "Stopped.",
    "stopped_under_way": "Stopped. What {names} had been told already I can't take back.",
    "this_month": "this month",
    "this_week": "this week",
    "today": "today",
    "tomorrow": "tomorrow",
    "too_many_steps": "I stopped, because this took too many steps.",
    "unchanged": "I tried, but {names} did not react and is still {states}.",
    "undo_as_before": "Everything is as it was before.",
    "undo_changed": (
        "I left {name} alone, because it has been changed since. Say “undo it anyway” if you want it back all the same."
    ),
    "undo_changed_by": (
        "I left {name} alone, because {who} has changed it since. Say “undo it anyway” if you want it back "
        "all the same."
    ),
    "undo_failed": "I could not bring back {names}.",
    "undo_final": "Nothing takes this back: {action}.",
    "undo_heard": "The announcement has been heard already.",
    "undo_lost_automation": "I could not look at the automations.",
    "undo_lost_document": "I can't bring the document back.",
    "undo_lost_event": "I can't bring a calendar entry back.",
    "undo_lost_timer": "I can't bring the timer back.",
    "undo_lost_todo": "I could not look at the list.",
    "undo_nothing": "There is nothing of yours that I could undo.",
    "undo_redo": "I can't bring back what I was to undo. Please tell me once more.",
    "undo_sent": "What was sent can't be called back.",
    "undo_unseen": "It did something that I could not see, and can't undo.",
    "undone": "Undone.",
    "unreachable": "I tried, but {names} can't be reached.",
    "weather": "Weather",
    "weekend": "at the weekend",
    "when_other": "when this happens: {kind}",
    "when_state": "when {names} changes to “{state}”",
    "when_sunrise": "every day at sunrise",
    "when_sunset": "every day at sunset",
    "when_time": "every day at {time}",
    "would_allow": "I would do it at once: {actions}. {why}",
    "would_answer": "I would answer at once, and change nothing.",
    "would_ask": "I would ask first: {actions}. {why}",
    "would_deny": "I would refuse: {actions}. {why}",
    "would_leave_to_model": (
        "Home Assistant knows no such sentence. A language model would decide what to do, and whatever it "
        "tried would be judged just like this."
    ),
    "wrong_pin": "That is not the right PIN.",
    "yes_elsewhere": "The question would go to {names}.",
    "yes_pin": "A yes would need the PIN.",
    "yes_yes": "Whoever asks could say yes.",
    "yesterday": "yesterday",
    "do_action": "use {action} on {names}",
    "do_alarm_control_panel_alarm_arm_away": "arm {names}",
    "do_alarm_control_panel_alarm_arm_home": "arm {names}",
    "do_alarm_control_panel_alarm_arm_night": "arm {names}",
    "do_alarm_control_panel_alarm_disarm": "disarm {names}",
    "do_assist_satellite_announce": "make an announcement",
    "do_automation_turn_off": "switch off the automation {names}",
    "do_automation_turn_on": "switch on the automation {names}",
    "do_button_press": "press {names}",
    "do_calendar_create_event": "add an event to {names}",
    "do_climate_set_temperature": "set {names} to an unusual temperature",
    "do_cover_close_cover": "close {names}",
    "do_cover_open_cover": "open {names}",
    "do_cover_set_cover_position": "move {names}",
    "do_cover_stop_cover": "stop {names}",
    "do_hearth_forget": "forget “{names}”",
    "do_hearth_install_automation": "set up this automation: “{names}”",
    "do_hearth_not_today": "let {names} rest today",
    "do_hearth_remember": "remember “{names}”",
    "do_hearth_remove_automation": "remove the automation “{names}”",
    "do_hearth_replace": "remember “{names}” in the place of something else",
    "do_hearth_save_document": "save a document",
    "do_hearth_send_to_me": "send it to your own address",
    "do_hearth_undo": "undo that",
    "do_input_button_press": "press {names}",
    "do_opaque": "run {name}, of which I can't see everything",
    "do_apply": "change {names}",
    "do_lock_lock": "lock {names}",
    "do_lock_open": "open {names}",
    "do_lock_unlock": "unlock {names}",
    "do_notify_send_message": "send a message to {names}",
    "do_shopping_list_remove_item": "remove something from the shopping list",
    "do_todo_remove_item": "remove something from {names}",
    "do_turn_off": "turn off {names}",
    "do_turn_on": "turn on {names}",
    "do_update_install": "install the update {names}",
    "do_valve_close_valve": "close {names}",
    "do_valve_open_valve": "open {names}",
}

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
    "room_off": (
        (
            r"(?:please )?(?:turn|switch) (?:off everything|everything off) "
            r"(?:in |on )(?:the |my |our )?(?P<area>.+?)(?: please)?"
        ),
        r"(?:please )?(?:turn|switch) everything (?:in |on )(?:the |my |our )?(?P<area>.+?) off(?: please)?",
    ),
    "undo": (r"(?:please )?(?:undo (?:that|it|the last change)|take that back)(?: please)?",),
    "undo_anyway": (r"(?:please )?undo (?:it|that) anyway(?: please)?",),
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
DAYS = {
    "day_after_tomorrow": r"day after tomorrow",
    "tomorrow": r"tomorrow",
    "yesterday": r"yesterday",
    "last_week": r"last week",
    "next_week": r"next week",
    "last_month": r"last month",
    "this_month": r"this month",
    "this_week": r"this week|coming days|next days|week",
    "weekend": r"weekend",
    "today": r"today|tonight|this (?:morning|afternoon|evening)|now",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DATE = "{day} {month}"
DECIMAL = "."
