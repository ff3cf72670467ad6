"""Whether a few words are a title cut short or misspelt: 科技进步条例, 优化营商环镜条例."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from assistant.sounds import sound
from assistant.text import read_number

_TYPES = ("办法", "条例", "规定", "细则", "规则", "决定", "方案", "意见", "通知", "措施",
          "规划", "计划", "指南", "目录", "标准", "公告", "政策", "解释", "修正案")  # fmt: skip
_COUNTED = re.compile(r"[0-9]{1,3}条$")
"""科创30条"""
_COUNTED_WORDS = re.compile(r"([一二三四五六七八九十百]{1,4})条$")
STRONG_TYPES = frozenset({"法", "条例", "细则", "规则"})
"""Words that end nothing but titles."""
_FILLING = ("上海市", "上海", "实施", "管理", "保护", "促进", "推进", "若干", "暂行", "建设",
            "工作", "发展")  # fmt: skip
MAX_SLIPS = 2
MIN_TYPO_CHARS = 5
MIN_SOUND_CHARS = 3
MIN_ABBREVIATED = 6

IsWord = Callable[[str], bool]


def kind_of(name: str) -> str:
    """The kind of document a title ends with; empty where it ends with something else."""
    found = next((one for one in _TYPES if name.endswith(one)), "")
    if not found and (counted := _COUNTED.search(name)):
        return counted[0]
    return found or ("法" if name.endswith("法") else "")


def with_kind(words: str) -> str:
    """The words with the kind they end with spelt right: 优化营商环境条列, 科创三十条."""
    if counted := _COUNTED_WORDS.search(words):
        return f"{words[: counted.start()]}{read_number(counted[1])}条"
    if kind_of(words) or len(words) < MIN_TYPO_CHARS:
        return words
    tail = words[-2:]
    meant = [one for one in _TYPES if sounds_of(one) == sounds_of(tail)]
    meant += [one for one in _TYPES if len(one) == len(tail) and _slips(tail, one) == 1]
    return words[:-2] + (meant[0] if meant else tail)


def core_of(name: str) -> str:
    """What tells it from others of its kind."""
    core = name.removesuffix(kind_of(name))
    for word in _FILLING:
        core = core.replace(word, "")
    return core


@lru_cache(maxsize=20_000)
def sounds_of(name: str) -> tuple[str, ...]:
    return tuple(sound(char) or char for char in name)


def is_short_for(words: Sequence[str], name: Sequence[str]) -> bool:
    """Whether the words stand in the name in their order, in few pieces."""
    own = len(words) - 2 * (tuple(words[:2]) == ("上", "海"))
    spare = own >= MIN_ABBREVIATED  # 科创中心条例
    return _pieces(words, name) <= max(1, len(words) // 2) + spare


def _pieces(words: Sequence[str], name: Sequence[str]) -> int:
    """In how many runs at least the words stand in the name, in order; more than both if not."""
    never = len(words) + len(name) + 1
    # best[j]: runs for the words so far, the last of them at name[j - 1]
    best = [0] + [never] * len(name)
    for number, word in enumerate(words):
        made = [never] * (len(name) + 1)
        least = 0 if number == 0 else never
        for j in range(1, len(name) + 1):
            if name[j - 1] == word:
                joined = best[j - 1] if number and j > 1 else never
                made[j] = min(joined, least + 1)
            if number:
                least = min(least, best[j])
        best = made
    return min(best)


def is_made_of(words: str, name: str) -> bool:
    """Whether pieces of the name of two characters or more make up the words, in any order."""
    start = 0
    while start < len(words):
        end = next(
            (end for end in range(len(words), start + 1, -1) if words[start:end] in name), None
        )
        if end is None:
            return False
        start = end
    return True


def is_misheard(words: str, name: str) -> bool:
    """Whether the words sound like a piece of the name and differ in at most two characters."""
    spoken, own = sounds_of(words), sounds_of(name)
    for start in range(len(name) - len(words) + 1):
        if own[start : start + len(words)] == spoken:
            return _slips(words, name[start : start + len(words)]) <= MAX_SLIPS
    heard = [one for one in words if one in name]
    is_near = _pieces(spoken, own) <= max(1, len(words) // 3)
    return is_near and len(words) - len(heard) <= MAX_SLIPS


def is_mistyped(words: str, name: str, is_word: IsWord) -> bool:
    """Whether one character is wrong and makes no word with those beside it."""
    size = len(words)
    for start in range(len(name) - size + 1):
        piece = name[start : start + size]
        if _slips(words, piece) == 1:
            at = next(i for i in range(size) if words[i] != piece[i])
            pairs = (words[max(0, at - 1) : at + 1], words[at : at + 2])
            return not any(len(pair) == 2 and is_word(pair) for pair in pairs)
    return False


def _slips(words: str, piece: str) -> int:
    return sum(a != b for a, b in zip(words, piece, strict=True))
