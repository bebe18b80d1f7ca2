"""Prove in every test that whatever Hearth had Home Assistant do stands in the audit."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.components.conversation import ChatLog, ConversationInput, ConversationResult
from homeassistant.const import ATTR_ENTITY_ID, EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, llm
import pytest

from custom_components.hearth.hands import GuardedTool, Hands
from custom_components.hearth.hands.effects import Effect, Risk
from custom_components.hearth.hands.policy import classify
from custom_components.hearth.mind import Mind
from custom_components.hearth.mind.prefix import Agent

# These start a turn, or are ours for administrators; what the latter do through a tool is a call of its own.
_NO_ACTS = frozenset({"conversation", "assist_pipeline", "ai_task", "hearth"})
# The furnished home's devices are made of these: they follow in the same context.
_BEHIND = "input_boolean"
# A tool of ours whose row names the tool: to which of their own devices a person is sent something is no effect.
_SENDS, _SENT = "hearth.send_to_me", "notify"


@dataclass(slots=True)
class Proof:
    """What Hearth's turns had done in a test, and what of it stands in no row; `acts` counts the whole test run."""

    contexts: set[str] = field(default_factory=set)
    acts: list[tuple[str, Effect]] = field(default_factory=list)
    rows: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def missing(self) -> list[Effect]:
        """Return the acts without a row of the same turn that tells of them, or of something nobody can see into."""
        return [effect for context_id, effect in self.acts if not self._is_told(context_id, effect)]

    def _is_told(self, context_id: str, act: Effect) -> bool:
        of_turn = [row for row in self.rows if row.get("context_id") == context_id]
        effects = [effect for row in of_turn for effect in row.get("effects") or ()]
        if act.domain == _BEHIND and effects:
            return True
        return any(row.get("unknown") for row in of_turn) or any(
            effect["action"] == f"{act.domain}.{act.service}"
            or (effect["action"], act.domain) == (_SENDS, _SENT)
            or (act.entity_id is not None and effect["entity_id"] == act.entity_id)
            for effect in effects
        )

    def follow(self, hass: HomeAssistant, hands: Hands) -> None:
        """Note the acts in a home, and the rows of its audit."""

        @callback
        def act(event: Event[Any]) -> None:
            domain, service, data = (event.data[key] for key in ("domain", "service", "service_data"))
            if event.context.id not in self.contexts or domain in _NO_ACTS:
                return
            named = data.get(ATTR_ENTITY_ID)
            for entity_id in cv.ensure_list(named) if named else [None]:
                effect = Effect(domain, service, str(entity_id) if entity_id else None)
                if classify(hass, effect) is not Risk.READ:
                    self.acts.append((event.context.id, effect))

        hass.bus.async_listen(EVENT_CALL_SERVICE, act)
        hands.audit.add_listener(lambda _kind, _row, body: self.rows.append(body))


class _Run:
    """The figures of the whole test run."""

    acts = 0
    missing = 0


def figures() -> str:
    """Return what the test run came to."""
    return f"audit rows missing for acts in the whole test run: {_Run.missing} (of {_Run.acts} acts)"


@pytest.fixture(autouse=True)
def proof_of_rows(monkeypatch: pytest.MonkeyPatch) -> Generator[Proof]:
    """Fail a test in which Hearth had something done that its audit does not tell of."""
    proof = Proof()
    create, take_turn, call_tool = Hands.async_create, Mind.async_take_turn, GuardedTool.async_call

    async def created(hass: HomeAssistant, *args: Any, **kwargs: Any) -> Hands:
        hands = await create(hass, *args, **kwargs)
        proof.follow(hass, hands)
        return hands

    async def took_turn(
        mind: Mind, agent: Agent, user_input: ConversationInput, chat_log: ChatLog
    ) -> ConversationResult:
        proof.contexts.add(user_input.context.id)
        return await take_turn(mind, agent, user_input, chat_log)

    async def called_tool(
        tool: GuardedTool, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        if llm_context.context is not None:
            proof.contexts.add(llm_context.context.id)
        return await call_tool(tool, hass, tool_input, llm_context)

    monkeypatch.setattr(Hands, "async_create", created)
    monkeypatch.setattr(Mind, "async_take_turn", took_turn)
    monkeypatch.setattr(GuardedTool, "async_call", called_tool)
    yield proof
    _Run.acts += len(proof.acts)
    _Run.missing += len(proof.missing)
    assert proof.missing == [], f"no row tells of {proof.missing}"
