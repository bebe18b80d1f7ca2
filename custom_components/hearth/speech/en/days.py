"""Name days, weeks and months in English."""

TEXTS = {
    "coming_weeks": "in the coming weeks",
    "day_after_tomorrow": "the day after tomorrow",
    "last_month": "last month",
    "last_week": "last week",
    "next_week": "next week",
    "on_date": "on {date}",
    "on_weekday": "on {weekday}",
    "this_month": "this month",
    "this_week": "this week",
    "today": "today",
    "tomorrow": "tomorrow",
    "weekend": "at the weekend",
    "yesterday": "yesterday",
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
