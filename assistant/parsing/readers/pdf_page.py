"""One page of a PDF to lines: characters by place, columns in reading order, tables as rows."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from assistant.parsing.readers.page_lines import PageLine
from assistant.parsing.tables import table_lines

if TYPE_CHECKING:
    import pypdfium2

WORD_GAP_EM = 0.3
SPLIT_GAP_EM = 1.2
"""A wider gap may be that between columns."""
LATIN_EM = 0.85
"""Of the height of a line's box, which holds what hangs below and stands above."""
MIN_COLUMN_LINES = 5
MIN_RULES, MAX_RULES = 4, 5000
"""A page with fewer drawn lines has no table, one with more is a drawing."""
MIN_KEPT = 0.98
"""Share of the characters in its frame that a table must have in its cells."""
MAX_TILT = 0.1
"""Radians; a watermark across the page stands askew."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character with its box; `top` grows downwards."""

    char: str
    left: float
    right: float
    top: float
    bottom: float
    base: float
    """Height of the baseline, the same for all fonts of a line."""
    is_spaced: bool
    """Whether white space stands before it in the file."""

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


Run = tuple[Glyph, ...]


def read_glyphs(page: pypdfium2.PdfPage) -> list[Glyph]:
    """The visible characters of a page as it is shown, upright."""
    import pypdfium2.raw as pdfium

    text = page.get_textpage()
    rotation = page.get_rotation()
    box = page.get_mediabox()
    loose, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    made: list[Glyph] = []
    is_spaced, high = False, 0
    for at in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, at)
        if 0xD800 <= code < 0xDC00:  # rare characters (𠮷) come in two halves
            high = code
            continue
        char = _character(high, code)
        high = 0
        if pdfium.FPDFText_IsGenerated(text, at) == 1:
            continue
        if char <= " " or char.isspace():
            is_spaced = True
            continue
        if not rotation and MAX_TILT < pdfium.FPDFText_GetCharAngle(text, at) % 6.283 < 6.18:
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text, at, ctypes.byref(loose)):
            continue
        pdfium.FPDFText_GetCharOrigin(text, at, ctypes.byref(x), ctypes.byref(y))
        corners = (loose.left, loose.bottom, loose.right, loose.top)
        base = _upright((x.value, y.value, x.value, y.value), box, rotation)[2]
        made.append(Glyph(char, *_upright(corners, box, rotation), base, is_spaced))
        is_spaced = False
    text.close()
    return made


def _character(high: int, code: int) -> str:
    """The character of a code, or of a pair of surrogates; a half alone has no meaning."""
    if not 0xDC00 <= code < 0xE000:
        return chr(code)
    return chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00) if high else "\ufffd"


def _upright(
    corners: tuple[float, float, float, float],
    box: tuple[float, float, float, float],
    rotation: int,
) -> tuple[float, float, float, float]:
    """left, right, top, bottom as shown, of a box (left, bottom, right, top) of the page."""
    left, bottom, right, top = corners
    page_left, page_bottom, page_right, page_top = box
    if rotation == 90:
        return bottom - page_bottom, top - page_bottom, left - page_left, right - page_left
    if rotation == 180:
        return page_right - right, page_right - left, bottom - page_bottom, top - page_bottom
    if rotation == 270:
        return page_top - top, page_top - bottom, page_right - right, page_right - left
    return left - page_left, right - page_left, page_top - top, page_top - bottom


