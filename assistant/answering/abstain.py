"""Reasons not to answer, each a named case with its words for the user."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.schema import Status


@dataclass(frozen=True, slots=True)
class Refusal:
    """A named reason, the status it gives and what the user is told; no figures in `text`."""

    reason: str
    status: Status
    text: str


_ASK_OTHERWISE = "您可以问文件里的目标数字、重点任务、园区定位、支持方向，或某一条的原文。"
NOT_WRITTEN = Refusal(
    "not_written",
    Status.NOT_IN_CORPUS,
    "现有文件没有写到您问的内容，无法据此作答；请向主管部门核实。",
)
NO_FIGURE = Refusal(
    "no_figure",
    Status.NOT_IN_CORPUS,
    "现有文件没有给出您问的数字，无法据此作答；请向主管部门核实。",
)
NO_AMOUNT = Refusal(
    "no_amount",
    Status.NOT_IN_CORPUS,
    "现有文件没有规定您问的金额、比例或标准，不能据此推算；请以主管部门发布的实施细则为准。",
)
NO_PROCEDURE = Refusal(
    "no_procedure",
    Status.NOT_IN_CORPUS,
    "现有文件没有写明您问的时间、联系人、地址或办理手续；请向主管部门核实。",
)
NO_RESPONSIBLE = Refusal(
    "no_responsible",
    Status.NOT_IN_CORPUS,
    "现有文件没有写明由谁负责；请向主管部门核实。",
)
NO_SUCH_CLAUSE = Refusal(
    "no_such_clause",
    Status.NOT_IN_CORPUS,
    "现有文件里没有您说的这个条款；请核对编号，或用目录查看全部条款。",
)
NO_OFFICIAL_TEXT = Refusal(
    "no_official_text",
    Status.NOT_IN_CORPUS,
    "资料库里的这份文件是摘编，条款编号与官方原文不同，查不到您说的条款；"
    "请查官方原文，原文加入资料库后可以按条款查找。",
)
NONE_LISTED = Refusal(
    "none_listed",
    Status.NOT_IN_CORPUS,
    "资料库里没有登记着符合这些条件的文件；可在条款台的文件页按状态、层级、机关和年份筛选。",
)
NO_DEFINITION = Refusal(
    "no_definition",
    Status.NOT_IN_CORPUS,
    "现有文件没有对这个说法作出解释，无法据此作答。",
)
NO_INVENTION = Refusal(
    "no_invention",
    Status.NOT_IN_CORPUS,
    "不能编造文号、金额或资格结论；现有文件没有相应内容，请以主管部门的正式文件和审核为准。",
)
OTHER_TOPIC = Refusal(
    "other_topic",
    Status.OUT_OF_SCOPE,
    f"这个问题不在政策文件问答的范围内。{_ASK_OTHERWISE}",
)
GREETING = Refusal(
    "greeting",
    Status.OUT_OF_SCOPE,
    f"您好，我根据已收录的政策文件回答问题，每句话都附原文出处。{_ASK_OTHERWISE}",
)

PLACES = frozenset(
    [
        "浦东",
        "闵行",
        "嘉定",
        "松江",
        "青浦",
        "奉贤",
        "金山",
        "崇明",
        "普陀",
        "静安",
        "徐汇",
        "长宁",
        "黄浦",
        "虹口",
        "杨浦",
        "北京",
        "深圳",
        "苏州",
        "杭州",
        "广州",
        "南京",
        "无锡",
        "天津",
        "重庆",
        "成都",
        "武汉",
        "合肥",
        "宁波",
        "昆山",
        "太仓",
        "张江",
        "临港",
        "金桥",
        "外高桥",
        "虹桥",
        "漕河泾",
        "紫竹",
        "中关村",
        "光谷",
        "江苏",
        "浙江",
        "安徽",
        "广东",
        "山东",
        "香港",
        "台湾",
        "美国",
        "欧盟",
        "日本",
    ]
)
"""Places whose own policies people ask for; the corpus may name one within another name only."""
_GREETING = re.compile(
    r"^(?:您好|你好|hello|hi|嗨|在吗|早上好|下午好|晚上好|谢谢|多谢|辛苦|再见|拜拜|好嘞|好的|嗯+|ok|哈喽|"
    r"你是谁|你叫什么|你能做什么|你会什么).{0,30}$"
)
_ABOUT_US = re.compile(
    r"^你(?:们|都)?(?:用的|是(?!否)|叫|几岁|多大|背后|的开发).{0,12}$|有人吗|^在不在|人工客服|转人工|"
    r"你(?:们|都)?(?:还|都)?(?:能|可以|会)?(?:回答|做|知道|懂|帮|干|查|提供)(?:我们?)?(?:些)?(?:什么|啥|哪些)|怎么(?:用你|使用|问你)"
)
_ASKS = re.compile(r"多少|几[家个条项名]|哪|什么时候|原文|吗")
_THANKS = re.compile(r"多谢|谢谢|辛苦了|再见|拜拜")
_INJECTION = re.compile(
    r"忽略.{0,12}(?:规则|指令|要求|以上|之前|上述)|ignore.{0,20}(?:instruction|previous)|系统提示|提示词|"
    r"新(?:的)?指令|以后.{0,8}问题.{0,4}都[^找到向问去哪谁]{0,4}(?:答(?!疑)|说)|systemprompt|你现在是|扮演|jailbreak|越狱|<script|drop\s*table"
)
_INVENTION = re.compile(
    r"(?:编(?![号制])|拟|(?<![制智改建打])造|虚构|杜撰|伪造|生成).{0,10}(?:文号|号|金额|条款|批文|证明)|文号.{0,12}(?:编|拟|造|随便)|"
    r"(?:你就|帮我|给我|请)?(?:确认|证明|宣布|回复一?句|批准|保证).{0,14}(?:符合|通过|生效|名额|补贴|资格|合格|达标)|符合条件.{0,4}就行|^证明|(?:出|开|写)一?[份个张].{0,12}证明|"
    r"没有?写也?(?:没关系|不要紧|无所谓)(?!吗|么|吧|\?)|(?:^|[,。;!?])(?:你|请|帮我|给我)(?:就|来|自己)?(?:推算|推测|推断|预测|估(?!价|值)|猜)"
)
_AMOUNT = re.compile(
    r"多少钱|几万|[多几]少?万?元|补贴|补助|奖励|资助|贴息|金额|租金|房租|费用|比例|预算|收费|价"
)
_PROCEDURE = re.compile(
    r"什么时候|何时|哪天|几号|截止|电话|联系|邮箱|地址|怎么(?:申|报|办|走)|如何(?:申|报|办)|流程|手续|材料|表格|窗口|多久|工作日"
)
_RESPONSIBLE = re.compile(r"谁|负责|牵头|主管|分管|组长|主任|会长|哪个(?:局|委|部门|科室)")
_FIGURE = re.compile(r"多少|几[家个条项名人张亩期批年]|多大|数量|面积")
_DEFINITION = re.compile(r"什么意思|是什么|定义|解释|原理|全称|怎么理解|为什么")
_POLICY = re.compile(
    r"方案|政策|规划|补贴|园区|企业|生物|医药|药|产业|扶持|支持|申报|奖励|资金|平台|孵化|人才|条|项|文件|文号|区|目标"
)
_REASONS = (
    (_AMOUNT, NO_AMOUNT),
    (_PROCEDURE, NO_PROCEDURE),
    (_RESPONSIBLE, NO_RESPONSIBLE),
    (_FIGURE, NO_FIGURE),
    (_DEFINITION, NO_DEFINITION),
)
"""What a declined question asked for, by its words; only the refusal's wording depends on it."""


def refuse_early(norm: str) -> Refusal | None:
    """Questions to decline whatever the corpus says."""
    if _INJECTION.search(norm):
        return OTHER_TOPIC
    if _INVENTION.search(norm):
        return NO_INVENTION
    is_hello = _GREETING.match(norm) and not _ASKS.search(norm)
    if is_hello or _ABOUT_US.search(norm) or (len(norm) <= 12 and _THANKS.search(norm)):
        return GREETING
    return None


def reason_for(norm: str, *, knows_words: bool) -> Refusal:
    """The refusal for a question that no draft answers; `knows_words`: the corpus has its words."""
    if not knows_words and not _POLICY.search(norm):
        return OTHER_TOPIC
    return next((refusal for asks, refusal in _REASONS if asks.search(norm)), NOT_WRITTEN)
