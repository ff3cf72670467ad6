"""Whose fact a clause states, and how: said, planned, supposed, asked, or a rule that is quoted.

Works on text in the spelling of `fold`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.text import Normalized, normalize

_FILLER = (
    r"(?:我们?|我司|我公司|咱们?|本公司|我方|公司|其中|另有|另外有|还有|像|听说?|但是?|不过|而且?|还有?|另外|最大"
    r"|主要|大|小|一个?|一家|有个?|有家"
    r"|这个?|那个?|国外|国内|上海|海外|的|家|某|以及|和|跟|与|也|都|是|因为|由于|注|备注|:|\""
    r"|上游|下游|老|跨国|苏州|外地|今年|去年"
    r"|几个|很多|附近|同园区|控股|全资|在|也有|对比|美国|德国|日本|旗下|参股|刚|说|那边|对标"
    r"|参照|所在|北京|深圳|车间|厂|隔壁)*"
)
_OTHER = (
    r"(?:合作的\S{1,5}|同业|对面|对过|隔壁|客户|同行|竞争对手|对手|竞品|友商|母公司|集团|总公司|子公司|分公司|孙公司|兄弟公司"
    r"|兄弟企业|关联公司|姐妹公司|供应商|隔壁|合伙人之前|(?:之前|以前"
    r"|上一家|原来)的公司|创始人之前"
    r"|朋友|股东|投资方|投资人|投资机构|甲方|上家|合作方|合作伙伴|合作单位|合作企业|人家|别人"
    r"|爱人|老公|老婆|妻子|丈夫|亲戚|表[哥弟姐妹]|同学|别家|他们|她们|它们?|他家|行业平均|行业(?:内|里)|业内|全行业|整个行业"
    r"|某\S{0,5}?(?:企业|公司|药企|厂)(?=说|讲|一年|去年|家)|园区(?:里|内)?的?(?:另|其他|别的|一共|共有|平均|总共|有\d)|老东家|前公司|前东家|上一家"
    r"|上市公司|另一家|另外一家|那家|对方|委托方|龙头|头部企业"
    r"|平台企业|同类企业|类似企业|代工厂|经销商|代理商|邻居)"
)
_OTHER_FIRST = re.compile(rf"^{_FILLER}(?P<who>{_OTHER})(?P<more>.*)")
_OWN_GROUP = re.compile(
    r"^(?:我们?|我司|咱们?|本公司|公司|企业)(?:就|只|也)?(?:是|系|为|属于|隶属)\S{0,8}(?:下面|下属|底下|旗下|的)"
    r"\S{0,4}(?:分公司|子公司|孙公司|公司|企业|门店)|"
    r"^(?:我们|咱们|本)集团|^(?:我们|我司|公司|本公司)(?:也|已经?)?是(?:一家)?上市公司"
    r"|^(?:(?:我们?|咱们?|我司|公司|本公司)?(?:这边|这里)?(?:就|只)?[是系][^,，]{0,10})?(?:全资)?(?:分公司|子公司)$"
    r"|^(?:集团|上市公司|总部)(?:我们|咱|旗下)"
)
OF_ANOTHER = re.compile(
    r"(?:那?是|归)(?:我们?)?(?:隔壁|对面|人家|别人|同行|母公司|邻居|别家|总公司)"
)
"""Behind a title or a sign: 智慧星级园区是隔壁的, 小巨人是我们隔壁那家."""
_TOGETHER = re.compile(
    r"^(?:我们?|公司|也|还|已经?|另外)*(?:跟|与|和|给|向|为|替|同)\S{1,8}?"
    r"(?:签|合作|联合|共同|订|谈|开展|一起|合伙|搭了|组了)"
)
"""跟客户签了合同, 跟同学搭了个小组 are about us."""
_FIRST_PERSON = re.compile(r"我|咱|俺|本公司|敝司|本企业")
_SPOKEN_OF = re.compile(
    r"^(?:他们|它们?|他家|那家|这家|客户[a-z甲乙丙丁\d]?(?=[:：,，]|$)|客户这[家户边]|企业[a-z甲乙丙丁\d]?(?=[:：,，]|$))"
)
_RIVALS = re.compile(
    r"竞争|对手|同行|供应商|母公司|总公司|集团|兄弟|股东|客户(?![a-z甲乙丙丁\d:：]|档案|成立|注册)"
)
"""In a text without 我们 these are the firm itself: park staff speak of it so."""
_RANKED = re.compile(r"我|排|前|第|坐|名次|老[大二三四五]|[数一]{2}|领先")
"""业内排第二."""
_KIN = re.compile(
    "我(?:家(?:那[位口]|先生|老[公婆])|爱人|老[公婆]|先生|太太|表?[哥弟姐妹]|[爸妈]|舅|叔|姑|阿姨|儿子|女[儿婿])"
)
"""我家那位说他们…: 他们 are the firm."""
_SPOKEN_FOR = re.compile("[帮替代为]客户|客户这家|客户托我|手[上里](?:有)?这[家户]")
"""Who writes asks for the firm that is spoken of."""
_OUR_DAUGHTER = re.compile(r"^(?:而|但)?(?:我们|我司|本公司)\S{0,12}(?:子公司|分公司)")
_FAMILY = re.compile(
    r"爱人|老公|老婆|妻子|丈夫|儿子|女儿|女婿|媳妇|表[哥弟姐妹]|舅舅?|叔叔?|姑姑|阿姨|我[爸妈哥弟姐妹]"
)
_FAMILY_FIRM = re.compile(
    rf"(?:{_FAMILY.pattern})\S{{0,3}}(?:开|办|搞|的厂|的公司|公司|厂|那家)"
)
_OWN_FIRM = re.compile(r"我们(?:公司|厂|企业|单位)|我司|本公司|敝司")
_DESCRIBED = re.compile(
    r"^(?:们|群体?|那边|这边)?(?:主要|遍布|遍及|包括|覆盖|有[几数十百千\d一二三四五六七八九两]"
    r"|都是|大多|基本|大部分|分布|来自|以|多是|里|集中|是三甲"
    r"|是医院|很|稳定|已经|反馈|方面)"
)
_BELONGS = re.compile(
    r"^(?:们)?(?:介绍|推荐|都?说|评价|认可|满意|催|让|叫|告诉|建议|劝|帮|送|里入驻|老师|招商"
    r"|企服|服务)"
)
_OWN = re.compile(
    r"^(?:但是?|不过|而|那|另外|至于|可是?|然后|所以|现在|其实|目前|今年|去年|轮到|回到)*"
    r"(?:我们|我司|咱们?|本公司|我公司|我方|自己|俺们|我厂|本企业|我家|我这边?|我(?!客户)|该企业"
    r"|该公司|企业名称|(?:宝山|上海|本地)这[家个边]|客户(?:档案|资料|信息|名称|情况)|(?:上海|本地|国内)(?:这家|的)?公司(?=位于|在|注册|是|[,，]|$)|敝司|俺)"
)
_SUPPOSED = re.compile(
    r"如果|假如|要是|假设|倘若|(?<![\d一二三四五六七八九十百千两几])万一|若(?=[是能达营我]|今年|明年)|比如说?(?=有|一家|营)|哪怕"
)
_RULE = re.compile(
    r"要求|须(?![知得])|指南|条款|条文|分数线|听讲|有人说|规定|门槛|条件是|(?<!划型)标准是(?!我|咱|由)|听说|据说|政策[说里上规写]|文件[说里上写规]|必须|得有|得达到"
    r"|需要?达到|才能|才行|才可以|不得|按规定|原则上|满足.{0,8}条件"
    r"|[\d一二三四五六七八九十百千万亿%]以上的?(?:企业|公司)(?:才|可以|能)|奖励|(?<![过了的他里市区问])补贴(?!收入)"
    r"|最高(?:给|补|奖)|奖补|资助\d"
)
PLAN_WORD = "(?<!统)(?<!研发)(?<!科技)(?<!国家)(?<!人才)(?<!重点)计划"
"""国家重点研发计划 is a name."""
_PLANNED = re.compile(
    rf"问搬|问迁|打算|{PLAN_WORD}|准备|(?<![模虚])拟|预计|预期|预估|预算|想(?!问|知道|咨询|了解|请)|希望|争取|力争|目标"
    r"|将(?!近)|即将|未来|规划|考虑|筹备|有望|马上要|要去|要申"
    r"|明年|后年|下一?年|下个月|等.{1,8}[后再]|有意|尚在筹|还要(?:再)?|冲刺|冲击|想?冲(?=到|[一二三四五六七八九十两\d])|年底前|培育|辅导"
)
_PARTIAL = re.compile(
    r"[上下]半年|季度|q[1-4]|前三季|前[一二三四五六七八九十\d]+个月|头[几\d]+个月"
    r"|\d{1,2}-\d{1,2}月|截至(?!.{0,7}(?:12月31|年[底末]))|到现在|到目前|至今|迄今"
    r"|(?<![\d年])\d{1,2}月(?:份)?(?!\d)|每?月均?(?=营|销|流|收)"
    r"|今年以来|今年已经?|年化|单月|当月|这个月|本月|上个月|每个?月"
)
_ASKED = re.compile(
    r"到底|([一-龥]{1,2})没\1|有没有|是不是|是否(?!.{1,12}[ :勾填选打][了的]?\"?(?:是|否|有|无))"
    r"|能不能|可不可以|可以.{0,12}吗|能.{0,14}吗|(?<![没不])怎么|如何|多少(?!年来)|哪些"
    r"|(?<!不是)(?<!不算)(?<!没有)(?<![没啥])什么(?!的)|吗$|^(?!.*[没还才都着早可]).*呢$"
    r"|算不算|够不够|还能|要不要|(?<![好十这])几年|想问"
    r"|请问|咨询|几时|何时|什么时候|几月[开报申]"
)
_NOTHING = re.compile("(?:没|未|不)[^,，。是]{0,6}什么(?!时候)")
"""没加入什么联合体 asks nothing."""
_GOAL = re.compile(
    r"^(?!.*(?:去年|前年|现在|目前|已经|眼下|上年|20\d\d))[^\d]{0,8}?(?:做到|达到|冲到?|翻一?[番倍]|扩到|涨到|升到|增到|招到)"
)
"""After a plan one more: 明年打算招50人，营收做到一个亿."""
_CUT = re.compile(
    r"[。;!！；\n]"
    r"|[?？](?! ?(?:有的|没|不是|不(?![知清确])|还没|是的|对的|[跟和]那|谈不上|早就?没))"
)
"""国家科技奖？没有。 is asked and answered by the firm: the mark parts two clauses."""
_COMMA = re.compile(r"[?？，、()\[\]{}|\t]|(?<!\d)/|/(?!\d)|,(?!\d{3})|(?<!\d),| (?=[^ ])|:(?!\d)")


def fold(text: str) -> Normalized:
    """Normalised with spaces kept; line ends become ；, and a full-width comma stays one.

    Keeping ， apart from , tells 800，900 (two figures) from 800,900.
    """
    plain = normalize(re.sub(r"[\n\r]", "；", text), keep_space=True)
    kept = "".join(
        "，" if char == "," and text[at] == "，" else char
        for char, at in zip(plain.text, plain.offsets[:-1], strict=True)
    )
    return Normalized(kept, plain.offsets)


NEAR = 24
"""Patterns with repeated words look no further: their time grows fast with the length."""


@dataclass(frozen=True, slots=True)
class Clause:
    """What stands between two commas, and how it is said."""

    start: int
    end: int
    text: str
    is_other: bool
    """About another firm."""
    is_supposed: bool
    is_rule: bool
    is_planned: bool
    is_partial: bool
    """Of a part of a year."""
    is_asked: bool

    @property
    def is_ours(self) -> bool:
        return not (self.is_other or self.is_supposed or self.is_rule)


@dataclass(frozen=True, slots=True)
class Sentence:
    """From one full stop to the next."""

    start: int
    end: int
    text: str
    clauses: tuple[Clause, ...]

    def clause_at(self, at: int) -> Clause:
        return next((one for one in self.clauses if one.start <= at < one.end), self.clauses[-1])


_QUESTION_TAIL = re.compile(
    r"(?<=\S{4})(?=(?:这种|这样|那)?(?:能|可以|可不可以|能不能)(?:申请|拿|报|享受|评|领|用)"
    r"|想问|请问|有没有(?:什么)?(?:政策|补贴|支持|奖)|有什么(?:政策|补贴|支持|奖励)|问搬|问能)"
)
"""What is asked after the facts, without a comma between."""
_TELLS = re.compile(r"我|咱|俺|公司|[\d一二三四五六七八九十百千两几](?:人|个人|号人|万|亿|名)")
"""三类器械首次拿证有什么补贴 is a question as a whole and tells nothing."""
_OPENING = re.compile(r"(?:咨询|问|请教|了解)一?下[啊哈吧]?(?=我|公司|像)")
_LABEL = re.compile(
    r"(?:^|[;|])[^\d;]{0,4}(?:时间|日期|地址|注册地|所在地|人数|收入|费用|总额|是否\S{1,8}|行业|founded)$"
)
"""成立时间 2015年4月: the space parts no clauses."""
_LONG = 28
_BREATH = re.compile(
    r"(?<=\S{4})(?<![从到在比是有约\d])(?=一共|总共|去年|前年|今年|现在有|员工|营收|我们公司|没有高企|(?<!没有)高企|科小"
    r"|研发(?:投|费|花|人员)|然后|头一[遭回趟次]|也算|还有就是)"
)
"""Where a dictated sentence without commas takes a breath."""


def split_sentences(text: str) -> list[Sentence]:
    """All sentences that hold words, in order, offsets into `text`."""
    sentences: list[Sentence] = []
    start = 0
    is_theirs = not _FIRST_PERSON.search(_KIN.sub("", text)) and not _RIVALS.search(text)
    is_spoken_of = is_theirs or bool(_SPOKEN_FOR.search(text))
    owners = _Owners(
        is_spoken_of,
        has_parent=bool(re.search("母公司|总部|总公司|集团", text)),
        is_family=bool(_FAMILY_FIRM.search(text)) and not _OWN_FIRM.search(text),
    )
    for cut in [*(found.start() for found in _CUT.finditer(text)), len(text)]:
        words = text[start:cut]
        if words.strip():
            clauses = _clauses(words, start, text[cut : cut + 1] in ("?", "？"), owners)
            sentences.append(Sentence(start, cut, words, clauses))
        start = cut + 1
    return sentences


@dataclass(frozen=True, slots=True)
class _Owners:
    """Who else than 我们 is the firm in this text."""

    is_spoken_of: bool
    has_parent: bool
    is_family: bool
    """老公开的厂: who asks, asks for a firm of the family."""


def _cuts(sentence: str) -> list[tuple[int, int]]:
    """Where clauses end and the next ones start; the last at the end of the sentence."""
    commas = [(found.start(), found.end()) for found in _COMMA.finditer(sentence)]
    cuts = [*commas, (len(sentence), len(sentence))]
    labelled: list[tuple[int, int]] = []
    start, more = 0, []
    for cut, after in cuts:
        words = sentence[start:cut]
        if sentence[cut:after] == " " and _LABEL.search(words):
            continue
        labelled.append((cut, after))
        opening = _OPENING.search(words)
        more += [(start + opening.end(),) * 2] if opening else []
        tells = _TELLS.search(words)
        breaths = [*_QUESTION_TAIL.finditer(words)] if tells else []
        breaths += [*_BREATH.finditer(words)] if len(words) > _LONG else []
        more += [(start + one.start(), start + one.start()) for one in breaths]
        start = after
    return sorted({*labelled, *more})


def _clauses(
    sentence: str, offset: int, asked: bool, owners: _Owners
) -> tuple[Clause, ...]:
    clauses: list[Clause] = []
    other = supposed = planned = False
    start = 0
    for cut, after in _cuts(sentence):
        words = sentence[start:cut]
        carried, other = _subject(words.strip(), other, owners)
        supposed = supposed or bool(_SUPPOSED.search(words))
        planned = bool(_PLANNED.search(words)) or (planned and bool(_GOAL.search(words)))
        clauses.append(
            Clause(
                start=offset + start,
                end=offset + max(after, cut),
                text=words,
                is_other=carried,
                is_supposed=supposed,
                is_rule=bool(_RULE.search(words)),
                is_planned=planned,
                is_partial=bool(_PARTIAL.search(words)),
                is_asked=bool(_ASKED.search(_NOTHING.sub("", words))) or (asked and after == cut),
            )
        )
        start = after
    return tuple(clauses)


def _subject(words: str, other: bool, owners: _Owners) -> tuple[bool, bool]:
    """Whether the clause is about another firm, and whether the next one starts as such."""
    if _OWN_GROUP.match(words) or (owners.is_spoken_of and _SPOKEN_OF.match(words)):
        return False, False
    if _TOGETHER.match(words):
        return False, False
    if owners.has_parent and _OUR_DAUGHTER.match(words):
        return False, False
    found = _OTHER_FIRST.match(words[:NEAR])
    if found and _FAMILY.match(found["who"]):
        is_firm = not owners.is_family and _FAMILY_FIRM.search(words)
        return bool(is_firm), bool(is_firm)  # 爱人评上了人才: a person, and no other firm
    if found and owners.is_spoken_of and found["who"][0] in "他她它":
        return False, False  # 是他们头一张证: the firm that is spoken of
    if found and found["who"].startswith(("行业", "业内")) and _RANKED.match(found["more"]):
        return False, False
    if found:
        if _BELONGS.match(found["more"]) or _DESCRIBED.match(found["more"]):
            return True, False
        return True, True
    if _OWN.match(words):
        return False, False
    return other, other