def has_rules(page: pypdfium2.PdfPage) -> bool:
    """Whether lines are drawn on the page, as around the cells of a table."""
    import pypdfium2.raw as pdfium

    paths = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3)
    return MIN_RULES <= sum(1 for _ in islice(paths, MAX_RULES)) < MAX_RULES


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table and its box on the page."""

    rows: tuple[tuple[str, ...], ...]
    characters: int
    """In its cells, each counted once."""
    left: float
    right: float
    top: float
    bottom: float

    def holds(self, glyph: Glyph) -> bool:
        across = self.left <= (glyph.left + glyph.right) / 2 <= self.right
        return across and self.top <= glyph.middle <= self.bottom


def read_tables(page: Any) -> list[Table]:
    """The ruled tables of a page of pdfplumber, merged cells filled downwards."""
    made = []
    for table in page.find_tables():
        words = table.extract()
        if not words or max(map(len, words)) < 2:
            continue
        rows = tuple(
            tuple(_cell(table, words, at, column) for column in range(len(words[at])))
            for at in range(len(words))
        )
        characters = sum(len("".join((cell or "").split())) for row in words for cell in row)
        left, top, right, bottom = table.bbox
        made.append(Table(rows, characters, left, right, top, bottom))
    return made


def _cell(table: Any, words: list[list[str | None]], at: int, column: int) -> str:
    """The words of a cell, or of the cell above that is merged down to it; lines are joined."""
    found = words[at][column]
    if found is None:
        row = table.rows[at]
        middle = (row.bbox[1] + row.bbox[3]) / 2
        for above in range(at - 1, -1, -1):
            cells = table.rows[above].cells
            box = cells[column] if column < len(cells) else None
            if box is not None:
                found = words[above][column] if box[1] < middle < box[3] else None
                break
    pieces = [piece.strip() for piece in (found or "").split("\n")]
    joined = ""
    for piece in filter(None, pieces):
        is_latin = joined[-1:].isascii() and joined[-1:].isalnum() and piece[0].isascii()
        joined += (" " if is_latin and piece[0].isalpha() else "") + piece
    return joined


@dataclass(frozen=True, slots=True)
class Page:
    """What was read from a page; `number` from 0, `width` in points."""

    number: int
    width: float
    runs: tuple[Run, ...]
    """Characters outside tables that follow each other on a line."""
    tables: tuple[Table, ...]


def make_page(
    number: int, width: float, glyphs: Sequence[Glyph], tables: Sequence[Table]
) -> Page:
    """`glyphs` in the order of the file, which follows the text even where columns meet.

    A frame whose cells do not hold all of its words is left as text: no word may be lost.
    """
    tables = [
        table
        for table in tables
        if table.characters >= MIN_KEPT * sum(table.holds(one) for one in glyphs)
    ]
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if any(table.holds(glyph) for table in tables):
            continue
        before = runs[-1][-1] if runs else None
        if before is not None and _follows(before, glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return Page(number, width, tuple(map(tuple, runs)), tuple(tables))


def _follows(before: Glyph, glyph: Glyph) -> bool:
    em = glyph.bottom - glyph.top
    gap = glyph.left - before.right
    return abs(glyph.base - before.base) < 0.3 * em and -em / 2 < gap < SPLIT_GAP_EM * em


def lines_of(pages: Sequence[Page]) -> list[list[PageLine]]:
    """Lines and rows of each page in reading order; the last page may fill one column only."""
    gutters = [_gutter(page.runs) for page in pages]
    found = [one for one in gutters if one is not None]
    usual = median(found) if found else None
    made = []
    for page, gutter in zip(pages, gutters, strict=True):
        place = gutter
        if gutter is None and usual is not None and _crossing(page.runs, usual) <= 0.2:
            place = usual
        lines = _in_order(page, place)
        for table in page.tables:
            _insert(lines, table, page)
        made.append(lines)
    return made


def _insert(lines: list[PageLine], table: Table, page: Page) -> None:
    """Rows go behind the last line, in the order of reading, that stands above the table."""
    rows = [
        PageLine(row, page.number, 0, table.left, table.right, table.top, 10.0, page.width, True)
        for row in table_lines(table.rows)
    ]
    above = [at for at, line in enumerate(lines) if line.top < table.top]
    place = above[-1] + 1 if above else 0
    lines[place:place] = rows


def _in_order(page: Page, gutter: float | None) -> list[PageLine]:
    """Lines from the top; of two columns the left one first, between lines that cross both."""
    lines: list[PageLine] = []
    parts: tuple[list[Run], list[Run], list[Run]] = ([], [], [])

    def flush(columns: Sequence[int]) -> None:
        for column in columns:
            lines.extend(_line(row, page, column) for row in _rows(parts[column]))
            parts[column].clear()

    for run in sorted(page.runs, key=lambda one: (one[0].base, one[0].left)):
        if gutter is None or run[0].left < gutter < run[-1].right:
            flush((1, 2))
            parts[0].append(run)
        else:
            flush((0,))
            parts[1 + (run[0].left > gutter)].append(run)
    flush((0, 1, 2))
    return lines


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs of one height are one line."""
    rows: list[list[Run]] = []
    for run in runs:
        if rows and abs(rows[-1][0][0].base - run[0].base) < 0.45 * _height(run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return rows


def _gutter(runs: Sequence[Run]) -> float | None:
    """The middle of the empty strip between two columns of text; None where there is one column."""
    if len(runs) < 2 * MIN_COLUMN_LINES:
        return None
    left = min(run[0].left for run in runs)
    right = max(run[-1].right for run in runs)
    places: list[tuple[float, float]] = []
    for step in range(35, 66):
        place = left + (right - left) * step / 100
        on_left = [run for run in runs if run[-1].right <= place]
        on_right = [run for run in runs if run[0].left >= place]
        crossing = len(runs) - len(on_left) - len(on_right)
        few = min(len(on_left), len(on_right))
        if few < MIN_COLUMN_LINES or crossing > 0.3 * few:
            continue
        if _is_prose(on_left, left, place) and _is_prose(on_right, place, right):
            places.append((crossing, place))
    if not places:
        return None
    fewest = min(crossing for crossing, _ in places)
    return median(place for crossing, place in places if crossing == fewest)


def _crossing(runs: Sequence[Run], place: float) -> float:
    """Share of the runs that cross a place."""
    return sum(run[0].left < place < run[-1].right for run in runs) / max(len(runs), 1)


def _is_prose(runs: Sequence[Run], left: float, right: float) -> bool:
    """Whether lines fill their column, which cells and labels do not."""
    return median(one[-1].right - one[0].left for one in runs) > 0.7 * (right - left)


def _line(runs: Sequence[Run], page: Page, column: int) -> PageLine:
    # Characters of another font, as quotation marks are, may be drawn after their line.
    glyphs = sorted((glyph for run in runs for glyph in run), key=lambda one: one.left)
    words = glyphs[0].char
    for before, glyph in pairwise(glyphs):
        gap = glyph.left - before.right
        em = glyph.bottom - glyph.top
        is_word = gap > WORD_GAP_EM * em / (1 if _is_wide(before) or _is_wide(glyph) else 2)
        words += " " * (is_word or glyph.is_spaced) + glyph.char
    return PageLine(
        words,
        page.number,
        column,
        glyphs[0].left,
        glyphs[-1].right,
        min(glyph.top for glyph in glyphs),
        _em(glyphs),
        page.width,
    )


def _em(glyphs: Sequence[Glyph]) -> float:
    """Heights differ by font; a Chinese character is one em wide in all of them."""
    wide = [glyph.right - glyph.left for glyph in glyphs if _is_wide(glyph)]
    if wide:
        return max(median(wide), 1.0)
    return LATIN_EM * median(_height([glyph]) for glyph in glyphs)


def _height(run: Sequence[Glyph]) -> float:
    return max(run[0].bottom - run[0].top, 1.0)


def _is_wide(glyph: Glyph) -> bool:
    return glyph.char >= "\u2e80"
