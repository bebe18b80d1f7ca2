"""Test how times are written and read in the home's own time zone."""

from datetime import date, datetime

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import probatio
import pytest

from custom_components.hearth.context.times import day_of, duration, end_of, span, start_of, when

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def at(text: str) -> datetime:
    """Return a time."""
    moment = dt_util.parse_datetime(text)
    assert moment is not None
    return moment


@pytest.mark.parametrize(
    ("zone", "moment", "written"),
    [
        (BERLIN, "2026-11-21T13:00:00Z", "14:00"),
        (NEW_YORK, "2026-11-21T13:00:00Z", "08:00"),
        (BERLIN, "2026-11-21T23:30:00Z", "tomorrow Sun 22 Nov 00:30"),
        (NEW_YORK, "2026-11-21T23:30:00Z", "18:30"),
        (BERLIN, "2026-11-20T22:59:00Z", "yesterday Fri 20 Nov 23:59"),
        (BERLIN, "2026-11-25T08:05:00Z", "Wed 25 Nov 09:05"),
        (BERLIN, "2028-02-01T08:05:00Z", "Tue 1 Feb 2028 09:05"),
        # The clocks were set back on 25 October and will be set forward on 28 March.
        (BERLIN, "2026-10-24T22:30:00Z", "Sun 25 Oct 00:30"),
        (BERLIN, "2027-03-28T01:30:00Z", "Sun 28 Mar 03:30"),
    ],
)
async def test_a_time_is_told_with_its_day(hass: HomeAssistant, zone: str, moment: str, written: str) -> None:
    """Today's times stand alone, others say which day they are of."""
    await hass.config.async_set_time_zone(zone)
    assert when(at(moment), at("2026-11-21T12:00:00Z")) == written


async def test_a_span_over_midnight_names_both_days(hass: HomeAssistant) -> None:
    """The second time is bare only where the day is the same."""
    await hass.config.async_set_time_zone(BERLIN)
    now = at("2026-11-21T12:00:00Z")
    assert span(at("2026-11-21T17:00:00Z"), at("2026-11-21T18:00:00Z"), now) == "18:00 to 19:00"
    assert span(at("2026-11-21T22:00:00Z"), at("2026-11-22T00:30:00Z"), now) == "23:00 to tomorrow Sun 22 Nov 01:30"
    assert day_of(date(2026, 11, 20), now) == "yesterday Fri 20 Nov"


@pytest.mark.parametrize(
    ("zone", "text", "start", "end"),
    [
        (BERLIN, "2026-11-21", "2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z"),
        # Days of 25 and of 23 hours.
        (BERLIN, "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        (NEW_YORK, "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        (BERLIN, "2026-11-21T18:30", "2026-11-21T17:30:00Z", "2026-11-21T17:30:00Z"),
        (BERLIN, "2026-11-21 18:30:00", "2026-11-21T17:30:00Z", "2026-11-21T17:30:00Z"),
        (NEW_YORK, "2026-11-21T18:30:00+01:00", "2026-11-21T17:30:00Z", "2026-11-21T17:30:00Z"),
    ],
)
async def test_a_day_is_read_from_its_first_to_its_last_moment(
    hass: HomeAssistant, zone: str, text: str, start: str, end: str
) -> None:
    """A date means the whole day where the home is; a time means itself."""
    await hass.config.async_set_time_zone(zone)
    assert (start_of(text), end_of(text)) == (at(start), at(end))


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "12:30", "2026-11-21T99:00", "9" * 400])
async def test_what_is_no_time_is_refused(hass: HomeAssistant, text: str) -> None:
    """The error says how to write one and does not repeat a long text."""
    with pytest.raises(probatio.Invalid, match="write 2026-11-21") as raised:
        start_of(text)
    assert len(str(raised.value)) < 150


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0 s"), (59.6, "1 min"), (3661, "1 h 1 min"), (90000, "1 d 1 h"), (172800, "2 d")]
)
def test_a_duration_is_told_in_two_units(seconds: float, told: str) -> None:
    """Nobody needs the seconds of a day."""
    assert duration(seconds) == told
