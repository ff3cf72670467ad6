"""Recognise the marker that opens a clause: 第十四条, 第十七条之一, （二）, 1、, 一、, ①."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.schema import Level
from assistant.text import read_number

_CN = "〇零一二三四五六七八九十百千两"
_NAMED = re.compile(
    rf"第\s*(?P<number>[{_CN}]+|[0-9０-９]+)\s*(?P<unit>编|章|节|条)(?:之(?P<sub>[{_CN}]+))?"
    rf"(?P<tail>\s+|(?=[\u4e00-\u9fff“《（(])|$)"
)
_BRACKET_CN = re.compile(rf"[（(]\s*(?P<number>[{_CN}]+)\s*[）)]\s*")
_BRACKET_ARABIC = re.compile(r"[（(]\s*(?P<number>[0-9０-９]{1,3})\s*[）)]\s*")
_CN_POINT = re.compile(rf"(?P<number>[{_CN}]{{1,5}})\s*、\s*")
_ARABIC_POINT = re.compile(r"(?P<number>[0-9０-９]{1,3})\s*(?:、|[.．](?![0-9０-９]))\s*")
_CIRCLED = re.compile(r"(?P<number>[①-⑳])\s*")

_UNIT_LEVEL = {
    "编": Level.PART,
    "章": Level.CHAPTER,
    "节": Level.SECTION,
    "条": Level.ARTICLE,
}
_REFERENCE = re.compile(r"\s*(?:第|和|、|至|到|或|及|与|的|所|中|规定|之规定|以及|[，,；;。）)])")
"""What follows 第五条 where it is a cross-reference and no heading."""


@dataclass(frozen=True, slots=True)
class Marker:
    """The marker at the start of a line: `line[:length]`, the number in Arabic for the id."""

    level: Level
    number: str
    words: str
    length: int
    family: str
    """Markers of one family number one list: `article`, `cn_point`, `cn_bracket` …"""


def read_marker(line: str) -> Marker | None:
    """The marker that opens `line`; None where the line opens with a cross-reference or text."""
    named = _NAMED.match(line)
    if named:
        if not named["tail"] and _REFERENCE.match(line[named.end() :]):
            return None
        words = line[: named.end()].rstrip()
        number = _arabic(named["number"])
        if named["sub"]:
            number += f"-{_arabic(named['sub'])}"
        level = _UNIT_LEVEL[named["unit"]]
        return Marker(level, number, words, len(words), level.value)
    for pattern, level, family in (
        (_BRACKET_CN, Level.H2, "cn_bracket"),
        (_BRACKET_ARABIC, Level.H4, "arabic_bracket"),
        (_CN_POINT, Level.H1, "cn_point"),
        (_ARABIC_POINT, Level.H3, "arabic_point"),
        (_CIRCLED, Level.SUBITEM, "circled"),
    ):
        found = pattern.match(line)
        if found:
            words = found[0].rstrip()
            return Marker(level, _arabic(found["number"]), words, len(words), family)
    return None


def _arabic(number: str) -> str:
    if "①" <= number <= "⑳":
        return str(ord(number) - ord("①") + 1)
    value = read_number(number)
    return number if value is None else str(int(value))
