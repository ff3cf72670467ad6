"""Lines of pages, by where they stand, to paragraphs: what a reader of the page would see.

Units are points; `top` grows downwards. Shared by the text layer of a PDF and by OCR.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.parsing.numbering import read_marker

_ENDS = "。！？：；…"
_CLOSERS = '”’」』》）)"'
_CONTINUES = "，、,“（《(—-"
_UNIT = re.compile(r"[“‘《〈（〔【「『]*(?:[!-~]+|.)[，、。；：？！”’》〉）〕】」』]*")
_NUMBER_ONLY = re.compile(r"[-—－–·\s]*(\d{1,4})[-—－–·\s]*")
_DASHED = re.compile(r"[-—－–·]\s*\d{1,4}\s*[-—－–·]")
_PAGE_OF = re.compile(
    r"(?:第\s*\d{1,4}\s*页(?:[\s，,/]*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}|"
    r"Page\s+\d{1,4}(?:\s+of\s+\d{1,4})?)",
    re.I,
)
SHORT_EM = 2.2
"""A line that ends this far from the right edge ends its paragraph, with or without a mark."""
MIN_INDENT_EM, MAX_INDENT_EM = 1.2, 2.8
SIZE_STEP = 1.15
SAME_PLACE_PT = 4.0
SMALL_TYPE = 0.87
"""Of the usual size: that of a header which stands on one page only."""
EDGE_LINES = 2


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of one column of one page, or a row of a table (`is_row`)."""

    words: str
    page: int
    column: int
    """0 for a line across the page, else the column from the left, from 1."""
    left: float
    right: float
    top: float
    size: float
    """One em: the width of its Chinese characters, as near as can be told."""
    width: float
    """That of the page."""
    is_row: bool = False


def drop_furniture(pages: Sequence[Sequence[PageLine]]) -> tuple[list[PageLine], list[str]]:
    """The lines without running headers, footers and page numbers, and what was dropped."""
    places: defaultdict[tuple[str, bool], list[float]] = defaultdict(list)
    for page in pages:
        for line, is_top in _margin_lines(page):
            places[_pattern(line.words), is_top].append(line.top)
    needed = 2 if len(pages) <= 4 else 3
    sizes = [line.size for page in pages for line in page if not line.is_row]
    small = SMALL_TYPE * median(sizes) if sizes else 0.0
    kept: list[PageLine] = []
    dropped: Counter[str] = Counter()
    for page in pages:
        furniture = set()
        margin = _margin_lines(page)
        for line, is_top in margin:
            tops = places[_pattern(line.words), is_top]
            near = sum(abs(top - line.top) <= SAME_PLACE_PT for top in tops)
            is_last = line is margin[0][0] or line is margin[-1][0]
            is_repeated = near >= needed and len(page) > 1
            is_apart = is_last and line.size < small and _stands_apart(line, page)
            if is_repeated or is_apart or (is_last and _is_page_number(line.words)):
                furniture.add(id(line))
                dropped[_pattern(line.words).replace("#", "…")] += 1
        kept += [line for line in page if id(line) not in furniture]
    notes = [f"页眉页脚：{words}（{count} 页）" for words, count in sorted(dropped.items())]
    return kept, notes


def _margin_lines(page: Sequence[PageLine]) -> list[tuple[PageLine, bool]]:
    """The first and last lines of a page by height, with whether it is a first one."""
    ordered = sorted((line for line in page if not line.is_row), key=lambda line: line.top)
    first = [(line, True) for line in ordered[:EDGE_LINES]]
    return first + [(line, False) for line in ordered[EDGE_LINES:][-EDGE_LINES:]]


def _stands_apart(line: PageLine, page: Sequence[PageLine]) -> bool:
    """Whether no other line is nearer than two and a half em."""
    others = (abs(other.top - line.top) for other in page if other is not line)
    return min(others, default=0.0) > 2.5 * line.size


