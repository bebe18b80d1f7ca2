"""Let models write documents into the vault, and send them to whoever asks."""

import asyncio
from pathlib import Path
from typing import Any, Final, override

from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.file import write_utf8_file_atomic
import probatio

from ..access import Asker, HearthTool, Source
from ..const import DOMAIN
from .citations import Citations, list_of_sources
from .turn_context import TurnContext

_MOST_WRITTEN: Final = 100_000
_SEND_SECONDS: Final = 20
_SCHEMA = probatio.Schema(
    {
        probatio.Required("title"): probatio.All(str, probatio.Length(min=1, max=120)),
        probatio.Required("text"): probatio.All(str, probatio.Length(min=1, max=_MOST_WRITTEN)),
    }
)


class SaveDocumentTool(HearthTool):
    """Write a document into the vault."""

    name = "hearth__save_document"
    description = (
        "Save a new document in Markdown for the user, as a report or a summary. Cite passages by their numbers, like "
        "[1]; what they are from is written below by itself."
    )
    parameters = _SCHEMA
    sources = frozenset({Source.DOCUMENTS})
    action = "save_document"

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Write it; raises HomeAssistantError when the disk fails."""
        owner = asker.principal.owner
        if owner is None or asker.incognito:
            return llm.ToolResult(data={"error": "Nothing is kept for whoever asks."}, error=True)
        text = _with_sources(llm_context.language or hass.config.language, args["text"], llm_context)
        now = dt_util.now()
        header = f"---\nowner: {owner}\ndate: {now:%Y-%m-%d}\n---\n\n# {args['title']}\n\n"
        folder = Path(hass.config.path(DOMAIN, "vault", "documents"))
        path = await hass.async_add_executor_job(
            _write, folder, f"{now:%Y-%m-%d} {slugify(args['title'])}", header + text
        )
        return llm.ToolResult(data={"saved": str(path.relative_to(hass.config.config_dir))})


class SendToMeTool(HearthTool):
    """Send something to an address that belongs to whoever asks, and to no other."""

    name = "hearth__send_to_me"
    description = "Send a text to the user's own address (mail or phone). Nobody else can be written to with this."
    parameters = _SCHEMA
    sources = frozenset({Source.NOTIFICATIONS, Source.MAIL})
    action = "send_to_me"

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Send it; raises HomeAssistantError when that fails."""
        address = self._address(hass, asker)
        if address is None:
            error = (
                "No address is known to be the user's own; the home's owner can say whose it is in Hearth's options."
            )
            return llm.ToolResult(data={"error": error}, error=True)
        text = _with_sources(llm_context.language or hass.config.language, args["text"], llm_context)
        data = {"entity_id": address, "title": args["title"], "message": text}
        async with asyncio.timeout(_SEND_SECONDS):
            await hass.services.async_call(
                NOTIFY_DOMAIN, "send_message", data, blocking=True, context=llm_context.context
            )
        return llm.ToolResult(data={"sent_to": address})

    def _address(self, hass: HomeAssistant, asker: Asker) -> str | None:
        """Return the first address that was given to the person who asks, mail before phones."""
        if asker.principal.person_id is None:
            return None
        own = [
            entity_id
            for entity_id in hass.states.async_entity_ids(NOTIFY_DOMAIN)
            if self.access.owner_of(entity_id) == asker.principal.owner
        ]
        return min(own, key=lambda entity_id: ("mobile_app" in entity_id, entity_id), default=None)


def _with_sources(language: str, text: str, llm_context: llm.LLMContext) -> str:
    """Return a text whose citations are right, and below it what they cite."""
    find = llm_context.find if isinstance(llm_context, TurnContext) else lambda _number: None
    citations = Citations(find, shown=True)
    checked = citations.feed(text) + citations.end()
    return "\n\n".join(filter(None, [checked.strip(), list_of_sources(language, citations.notes)])) + "\n"


def _write(folder: Path, name: str, text: str) -> Path:
    """Write a document under a name that is still free; raises HomeAssistantError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = next(path for number in range(1, 1000) if not (path := folder / _numbered(name, number)).exists())
        write_utf8_file_atomic(str(path), text)
    except (OSError, StopIteration) as err:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="document_not_saved") from err
    return path


def _numbered(name: str, number: int) -> str:
    return f"{name}.md" if number == 1 else f"{name} ({number}).md"
