"""Find what somebody has had done last, and take it back."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Self

from homeassistant.core import Context, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.util import dt as dt_util

from ...access import Kind as Asking, Principal
from ...const import DOMAIN
from ..audit import Audit, Kind as Row, rows
from ..automations import INSTALL, async_install, async_later
from ..effects import Effect, Resolution
from .items import UNDO, Changed, Kind, async_items, async_take_back, way_back
from .snapshot import Done
from .states import Kept, async_ways_back, changed_since, is_as

# "Undo that" means what has just happened; a call may be named for longer.
_LAST: Final = timedelta(days=1)
TOOL: Final = "hearth__undo"
_PAGE: Final = 200
_MOST_PAGES: Final = 50
_CALL_SECONDS: Final = 20

type TakeBackMemory = Callable[[Principal], Awaitable[object | None]]


@dataclass(frozen=True, slots=True)
class Who:
    """Whose acts may be undone: an account's own, or those that a device without one has heard."""

    user_id: str | None
    device_id: str | None
    principal: Principal

    @classmethod
    def of(cls, llm_context: llm.LLMContext, principal: Principal) -> Self:
        """Return whoever asks."""
        user_id = llm_context.context.user_id if llm_context.context else None
        return cls(user_id, llm_context.device_id, principal)

    def made(self, row: Mapping[str, Any]) -> bool:
        """Tell whether a call was theirs."""
        same_device = self.user_id is not None or row["device_id"] == self.device_id
        return row["user_id"] == self.user_id and same_device

    def may_undo(self, row: Mapping[str, Any]) -> bool:
        """Tell whether they may undo a call that they name; what nobody in particular did is the household's."""
        return self.made(row) or (row["user_id"] is None and self.principal.kind is not Asking.GUEST)


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What brings back what some calls changed, and what can't be brought back.

    `of` are the calls' rows; `changed` maps what somebody has changed since to how it is now, and is left alone;
    `final` names actions that nothing takes back, `lost` the items that can't come back.
    """

    of: tuple[int, ...] = ()
    effects: tuple[Effect, ...] = ()
    later: tuple[Effect, ...] = ()
    changed: Mapping[str, State] = field(default_factory=dict)
    final: tuple[str, ...] = ()
    lost: tuple[Changed, ...] = ()

    @property
    def resolution(self) -> Resolution:
        """Return what the guard judges."""
        is_private = any(effect.data.get("kind") == Kind.MEMORY for effect in self.effects)
        return Resolution(self.effects, later=self.later, private=is_private)


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What came of an undo: which entities and items it reached, and which did not let themselves be brought back."""

    restored: tuple[str, ...]
    removed: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(slots=True)
