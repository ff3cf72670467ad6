"""One conversation as the page holds it, and the ledger that feedback refers to."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.schema import Answer, Turn

HISTORY_EXCHANGES = 6
"""A follow-up rarely reaches further back, and an LLM writer pays for each of them."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what became of it: an answer, a failure, or a stop by the user."""

    question: str
    answer: Answer | None = None
    problem: str | None = None
    """The sentence shown when there is no answer."""
    stopped: bool = False
    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    """Names the exchange in feedback without saying who asked."""


def turns_of(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The last answered exchanges, oldest first, as the assistant takes history."""
    answered = [exchange for exchange in exchanges if exchange.answer is not None]
    # What an enterprise told of itself counts to the end of the conversation.
    turns = [
        Turn("user", one.question)
        for one in answered[:-HISTORY_EXCHANGES]
        if one.answer is not None and one.answer.verdicts
    ]
    for exchange in answered[-HISTORY_EXCHANGES:]:
        turns.append(Turn("user", exchange.question))
        turns.append(Turn("assistant", exchange.answer.text if exchange.answer else ""))
    return tuple(turns)


class Ledger:
    """The last answered exchanges of everybody, so that a rating is stored with what it rates.

    Kept in memory only; the oldest goes first. Safe to use from several threads.
    """

    def __init__(self, capacity: int = 2000) -> None:
        self._capacity = capacity
        self._by_token: OrderedDict[str, Exchange] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, exchange: Exchange) -> None:
        with self._lock:
            self._by_token[exchange.token] = exchange
            while len(self._by_token) > self._capacity:
                self._by_token.popitem(last=False)

    def find(self, token: str) -> Exchange | None:
        with self._lock:
            return self._by_token.get(token)
