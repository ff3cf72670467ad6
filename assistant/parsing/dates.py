"""The life of a document as its text tells it: issued, amended, in force, expired, what it ends.

A date is read only where it is said of the document itself: on a dated line under the title, in
the signature, or in a sentence about 本办法.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.text import find_dates, find_doc_nos, read_number

_PUBLISHED = re.compile(r"令\s*第.{1,6}号|公布|发布|印发|颁布")
_AMENDED = re.compile(r"修正|修订|修改")
_IN_FORCE = re.compile(r"(?:起|起正式|正式)?(?:施行|实施|执行|生效)")
_ADOPTED = re.compile(r"通过|批准")
_BRACKETED = re.compile(r"《[^》]*》")
_ISO = re.compile(r"((?:19|20)\d{2})[-/.]([01]?\d)[-/.]([0-3]?\d)")
_FIELD = {
    "issued_on": re.compile(r"(?:成文|印发|发布|发文|公布)(?:日期|时间)[：:]\s*(\S{8,11})"),
    "effective_on": re.compile(r"(?:施行|实施|生效)(?:日期|时间)[：:]\s*(\S{8,11})"),
    "expires_on": re.compile(r"(?:失效|截止)(?:日期|时间)[：:]\s*(\S{8,11})"),
    "repealed_on": re.compile(r"废止(?:日期|时间)[：:]\s*(\S{8,11})"),
}
"""The table that government sites set above a text."""

_NAMED = (
    r"(?:办法|条例|规定|规则|细则|政策|意见|措施|通知|方案|文件|公告|决定|指南|计划|通告|准则|制度|章程"
    r"|(?:若干|实施|管理|行动|暂行|试行|指导|操作|扶持)[\u4e00-\u9fff]{2,4})"
)
_OWN = re.compile(
    rf"本{_NAMED}(?:[^自从于的，。；]{{0,8}}|经[^。；]{{0,40}}，)[自从于]"
    rf"|本{_NAMED}的?(?:有效|试行|施行|实施|执行)期|^[（(]?自"
)
"""本办法自…, 本办法有效期…; not 依照本办法取得的证书有效期…"""
_STRICT = re.compile(r"条例|办法|规定|细则|规则|公告|通告|通知|决定|章程")
_EFFECT = re.compile(
    r"[自从于](?P<from>[^，。；自]{2,24}?)"
    r"(?:(?:起|始)(?:(?P<days>[0-9０-９一二三四五六七八九十]{1,3})\s?[日天]后)?)?"
    r"(?:正式)?(?:施行|试行|实施|实行|执行|生效|至.{6,16}(?:施行|有效))(?=\W|$)"
)
_PUBLICATION = re.compile(r"(?:公布|发布|印发|颁布|下发|公告)之?日")
_ADOPTION = re.compile(r"通过之?日")
_UNTIL = re.compile(
    r"(?:有效期|施行期|试行期|实施期|执行期|期限|[起，,]|[自从][^，。；]{6,14}?日)\w{0,3}?"
    r"(?:[自从][^，。；]{4,20}?起?)?[至到](?P<end>[^，。；]{4,16})"
)
_LASTS = re.compile(
    r"(?:(?:有效|施行|试行|实施|执行)期?(?:限)?(?:暂定)?[为是]?)\s*"
    r"(?P<count>[0-9０-９一二两三四五六七八九十]{1,3})\s*(?P<unit>年|个月)"
)
_SIGNED = re.compile(
    r"(?:[\u4e00-\u9fff 　、]{1,40}[府会局厅部室委行院])?\s*□\s*(?:印发|发布|公布)?"
)
"""An authority, a date (□), perhaps 印发, and nothing else."""
_NUMBERED = re.compile(r"^第[^\s]{1,8}条[ \u3000]*|^[（(]?[一二三四五六七八九十]+[)）、]")
_NOT_A_TERM = re.compile(r"(?:满|超过|不足|至少)$")
_ENDS = re.compile(r"(?:均|都|也|即)?(?:同时|即行|一并)(?:予以)?(?:废止|停止执行|失效)")
_NAME = re.compile(
    r"《(?P<title>(?:[^《》]|《[^《》]*》)+)》(?P<no>(?:[（(][^（）()]{4,40}[)）])?)"
)
_LISTED = re.compile(r"[、，和及与以]|(?:均|都|也|即)?(?:同时|即行|一并)|$|[。；]")


@dataclass(frozen=True, slots=True)
class Event:
    """A dated line under the title: `words` is what happened on the day, without 《…》."""

    day: date
    words: str

    @property
    def is_published(self) -> bool:
        return bool(_PUBLISHED.search(self.words))

    @property
    def is_amended(self) -> bool:
        return not self.is_published and bool(_AMENDED.search(self.words))

    @property
    def is_in_force(self) -> bool:
        return bool(_IN_FORCE.match(self.words))

    @property
    def is_adopted(self) -> bool:
        others = self.is_published or self.is_amended or self.is_in_force
        return not others and bool(_ADOPTED.search(self.words))


@dataclass(frozen=True, slots=True)
class Life:
    """What was read; None where the text does not say."""

    issued_on: date | None
    amended_on: date | None
    effective_on: date | None
    expires_on: date | None
    repealed_on: date | None
    replaces: tuple[str, ...]
    """文号 of what it repeals; the title where no 文号 is given."""


def read_life(title: str, text: str, events: list[Event], margins: str) -> Life:
    """`margins` are the lines above and below the body, where signatures and tables stand."""
    named = {key: _field(pattern, margins) for key, pattern in _FIELD.items()}
    published = [one.day for one in events if one.is_published]
    adopted = [one.day for one in events if one.is_adopted]
    bare = [one.day for one in events if not one.words]
    publication = max(published, default=named["issued_on"] or _signed_on(margins))
    issued = publication or min([*adopted, *bare], default=None)
    changed = [one.day for one in events if one.is_amended or "通过" in one.words]
    amended = max((day for day in changed if issued and day > issued), default=None)
    in_force = [one.day for one in events if one.is_in_force]
    sentences = list(_own_sentences(title, text))
    adoption = min(adopted, default=None)
    effective = named["effective_on"] or _effective(sentences, publication, adoption)
    effective = effective or max(in_force, default=None)
    return Life(
        issued_on=issued,
        amended_on=amended,
        effective_on=effective,
        expires_on=named["expires_on"] or _expires(sentences, effective),
        repealed_on=named["repealed_on"],
        replaces=_repealed(text),
    )


def find_events(front: str) -> list[Event]:
    """The dated lines of what stands before the body: 2007年3月31日 国务院令第491号公布."""
    events: list[Event] = []
    for line in front.splitlines():
        opened = line.strip().lstrip("（(根据 ")
        dates = [one for one in find_dates(_masked(opened)) if one.day]
        if not dates or dates[0].start > 0 or len(opened) > 1500:
            continue
        ends = [*(one.start for one in dates[1:]), len(opened)]
        for one, end in zip(dates, ends, strict=True):
            day = _date(one.year, one.month, one.day)
            words = _BRACKETED.sub("", opened[one.end : end]).strip(" \u3000）)，,；;根据")
            if day is not None:
                events.append(Event(day, words))
    return events


def read_day(words: str) -> date | None:
    """The first whole date of `words`: 2021年4月1日, 二〇二一年四月一日, 2021-04-01."""
    for found in find_dates(words):
        if day := _date(found.year, found.month, found.day):
            return day
    iso = _ISO.search(words)
    return _date(*map(int, iso.groups())) if iso else None


def _masked(line: str) -> str:
    """Dates within 《…》 belong to the text that is named."""
    return _BRACKETED.sub(lambda found: "《" + "□" * (len(found[0]) - 2) + "》", line)


def _date(year: int | None, month: int | None, day: int | None) -> date | None:
    if not (year and month and day):
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _field(pattern: re.Pattern[str], margins: str) -> date | None:
    found = pattern.search(margins)
    return read_day(found[1]) if found else None


def _signed_on(margins: str) -> date | None:
    """The last line that is a date and perhaps an authority before it: 某局 2021年4月1日印发."""
    for line in reversed(margins.splitlines()):
        words = line.strip().strip("（()）")
        dates = find_dates(words)
        if len(dates) == 1:
            rest = f"{words[: dates[0].start]}□{words[dates[0].end :]}"
            if _SIGNED.fullmatch(rest) and (day := read_day(words)):
                return day
    return None


def _own_sentences(title: str, text: str) -> Iterator[str]:
    """Sentences about the document itself, the last first.

    Of a title that says 条例, 本决定 is another text, which is printed below it.
    """
    kinds = set(_STRICT.findall(title))
    for line in reversed(text.splitlines()):
        for sentence in reversed(re.split(r"[。；]", line)):
            words = _NUMBERED.sub("", sentence).strip()
            if found := _OWN.search(words):
                named = set(_STRICT.findall(found[0]))
                if not (kinds and named) or kinds & named:
                    yield words


def _effective(
    sentences: list[str], publication: date | None, adoption: date | None
) -> date | None:
    for sentence in sentences:
        found = _EFFECT.search(sentence)
        if not found:
            continue
        day = read_day(found["from"])
        if _PUBLICATION.search(found["from"]):
            day = publication
        elif _ADOPTION.search(found["from"]):
            day = adoption
        elif day is None:
            continue
        later = read_number(found["days"]) if found["days"] else None
        return day + timedelta(days=int(later)) if day and later else day
    return None


def _expires(sentences: list[str], effective: date | None) -> date | None:
    """The last day in force; a span of years ends on the eve of its day."""
    for sentence in sentences:
        until = _UNTIL.search(sentence)
        if until and (day := read_day(until["end"])):
            return day
        lasts = _LASTS.search(sentence)
        if lasts and effective and not _NOT_A_TERM.search(sentence[: lasts.start()]):
            count = read_number(lasts["count"])
            months = int(count or 0) * (12 if lasts["unit"] == "年" else 1)
            return _months_later(effective, months) - timedelta(days=1) if months else None
    return None


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _repealed(text: str) -> tuple[str, ...]:
    """What 同时废止 is said of: the names in that sentence which nothing else is said of."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        for sentence in line.split("。"):
            if not (ends := _ENDS.search(sentence)):
                continue
            for name in _NAME.finditer(sentence):
                is_listed = _LISTED.match(sentence, name.end()) or name.end() == len(sentence)
                if is_listed and (name.end() <= ends.start() or name.start() >= ends.end()):
                    numbers = find_doc_nos(name["no"])
                    number = name["no"][numbers[0].start : numbers[0].end] if numbers else None
                    found[number or name["title"]] = None
    return tuple(found)
