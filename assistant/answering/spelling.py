"""Words the corpus lacks that sound like words it has: 高兴园区 is 高新园区."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assistant.retrieval.tokenizer import stop_words
from assistant.sounds import sound

MIN_CHARS = 2
MAX_CHARS = 5
MAX_FRAGMENT = 3
"""Longer runs sound alike by chance too seldom to spare the words in them."""
_FUNCTION = frozenset(word for word in stop_words() if len(word) == 1)
"""A run with a function word is a piece of a sentence, no name that was misspelt."""
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,}")


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


def repair(norm: str, sounds: Sounds, is_word: Callable[[str], bool]) -> str:
    """Replace runs that the corpus lacks by what it has of the same sound, longest first.

    A slip differs in one character, or in two of at least four; it breaks no word that the
    person wrote, and what it becomes is a word. Anything else is left as it stands.
    """
    for size in range(MAX_CHARS, MIN_CHARS - 1, -1):
        start = 0
        while start + size <= len(norm):
            piece = norm[start : start + size]
            meant = _meant(piece, sounds)
            if meant and _is_slip(norm, start, meant, is_word):
                norm = norm[:start] + meant + norm[start + size :]
            start += 1
    return norm


def _meant(piece: str, sounds: Sounds) -> str | None:
    """What the corpus has of this sound; None where it has the piece itself."""
    if piece in sounds.runs or not _CHINESE.fullmatch(piece) or _FUNCTION.intersection(piece):
        return None
    return sounds.run_by_sound.get(tuple(map(sound, piece)))


def _is_slip(norm: str, start: int, meant: str, is_word: Callable[[str], bool]) -> bool:
    size = len(meant)
    changed = [i for i, one in enumerate(meant) if norm[start + i] != one]
    if len(changed) > (2 if size > MAX_FRAGMENT else 1):
        return False
    # 新 of 新金融 in 创新金融 belongs to a word, and so does 咨 of 企业咨 in 企业咨询.
    pairs = {norm[max(0, at) : at + 2] for i in changed for at in (start + i - 1, start + i)}
    if size <= MAX_FRAGMENT and any(map(is_word, pairs)):
        return False
    return all(_is_in_word(meant, i, is_word) for i in changed)


def _is_in_word(run: str, position: int, is_word: Callable[[str], bool]) -> bool:
    return any(
        is_word(run[begin:end])
        for begin in range(position + 1)
        for end in range(max(position + 1, begin + MIN_CHARS), len(run) + 1)
    )
