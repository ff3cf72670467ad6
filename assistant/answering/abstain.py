"""Reasons not to answer, each a named case with its words for the user."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.retrieval.tokenizer import attributes
from assistant.schema import Intent, Status


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

OTHER_PLACES = frozenset(
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
_SMALL_TALK = re.compile(
    r"发现了|发明了|会(?:发烧|死|传染|痛|疼)|打了会|吃了|聪明|真棒|医药股|炒股|一只.{0,4}股|理财|(?:给|帮|替|为)我们?写|写一?[份篇封](?!原)|推荐.{0,8}(?:医院|公司|企业|机构|医生|药店|餐|房)|看病|挂号|几点(?!建议)|今晚|明天|天气|下雨|下不下雨|气温|笑话|讲个故事|写(?:一?首|诗|首|篇小说|封)|七律|作诗|唱|股票|彩票|菜谱|翻译成|星座|"
    r"几片|吃什么药|怎么治|科普|道歉信|情书|食谱|足球|电影|游戏|写代码|python|数学题"
)
_INJECTION = re.compile(
    r"忽略.{0,12}(?:规则|指令|要求|以上|之前|上述)|ignore.{0,20}(?:instruction|previous)|系统提示|提示词|"
    r"systemprompt|你现在是|扮演|jailbreak|越狱|<script|drop\s*table"
)
_INVENTION = re.compile(
    r"(?:编|拟|造|虚构|杜撰|伪造|生成).{0,10}(?:文号|号|金额|条款|批文|证明)|文号.{0,12}(?:编|拟|造|随便)|"
    r"(?:你就|帮我|给我|请)?(?:确认|证明|宣布|回复一?句|批准|保证).{0,14}(?:符合|通过|生效|名额|补贴|资格|合格|达标)|符合条件.{0,4}就行|^证明|(?:出|开|写)一?[份个张].{0,12}证明|判断.{0,6}(?:是否|符不符合|能不能|够不够)|查.{0,6}(?:公司|企业|进度).{0,6}(?:够|符合|条件|资格|进度)"
)
_AMOUNT = re.compile(
    r"(?:补贴?|补助|奖励?|资助|贴息|安家费|租金|房租|减免|拨款|给|拿|领|出资|资金|投资|收费|贷款|利息|额度|规模).{0,8}"
    r"(?:多少|几万|几个?亿|几成|多少钱|多少万|多少点|上限|标准|金额)|(?:多少钱|多少万(?!方|平)|几万块?|几个亿|几成|[多少几]个点|奖金|补多少|奖多少|"
    r"(?:补贴|奖励|奖金|补助|资助)[?]?$|租金|安家费|金额|注册资本|总投资|总规模|规模几|贴多少|给多少)|怎么收费|税收|免税|两免三减半|所得税|退税|增值税"
)
_MONEY_FIGURE = re.compile(r"[0-9一二三四五六七八九十百千]\s*(?:万|亿)?元|%|百分之")
_PROCEDURE = re.compile(
    r"怎么(?:评|认定|申|报|办理|进(?!口|入临)|加入|参加|拿(?!地)|享受|算|界定|收|交|验收|考核|分配|选|领)|如何(?:评|认定|申|办理|界定)|什么人算|截止|什么时候申报|何时申报|申报(?:时间|日期|材料|流程|入口|系统)|怎么申报|如何申报|申请表|下载|电话(?![:是]?[0-9*])|联系方式|邮箱|联系人|微信|"
    r"地址|门牌|哪条路|工作日|哪天|几号|哪年哪月|(?:什么时候|何时|几时).{0,6}(?:申报|申请|报名|受理|开放|启动)|什么时候(?:开|揭|批|下|启|开始|受理)|流程|门槛|认定标准|认定条件|材料清单|(?:要|需要?|准备|提交|交)(?:什么|哪些|啥)(?:申报)?(?:材料|资料|手续|证明|条件)|多少个?工作|什么时候截"
)
_GENERAL_KNOWLEDGE = re.compile(
    r"原理|怎么做出来|"
    r"怎么(?:制造|合成|发现|发明|治疗|预防)|副作用|区别是|有(?:什么|啥)区别|发明|历史|怎么治|股价|市值|创始人|董事长|总经理|百科|用法用量|首都|总统"
)
_NOW = re.compile(
    r"目前|当前|现阶段|截至(?:今|目前)|现有(?:的)?(?=[^,]{0,8}(?:多少|几|数))|已经?有(?:多少|几)|至今"
)
"""Plans say what shall be, not what is."""
_RESPONSIBLE = re.compile(
    r"组长|负责人|分管|谁负责|谁(?:来)?管|哪个(?:局|委|部门|科室)|牵头部门|牵头单位|责任(?:单位|部门|清单)|主管部门|哪位(?:领导|区)|(?:科委|经委|发改委|财政局|商务委)牵头|哪家公司|谁出资|科委牵头|主任是谁"
)
_POLICY = re.compile(
    r"方案|政策|规划|补贴|园区|企业|宝山|生物|医药|药|医|产业|扶持|支持|申报|奖励|资金|平台|孵化|人才|条|项|文件|文号|区|目标|落户|厂"
)


def refuse_early(norm: str) -> Refusal | None:
    """Questions to decline whatever the corpus says."""
    if _INJECTION.search(norm):
        return OTHER_TOPIC
    if _INVENTION.search(norm):
        return NO_INVENTION
    if _SMALL_TALK.search(norm):
        return OTHER_TOPIC
    is_hello = _GREETING.match(norm) and not _ASKS.search(norm)
    if is_hello or _ABOUT_US.search(norm) or (len(norm) <= 12 and _THANKS.search(norm)):
        return GREETING
    return None


def missing_attribute(norm: str, evidence: str, intent: Intent) -> Refusal | None:
    """What the question asks for by name and the evidence does not give, or None."""
    if _GENERAL_KNOWLEDGE.search(norm) and not _GENERAL_KNOWLEDGE.search(evidence):
        return NO_DEFINITION
    if missing_details(norm, evidence):
        return NOT_WRITTEN
    if intent in (Intent.NUMBER, Intent.LIST) and _NOW.search(norm):
        return NOT_WRITTEN
    if _RESPONSIBLE.search(norm):
        return NO_RESPONSIBLE
    if _PROCEDURE.search(norm):
        return NO_PROCEDURE
    if intent is not Intent.PREMISE and _AMOUNT.search(norm) and not _MONEY_FIGURE.search(evidence):
        return NO_AMOUNT
    return None


def missing_details(norm: str, evidence: str) -> list[str]:
    """Details that the question names and the evidence has nothing of."""
    return [
        found[0]
        for group in attributes()
        if (found := [word for word in group if word in norm])
        and not any(word in evidence for word in group)
    ]


def not_covered(norm: str, *, knows_words: bool) -> Refusal:
    """The refusal for a question whose words the corpus does not have together."""
    return NOT_WRITTEN if knows_words or _POLICY.search(norm) else OTHER_TOPIC
