"""One tokenizer for passages and queries: jieba words, character bigrams, numbers by value."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.text import find_dates, find_doc_nos, find_numbers, normal_text, normalize

_LEXICON = Path(__file__).parent.parent / "lexicon"
SYNONYM_SHARE = 0.5
"""What a synonym of a question's word counts in the search."""
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9][a-z0-9.+/-]*")
_BRACKETS = str.maketrans("〔【(〕】)", "[[[]]]", "第")
_PARTS = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=1)
def tokenizer_name() -> str:
    """Part of the index manifest: other words cut otherwise, so their hash is in it."""
    words = hashlib.sha256("\n".join(lexicon_words()).encode()).hexdigest()[:8]
    return f"jieba-search+bigrams+numbers+dates+numbers-of-documents/3@{words}"


@lru_cache(maxsize=1)
def _jieba() -> Any:
    """Built from the dictionary each time: jieba's cache in the shared temporary folder is no
    faster (0.8 s of CPU either way) and may be another user's or half written.
    """
    import jieba

    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    for word in lexicon_words():
        cutter.add_word(word)
    return cutter


@lru_cache(maxsize=1)
def lexicon_words() -> tuple[str, ...]:
    """Words of the domain that jieba's own list lacks, normalised, with all synonyms."""
    own = (normalize(line[0]).text for line in _rows("words.txt"))
    return tuple(
        dict.fromkeys((*own, *sorted(topics()), *(word for group in synonyms() for word in group)))
    )


@lru_cache(maxsize=1)
def synonyms() -> tuple[tuple[str, ...], ...]:
    """Groups of words for one thing, normalised; the words of the corpus come first."""
    return tuple(tuple(normalize(word).text for word in words) for words in _rows("synonyms.txt"))


@lru_cache(maxsize=1)
def _alternatives() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for group in synonyms():
        for word in group:
            found.setdefault(word, {word: None}).update(dict.fromkeys(group))
    return {word: tuple(words) for word, words in found.items()}


def alternatives(word: str) -> tuple[str, ...]:
    """The word and the words that mean the same."""
    return _alternatives().get(word, (word,))


@lru_cache(maxsize=1)
def topics() -> frozenset[str]:
    """Words for industries, fields and everyday matters."""
    return frozenset(normalize(word).text for words in _rows("topics.txt") for word in words)


@lru_cache(maxsize=1)
def stop_words() -> tuple[str, ...]:
    """Words of a question that say nothing of its topic."""
    return tuple(row[0] for row in _rows("stopwords.txt"))


def _rows(name: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for line in (_LEXICON / name).read_text("utf-8").splitlines():
        words = line.partition("#")[0].split()
        if words:
            rows.append(words)
    return rows


def cut(text: str) -> list[str]:
    """Words of normalised text, in order, none overlapping."""
    return [word for word in _jieba().cut(text, HMM=False) if word.strip()]


def word_frequency(word: str) -> int:
    """How often jieba's general word list saw the word; 0 if it is none."""
    frequency: int = _jieba().FREQ.get(word) or 0
    return frequency


def tokenize(text: str) -> list[str]:
    """Tokens of any text. Numbers become `#value`, dates `@year-month-day`, the numbers of
    documents `§…` with one kind of bracket, so that all spellings of one thing meet.
    """
    norm = normal_text(text)
    tokens = [f"#{span.value.normalize():f}" for span in find_numbers(norm)]
    if "月" in norm:
        tokens += _dates(norm)
    for one in find_doc_nos(norm):
        tokens.append(f"§{norm[one.start : one.end].translate(_BRACKETS)}")
    for run in _RUN.finditer(norm):
        piece = run[0]
        if piece[0].isascii():
            tokens += [piece, *_parts(piece)]
            continue
        tokens += _search_words(piece)
        tokens += [piece[i : i + 2] for i in range(len(piece) - 1)] or [piece]
    return tokens


@lru_cache(maxsize=150_000)
def _search_words(piece: str) -> tuple[str, ...]:
    """The words of jieba's `cut_for_search` with HMM=False that are longer than a character.

    The parts of a long word come before it. jieba's own way through its dictionary takes twice as
    long, which is most of a build; phrases come again and again.
    """
    known = _jieba().FREQ
    words: list[str] = []
    begin = 0
    for end in _cuts(piece):
        for size in (2, 3):
            if end - begin > size:
                parts = (piece[at : at + size] for at in range(begin, end - size + 1))
                words += [part for part in parts if known.get(part)]
        if end - begin > 1:
            words.append(piece[begin:end])
        begin = end
    return tuple(words)


@lru_cache(maxsize=1000)
def _cuts(piece: str) -> tuple[int, ...]:
    """Where the words of the likeliest way through jieba's dictionary end, as `calc` finds it."""
    cutter = _jieba()
    known, rarest = cutter.FREQ, -math.log(cutter.total)
    best = [0.0] * (len(piece) + 1)
    ends = [0] * len(piece)
    for begin in range(len(piece) - 1, -1, -1):
        best[begin], ends[begin] = rarest + best[begin + 1], begin + 1
        is_word = False
        for end in range(begin + 1, len(piece) + 1):
            word = piece[begin:end]
            chance = _CHANCES.get(word)
            if chance is None:
                frequency = known.get(word)
                if frequency is None:  # nor does a longer word begin so
                    break
                if not frequency:
                    continue
                chance = _CHANCES[word] = math.log(frequency) + rarest
            if not is_word or chance + best[end] >= best[begin]:
                best[begin], ends[begin], is_word = chance + best[end], end, True
    cuts = []
    at = 0
    while at < len(piece):
        at = ends[at]
        cuts.append(at)
    return tuple(cuts)


_CHANCES: dict[str, float] = {}
"""The logarithms of the words that were met, at most those of jieba's dictionary."""


def _dates(norm: str) -> list[str]:
    """Of each date of a known year: the month, and the day where it is written."""
    tokens = []
    for one in find_dates(norm):
        if one.year and one.month:
            month = f"@{one.year}-{one.month}"
            tokens += [month] if one.day is None else [month, f"{month}-{one.day}"]
    return tokens


def is_exact(token: str) -> bool:
    """Whether it stands for a number, a date or the number of a document."""
    return token[0] in "#@§"


@lru_cache(maxsize=64)
def query_tokens(text: str) -> Mapping[str, float]:
    """What each token of a question counts: how often it is said, or as a synonym of what is.

    Empty for a text without words and numbers. A synonym counts once, however many words it may
    stand for, and not where it is said itself.
    """
    said = Counter(tokenize(text))
    meant = {
        other: SYNONYM_SHARE
        for _, others in synonyms_in(normal_text(text))
        for other in others
        if other not in said
    }
    return meant | said


@lru_cache(maxsize=64)
def synonyms_in(norm: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The words of a normalised question that have synonyms, with these."""
    words: dict[str, None] = {}
    for piece in _RUN.findall(norm):
        begin = 0
        for end in (len(piece),) if piece.isascii() else _cuts(piece):
            words[piece[begin:end]] = None
            begin = end
    others = ((word, alternatives(word)) for word in words)
    return tuple(
        (word, tuple(one for one in group if one != word))
        for word, group in others
        if len(group) > 1
    )


def _parts(piece: str) -> list[str]:
    """car-t also as car and t, ai+ as ai; none where the piece is one part."""
    parts = _PARTS.findall(piece)
    return parts if parts != [piece] else []
