"""The steps of an address in normalised text: 第十二条第二款第(三)项, 三(三)12, 上一条, 5、6条."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.text import read_number

_CN = "〇零一二三四五六七八九十百千两"
_N = rf"(?:[0-9]{{1,6}}|[{_CN}]{{1,7}}|[①-⑳])"
_IN_BRACKETS = rf"\((?P<bracket>[0-9]{{1,3}}|[{_CN}]{{1,5}})\)"  # (2024) is a year
_ONE = rf"\(?{_N}\)?(?:之[{_CN}]{{1,3}})?"
_JOIN = r"(?:[、,和及与或~-]|以及|至|到)"
_LIST = rf"{_ONE}(?:{_JOIN}第?{_ONE})*"
_UNIT = r"大?部[分份]|[大板]?块|[大小]项|小节|编|章|节|条|款|项|目|点|段"
_STEP = re.compile(
    rf"第(?P<named>{_LIST})(?P<unit>{_UNIT})(?:之(?P<sub>[{_CN}]{{1,3}}))?"
    rf"|(?:^|(?<=[^\u4e00-\u9fff0-9a-z.超前])|(?<=[看念贴发抄给讲查]))"
    rf"(?P<bare>[0-9]{{1,3}})那?(?P<bare_unit>[项条])"
    rf"|(?:条目|条款|任务|项目?)(?P<item>{_N})(?![0-9家个亿万大共起般定些同])"
    rf"|(?P<turn>[上下前后])(?:(?:一|1|面一?|面那|一个)(?P<turn_unit>部分|[编章节条款项目段])"
    rf"|(?P<turn_near>[款条项章])(?![件目例约程]))"
    rf"|(?P<same>[同本该此])(?P<same_unit>[编章节条款项])(?![件目例约程])"
    rf"|(?:最后|最末|末)一?(?P<last_unit>部分|[编章节条款项])(?![件目例约])"
    rf"|倒数第(?P<from_end>{_N})(?P<end_unit>部分|[编章节条款项])"
    rf"|(?<=[\u4e00-\u9fff]){_IN_BRACKETS}"
)
_NEXT = re.compile(
    rf"[的之、,]?(?P<named>{_LIST})(?P<unit>部分|[编章节条款项目])(?:之(?P<sub>[{_CN}]{{1,3}}))?"
    rf"|{_IN_BRACKETS}|(?P<circled>[①-⑳])|(?<=\))(?P<item>[0-9]{{1,3}})(?![0-9.]|[家个亿万%年月])"
)
"""Right after a step or a title, 第 may be left out: 12条2款3项."""
_OPENING = re.compile(
    rf"(?P<named>[{_CN}]{{1,7}}|[0-9]{{1,4}})(?P<unit>[编章节条款项])"
    rf"(?=$|第|[0-9{_CN}(]|的?(?:原文|内容|全文))"
)
"""At the start of a text that is an address: 十二条第二款."""
_COMPACT = re.compile(
    rf"(?<![第{_CN}])(?P<a>[{_CN}]{{1,3}}|[0-9]{{1,2}}(?=[、.]?\([{_CN}]))[、,.]?"
    rf"\((?P<b>{_N})\)[、,.]?(?P<c>[0-9]{{1,3}})?(?![0-9])"
)
_DOTTED = re.compile(
    r"(?<![0-9.])(?P<a>[0-9]{1,2})\.(?P<b>[0-9]{1,2})\.(?P<c>[0-9]{1,3})(?![0-9.])"
)
_PAIR = re.compile(
    rf"(?<![第{_CN}0-9])(?P<a>[{_CN}]{{1,3}})[、,.]?(?P<c>[0-9]{{1,3}})(?:[、.项]|$)$"
)
"""三、5 where nothing is between 一、 and 1、; only of a text that is an address."""
_RANKS = {
    "编": 1,
    "大部分": 2,
    "大块": 2,
    "大项": 2,
    "h1": 2,
    "部分": 3,
    "块": 3,
    "章": 3,
    "节": 4,
    "小节": 4,
    "h2": 4,
    "条": 5,
    "款": 6,
    "段": 6,
    "()": 7,
    "项": 8,
    "点": 8,
    "小项": 8,
    "h3": 8,
    "": 8,
    "目": 9,
}
_SECTION_RANK = 4
MAX_EXPANDED = 20
MAX_GAP = 2
"""第五条的下一条 goes on from 第五条."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step down: `number` is Arabic, 17-1 for 第十七条之一, -1 for the last one.

    `shift` moves among neighbours instead: -1 前, 1 下, 0 the one at hand (本条).
    """

    unit: str
    number: str
    start: int
    end: int
    shift: int | None = None

    @property
    def rank(self) -> int:
        return _RANKS[self.unit]


@dataclass(frozen=True, slots=True)
class Walk:
    """The steps of one address, from the top down."""

    steps: tuple[Step, ...]

    @property
    def start(self) -> int:
        return self.steps[0].start


def find_walks(norm: str, *, after: tuple[int, ...] = (), is_address: bool = False) -> list[Walk]:
    """Every address in the text, in order; ranges and lists are written out.

    `after` are the ends of titles, where 第 may be left out and a bare (一) is a step;
    `is_address`: the text is nothing but an address.
    """
    walks: list[list[Step]] = []
    last_end = 0
    for steps in _matches(norm, after, is_address=is_address):
        first, more = steps[0], steps[1:]
        is_next = first.shift is not None and first.start - last_end <= MAX_GAP
        if walks and (is_next or _is_deeper(first, walks[-1])):
            walks[-1].append(first)
        else:
            between = norm[last_end : first.start]
            walks += _range_between(walks, first, between) if walks else []
            walks.append([*_prefix(first, walks, after), first])
        if steps[0].unit == "h1":
            walks[-1] += more
        else:
            prefix = walks[-1][:-1]
            walks += [[*prefix, one] for one in more]
        last_end = steps[-1].end
    return [Walk(tuple(steps)) for steps in walks]


def _matches(norm: str, after: tuple[int, ...], *, is_address: bool) -> Iterator[list[Step]]:
    """Steps as they stand, several where one match is a list or has several levels."""
    position, is_open = 0, False
    while position < len(norm):
        found = None
        if is_open or position in after:
            found = _NEXT.match(norm, position)
        elif position == 0 and is_address:
            found = _OPENING.match(norm)
        if found is None:
            found, position = _search(norm, position, after, is_address=is_address)
        if found is None:
            return
        steps = _steps(found)
        if steps and not (found.groupdict().get("bracket") and not is_open and not after):
            yield steps
            is_open = True
        position = max(found.end(), position + 1)


def _search(
    norm: str, position: int, after: tuple[int, ...], *, is_address: bool
) -> tuple[re.Match[str] | None, int]:
    """The first step from here on; a title's end before it is tried first."""
    patterns = (_COMPACT, _DOTTED, _STEP, *([_PAIR] if is_address else []))
    options = [pattern.search(norm, position) for pattern in patterns]
    found = min((one for one in options if one), key=lambda one: one.start(), default=None)
    for end in sorted(after):
        if position <= end and (found is None or end <= found.start()):
            near = _NEXT.match(norm, end)
            if near:
                return near, end
    return found, position


