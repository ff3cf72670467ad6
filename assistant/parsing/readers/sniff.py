"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re

from assistant.errors import CorpusError
from assistant.parsing.readers.reading import broken, locked

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (_OLE, "ole"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG\r\n", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
    (b"GIF8", "GIF 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "GZIP 压缩包"),
)
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
_WANTED = {
    ".pdf": "PDF",
    ".docx": "DOCX",
    ".xlsx": "XLSX",
    ".doc": "DOC",
    ".html": "HTML",
    ".htm": "HTML",
}


def kind_of(raw: bytes) -> str | None:
    """`PDF`, `DOCX`, `PNG 图片` …; None where the bytes have no mark, as plain text has none."""
    if raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return "PDF"
    found = next((kind for magic, kind in _MAGIC if raw.startswith(magic)), None)
    if found == "zip":
        return _zip_kind(raw)
    if found == "ole":
        return _ole_kind(raw)
    if found is None and _HTML.match(raw[:4096].removeprefix(b"\xef\xbb\xbf")):
        return "HTML"
    return found


def _zip_kind(raw: bytes) -> str:
    """By the names of the parts, which stand uncompressed in the archive."""
    for part, kind in ((b"word/", "DOCX"), (b"xl/", "XLSX"), (b"ppt/", "PPTX")):
        if part in raw:
            return kind
    return "ZIP 压缩包"


def _ole_kind(raw: bytes) -> str:
    for stream, kind in (
        ("EncryptedPackage", "locked"),
        ("WordDocument", "DOC"),
        ("Workbook", "XLS"),
        ("PowerPoint Document", "PPT"),
    ):
        if stream.encode("utf-16-le") in raw:
            return kind
    return "OLE 文件"


def check_kind(name: str, suffix: str, raw: bytes) -> None:
    """Refuse a file whose bytes are of another format than its name says.

    Raises:
        CorpusError: naming both, or that the file has a password.
    """
    kind = kind_of(raw)
    wanted = _WANTED.get(suffix)
    if kind == "locked":
        raise locked(name)
    if kind == wanted or (kind is None and wanted == "HTML"):
        return
    if kind is None or (kind == "ZIP 压缩包" and wanted in ("DOCX", "XLSX")):
        raise broken(name, wanted or "文件")
    is_known = kind in _WANTED.values()
    raise CorpusError(
        f"文件 {name} 的扩展名是 {suffix}，内容却是 {kind}；"
        f"请{f'把扩展名改为 .{kind.lower()}' if is_known else '转换成支持的格式'}后再放入。"
    )
