"""A worksheet of many rows whose cells are mostly the same: these are put into XML once.

XlsxWriter makes the same bytes cell by cell; of 130,000 rows of 16 cells that takes twice as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_Cell = tuple[int, str, Any, Any]
"""Column, `t` or `n`, the number of the string or the value, the look."""
BLOCK = 16
"""Rows that share the `spans` of XlsxWriter."""


class RepeatingWorksheet(Worksheet):  # type: ignore[misc]
    """Rows may be given whole by `keep_row`, each below the last and below all other cells."""

    def __init__(self) -> None:
        super().__init__()
        self._kept_rows: list[tuple[int, _Made, _Made]] = []
        self._known_cells: dict[Any, _Made] = {}

    def keep_row(self, row: int, first: Any, kept: Any) -> None:
        """`first` and `kept` are `Kept` cells; those of `kept` stand behind."""
        self._kept_rows.append((row, self._known(first), self._known(kept)))
        for column in (first.cells[0][0], kept.cells[-1][0]):
            self._check_dimensions(row, column)

    def _known(self, kept: Any) -> _Made:
        """The cells with the numbers of their strings, looked up once, counted each time."""
        found = self._known_cells.get(kept)
        if found is None:
            found = self._known_cells[kept] = _Made(self._indexed(kept))
        else:
            self.str_table.count += found.strings
        return found

    def _indexed(self, kept: Any) -> Iterator[_Cell]:
        for column, value, look in kept.cells:
            if isinstance(value, str):
                yield column, "t", self.str_table._get_shared_string_index(value), look
            else:
                yield column, "n", value, look

    def _write_rows(self) -> None:
        if not self._kept_rows:
            super()._write_rows()
            return
        self.dim_rowmax: int = self._kept_rows[0][0] - 1
        super()._write_rows()
        self.dim_rowmax = self._kept_rows[-1][0]
        spans = dict(self._spans())
        for row, first, kept in self._kept_rows:
            number = row + 1
            cells = "".join(
                [f'<c r="{name}{number}"{rest}' for name, rest in (*first.xml(), *kept.xml())]
            )
            self.fh.write(f'<row r="{number}" spans="{spans[row // BLOCK]}">{cells}</row>')

    def _calculate_spans(self) -> None:
        super()._calculate_spans()
        if self._kept_rows:
            self.row_spans = dict(self._spans())

    def _spans(self) -> Iterator[tuple[int, str]]:
        ends: dict[int, tuple[int, int]] = {}
        rows = [(row, min(cells), max(cells)) for row, cells in self.table.items() if cells]
        for row, first, kept in self._kept_rows:
            rows.append((row, first.cells[0][0], kept.cells[-1][0]))
        for row, low, high in rows:
            old = ends.get(row // BLOCK, (low, high))
            ends[row // BLOCK] = min(low, old[0]), max(high, old[1])
        for block, (low, high) in ends.items():
            yield block, f"{low + 1}:{high + 1}"


class _Made:
    """Cells with the numbers of their strings; their XML is made when it is first written, as the
    looks are numbered in the order in which they are written.
    """

    def __init__(self, cells: Iterable[_Cell]) -> None:
        self.cells = tuple(cells)
        self.strings = sum(kind == "t" for _, kind, *_ in self.cells)
        self._xml: list[tuple[str, str]] = []

    def xml(self) -> list[tuple[str, str]]:
        """The name of each cell's column, and what follows the cell's address."""
        if not self._xml:
            self._xml = list(map(_xml_of, self.cells))
        return self._xml


def _xml_of(cell: _Cell) -> tuple[str, str]:
    column, kind, value, look = cell
    style = look._get_xf_index()
    if kind == "t":
        return xl_col_to_name(column), f' s="{style}" t="s"><v>{value}</v></c>'
    return xl_col_to_name(column), f' s="{style}"><v>{value:.16G}</v></c>'