def _steps(found: re.Match[str]) -> list[Step]:
    named = {name: value for name, value in found.groupdict().items() if value is not None}
    start, end = found.span()
    if "a" in named:
        levels = [("h1", "a"), ("h2", "b"), ("h3", "c")]
        return [
            Step(unit, _arabic(named[name]), start, end) for unit, name in levels if name in named
        ]
    if turn := named.get("turn"):
        unit = named.get("turn_unit") or named["turn_near"]
        return [Step(unit, "", start, end, -1 if turn in "上前" else 1)]
    if "same" in named:
        return [Step(named["same_unit"], "", start, end, 0)]
    if "last_unit" in named:
        return [Step(named["last_unit"], "-1", start, end)]
    if "from_end" in named:
        return [Step(named["end_unit"], f"-{_arabic(named['from_end'])}", start, end)]
    if bracket := named.get("bracket") or named.get("circled"):
        return [Step("()", _arabic(bracket), start, end)]
    if "item" in named:
        return [Step("", _arabic(named["item"]), start, end)]
    unit = named.get("unit") or named["bare_unit"]
    unit = unit.replace("份", "分").removeprefix("板")
    numbers = _numbers(named.get("named") or named["bare"])
    if "sub" in named:
        numbers[-1] += f"-{_arabic(named['sub'])}"
    return [Step(unit, number, start, end) for number in numbers]


def _numbers(words: str) -> list[str]:
    """五、六 and 五至七 written out; a range too long to be one keeps its two ends."""
    parts = re.split(rf"({_JOIN})第?", words)
    numbers = [_arabic(parts[0])]
    for joint, word in zip(parts[1::2], parts[2::2], strict=True):
        number = _arabic(word)
        if joint in ("至", "到", "~", "-"):
            numbers += _between(numbers[-1], number)
        numbers.append(number)
    return numbers


def _between(low: str, high: str) -> list[str]:
    if not (low.isdigit() and high.isdigit() and int(high) - int(low) <= MAX_EXPANDED):
        return []
    return [str(number) for number in range(int(low) + 1, int(high))]


def _arabic(words: str) -> str:
    """The number in the form of clause ids; a numeral that is none stays as it is written."""
    words = words.strip("()")
    whole, _, sub = words.partition("之")
    if sub:
        return f"{_arabic(whole)}-{_arabic(sub)}"
    if "①" <= words <= "⑳":
        return str(ord(words) - ord("①") + 1)
    value = read_number(words)
    return words if value is None else str(int(value))


def _is_deeper(step: Step, above: list[Step]) -> bool:
    """Steps of one address go from the top down; a unit that comes again begins another one."""
    if step.shift is not None:
        return False
    last = above[-1]
    if step.unit == "()" and last.rank <= _SECTION_RANK:
        return True
    if last.unit == "()" and len(above) > 1 and above[-2].rank <= _SECTION_RANK:
        return step.rank > _SECTION_RANK and step.unit != "()"
    return step.rank > last.rank


def _prefix(step: Step, walks: list[list[Step]], after: tuple[int, ...]) -> list[Step]:
    """第五条第一款和第三款: the second 款 is of the same article, unless a title comes between."""
    if not walks or step.shift is not None:
        return []
    last = walks[-1]
    if any(last[-1].end <= end <= step.start for end in after):
        return []
    return [one for one in last if one.rank < step.rank] if step.rank > last[0].rank else []


def _range_between(walks: list[list[Step]], step: Step, between: str) -> list[list[Step]]:
    """第五条至第七条: what lies between the two ends."""
    last = walks[-1][-1]
    if between not in ("至", "到", "-", "~") or last.unit != step.unit:
        return []
    prefix = walks[-1][:-1]
    return [
        [*prefix, replace(last, number=number, end=step.end)]
        for number in _between(last.number, step.number)
    ]
