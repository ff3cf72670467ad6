"""An evidence pack as XLSX or DOCX; the same pack gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from assistant.tables.pack import TITLE, Grid, Section
from assistant.tables.sheets import Book, Column, Sheet, safe

_WIDTHS = (30, 30, 24, 24, 50, 50, 40, 30)
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_FONT = "宋体"
_SHEET_NAME_CHARS = 31
"""Excel's limit of a sheet's name."""


def pack_xlsx(sections: Sequence[Section], day: date) -> bytes:
    """A sheet a section of level 1, with those of level 2 one below the other in it."""
    book = Book(day, TITLE)
    sheet: Sheet | None = None
    for section in sections:
        if section.level == 1 or sheet is None:
            columns = section.grid.header if section.grid else (section.title,)
            widths = _WIDTHS if section.grid else (60, *_WIDTHS[1:])
            sheet = book.sheet(
                section.title[:_SHEET_NAME_CHARS],
                [Column(one, width) for one, width in zip(columns, widths, strict=False)],
            )
            rows = section.grid.rows if section.grid else ()
        else:
            sheet.row([])
            sheet.row([section.title], is_bold=True)
            rows = ()
        for line in section.lines:
            sheet.row([line])
        if section.level != 1 and section.grid:
            sheet.row(section.grid.header, is_bold=True)
            rows = section.grid.rows
        for row in rows:
            sheet.row(row)
    return book.save()


def pack_docx(sections: Sequence[Section], day: date) -> bytes:
    """The sections one after the other, on pages of A4 across."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    made = docx.Document()
    page = made.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    page.left_margin = page.right_margin = Mm(15)
    page.top_margin = page.bottom_margin = Mm(15)
    for style in ("Normal", "Heading 1", "Heading 2", "Title"):
        fonts = made.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), _FONT)
    made.styles["Normal"].font.size = Pt(9)
    made.styles["Normal"].paragraph_format.space_after = Pt(2)
    for at, section in enumerate(sections):
        made.add_heading(safe(section.title), 0 if at == 0 else section.level)
        for line in section.lines:
            made.add_paragraph(safe(line))
        if section.grid and section.grid.rows:
            _add_grid(made, section.grid)
    core = made.core_properties
    core.title, core.author, core.last_modified_by, core.revision = TITLE, "", "", 1
    core.created = core.modified = datetime(day.year, day.month, day.day)
    raw = io.BytesIO()
    made.save(raw)
    return _settled(raw.getvalue())


def _add_grid(made: Any, grid: Grid) -> None:
    table = made.add_table(len(grid.rows) + 1, len(grid.header), style="Table Grid")
    cells = iter(table._cells)  # `table.cell` walks the whole table for each one
    for row in (grid.header, *grid.rows):
        for words in row:
            paragraph = next(cells).paragraphs[0]
            paragraph.add_run(safe(words)).bold = row is grid.header


def _settled(raw: bytes) -> bytes:
    """The archive with every part dated alike, whenever it was written."""
    settled = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as before,
        zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.infolist():
            dated = zipfile.ZipInfo(part.filename, _ZIP_EPOCH)
            dated.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(dated, before.read(part))
    return settled.getvalue()
