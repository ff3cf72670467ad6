"""The figure a question asks for: by its unit and by the words beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answering.sentences import Ranked, Sentence
from assistant.answering.terms import coverage
from assistant.answering.understand import Query
from assistant.schema import Level
from assistant.text import find_dates, find_doc_nos, find_numbers

MIN_COVERED = 0.42
UNIT_BONUS = 0.08
GIVEN_BONUS = 0.6
LARGE = 100
RANK_SHARE = 0.15
"""Of the sentence's score: the figure of a sentence that fits better wins at equal words."""
HEAD_BONUS = 0.5
"""What stands right behind a figure says best what it counts."""
_ASKS_MOST = re.compile(r"最高|最多|上限|封顶|至多")
_MOST = re.compile(
    r"(?:最高|最多|上限|封顶|至多)(?:为|是|可达|可|给予|支持|补助|奖励)?(?:不超过)?$|不超过$"
)
UNIT = re.compile(
    r"亿元|万元|万方|亿|元|平方米|平米|方|家|个|条|项|名|人|位|张|套|亩|强|类|期|%|款|种|部|年|座|台|辆|吨|公里|千瓦时?|所|间|户|支|枚|大(?=[\u4e00-\u9fff])"
)
ASKED_UNIT = re.compile(
    r"(?:多少|几)\s*(?:个|万|百)?(?P<unit>亿元|亿|万方|万元|元|钱|平方米?|平米?|方|家|个|条|项|名|人|位|张|套|亩|强|款|种|类|年|月|天|次|倍|岁|批|层|期|大|%)"
)
_ASKED_RANK = re.compile(r"前几(?:强|名|位)?|前多少")
_ALIKE = (
    frozenset({"家", "个", "项", "条", "款", "种", "大"}),
    frozenset({"名", "人", "位"}),
    frozenset({"亿", "亿元", "万元", "元", "钱"}),
    frozenset({"万方", "方", "平方米", "平方", "平", "平米", "亩"}),
)
_BOUNDS = (
    *("不少于", "不低于", "不小于", "不超过", "不高于", "不多于", "不大于"),
    *("至少", "至多", "最高", "最低", "最多", "未满", "不满", "突破", "超过"),
    *("低于", "高于", "少于", "多于", "超", "达", "满", "前"),
)
"""What bounds a figure and stands before it, longer ones first: 不超过 is not 超过."""
_PART_OF_NAME = re.compile(r"[a-zⅰ-ⅻ0-9][-:/]$")
_NAMES_ON = re.compile(r"[-:/]\d")
"""What stands beside a figure that is part of a name or a ratio: ix-1-02, 1:0.5."""
_ROW_NUMBER = re.compile(r"\s*\d{1,4}\t")
"""The first cell of a row that is numbered: 2 of 2 器械注册 每张证50万元."""
_YEAR = range(1949, 2100)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a sentence with its unit, in the words around it (offsets into `text`)."""

    sentence: Sentence
    start: int
    end: int
    value: float
    unit: str
    part: tuple[int, int]

    def segment(self) -> str:
        """The item of a list that the figure stands in."""
        text = self.sentence.text
        begin = max(self.part[0], text.rfind("、", self.part[0], self.start) + 1)
        end = text.find("、", self.end, self.part[1])
        return text[begin : end if end >= 0 else self.part[1]]

    def head(self) -> str:
        """What is counted: the words after the figure in its item."""
        text = self.sentence.text
        end = text.find("、", self.end, self.part[1])
        return text[self.end : end if end >= 0 else self.part[1]]

    def is_most(self) -> bool:
        """Whether the text says that it is the most there is: 最高不超过500万元."""
        return bool(_MOST.search(self.sentence.text[: self.start]))

    def words(self) -> str:
        """The figure as the document prints it, with what bounds it: 不少于 2 家, 5 家以上."""
        text = self.sentence.text
        begin = self.start
        for bound in _BOUNDS:
            if text[:begin].endswith(bound):
                begin -= len(bound)
                break
        end = self.end + len(self.unit)
        end += 2 if text[end : end + 2] in ("以上", "以下", "左右") else 0
        start, stop = self.sentence.norm.span(begin, end)
        base = self.sentence.start
        return self.sentence.document.text[base + start : base + stop]


def figures_of(sentence: Sentence) -> list[Figure]:
    """Figures with what they count; dates, years and 文号 are none."""
    found: list[Figure] = []
    parts = sentence.parts()
    text = sentence.text
    raw_text = sentence.document.text[sentence.start : sentence.end]
    is_numbered = sentence.clause.level is Level.ROW and _ROW_NUMBER.match(raw_text)
    apart = [(one.start, one.end) for one in find_doc_nos(text)]
    apart += [(one.start, one.end) for one in find_dates(text)]
    for span in find_numbers(text):
        if any(start <= span.start < end for start, end in apart):
            continue
        if is_numbered and not span.start:
            continue
        unit = UNIT.match(sentence.text[span.end :])
        raw = sentence.text[span.start : span.end]
        if _PART_OF_NAME.search(text[: span.start]) or _NAMES_ON.match(text[span.end :]):
            continue
        name = unit[0] if unit else ""
        if raw == "一" and name:
            continue  # 一个, 一项 is an article more often than a figure
        if name == "年" or (not name and int(span.value) in _YEAR):
            continue
        if raw[-1] in "万亿" and name in ("方", "元", ""):
            name_full, end = raw[-1] + name, span.end - 1
        else:
            name_full, end = name, span.end
        part = next(((a, b) for a, b in parts if a <= span.start < b), (0, len(sentence.text)))
        found.append(Figure(sentence, span.start, end, float(span.value), name_full, part))
    return found


def asked_unit(norm: str) -> str:
    """The unit the question names: 家 of 多少家; empty if it names none."""
    if _ASKED_RANK.search(norm):
        return "强"
    asked = sorted(ASKED_UNIT.finditer(norm), key=lambda one: one[0][0] != "多")
    if asked:
        return asked[0]["unit"]
    if re.search(r"面积|占地", norm):
        return "方"
    return ""


def is_alike(asked: str, unit: str) -> bool:
    """Whether a figure of this unit can answer; 家 may stand for 个, but not for 张."""
    if not asked:
        return unit not in ("期", "类")
    return asked == unit or any(asked in group and unit in group for group in _ALIKE)


def is_given(query: Query, figure: Figure) -> bool:
    """Whether the question has the figure with its unit; of money the 元 may be left out."""
    is_money = figure.unit in ("亿", "亿元", "万元", "元")
    return bool(figure.unit) and any(
        float(span.value) == figure.value
        and (is_money or query.norm[span.end :].startswith(figure.unit.lstrip("万亿")))
        for span in query.numbers
    )


def best_figure(query: Query, ranked: list[Ranked]) -> tuple[Figure, Ranked] | None:
    """The figure whose own words are what the question is about; None where there is none."""
    asked = asked_unit(query.norm)
    best: tuple[float, Figure, Ranked] | None = None
    for one in ranked[:8]:
        for figure in figures_of(one.sentence):
            if not is_alike(asked, figure.unit) or is_given(query, figure):
                continue
            score = _fit(query, one, figure)
            if score < MIN_COVERED:
                continue
            score += RANK_SHARE * one.score + UNIT_BONUS * (figure.unit == asked)
            if best is None or score > best[0] + 1e-9:
                best = (score, figure, one)
    if best is None:
        return None
    _, figure, one = best
    return (_most(query, figure) if _ASKS_MOST.search(query.norm) else figure), one


def _most(query: Query, figure: Figure) -> Figure:
    """The bound in the figure's sentence where the most is asked for and the figure is none:
    最高多少 of 按投资的10%，最高不超过500万元.
    """
    if figure.is_most():
        return figure
    asked = asked_unit(query.norm)
    bounds = [
        one for one in figures_of(figure.sentence) if one.is_most() and is_alike(asked, one.unit)
    ]
    return next((one for one in bounds if one.start > figure.start), figure)


def has_given(query: Query, words: str) -> bool:
    """Whether the words have another figure of the question: 超10亿元企业 of 十亿级的几家."""
    given = {span.value for span in query.numbers if span.value >= LARGE}
    return any(span.value in given for span in find_numbers(words))


def _fit(query: Query, one: Ranked, figure: Figure) -> float:
    """How far the words of the question stand with the figure, nearest first."""
    text = figure.sentence.text
    part = text[figure.part[0] : figure.part[1]]
    fields = ((figure.segment(), 1.0), (part, 0.9), (one.sentence.path, 0.7), (text, 0.45))
    hard = coverage(query.terms, *fields) if query.terms else 0.0
    hard += GIVEN_BONUS * has_given(query, part)
    hard += HEAD_BONUS * coverage(query.terms, (figure.head(), 1.0))
    if not query.context:
        return hard
    soft = coverage(query.context, *fields)
    return max(0.75 * hard + 0.35 * soft, soft if not query.terms else 0.0)
