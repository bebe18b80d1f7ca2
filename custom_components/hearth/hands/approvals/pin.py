"""Check a PIN: what makes a voice as good as a person who is known."""

import asyncio
from datetime import datetime, timedelta
from enum import StrEnum
import hashlib
import hmac
import re
import secrets
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ...const import DOMAIN

PIN: Final = re.compile(r"[0-9]{4,12}")

_STORE_VERSION: Final = 1
_SALT_BYTES: Final = 16
# 16 MiB and some ten ms on a small computer.
_COST: Final = {"n": 2**14, "r": 8, "p": 1}
_FREE_ATTEMPTS: Final = 3
_FIRST_LOCK: Final = timedelta(minutes=1)
_LONGEST_LOCK: Final = timedelta(days=1)


class PinVerdict(StrEnum):
    """What a PIN is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"
    UNSET = "unset"


class Pin:
    """The PIN of one home, of which only a salted hash is kept.

    Each wrong one beyond the third locks it for twice as long as the one before, up to a day.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without a PIN."""
        self._hass = hass
        self._store = Store[dict[str, Any]](hass, _STORE_VERSION, f"{DOMAIN}.pin", private=True, atomic_writes=True)
        self._lock = asyncio.Lock()
        self._salt = b""
        self._hash = b""
        self._failures = 0
        self._locked_until: datetime | None = None

    @classmethod
    async def async_create(cls, hass: HomeAssistant) -> Self:
        """Return the PIN as it was set, with the wrong attempts that it has seen."""
        pin = cls(hass)
        if stored := await pin._store.async_load():
            pin._salt, pin._hash = bytes.fromhex(stored["salt"]), bytes.fromhex(stored["hash"])
            pin._failures = stored["failures"]
            pin._locked_until = datetime.fromisoformat(stored["locked_until"]) if stored["locked_until"] else None
        return pin

    @property
    def is_set(self) -> bool:
        """Tell whether there is a PIN."""
        return bool(self._salt)

    async def async_set(self, pin: str | None) -> None:
        """Keep another PIN, or none; raises ValueError for one that is not 4 to 12 digits."""
        if pin is not None and not PIN.fullmatch(pin):
            raise ValueError("a PIN has 4 to 12 digits")
        async with self._lock:
            self._failures, self._locked_until = 0, None
            if pin is None:
                self._salt, self._hash = b"", b""
                await self._store.async_remove()
                return
            salt = secrets.token_bytes(_SALT_BYTES)
            self._hash = await self._async_hash(pin, salt)
            self._salt = salt
            await self._async_save()

    async def async_check(self, pin: str) -> PinVerdict:
        """Return what a PIN is worth; a wrong one counts, also across a restart and also when several come at once."""
        async with self._lock:
            if not self._salt:
                return PinVerdict.UNSET
            now = dt_util.utcnow()
            if self._locked_until is not None and now < self._locked_until:
                return PinVerdict.LOCKED
            # Counted before it is looked at: who pulls the plug has no further attempt.
            self._failures += 1
            if (locks := self._failures - _FREE_ATTEMPTS) >= 0:
                self._locked_until = now + min(_FIRST_LOCK * 2 ** min(locks, 16), _LONGEST_LOCK)
            await self._async_save()
            if not hmac.compare_digest(await self._async_hash(pin, self._salt), self._hash):
                return PinVerdict.WRONG
            self._failures, self._locked_until = 0, None
            await self._async_save()
            return PinVerdict.RIGHT

    async def _async_hash(self, pin: str, salt: bytes) -> bytes:
        return await self._hass.async_add_executor_job(lambda: hashlib.scrypt(pin.encode(), salt=salt, **_COST))

    async def _async_save(self) -> None:
        await self._store.async_save(
            {
                "salt": self._salt.hex(),
                "hash": self._hash.hex(),
                "failures": self._failures,
                "locked_until": self._locked_until.isoformat() if self._locked_until else None,
            }
        )
