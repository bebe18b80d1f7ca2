"""To-do list platform for the Hearth integration: what waits for a person's yes."""

from typing import Final, override

from homeassistant.components.todo import TodoItem, TodoItemStatus, TodoListEntity, TodoListEntityFeature
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import HearthConfigEntry
from .entity import HearthEntity
from .hands.approvals import Answer, Channel, Reply
from .hands.approvals.notify import question_of

PARALLEL_UPDATES = 0

# A setting's category keeps it from being exposed to assistants by itself: no model should read what it may ask.
_DESCRIPTION: Final = EntityDescription(
    key="approvals", translation_key="approvals", entity_category=EntityCategory.DIAGNOSTIC
)


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the list of open approvals."""
    async_add_entities([ApprovalsList(entry, _DESCRIPTION)])


class ApprovalsList(HearthEntity, TodoListEntity):
    """The open approvals: to complete one is a yes, to delete one is a no, from whoever may say so."""

    _attr_should_poll = False
    _attr_supported_features = TodoListEntityFeature.UPDATE_TODO_ITEM | TodoListEntityFeature.DELETE_TODO_ITEM

    def __init__(self, entry: HearthConfigEntry, description: EntityDescription) -> None:
        """Keep what asks and what knows who answers."""
        super().__init__(entry, description)
        self._hands = entry.runtime_data.hands
        self._access = entry.runtime_data.access

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what is asked and answered."""
        self._list()
        self.async_on_remove(self._hands.approvals.add_listener(self._follow))

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Take a completed item for a yes; raises AnswerRefusedError for somebody whose yes does not count."""
        if item.status == TodoItemStatus.COMPLETED and item.uid is not None:
            await self._async_answer(item.uid, Reply.YES)

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Take deleted items for a no; raises AnswerRefusedError for somebody whose no does not count."""
        for uid in uids:
            await self._async_answer(uid, Reply.NO)

    async def _async_answer(self, uid: str, reply: Reply) -> None:
        user_id = self._context.user_id if self._context else None
        who = await self._access.async_principal(user_id=user_id, device_id=None)
        await self._hands.consent.async_answer(Answer(uid, who, user_id, Channel.LIST, reply))

    @callback
    def _follow(self, *_step: object) -> None:
        self._list()
        self.async_write_ha_state()

    def _list(self) -> None:
        self._attr_todo_items = [
            TodoItem(
                summary=question_of(self.hass, approval),
                uid=approval.id,
                status=TodoItemStatus.NEEDS_ACTION,
                due=approval.expires,
            )
            for approval in self._hands.approvals.open
        ]
