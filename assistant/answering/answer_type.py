"""What an answer must contain for what is asked: a time for 什么时候, a named place for 在哪."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answering.sentences import Ranked
from assistant.answering.understand import Query
from assistant.schema import Intent

MIN_SHARE = 0.6
"""Of the best sentence's words: what another must have to be preferred for its time or place."""
MIN_SHARE_UNMISTAKABLE = 0.25
"""The same for what is rarely told and hardly mistaken: a telephone number, papers to hand in."""
_FREE = frozenset({Intent.PREMISE, Intent.DEFINITION, Intent.WORDING, Intent.VALIDITY})


@dataclass(frozen=True, slots=True)
class AnswerType:
    """Questions of a kind, and what only an answer to them has."""

    asks: re.Pattern[str]
    gives: re.Pattern[str]
    least: float = MIN_SHARE


_APPLY = r"(?:申报|申请|受理|报名|提交)"
_TIME = r"(?:什么时候|啥时候|何时|哪天|几月|几号|多久|多长)"
_MONEY = AnswerType(
    re.compile(r"多少钱|[多几]少?(?:万|亿)?(?:元|块)|几万(?!方|平)|几个亿|金额|奖金|租金|房租|薪|税率|利率|价"),
    re.compile(r"[0-9一二三四五六七八九十百千]\s*(?:万|亿)?元|%|百分之"),
)
_TYPES = (
    AnswerType(
        re.compile(r"(?:哪些|什么|啥|哪几[样种份])[^,;。?]{0,6}材料|材料[^,;。?]{0,3}(?:清单|[有是](?:哪些|什么|啥))"),
        re.compile(
            r"(?:提交|提供|递交|报送|附)[^。;]{0,60}(?:表|书|证明|复印件|报告|执照|证件|合同)|材料(?:包括|为|有|:)"
        ),
        MIN_SHARE_UNMISTAKABLE,
    ),
    AnswerType(
        re.compile(
            rf"{_APPLY}[^,;。?]{{0,6}}(?:时间|期限|截止|{_TIME})|{_TIME}[^,;。?]{{0,8}}(?:{_APPLY}|截止)|申[报请]期"
        ),
        re.compile(
            rf"{_APPLY}(?:期|时间|期限)[^。;]{{0,12}}[0-9]+[月日天]|每[年季][^。;]{{0,14}}{_APPLY}|"
            rf"[0-9]+[月日](?:之?前|内|至[^。;]{{1,12}})[^。;]{{0,24}}(?:提出|提交|{_APPLY})"
        ),
        MIN_SHARE_UNMISTAKABLE,
    ),
    AnswerType(
        re.compile(r"电话|联系方式|热线"),
        re.compile(r"(?<!\d)(?:0\d{2,3}-?)?\d{7,8}(?!\d)|(?<!\d)1\d{10}(?!\d)|(?<!\d)12\d{3}(?!\d)"),
        MIN_SHARE_UNMISTAKABLE,
    ),
    _MONEY,
    AnswerType(
        re.compile(
            r"什么时(?:候|间)|何时|哪天|几时|几月|哪一?年|几号|哪个?月|几点|(?:最后|哪)一天|截止|多久|多长时间|啥时候|什么日子"
        ),
        re.compile(r"20\d\d年|\d+月|\d+日|定期|每[年季月周]|季度|工作日|[0-9一二三四五六七八九十][日天月]内"),
    ),
    AnswerType(
        re.compile(
            r"[在落放去][^,;。?]{0,4}(?:哪(?!些|几|一?[条项])|什么地方|何处)|(?<!从)哪里|哪儿|"
            r"哪一?个?(?:园|镇|地方|基地|位置)|什么位置|位置在"
        ),
        re.compile(
            r"[\u4e00-\u9fff]{2,4}(?<!产业)(?<!梳理)(?<!向该)园区|[\u4e00-\u9fff]{2,}"
            r"(?:产业园(?!区)|科技园|创新园|高新园|药谷|健康谷|基地(?!建设)|生命港|镇|工作站|综合体)"
        ),
    ),
    AnswerType(
        re.compile(
            r"哪几?家(?!园)|(?:谁|哪个?(?:单位|机构|院所?))|企业(?:是|有|叫)哪[些几]|企业名单|[百0]强(?:企业)?(?:是|有)哪|(?:有|是)哪[些几].?专家|哪几?[家所个些](?:银行|医院|公司|高校|大学|学校|研究所|单位|部门|委办|科室|局)"
        ),
        re.compile(
            r"[\u4e00-\u9fff]{2,}(?:大学|(?<!研究型)医院|银行|公司|集团|工研院|研究所|保障局|委员会)"
        ),
    ),
)


def prefer_asked_type(query: Query, ranked: list[Ranked]) -> list[Ranked]:
    """Sentences that give what is asked first, where they have nearly as many of its words."""
    if query.intent in _FREE or query.asks_location or not ranked:
        return ranked
    for kind in _TYPES:
        if kind.asks.search(query.norm):
            least = kind.least * ranked[0].covered
            giving = [
                one
                for one in ranked
                if one.covered >= least and kind.gives.search(one.sentence.text)
            ]
            return [*giving, *(one for one in ranked if one not in giving)]
    return ranked


def asks_no_figure(norm: str) -> bool:
    """Whether a time, a number to call, papers, a place or a name are asked for, and no amount."""
    asked = [kind for kind in _TYPES if kind.asks.search(norm)]
    return bool(asked) and _MONEY not in asked


def given_spans(norm: str, said: str) -> list[tuple[int, int]]:
    """Where the question asks for something of an unmistakable kind that the words have."""
    return [
        found.span()
        for kind in _TYPES
        if kind.least == MIN_SHARE_UNMISTAKABLE and kind.gives.search(said)
        for found in kind.asks.finditer(norm)
    ]


def lacks_asked_type(norm: str, said: str) -> bool:
    """Whether something of a kind is asked for and the words have none of it."""
    return any(kind.asks.search(norm) and not kind.gives.search(said) for kind in _TYPES)


def has_asked_type(norm: str, said: str) -> bool:
    """Whether something of a kind is asked for and the words have one."""
    return any(kind.asks.search(norm) and kind.gives.search(said) for kind in _TYPES)


def gives_asked_type(norm: str, heading: str, sentence: str) -> bool:
    """Whether a heading has the kind of thing asked for, and the sentence below it has not."""
    return any(
        kind.asks.search(norm) and kind.gives.search(heading) and not kind.gives.search(sentence)
        for kind in _TYPES
    )
