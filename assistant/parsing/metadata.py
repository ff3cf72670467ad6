"""What a document says of itself: title, 文号, issuer, dates, plan period, region, status.

Only what stands in the text or its title is read; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from assistant.schema import Clause, DocStatus, Level
from assistant.text import find_dates, find_doc_nos

_STATUS_WORDS = (
    ("送审稿", DocStatus.DRAFT),
    ("征求意见稿", DocStatus.DRAFT),
    ("草案", DocStatus.DRAFT),
    ("讨论稿", DocStatus.DRAFT),
)
_PERIOD = re.compile(r"((?:19|20)\d{2})\s*年?\s*[-—–－至到~～]+\s*((?:19|20)\d{2})\s*年?")
_REGION = re.compile(r"(?:上海市)?([\u4e00-\u9fff]{2,4}(?:新区|区|县|市))")
_ISSUER = re.compile(r"[\u4e00-\u9fff]{2,30}(?:人民政府(?:办公室)?|委员会|局|厅|部)")
_EFFECTIVE = re.compile(r"自([^，。；]{4,20}?)起(?:施行|实施|生效|执行)")
_EXPIRES = re.compile(r"有效期(?:至|到)([^，。；]{4,20})")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was read; None where the text does not say."""

    title: str
    doc_no: str | None
    issuer: str | None
    region: str | None
    status: DocStatus
    status_words: str | None
    issued_on: date | None
    effective_on: date | None
    expires_on: date | None
    plan_period: tuple[int, int] | None


def read_metadata(text: str, clauses: tuple[Clause, ...], fallback_title: str) -> Metadata:
    """Read the title block, and the opening and closing lines of `text`."""
    block = next((text[c.start : c.end] for c in clauses if c.level is Level.TITLE), "")
    title = _title(block) or fallback_title
    lines = text.splitlines()
    margins = "\n".join([block, *lines[:6], *lines[-6:]])
    words = next(((w, status) for w, status in _STATUS_WORDS if w in title or w in block), None)
    doc_no = find_doc_nos(margins)
    period = _PERIOD.search(title)
    region = _REGION.match(title)
    effective = _EFFECTIVE.search(text)
    expires = _EXPIRES.search(text)
    return Metadata(
        title=title,
        doc_no=margins[doc_no[0].start : doc_no[0].end] if doc_no else None,
        issuer=_issuer(lines),
        region=region[1] if region else None,
        status=words[1] if words else DocStatus.IN_FORCE,
        status_words=words[0] if words else None,
        issued_on=_issued(block, lines),
        effective_on=_day(effective[1]) if effective else None,
        expires_on=_day(expires[1]) if expires else None,
        plan_period=(int(period[1]), int(period[2])) if period else None,
    )


def _title(block: str) -> str:
    """The first line, what continues it, and the bracketed lines after it: （送审稿）."""
    lines = block.splitlines()
    title = ""
    for line in lines:
        if title and not line.startswith(("（", "(")):
            break
        title += line.strip()
    return title


def _issuer(lines: list[str]) -> str | None:
    """The signature: a line at the end that is nothing but the name of an authority."""
    for line in reversed(lines[-6:]):
        if _ISSUER.fullmatch(line.strip()):
            return line.strip()
    return None


def _issued(block: str, lines: list[str]) -> date | None:
    for line in [*reversed(lines[-3:]), *block.splitlines()[1:]]:
        if len(line) <= 60 and (day := _day(line)):
            return day
    return None


def _day(words: str) -> date | None:
    for found in find_dates(words):
        if found.year and found.month and found.day:
            try:
                return date(found.year, found.month, found.day)
            except ValueError:
                continue
    return None
