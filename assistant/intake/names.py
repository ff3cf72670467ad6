"""Which names of uploaded files are taken into the corpus folder."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from assistant.corpus.register import MANIFEST
from assistant.errors import UsageError
from assistant.parsing.readers import KNOWN_SUFFIXES

MAX_NAME_BYTES = 200
"""Most file systems take 255; a temporary name needs a little more than the name."""
_RESERVED = (MANIFEST, "facts.yaml", "sizes.yaml", "words.txt", "synonyms.txt", "sources.toml")


def checked_name(name: str) -> str:
    """The name as it will stand in the folder.

    Raises:
        UsageError: it holds a path or control characters, is hidden, too long, or of no known kind.

    >>> checked_name("办法 2024.docx")
    '办法 2024.docx'
    """
    name = unicodedata.normalize("NFC", name)
    if not name.strip():
        raise UsageError("没有收到文件名；请重新选择文件。")
    if any(mark in name for mark in "/\\") or name in (".", ".."):
        raise UsageError("文件名里含有路径（/ 或 \\），未收取；请只用文件名。")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for char in name):
        raise UsageError("文件名里含有不可见的字符，未收取；请改名后再传。")
    if len(name.encode("utf-8")) > MAX_NAME_BYTES:
        raise UsageError(f"文件名超过 {MAX_NAME_BYTES} 字节，未收取；请改短后再传。")
    if name.startswith((".", "~")) or name != name.strip():
        raise UsageError("文件名以点、波浪号或空格开头，或以空格结尾，未收取；请改名后再传。")
    if name.lower() in _RESERVED or name.upper().startswith("README"):
        raise UsageError(f"“{name}”是资料文件夹自用的名字，未收取；请改名后再传。")
    if PurePosixPath(name).suffix.lower() not in KNOWN_SUFFIXES:
        kinds = "、".join(sorted(KNOWN_SUFFIXES))
        raise UsageError(f"文件“{name[:60]}”的格式不支持；请转成 {kinds} 之一再传。")
    return name
