"""Chinese text: one spelling for matching, with a map back; numbers, dates and clause numbers.

Matching is normalised, display is verbatim: whatever is found in `Normalized.text` is shown from
the original through `Normalized.span`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

_DIGITS = dict(
    zip("〇零○一二三四五六七八九两", (0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True)
)
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10**4, "亿": 10**8}
_CN = "〇零○一二三四五六七八九两十百千万亿"

_FOLDS = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"',
     "‘": "'", "’": "'", "—": "-", "–": "-", "－": "-", "～": "~", "·": "·", "•": "·"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Normalized:
    """Text in one spelling; `offsets[i]` is where its character i stands in the original.

    `offsets` has one entry more than `text`: the end of the original.
    """

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that `text[start:end]` was made from."""
        if end <= start:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end - 1] + 1


def normalize(text: str, *, keep_space: bool = False) -> Normalized:
    """Half width, lower case, simplified characters, one kind of quotation mark; no controls.

    White space is dropped unless `keep_space`. Circled numbers stay as they are.
    """
    pieces: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(_simplified(text)):
        for out in _folded(char):
            if out.isspace():
                if not keep_space:
                    continue
                out = " "
            pieces.append(out)
            offsets.append(index)
    offsets.append(len(text))
    return Normalized("".join(pieces), tuple(offsets))


def normal_text(text: str) -> str:
    """`normalize(text).text` alone, in a quarter of the time."""
    return "".join("".join(map(_folded, _simplified(text))).split())


@lru_cache(maxsize=20_000)
def _folded(char: str) -> str:
    if "①" <= char <= "⓿":
        return char
    if char in "\n\t\r":
        return " "
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Co"):
        return ""
    return unicodedata.normalize("NFKC", char).lower().translate(_FOLDS)


def strip_controls(text: str) -> str:
    """The user's words without control, zero-width and lone surrogate characters."""
    return "".join(
        char
        for char in text
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")
    )


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=20_000)
def _simple_char(char: str) -> str:
    made: str = _converter().convert(char)
    return made if len(made) == 1 else char


def _simplified(text: str) -> str:
    """Character by character, so that offsets stay; a text of GB2312 characters is left alone."""
    if _is_plain(text):
        return text
    return "".join(_simple_char(char) if "㐀" <= char <= "鿿" else char for char in text)


def _is_plain(text: str) -> bool:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return not any("㐀" <= char <= "鿿" and not _in_gb2312(char) for char in text)
    return True


@lru_cache(maxsize=20_000)
def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def read_number(text: str) -> Decimal | None:
    """The value of a numeral in any spelling: 九十, １,２００, 1.2亿, 二〇二六; else None."""
    folded = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").strip()
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([十百千]?)([万亿]*)", folded, re.ASCII)
    if found:
        value = Decimal(found[1])
        for unit in found[2] + found[3]:
            value *= _UNITS.get(unit) or _BIG[unit]
        return value
    if not folded or any(char not in _CN for char in folded):
        return None
    if not any(char in _UNITS or char in _BIG for char in folded):
        return Decimal("".join(str(_DIGITS[char]) for char in folded))
    return _read_chinese(folded)


def _read_chinese(numeral: str) -> Decimal:
    total = section = 0
    digit: int | None = None
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            section += (1 if digit is None else digit) * _UNITS[char]
            digit = None
        else:
            section += digit or 0
            if char == "亿":  # 亿 takes all that stands before it, 万 its own part: 一亿二千万
                total, section = (total + section) * _BIG[char], 0
            else:
                total, section = total + section * _BIG[char], 0
            digit = None
    return Decimal(total + section + (digit or 0))


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """A number where it stands; `kind` is `percent` or `plain`."""

    start: int
    end: int
    value: Decimal
    raw: str
    kind: str = "plain"


