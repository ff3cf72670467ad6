"""XLSX project guides: a row a support item, merged cells filled, no formula computed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from assistant.parsing.readers.archive import UNZIP_ERRORS, check_archive
from assistant.parsing.readers.reading import Reading, broken, too_large
from assistant.parsing.tables import table_lines

MAX_ROWS = 20_000
MAX_COLUMNS = 200
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"')
_NO_RESULT = re.compile(rb"</f>\s*(?:<v\s*/>|<v>\s*</v>|</c>)")
_PERCENT = re.compile(r"0(?:\.(0+))?%")


def read_xlsx(raw: bytes, name: str) -> Reading:
    """Visible sheets in order; a sheet that has no title of its own is led by its name."""
    import openpyxl
    from lxml.etree import LxmlError
    from openpyxl.utils.exceptions import InvalidFileException

    check_archive(raw, name, "XLSX")
    lines: list[str] = []
    notes: list[str] = []
    empty_formulas = 0
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    notes.append(f"隐藏的工作表：{sheet.title}")
                    continue
                # Merged ranges and formulas stand in the archive's part only, read row by row.
                part = archive.read(sheet._worksheet_path)
                empty_formulas += len(_NO_RESULT.findall(part))
                made = table_lines(_filled(_grid(sheet, name), _merged(part)))
                if made and "\t" in made[0]:
                    lines.append(sheet.title)
                lines += made
        book.close()
    except (*UNZIP_ERRORS, InvalidFileException, LxmlError, SyntaxError, KeyError, ValueError,
            TypeError, AttributeError) as error:  # fmt: skip
        raise broken(name, "XLSX") from error
    certainty, why = 0.95, "表格逐行读取，合并的单元格已填到每一行，公式取文件里保存的结果。"
    if empty_formulas:
        certainty, why = 0.6, f"有 {empty_formulas} 个公式没有保存结果，这些单元格读不到内容。"
    return Reading(
        "\n".join(lines),
        "xlsx",
        certainty,
        why,
        tuple(notes),
        has_tables=True,
    )


def _grid(sheet: Any, name: str) -> list[list[str]]:
    """Words by row and column, from the sheet's first cell."""
    sheet.reset_dimensions()  # a file may declare a million rows and hold ten
    grid: list[list[str]] = []
    for row in sheet.iter_rows():
        if len(grid) >= MAX_ROWS:
            if any(cell.value is not None for cell in row):
                raise too_large(name, f"{MAX_ROWS} 行")
            continue
        if len(row) > MAX_COLUMNS and any(cell.value is not None for cell in row[MAX_COLUMNS:]):
            raise too_large(name, f"{MAX_COLUMNS} 列")
        grid.append([_shown(cell) for cell in row[:MAX_COLUMNS]])
    return grid


def _shown(cell: Any) -> str:
    """A value as a person reads it: 50%, 2024-01-01, 10 for 10.0."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        percent = _PERCENT.search(cell.number_format or "")
        if percent:
            return f"{value * 100:.{len(percent[1] or '')}f}%"
        return str(int(value)) if float(value).is_integer() else repr(value)
    return str(value)


def _merged(part: bytes) -> list[tuple[int, int, int, int]]:
    """Merged ranges as first row, first column, last row, last column, from 0."""
    from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

    made = []
    for found in _MERGED.finditer(part):
        (left, top), (right, bottom) = (
            coordinate_from_string(found[at].decode()) for at in (1, 2)
        )
        made.append((
            top - 1, column_index_from_string(left) - 1,
            bottom - 1, column_index_from_string(right) - 1,
        ))  # fmt: skip
    return made


def _filled(
    grid: list[list[str]], merged: list[tuple[int, int, int, int]]
) -> Iterator[list[str]]:
    """Rows where a cell that is merged downwards stands in each of its rows."""
    for top, left, bottom, right in merged:
        if top >= len(grid) or left >= len(grid[top]):
            continue
        words = grid[top][left]
        if right > left and sum(map(bool, grid[top])) < 2:
            continue  # a title over the whole table
        for row in grid[top + 1 : bottom + 1]:
            row += [""] * (left + 1 - len(row))
            row[left] = words
    yield from grid
