"""Numbers that no name stands beside, where a text says no other: the staff by their trades, by
what is left of them, or alone between two commas; the turnover by its year or alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from assistant.eligibility.figure_money import is_short
from assistant.eligibility.parts import DIGIT, Quantity
from assistant.eligibility.readings import Bound, ReadFact
from assistant.eligibility.runs import Link
from assistant.eligibility.scope import NEAR, Sentence
from assistant.eligibility.years import find_years

Loose = Sequence[tuple[Sentence, Quantity]]
_TRADE = (
    r"(?:自有|固定)?(?:老?司机|驾驶员|小哥|骑手|快递员|客服|服务员|店员|药师|营业员|收银员?|后厨|厨师|厨工|阿姨|爷叔"
    r"|保安|保洁|绿化工?|(?<!农民)工人|职工|老?师傅|徒弟|学徒|伙计|弟兄|兄弟|汉子|小青年|年轻人|小伙子|小姑娘"
    r"|老师|教师|设计师|行政|文员|会计|财务|管理|办公室?|坐办公室的|做工的|干活的|上班的|车工|焊工|钳工"
    r"|机修|打包的?|烧饭的?|养殖工|技术员|操作工|普工|饭碗|店长|内勤|外勤|调度|装卸工?|搬运工?|销售员?|工匠|雇工)"
)
_TRADES = rf"{_TRADE}(?:[、和跟连加]?(?:{_TRADE}|总部))*"
_AMOUNT = r"(?:一共|总共|拢共|合计|总数|大概|差不多|也就|就|才|只|有|共|约|是|[: ])*+"
_TRADE_BEFORE = re.compile(rf"{_TRADES}{_AMOUNT}$")
_TRADE_BEHIND = re.compile(rf"的?{_TRADES}")
_BETWEEN = re.compile(
    rf"(?:{_TRADES})?[,，、和加跟 ]?(?:还有|另外|再加上?)?(?:{_TRADES})?{_AMOUNT}"
)
_LAST_TRADE = re.compile(
    rf"(?:{_TRADES})?[,，、]?{_TRADES}(?P<one>[一二三四五六七八九两])(?=[,，。;]|$)"
)
"""骑手八十二，客服五."""
_NOT_OURS = re.compile(
    r"招|新增|增加|离职|走了|辞|培训|缺|来了|客户|游客|学生|学员|外包|外派|派遣|兼职|其中|里面|当中|里头|每|退休|补贴"
)
_NOW = re.compile(
    r"(?:目前|现在|如今|眼下|现有?|就|只|还|有|剩下?|我们|咱们?|人|一直|具体|加起来|更正|总共|拢共"
    r"|一共|到|了|是|[: ])++"
)
_OF_PEOPLE = re.compile(r"人(?!民|工智|家|脸|形|机)|员工|职工|裁|走掉|工资|社保")
_CHANGED = re.compile(
    r"(?:人|员工?|从|由)[^,，;]{0,12}(?:裁|减|缩|精简|扩|增|发展|降|涨)(?:员|编|少|加)?(?:到|至|成|为)了?(?:现在|只)?$"
)
_ENDS = re.compile(r"(?:左右|上下|光景)?(?:$|[,，、。;；|)→ ]|了|吧|在上班|都?交)")
_ALONE_AFTER = re.compile(
    r"专利|软著|商标|发明|实用|得分|评分|证|编号|占比|研发|排名|第|标准|奖|款|型号|体系|认证|清单|门店|股|够|分|打错|[:：]\d+\)"
)
_PARTED = re.compile(r"(?:^|[,，、;。|→:\t]) ?$|[^a-z)(\d.] $")
_LEAST_ALONE, _MOST_ALONE = 3, 5000
_DATED = re.compile(
    r"(?:去年|前年|一年|每年|全年|年|上一?年|(?:20)?\d\d年?度?|二[〇零]?[一二三四五六七八九]+年|今年|到|还"
    r"|只有?|才|就|也|大概|约|差不多|做到?|能"
    r"|了|是|有|走|卖|收|的?(?:量|规模|盘子|货|样子|营业)|左右|上下|光景|样子|不到|一?点|多"
    r"|账上|进账|[ 、:]|总算|吧|个|呢|嘛)*+"
)
_INCOME = re.compile(
    r"(?:运费|房费|餐费|学费|菜钱|结算|收租|物业费|收件费|主营|合并|体量|总?盘子|业务量|arr|年销售?|单子|接单|进项)"
    r"(?:加[一-龥]{1,4})?(?:收入|去年|一年|全年|收|做|到|了|大概|约|折合?|人民币|[: ])*$"
)
_OTHER_MONEY = re.compile(
    r"租|贷|利息|投|研发|利润|融|奖|罚|补|税|资产|注册资[本金]|设备|价|成本|亏|赚|债|工资|订单|合同|基金|数字化|费用|买"
)
_LEAST_MONEY = 10**6
_BESIDE = 16
"""Characters between two amounts of one list."""
_MARKS = " ,，、;|→)("


def apart(loose: Loose, spans: Sequence[tuple[int, int]]) -> Loose:
    """Those that none of the spans touches."""
    return [
        (sentence, one)
        for sentence, one in loose
        if not any(first < one.end and one.start < last for first, last in spans)
    ]


def staff_of(text: str, loose: Loose, lone: Loose) -> tuple[Sentence, Link] | None:
    """The staff among numbers that are of no fact, else the one of `lone`; None where none is."""
    people = [
        (sentence, one)
        for sentence, one in loose
        if one.kind in ("person", "bare") or (one.kind == "count" and text[one.end - 1] == "个")
    ]
    mine = [one for one in people if _is_ours(*one)]
    return _left(text, mine) or _by_trades(text, mine) or _alone(text, mine) or _first(lone)


def _first(people: Loose) -> tuple[Sentence, Link] | None:
    for sentence, one in people:
        return sentence, Link("staff_count", one, one.start)
    return None


def _left(text: str, people: Loose) -> tuple[Sentence, Link] | None:
    """去年走掉一批，现在就剩二十九; 从一百八十人裁到二十二人."""
    for sentence, one in people:
        head = text[sentence.clause_at(one.start).start : one.start]
        before = text[max(sentence.start, one.start - NEAR) : one.start]
        if not _ENDS.match(text, one.end) or _ALONE_AFTER.search(head):
            continue
        if _CHANGED.search(head[-NEAR:]) or (_NOW.fullmatch(head) and _OF_PEOPLE.search(before)):
            return sentence, Link("staff_count", one, one.start)
    return None


def _is_ours(sentence: Sentence, quantity: Quantity) -> bool:
    clause = sentence.clause_at(quantity.start)
    return clause.is_ours and not clause.is_planned


def _by_trades(text: str, people: Loose) -> tuple[Sentence, Link] | None:
    """四十三个司机加办公室六个: the sum of all who stand side by side."""
    run: list[Quantity] = []
    said_in: Sentence | None = None
    for sentence, one in people:
        clause = sentence.clause_at(one.start)
        if _NOT_OURS.search(clause.text) or one.value < 1:
            continue
        ahead = _TRADE_BEFORE.search(text[clause.start : one.start][-NEAR:])
        behind = _TRADE_BEHIND.match(text, one.end)
        if not (behind or (ahead and _ENDS.match(text, one.end))):
            continue
        if run and not _BETWEEN.fullmatch(text[run[-1].end : one.start]):
            break
        run.append(one)
        said_in = said_in or sentence
    if said_in is None or sum(one.value for one in run) < 2:
        return None
    if last := _LAST_TRADE.match(text, run[-1].end):
        value = Decimal(DIGIT[last["one"]])
        run.append(Quantity(last.start(), last.end(), "person", Bound.EXACT, value))
    return said_in, Link("staff_count", _sum(run), run[0].start)


def _sum(run: Sequence[Quantity]) -> Quantity:
    if len(run) == 1:
        return run[0]
    low = sum((one.value for one in run), Decimal(0))
    high = sum((one.upper or one.value for one in run), Decimal(0))
    kinds = {one.bound for one in run}
    bound = Bound.RANGE if high > low else Bound.EXACT if kinds == {Bound.EXACT} else Bound.ESTIMATE
    return Quantity(run[0].start, run[-1].end, "person", bound, low, high if high > low else None)


def _alone(text: str, people: Loose) -> tuple[Sentence, Link] | None:
    """做核电阀门，198，国内第五: the one number of such a size between two commas."""
    found = []
    for sentence, one in people:
        clause = sentence.clause_at(one.start)
        words = clause.text.rpartition(":")[2].strip(" ,，、;|→")
        is_alone = words == text[one.start : one.end].strip()
        if not is_alone or not _LEAST_ALONE <= one.value <= _MOST_ALONE or one.value % 1:
            continue
        before = text[max(0, clause.start - 8) : clause.start]
        if 1900 < one.value < 2100 or _ALONE_AFTER.search(before) or not _PARTED.search(before):
            continue
        found.append((sentence, one))
    return _first(found) if len(found) == 1 else None


def other_years(
    text: str, loose: Loose, read: Sequence[ReadFact], day: date
) -> list[tuple[Sentence, Link]]:
    """25年销售额1.12亿；24年0.98亿: amounts with a year of their own beside one that was read."""
    made = []
    known = {one.year for one in read}
    for sentence, one in loose:
        is_money = one.kind == "money" or is_short(text, one)
        clause = sentence.clause_at(one.start)
        head, tail = text[clause.start : one.start], text[one.end : clause.end]
        years = find_years(head, day)
        is_plain = _DATED.fullmatch(head) and _DATED.fullmatch(tail.strip(_MARKS))
        if not is_money or not is_plain or not years or years[-1].years[-1] in known:
            continue
        near = [fact for fact in read if _is_beside(text, fact, one)]
        if near and _is_ours(sentence, one):
            made.append((sentence, Link("revenue", one, clause.start, years[-1].years)))
    return made


def _is_beside(text: str, fact: ReadFact, quantity: Quantity) -> bool:
    first, last = sorted(((fact.start, fact.end), (quantity.start, quantity.end)))
    gap = text[first[1] : last[0]]
    return len(gap) <= _BESIDE and not _OTHER_MONEY.search(gap)


def revenue_of(text: str, loose: Loose) -> list[tuple[Sentence, Link]]:
    """The turnover of one or more years among amounts of no fact; empty where none is plain."""
    dated, alone = [], []
    for sentence, one in loose:
        clause = sentence.clause_at(one.start)
        is_money = one.kind == "money" or is_short(text, one)
        if not is_money or not _is_ours(sentence, one) or clause.is_partial:
            continue
        head, tail = text[clause.start : one.start], text[one.end : clause.end].strip(_MARKS)
        before = text[max(0, clause.start - 12) : clause.start]
        if _INCOME.search(head[-NEAR:]):
            dated.append((sentence, Link("revenue", one, one.start)))
        elif _DATED.fullmatch(head) and _DATED.fullmatch(tail) and not _OTHER_MONEY.search(before):
            is_dated = "年" in head or tail.startswith("的")
            link = Link("revenue", one, clause.start if is_dated else one.start)
            if is_dated:
                dated.append((sentence, link))
            elif one.kind == "money" and one.value >= _LEAST_MONEY:
                alone.append((sentence, link))
    return dated or (alone if len(alone) == 1 else [])

