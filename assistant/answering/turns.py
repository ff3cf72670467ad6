"""The conversation so far, as JSON from outside has it."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.errors import UsageError
from assistant.schema import Turn

MAX_TURNS = 20
MAX_TURN_CHARS = 4000


def parse_history(value: object) -> tuple[Turn, ...]:
    """History from JSON: texts of the user, or {"role", "content"} messages, oldest first.

    Raises:
        UsageError: it is something else.
    """
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise UsageError("history 应是一个列表。")
    turns: list[Turn] = []
    for item in value[-MAX_TURNS:]:
        if isinstance(item, str):
            turns.append(Turn("user", item[:MAX_TURN_CHARS]))
            continue
        if not isinstance(item, Mapping):
            raise UsageError("history 的每一项应是文字，或含 role 和 content 的对象。")
        content = item.get("content", item.get("text", item.get("question")))
        role = item.get("role", "user")
        if not isinstance(content, str) or role not in ("user", "assistant"):
            raise UsageError("history 的每一项应含 role（user 或 assistant）和 content。")
        turns.append(Turn(role, content[:MAX_TURN_CHARS]))
        if isinstance(item.get("answer"), str):
            turns.append(Turn("assistant", item["answer"][:MAX_TURN_CHARS]))
    return tuple(turns)
