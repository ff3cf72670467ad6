"""Is each part of a sentence about the same thing as the part of the clause it was taken from?

Every word of “罗店园区是高端医疗器械重要承载区” stands in a clause that says so of 高新园区, and
“90 家‘专精特新’企业” in one that says 90 of something else. So a figure must stand with the words
it stands with there, and a part may not be pieced together from two sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from assistant.text import find_numbers

Words = Callable[[str], set[str]]

MIN_FROM_ONE_SENTENCE = 0.9
MIN_BESIDE_FIGURE = 0.6
MIN_WORDS = 3
"""Fewer words than this tell nothing about where they come from."""

_SENTENCE = re.compile(r"[。;；!！?？\n]")
_PART = re.compile(r"[,，。;；:：!！?？、\n]|以及|[和与及]")
_ACTS = re.compile(
    r"(?:进一步|积极|大力|持续|加快|着力|扎实|重点|不断|更好|全面|逐步|力争|到|在|对|对于|围绕|聚焦|依托)"
    r"|(?:鼓励|支持|推动|推进|加强|加大|加速|提升|提高|完善|优化|建立|建设|打造|引进|培育|发展|形成|强化"
    r"|探索|布局|争取|深化|促进|扩大|组建|做|用好|解决|突破|创新|保障|梳理|研究|实现|新增|关注|扶持)"
)
"""How a sentence starts that has no subject of its own."""


@dataclass(frozen=True, slots=True)
class _Part:
    words: frozenset[str]
    values: frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class _Sentence:
    subject: str
    """Its first two characters; empty where it starts with what is to be done."""
    words: frozenset[str]
    parts: tuple[_Part, ...]


def misattached(said: str, quotes: Iterable[str], headings: str, words_of: Words) -> str | None:
    """Why a part of `said` is not about what the quotes are about, in Chinese; None if it is.

    Texts are normalised; `words_of` gives the words of a text. Words of `headings` and of the
    first sentence of a quote, its heading as a rule, go with any part.
    """
    sentences: list[_Sentence] = []
    common = set(words_of(headings))
    for quote in quotes:
        texts = [text for text in _SENTENCE.split(quote) if text.strip()]
        sentences += [_sentence(text, words_of) for text in texts]
        common |= words_of(texts[0]) if len(texts) > 1 else set()
    known = {word for sentence in sentences for word in sentence.words}
    used: list[_Sentence] = []
    for part in (_part(text, words_of) for text in _PART.split(said)):
        words = part.words & known - common
        if not _has_its_figures(part, words, sentences):
            return "数字与所说的事项在原文中不在一处"
        if len(words) < MIN_WORDS:
            continue
        source = max(sentences, key=lambda sentence: len(words & sentence.words))
        if len(words & source.words) < MIN_FROM_ONE_SENTENCE * len(words):
            return "把原文不同句子的内容拼在了一起"
        used.append(source)
    if any(sentence.subject not in said for sentence in used if sentence is not used[0]):
        return "把原文不同句子的内容拼在了一起"
    return None


def _has_its_figures(part: _Part, words: frozenset[str], sentences: Iterable[_Sentence]) -> bool:
    """Whether some part of the quotes has all figures of `part`, among the same words.

    A figure that no quote has comes from the title or the question, and is not judged here.
    """
    quoted = {value for sentence in sentences for one in sentence.parts for value in one.values}
    values = part.values & quoted
    if not values:
        return True
    for sentence in sentences:
        beside = {word for one in sentence.parts if not one.values for word in one.words}
        for one in sentence.parts:
            if values <= one.values:
                near = len(words & (one.words | beside))
                if near >= MIN_BESIDE_FIGURE * len(words):
                    return True
    return False


def _sentence(text: str, words_of: Words) -> _Sentence:
    return _Sentence(
        subject="" if _ACTS.match(text) else text.strip()[:2],
        words=frozenset(words_of(text)),
        parts=tuple(_part(part, words_of) for part in _PART.split(text)),
    )


def _part(text: str, words_of: Words) -> _Part:
    """Years are left out: 到2026年 stands with everything."""
    values = (
        span.value
        for span in find_numbers(text)
        if not (1900 <= span.value <= 2100 and text[span.end : span.end + 1] in ("年", "-", "—"))
    )
    return _Part(words=frozenset(words_of(text)), values=frozenset(values))
