"""Read OpenAI's chat completion request into the engine's own, strictly."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator

from hearthd.api.wire import Extra, Wire, validated
from hearthd.engine.backend import ChatRequest, Priority, Sampling, Tool
from hearthd.errors import ApiError, ErrorCode


@dataclass(frozen=True, slots=True)
class ChatCall:
    """A chat completion as it was asked for: of whom, what, and whether as a stream."""

    model: str
    request: ChatRequest
    stream: bool


@dataclass(frozen=True, slots=True)
class WarmCall:
    """A prompt that is to be read before it is needed: by whom, under which name it is kept, and what it is."""

    model: str
    prefix: str
    request: ChatRequest


def parse_chat(body: Any) -> ChatCall:
    """Read the JSON body of a chat completion request.

    Raises:
        ApiError: `invalid_request` or `unsupported`, with the field at fault as `param`.
    """
    wire = validated(_Chat, body)
    return ChatCall(wire.model, wire.as_request(), bool(wire.stream))


def parse_warm(body: Any) -> WarmCall:
    """Read the JSON body of a request to warm a prefix.

    Raises:
        ApiError: `invalid_request` or `unsupported`, with the field at fault as `param`.
    """
    wire = validated(_Warm, body)
    request = ChatRequest(
        wire.read_messages(), wire.read_tools(), reasoning=wire.read_reasoning(), priority=Priority.BACKGROUND
    )
    return WarmCall(wire.model, wire.prefix, request)


def _plain_text(value: Any) -> Any:
    """Join content that is given in parts; we take text only."""
    if not isinstance(value, list):
        return value
    texts: list[str] = []
    for part in value:
        if not isinstance(part, dict) or not isinstance(part.get("type"), str):
            raise ValueError("a text or a list of text parts is expected")  # noqa: TRY004 - pydantic wants it so
        if part["type"] != "text":
            raise ApiError(ErrorCode.UNSUPPORTED, "Only text can be read in messages.", param="messages")
        if not isinstance(part.get("text"), str):
            raise ValueError("a text part needs a text")  # noqa: TRY004 - pydantic wants it so
        texts.append(part["text"])
    return "\n".join(texts)


type _Text = Annotated[str, BeforeValidator(_plain_text)]
type _Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]


class _CalledFunction(Wire):
    """What an earlier reply called; the arguments are the text that the model wrote, which need not be JSON."""

    name: str = Field(min_length=1)
    arguments: str = "{}"


class _ToolCall(Wire):
    """One tool call of an earlier reply."""

    id: str
    type: Literal["function"] = "function"
    function: _CalledFunction


class _SystemMessage(Wire):
    """What the system is told."""

    role: Literal["system", "developer"]
    content: _Text


class _UserMessage(Wire):
    """What the user said."""

    role: Literal["user"]
    content: _Text


class _AssistantMessage(Wire):
    """What the model said or called."""

    role: Literal["assistant"]
    content: Annotated[str | None, BeforeValidator(_plain_text)] = None
    reasoning_content: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _ToolMessage(Wire):
    """What a tool gave back."""

    role: Literal["tool"]
    content: _Text
    tool_call_id: str


type _Message = Annotated[_SystemMessage | _UserMessage | _AssistantMessage | _ToolMessage, Field(discriminator="role")]


class _Function(Wire):
    """A function that the model may call."""

    name: _Name
    description: str | None = None
    parameters: dict[str, Any] | None = None


class _Tool(Wire):
    """A tool; OpenAI knows other kinds, which run on its own servers."""

    type: Literal["function"]
    function: _Function


class _ChosenFunction(Wire):
    """The name in a tool choice."""

    name: str


class _NamedChoice(Wire):
    """The tool that must be called."""

    type: Literal["function"]
    function: _ChosenFunction


def _kind_of_choice(value: Any) -> str:
    """Tell the two forms of a tool choice apart, so that a mistake is explained for the one that was meant."""
    return "function" if isinstance(value, dict | _NamedChoice) else "word"


type _Choice = Annotated[
    Annotated[Literal["auto", "none", "required"], Tag("word")] | Annotated[_NamedChoice, Tag("function")],
    Discriminator(_kind_of_choice),
]


class _TextFormat(Wire):
    """A reply in free text."""

    type: Literal["text"]


class _ObjectFormat(Wire):
    """A reply that is any JSON object."""

    type: Literal["json_object"]


class _NamedSchema(Wire):
    """A JSON schema with a name that we have no use for."""

    schema_: dict[str, Any] = Field(alias="schema")


class _SchemaFormat(Wire):
    """A reply that satisfies a JSON schema."""

    type: Literal["json_schema"]
    json_schema: _NamedSchema


def _listed(value: Any) -> Any:
    """Make a list of one stop text."""
    return [value] if isinstance(value, str) else value


class _Prompt(Wire):
    """What a model is asked about, and which one."""

    model: str = Field(min_length=1)
    messages: list[_Message] = Field(min_length=1)
    tools: list[_Tool] | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high"] | None = None

    @field_validator("tools")
    @classmethod
    def _told_apart(cls, value: list[_Tool] | None) -> list[_Tool] | None:
        """Refuse two tools of one name."""
        names = [tool.function.name for tool in value or ()]
        if len(names) != len(set(names)):
            raise ApiError(ErrorCode.INVALID_REQUEST, "tools: two tools have the same name", param="tools")
        return value

    def read_messages(self) -> tuple[dict[str, Any], ...]:
        """Return the messages with what backends understand of them."""
        return tuple(_message(message) for message in self.messages)

    def read_tools(self) -> tuple[Tool, ...]:
        """Return the tools as backends know them."""
        return tuple(_tool(tool.function) for tool in self.tools or ())

    def read_reasoning(self) -> Literal["none", "low", "medium", "high"] | None:
        """Return how much to think; less than low is low."""
        return "low" if self.reasoning_effort == "minimal" else self.reasoning_effort


class _Warm(_Prompt):
    """A request to read the beginning of what is to come."""

    prefix: str = Field(min_length=1, max_length=64)


class _Chat(_Prompt):
    """A request to reply."""

    tool_choice: _Choice | None = None
    parallel_tool_calls: bool | None = None
    response_format: Annotated[_TextFormat | _ObjectFormat | _SchemaFormat, Field(discriminator="type")] | None = None
    stream: bool | None = None
    n: int | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    top_k: int | None = Field(default=None, ge=0)
    min_p: float | None = Field(default=None, ge=0, le=1)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    max_tokens: int | None = Field(default=None, ge=1, lt=2**31)
    max_completion_tokens: int | None = Field(default=None, ge=1, lt=2**31)
    stop: Annotated[list[Annotated[str, Field(min_length=1)]] | None, BeforeValidator(_listed)] = Field(
        default=None, max_length=16
    )
    hearth: Extra | None = None

    @field_validator("n")
    @classmethod
    def _only_one(cls, value: int | None) -> int | None:
        """Refuse to write several replies."""
        if value not in {None, 1}:
            raise ApiError(ErrorCode.UNSUPPORTED, "Only one reply can be asked for.", param="n")
        return value

    @model_validator(mode="after")
    def _consistent_tools(self) -> _Chat:
        """Check that the tool which is to be called is there."""
        names = [tool.function.name for tool in self.tools or ()]
        choice = self.tool_choice
        is_unknown = isinstance(choice, _NamedChoice) and choice.function.name not in names
        if is_unknown or (choice == "required" and not names):
            raise ApiError(
                ErrorCode.INVALID_REQUEST, "tool_choice: there is no such tool in tools", param="tool_choice"
            )
        return self

    def as_request(self) -> ChatRequest:
        """Return what the request means to a backend."""
        extra = self.hearth or Extra()
        choice = self.tool_choice or "auto"
        return ChatRequest(
            messages=self.read_messages(),
            tools=self.read_tools(),
            tool_choice=("named", choice.function.name) if isinstance(choice, _NamedChoice) else choice,
            parallel_tool_calls=self.parallel_tool_calls is not False,
            schema=_schema(self.response_format),
            reasoning=self.read_reasoning(),
            sampling=Sampling(
                temperature=self.temperature,
                top_p=self.top_p,
                top_k=self.top_k,
                min_p=self.min_p,
                seed=self.seed,
                max_tokens=self.max_completion_tokens or self.max_tokens,
                stop=tuple(self.stop or ()),
            ),
            priority=extra.urgency,
            session=extra.session,
            deadline_s=extra.deadline_s,
        )


def _message(message: _Message) -> dict[str, Any]:
    """Return one message with what backends understand of it."""
    plain = message.model_dump(exclude_none=True)
    if plain["role"] == "developer":
        plain["role"] = "system"
    if plain["role"] == "assistant":
        plain.setdefault("content", None)
    return plain


def _tool(function: _Function) -> Tool:
    """Return one tool; without parameters it takes none."""
    parameters = function.parameters or {"type": "object", "properties": {}}
    return Tool(function.name, function.description or "", parameters)


def _schema(wanted: _TextFormat | _ObjectFormat | _SchemaFormat | None) -> dict[str, Any] | None:
    """Return the schema that the reply must satisfy."""
    match wanted:
        case _SchemaFormat():
            return wanted.json_schema.schema_
        case _ObjectFormat():
            return {}
        case _TextFormat() | None:
            return None
