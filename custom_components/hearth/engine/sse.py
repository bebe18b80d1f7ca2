"""Read server-sent events (WHATWG HTML, section 9.2) from a byte stream."""

from collections.abc import AsyncGenerator, AsyncIterable

from .errors import EngineProtocolError

MAX_EVENT_BYTES = 1024 * 1024


async def read_events(chunks: AsyncIterable[bytes]) -> AsyncGenerator[str]:
    """Yield the data of each event, comments and other fields left out.

    Raises EngineProtocolError for an event over 1 MiB or for bytes that are not UTF-8. An event that the stream's
    end cuts off is dropped, as the standard asks.
    """
    buffer = b""
    data: list[str] = []
    size = 0
    async for chunk in chunks:
        buffer += chunk
        *lines, buffer = buffer.split(b"\n")
        for raw in lines:
            line = _decode(raw.removesuffix(b"\r"))
            if line.startswith("data:"):
                data.append(line.removeprefix("data:").removeprefix(" "))
                size += len(raw)
            elif not line and data:
                yield "\n".join(data)
                data, size = [], 0
        if size + len(buffer) > MAX_EVENT_BYTES:
            raise EngineProtocolError("an event of the stream is too large")


def _decode(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as err:
        raise EngineProtocolError("the stream is not UTF-8") from err