class Undo:
    """The way back from what was done; `memory` takes back the last thing that was remembered or forgotten."""

    hass: HomeAssistant
    audit: Audit
    memory: TakeBackMemory | None = None

    async def async_last(self, who: Who, *, anyway: bool = False) -> tuple[int, ...]:
        """Return the calls of the last turn in which somebody had something done.

        Whoever wants it undone `anyway` means what the last undo was of.
        """
        calls = await self._async_calls(dt_util.utcnow() - _LAST)
        own = [row for row in calls if who.made(row)]
        if anyway and own and own[0]["tool"] == TOOL:
            return tuple(own[0]["args"].get("calls") or ())
        return tuple(row["id"] for row in own if _turn(row) == _turn(own[0]))

    async def async_plan(self, who: Who, call_ids: Sequence[int] | None = None, *, anyway: bool = False) -> UndoPlan:
        """Return what would undo some calls, or those of the last turn; `anyway` also what was changed since.

        Raises HomeAssistantError for a call that is none of theirs, or not there.
        """
        ids = await self.async_last(who) if call_ids is None else tuple(call_ids)
        if not ids:
            return UndoPlan()
        calls = {row["id"]: row for row in await self._async_calls(None, min(ids))}
        if any(id_ not in calls or not who.may_undo(calls[id_]) for id_ in ids):
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="nothing_to_undo")
        done = [Done.from_dict(calls[id_]["undo"]) for id_ in sorted(ids)]
        return await self._async_plan(ids, done, anyway=anyway)

    async def async_carry_out(self, plan: UndoPlan, who: Who, context: Context | None) -> UndoReport:
        """Do what was planned, all entities at once; raises the first error where nothing of it worked."""
        by_target: dict[str, list[Effect]] = {}
        for effect in plan.effects:
            by_target.setdefault(effect.entity_id or effect.data["id"] or effect.data["kind"], []).append(effect)
        results = await asyncio.gather(
            *(self._async_do(effects, who, context) for effects in by_target.values()), return_exceptions=True
        )
        errors = {target: result for target, result in zip(by_target, results, strict=True) if result is not None}
        if errors and (len(errors) == len(by_target) or not _are_ours(errors.values())):
            raise next(error for error in errors.values())
        worked = {target: effects for target, effects in by_target.items() if target not in errors}
        undone = UndoReport(
            restored=tuple(target for target, effects in worked.items() if not _removes(effects[0])),
            removed=tuple(target for target, effects in worked.items() if _removes(effects[0])),
            failed=tuple(errors),
        )
        if plan.of:
            await self._async_note(plan, undone, who)
        return undone

    async def _async_plan(self, ids: tuple[int, ...], done: Sequence[Done], *, anyway: bool) -> UndoPlan:
        before: dict[str, Kept] = {}
        left: dict[str, Kept] = {}
        for one in done:
            before = {**one.before, **before}
            left.update(one.after)
        wanted = {id_: kept for id_, kept in before.items() if not is_as(self.hass, id_, kept)}
        since = {id_: state for id_ in wanted if id_ in left and (state := changed_since(self.hass, id_, left[id_]))}
        changed = {} if anyway else since
        effects = await async_ways_back(self.hass, {id_: kept for id_, kept in wanted.items() if id_ not in changed})
        lost: list[Changed] = []
        for item in (item for one in reversed(done) for item in reversed(one.items)):
            now = await async_items(self.hass, item.place)
            back = None if now is None else way_back(item, now)
            effects += back or []
            lost += [item] if back is None else []
        later = [effect for install in effects if install.service == INSTALL for effect in await self._later(install)]
        final = tuple(dict.fromkeys(action for one in done for action in one.final))
        return UndoPlan(ids, tuple(effects), tuple(later), changed, final, tuple(lost))

    async def _later(self, install: Effect) -> tuple[Effect, ...]:
        return (await async_later(self.hass, install.data["id"], install.data["config"])).effects

    async def _async_do(self, effects: Sequence[Effect], who: Who, context: Context | None) -> None:
        """Bring one entity or item back, step by step."""
        async with asyncio.timeout(_CALL_SECONDS):
            for effect in effects:
                if effect.domain != DOMAIN:
                    data = {**effect.data, **({"entity_id": effect.entity_id} if effect.entity_id else {})}
                    await self.hass.services.async_call(
                        effect.domain, effect.service, data, blocking=True, context=context
                    )
                elif effect.service == INSTALL:
                    await async_install(self.hass, effect.data["id"], effect.data["config"])
                elif effect.data["kind"] != Kind.MEMORY:
                    await async_take_back(self.hass, effect)
                elif self.memory is None or await self.memory(who.principal) is None:
                    raise HomeAssistantError(translation_domain=DOMAIN, translation_key="nothing_to_undo")

    async def _async_note(self, plan: UndoPlan, undone: UndoReport, who: Who) -> None:
        body = rows.undo(
            plan.of,
            user_id=who.user_id,
            device_id=who.device_id,
            restored=undone.restored,
            removed=undone.removed,
            impossible=[*plan.changed, *plan.final, *(item.place.kind for item in plan.lost), *undone.failed],
        )
        await self.audit.async_append(Row.UNDO, body)

    async def _async_calls(self, since: datetime | None, down_to: int = 0) -> list[dict[str, Any]]:
        """Return the calls that did something, newest first, each with what there is to undo under "undo"."""
        outcomes: dict[int, Any] = {}
        calls: list[dict[str, Any]] = []
        before: int | None = None
        for _ in range(_MOST_PAGES):
            page = await self.audit.async_rows(_PAGE, before)
            for row in page:
                if row["kind"] == Row.OUTCOME and row.get("undo"):
                    outcomes[row["call"]] = row["undo"]
                elif row["kind"] == Row.CALL and row["id"] in outcomes:
                    calls.append({**row, "undo": outcomes[row["id"]]})
            if not page or page[-1]["id"] <= down_to or (since and _moment(page[-1]) < since):
                break
            before = page[-1]["id"]
        return [row for row in calls if since is None or _moment(row) >= since]


def _turn(row: Mapping[str, Any]) -> Any:
    """Return what tells a turn from others; rows of old have none."""
    return row.get("turn") or row["id"]


def _moment(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"])


def _removes(effect: Effect) -> bool:
    return (effect.domain, effect.service) == (DOMAIN, UNDO)


def _are_ours(errors: Any) -> bool:
    return all(isinstance(error, HomeAssistantError | TimeoutError) for error in errors)
