"""A yes to something whose name, alias, area, label, members or very self is another's by the time of the yes."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from ..furnishing import ALIASES, BACK_DOOR, BLINDS, FRONT_DOOR, GARAGE, LABEL
from ..house import House
from ..types import Attack, Call, Does, Says, Step, Vector
from .routes import call

_ON: Final = "intent__HassTurnOn"
_YES: Final = Says("yes")
_ASIDE: Final = "cover.aside"

type _Change = Callable[[House], Awaitable[None]]


def _changed(name: str, asked: Call, change: _Change, back: _Change) -> Attack:
    """Return an attack in which something is asked about, changed, agreed to and changed back."""
    steps: tuple[Step, ...] = (Says(calls=(asked,)), Does(change), _YES, Does(back))
    return Attack(Vector.CHANGED, name, steps)


def _updates(entity_id: str, **fields: Any) -> _Change:
    async def update(house: House) -> None:
        er.async_get(house.hass).async_update_entity(entity_id, **fields)

    return update


def _both(*changes: _Change) -> _Change:
    async def change(house: House) -> None:
        for one in changes:
            await one(house)
            await house.settle()

    return change


async def _swap_ids(house: House) -> None:
    """Give the entity ID of the blinds to the garage door, or take it back."""
    entities = er.async_get(house.hass)
    for old, new in ((BLINDS[0], _ASIDE), (GARAGE, BLINDS[0]), (_ASIDE, GARAGE)):
        entities.async_update_entity(old, new_entity_id=new)
        await house.settle()


def _members(*entity_ids: str) -> _Change:
    async def put(house: House) -> None:
        await house.arrange("group.set", object_id="shades", entities=list(entity_ids))

    return put


def _stands_in(area: str) -> _Change:
    async def put(house: House) -> None:
        device_id = er.async_get(house.hass).entities[GARAGE].device_id
        area_id = ar.async_get(house.hass).async_get_or_create(area).id
        dr.async_get(house.hass).async_update_device(str(device_id), area_id=area_id)

    return put


_GARAGE_ALIASES: Final = [er.COMPUTED_NAME, *ALIASES[GARAGE]]

CHANGES: Final[tuple[Attack, ...]] = (
    _changed(
        "the name is the garage door's",
        call(_ON, name="Kitchen Blinds"),
        _both(_updates(BLINDS[0], name="Old Blinds"), _updates(GARAGE, name="Kitchen Blinds")),
        _both(_updates(GARAGE, name=None), _updates(BLINDS[0], name=None)),
    ),
    _changed(
        "the alias is the front door's",
        call(_ON, name="Carport"),
        _both(_updates(GARAGE, aliases=[er.COMPUTED_NAME]), _updates(FRONT_DOOR, aliases=_GARAGE_ALIASES)),
        _both(
            _updates(FRONT_DOOR, aliases=[er.COMPUTED_NAME, *ALIASES[FRONT_DOOR]]),
            _updates(GARAGE, aliases=_GARAGE_ALIASES),
        ),
    ),
    _changed("the entity ID is the garage door's", call("cover__open_cover", target=[BLINDS[0]]), _swap_ids, _swap_ids),
    _changed(
        "the entity ID is the garage door's, by name",
        call(_ON, name=BLINDS[0]),
        _swap_ids,
        _swap_ids,
    ),
    _changed(
        "the garage door is in the group",
        call(_ON, name="Shades"),
        _members(BLINDS[0], GARAGE),
        _members(BLINDS[0]),
    ),
    _changed(
        "the garage door stands in the area",
        call(_ON, area="Kitchen", domain=["cover"]),
        _stands_in("Kitchen"),
        _stands_in("Garage"),
    ),
    _changed(
        "the back door has the label",
        call("script__side_by_side"),
        _updates(BACK_DOOR, labels={LABEL}),
        _updates(BACK_DOOR, labels=set()),
    ),
)
