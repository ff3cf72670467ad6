"""One page of a PDF to lines: characters by place, columns in reading order, tables as rows."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
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
MIN_RULES = 4
"""A page with fewer drawn lines has no table."""
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
    is_spaced: bool = False
    """Whether white space stands before it in the file."""

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def read_glyphs(page: pypdfium2.PdfPage) -> list[Glyph]:
    """The visible characters of a page as it is shown, upright."""
    import pypdfium2.raw as pdfium

    text = page.get_textpage()
    rotation = page.get_rotation()
    box = page.get_mediabox()
    loose = pdfium.FS_RECTF()
    made: list[Glyph] = []
    is_spaced = False
    for at in range(pdfium.FPDFText_CountChars(text)):
        char = chr(pdfium.FPDFText_GetUnicode(text, at))
        if pdfium.FPDFText_IsGenerated(text, at) == 1:
            continue
        if char <= " " or char.isspace():
            is_spaced = True
            continue
        if not rotation and MAX_TILT < pdfium.FPDFText_GetCharAngle(text, at) % 6.283 < 6.18:
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text, at, ctypes.byref(loose)):
            continue
        corners = (loose.left, loose.bottom, loose.right, loose.top)
        made.append(Glyph(char, *_upright(corners, box, rotation), is_spaced))
        is_spaced = False
    text.close()
    return made


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
    return sum(1 for _ in zip(range(MIN_RULES), paths, strict=False)) >= MIN_RULES


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table and its box on the page."""

    rows: tuple[tuple[str, ...], ...]
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
            tuple(
                _cell(table, words, at, column) for column in range(len(words[at]))
            )
            for at in range(len(words))
        )
        left, top, right, bottom = table.bbox
        made.append(Table(rows, left, right, top, bottom))
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


def page_lines(glyphs: Sequence[Glyph], tables: Sequence[Table], page: int) -> list[PageLine]:
    """Lines and rows in reading order."""
    outside = [one for one in glyphs if not any(table.holds(one) for table in tables)]
    pieces = [piece for line in _by_height(outside) for piece in _pieces(line)]
    lines = _in_order(pieces, page)
    for table in tables:
        rows = [
            PageLine(row, page, 0, table.left, table.right, table.top, 10.0, is_row=True)
            for row in table_lines(table.rows)
        ]
        # Behind the last line that stands above it, in the order of reading.
        above = [at for at, line in enumerate(lines) if line.top < table.top]
        place = above[-1] + 1 if above else 0
        lines[place:place] = rows
    return lines


def _by_height(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters of one height, from the left."""
    lines: list[list[Glyph]] = []
    middle = 0.0
    for glyph in sorted(glyphs, key=lambda one: (one.middle, one.left)):
        tolerance = 0.45 * (glyph.bottom - glyph.top)
        if lines and glyph.middle - middle <= tolerance:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
            middle = glyph.middle
    return [sorted(line, key=lambda one: one.left) for line in lines]


def _pieces(line: list[Glyph]) -> list[list[Glyph]]:
    """The line cut where a gap may be one between columns."""
    pieces = [[line[0]]]
    for before, glyph in pairwise(line):
        if glyph.left - before.right > SPLIT_GAP_EM * (glyph.bottom - glyph.top):
            pieces.append([glyph])
        else:
            pieces[-1].append(glyph)
    return pieces


def _in_order(pieces: list[list[Glyph]], page: int) -> list[PageLine]:
    """Lines from the top; where a page has two columns, the left one first between wide lines."""
    gutter = _gutter(pieces)
    lines: list[PageLine] = []
    sides: tuple[list[list[Glyph]], list[list[Glyph]]] = ([], [])

    def flush() -> None:
        for column, side in enumerate(sides, start=1):
            lines.extend(_line(row, page, column) for row in _rows(side))
            side.clear()

    for piece in pieces:
        if gutter is None or piece[0].left < gutter < piece[-1].right:
            flush()
            if gutter is None and lines and _same_height(lines[-1], piece):
                lines[-1] = _merged(lines[-1], _line([piece], page, 0))
            else:
                lines.append(_line([piece], page, 0))
        else:
            sides[piece[0].left > gutter].append(piece)
    flush()
    return lines


def _rows(pieces: list[list[Glyph]]) -> list[list[list[Glyph]]]:
    """Pieces of one height are one line."""
    rows: list[list[list[Glyph]]] = []
    for piece in pieces:
        if rows and abs(rows[-1][-1][0].middle - piece[0].middle) < 0.3 * _height(piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _gutter(pieces: list[list[Glyph]]) -> float | None:
    """The middle of the empty strip between two columns of text; None where there is one column."""
    if len(pieces) < 2 * MIN_COLUMN_LINES:
        return None
    left = min(piece[0].left for piece in pieces)
    right = max(piece[-1].right for piece in pieces)
    best: tuple[int, float] | None = None
    for step in range(35, 66):
        place = left + (right - left) * step / 100
        on_left = [piece for piece in pieces if piece[-1].right <= place]
        on_right = [piece for piece in pieces if piece[0].left >= place]
        crossing = len(pieces) - len(on_left) - len(on_right)
        few = min(len(on_left), len(on_right))
        if few < MIN_COLUMN_LINES or crossing > 0.3 * few:
            continue
        if _is_prose(on_left, left, place) and _is_prose(on_right, place, right):
            score = -crossing
            if best is None or score > best[0]:
                best = (score, place)
    return best[1] if best else None


def _is_prose(pieces: list[list[Glyph]], left: float, right: float) -> bool:
    """Whether lines fill their column, which cells and labels do not."""
    return median(one[-1].right - one[0].left for one in pieces) > 0.7 * (right - left)


def _line(pieces: list[list[Glyph]], page: int, column: int) -> PageLine:
    glyphs = [glyph for piece in pieces for glyph in piece]
    words = glyphs[0].char
    for before, glyph in pairwise(glyphs):
        gap = glyph.left - before.right
        em = glyph.bottom - glyph.top
        is_word = gap > WORD_GAP_EM * em / (1 if _is_wide(before) or _is_wide(glyph) else 2)
        words += " " * (is_word or glyph.is_spaced) + glyph.char
    return PageLine(
        words,
        page,
        column,
        glyphs[0].left,
        glyphs[-1].right,
        min(glyph.top for glyph in glyphs),
        _em(glyphs),
    )


def _em(glyphs: Sequence[Glyph]) -> float:
    """Heights differ by font; a Chinese character is one em wide in all of them."""
    wide = [glyph.right - glyph.left for glyph in glyphs if _is_wide(glyph)]
    if wide:
        return max(median(wide), 1.0)
    return LATIN_EM * median(_height([glyph]) for glyph in glyphs)


def _merged(line: PageLine, more: PageLine) -> PageLine:
    return PageLine(
        f"{line.words} {more.words}",
        line.page,
        line.column,
        line.left,
        more.right,
        min(line.top, more.top),
        max(line.size, more.size),
    )


def _same_height(line: PageLine, piece: list[Glyph]) -> bool:
    return abs(line.top - min(one.top for one in piece)) < 0.45 * _height(piece)


def _height(piece: list[Glyph]) -> float:
    return max(piece[0].bottom - piece[0].top, 1.0)


def _is_wide(glyph: Glyph) -> bool:
    return glyph.char >= "\u2e80"
