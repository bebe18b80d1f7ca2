"""Ask a Hugging Face hub for a model's file; nobody else here imports huggingface_hub.

Of that library we use what knows the hub: its addresses, tokens, redirects and errors. Its own download starts anew
after every interruption and hands bytes over in pieces of 10 MiB, so the bytes are read here, through its session.
https://huggingface.co/docs/hub/api
"""

from collections.abc import Generator
from contextlib import contextmanager
import os
import re

from hearthd import VERSION
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.hub_file import Body, HubFile

# The library reads it when it is imported; without it the library would tell the hub who runs it.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import get_hf_file_metadata, hf_hub_url
from huggingface_hub.utils import (
    build_hf_headers,
    get_session,
    hf_raise_for_status,
    httpx,
)

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PARTIAL_CONTENT = 206


class HubClient:
    """What asks the hub for a `Hub`, whose words on arguments and errors hold here too."""

    def __init__(self, url: str, token: str | None, seconds: float) -> None:
        """Describe the hub; without a token none is shown, whatever other programs left on this machine."""
        self._url = url
        self._token = token or False
        self._seconds = seconds

    def locate(self, repo: str, file: str, revision: str | None = None) -> HubFile:
        """Find a file."""
        with self._failures_told_apart():
            found = get_hf_file_metadata(
                self._address(repo, file, revision),
                token=self._token,
                timeout=self._seconds,
                library_name="hearthd",
                library_version=VERSION,
                endpoint=self._url,
            )
        # Git's own hash of a small file is shorter; whoever stores large ones names them by SHA-256.
        if found.commit_hash is None or not found.size or not _SHA256.fullmatch(found.etag or ""):
            raise ApiError(ErrorCode.UNSUPPORTED, "The hub tells no size and checksum of that file.")
        return HubFile(repo, file, found.commit_hash, found.size, str(found.etag))

    @contextmanager
    def open(self, found: HubFile, start: int) -> Generator[Body]:
        """Open a file from a byte on."""
        headers = build_hf_headers(token=self._token, library_name="hearthd", library_version=VERSION)
        # Compressed, a piece of a file would be no piece of it.
        headers |= {"Accept-Encoding": "identity", "Range": f"bytes={start}-"}
        with (
            self._failures_told_apart(),
            # The answer is mostly a redirect, to an address that is good for a while only: no use keeping it.
            get_session().stream(
                "GET", self._address(found.repo, found.file, found.revision), headers=headers, timeout=self._seconds
            ) as response,
        ):
            hf_raise_for_status(response)
            is_partial = response.status_code == _PARTIAL_CONTENT
            yield Body(start if is_partial else 0, response.iter_raw())

    def _address(self, repo: str, file: str, revision: str | None) -> str:
        """Return where a file is asked for."""
        return hf_hub_url(repo, file, revision=revision, endpoint=self._url)

    @contextmanager
    def _failures_told_apart(self) -> Generator[None]:
        """Say what went wrong between the hub and us; what it wrote itself may hold addresses and stays out."""
        try:
            yield
        except HfHubHTTPError as err:
            raise self._refusal(err) from err
        except OfflineModeIsEnabled as err:
            raise ApiError(ErrorCode.HUB_OFFLINE, "HF_HUB_OFFLINE forbids to ask the hub.") from err
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            message = f"The hub cannot be reached, or the connection broke off ({type(err).__name__})."
            raise ApiError(ErrorCode.HUB_UNREACHABLE, message) from err

    def _refusal(self, err: HfHubHTTPError) -> ApiError:
        """Explain an answer that is none."""
        match err.response.status_code:
            case 401 | 403 if isinstance(err, GatedRepoError):
                return ApiError(
                    ErrorCode.HUB_AUTH,
                    "The model's terms must be accepted on its page of the hub first; then set hub_token to a token of "
                    "the account that did.",
                )
            case 401 | 403 if not self._token:
                return ApiError(
                    ErrorCode.HUB_AUTH,
                    "There is no such repository on the hub, or it is private: then set hub_token to a token that may "
                    "read it.",
                )
            case 401 | 403:
                return ApiError(ErrorCode.HUB_AUTH, "The hub's token is wrong, or it may not read that repository.")
            case 404 if isinstance(err, RemoteEntryNotFoundError):
                return ApiError(
                    ErrorCode.HUB_NOT_FOUND, "The repository has no such file (any more); it may have been renamed."
                )
            case 404 if isinstance(err, RevisionNotFoundError):
                return ApiError(ErrorCode.HUB_NOT_FOUND, "The repository has no such revision (any more).")
            case 404:
                return ApiError(ErrorCode.HUB_NOT_FOUND, "The hub has no such repository.")
            case _:
                return ApiError(
                    ErrorCode.HUB_UNREACHABLE, f"The hub answered with an error (HTTP {err.response.status_code})."
                )
