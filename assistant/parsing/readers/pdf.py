"""PDF: its text layer by place, its tables as rows, its scanned pages by OCR."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.parsing.readers import ocr
from assistant.parsing.readers.page_lines import PageLine, drop_furniture, join_paragraphs
from assistant.parsing.readers.pdf_page import (
    Glyph,
    Table,
    has_rules,
    page_lines,
    read_glyphs,
    read_tables,
)
from assistant.parsing.readers.reading import Reading, broken, locked, too_large

if TYPE_CHECKING:
    import pypdfium2

MAX_PAGES = 1000
MIN_PAGE_CHARS = 10
"""A page with fewer characters and a picture is a scan."""
MAX_UNREADABLE = 0.2
"""Share of characters without a meaning above which a text layer is useless."""
TAIL_BYTES = 4096


def read_pdf(raw: bytes, name: str) -> Reading:
    """A paragraph or a row of a table a line; running headers, footers and page numbers go."""
    import pypdfium2

    if b"%%EOF" not in raw[-TAIL_BYTES:]:
        raise broken(name, "PDF")  # PDFium would repair it and show the pages that are left
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise locked(name) from error
        raise broken(name, "PDF") from error
    try:
        if len(document) > MAX_PAGES:
            raise too_large(name, f"{MAX_PAGES} 页")
        return _reading(document, raw, name)
    except pypdfium2.PdfiumError as error:
        raise broken(name, "PDF") from error
    finally:
        document.close()


@dataclass(slots=True)
class _Pages:
    """What the pages gave, in order."""

    lines: list[list[PageLine]] = field(default_factory=list)
    scans: list[float] = field(default_factory=list)
    """Confidence of each page that was read by OCR."""
    unread: list[int] = field(default_factory=list)
    """Pictures of pages that could not be read, from 1."""
    tables: int = 0


def _reading(document: pypdfium2.PdfDocument, raw: bytes, name: str) -> Reading:
    pages = _Pages()
    with _Plumber(raw) as plumber:
        for number in range(len(document)):
            page = document[number]
            glyphs = read_glyphs(page)
            if _is_scan(page, glyphs):
                _scan(page, number, name, pages)
            else:
                tables = plumber.tables(number) if has_rules(page) else []
                pages.tables += len(tables)
                pages.lines.append(page_lines(glyphs, tables, number))
            page.close()
    if pages.unread and not any(pages.lines):
        raise ocr.no_ocr(name)
    lines, notes = drop_furniture(pages.lines)
    certainty, why = _certainty(pages, lines)
    if pages.unread:
        notes.append(f"未识别的扫描页：第 {'、'.join(map(str, pages.unread))} 页")
    how = "text layer" if len(pages.scans) < len(pages.lines) else "ocr"
    if pages.scans and how == "text layer":
        how = "text layer, ocr"
    text = "\n".join(join_paragraphs(lines))
    return Reading(text, how, certainty, why, tuple(notes), has_tables=True)


def _is_scan(page: pypdfium2.PdfPage, glyphs: list[Glyph]) -> bool:
    import pypdfium2.raw as pdfium

    unreadable = sum(_has_no_meaning(glyph.char) for glyph in glyphs)
    if glyphs and unreadable > MAX_UNREADABLE * len(glyphs):
        return True
    if len(glyphs) >= MIN_PAGE_CHARS:
        return False
    pictures = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return next(iter(pictures), None) is not None


def _has_no_meaning(char: str) -> bool:
    """Codes of a font that does not say which characters its shapes are."""
    return char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or ord(char) >= 0xF0000


def _scan(page: pypdfium2.PdfPage, number: int, name: str, pages: _Pages) -> None:
    if ocr.ocr_program() is None:
        pages.unread.append(number + 1)
        return
    if len(pages.scans) >= ocr.MAX_SCANNED_PAGES:
        raise too_large(name, f"{ocr.MAX_SCANNED_PAGES} 页扫描件")
    image = page.render(scale=ocr.DPI / 72).to_pil()
    scanned = ocr.read_scan(image, number, name)
    pages.scans.append(scanned.confidence)
    pages.lines.append(list(scanned.lines))


def _certainty(pages: _Pages, lines: list[PageLine]) -> tuple[float, str]:
    if pages.unread:
        return 0.5, f"有 {len(pages.unread)} 页是扫描图片，未能识别。"
    if pages.scans:
        mean = sum(pages.scans) / len(pages.scans)
        words = f"{len(pages.scans)} 页扫描件由文字识别读出，平均置信度 {mean:.0%}，请核对原件。"
        return round(min(mean, 0.9), 3), words
    if any(line.column for line in lines):
        return 0.85, "文字取自 PDF 的文字层，分栏按位置判断。"
    if pages.tables:
        return 0.9, f"文字取自 PDF 的文字层，{pages.tables} 个表格按框线识别。"
    return 0.95, "文字取自 PDF 的文字层，段落按缩进和行宽合并。"


class _Plumber:
    """pdfplumber on the same bytes, opened when the first page with ruled lines asks for it."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._pdf: Any = None

    def __enter__(self) -> _Plumber:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pdf is not None:
            self._pdf.close()

    def tables(self, number: int) -> list[Table]:
        import pdfplumber

        if self._pdf is None:
            self._pdf = pdfplumber.open(io.BytesIO(self._raw))
        page = self._pdf.pages[number]
        found = read_tables(page)
        page.close()
        return found