_NOT_AFTER = "统进唯同专万划不第之归单均某逐"
_COUNTED = (
    r"家|个|项|条|名|人|位|张|亿|万|元|年|月|日|天|号|倍|成|亩|方|平|米|套|台|所|座|处|期|类|级|强|届|次|户|"
    r"款|件|部|章|节|编|目|周岁|岁|大|种|支|轮|部分|核|翼|地|区|端|步|层|小时|吨|公|股|分之|点|余|多|以上|几"
)
_NUMBER = re.compile(
    r"百分之(?P<percent>[〇零一二三四五六七八九十百]+(?:点[〇零一二三四五六七八九]+)?)"
    r"|(?P<arabic>[0-9０-９]{1,20}(?:[,，][0-9０-９]{3})*(?:[.．][0-9０-９]{1,10})?)"
    r"(?P<big>\s?(?:个(?=[百千]?[万亿]))?[十百千]?[万亿]{0,2})(?P<sign>\s?[%％‰])?"
    rf"|(?P<chinese>[{_CN}]+)"
)
_COUNTED_PATTERN = re.compile(_COUNTED)
_NOT_ONE = re.compile(
    r"定|切|般|些|样|旦|时|直|起|致|体|系|流|批|方面|方|步|级|并|代|下|点|边|网|次性"
)


def find_numbers(text: str) -> list[NumberSpan]:
    """Every number of Chinese text with its value, in order: 200万 is 2000000, 九十家 is 90.

    A Chinese numeral counts where it is one: 一 in 统一, 一批, 进一步 or 第一时间 is no number.
    """
    found: list[NumberSpan] = []
    for match in _NUMBER.finditer(text):
        start, end, raw, kind = match.start(), match.end(), match[0], "plain"
        if match["percent"]:
            whole, _, part = match["percent"].partition("点")
            value = read_number(whole)
            if part and value is not None:
                value += Decimal("0." + "".join(str(_DIGITS[char]) for char in part))
            kind = "percent"
        elif match["arabic"]:
            big = match["big"].strip().removeprefix("个")
            value = read_number(re.sub(r"[,，]", "", match["arabic"]) + big)
            kind = "percent" if match["sign"] else "plain"
        elif _is_numeral(text, start, end):
            value = read_number(f"一{raw}" if raw[0] in "百千万亿" else raw)
        else:
            continue
        if value is not None:
            stripped = raw.rstrip()
            found.append(NumberSpan(start, start + len(stripped), value, stripped, kind))
    return found


_BOUNDS = "超过破达上近"
"""A bare 亿 after one of these is 1亿: 营收超亿元."""


def _is_numeral(text: str, start: int, end: int) -> bool:
    raw = text[start:end]
    before, after = text[max(0, start - 1) : start], text[end : end + 2].lstrip()
    if before and before in _NOT_AFTER and len(raw) == 1:
        return False
    if len(raw) > 1 and not all(char in "万千亿百" for char in raw):
        return raw not in ("十百", "一万亿") or bool(_COUNTED_PATTERN.match(after))
    if raw in ("亿", "千万", "百万") and before and before in _BOUNDS:
        return True
    if raw in ("万", "千", "亿", "百", "零"):
        return False
    if raw == "一" and _NOT_ONE.match(after):
        return False
    if raw == "十" and after[:1] in "分足":
        return False
    return bool(_COUNTED_PATTERN.match(after)) or (raw == "两" and after[:1] == "者")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date where it stands; what is not written is None."""

    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None


_N = r"[0-9０-９〇零○一二三四五六七八九十]{1,5}"
_DATE = re.compile(
    rf"(?P<y>{_N})\s?年(?:\s?(?P<m>{_N})\s?月)?(?:\s?(?P<d>{_N})\s?[日号])?"
    rf"|(?P<m2>{_N})\s?月\s?(?P<d2>{_N})\s?[日号]"
)


def find_dates(text: str) -> list[DateSpan]:
    """Every date, in order: 2024年5月1日, 二〇二六年, 5月1日."""
    found: list[DateSpan] = []
    for match in _DATE.finditer(text):
        year = _whole(match["y"])
        if year is not None and year < 1000:
            if not match["m"]:
                continue
            year += 2000 if year < 100 else 0
        found.append(
            DateSpan(
                match.start(),
                match.end(),
                year,
                _whole(match["m"] or match["m2"]),
                _whole(match["d"] or match["d2"]),
            )
        )
    return found


def _whole(numeral: str | None) -> int | None:
    value = read_number(numeral) if numeral else None
    return None if value is None else int(value)


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Where something stands."""

    start: int
    end: int


