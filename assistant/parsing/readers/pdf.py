"""PDF: its text layer by place, its tables as rows, its scanned pages by OCR."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.parsing.readers import ocr
from assistant.parsing.readers.page_lines import PageLine, drop_furniture, join_paragraphs
from assistant.parsing.readers.pdf_page import (
    Glyph,
    Page,
    Table,
    has_rules,
    lines_of,
    make_page,
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
        return _reading(_collect(document, raw, name), name)
    except pypdfium2.PdfiumError as error:
        raise broken(name, "PDF") from error
    finally:
        document.close()


@dataclass(slots=True)
class _Pages:
    """What the pages gave."""

    texts: list[Page] = field(default_factory=list)
    scans: dict[int, ocr.ScannedPage] = field(default_factory=dict)
    """By number of page, from 0."""
    unread: list[int] = field(default_factory=list)
    """Pages that are pictures and could not be read, from 1."""


def _collect(document: pypdfium2.PdfDocument, raw: bytes, name: str) -> _Pages:
    pages = _Pages()
    with _Plumber(raw) as plumber:
        for number in range(len(document)):
            page = document[number]
            glyphs = read_glyphs(page)
            if not _is_scan(page, glyphs):
                tables = plumber.tables(number) if has_rules(page) else []
                pages.texts.append(make_page(number, page.get_width(), glyphs, tables))
            elif ocr.ocr_program() is None:
                pages.unread.append(number + 1)
            elif len(pages.scans) >= ocr.MAX_SCANNED_PAGES:
                raise too_large(name, f"{ocr.MAX_SCANNED_PAGES} 页扫描件")
            else:
                pages.scans[number] = ocr.read_scan(page, number, name)
            page.close()
    return pages


def _reading(pages: _Pages, name: str) -> Reading:
    if pages.unread and not any(page.runs or page.tables for page in pages.texts):
        raise ocr.no_ocr(name)
    lines: dict[int, Sequence[PageLine]] = {at: page.lines for at, page in pages.scans.items()}
    for page, made in zip(pages.texts, lines_of(pages.texts), strict=True):
        lines[page.number] = made
    kept, notes = drop_furniture([lines[number] for number in sorted(lines)])
    stains = [words for page in pages.scans.values() for words in page.dropped]
    notes += [f"疑似污迹或印章：{words}" for words in stains]
    if pages.unread:
        notes.append(f"未识别的扫描页：第 {'、'.join(map(str, pages.unread))} 页")
    parts = (("text layer", pages.texts), ("ocr", pages.scans))
    how = ", ".join(words for words, part in parts if part)
    certainty, why = _certainty(pages, kept)
    text = "\n".join(join_paragraphs(kept))
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


def _certainty(pages: _Pages, lines: list[PageLine]) -> tuple[float, str]:
    if pages.unread:
        return 0.5, f"有 {len(pages.unread)} 页是扫描图片，未能识别。"
    if pages.scans:
        mean = sum(page.confidence for page in pages.scans.values()) / len(pages.scans)
        words = f"{len(pages.scans)} 页扫描件由文字识别读出，平均置信度 {mean:.0%}，请核对原件。"
        return round(min(mean, 0.9), 3), words
    if any(line.column for line in lines):
        return 0.85, "文字取自 PDF 的文字层，分栏按位置判断。"
    tables = sum(len(page.tables) for page in pages.texts)
    if tables:
        return 0.9, f"文字取自 PDF 的文字层，{tables} 个表格按框线识别。"
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
