"""What kind of answer a question wants, read from its question words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.schema import Intent
from assistant.text import NumberSpan

ASKS_NUMBER = re.compile(
    r"多少|(?<![哪第这])几(?=家|个|条|项|名|人|张|套|亩|平|方(?!面)|亿|万|强|成|年)|前几|数量|数目|目标数|下限|规模多大|多大(?:规模|面积)|"
    r"面积|几名|总规模|三个数|那.{0,3}个数|指标.{0,4}(?:表|数)|有关的数|总数|目标(?:是)?$|几(?=年|月|天|次|倍|岁|批|期|层)"
)
_ASKS_LIST = re.compile(
    r"哪些|哪几|有什么|有啥|分别是|列一|逐个|名单|几种|几类|哪两|哪四|都有|包括什么|什么内容|清单|有哪|是哪[两三四五六七几]"
    r"|点了?名|玩法|哪几个|方向.{0,4}列|有那几样|具体[包].?[括扩]|列了"
)
_ASKS_WORDING = re.compile(
    r"原文|原话|全文|逐字|一字|抄|表述|怎么写|咋写|怎么说的|说了?啥|讲了?啥|讲什么|讲的|写的啥|写的什么|念一?遍|贴一?下|原句|整句|"
    r"前后文|怎么讲|怎么规定|完整贴|是什么$|说什么|讲的什么|原文给我|内容是"
)
_ASKS_DEFINITION = re.compile(
    r"(?:是什么意思|什么意思|指(?:的是)?(?:哪里|哪儿|(?:什么|啥)(?=意思|东西|[,?]|$))|全称|中文(?:名|怎么|是)|定义|什么是|何为|哪一?.哪[一两三]|啥意思|到底指|"
    r"怎么解释|解释(?:一下|没有)|含义|[啥什]么?叫(?!什)|何谓|是个(?:啥|什么)|是什么东西|什么概念)"
)
_SUBJECT_IS = re.compile(
    r"^(?:请问|问一?下|想问|想知道|那|这个|那个|什么|里的|所谓|到底|究竟|方案|文件|的|里|中|\"|,)*"
    r"(?P<subject>[^,;。?]{2,10}?)\"?(?:到底|究竟)?(?:是|算)(?:什么|啥)[?]?$"
)
_ATTRIBUTE = re.compile(
    r"的|分别|目标|重点|定位|任务|内容|方向|特色|作用|功能|品牌|标准|要求|措施|模式|名|原文|角色|关系|职责|优势|"
    r"领域|目的|思路|想法|打算|原因|依据|区别|产品|技术|句|话|条|项|段|部分|机构|平台$|情况|进展|状态|做法"
)
_ASKS_PREMISE = re.compile(
    r"写的是|属于.{1,20}吗|算.{1,12}吗[?]?$|确有|列在|里面的[?]?$|是不是|对吗|对不对|对吧|对伐|属实|没错吧|没错|是吗|是这样吗|有没有写错|数对吗|没记[反错]|没看错|真的|吧[?]?$|"
    r"不是.{1,20}吗|核对:|核实:|核实,|一致吗|记得|听说|是.{1,30}的?吗[?]?$|理解可以吗|年份核|印象里|是否(?:要|为|是|写)|说的对"
)
_ASKS_EXISTENCE = re.compile(
    r"有没有(?:提|写|说|讲)|提(?:到|过)了?(?:吗|没|我们)|是否提|有提|写没|写到(?:吗|没)|提没提|有没有.{0,12}(?:说法|内容|规定|安排)|确有|这几个字"
)
_ASKS_WHO_WHERE = re.compile(
    r"谁|哪个(?:园|院|局|部门|单位|机构|区|品牌|镇)|哪里|哪儿|在哪|什么机构|哪一?条|哪一?项|第几|哪家|什么角色|定位|哪个字|哪块|哪一部分|"
    r"还是(?:高新|罗店)|放哪|地位|靠哪|叫什么|叫啥|什么名|啥名"
)
_ASKS_LOCATION = re.compile(
    r"[归属划][在入于进到]?[^,;。?]{0,3}哪|(?:写在|在|是|出自|出现|提).{0,8}(?:第几|哪一?[条项章节部]|哪里|哪些(?:地方|条|部分|章节))|第几[条项]|哪一?[条项](?:写|提|说|出现|里)"
)
_ASKS_SUPPORT = re.compile(
    r"支持|扶持|补贴|优惠|帮不帮|帮忙吗|怎么办|咋办|有没有路子|鼓励|能享受|能拿|能申请|沾.{0,2}边|对我|我们公司|我司|让不让|政策"
)
_ASKS_VALIDITY = re.compile(
    r"(?:现在|目前|还|正式|已经?|什么时候|何时|哪天|几时)?(?:生效|有效|施行|实施日期|印发|出台|废止|失效|到期|过期|作废|发布|公布|通过)|"
    r"什么稿|征求意见|终稿|正式(?:文件|版|稿)|版本状态|送审稿|管(?:到|哪)|覆盖哪|哪几年|规划期|期限|时间范围|文号|发文(?:单位|机关)|谁(?:发|印)的|"
    r"能?(?:不能)?(?:当|作为).{0,8}(?:依据|生效)"
)
_WH = re.compile(r"多少|几(?=[家个条项名张期年])(?!个字)|哪|什么|怎么|谁|啥|咋|多大|多久|为何")
_CONFIRMS = re.compile(
    r"对[吗么不]|对吧|对伐|是[吗么不]|准不准|准[吗么]|属实|没错|有没有(?:问题|写错|错)|有问题[吗么]|没问题吧|"
    r"真的?(?:假|吗)|确认一?下?[?]?$|核[对实]?一?下?[?]?$|[嘛吧][?]?$|这么(?:写|说|理解)|记错|写错|说错|看错"
)
"""Words that ask for yes or no to what was said before them."""
_ASKS_TITLE = re.compile(r"(?:文件|方案|政策).{0,3}(?:全名|全称|标题|名称|叫什么)")
_ASKS_DOCUMENT = re.compile(
    r"(?:方案|文件|稿子).{0,4}谁.{0,3}(?:发|印|制定|起草|编|出)|发文|起草单位|文号|什么稿|正式|生效|有效期|方案(?:期限|管|覆盖)|版本|哪几年|印发|终稿|施行|送审|管用|适用|年份|(?:当|作为?|做).{0,8}依据|(?:方案|文件|规划|计划).{0,6}(?:几年|哪年|多久|多长)|几年(?:的|期)?(?:方案|规划|计划)|到哪年(?:为止|结束)"
)
_ASKS_PERIOD = re.compile(r"(?:管|用|为期|覆盖|执行|持续|从)[^,]{0,3}[几哪]年")
_ASKS_QUOTE = re.compile(r"原文|原话|原句|全文|逐字|那句|哪句|这句|照抄|前后文|上下文")


def read_intent(norm: str, numbers: Sequence[NumberSpan] = ()) -> Intent:
    """What kind of answer normalised words ask for; `numbers` are the figures they claim."""
    if _ASKS_LOCATION.search(norm):
        return Intent.WHO_WHERE
    if _is_claim(norm, numbers):
        return Intent.PREMISE
    if _ASKS_DOCUMENT.search(norm) or _ASKS_TITLE.search(norm):
        return Intent.VALIDITY
    if _ASKS_QUOTE.search(norm):
        return Intent.WORDING
    subject = _SUBJECT_IS.search(norm)
    if subject and not _ATTRIBUTE.search(subject["subject"]):
        return Intent.DEFINITION
    for pattern, intent in _BY_PATTERN:
        if pattern.search(norm):
            return intent
    return Intent.EXPLAIN


_BY_PATTERN = (
    (_ASKS_DEFINITION, Intent.DEFINITION),
    (ASKS_NUMBER, Intent.NUMBER),
    (_ASKS_LIST, Intent.LIST),
    (_ASKS_WORDING, Intent.WORDING),
    (_ASKS_WHO_WHERE, Intent.WHO_WHERE),
    (_ASKS_SUPPORT, Intent.SUPPORT),
    (_ASKS_VALIDITY, Intent.VALIDITY),
)


def _is_claim(norm: str, numbers: Sequence[NumberSpan]) -> bool:
    """A statement to confirm: it asks yes or no, or gives figures and asks nothing."""
    asks = _WH.search(norm)
    confirms = _CONFIRMS.search(norm)
    if confirms and (
        not asks or (confirms.end() >= len(norm) - 1 and confirms.start() > asks.end())
    ):
        return True
    if asks or _ASKS_QUOTE.search(norm):
        return False
    return bool(_ASKS_PREMISE.search(norm)) or (bool(numbers) and norm.endswith(("吗", "吗?", "?")))


def asks_location(norm: str) -> bool:
    """Whether the place in the text is asked for: 写在第几条."""
    return bool(_ASKS_LOCATION.search(norm))


def asks_existence(norm: str) -> bool:
    """Whether the question is if something is written at all: 有没有提到."""
    return bool(_ASKS_EXISTENCE.search(norm))


def asks_validity(norm: str) -> bool:
    """Whether the words are about the document's own force: 废止, 生效, 20xx年的."""
    return bool(_ASKS_VALIDITY.search(norm) or _ASKS_PERIOD.search(norm))