def _pattern(words: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s", "", words))


def _is_page_number(words: str) -> bool:
    words = words.strip()
    return any(one.fullmatch(words) for one in (_NUMBER_ONLY, _DASHED, _PAGE_OF))


def join_paragraphs(lines: Sequence[PageLine]) -> list[str]:
    """One string a paragraph or row, in reading order."""
    if not lines:
        return []
    layout = _Layout.of(lines)
    made = [lines[0].words]
    for before, line in pairwise(lines):
        if layout.starts(before, line):
            made.append(line.words)
        else:
            made[-1] += _joint(made[-1], line.words) + line.words
    return made


@dataclass(frozen=True, slots=True)
class _Edges:
    left: float
    right: float
    pitch: float
    """From line to line within a paragraph."""


@dataclass(slots=True)
class _Layout:
    """How the paragraphs of a document are set."""

    size: float
    """Usual height of its characters."""
    edges: dict[tuple[int, int], _Edges]
    """By page and column."""
    is_indented: bool = False

    @classmethod
    def of(cls, lines: Sequence[PageLine]) -> _Layout:
        size = median(line.size for line in lines)
        layout = cls(size, _edges(lines, size))
        pairs = [
            (before, line) for before, line in pairwise(lines) if not (before.is_row or line.is_row)
        ]
        opened = sum(layout.is_set_in(before) and layout.indent(line) < 1 for before, line in pairs)
        starts = [
            layout.is_set_in(line)
            for before, line in pairs
            if layout.is_full(line) and _ends(before) and not layout.is_full(before)
        ]
        layout.is_indented = opened >= 2 and sum(starts) >= 0.5 * len(starts)
        return layout

    def starts(self, before: PageLine, line: PageLine) -> bool:
        """Whether `line` starts a paragraph."""
        if before.is_row or line.is_row or _resized(before, line):
            return True
        if self.is_title(before, line):
            return False
        indent = self.indent(line)
        is_marked = read_marker(line.words) is not None
        needed = _first_unit(line.words)
        if not self.is_full(before, needed if _ends(before) else max(needed, SHORT_EM)):
            goes_on = before.words[-1] in _CONTINUES and not is_marked
            return not (goes_on and indent < MIN_INDENT_EM)
        if self.is_apart(before, line):
            return True
        if _ends(before):
            return indent >= MIN_INDENT_EM or (is_marked and not self.is_indented)
        return self.is_indented and self.is_set_in(line)

    def is_title(self, before: PageLine, line: PageLine) -> bool:
        """Whether both are lines of one title: centred, and larger than the text."""
        return (
            before.page == line.page
            and min(before.size, line.size) > SIZE_STEP * self.size
            and self.is_centred(before)
            and self.is_centred(line)
            and read_marker(line.words) is None
            and not line.words.startswith(("（", "("))
        )

    def is_full(self, line: PageLine, needed: float = SHORT_EM) -> bool:
        """Whether a line has no room for what needs `needed` em."""
        gap = self.edges[line.page, line.column].right - line.right
        return gap < needed * line.size

    def indent(self, line: PageLine) -> float:
        """In em."""
        return (line.left - self.edges[line.page, line.column].left) / line.size

    def is_set_in(self, line: PageLine) -> bool:
        """Whether a line is indented as the first of a paragraph is."""
        is_in = MIN_INDENT_EM <= self.indent(line) <= MAX_INDENT_EM
        return is_in and not self.is_centred(line)

    def is_centred(self, line: PageLine) -> bool:
        edge = self.edges[line.page, line.column]
        left, right = line.left - edge.left, edge.right - line.right
        return min(left, right) > line.size and abs(left - right) < 0.75 * line.size

    def is_apart(self, before: PageLine, line: PageLine) -> bool:
        """Whether more space is between them than between lines."""
        same = (before.page, before.column) == (line.page, line.column)
        return same and line.top - before.top > 1.3 * self.edges[line.page, line.column].pitch


def _edges(lines: Sequence[PageLine], size: float) -> dict[tuple[int, int], _Edges]:
    """Left and right edge and pitch by page and column; a page of few lines has the document's."""
    groups: defaultdict[tuple[int, int], list[PageLine]] = defaultdict(list)
    columns: defaultdict[int, list[PageLine]] = defaultdict(list)
    for line in lines:
        if not line.is_row:
            groups[line.page, line.column].append(line)
            columns[line.column].append(line)
    whole = {column: _edge(group, size) for column, group in columns.items()}
    made = {}
    for key, group in groups.items():
        own, wide = _edge(group, size), whole[key[1]]
        # Odd and even pages may be bound differently: the same width at another place.
        is_own = abs((own.right - own.left) - (wide.right - wide.left)) < size
        made[key] = _Edges(own.left, own.right, wide.pitch) if is_own else wide
    return made


def _edge(lines: Sequence[PageLine], size: float) -> _Edges:
    lefts, rights = sorted(line.left for line in lines), sorted(line.right for line in lines)
    steps = [
        after.top - before.top
        for before, after in pairwise(lines)
        if before.page == after.page and 0 < after.top - before.top < 4 * size
    ]
    # The narrow steps are those within paragraphs, however many paragraphs are of one line.
    pitch = sorted(steps)[len(steps) // 5] if steps else 2 * size
    # Few lines hang out of a column.
    left, right = lefts[len(lefts) // 20], rights[-1 - len(rights) // 20]
    width = lines[0].width
    full = sum(one > right - 1.2 * size for one in rights)
    is_seen = full >= 3 and (right > 0.6 * width or full > max(8, 0.3 * len(rights)))
    if lines[0].column == 0 and not is_seen:
        right = max(right, width - left)  # no line is full: the margins are taken as equal
    return _Edges(left, right, pitch)


def _resized(before: PageLine, line: PageLine) -> bool:
    return max(before.size, line.size) > SIZE_STEP * min(before.size, line.size)


def _first_unit(words: str) -> float:
    """Width in em of what moves to the next line as a whole: a Latin word with the space before it,
    or a character with the brackets before and the marks behind it (避头尾); a quarter more for
    uneven setting.
    """
    found = _UNIT.match(words)
    unit = found[0] if found else words[:1]
    space = 0.5 if unit[:1].isascii() and unit[:1].isalnum() else 0.0
    return sum(map(_em, unit)) + space + 0.25


def _em(char: str) -> float:
    if char >= "\u2000":
        return 1.0
    return 0.8 if char.isupper() or char in "mw@%" else 0.6


def _ends(line: PageLine) -> bool:
    return line.words.rstrip(_CLOSERS)[-1:] in tuple(_ENDS)


def _joint(before: str, after: str) -> str:
    is_latin = before[-1].isascii() and before[-1].isalnum() and after[0].isascii()
    return " " if is_latin and after[0].isalpha() else ""
