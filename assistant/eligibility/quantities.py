"""Quantities of colloquial Chinese: 八百多万, 近千万, 三四百人, 3%-5%, 两千万出头, 不到500万.

A bound or an estimate stays one. Offsets are those of the text given.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from assistant.eligibility.parts import DIGIT, Quantity, find_parts
from assistant.eligibility.readings import Bound
from assistant.text import read_number

_CN = "〇零一二三四五六七八九十百千两廿卅"
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_SPOKEN = {"廿": "二十", "卅": "三十", "百单": "百零"}
"""Of cheques, and of the old: 肆佰壹拾伍万, 廿四, 一百单八."""
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ATOM = (
    rf"(?:\d千\d百|\d百\d{{1,2}}(?!\d)|{_ARABIC}|[壹贰叁肆伍陆柒捌玖拾][壹贰叁肆伍陆柒捌玖拾佰仟零]*"
    r"|[一两二三四五六七八九]百单[一二三四五六七八九]"
    rf"|[{_CN}]+(?:点[〇零一二三四五六七八九]+)?[几多余来把]?"
    r"|几[十百千]?|数(?=[十百千万亿])[十百千]?|半)"
)
_VALUE = (
    rf"(?:[负-])?(?:{_ATOM} ?[多余来把几]? ?(?:个(?=[多余来把半]?[十百千]?[万亿]))?"
    r"[多余来把半]?[十百千]?[多余来]?[w万亿]{0,2}"
    rf"(?:(?<=[万亿])(?!一[年个家次台张])零?{_ATOM}[多余来把]?[十百千]?万?)?(?:[多余把]|来(?![算说看讲]))?|[百千]?[万亿][多把]?)"
)
_UNIT = (
    r"个?(?:百分点|点(?:(?![〇零一-龥])|(?=都不|不到|左右|上下|多|的)))|%|人民币|元|块钱?|rmb|美元|美金|美刀|欧元|欧|日元|港币"
    r"|港元|英镑|usd|eur"
    r"|号人|(?<=[多几来])号|号(?=[兄弟保搞做员工职左上的,，;、) |]|$)|口子|口人|个人|人|名|位"
    r"|个?平方米|个?平方|平米|平(?![均台安时])|㎡|m2|台套|台\(套\)|台/套|台(?![数账])|套"
    r"|项|件|个月|年(?![轻纪])|成(?![交员立果本型功品绩熟])"
    r"|天|个航次|航次|艘次|班(?!子|组)|趟|个|张|条|块|分(?![之公支店厂部析布子会别])"
    r"|(?:million|mn|m(?![a-z0-9²]))(?: ?(?:rmb|cny|人民币|元))?"
)
_BEFORE = (
    r"没有?(?=[\d一二两三四五六七八九十]+个?[百千]?[万亿])|(?:尚未|还未|还没有?|没有?|未)(?:突?破|到|达到?|超?过|满)|不到|不满|不足|低于|少于|小于|不超过"
    r"|最多|至多|不高于|不大于|不超|<=?|≤"
    r"|超过|逾|超了?|突破了?|过了|大于|高于|不低于|不少于|不小于|至少|起码|最少|>=?|≥|破了?"
    r"|上(?=[百千万亿])|过(?=[百千万亿\d])"
    r"|大约|大概|差不多|约莫|估摸着?|估计|约|将近|接近|逼近|快要?|近|(?<!科)小"
)
_WHOLE = (
    r"(?:销售|营业|全部|总)?(?:收入|营收|销售|投资?|额)+的?(?=\d|百分|[一二三四五六七八九十]成)"
)
"""不到销售的5%: the whole of which it is a share."""
_AFTER = (
    r"左右|光景|上下|前后|的样子|以上|之上|及以上|开外|以下|以内|之内"
    rf"|都?(?:不到|不足)(?:一?点|(?!的|[销营收]|总| ?[\d{_CN}几]))"
    r"|出头|多点儿?|多|余|来(?![算说看讲])|\+"
    r"|起|好几|有余"
)
_QUANTITY = re.compile(
    rf"(?P<before>{_BEFORE})?(?:了|是|有|{_WHOLE})? ?(?P<percent>百分之)?(?P<low>{_VALUE})"
    rf"(?P<unit1> ?(?:{_UNIT}))?(?:(?: ?[-~到至] ?|—)(?P<percent2>百分之)?(?P<high>{_VALUE}))?"
    rf"(?P<plus>\+)?(?P<mid>出头|挂零|朝上|靠上)?(?:的(?=人(?:$|[ ,，;])))?"
    rf"(?P<unit> ?(?:{_UNIT}))?(?P<after>(?: ?(?:{_AFTER}))+)?"
)
_AT_MOST = re.compile(
    r"^没有?\||(?:尚未|还未|还没有?|没有?|未)(?:突?破|到|达到?|超?过|满)|不到|不满|不足|低于|少于|小于|不超过"
    r"|最多|至多|不高于|不大于|不超|[<≤]|以下|以内|之内"
)
_AT_LEAST = re.compile(
    r"超|逾|突破|过|大于|高于|不低于|不少于|至少|起码|最少|[>≥]|破|上|以上|之上|开外|起|\+"
)
_NEAR = re.compile(r"将近|接近|逼近|快|近")
_ABOUT = re.compile(r"大约|大概|差不多|约|估|左右|光景|上下|前后|样子|小")
_FOREIGN = re.compile(r"美元|美金|美刀|欧|日元|港|英镑|usd|eur")
_PERSON = ("号人", "号", "口子", "口人", "个人", "人", "名", "位")
_AREA = ("个平方米", "个平方", "平方米", "平方", "平米", "平", "㎡", "m2")
_COUNT = ("项", "件", "个", "张", "条", "个航次", "航次", "艘次", "班", "趟")

_DATED = ("月", ".", "-", "/")
"""12月28号 is a day, 一共28号 are people."""
_SAYS_A_NUMBER = re.compile(
    r"\d|[廿卅]|[一二三四五六七八九两十](?:[十百千]|点[一二三四五六七八九])|[万亿]"
)
"""A number without a unit; 一 of 一共 is none."""
_PAIR = re.compile(
    r"(.*?(?<![一二三四五六七八九〇零]))([一二三四五六七八九两])([二三四五六七八九])"
    r"([十百千]?)([万亿]*)"
)
"""三四百: two digits side by side."""


def find_quantities(text: str) -> list[Quantity]:
    """Every quantity of normalised text, in order; money in 元."""
    found: list[Quantity] = []
    at = 0
    while match := _QUANTITY.search(text, at):
        at = match.end()
        if quantity := _read(match, text):
            found.append(quantity)
    fractions = find_parts(text)
    whole = [
        one
        for one in found
        if not any(one.start < other.end and other.start < one.end for other in fractions)
    ]
    return _between(sorted([*whole, *fractions], key=lambda one: one.start), text)


def _between(found: list[Quantity], text: str) -> list[Quantity]:
    """超过三十人但不到四十人 is one range."""
    made: list[Quantity] = []
    for one in found:
        last = made[-1] if made else None
        is_pair = last and (last.kind, last.bound, one.bound) == (
            one.kind, Bound.AT_LEAST, Bound.AT_MOST
        )  # fmt: skip
        gap = text[last.end : one.start] if last else ""
        if last and is_pair and re.fullmatch("[,，]?(?:但是?|又|而|却)?", gap):
            made[-1] = replace(last, end=one.end, bound=Bound.RANGE, upper=one.value)
        else:
            made.append(one)
    return made


def _read(match: re.Match[str], text: str) -> Quantity | None:
    raw = match["low"]
    if len(raw) > 24:
        return None
    unit = (match["unit"] or match["unit1"] or "").strip()
    kind, factor = _kind(unit, bool(match["percent"] or match["percent2"]))
    if kind == "bare" and not _SAYS_A_NUMBER.search(raw):
        return None
    if unit in ("名", "位") and re.search("排名|名次|第$", text[: match.start()][-6:]):
        return None
    if unit == "号" and re.search("门牌|[路弄楼]$", text[: match.start()][-4:]):
        return None
    if unit == "号" and (len(raw) < 2 or text[: match.start("low")].endswith(_DATED)):
        return None
    high_raw = match["high"]
    if high_raw and match["unit1"] and not match["unit"]:
        high_raw = None
    if re.fullmatch(r"[百千]?[万亿]", raw) and not (match["before"] or match["after"]):
        return None
    low = _parse(_with_scale(raw, high_raw, match["unit1"]))
    high = _parse(high_raw) if high_raw else None
    if low is None or (high_raw and high is None):
        return None
    first = "before" if match["before"] else "percent" if match["percent"] else "low"
    start = match.start(first)
    end = match.start() + len(match[0].rstrip())
    if match["high"] and not high_raw:
        end = match.end("unit1")
    if re.search(r"[万亿w]", raw + (high_raw or "")) and kind in ("bare", "count"):
        kind = "money" if unit in ("", "个") else kind
        end -= len(unit) if unit == "个" else 0
    tail = ""
    if unit == "成":
        after = text[end : end + 1]
        if after in DIGIT or after == "半":
            low = (low[0] + Decimal(DIGIT.get(after, 5)) / 10, low[1])
            end += 1
            if after in DIGIT and DIGIT.get(text[end : end + 1]) == DIGIT[after] + 1:
                low = (low[0], low[0] + Decimal("0.1"))  # 一成一二
                end += 1
            more = re.match(_AFTER, text[end:])
            tail, end = (more[0], end + more.end()) if more else ("", end)
    after = tail + "".join(match[one] or "" for one in ("mid", "after", "plus"))
    after += "来" if re.search(r"[来把]", raw) else ""
    bounded = _bounded(low, high, match["before"] or "", after, kind)
    if bounded is None:
        return None
    bound, value, upper = bounded
    return Quantity(start, end, kind, bound, value, upper).scaled(factor)


def _kind(unit: str, percent: bool) -> tuple[str, Decimal]:
    one = Decimal(1)
    if percent or unit == "%" or unit.endswith("点"):
        return "percent", one
    if unit == "成":
        return "percent", Decimal(10)
    if unit == "":
        return "bare", one
    if unit == "分":
        return "score", one
    if re.match("million|mn|m(?!2)", unit):
        return "money", Decimal(10**6)
    if _FOREIGN.search(unit):
        return "foreign", one
    for kind, units in (("person", _PERSON), ("area", _AREA), ("count", _COUNT)):
        if unit in units:
            return kind, one
    if unit in ("台套", "台(套)", "台/套", "台", "套"):
        return "set", one
    if unit in ("年", "个月", "天"):
        return {"年": "year", "个月": "month", "天": "day"}[unit], one
    return "money", one


def _with_scale(raw: str, high: str | None, unit: str | None) -> str:
    """800-900万: the first number has the scale of the second."""
    if not high or unit or re.search(r"[万亿w]", raw):
        return raw
    scale = re.search(r"[十百千]?[w万亿]+$", high)
    if scale is None:
        return raw
    tail = scale[0]
    if short := re.fullmatch(r"([一二三四五六七八九两])([百千])([一二三四五六七八九])", raw):
        raw += {"百": "十", "千": "百"}[short[2]]  # 三百五到四百万
    if re.search(r"[十百千]", raw) or not re.fullmatch(r"[\d.,]+|[一二三四五六七八九两]", raw):
        tail = tail.lstrip("十百千")
    return raw + tail


_Interval = tuple[Decimal, Decimal | None]
"""A value, and the upper end where the word itself is a range: 三四百, 800多."""


def _parse(raw: str) -> _Interval | None:
    sign = -1 if raw[:1] in "负-" else 1
    for spoken, plain in _SPOKEN.items():
        raw = raw.replace(spoken, plain)
    raw = raw.translate(_FORMAL)
    body = raw.lstrip("负-").replace("w", "万").replace(" ", "").replace("个", "").replace(",", "")
    more = re.search(r"[多余]", body)
    half = re.search(r"半(?=[万亿])", body[1:])
    if half:
        body = body.replace("半", "")
    plain = re.sub(r"[多余来把]", "", body)
    found = _plain(plain)
    if found is None:
        return None
    low, high = found
    if half:
        scale = Decimal(10**8 if "亿" in plain else 10**4)
        low += scale / 2
    if more and high is None:
        high = low + (_step(body, more.start(), low))
    if sign < 0:
        return -low, None
    return low, high


def _step(body: str, at: int, low: Decimal) -> Decimal:
    """What 多 may add: one of the last place said. 800多 under 900, 1亿多 under 2亿."""
    said = read_number(_unsaid(body[:at])) or low
    tail = low / said if said else Decimal(1)
    exponent = said.normalize().as_tuple().exponent
    place = Decimal(10) ** int(exponent)
    return place * tail


def _last_place(value: Decimal) -> Decimal:
    """一千九百万出头 is under 2000万."""
    return Decimal(10) ** int(value.normalize().as_tuple().exponent)


def _unsaid(head: str) -> str:
    return f"一{head}" if head[:1] in "百千万亿" else head


def _plain(body: str) -> _Interval | None:
    if body == "半":
        return Decimal("0.5"), None
    vague = re.fullmatch(r"(.*?)[几数](十|百|千)?([万亿]*)", body)
    if vague:
        return _vague(vague[1], vague[2] or "", vague[3])
    pair = _PAIR.fullmatch(body)
    if pair and DIGIT[pair[3]] == DIGIT[pair[2]] + 1:
        low = read_number(pair[1] + pair[2] + pair[4] + pair[5])
        high = read_number(pair[1] + pair[3] + pair[4] + pair[5])
        return (low, high) if low is not None and high is not None else None
    value = _number(body)
    return None if value is None else (value, None)


def _vague(head: str, place: str, scale: str) -> _Interval | None:
    """几十万 is 20 to 99 of 万; 十几 is 11 to 19; 三十几 is 31 to 39."""
    unit = read_number(f"1{scale}") if scale else Decimal(1)
    base = read_number(head) if head else Decimal(0)
    if unit is None or base is None:
        return None
    size = Decimal({"": 1, "十": 10, "百": 100, "千": 1000}[place])
    if not head:
        return 2 * size * unit, (10 * size - 1) * unit
    return (base + size) * unit, (base + 9 * size) * unit


def _number(body: str) -> Decimal | None:
    if body[:1] in ("百", "千", "万", "亿"):
        body = f"一{body}"
    if decimal := re.fullmatch(r"([^点]+)点([〇零一二三四五六七八九]+)([十百千]?[万亿]*)", body):
        whole, digits = read_number(decimal[1]), read_number(f"一{decimal[2]}")
        scale = read_number(f"1{decimal[3]}")
        if whole is None or digits is None or scale is None:
            return None
        part = Decimal(f"0.{str(digits)[1:]}")
        return (whole + part) * scale
    if tail := re.fullmatch(r"(\d)百(\d{1,2})(万?)", body):
        return Decimal(int(tail[1]) * 100 + int(tail[2])) * (10**4 if tail[3] else 1)
    if tail := re.fullmatch(r"(\d)千(\d)百(万?)", body):
        return Decimal(int(tail[1]) * 1000 + int(tail[2]) * 100) * (10**4 if tail[3] else 1)
    if re.fullmatch(r"[^万]*亿[^万]*[千百][^万]*", body):
        most, _, more = body.partition("亿")  # 二亿八千五
        first, last = _number(f"{most}亿"), _number(more)
        return None if first is None or last is None else first + last * 10**4
    if mixed := re.fullmatch(r"([\d.]+)([亿万])零?([\d.一二三四五六七八九两百千十]+)(万?)", body):
        head, rest = read_number(mixed[1] + mixed[2]), read_number(mixed[3] + mixed[4])
        if head is None or rest is None:
            return None
        if not mixed[4] and rest < 10 and mixed[2] == "亿":
            rest *= 10**7
        elif not mixed[4] and rest < 10:
            rest *= 10**3
        return head + rest
    if tail := re.fullmatch(r"(.*)([百千万亿])([一二三四五六七八九])", body):  # 一亿二, 两千五
        head = read_number(tail[1] + tail[2])
        size = {"百": 10, "千": 100, "万": 1000, "亿": 10**7}[tail[2]]
        return None if head is None else head + DIGIT[tail[3]] * size
    return read_number(body)


def _bounded(
    low: _Interval, high: _Interval | None, before: str, after: str, kind: str = ""
) -> tuple[Bound, Decimal, Decimal | None] | None:
    value, upper = low
    if high is not None:
        upper = high[1] or high[0]
        if upper <= value:
            return None
    words = f"{before}|{after}"
    if re.search(r"多|余", after) and value < 10 and value % 1 == 0:
        return Bound.RANGE, value, value + 1
    if "出头" in after or re.search(r"多|余", after):
        return Bound.RANGE, value, min(value + _last_place(value), value * Decimal("1.1"))
    if re.search(r"上下|左右|前后", after) and upper is None:
        return Bound.ESTIMATE, value, None
    if re.search(r"不低于|不少于|不小于", before):
        return Bound.AT_LEAST, value, None
    if _AT_MOST.search(words):
        return Bound.AT_MOST, upper or value, None
    if _AT_LEAST.search(words):
        return Bound.AT_LEAST, value, None
    if _NEAR.search(before) and upper is None:
        least = value - 1 if kind == "year" and value > 1 else value * Decimal("0.9")
        return Bound.RANGE, least, value
    if upper is not None:
        return Bound.RANGE, value, upper
    if _ABOUT.search(words) or "来" in after:
        return Bound.ESTIMATE, value, None
    return Bound.EXACT, value, None
