"""Speak to a running Home Assistant as its own frontend does: REST and websocket."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, ClientWebSocketResponse

_REPLY_SECONDS = 60.0
_POLL_SECONDS = 0.01
# A model on a slow machine may think for minutes; Home Assistant itself gives a pipeline 300 s.
_EVENT_SECONDS = 310.0


class HomeAssistantError(Exception):
    """Home Assistant refused a request; its words are the message."""


class Websocket:
    """One authenticated websocket; commands are sent one after another."""

    def __init__(self, connection: ClientWebSocketResponse) -> None:
        """Take over a connection that is past authentication."""
        self._connection = connection
        self._last_id = 0

    async def command(self, name: str, /, **fields: Any) -> Any:
        """Send a command and return its result.

        Raises:
            HomeAssistantError: the command failed.
            TimeoutError: no result came in a minute.
        """
        number = await self._send(name, fields)
        async with asyncio.timeout(_REPLY_SECONDS):
            while True:
                message = await self._connection.receive_json()
                if message["id"] == number and message["type"] == "result":
                    return _result(name, message)

    async def events(self, name: str, /, **fields: Any) -> AsyncIterator[dict[str, Any]]:
        """Send a command that subscribes and yield its events; the caller stops asking when it has seen enough."""
        number = await self._send(name, fields)
        while True:
            async with asyncio.timeout(_EVENT_SECONDS):
                message = await self._connection.receive_json()
            if message["id"] != number:
                continue
            if message["type"] == "result":
                _result(name, message)
            else:
                yield message["event"]

    async def _send(self, name: str, fields: Mapping[str, Any]) -> int:
        self._last_id += 1
        await self._connection.send_json({"id": self._last_id, "type": name, **fields})
        return self._last_id


def _result(name: str, message: Mapping[str, Any]) -> Any:
    if not message["success"]:
        raise HomeAssistantError(f"{name}: {message['error']['message']}")
    return message["result"]


class HomeApi:
    """The API of one Home Assistant, before and after somebody logs in."""

    def __init__(self, session: ClientSession, address: str) -> None:
        """Speak to the Home Assistant at `address`, such as http://127.0.0.1:8123."""
        self.address = address
        self._session = session
        self._headers: dict[str, str] = {}

    async def wait_until_up(self) -> None:
        """Wait until the HTTP server answers; the caller bounds the time."""
        while True:
            try:
                await self.get("/manifest.json")
            except ClientError:
                await asyncio.sleep(_POLL_SECONDS)
            else:
                return

    async def wait_until_started(self) -> None:
        """Wait until every integration has been set up; the caller bounds the time."""
        while True:
            if (await self.get("/api/config"))["state"] == "RUNNING":
                return
            await asyncio.sleep(_POLL_SECONDS)

    async def has_owner(self) -> bool:
        """Tell whether the first user has been made."""
        try:
            steps = await self.get("/api/onboarding")
        except HomeAssistantError:
            # The view goes away with the last step.
            return True
        return all(step["done"] for step in steps if step["step"] == "user")

    async def create_owner(self, name: str, username: str, password: str) -> None:
        """Make the first user and log in as them."""
        answer = await self.post(
            "/api/onboarding/users",
            {**self._client, "name": name, "username": username, "password": password, "language": "en"},
        )
        await self._exchange(answer["auth_code"])

    async def log_in(self, username: str, password: str) -> None:
        """Log in through the login flow."""
        flow = await self.post(
            "/auth/login_flow",
            {**self._client, "handler": ["homeassistant", None], "redirect_uri": self._client["client_id"]},
        )
        answer = await self.post(
            f"/auth/login_flow/{flow['flow_id']}", {**self._client, "username": username, "password": password}
        )
        if answer["type"] != "create_entry":
            raise HomeAssistantError(f"{username} could not log in: {answer.get('errors')}")
        await self._exchange(answer["result"])

    def use_token(self, token: str) -> None:
        """Send `token` with every request from now on."""
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str) -> Any:
        """Return the JSON at `path`; raises HomeAssistantError for any other status than 2xx."""
        return await self._request("GET", path)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send JSON and return the JSON answer; raises HomeAssistantError for any other status than 2xx."""
        return await self._request("POST", path, json=body)

    async def delete(self, path: str) -> Any:
        """Delete what is at `path`; raises HomeAssistantError for any other status than 2xx."""
        return await self._request("DELETE", path)

    async def call(self, action: str, **data: Any) -> None:
        """Perform an action such as light.turn_on."""
        await self.post(f"/api/services/{action.replace('.', '/')}", data)

    async def states(self) -> dict[str, dict[str, Any]]:
        """Return every state by entity id."""
        return {state["entity_id"]: state for state in await self.get("/api/states")}

    async def add_integration(self, domain: str, answers: Mapping[str, Any], entry_id: str | None = None) -> Any:
        """Go through a config flow of one form, or reconfigure `entry_id` by one; returns the flow's result."""
        start = {"handler": domain, "show_advanced_options": False}
        if entry_id is not None:
            start["entry_id"] = entry_id
        flow = await self.post("/api/config/config_entries/flow", start)
        result = await self.post(f"/api/config/config_entries/flow/{flow['flow_id']}", answers)
        finished = "abort" if entry_id is not None else "create_entry"
        if result["type"] != finished:
            raise HomeAssistantError(f"{domain} could not be set up: {result.get('errors') or result.get('reason')}")
        return result

    @asynccontextmanager
    async def websocket(self) -> AsyncIterator[Websocket]:
        """Open an authenticated websocket."""
        async with self._session.ws_connect(f"{self.address}/api/websocket", max_msg_size=0) as connection:
            async with asyncio.timeout(_REPLY_SECONDS):
                await connection.receive_json()
                token = self._headers["Authorization"].removeprefix("Bearer ")
                await connection.send_json({"type": "auth", "access_token": token})
                if (answer := await connection.receive_json())["type"] != "auth_ok":
                    raise HomeAssistantError(f"the websocket refused us: {answer.get('message')}")
            yield Websocket(connection)

    @property
    def _client(self) -> dict[str, str]:
        return {"client_id": f"{self.address}/"}

    async def _exchange(self, code: str) -> None:
        form = {**self._client, "grant_type": "authorization_code", "code": code}
        self.use_token((await self._request("POST", "/auth/token", data=form))["access_token"])

    async def _request(self, method: str, path: str, **body: Any) -> Any:
        async with self._session.request(
            method,
            f"{self.address}{path}",
            headers=self._headers,
            timeout=ClientTimeout(total=_REPLY_SECONDS),
            **body,
        ) as response:
            if not response.ok:
                raise HomeAssistantError(f"{path} answered {response.status}: {await response.text()}")
            return await response.json(content_type=None)
