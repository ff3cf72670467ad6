"""Office files are ZIP archives of XML: what may be unpacked, and what may not."""

from __future__ import annotations

import io
import zipfile
import zlib

from assistant.parsing.readers.reading import broken, too_large

MAX_UNPACKED_BYTES = 200_000_000
MAX_PART_BYTES = 60_000_000
"""Of one XML part, which its library holds in memory as a tree."""
MAX_PARTS = 5000
MAX_RATIO = 200
"""Of unpacked to packed size; text packs to about a tenth, a bomb to a thousandth."""
SMALL_BYTES = 1_000_000
UNZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError
)  # fmt: skip


def check_archive(raw: bytes, name: str, kind: str) -> None:
    """Refuse a broken archive and one that would fill the memory.

    The declared sizes can be trusted: `zipfile` reads no more than them.

    Raises:
        CorpusError: broken, a zip bomb, or XML with a document type (entities that multiply).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if (
                len(parts) > MAX_PARTS
                or unpacked > MAX_UNPACKED_BYTES
                or any(
                    part.file_size > MAX_PART_BYTES and _is_xml(part.filename) for part in parts
                )
            ):
                raise too_large(name, f"解压后 {MAX_UNPACKED_BYTES // 1_000_000} MB 的上限")
            for part in parts:
                if part.file_size > max(SMALL_BYTES, MAX_RATIO * part.compress_size):
                    raise too_large(name, f"{MAX_RATIO} 倍的压缩比（疑似压缩炸弹）")
                if _is_xml(part.filename):
                    with archive.open(part) as stream:
                        if b"<!DOCTYPE" in stream.read(1024):
                            raise broken(name, kind)
    except UNZIP_ERRORS as error:
        raise broken(name, kind) from error


def _is_xml(part: str) -> bool:
    return part.lower().endswith((".xml", ".rels"))
