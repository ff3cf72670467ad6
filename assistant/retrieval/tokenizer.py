"""One tokenizer for passages and queries: jieba words, character bigrams, numbers by value."""

from __future__ import annotations

import logging
import re
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.text import find_numbers, normalize

TOKENIZER = "jieba-search+bigrams+numbers/1"
_LEXICON = Path(__file__).parent.parent / "lexicon"
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9][a-z0-9.+/-]*")


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    cutter.tmp_dir = tempfile.gettempdir()
    for word in policy_words():
        cutter.add_word(word)
    return cutter


@lru_cache(maxsize=1)
def policy_words() -> tuple[str, ...]:
    """Words of the domain that jieba's own list lacks, normalised."""
    return tuple(normalize(line[0]).text for line in _rows("words.txt"))


@lru_cache(maxsize=1)
def synonyms() -> tuple[tuple[str, ...], ...]:
    """Groups of words for one thing, normalised; the words of the corpus come first."""
    return tuple(tuple(normalize(word).text for word in words) for words in _rows("synonyms.txt"))


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
    """Tokens of any text; numbers become `#value`, so that 二十万 and 200,000 meet."""
    norm = normalize(text).text
    tokens = [f"#{span.value.normalize():f}" for span in find_numbers(norm)]
    for run in _RUN.finditer(norm):
        piece = run[0]
        if piece[0].isascii():
            tokens.append(piece)
            continue
        tokens += [word for word in _jieba().cut_for_search(piece, HMM=False) if len(word) > 1]
        tokens += [piece[i : i + 2] for i in range(len(piece) - 1)] or [piece]
    return tokens
