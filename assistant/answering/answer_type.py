"""What an answer must contain for what is asked: a time for 什么时候, a named place for 在哪."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answering.abstain import NO_PROCEDURE, NOT_WRITTEN, Refusal
from assistant.answering.evidence import Ranked
from assistant.answering.understand import Query
from assistant.schema import Intent

MIN_SHARE = 0.6
"""Of the best sentence's words: what another must have to be preferred for its time or place."""
_FREE = frozenset({Intent.PREMISE, Intent.DEFINITION, Intent.WORDING, Intent.VALIDITY})


@dataclass(frozen=True, slots=True)
class AnswerType:
    """Questions of a kind, and what only an answer to them has."""

    asks: re.Pattern[str]
    gives: re.Pattern[str]
    refusal: Refusal


_TYPES = (
    AnswerType(
        re.compile(
            r"什么时(?:候|间)|何时|哪天|几时|几月|哪一?年|几号|哪个?月|多久|多长时间|啥时候|什么日子"
        ),
        re.compile(r"20\d\d年|\d+月|\d+日|定期|每[年季月周]"),
        NO_PROCEDURE,
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
        NOT_WRITTEN,
    ),
    AnswerType(
        re.compile(
            r"哪几家(?!园)|企业(?:是|有|叫)哪[些几]|企业名单|[百0]强(?:企业)?(?:是|有)哪|(?:有|是)哪[些几].?专家|哪几?[家所个些](?:银行|医院|公司|高校|大学|学校|研究所|单位|部门|委办|科室|局)"
        ),
        re.compile(
            r"[\u4e00-\u9fff]{2,}(?:大学|(?<!研究型)医院|银行|公司|集团|工研院|研究所|保障局|委员会)"
        ),
        NOT_WRITTEN,
    ),
)


def prefer_asked_type(query: Query, ranked: list[Ranked]) -> list[Ranked] | Refusal:
    """Sentences that give what is asked first; a refusal where none does."""
    if query.intent in _FREE or query.asks_location:
        return ranked
    for kind in _TYPES:
        if ranked and kind.asks.search(query.norm):
            least = MIN_SHARE * ranked[0].covered
            giving = [
                one
                for one in ranked
                if one.covered >= least and kind.gives.search(one.sentence.text)
            ]
            if not giving:
                return kind.refusal
            return [*giving, *(one for one in ranked if one not in giving)]
    return ranked
