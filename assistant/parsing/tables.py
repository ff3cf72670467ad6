"""Tables as lines: a row is a line whose cells are parted by tabs; what kind of row each line is.

White space is layout, so a row keeps every character of its table. A reader that knows tables
writes them with `table_lines`; a row that spans the table (二、资金类) then opens with a tab.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from assistant.parsing.numbering import read_marker

MAX_HEADER_CHARS = 24
"""A longer cell is content, not the name of a column."""
_CONTENT = re.compile(
    r"[。；！？]|^[0-9０-９.,，%％年月日/-]+$|[0-9０-９]\s*(?:[万亿]?元|[家个项%％])"
)
"""A sentence, a figure or an amount is content too."""


class RowKind(Enum):
    """What a row is in its table."""

    HEADER = "header"
    """Names the columns, or a group of rows where no header does: rows below belong to it."""
    SUBHEADER = "subheader"
    GROUP = "group"
    DATA = "data"
    """A row below one of the above."""
    PLAIN = "plain"
    """A row of a table that names no columns."""


def table_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """A line a row, empty rows left out; lone cells above and below the table are plain lines."""
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    wide = [at for at, row in enumerate(filled) if _is_wide(row)]
    lines = []
    for at, row in enumerate(filled):
        if _is_wide(row):
            lines.append("\t".join(row).rstrip("\t"))
        else:
            is_inside = bool(wide) and wide[0] < at < wide[-1]
            lines.append("\t" * is_inside + next(cell for cell in row if cell))
    return lines


def _is_wide(row: Sequence[str]) -> bool:
    return sum(map(bool, row)) > 1


def is_row(line: str) -> bool:
    """Whether `line` is a row of a table; a tab after a marker (第一条) makes none."""
    words = line.strip()
    if "\t" not in words:
        return line.startswith("\t")
    marker = read_marker(words)
    return marker is None or "\t" in words[marker.length :].strip()


def cells(line: str) -> list[str]:
    """The cells of a row."""
    return [cell.strip() for cell in line.rstrip("\n").split("\t")]


def header_words(line: str) -> str:
    """The names of the columns in one line, for a path."""
    return "｜".join(cell for cell in cells(line) if cell)


def row_kinds(lines: Sequence[str]) -> list[RowKind | None]:
    """The kind of each line, None for one that is no row."""
    kinds: list[RowKind | None] = [None] * len(lines)
    for start, end in _tables(lines):
        kinds[start:end] = _kinds(lines[start:end])
    return kinds


def _tables(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Runs of rows; a row with more cells than the first opens another table."""
    start = 0
    while start < len(lines):
        end = start
        if is_row(lines[start]):
            columns = len(cells(lines[start]))
            end += 1
            while end < len(lines) and is_row(lines[end]) and len(cells(lines[end])) <= columns:
                end += 1
            yield start, end
        start = max(end, start + 1)


def _kinds(rows: Sequence[str]) -> list[RowKind | None]:
    has_header = len(rows) > 1 and _is_header(rows[0])
    is_below = has_header
    kinds: list[RowKind | None] = []
    for at, row in enumerate(rows):
        if at == 0 and has_header:
            kinds.append(RowKind.HEADER)
        elif at == 1 and has_header and len(rows) > 2 and _is_subheader(rows[0], row):
            kinds.append(RowKind.SUBHEADER)
        elif row.startswith("\t") and "\t" not in row.strip():
            kinds.append(RowKind.GROUP if has_header else RowKind.HEADER)
            is_below = True
        else:
            kinds.append(RowKind.DATA if is_below else RowKind.PLAIN)
    return kinds


def _is_header(row: str) -> bool:
    names = [cell for cell in cells(row) if cell]
    return len(names) > 1 and not any(
        len(name) > MAX_HEADER_CHARS or _CONTENT.search(name) for name in names
    )


def _is_subheader(header: str, row: str) -> bool:
    """A second row of names repeats the columns that the first one holds alone."""
    above, here = cells(header), cells(row)
    same = sum(one == other != "" for one, other in zip(above, here, strict=False))
    return 0 < same < len(here) and _is_header(row)
