"""Where a fact's or an option's name or synonym stands in a text; the longest wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from assistant.eligibility.readings import DefinitionLike
from assistant.text import normalize


@dataclass(frozen=True, slots=True)
class Mention:
    """`keys` are all that have this word: 研发 may be of people or of money."""

    start: int
    end: int
    keys: tuple[str, ...]


@lru_cache(maxsize=20_000)
def folded(word: str) -> str:
    """A synonym in the spelling of the text it is looked for in."""
    return normalize(word, keep_space=True).text


_NO_SHOW = re.compile("[开发进拓扩施]展|展[开望示现]|科技活动")
"""开展研发 is about no exhibition."""


def is_about(words: Iterable[str], text: str) -> bool:
    """Whether one of these words, the `near` of a fact, stands in the text."""
    plain = _NO_SHOW.sub("", text)
    return any(one in plain for one in words)


class Finder:
    """Finds words of a closed list."""

    def __init__(self, words_by_key: Mapping[str, Iterable[str]]) -> None:
        self._keys: dict[str, list[str]] = {}
        for key, words in words_by_key.items():
            for word in words:
                if name := folded(word):
                    keys = self._keys.setdefault(name, [])
                    if key not in keys:
                        keys.append(key)
        ordered = sorted(self._keys, key=lambda name: (-len(name), name))
        self._pattern = re.compile("|".join(map(_bounded, ordered)) if ordered else r"(?!)")

    def find(self, text: str) -> list[Mention]:
        mentions: list[Mention] = []
        for found in self._pattern.finditer(text):
            keys = tuple(self._keys[found[0]])
            last = mentions[-1] if mentions else None
            shared = set(last.keys) & set(keys) if last and last.end == found.start() else ()
            if last and shared and text[last.start : last.end] != found[0]:
                start = mentions.pop().start  # 年销售, 收入: one name in two words
                keys = tuple(key for key in last.keys if key in keys)
                mentions.append(Mention(start, found.end(), keys))
            else:
                mentions.append(Mention(found.start(), found.end(), keys))
        return mentions


def each_to_next(pattern: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Every match with the words between it and the next."""
    found = list(pattern.finditer(text))
    stops = [*(one.start() for one in found), len(text)][1:]
    for one, stop in zip(found, stops, strict=True):
        yield one, text[one.end() : stop]


def _bounded(word: str) -> str:
    """Latin words whole: cro is not in micro."""
    head = r"(?<![a-z])" if word[0].isascii() and word[0].isalpha() else ""
    tail = r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else ""
    if word.endswith("企"):  # 药企 is not in 仿制药企业
        tail = "(?!业)"
    return f"{head}{re.escape(word)}{tail}"


def fact_finder(definitions: Iterable[DefinitionLike], types: tuple[str, ...]) -> Finder:
    """Of the names and synonyms of facts of these types."""
    return Finder(
        {one.fact: (one.name, *one.synonyms) for one in definitions if one.type in types}
    )


def option_finder(definition: DefinitionLike) -> Finder:
    """Of the names and synonyms of one fact's options."""
    return Finder({one.value: (one.name, *one.synonyms) for one in definition.options})