_OFFICE = (
    r"(?:[府政委办人科经发商财税教卫建规文民公应国统农水绿房环投信司审体旅档医交金知监生安工自住]"
    r"|市监)"
)
_PLACES = (
    "沪京津冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔贵滇云藏陕甘宁新深厦杭"  # regions, cities
    "宝浦黄徐长静普虹杨闵嘉金松青奉崇"  # districts of Shanghai
)
_HEAD = (
    rf"(?:[{_PLACES}]{_OFFICE}"
    r"|国(?!务院|家|库|有|内)[\u4e00-\u9fff]|中[发办组宣]|财[税企建行教社资会综预金农库购办]|税[总委]"
    r"|工信[部厅明联]|发改|科技部|人社[部厅]|建[标村房质市办金]|银[发保办]|证监|环[办发]|教[发基高]"
    r"|民[发函]|交[办运]|药监|汇[发综]|医保|商办|安委|署)"
)
"""How the 文号 of an agency begins: the place and its office, or a ministry's short name."""
_NO_OFFICE = r"[按据依照见和与及由的以为是被已将对从至在并或也又即原因该其有了后前等如向给至到件循]"
"""What stands before a 文号 in running text and in none: 已被, 根据, 等."""
_HAN = r"[\u4e00-\u9fff]"
_YEAR_NO = r"[〔\[【(（]\s?[0-9０-９]{4}\s?[〕\]】)）]\s?第?\s?[0-9０-９]{1,5}\s?号"
_AUTHORITY = (
    rf"(?:中华人民共和国)?(?:国务院|(?:对外)?(?:(?!{_NO_OFFICE}|告){_HAN}){{2,14}}?"
    r"(?:人民政府|委员会|总局|[局部署厅]|银行|常务委员会))(?:、中华人民共和国中央军事委员会)?"
)
_DOC_NO = re.compile(
    rf"(?:{_HEAD}(?:(?!{_NO_OFFICE}|[省区县]|市(?!监)){_HAN}){{0,8}}?"
    rf"|(?<![印执颁])(?:(?!{_NO_OFFICE}|[印布执颁号代止我省]|{_HEAD}){_HAN}){{2,6}}){_YEAR_NO}"
    rf"|(?:{_AUTHORITY}(?:令|公告)|[{_PLACES}]府令)\s?(?:[0-9]{{4}}\s?年)?\s?第\s?[0-9０-９]{{1,5}}\s?号"
)
_CLAUSE_REF = re.compile(
    r"(?:第\s?[（(]?[0-9０-９零〇一二三四五六七八九十百千]{1,9}[)）]?\s?(?:之[一二三四五六七八九十])?"
    r"(?:大?部分|编|章|节|条|款|项|目|大项|小项|点)(?:之[一二三四五六七八九十])?)+"
)


def find_doc_nos(text: str) -> list[TextSpan]:
    """Every 文号: 宝府规〔2021〕1号 with any bracket, 国务院令第491号, 财政部公告2023年第7号."""
    if "号" not in text:
        return []  # most clauses: the pattern looks at every character
    return [TextSpan(match.start(), match.end()) for match in _DOC_NO.finditer(text)]


def find_clause_refs(text: str) -> list[TextSpan]:
    """Every clause number: 第十二条第二款, 第12项, 第四章, 第二部分."""
    return [TextSpan(match.start(), match.end()) for match in _CLAUSE_REF.finditer(text)]
