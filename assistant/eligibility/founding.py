"""When the firm was registered and when its certificate was issued: days, or spans of days.

A year or a month alone is the span of its days; 成立三年了 is a span counted back from the day.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.eligibility.parts import Quantity
from assistant.eligibility.quantities import find_quantities
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact, Unread
from assistant.eligibility.scope import NEAR, Clause, Sentence
from assistant.text import read_number

_N = r"[\d〇零一二三四五六七八九十]"
_DAY_OF = r"[12]\d|3[01]|0?[1-9]|二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九]"
_DAY = re.compile(
    rf"(?P<year>(?<!\d)(?:19|20)\d{{2}}|(?<!\d)\d{{2}}(?=年)"
    r"|(?<![一二三四五六七八九十〇零百\d])[〇零一二九][〇零一二三四五六七八九](?=年(?![前内后多半了以来]))"
    rf"|[一二][九〇零][〇零一二三四五六七八九]{{2}}|大前年|前年"
    rf"|去年|今年)"
    rf"(?: ?(?:年 ?)?(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?"
    rf"(?: ?(?P<day>{_DAY_OF})[日号]?)?"
    rf"|[./-](?P<month2>1[0-2]|0?[1-9])(?!\d)(?:[./-](?P<day2>{_DAY_OF})(?!\d))?"
    r"|年?(?P<part>初|底|末|年初|年底|年末|上半年|下半年)|年)?"
)
_MONTHS_OF = {
    "初": (1, 3), "底": (10, 12), "末": (10, 12), "上半年": (1, 6), "下半年": (7, 12)
}  # fmt: skip
_FOUNDED = (
    r"注册成立|注册登记|成立|注册|创立|创办|设立|开业|登记|新设|才设的|开张|register(?:ed)?|开的|就?开了(?=$|[,，。;])|才开(?=$|[,，。;])|开的张|建厂|创业|起步|办的|建立|组建"
    r"|founded|established|工商登记|拿到执照|[拿领]的?(?:营业)?执照|注册下来|有了(?=$|[,，。])"
)
_NOT_FOUNDED = re.compile(
    r"注册地?(?:整体|去年|今年|前年|刚刚?|才|从|由)*(?:迁|搬|变更)|注册(?:证|资本|资金|分类|商标|申报|检|临床|[^成登]{0,3}证)|项目|研发中心|实验室|(?<!设的)子公司|软著|合同|头一个|注册从"
    r"|分公司|工厂|产线|团队成立|董事会|党支部|工会|部门|事业部"
    r"|三类|二类|器械|股份公司|基金|细分|深耕|专注|专精特新|小巨人|高企|专利"
)
_AFTER_DAY = re.compile(
    rf"^(?:[ ,]|年|月|日|份|的时候|就|才|刚刚?|正式|在|于|,|公司|我们|上海|宝山|罗店|工商|区"
    rf"|那会儿?|初|底|中旬|上旬|下旬|左右|这边|[^,，\d]{{1,9}}那天"
    rf"|在[^\W是]{{2,10}}(?=注册|成立|设立|创立|创办|办的|开的|建的)|[^\W是]{{2,4}}(?=注册|成立|设立))*(?:{_FOUNDED})(?!的?第)"
)
_LICENSED = re.compile(
    r"(?:执照|营业执照)[^,，]{0,6}$|^[^,，]{0,6}(?:[拿领办落取]|核发)\S{0,4}(?:照|执照)(?:$|[,，])"
    r"|^[^,，]{0,2}(?:办妥|(?<!现)在工商|去工商)|(?:公司|企业|我们)(?:生于|创于)$"
)
"""执照是19年5月下来的: the day of the licence is that of the founding."""
_BEFORE_DAY = re.compile(
    rf"(?:{_FOUNDED})(?:日期|时间|日|年份|年月)?(?:于|在|是|为|:| |的|\(|大概|应该是|，|时间"
    rf"|日期|填的?|写的?|的时间是|应为|应是)*$"
    r"|执照上?的?(?:日子|日期|时间)?(?:是|写的是|为)?$|注册-$|register(?:ed)?(?: in| on)? ?$"
)
_SPAN = re.compile(
    rf"(?:(?:注册|落户|开在)在?[^,，\d]{{0,3}}|{_FOUNDED}|开了|(?:^|公司|企业|我们)(?:运营|经营)|创业|公司)(?:至今"
    rf"|到现在|到今天|以来|已经?|才|有|了|满"
    rf"|快|刚好?|也|将近|不过|差不多|大概|整整|正好|时间|到目前|不|就|只|:|约|公司|有个|刚过"
    rf"|了有|了快|,| |也就|不足|不到|超过)*$"
)
_SPAN_AFTER = re.compile(r"^(?:多|半)?(?:的|老|了的?)(?:公司|企业|厂|团队|小公司|初创)")
_LONG = 40
_MONTHS_IN = {"year": 12, "month": 1, "day": 0}
_REGISTER = re.compile("register(?:ed)? $")
_THIS_MONTH = re.compile(
    rf"(?P<month>(?P<last>上个?月)|这个月|本月)(?:刚刚?|才|正式|新)*(?:{_FOUNDED})"
)


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both included; None is open."""

    start: int
    end: int
    first: date | None
    last: date | None


