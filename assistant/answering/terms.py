"""What a question is about: its content words, weighted, and how far a text has them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assistant.retrieval.tokenizer import alternatives, cut, stop_words, topics, word_frequency

UNKNOWN_WEIGHT = 2.2
TOPIC_WEIGHT = 4.0
"""An industry that the corpus lacks, 养老, is what the question is about."""
SYNONYM_TRUST = 0.95
COMMON_FREQUENCY = 400
COMMON_WEIGHT = 0.25
"""An everyday word that the corpus lacks says little; a rare one, that it lacks the topic."""

_STOP = frozenset(stop_words())
_COMPOUND = re.compile(r"[a-z0-9]+(?:[-+/][a-z0-9]+)+")
_FILLER = re.compile(r"^[\d.%]+$")
_ASKING = re.compile(
    r"前[0-9一二三四五六七八九十几]+(?:强|名|位)?|第?(?:哪|几|多少)[一几]?(?:个|条|项|家|类|处|种|名|块|段|句|样|方面|大|些|位|张|亿|万)?"
    r"|[0-9零〇一二三四五六七八九十百千万亿两]+(?:多?[个条项家类处种名块段句样位张年月日期亿万元强]|方面)+(?:以上|以下)?"
    r"|有没有|是不是|对不对|能不能|没有|而不是|这几个字|这个数|什么|怎么|一下|一致吗"
)
"""Question words and figures are no content; figures are compared by value elsewhere."""


@dataclass(frozen=True, slots=True)
class Term:
    """A content word; `weight` grows with its rarity in the corpus."""

    word: str
    weight: float
    is_known: bool


def content_terms(
    norm: str, frequency: Callable[[str], int], count: int, *, keep: Iterable[str] = ()
) -> tuple[Term, ...]:
    """Content words of a normalised question in order; `frequency` is the document frequency.

    Words in `keep` count although they are stop words: 支持 in a premise, say.
    """
    kept = frozenset(keep)
    words: dict[str, None] = {}
    for word in _pieces(_ASKING.sub(" ", norm)):
        is_stop = word in _STOP and word not in kept
        if is_stop or _FILLER.match(word):
            continue
        if len(word) == 1:
            continue
        words[word] = None
    return tuple(_term(word, frequency, count) for word in words)


def _pieces(norm: str) -> list[str]:
    """Words, with runs of single characters joined: 专 + 班 is a word that no list has."""
    made: list[str] = _COMPOUND.findall(norm)
    norm = _COMPOUND.sub(" ", norm)
    run = ""
    for word in [*cut(norm.replace(" ", "\n")), "\n"]:
        if len(word) == 1 and "㐀" <= word <= "鿿" and word not in _STOP:
            run += word
            continue
        if run:
            made.append(run)
            run = ""
        made.append(word)
    return made


def _term(word: str, frequency: Callable[[str], int], count: int) -> Term:
    found = max(_frequency(one, frequency) for one in alternatives(word))
    if found:
        return Term(word, math.log(1 + count / (found + 0.5)), is_known=True)
    if word in topics():
        return Term(word, TOPIC_WEIGHT, is_known=False)
    if len(word) == 1 or word_frequency(word) >= COMMON_FREQUENCY:
        return Term(word, COMMON_WEIGHT, is_known=False)
    return Term(word, UNKNOWN_WEIGHT, is_known=False)


def _frequency(word: str, frequency: Callable[[str], int]) -> int:
    """Of the word, or of its rarest pair of characters: a lower bound is not needed here."""
    if found := frequency(word):
        return found
    if len(word) < 3 or word.isascii():
        return 0
    return min(frequency(word[i : i + 2]) for i in range(len(word) - 1))


def _has(word: str, text: str) -> bool:
    """Latin words stand whole: ai is not in mainland."""
    if not word.isascii():
        return word in text
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (text[at - 1 : at].isascii() and text[at - 1 : at].isalpha()) and not (
            text[end : end + 1].isascii() and text[end : end + 1].isalpha()
        ):
            return True
        at = text.find(word, at + 1)
    return False


def support(word: str, text: str) -> float:
    """How far a normalised text has the word: as it is, by a synonym, or by its bigrams."""
    if _has(word, text):
        return 1.0
    if any(_has(one, text) for one in alternatives(word)):
        return SYNONYM_TRUST
    if len(word) < 3 or word.isascii():
        return 0.0
    bigrams = [word[i : i + 2] for i in range(len(word) - 1)]
    share = sum(bigram in text for bigram in bigrams) / len(bigrams)
    return 0.8 * share if share >= 0.5 else 0.0


def coverage(terms: Iterable[Term], *fields: tuple[str, float]) -> float:
    """Weighted share of the terms that the fields (text, trust) have, in [0, 1]; 0 if no terms.

    Each further word that the corpus lacks counts half of the one before: people say who they
    are before they ask, and that they run a bakery is one stranger, not five.
    """
    total = got = 0.0
    strange: list[float] = []
    for term in terms:
        held = max(trust * support(term.word, text) for text, trust in fields)
        if not term.is_known and not held:
            strange.append(term.weight)
            continue
        total += term.weight
        got += term.weight * held
    total += sum(weight / 2**i for i, weight in enumerate(sorted(strange, reverse=True)))
    return got / total if total else 0.0
