"""The numbers that Word draws before a paragraph (第一条, （一）) and that stand in no text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from assistant.parsing.readers.ooxml import attribute, child, children, value

_COUNTING = frozenset({
    "chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting",
    "japaneseDigitalTenThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
})  # fmt: skip
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
MAX_NUMBER = 9999


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    words: str
    """With %1 … %9 for the numbers of the levels: 第%1条."""
    start: int


@dataclass(slots=True)
class AutoNumbers:
    """Counts as Word does; ask for each paragraph once, in document order."""

    levels: dict[str, dict[int, _Level]]
    """By abstract list, then by level from 0."""
    lists: dict[str, tuple[str, dict[int, int]]]
    """List to its abstract list and where it starts anew, by level."""
    by_style: dict[str, tuple[str, int]]
    """Style to list and level."""
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    _started: set[str] = field(default_factory=set)

    def prefix(self, paragraph: Any) -> str:
        """What Word draws before this `w:p`; empty where it draws nothing or a bullet."""
        place = self._place(paragraph)
        if place is None or place[0] not in self.lists:
            return ""
        number_id, depth = place
        abstract, anew = self.lists[number_id]
        levels = self.levels.get(abstract, {})
        if depth not in levels:
            return ""
        counts = self._counts[abstract]
        if number_id not in self._started:
            self._started.add(number_id)
            for level, start in anew.items():
                counts[level] = start - 1
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        return _drawn(levels, counts, depth)

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        properties = child(paragraph, "pPr")
        style = value(child(properties, "pStyle"))
        by_style = self.by_style.get(style)
        own = child(properties, "numPr")
        if own is None:
            return by_style
        number_id = value(child(own, "numId")) or (by_style[0] if by_style else "")
        return number_id, int(value(child(own, "ilvl")) or 0)


def auto_numbers(numbering: Any, styles: Any) -> AutoNumbers:
    """From the roots of `numbering.xml` (None where there is none) and `styles.xml`."""
    levels: dict[str, dict[int, _Level]] = {}
    lists: dict[str, tuple[str, dict[int, int]]] = {}
    style_levels: dict[str, int] = {}
    for one in children(numbering, "abstractNum"):
        made = levels.setdefault(attribute(one, "abstractNumId"), {})
        for level in children(one, "lvl"):
            depth = int(attribute(level, "ilvl") or 0)
            made[depth] = _Level(
                value(child(level, "numFmt")) or "decimal",
                value(child(level, "lvlText")),
                int(value(child(level, "start")) or 1),
            )
            if style := value(child(level, "pStyle")):
                style_levels[style] = depth
    for one in children(numbering, "num"):
        anew = {
            int(attribute(override, "ilvl") or 0): int(start)
            for override in children(one, "lvlOverride")
            if (start := value(child(override, "startOverride")))
        }
        abstract = value(child(one, "abstractNumId"))
        lists[attribute(one, "numId")] = (abstract, anew)
    return AutoNumbers(levels, lists, _by_style(styles, style_levels))


def _by_style(styles: Any, levels: dict[str, int]) -> dict[str, tuple[str, int]]:
    """A style numbers its paragraphs itself or as the style it is based on."""
    found = {attribute(one, "styleId"): one for one in children(styles, "style")}
    made: dict[str, tuple[str, int]] = {}
    for name in found:
        here, seen = name, set[str]()
        while here in found and here not in seen:
            seen.add(here)
            own = child(found[here], "pPr", "numPr")
            if own is not None:
                depth = int(value(child(own, "ilvl")) or levels.get(here, 0))
                made[name] = (value(child(own, "numId")), depth)
                break
            here = value(child(found[here], "basedOn"))
    return made


def _drawn(levels: dict[int, _Level], counts: dict[int, int], depth: int) -> str:
    level = levels[depth]
    if level.form in ("bullet", "none"):
        return ""

    def number(found: re.Match[str]) -> str:
        at = int(found[1]) - 1
        if at not in levels:
            return ""
        return _formed(counts.get(at, levels[at].start), levels[at].form)

    words = re.sub(r"%([1-9])", number, level.words).strip()
    if not words:
        return ""
    return words if words[-1] in "、）)" else words + " "


def _formed(number: int, form: str) -> str:
    import cn2an

    if not 0 < number <= MAX_NUMBER:
        return str(number)
    if form in _COUNTING:
        return str(cn2an.an2cn(number, "low"))
    if form == "chineseLegalSimplified":
        return str(cn2an.an2cn(number, "up"))
    if form.startswith("decimalEnclosedCircle") and number <= 20:
        return chr(ord("①") + number - 1)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        roman, left = "", number
        for worth, letters in _ROMAN:
            roman += letters * (left // worth)
            left %= worth
        return roman if form == "lowerRoman" else roman.upper()
    return str(number)
