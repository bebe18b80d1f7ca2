"""Keep what each of a person's words was sent with, so that a conversation only ever grows.

An engine has read the earlier words together with what was told before them. Sent again without it, they would have to
be read anew, and with them every answer and every tool's result that has come since. What still holds is not said
twice. A conversation becomes shorter only when it does not fit the model any more, and then it says so.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from homeassistant.components.conversation import ChatLog, Content, ToolResultContent

from ..access import Principal
from ..context import Line, render
from ..hands import Scope
from .citations import Footnotes

# Home Assistant forgets a conversation after five minutes; so many of them are never under way at once.
_KEPT = 64
_UNKNOWN = "unknown"


@dataclass(slots=True)
class Conversation:
    """What was told with each of the words, by when they were said, and what of it holds.

    `principal` is whose it is; of one that is `incognito` nothing is kept; `footnotes` number the passages it was
    shown. What was created before `since` is told by `summary` alone; `shortened` are the results of tools, by the
    call's ID, of which only a summary is left. `tokens` is what the engine counted at the end of its last reply,
    `remembered` tells that the last thing done was to change memory, `told_to` is the turn that a model took last;
    `is_away` that something is kept from the model because it is not in this home.
    """

    principal: Principal
    incognito: bool = False
    footnotes: Footnotes = field(default_factory=Footnotes)
    said: dict[datetime, str] = field(default_factory=dict)
    since: datetime | None = None
    summary: str = ""
    shortened: dict[str, str] = field(default_factory=dict)
    tokens: int = 0
    remembered: bool = False
    told_to: Scope | None = None
    is_away: bool = False
    _holds: dict[str, str] = field(default_factory=dict)
    _lines: dict[str, Line] = field(default_factory=dict)

    @property
    def tainted(self) -> bool:
        """Tell whether text from outside is in it: what a model has read once stands in its history."""
        return self.told_to is not None and self.told_to.tainted

    def new_of_moment(self, moment: Mapping[str, str]) -> str:
        """Return what is new in a moment, and hold it for told."""
        gone = {kind: _UNKNOWN for kind in self._holds if kind not in moment}
        new = {kind: value for kind, value in {**moment, **gone}.items() if self._holds.get(kind) != value}
        self._holds |= new
        return ", ".join(f"{kind}: {value}" for kind, value in new.items())

    def new_of_situation(self, lines: Sequence[Line], *, whole: bool, beside: Sequence[Line] = ()) -> str:
        """Return the lines of a situation that are new, and hold them for told.

        Where the situation is there as a `whole`, what it no longer names is over. What the lines `beside` it say in
        the same words is not said twice.
        """
        new = [line for line in lines if self._lines.get(line.key) != line]
        self._lines |= {line.key: line for line in new}
        over = set(self._lines) - {line.key for line in lines} if whole else set()
        gone = [self._lines.pop(key) for key in sorted(over)]
        said = {line.text for line in beside}
        told = [render(unsaid)] if (unsaid := [line for line in new if line.text not in said]) else []
        return "\n".join([*told, *([f"No longer so:\n{render(gone)}"] if gone else [])])

    def told(self, content: Content) -> str:
        """Return what stands before somebody's words; before the first that are still there, what came earlier."""
        told = self.said.get(content.created, "")
        if self.since is None or content.created != self.since:
            return told
        return "\n".join(filter(None, [f"Earlier, in short: {self.summary}" if self.summary else "", told]))

    def number_passages(self, content: Content) -> None:
        """Write into a tool's result by which numbers its passages are cited, in the place of what these stand for."""
        passages = content.result.data.get("passages") if isinstance(content, ToolResultContent) else None
        for told in passages if isinstance(passages, list) else ():
            if isinstance(told, dict) and (number := self.footnotes.add_told(told)) is not None:
                told["source"] = f"[{number}]"
                for name in ("chunk", "owner"):
                    told.pop(name, None)

    def shown(self, contents: Sequence[Content]) -> Sequence[Content]:
        """Return what of a chat log is still told as it was said, the system prompt first."""
        since = self.since
        if since is None:
            return contents
        return [content for content in contents if content.role == "system" or content.created >= since]

    def let_go(self, since: datetime, summary: str) -> None:
        """Tell what was created before a moment by a summary from now on, and the whole situation again."""
        self.since = since
        self.said = {created: told for created, told in self.said.items() if created >= since}
        # The words that are left said only what was new to those before them.
        lasting = ", ".join(f"{kind}: {value}" for kind, value in self._holds.items() if kind != "time")
        self.summary = "\n".join(filter(None, [summary, f"({lasting})" if lasting else ""]))
        self._holds.clear()
        self._lines.clear()
        self.footnotes.clear_standing()
        self.tokens = 0


class Conversations:
    """The conversations that may go on, in memory only."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._conversations: OrderedDict[str, Conversation] = OrderedDict()

    def of(self, chat_log: ChatLog, principal: Principal) -> Conversation:
        """Return the conversation that a chat log holds.

        Whoever goes on with another's conversation is told nothing of it: theirs begins with their words.
        """
        conversation = self._conversations.get(chat_log.conversation_id)
        if conversation is None:
            conversation = Conversation(principal)
        elif conversation.principal != principal:
            conversation = Conversation(principal, conversation.incognito, since=newest_words(chat_log))
        self._conversations[chat_log.conversation_id] = conversation
        self._conversations.move_to_end(chat_log.conversation_id)
        if len(self._conversations) > _KEPT:
            self._conversations.popitem(last=False)
        return conversation


def newest_words(chat_log: ChatLog) -> datetime | None:
    """Return when the newest words of a chat log were said."""
    return next((content.created for content in reversed(chat_log.content) if content.role == "user"), None)
