"""A workbook with nothing but words and numbers: no cell is a formula or a link.

The same cells give the same bytes; the day is the file's date.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

MAX_CELL_CHARS = 32_767
"""Excel's own limit."""
MOST_READY = 50_000
"""The same words stand in many cells."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_CUT = "……（超出单元格长度，已截断）"

Value = str | int | float | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """A header and its width in characters."""

    name: str
    width: int


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Cells by column, each a text or a number and its look; empty ones are left out."""

    cells: tuple[tuple[int, str | float, Any], ...]


class Book:
    """Sheets written from top to bottom."""

    def __init__(self, day: date, title: str) -> None:
        import xlsxwriter

        self._raw = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._raw, {"in_memory": True})
        self._book.set_properties(
            {"title": title, "created": datetime(day.year, day.month, day.day)}
        )
        look = {"text_wrap": True, "valign": "top"}
        self.text = self._book.add_format(look)
        self.quoted = self._book.add_format(look | {"quote_prefix": True})
        self.bold = self._book.add_format(look | {"bold": True})
        self._ready: dict[str, tuple[str, bool]] = {}
        self.head = self._book.add_format(look | {"bold": True, "bg_color": "#DDE7F3", "border": 1})

    def sheet(self, name: str, columns: Sequence[Column]) -> Sheet:
        from assistant.tables.repeated import RepeatingWorksheet

        made = self._book.add_worksheet(name, worksheet_class=RepeatingWorksheet)
        return Sheet(self, made, columns)

    def ready(self, value: str) -> tuple[str, bool]:
        """What a cell can hold of it, and whether a spreadsheet could take it for a formula."""
        found = self._ready.get(value)
        if found is None:
            if len(self._ready) >= MOST_READY:
                self._ready.clear()
            found = self._ready[value] = safe(value), value.startswith(_DANGEROUS)
        return found

    def save(self) -> bytes:
        self._book.close()
        return self._raw.getvalue()


class Sheet:
    """Rows below a header that stays in view and can be filtered."""

    def __init__(self, book: Book, sheet: Any, columns: Sequence[Column]) -> None:
        self._book, self._sheet, self._row = book, sheet, 0
        self._width = len(columns)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            self._write(at, column.name, book.head)
        self._row = 1
        sheet.freeze_panes(1, 0)

    def row(self, values: Sequence[Value], *, is_bold: bool = False) -> None:
        look = self._book.bold if is_bold else self._book.text
        for at, value in enumerate(values):
            if value is not None and value != "":
                self._write(at, value, look)
        self._row += 1

    def kept(self, at: int, values: Sequence[Value]) -> Kept:
        """Cells from column `at` on that many rows will have: see `row_of`."""
        return Kept(
            tuple(
                (column, *self._ready(value, self._book.text))
                for column, value in enumerate(values, at)
                if value is not None and value != ""
            )
        )

    def row_of(self, first: Kept, kept: Kept) -> None:
        """As `row` of all these cells, in a fraction of its time."""
        self._sheet.keep_row(self._row, first, kept)
        self._row += 1

    def _ready(self, value: str | int | float | Decimal, look: Any) -> tuple[str | float, Any]:
        if not isinstance(value, str):
            return float(value), look
        text, is_dangerous = self._book.ready(value)
        return text, self._book.quoted if is_dangerous and look is self._book.text else look

    def choices(self, at: int, options: Sequence[str], rows: int) -> None:
        """A list to pick from in column `at`; what is not in it may be typed as well."""
        if sum(map(len, options)) + len(options) > 255:  # Excel's limit of a list in place
            return
        self._sheet.data_validation(
            1, at, rows, at,
            {"validate": "list", "source": list(options), "error_type": "information"},
        )  # fmt: skip

    def filtered(self) -> None:
        self._sheet.autofilter(0, 0, max(self._row - 1, 1), self._width - 1)

    def _write(self, at: int, value: str | int | float | Decimal, look: Any) -> None:
        made, look = self._ready(value, look)
        if isinstance(made, str):
            self._sheet.write_string(self._row, at, made, look)
        else:
            self._sheet.write_number(self._row, at, made, look)


def safe(text: str) -> str:
    """What a cell can hold: whole characters, none that XML forbids, not too many."""
    text = _FORBIDDEN.sub(" ", text)
    if len(text) > MAX_CELL_CHARS:
        text = text[: MAX_CELL_CHARS - len(_CUT)] + _CUT
    return text
