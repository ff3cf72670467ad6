"""A model's words as they come, cut into whole statements in one form of mark and layout."""

from __future__ import annotations

import re

from assistant.answering.citations import CLOSERS, QUOTES, STOPS, quoted_spans, statement_pieces

MAX_STATEMENT_CHARS = 1500
"""What is longer and still has no end is no statement."""

_THINK, _THOUGHT = "<think>", "</think>"
_FOREIGN_MARK = re.compile(
    r"[\[【［]\^?\s*(?:依据|来源|引用|编号|条款)?\s*(\d{1,3}(?:\s*[,，、]\s*(?:依据)?\s*\d{1,3})*)"
    r"(?:†[^\]】］\n]{0,40})?\s*[\]】］](?!\s*\d*\s*号)"
)
_MARKS_INSIDE = re.compile(r"((?:\[\d{1,3}\])+)([。！？；]?[”’」』）)]+)")
_LIST_MARKER = re.compile(
    r"(\n)(?:[ \t]*(?:[-*•·]|[(（]?\d{1,2}(?:[.．](?=[^\d])|[、)）])))+[ \t]*(?=[^\n])"
)
_MARKUP = re.compile(r"\*\*|__|`+|(?<=\n)(?:[ \t]*(?:#{1,6}|>)[ \t]+)+")
_MAY_JOIN = "[【［<" + STOPS + CLOSERS
"""What starts with one of these may yet turn out to belong to the statement before."""


class StatementStream:
    """Feed it words; it returns the statements that nothing yet to come can change.

    Marks come out as [1][2], list items as `- `, markup and what is between <think> tags not at
    all. It works character by character, so how the words were cut on the way changes nothing.
    """

    def __init__(self) -> None:
        self.received_count = 0
        """Characters taken in, thoughts left out."""
        self.has_lost = False
        """Whether something was given up because it did not end."""
        self._pending = "\n"
        """Starts as a line does, so that a list item at the very beginning is seen as one."""
        self._is_thinking = False

    def feed(self, delta: str) -> list[str]:
        """Statements completed by `delta`, each with the white space around it."""
        return [piece for character in delta for piece in self._take(character)]

    def finish(self) -> list[str]:
        """What is held back, complete or not."""
        pending = self._pending.partition(_THINK)[0] if self._is_thinking else self._pending
        self._pending = ""
        return statement_pieces(_tidied(pending + "\n"))

    def _take(self, character: str) -> list[str]:
        self._pending += character
        if self._is_thinking:
            if character == ">" and self._pending.endswith(_THOUGHT):
                self._pending = self._pending.partition(_THINK)[0]
                self._is_thinking = False
            return []
        self.received_count += 1
        if character == ">" and self._pending.endswith(_THINK):
            self._is_thinking = True
            return []
        body = self._pending[1:]
        if "\n" not in body and not any(stop in body for stop in STOPS):
            return self._give_up()
        self._pending = _tidied(self._pending)
        pieces = _settled(self._pending)
        if not pieces:
            return self._give_up()
        rest = self._pending[sum(map(len, pieces)) :]
        # The line break stays, so that a list item that follows is seen as one.
        self._pending = "\n" + rest if pieces[-1].endswith("\n") else rest
        return pieces

    def _give_up(self) -> list[str]:
        if len(self._pending) > MAX_STATEMENT_CHARS:
            self._pending = ""
            self.has_lost = True
        return []


def _tidied(text: str) -> str:
    """One form of mark and of list item, no markup; doing it twice changes nothing."""
    text = _FOREIGN_MARK.sub(
        lambda found: "".join(f"[{int(n)}]" for n in re.findall(r"\d+", found[1])), text
    )
    text = _MARKS_INSIDE.sub(r"\2\1", text).replace("（）", "").replace("()", "")
    return _LIST_MARKER.sub(r"\1- ", _MARKUP.sub("", text.replace("\r", "")))


def _settled(pending: str) -> list[str]:
    """The leading statements that nothing yet to come can change.

    The last one is held back, and with it the one before where a mark may still follow; so is
    all from a quotation mark on that is not closed yet.
    """
    pieces = statement_pieces(pending)
    held = pieces.pop() if pieces else ""
    starts = held.lstrip(" \t\n*_`#>")
    if pieces and (not starts or starts[0] in _MAY_JOIN):
        pieces.pop()
    if not pieces:
        return []
    closed = quoted_spans(pending)
    opened = next(
        (
            index
            for index, character in enumerate(pending)
            if character in QUOTES and not any(start <= index < end for start, end in closed)
        ),
        len(pending),
    )
    settled: list[str] = []
    end = 0
    for piece in pieces:
        end += len(piece)
        if end > opened:
            break
        settled.append(piece)
    return settled
