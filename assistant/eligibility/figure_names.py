"""Where the names of figures stand in a sentence, and which numbers of people are the staff."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.eligibility.linking_words import OF_TOTAL, SHARE
from assistant.eligibility.mentions import Mention, fact_finder, is_about
from assistant.eligibility.readings import DefinitionLike
from assistant.eligibility.scope import NEAR, Sentence

_PEOPLE = re.compile(
    r"(?:(?<=[ ,，;；:、。])"
    r"|^)人手?(?=[ :有就才也不很呢嘛么啊从由大共约现小百\d二三四五六七八九十一百两几])"
)
"""人 35, 人有五十多个."""
_WEAK = frozenset((
    "卖", "亏", "花", "花了", "排", "全国", "国内", "全球", "市场",
    "成本", "费用", "合同", "利息", "价格", "总价", "航次", "母港", "租金",
    "排名", "负债", "淡季", "报了", "数字化改造", "细分市场", "份额",
    "值", "价值", "设备", "开销", "开支", "花销",
))  # fmt: skip
"""Everyday words: they name a fact only right beside a figure."""
_FIGURE = re.compile(r".{0,8}?[\d一二两三四五六七八九十百几数第前]")
_FIGURE_BEFORE = re.compile(r"\d\S{0,2}$")
_OTHER_RANK = re.compile(r"标准|国标|行标|奖|起草|完成人")
"""A rank among these is none of the market."""
_OF_MARKET = re.compile("细分|市场|行业|份额|国内|全国|全球")
_WITH = re.compile(r"\((?:(?:不?含|不?包括)[^()]{0,8}|[^()\d]{1,4}的)\)")
"""员工(含研发)119名."""
_HEADCOUNT = re.compile(
    r"(?:个|车队|我们集团|(?:[\d一二两三四五六七八九十]+家)?店|约|在职|一?家|只是|就是|常年|长年|维持在?|保持在?|稳定在?|雇了?|请了?|养了?|我厂|我这|在岗|公司|自己|正式|本地|人员?(?=有|数|$)|我们|我司|咱们?|一共|总共|共|全公司|全部"
    r"|连我在?内?|算进去|算在内|工资表上?|眼下|手底下|在编|全员|咱这儿?|上上下下|加上我|目前|现在|现有|如今|有|人数|规模|算上|就|才"
    r"|只有|也就|不算|大概|差不多"
    r"|全?team|全职|全员|编制|上下|左右|总计|团队|全厂|整个|企业|的|了|是|,|，|:| |小|这边|已经|已"
    r"|刚好|正好|刚刚?|更正为?|应该是|改成|不是|店里|发展到|扩到|到|厂里|里头|手下|手里|手上|[管带]着|(?:带上|加上?|连同?|算上)(?:我|老板)(?:自己)?|在册|里|这里"
    r"|去年底?|年末|年底)*"
)
_AFTER_HEADCOUNT = re.compile(
    r"(?:里面?(?=头|\d|[一二三四五六七八九有])|里头|当中"
    r"|的(?:[一-龥]{2})?(?:公司|企业|团队|规模|小|队伍|医|制造|软件|工厂|厂)|规模"
    r"|的?样子|七八条枪|[，,。;；、)( |]|$|了|[吧嘛呢啊]"
    r"|在职|全职|，|的样子|上班|干活|不到)"
)
_OF_SOME = re.compile(r"社保|博士|硕士|本科|专科|持证|外籍|退休|兼职|高级|党员")
_TOTALLED = re.compile(r"(?:一共|总共|共计?|合计|加起来)(?:有|是)?$")
_WHOSE = re.compile(r"(?<!研发)(?<!技术)(?<!生产)(?<!销售)(?<!管理)的$")
"""做医疗器械的三十来个人."""


def is_staff(head: str, tail: str, *, ends_clause: bool) -> bool:
    """Whether a number of people between these words, with no noun of its own, is the staff."""
    begins = len(head) <= NEAR and not _OF_SOME.search(head) and any(
        (_HEADCOUNT.fullmatch(head), _TOTALLED.search(head), _WHOSE.search(head))
    )
    return begins and (ends_clause or bool(_AFTER_HEADCOUNT.match(tail)))


_SOME = re.compile(
    r"研发|科技|技术|研究|科研|开发|工程师|销售|博士|硕士|本科|大专|专科|高级|职称|带头|专家|院士"
    r"|教授|兼职|外聘|顾问|实习|劳务|派遣|外包"
    r"|招|新增|增加|离职|走了|裁|辞|扩|客户|用户|载|乘|旅客|客人|学生|学员|培训|观众|参会|患者|病人|受试|入组"
    r"|股东|合伙|董事|社保|持证|党员|其中|里面|班组|车间|小组|人均|每人|一人|平均|带动|就业"
    r"|内审|审核员|职称|副高|正高|高工|导师|科学家|会员|社员|户|评审|来了|去了|到场|接待|服务|骨干|高管|获奖|评上|入选|人才|引进|他们|[甲乙丙丁]"
)
_GO_ON = re.compile(r"(?:在|搞|做|的|从|是|里|拿|评|入|参|负|为)")
_PIECES = re.compile(
    r"(?:人(?!才)|职工|员工|口|师傅|伙计|在册|在编|全部|拢共|上上下下|里里外外)[^,，。;\d]{0,8}$"
)
_PIECES_END = re.compile(r"[,，。;、 )|]|$|了|吧|左右|不到")
_HEADING = re.compile(r"[:：(（年度一览情况如下近三两各\d万元%) ]*$")


def is_piece_of_staff(head: str, tail: str) -> bool:
    """厂里人头算下来34个: people counted as pieces."""
    return bool(_PIECES.search(head) and _PIECES_END.match(tail)) and may_be_staff(head, tail)


def headed(sentence: Sentence, mention: Mention) -> str | None:
    """The fact of the lines that follow: 研发占营收比例：, and each year below it."""
    words = sentence.text[mention.end - sentence.start :]
    if SHARE.search(sentence.text) and OF_TOTAL.fullmatch(words.strip(" :：")):
        return "rd_ratio" if re.search("研发|r&d", sentence.text) else None
    return mention.keys[-1] if _HEADING.fullmatch(words) else None


def may_be_staff(head: str, tail: str) -> bool:
    """Whether nothing around a number of people says that they are some of them or others."""
    return not _SOME.search(head) and not _SOME.match(tail[:4]) and not _GO_ON.match(tail)


def is_sum(head: str) -> bool:
    """The parts said before are in it."""
    return bool(re.search("一共|总共|全公司|合计|加起来", head))


class NameFinder:
    """Finds the names of numbers and series; some count only in a text about their matter."""

    def __init__(self, definitions: Mapping[str, DefinitionLike]) -> None:
        kinds = ("number", "series")
        self._finder = fact_finder(definitions.values(), kinds)
        self._near = {
            name: tuple(one.near)
            for name, one in definitions.items()
            if one.type in kinds and one.near
        }
        self._has_staff = "staff_count" in definitions
        self._far: set[str] = set()

    def begin(self, text: str) -> None:
        """What follows is of this text."""
        self._far = {
            name for name, near in self._near.items() if not is_about(near, text)
        }

    def find(self, text: str, sentence: Sentence) -> list[Mention]:
        """In order, offsets into `text`."""
        offset, words = sentence.start, sentence.text
        found = []
        asides = [(one.start(), one.end()) for one in _WITH.finditer(words)]
        for one in self._finder.find(words):
            clause = sentence.clause_at(one.start + offset).text
            near = clause if _OF_MARKET.search(clause) else words
            keys = tuple(key for key in one.keys if self._is_meant(key, near))
            is_aside = any(start <= one.start < end for start, end in asides)
            if keys and not is_aside and _counts(one, words):
                found.append(Mention(one.start + offset, one.end + offset, keys))
        if self._has_staff:
            found += [
                Mention(one.start(), one.end(), ("staff_count",))
                for one in _PEOPLE.finditer(text, sentence.start, sentence.end)
            ]
        return sorted(found, key=lambda one: one.start)

    def _is_meant(self, key: str, near: str) -> bool:
        if key in self._far:
            return False
        return key != "market_rank" or not _OTHER_RANK.search(near)


def _counts(one: Mention, words: str) -> bool:
    if words[one.start : one.end] not in _WEAK:
        return True
    return bool(_FIGURE.match(words[one.end :]) or _FIGURE_BEFORE.search(words[: one.start]))
