"""Legacy DOC: LibreOffice, where present, makes a DOCX of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from assistant.errors import CorpusError
from assistant.parsing.readers.reading import Reading, locked
from assistant.parsing.readers.word import read_docx

TIME_LIMIT_S = 120.0
_FIB = b"\xec\xa5"
_FIB_PLACE, _FLAGS_PLACE, _IS_ENCRYPTED = 512, 512 + 11, 0x01
"""Where the header of a DOC's text usually stands, and its flag (MS-DOC 2.5.1, fEncrypted)."""


def soffice_path() -> str | None:
    """The LibreOffice program; None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def read_doc(raw: bytes, name: str) -> Reading:
    """A DOC file through LibreOffice, in a profile of its own."""
    if raw[_FIB_PLACE:].startswith(_FIB) and raw[_FLAGS_PLACE] & _IS_ENCRYPTED:
        raise locked(name)
    program = soffice_path()
    if program is None:
        raise CorpusError(
            f"文件 {name} 是旧版 DOC，需要 LibreOffice 才能读取；请安装它，或另存为 DOCX 再放入。"
        )
    with tempfile.TemporaryDirectory(prefix="assistant-doc-") as folder:
        made = _convert(program, raw, name, Path(folder))
        if made is None:
            raise CorpusError(
                f"文件 {name} 无法由 LibreOffice 打开（可能损坏或设有密码）；请另存为 DOCX 再放入。"
            )
        reading = read_docx(made, name)
    return replace(
        reading,
        how="doc, libreoffice",
        certainty=min(reading.certainty, 0.9),
        why="旧版 DOC 先由 LibreOffice 转成 DOCX，再按文件结构读取。",
    )


def _convert(program: str, raw: bytes, name: str, folder: Path) -> bytes | None:
    """The DOCX; None where LibreOffice makes none."""
    source = folder / "in.doc"
    source.write_bytes(raw)
    command = [
        program,
        "--headless",
        "--norestore",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder),
        str(source),
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(TIME_LIMIT_S)
    except subprocess.TimeoutExpired as error:
        raise CorpusError(
            f"文件 {name} 转换超过 {TIME_LIMIT_S:.0f} 秒，已停止；请另存为 DOCX 再放入。"
        ) from error
    finally:
        if process.poll() is None:  # the program starts children of its own
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    target = folder / "in.docx"
    return target.read_bytes() if target.is_file() else None