def find_days(text: str, day: date) -> list[Days]:
    """Every day, month or year of normalised text with the days it may be."""
    found: list[Days] = []
    for match in _DAY.finditer(text):
        year = _year(match["year"], day)
        month = _whole(match["month"] or match["month2"])
        number = _whole(match["day"] or match["day2"])
        span = _span(year, month, number, match["part"])
        if span:
            found.append(Days(match.start(), match.end(), *span))
    return found


def _year(words: str, day: date) -> int:
    back = {"大前年": 3, "前年": 2, "去年": 1, "今年": 0}
    if words in back:
        return day.year - back[words]
    year = int(read_number(words) or 0)
    return year if year > 100 else year + 2000 if year < 50 else year + 1900


def _whole(words: str | None) -> int | None:
    value = read_number(words) if words else None
    return None if value is None else int(value)


def _span(
    year: int, month: int | None, number: int | None, part: str | None
) -> tuple[date, date] | None:
    if not 1900 <= year <= 2200:
        return None
    try:
        if month and number:
            return date(year, month, number), date(year, month, number)
        if month:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    except ValueError:
        return None
    first, last = _MONTHS_OF.get((part or "").removeprefix("年"), (1, 12))
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


class FoundingReader:
    """Reads `registered_on` where it is defined."""

    def __init__(self, definitions: Mapping[str, DefinitionLike], day: date) -> None:
        self.is_wanted = "registered_on" in definitions
        self.day = day
        self.facts: list[ReadFact] = []
        self.unread: list[Unread] = []

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts`; a day after the day of asking is left unread."""
        if not self.is_wanted:
            return
        for sentence in sentences:
            for clause in sentence.clauses:
                if clause.is_ours and not clause.is_planned:
                    self._clause(text, clause)

    def _clause(self, text: str, clause: Clause) -> None:
        days = find_days(clause.text, self.day)
        if len(clause.text) > _LONG:  # dictated without commas
            days = [one for one in days if not _NOT_FOUNDED.search(_around(clause.text, one))]
        elif _NOT_FOUNDED.search(clause.text):
            return
        for one in days:
            head, tail = clause.text[: one.start][-NEAR:], clause.text[one.end :][:NEAR]
            if not head.strip() and (named := _REGISTER.search(text[: clause.start][-NEAR:])):
                head = named[0]
            is_licence = _LICENSED.search(head) or _LICENSED.match(tail)
            if is_licence or _AFTER_DAY.match(tail) or _BEFORE_DAY.search(head):
                self._add(text, clause, one)
        if found := _THIS_MONTH.search(clause.text):
            self._this_month(text, clause, found)
        if len(clause.text) > _LONG:
            return
        for quantity in find_quantities(clause.text):
            if quantity.kind not in _MONTHS_IN or quantity.value > 150:
                continue
            if any(one.start < quantity.end and quantity.start < one.end for one in days):
                continue
            if re.search("年[零又]?$", clause.text[: quantity.start]):  # 两年零四个月
                continue
            head = clause.text[: quantity.start][-NEAR:]
            tail = clause.text[quantity.end :][:NEAR]
            if _SPAN.search(head) or _SPAN_AFTER.match(tail):
                is_loose = head[-2:] == "公司" and not _SPAN_AFTER.match(tail)
                if is_loose and tail[:1] not in ("", "了", "多"):
                    continue
                self._add(text, clause, self._back(quantity, tail))
            elif re.match(rf"(?:前|以前|之前)(?:\S{{0,6}})(?:{_FOUNDED})", tail):
                self._add(text, clause, self._ago(quantity))

    def _this_month(self, text: str, clause: Clause, found: re.Match[str]) -> None:
        last = self.day.replace(day=1)
        if found["last"]:
            first, last = _before(last, 1), last - timedelta(days=1)
        else:
            first, last = last, self.day
        self._add(text, clause, Days(found.start(), found.end("month"), first, last))

    def _add(self, text: str, clause: Clause, days: Days) -> None:
        if days.first is not None and days.first > self.day:
            start, end = clause.start + days.start, clause.start + days.end
            why = "注册日期在询问之日以后，没有读取"
            self.unread.append(Unread(text[start:end], start, end, why))
            return
        self.facts.append(day_fact("registered_on", days, self.day, text, clause.start))

    def _back(self, quantity: Quantity, tail: str) -> Days:
        """成立三年了 is three years and less than four; 快三年 is between two and three."""
        unit = _MONTHS_IN[quantity.kind]
        at, end = quantity.start, quantity.end
        if unit == 0:
            back = self.day - timedelta(days=int(quantity.value))
            return Days(at, end, back, back)
        months = int(quantity.value * unit)
        more = unit if quantity.value >= 1 or unit == 1 else 6
        if tail.startswith("半") and quantity.kind == "year":
            months, more, end = months + 6, 6, end + 1
        if extra := re.match(r"[零又]?([一二三四五六七八九十\d]{1,2})个月", tail):
            months, more = months + int(read_number(extra[1]) or 0), 1
        until = _before(self.day, months)
        if quantity.bound is Bound.AT_MOST:
            return Days(at, end, until, self.day)
        if quantity.bound is Bound.AT_LEAST:
            return Days(at, end, None, until)
        if quantity.bound is Bound.RANGE and quantity.upper is not None:
            if quantity.upper % 1:  # 三年多
                return Days(at, end, _before(self.day, months + more) + timedelta(days=1), until)
            low = _before(self.day, int(quantity.upper * unit))
            if quantity.value % 1 == 0:
                low = low + timedelta(days=1) if quantity.upper - quantity.value == 1 else low
                return Days(at, end, low, until)
            return Days(at, end, low, _before(self.day, int((quantity.upper - 1) * unit)))
        if quantity.bound is Bound.ESTIMATE:
            spread = max(1, months // 10)
            first, last = months + spread, months - spread
            return Days(at, end, _before(self.day, first), _before(self.day, last))
        return Days(at, end, _before(self.day, months + more) + timedelta(days=1), until)

    def _ago(self, quantity: Quantity) -> Days:
        """三年前成立: between half a year less and a year more; 十天前 is that day."""
        unit = _MONTHS_IN[quantity.kind]
        if unit == 0:
            back = self.day - timedelta(days=int(quantity.value))
            return Days(quantity.start, quantity.end, back, back)
        months = int(quantity.value * unit)
        first = _before(self.day, months + unit) + timedelta(days=1)
        return Days(quantity.start, quantity.end, first, _before(self.day, months - unit // 2))


def _around(words: str, day: Days) -> str:
    return words[max(0, day.start - 16) : day.end + 16]


def bounded_days(first: date | None, last: date | None) -> tuple[Bound, date, date | None]:
    """(bound, value, upper) of a span of days of which at least one end is known."""
    if first is None:
        assert last is not None
        return Bound.AT_MOST, last, None
    if last is None:
        return Bound.AT_LEAST, first, None
    if first == last:
        return Bound.EXACT, first, None
    return Bound.RANGE, first, last


def day_fact(fact: str, days: Days, day: date, text: str, offset: int) -> ReadFact:
    """That it was within `days`, and not after `day`; `days` are counted from `offset`."""
    bound, value, upper = bounded_days(days.first, days.last and min(days.last, day))
    start, end = offset + days.start, offset + days.end
    return ReadFact(fact, value, None, bound, text[start:end], start, end, upper)


def _before(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def valid_until(certified: date) -> date:
    """The last day of a high-tech certificate: three years from its issue."""
    return _before(certified, -36) - timedelta(days=1)
