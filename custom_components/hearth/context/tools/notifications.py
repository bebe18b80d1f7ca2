"""Look up what people were notified of."""

from datetime import timedelta
from typing import Any, override

from homeassistant.helpers import config_validation as cv, llm
from homeassistant.util import dt as dt_util
import probatio

from ...access import Access, Source
from ..sources import Notice, Notifications
from ..times import iso, start_of
from ..viewer import Viewer
from .answers import answer, bounded
from .lookup_tool import LookupTool

_MOST_NOTICES = 20
_DEFAULT = timedelta(hours=24)


class NotificationList(LookupTool):
    """Tell what waits in Home Assistant to be read, and what was sent to phones and others."""

    name = "hearth__notifications"
    title = "Notifications"
    description = (
        "Notifications, newest first: what waits in Home Assistant to be read, what it sent to phones and others in "
        "the last two days, and what the phones themselves show. Without 'since', the last 24 hours."
    )
    parameters = probatio.Schema(
        {probatio.Optional("since", description="Day or time, as 2026-11-21 or 2026-11-21T18:30"): cv.string}
    )
    sources = frozenset({Source.NOTIFICATIONS})

    def __init__(self, access: Access, notifications: Notifications) -> None:
        """Take what remembers them."""
        super().__init__(access)
        self._notifications = notifications

    @override
    async def async_look_up(self, viewer: Viewer, args: dict[str, Any], llm_context: llm.LLMContext) -> llm.ToolResult:
        since = start_of(args["since"]) if args.get("since") else dt_util.now() - _DEFAULT
        notices = [notice for notice in self._notifications.notices(viewer) if notice.waits or notice.at >= since]
        shown, cut = bounded(notices, _MOST_NOTICES)
        return answer(notifications=[_told(notice) for notice in shown], not_shown=cut)


def _told(notice: Notice) -> dict[str, Any]:
    return {
        "title": notice.title,
        "message": notice.message,
        "time": iso(notice.at),
        "source": notice.origin,
        "waits_to_be_read": notice.waits,
    }
