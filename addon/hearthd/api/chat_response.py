"""Send a reply in one piece, and cancel it when nobody listens any more."""

from typing import override

from fastapi.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from hearthd.api.chat_reply import whole_reply
from hearthd.api.event_response import ended_with_client
from hearthd.engine.generation_task import GenerationTask


class WholeChatResponse(Response):
    """A reply in one piece."""

    def __init__(self, generation: GenerationTask) -> None:
        """Answer with what the generation will have made."""
        super().__init__()
        self._generation = generation

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with ended_with_client(self._generation, receive):
            reply = await whole_reply(self._generation)
            if reply is not None:
                await JSONResponse(reply)(scope, receive, send)
