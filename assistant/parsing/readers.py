"""Bytes to text, one function a format; paragraphs are lines of the text that comes out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from assistant.errors import CorpusError

MAX_PAGES = 1000
MAX_UNPACKED_BYTES = 200_000_000
BROKEN_LINES = frozenset({".txt", ".pdf"})
"""Formats whose lines are those of a page, not paragraphs."""


def read_text(path: Path, raw: bytes) -> str:
    """The text of a file of any known format.

    Raises:
        CorpusError: the file is empty, binary, encrypted, broken or of an unknown format.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise CorpusError(
            f"文件 {path.name} 的格式不支持；"
            f"请转成 {'、'.join(sorted(_READERS))} 之一再放入语料文件夹。"
        )
    if not raw.strip():
        raise CorpusError(f"文件 {path.name} 是空的；请换成有内容的文件。")
    try:
        text = reader(raw, path.name)
    except CorpusError:
        raise
    except Exception as error:
        raise CorpusError(
            f"文件 {path.name} 已损坏，无法读取（{type(error).__name__}）；请重新导出后再放入。"
        ) from error
    if not text.strip():
        raise CorpusError(
            f"文件 {path.name} 里没有可读的文字（可能是扫描件）；请提供带文字的版本。"
        )
    return text


def _read_plain(raw: bytes, name: str) -> str:
    for encoding in _encodings(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = sum(char < " " and char not in "\n\r\t\f\v" for char in text)
        if controls * 100 <= len(text):
            return text.removeprefix("\ufeff")
    raise CorpusError(f"文件 {name} 不是文本文件或编码无法识别；请另存为 UTF-8 文本。")


def _encodings(raw: bytes) -> tuple[str, ...]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8", "gb18030")


def _read_markdown(raw: bytes, name: str) -> str:
    """The words of a Markdown file, a block a line; its marks and comments are layout."""
    from markdown_it import MarkdownIt

    lines: list[str] = []
    # Lists stay plain lines: "1." is a number of the text, not of its layout.
    markdown = MarkdownIt("commonmark").enable("table").disable(["list", "code"])
    for token in markdown.parse(_read_plain(raw, name)):
        if token.type == "inline":
            lines.append(
                "".join(
                    "\n" if child.type in ("softbreak", "hardbreak") else child.content
                    for child in token.children or ()
                    if child.type != "html_inline"
                )
            )
        elif token.type in ("fence", "code_block"):
            lines.append(token.content)
    return "\n".join(lines)


def _read_html(raw: bytes, name: str) -> str:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(raw if raw.isascii() else _read_plain(raw, name), "lxml")
    for tag in soup(["script", "style", "nav", "footer", "header", "noscript", "form", "aside"]):
        tag.decompose()
    for cell in soup(["td", "th"]):
        cell.append("\t")
    blocks = ["p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "br", "title", "section"]
    for tag in soup(blocks):
        tag.append("\n")
    text = soup.get_text()
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _read_docx(raw: bytes, name: str) -> str:
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise CorpusError(f"文件 {name} 解压后过大，未读取；请拆分后再放入。")
        document = docx.Document(io.BytesIO(raw))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise CorpusError(f"文件 {name} 不是完好的 DOCX（可能损坏或加密）；请重新保存。") from error
    lines: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines += ["\t".join(cell.text for cell in row.cells) for row in block.rows]
    return "\n".join(lines)


def _read_pdf(raw: bytes, name: str) -> str:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(raw)) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise CorpusError(f"文件 {name} 超过 {MAX_PAGES} 页，未读取；请拆分后再放入。")
            return "\n".join(page.extract_text() or "" for page in pdf.pages)
    except (PDFException, PdfminerException, PDFPasswordIncorrect, ValueError) as error:
        raise CorpusError(f"文件 {name} 不是完好的 PDF（可能损坏或加密）；请重新导出。") from error


_READERS: dict[str, Callable[[bytes, str], str]] = {
    ".txt": _read_plain,
    ".md": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
}
KNOWN_SUFFIXES = frozenset(_READERS)
