"""The figures of a text, so that two wordings can be held against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.text import find_clause_refs, find_dates, find_doc_nos, find_numbers, normalize

_ROMAN = re.compile(r"[\u2160-\u216b]")
_SOURCE = re.compile(r"[（(]来源：.*?可信度：[ABC][）)]\s*$", re.S)
_MARKER = re.compile(
    r"^\s*(?:第[〇零一二三四五六七八九十百千]+[编章节条]|[0-9]+[、.．]|[（(][^（()）]{1,4}[）)])"
)


def plain_words(text: str) -> str:
    """Without the marker in front, and without the source that a digest names behind.

    >>> plain_words("2、支持标准。最高500万元。（来源：某网；可信度：B）")
    '支持标准。最高500万元。'
    """
    return without_marker(_SOURCE.sub("", text)).strip()


def without_marker(text: str) -> str:
    """第五条, 3、 or （二） in front is no word of the clause."""
    return _MARKER.sub("", text)


def figures_of(text: str) -> dict[str, str]:
    """Numbers with 万 and 亿 worked out, percentages, dates, 文号 and Roman numerals: how each is
    compared, and how it was written. Numbers of clauses are left out.

    >>> list(figures_of("按40%给予支持，最高一千万元"))
    ['40%', '10000000']
    """
    return {key: raw for _, key, raw in sorted(_found(text))}


def lacking(old: str, new: str) -> tuple[str, ...]:
    """Figures of the old words, as written, that the new words do not have.

    >>> lacking("最高1000万元", "每个项目最高不超过一千二百万元")
    ('1000万',)
    """
    there = figures_of(new)
    return tuple(raw for key, raw in figures_of(old).items() if key not in there)


def _found(text: str) -> Iterator[tuple[int, str, str]]:
    taken: list[tuple[int, int]] = []
    taken += [(one.start, one.end) for one in find_clause_refs(text)]  # renumbered, not changed
    for number in find_doc_nos(text):
        taken.append((number.start, number.end))
        raw = text[number.start : number.end]
        yield number.start, re.sub(r"[〔\[【(〕\]】)]", "|", normalize(raw).text), raw
    for day in find_dates(text):
        if any(start <= day.start < end for start, end in taken):
            continue
        taken.append((day.start, day.end))
        yield day.start, f"{day.year}年{day.month}月{day.day}日", text[day.start : day.end]
    for one in find_numbers(text):
        if any(start <= one.start < end for start, end in taken):
            continue
        sign = "%" if one.kind == "percent" else ""
        yield one.start, f"{one.value.normalize():f}{sign}", one.raw
    for match in _ROMAN.finditer(text):
        yield match.start(), match[0], match[0]
