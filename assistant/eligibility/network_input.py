"""A description as the network of `learned` sees it: by character what stands there, what the lists
of facts know of it and what the patterns made of it; and the mentions that may state a fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assistant.eligibility.mentions import folded
from assistant.eligibility.parts import Quantity
from assistant.eligibility.readings import DefinitionLike, ReadFact
from assistant.eligibility.scope import Sentence
from assistant.eligibility.sentence_figures import quantities_in, years_in

KINDS = ("", "money", "percent", "person", "area", "count", "set", "score", "rank", "year",
         "month", "day", "bare", "foreign", "place")  # fmt: skip
"""Of mentions; the place of a kind is its number."""
PLACE = "place"
PAIRS = 1 << 14
"""Pairs of neighbouring characters share so many rows, by a hash."""
MOST_WORDS = 4
"""So many words of the lists, and facts of the patterns, may lie over one character."""
MOST_SEEN = 600
"""What stands beyond is read by the patterns alone."""
UNKNOWN = 1
_ANY_PLACE = "\ue001"
_DIGITS = frozenset("0123456789一二三四五六七八九十百千两零.,")

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure or a place that may state a fact."""

    start: int
    end: int
    kind: str
    quantity: Quantity | None = None
    place: str | None = None


def candidates_in(
    text: str, sentences: Sequence[Sentence], places: Iterable[tuple[int, int, str]], day: date
) -> list[Candidate]:
    """In order; `places`: where a place is named, and which."""
    figures = (
        Candidate(one.start, one.end, one.kind, one)
        for sentence in sentences
        for one in quantities_in(text, sentence, years_in(sentence, day))
    )
    named = (Candidate(start, end, PLACE, place=place) for start, end, place in places)
    return sorted((*figures, *named), key=lambda one: (one.start, one.end, one.kind))


@dataclass(frozen=True, slots=True)
class Input:
    """int64 [n] each, and [n, MOST_WORDS]; 0 is nothing."""

    chars: Ids
    pairs: Ids
    kinds: Ids
    named: Ids
    read: Ids


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Numbers of what the network knows, from 1 (characters from 2: 1 is any other)."""

    chars: Mapping[str, int]
    named: Mapping[str, int]
    read: Mapping[str, int]

    def input_of(
        self, text: str, candidates: Iterable[Candidate], named: Named, found: Iterable[ReadFact]
    ) -> Input:
        """`found`: what the patterns read; the first `MOST_SEEN` characters count."""
        count = min(len(text), MOST_SEEN)
        kinds = np.zeros(count, dtype=np.int64)
        shown = list(text[:count])
        for one in candidates:
            kinds[one.start : one.end] = KINDS.index(one.kind)
            for at in range(one.start, min(one.end, count)):
                if one.kind == PLACE or shown[at] in _DIGITS:
                    shown[at] = _ANY_PLACE if one.kind == PLACE else "0"
        words = [(begin, end, self.named.get(key)) for begin, end, key in named.find(text[:count])]
        facts = [
            (one.start, one.end, self.read.get(key)) for one in found for key in keys_of(one)
        ]
        pairs = [_pair(one, other) for one, other in zip(["^", *shown], shown, strict=False)]
        return Input(
            np.array([self.chars.get(one, UNKNOWN) for one in shown], dtype=np.int64),
            np.array(pairs, dtype=np.int64),
            kinds,
            _over(count, words),
            _over(count, facts),
        )


def keys_of(fact: ReadFact) -> list[str]:
    """A fact that patterns read, as the network knows it: what it is, and which yes, no or option
    it says.
    """
    if isinstance(fact.value, bool):
        values = [str(fact.value).lower()]
    elif isinstance(fact.value, tuple):
        values = list(fact.value)
    else:
        values = [fact.value] if isinstance(fact.value, str) else []
    return [fact.fact, *(f"{fact.fact}={value}" for value in values)]


class Named:
    """The words of the lists of facts: names, synonyms, signs, options; all that stand in a text,
    one within the other too.
    """

    def __init__(self, definitions: Iterable[DefinitionLike]) -> None:
        keys: dict[str, set[str]] = {}
        for one in definitions:
            for word in (one.name, *one.synonyms, *one.signs, *one.denied_by):
                keys.setdefault(folded(word), set()).add(one.fact)
            for option in one.options if one.fact not in ("region", "tax_place") else ():
                for word in (option.name, *option.synonyms):
                    keys.setdefault(folded(word), set()).add(f"{one.fact}={option.value}")
        self._keys = {word: sorted(of) for word, of in keys.items() if len(word) > 1}
        self._sizes: dict[str, list[int]] = {}
        for word in sorted(self._keys, key=len, reverse=True):
            sizes = self._sizes.setdefault(word[:2], [])
            if len(word) not in sizes:
                sizes.append(len(word))

    @property
    def keys(self) -> list[str]:
        return sorted({one for of in self._keys.values() for one in of})

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and key, the longest word first at each place."""
        return [
            (at, at + size, key)
            for at in range(len(text) - 1)
            for size in self._sizes.get(text[at : at + 2], ())
            for key in self._keys.get(text[at : at + size], ())[:MOST_WORDS]
        ]


def _pair(one: str, other: str) -> int:
    return (ord(one) * 1_000_003 + ord(other) * 7919) % PAIRS


def _over(count: int, spans: Iterable[tuple[int, int, int | None]]) -> Ids:
    """[count, MOST_WORDS]: the numbers that lie over each character, the first ones."""
    made = np.zeros((count, MOST_WORDS), dtype=np.int64)
    filled = np.zeros(count, dtype=np.int64)
    for start, end, number in spans:
        if number is not None:
            for at in range(start, min(end, count)):
                if filled[at] < MOST_WORDS:
                    made[at, filled[at]] = number
                    filled[at] += 1
    return made
