"""The hub that models come from, as far as the rest of the engine needs to know it."""

from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

from hearthd.errors import ApiError, ErrorCode
from hearthd.models.hub_file import Body, HubFile

if TYPE_CHECKING:
    from hearthd.models.hub_client import HubClient

_SECONDS = 10.0


class Hub:
    """A hub by its address; it is never asked while `offline` holds."""

    def __init__(self, url: str, token: str | None = None, *, offline: bool = False, seconds: float = _SECONDS) -> None:
        """Describe the hub; `seconds` is how long it may be silent."""
        self.offline = offline
        self._url = url
        self._token = token
        self._seconds = seconds

    def locate(self, repo: str, file: str, revision: str | None = None) -> HubFile:
        """Find a file at a revision, by default the newest; a repository that was renamed is followed.

        Raises:
            ApiError: `hub_offline`, `hub_unreachable`, `hub_auth`, `hub_not_found`, or `unsupported` if the hub gives
                no size and checksum of it.
        """
        return self._client.locate(repo, file, revision)

    def open(self, found: HubFile, start: int) -> AbstractContextManager[Body]:
        """Open a file from a byte on; a hub that cannot do so begins at the first one.

        Raises:
            ApiError: as `locate`, also while the body is read.
        """
        return self._client.open(found, start)

    @property
    def _client(self) -> HubClient:
        """Return what asks the hub."""
        if self.offline:
            raise ApiError(ErrorCode.HUB_OFFLINE, "The engine is set to be offline, so the hub was not asked.")
        return self._connected

    @cached_property
    def _connected(self) -> HubClient:
        """Return the client, whose library takes a while to import: most starts do without."""
        from hearthd.models.hub_client import HubClient  # noqa: PLC0415 - see above

        return HubClient(self._url, self._token, self._seconds)
