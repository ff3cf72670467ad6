"""DOCX: paragraphs with the numbers that Word draws, tables in place; headers and footers go."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zipfile import BadZipFile

from assistant.parsing.readers.archive import UNZIP_ERRORS, check_archive
from assistant.parsing.readers.auto_numbers import AutoNumbers, auto_numbers
from assistant.parsing.readers.ooxml import attribute, child, children, local, value
from assistant.parsing.readers.reading import Reading, broken
from assistant.parsing.tables import table_lines

_LEFT_OUT = frozenset({
    "pPr", "rPr", "del", "moveFrom", "instrText", "delText", "Fallback", "txbxContent",
    "footnoteReference", "endnoteReference", "annotationRef",
})  # fmt: skip
_HOLDERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"})
MAX_CELL_CHARS = 2000


def read_docx(raw: bytes, name: str) -> Reading:
    """The body of a DOCX file, a paragraph or a row of a table a line."""
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    check_archive(raw, name, "DOCX")
    try:
        document = docx.Document(io.BytesIO(raw))
        styles = document.styles.element
    except (*UNZIP_ERRORS, OpcError, LxmlError, BadZipFile, KeyError, ValueError) as error:
        raise broken(name, "DOCX") from error
    walk = _Walk(auto_numbers(_numbering(document.part), styles), _contents_styles(styles))
    lines = list(walk.lines(document.element.body))
    notes = [*walk.notes, *_margins(document)]
    certainty, why = 0.99, "DOCX 的段落和表格按文件结构读取。"
    if walk.has_drawn:
        certainty, why = 0.95, "DOCX 按文件结构读取，自动编号按其定义还原。"
    return Reading("\n".join(lines), "docx", certainty, why, tuple(notes), has_tables=True)


def _numbering(part: Any) -> Any:
    from docx.opc.constants import RELATIONSHIP_TYPE

    for relation in part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING and not relation.is_external:
            return getattr(relation.target_part, "element", None)
    return None


def _contents_styles(styles: Any) -> frozenset[str]:
    """Ids of the styles of an automatic table of contents."""
    return frozenset(
        attribute(style, "styleId")
        for style in children(styles, "style")
        if re.fullmatch(r"toc \d", value(child(style, "name")), re.I)
    )


def _margins(document: Any) -> list[str]:
    """The words of headers and footers, which are left out."""
    seen: dict[str, None] = {}
    for section in document.sections:
        for label, part in (("页眉", section.header), ("页脚", section.footer)):
            words = " ".join(one.text for one in part.paragraphs if one.text.strip())
            if words:
                seen[f"{label}：{words}"] = None
    return list(seen)


@dataclass(slots=True)
class _Walk:
    """One pass over a body in document order."""

    numbers: AutoNumbers
    contents: frozenset[str]
    notes: list[str] = field(default_factory=list)
    has_drawn: bool = False

    def lines(self, parent: Any) -> Iterator[str]:
        held: str | None = None  # a heading 目录 goes with the entries that follow it
        for block in _blocks(parent):
            if local(block) == "tbl":
                made = list(self._table(block))
            elif self._style(block) in self.contents:
                self.notes.append(f"自动目录：{_words(block).strip()}")
                held = None
                continue
            else:
                made = list(self._paragraph(block))
            if held is not None:
                yield held
                held = None
            for line in made:
                if self.contents and re.fullmatch(r"目\s*[录次]", line.strip()):
                    held = line
                else:
                    yield line
        if held is not None:
            yield held

    def _style(self, paragraph: Any) -> str:
        return value(child(paragraph, "pPr", "pStyle"))

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        words = _words(paragraph)
        if words.strip():
            drawn = self.numbers.prefix(paragraph)
            self.has_drawn = self.has_drawn or bool(drawn)
            yield from (drawn + words.lstrip()).split("\n")
        for box in _boxes(paragraph):
            yield from self.lines(box)

    def _table(self, table: Any) -> Iterator[str]:
        grid: list[list[str]] = []
        for row in _within(table, "tr"):
            grid.append(self._row(row, grid[-1] if grid else []))
        is_layout = max(map(len, grid), default=0) < 2 or any(
            len(cell) > MAX_CELL_CHARS for line in grid for cell in line
        )
        if is_layout:
            for line in grid:
                yield from (words for cell in line for words in cell.split("\n") if words)
        else:
            yield from table_lines(grid)

    def _row(self, row: Any, above: list[str]) -> list[str]:
        """Cells; one merged downwards is in each of its rows, one across in its first column."""
        cells: list[str] = []
        for cell in _within(row, "tc"):
            properties = child(cell, "tcPr")
            span = value(child(properties, "gridSpan"))
            merged = child(properties, "vMerge")
            if merged is not None and value(merged) != "restart":
                words = above[len(cells)] if len(cells) < len(above) else ""
            else:
                words = "\n".join(line.replace("\t", " ") for line in self.lines(cell))
            cells += [words, *[""] * (min(int(span), 100) - 1 if span.isdigit() else 0)]
        return cells


def _blocks(parent: Any) -> Iterator[Any]:
    for part in parent:
        if local(part) in ("p", "tbl"):
            yield part
        elif local(part) in _HOLDERS:
            yield from _blocks(part)


def _within(parent: Any, name: str) -> Iterator[Any]:
    for part in parent:
        if local(part) == name:
            yield part
        elif local(part) in _HOLDERS:
            yield from _within(part, name)


def _words(node: Any) -> str:
    """The words of a paragraph as a person sees them: insertions in, deletions out."""
    made: list[str] = []
    for part in node:
        name = local(part)
        if name in _LEFT_OUT or _is_hidden(part):
            continue
        if name == "t":
            # A tab in a paragraph is white space; in our lines it would be a row's.
            made.append((part.text or "").replace("\t", " "))
        elif name in ("tab", "ptab"):
            made.append(" ")
        elif name in ("br", "cr"):
            made.append("\n")
        elif name == "noBreakHyphen":
            made.append("-")
        else:
            made.append(_words(part))
    return "".join(made)


def _boxes(paragraph: Any) -> Iterator[Any]:
    """Text boxes; the fallback of each repeats it."""
    for part in paragraph:
        if local(part) == "txbxContent":
            yield part
        elif local(part) != "Fallback":
            yield from _boxes(part)


def _is_hidden(run: Any) -> bool:
    if local(run) != "r":
        return False
    hidden = child(run, "rPr", "vanish")
    return hidden is not None and value(hidden) not in ("0", "false")
