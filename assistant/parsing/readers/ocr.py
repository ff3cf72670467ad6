"""A scanned page to lines, by tesseract with `chi_sim` where both are installed."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.errors import CorpusError
from assistant.parsing.readers.page_lines import PageLine

LANGUAGE = "chi_sim"
DPI = 300
TIME_LIMIT_S = 120.0
"""For one page."""
MAX_SCANNED_PAGES = 200
MIN_CONFIDENCE = 20.0
"""Below it tesseract reads stains and seals, not characters."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """Lines with the mean confidence of their words, in [0, 1]."""

    lines: tuple[PageLine, ...]
    confidence: float


@lru_cache(maxsize=1)
def ocr_program() -> str | None:
    """The tesseract program; None where it or its Chinese data is missing."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    done = subprocess.run(
        [program, "--list-langs"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    return program if LANGUAGE.encode() in done.stdout.split() else None


def read_scan(image: Any, page: int, name: str) -> ScannedPage:
    """The lines of one page, `image` a PIL image of it at `DPI`.

    Raises:
        CorpusError: tesseract fails or takes too long.
    """
    program = ocr_program()
    if program is None:
        raise no_ocr(name)
    stream = io.BytesIO()
    image.convert("L").save(stream, "PNG", dpi=(DPI, DPI))
    command = [program, "stdin", "stdout", "-l", LANGUAGE, "--dpi", str(DPI), "--psm", "3", "tsv"]
    try:
        done = subprocess.run(
            command,
            input=stream.getvalue(),
            capture_output=True,
            timeout=TIME_LIMIT_S,
            check=True,
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise CorpusError(
            f"文件 {name} 第 {page + 1} 页的文字识别失败；请提供带文字的版本。"
        ) from error
    return _page(done.stdout.decode("utf-8"), page)


def no_ocr(name: str) -> CorpusError:
    """For a scan on a machine that cannot read it."""
    return CorpusError(
        f"文件 {name} 里没有可读的文字（可能是扫描件）；"
        f"请安装 tesseract 和 {LANGUAGE}，或提供带文字的版本。"
    )


def _page(table: str, page: int) -> ScannedPage:
    words: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    confidences: list[float] = []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] != "5" or not row["text"].strip() or float(row["conf"]) < MIN_CONFIDENCE:
            continue
        confidences += [float(row["conf"])] * len(row["text"])
        words.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(row)
    lines = tuple(_line(row, page) for row in words.values())
    mean = sum(confidences) / len(confidences) / 100 if confidences else 0.0
    return ScannedPage(lines, mean)


def _line(words: Sequence[dict[str, str]], page: int) -> PageLine:
    boxes = [
        tuple(float(word[key]) * 72 / DPI for key in ("left", "top", "width", "height"))
        for word in words
    ]
    text = words[0]["text"]
    for word in words[1:]:
        is_latin = text[-1].isascii() and text[-1].isalnum() and word["text"][0].isascii()
        text += " " * (is_latin and word["text"][0].isalnum()) + word["text"]
    left = min(box[0] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    # Heights of single words vary with their strokes: the width tells the em of Chinese better.
    wide = sum(2 if char >= "\u2e80" else 1 for char in text) / 2
    return PageLine(
        text, page, 0, left, right, min(box[1] for box in boxes), (right - left) / max(wide, 1)
    )
