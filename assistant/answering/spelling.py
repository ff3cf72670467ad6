"""Words the corpus lacks that sound like words it has: 高兴园区 is 高新园区."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from assistant.retrieval.tokenizer import stop_words

MIN_CHARS = 2
MAX_CHARS = 5
MAX_FRAGMENT = 3
"""Longer runs sound alike by chance too seldom to spare the words in them."""
_FUNCTION = frozenset(word for word in stop_words() if len(word) == 1)
"""A run with a function word is a piece of a sentence, no name that was misspelt."""
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,}")


@lru_cache(maxsize=1)
def _readings() -> dict[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict

    readings: dict[int, str] = pinyin_dict
    return readings


@lru_cache(maxsize=20_000)
def sound(char: str) -> str:
    """The first reading without tone; sounds that people mix up are one: zh z, ing in, l n."""
    reading = _readings().get(ord(char), "").split(",")[0]
    plain = unicodedata.normalize("NFD", reading)
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    plain = re.sub(r"^([zcs])h", r"\1", plain)
    return re.sub(r"([aei])ng$", r"\1n", plain).replace("l", "n")


@dataclass(frozen=True, slots=True)
class Sounds:
    """Character runs of the corpus, and the most frequent one by its sound."""

    runs: frozenset[str]
    run_by_sound: dict[tuple[str, ...], str]


def sound_index(texts: Iterable[str]) -> Sounds:
    """Ties between runs of one sound go by spelling."""
    counts: dict[str, int] = {}
    for text in texts:
        for run in _CHINESE.findall(text):
            for size in range(MIN_CHARS, MAX_CHARS + 1):
                for start in range(len(run) - size + 1):
                    piece = run[start : start + size]
                    counts[piece] = counts.get(piece, 0) + 1
    index: dict[tuple[str, ...], str] = {}
    for piece in sorted(counts, key=lambda one: (-counts[one], one)):
        index.setdefault(tuple(map(sound, piece)), piece)
    return Sounds(frozenset(counts), index)


def repair(norm: str, sounds: Sounds, known: Iterable[str]) -> str:
    """Replace runs that the corpus lacks by what it has of the same sound, longest first.

    A run that differs in one character only, and of at least three, or of two that are no word
    of `known`, is a slip; anything else is left as the person wrote it.
    """
    words = frozenset(known)
    for size in range(MAX_CHARS, MIN_CHARS - 1, -1):
        start = 0
        while start + size <= len(norm):
            piece = norm[start : start + size]
            if _CHINESE.fullmatch(piece) and not _FUNCTION.intersection(piece):
                meant = sounds.run_by_sound.get(tuple(map(sound, piece)))
                is_whole = size <= MAX_FRAGMENT and _breaks_word(piece, meant, words)
                if (
                    meant
                    and piece not in sounds.runs
                    and not is_whole
                    and _is_slip(piece, meant, words)
                ):
                    norm = norm[:start] + meant + norm[start + size :]
            start += 1
    return norm


def _breaks_word(piece: str, meant: str | None, words: frozenset[str]) -> bool:
    """Whether a character that would change belongs to a word: 新 of 新金融 in 创新金融 does."""
    if meant is None:
        return False
    changed = [i for i, (a, b) in enumerate(zip(piece, meant, strict=True)) if a != b]
    return any(
        piece[start : start + 2] in words
        for i in changed
        for start in (i - 1, i)
        if 0 <= start < len(piece) - 1
    )


def _is_slip(piece: str, meant: str, words: frozenset[str]) -> bool:
    different = sum(a != b for a, b in zip(piece, meant, strict=True))
    if len(piece) == MIN_CHARS:
        return different == 1 and piece not in words
    return different == 1 or (len(piece) >= 4 and different == 2)
