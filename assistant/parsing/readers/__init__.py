"""Bytes to text, one function a format; paragraphs and rows are lines of the text that comes out.

A reader takes the bytes and the file's name, and returns a `Reading` or raises a CorpusError of
one sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.errors import CorpusError
from assistant.parsing.readers.html import read_html
from assistant.parsing.readers.legacy_doc import read_doc
from assistant.parsing.readers.markdown import read_markdown
from assistant.parsing.readers.pdf import read_pdf
from assistant.parsing.readers.plain import read_plain
from assistant.parsing.readers.reading import Reading
from assistant.parsing.readers.sheet import read_xlsx
from assistant.parsing.readers.sniff import check_kind
from assistant.parsing.readers.word import read_docx

__all__ = ["KNOWN_SUFFIXES", "Reading", "read_file"]

_READERS: dict[str, Callable[[bytes, str], Reading]] = {
    ".txt": read_plain,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".docx": read_docx,
    ".doc": read_doc,
    ".pdf": read_pdf,
    ".xlsx": read_xlsx,
}
KNOWN_SUFFIXES = frozenset(_READERS)


def read_file(path: Path, raw: bytes) -> Reading:
    """The text of a file of any known format; heavy libraries are loaded when first needed.

    Raises:
        CorpusError: the file is empty, binary, locked, broken, mislabelled or of an unknown format.
    """
    suffix = path.suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None:
        raise CorpusError(
            f"文件 {path.name} 的格式不支持；"
            f"请转成 {'、'.join(sorted(_READERS))} 之一再放入语料文件夹。"
        )
    if not raw.strip():
        raise CorpusError(f"文件 {path.name} 是空的；请换成有内容的文件。")
    check_kind(path.name, suffix, raw)
    try:
        reading = reader(raw, path.name)
    except CorpusError:
        raise
    except Exception as error:  # a hostile file finds errors that its library did not foresee
        raise CorpusError(
            f"文件 {path.name} 已损坏，无法读取（{type(error).__name__}）；请重新导出后再放入。"
        ) from error
    if not reading.text.strip():
        raise CorpusError(
            f"文件 {path.name} 里没有可读的文字（可能是扫描件）；请提供带文字的版本。"
        )
    return reading
