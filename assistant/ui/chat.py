"""One conversation, step by step: what the page shows after each. Knows nothing of Gradio."""

from __future__ import annotations

import logging
import re
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.ui import render, render_overview
from assistant.ui.markup import NOTHING, Html, join
from assistant.ui.overview import overview_of
from assistant.ui.session import Exchange, Ledger, turns_of

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

Exchanges = tuple[Exchange, ...]
UPDATE_INTERVAL_S = 0.1
"""A growing answer is sent this often at most; each update carries the whole text so far."""
EXCHANGES_KEPT = 50
UNEXPECTED = "程序内部出错，这个问题没有得到答复。请重试；若总是如此，请把时间告诉管理员查日志。"

_HALF_MARK = re.compile(r"\s*\[\d{0,3}$")
_log = logging.getLogger(__name__)


class UnforeseenError(RuntimeError):
    """An error that is nobody's message, by type and place only."""


@dataclass(frozen=True, slots=True)
class View:
    """What changes on the page; None leaves a part as it is."""

    live: Html
    """The last exchange, under way or done."""
    exchanges: Exchanges
    past: Html | None = None
    """All exchanges before the last."""
    typed: str | None = None
    """New content of the input."""
    asking: str = ""
    """The question under way; empty when the page is ready for the next."""


def tokens_of(exchanges: Exchanges) -> list[str]:
    """What a browser keeps of a conversation: names of its answers, not a word of them."""
    return [done.token for done in exchanges if done.answer is not None]


class Chat:
    """Turns questions into views. One for all visitors: it holds no conversation itself."""

    def __init__(self, assistant: Assistant, ledger: Ledger) -> None:
        self._assistant = assistant
        self._ledger = ledger

    def start(self) -> View:
        """An empty conversation, with what the corpus holds at this moment."""
        overview = overview_of(self._assistant)
        return View(render_overview.empty_state(overview), (), past=NOTHING, typed="")

    def resume(self, tokens: object) -> View:
        """The conversation that a browser kept the tokens of, after its page was loaded again.

        What a browser sends is not trusted: only tokens of the ledger bring anything back, and
        nobody can guess one. Without any it is an empty conversation.
        """
        given = tokens if isinstance(tokens, list) else []
        names = [one for one in given[-EXCHANGES_KEPT:] if isinstance(one, str)]
        found = tuple(done for name in names if (done := self._ledger.find(name)))
        if not found:
            return replace(self.start(), typed=None)  # somebody may be typing already
        live = render.exchange(found[-1], self._assistant.documents)
        return View(live, found, past=self._past(found[:-1]))

    def respond(self, question: str, exchanges: Exchanges) -> Iterator[View]:
        """Views while the answer comes, the last one with the finished exchange.

        A blank question gives none. A question the assistant rejects goes back into the input.
        """
        question = question.strip()
        if not question:
            return
        yield View(
            render.pending(question, "find", (), "", len(exchanges)),
            exchanges,
            past=self._past(exchanges),
            typed="",
            asking=question,
        )
        try:
            yield from self._stream(question, exchanges)
        except AssistantError as error:
            yield self._settled(Exchange(question, problem=str(error)), exchanges, typed=question)
        except Exception as error:  # noqa: BLE001  the outermost frame of ours, and it re-raises
            # Gradio prints the traceback of what it is given; the message may repeat the question.
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {frame.name} ({frame.filename}:{frame.lineno})"
            raise UnforeseenError(where) from None

    def stop(self, asking: str, exchanges: Exchanges) -> View | None:
        """After the user stopped the question under way; None when there was none."""
        return self._settled(Exchange(asking, stopped=True), exchanges) if asking else None

    def fail(self, asking: str, exchanges: Exchanges) -> View | None:
        """After an error nobody foresaw; its traceback is already in the log."""
        if not asking:
            return None
        _log.error("a question in the web app failed unexpectedly")
        return self._settled(Exchange(asking, problem=UNEXPECTED), exchanges, typed=asking)

    def _stream(self, question: str, exchanges: Exchanges) -> Iterator[View]:
        stage, labels, sent_at = "find", tuple[str, ...](), 0.0
        for update in self._assistant.ask_stream(question, history=turns_of(exchanges)):
            if update.answer is not None:
                done = Exchange(question, update.answer)
                self._ledger.remember(done)
                yield self._settled(done, exchanges)
                return
            now = time.monotonic()
            if update.stage == stage and now - sent_at < UPDATE_INTERVAL_S:
                continue
            stage, labels, sent_at = update.stage, update.labels or labels, now
            text = _HALF_MARK.sub("", update.text)
            live = render.pending(question, stage, labels, text, len(exchanges))
            yield View(live, exchanges, asking=question)

    def _settled(self, done: Exchange, before: Exchanges, typed: str | None = None) -> View:
        live = render.exchange(done, self._assistant.documents)
        return View(live, (*before, done)[-EXCHANGES_KEPT:], typed=typed)

    def _past(self, exchanges: Exchanges) -> Html:
        return join(render.exchange(done, self._assistant.documents) for done in exchanges)
