"""A scanned page to lines, by tesseract with `chi_sim` where both are installed."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median
from typing import Any

from assistant.errors import CorpusError
from assistant.parsing.readers.page_lines import PageLine

LANGUAGE = "chi_sim"
DPI = 300
MAX_PIXELS = 40_000_000
"""A page of A3; a larger one is rendered more coarsely, or its picture would fill the memory."""
LAYOUT = "4"
"""One column. Where tesseract looks for columns itself (3), it takes the line starts of regularly
indented paragraphs for one and loses them without a word."""
TIME_LIMIT_S = 120.0
"""For one page."""
MAX_SCANNED_PAGES = 200
SHORT_CHARS = 8
MIN_CONFIDENCE = 30.0
"""A whole line below it is a stain or a seal; a single word is kept, for it may be 不得."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """Lines with the mean confidence of their words, in [0, 1]."""

    lines: tuple[PageLine, ...]
    confidence: float
    dropped: tuple[str, ...]
    """Lines that are stains."""


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


def read_scan(page: Any, number: int, name: str) -> ScannedPage:
    """The lines of one page of pypdfium2; `number` from 0.

    Raises:
        CorpusError: tesseract fails or takes too long.
    """
    program = ocr_program()
    if program is None:
        raise no_ocr(name)
    width, height = page.get_size()
    scale = min(DPI / 72, (MAX_PIXELS / (width * height)) ** 0.5)
    stream = io.BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(stream, "PNG")
    options = ["-l", LANGUAGE, "--dpi", str(round(scale * 72)), "--psm", LAYOUT]
    command = [program, "stdin", "stdout", *options, "tsv"]
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
            f"文件 {name} 第 {number + 1} 页的文字识别失败；请提供带文字的版本。"
        ) from error
    return _page(done.stdout.decode("utf-8"), _Scale(number, width, scale))


def no_ocr(name: str) -> CorpusError:
    """For a scan on a machine that cannot read it."""
    return CorpusError(
        f"文件 {name} 里没有可读的文字（可能是扫描件）；"
        f"请安装 tesseract 和 {LANGUAGE}，或提供带文字的版本。"
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """A page's number and width in points, and the pixels in a point of its picture."""

    page: int
    width: float
    pixels: float


def _page(table: str, scale: _Scale) -> ScannedPage:
    rows: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for word in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if word["level"] == "5" and word["text"].strip():
            place = (word["block_num"], word["par_num"], word["line_num"])
            rows.setdefault(place, []).append(word)
    sure = [row for row in rows.values() if _confidence(row) >= MIN_CONFIDENCE]
    stains = [row for row in rows.values() if _confidence(row) < MIN_CONFIDENCE]
    mean = _confidence([word for row in sure for word in row]) / 100
    lines = _evened([_line(row, scale) for row in sure])
    return ScannedPage(lines, mean, tuple(_line(row, scale).words for row in stains))


def _confidence(words: Sequence[dict[str, str]]) -> float:
    """The mean over characters, in percent; 0 for no words."""
    characters = sum(len(word["text"]) for word in words)
    total = sum(float(word["conf"]) * len(word["text"]) for word in words)
    return total / characters if characters else 0.0


def _evened(lines: list[PageLine]) -> tuple[PageLine, ...]:
    """Lines of about the usual size are of the usual size; a short line tells its own badly."""
    if not lines:
        return ()
    usual = median(line.size for line in lines)
    return tuple(
        replace(line, size=usual)
        if abs(line.size / usual - 1) < (0.3 if len(line.words) < SHORT_CHARS else 0.12)
        else line
        for line in lines
    )


def _line(words: Sequence[dict[str, str]], scale: _Scale) -> PageLine:
    boxes = [
        tuple(float(word[key]) / scale.pixels for key in ("left", "top", "width", "height"))
        for word in words
    ]
    text = words[0]["text"]
    for word in words[1:]:
        is_latin = text[-1].isascii() and text[-1].isalnum() and word["text"][0].isascii()
        text += " " * (is_latin and word["text"][0].isalnum()) + word["text"]
    left = min(box[0] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    # Heights of single words vary with their strokes: the width tells the em of Chinese better.
    wide = max(sum(2 if char >= "\u2e80" else 1 for char in text) / 2, 1)
    top = min(box[1] for box in boxes)
    return PageLine(text, scale.page, 0, left, right, top, (right - left) / wide, scale.width)
