"""Which words were added and dropped, on whole words and whole numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from assistant.text import normalize
from assistant.versions.changes import Mark, Op

Cut = Callable[[str], Sequence[str]]
"""Text to its words in order; joined they may lack white space, nothing else."""

_CN = "〇零一二三四五六七八九十百千万亿"
_WORD = re.compile(
    rf"第[{_CN}0-9０-９]+[编章节条款项](?:之[{_CN}]+)?|[0-9０-９]+(?:[.．,，][0-9０-９]+)*[%％]?"
    rf"|[{_CN}]{{2,}}|[A-Za-zＡ-Ｚａ-ｚ]+|\S"
)
Span = tuple[int, int]


def cut_simply(text: str) -> list[str]:
    """Numbers, clause numbers and Latin words whole, other characters alone."""
    return _WORD.findall(text)


def mark_words(
    old: tuple[str, Sequence[Span]], new: tuple[str, Sequence[Span]], cut: Cut
) -> tuple[Mark, ...]:
    """The runs that `old` and `new` share and do not, in reading order.

    Each side is a canonical text and the spans of it to compare. Words are compared normalised:
    a full-width digit is no change.
    """
    (old_text, old_spans), (new_text, new_spans) = old, new
    old_words, new_words = _words(old_text, old_spans, cut), _words(new_text, new_spans, cut)
    marks: list[Mark] = []
    a = b = 0
    for op, length in _runs(
        [_key(old_text, one) for one in old_words], [_key(new_text, one) for one in new_words]
    ):
        for _ in range(length):
            o = old_words[a] if op is not Op.ADDED else _here(old_words, a)
            n = new_words[b] if op is not Op.DROPPED else _here(new_words, b)
            marks.append(Mark(op, *o, *n))
            a += op is not Op.ADDED
            b += op is not Op.DROPPED
    return _joined(marks, old_spans, new_spans)


def _words(text: str, spans: Sequence[Span], cut: Cut) -> list[Span]:
    """Clause numbers and figures stay whole whatever `cut` says of them."""
    words: list[Span] = []
    for start, end in spans:
        figures = [m.span() for m in _WORD.finditer(text, start, end) if len(m[0]) > 1]
        at = start
        for word in cut(text[start:end]):
            begin = text.index(word, at, end)
            at = begin + len(word)
            words.append((begin, at))
        words = _merged(words, figures)
    return words


def _merged(words: list[Span], figures: list[Span]) -> list[Span]:
    """Words that overlap a figure become one with it."""
    made: list[Span] = []
    for start, end in sorted([*words, *figures]):
        if made and start < made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _key(text: str, word: Span) -> str:
    return normalize(text[slice(*word)]).text


def _here(words: list[Span], at: int) -> Span:
    """The empty span before word `at`, or after the last one."""
    if at < len(words):
        return words[at][0], words[at][0]
    return (words[-1][1], words[-1][1]) if words else (0, 0)


def _runs(old: list[str], new: list[str]) -> list[tuple[Op, int]]:
    """Operations with their lengths in words. The library compares characters: one stands for
    each word, from a private plane."""
    codes = {word: chr(0xF0000 + place) for place, word in enumerate(dict.fromkeys([*old, *new]))}
    before, after = ("".join(codes[word] for word in side) for side in (old, new))
    differ = _differ()
    runs = differ.diff_main(before, after, checklines=False)
    differ.diff_cleanupSemantic(runs)
    ops = {0: Op.SAME, 1: Op.ADDED, -1: Op.DROPPED}
    return [(ops[op], len(characters)) for op, characters in runs]


def _differ() -> Any:
    from diff_match_patch import diff_match_patch

    differ = diff_match_patch()
    differ.Diff_Timeout = 0  # its default stops after a second: another machine, another result
    return differ


def _joined(marks: list[Mark], old: Sequence[Span], new: Sequence[Span]) -> tuple[Mark, ...]:
    """Neighbours of one kind as one run, white space between them included, within a span."""
    made: list[Mark] = []
    for mark in marks:
        last = made[-1] if made else None
        if (
            last
            and last.op is mark.op
            and _span_of(last.old_start, old) == _span_of(mark.old_start, old)
            and _span_of(last.new_start, new) == _span_of(mark.new_start, new)
        ):
            made[-1] = Mark(
                mark.op, last.old_start, mark.old_end, last.new_start, mark.new_end
            )
        else:
            made.append(mark)
    return tuple(made)


def _span_of(place: int, spans: Sequence[Span]) -> int:
    """The number of the span that holds `place`; an end counts with its span."""
    return next((at for at, (start, end) in enumerate(spans) if start <= place <= end), -1)
