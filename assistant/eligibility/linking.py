"""Which fact a quantity is of, within one sentence: by the words that lie between the two.

A quantity whose noun is not known is of no fact: 融资5000万 after 营收1.2亿 is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.eligibility.mentions import Mention
from assistant.eligibility.quantities import Quantity
from assistant.eligibility.scope import NEAR
from assistant.eligibility.years import YearSpan

KINDS_BY_UNIT = {
    "人": ("person", "bare"),
    "万元": ("money", "foreign", "bare"),
    "%": ("percent",),
    "平方米": ("area",),
    "台(套)": ("set", "bare"),
    "项": ("count", "bare"),
    "年": ("year",),
}
_WORDS = (
    r"是|为|有着?|在|约|人民币|rmb|[￥¥]|均|预计|预期|计划|目标|争取|力争|打算|很少|很低|一般|不高|挺少|没细算|没算|归集|下|平均|没砍|没停|没减|优化后"
    r"|剩下?|还剩|财务报表|审计报告|审计后|今后|税前|单年|首次|第一次|历史性|大关|略[降增升]|有所(?:下降|增长|回落|提升)|微[增降]|小幅(?:增长|下降|回落)"
    r"|没怎么变|变化不大|没变|没啥变化|一直|始终|个|行业|领域|赛道|这行|细分市场|高达|录得|介于|控制|大体|勉强|刚刚?|刚好|正好|略|最新|合并|属于|统计|按|不过"
    r"|但是?|达到?|做到?了?|完成|实现|大概|大约|差不多|总共|一共|共|共计|合计|总计|就|才|只有|只|仅|也|都|还|的话|的|了|规模|总额|总量|金额|总数"
    r"|人数|数量?|方面|这块|这一块|上面?|里面|目前|现在|如今|当前|现有|已经|已|能|可以|算下来|算上|加起来|加在一起|全年|全部|整年|一年下?来?|每年|年底?|度"
    r"|投了|投入了?|花了|花掉|砸了|烧了|投|花|支出|拥有|取得|获得|获|授权|持有|拿到?了?|手里|手上|名下|累积|积累了?|接近|其实|大致|基本|稳定|保持|维持"
    r"|大约莫|估计|左右|报表上?|账上|审计|口径"
    r"|(?:增长|增加|涨|提升|提高|上升|扩大|下降|下滑|降|跌|掉|回落|恢复|冲|扩充|扩|发展|缩减?)到了?|我们|我司|咱们?|公司|自己|全公司|合起来|原值|总价"
    r"|总值|不多|不大|不算多|比较少|较少|倒是|只不过|占比?|水平|比例|比重|率|大|小|面积|万元|单位|确认|纯|这些年|每个月?不|连我|加上我|含我|连老板|连同我"
    r"|[:=,，、\-~\"() ]|\d{2}年底?|底|末|期末|年末|则|而|反正|嘛|呢|吧|啊|哈|呀|吗|哦|唉|嗯"
)
_GAP = re.compile(rf"(?:{_WORDS})*")
_NOT_CARRIED = re.compile(r"[a-z一-龥]")
_AFTER = re.compile(
    r"(?: |的|左右|全职|在职|在册|正式|有效|已?授权|核心|国内|自有|自主|专业|专职|年|年度|个|多|都|全|是|用|花|投|砸|在|于|到|进|了|拿去|拿来|做|搞"
    r"|去|来|总|总的)*"
)
_SHARE = re.compile(r"占|(?:花|用|投)(?:掉|去|了)*(?=营收|收入|销售)|比例|比重|比(?!去|前|上)")
_OF_TOTAL = re.compile(
    r"(?:占|花掉?|用掉?|投入?|的|了|国内|全国|全球|前[一二三五十\d]|第[一二三]|、|,|，|均|到|总|全部|当年|同期|年度|上一?年|去年|全年|公司|企业"
    r"|营业收入|销售收入|主营业务收入|营收|收入总额|总收入|收入|销售额|职工总数|员工总数|职工|员工|总投资|总投入|投资总额|项目|比例|比重|比|为|是|大概|约|在"
    r"|达到?|也|就|有|只|才|大约|差不多|总额|总数|总人数|人数|[: ])*"
)
_GROWTH = re.compile(
    r"(?:比|较|同比|去年|前年|上年|又|还|也|都|大概|约|了|有|是|,|，| |一年|每年|实现|年|幅度?|率|速|出现|整体)*"
    r"(?P<word>增长|增速|增幅|上涨|上升|提升|涨|增加|下降|下滑|下跌|跌|降|减少|缩水|负增长)(?:了|率|幅度?|为|是|有|在|达到?|约|大概|差不多|:| "
    r"|也|到)*"
)
_QUALIFIED = re.compile(
    r"(?:海外|出口|境外|国外|人均|非|补贴|投资|利息|租金|租赁|新产品|单个产品|单品|技术|技术服务|服务|产品|外销|内销|线上|门店|板块|补助|合同|税后|应收|预收"
    r"|净|毛|固定|无形|流动|总销"
    r"|委外|委托|合作|外包|派遣|兼职|离职|新|招|缴纳|参保|缴费|管理|核心|创始|临床|市场|运营|生产|质量|财务|行政|博士|硕士|本科|外籍|退休|实习|老|一线|车间"
    r"|其他|政府|广告|营业外|月|日|每月|月均|户均|亩均|我国|全国|全球|中国|行业|市场|订单|预|国产|进口|募|集团|基建|厂房|二手|受理的?|申请了?|对外|债权"
    r"|股权|在审的?|研发中心)$"
)
_COLLOQUIAL = re.compile(
    r"(?P<verb>(?:大概|一共|也就|差不多|能|才|只|就|一年)*(?:做了?|做到|卖了?|干了|做出|卖出)(?:大概|约|有)?)$"
)
_CHANGED = re.compile(
    r"[,，]?(?:一路|逐步|慢慢|已经?)?(?:发展|增长|增加|减少?|降|下降|跌|涨|掉|扩大|扩张|扩充|扩|提高|提升|上升|缩减?|裁|变|做|走|升|滑|回落"
    r"|下滑)?(?:到|至|成|为)了?(?:现在|目前|去年|今年|如今|当前)?的?"
)
_FROM = re.compile(r".{0,10}(?:从|由).{0,10}")
_CONNECTOR = re.compile(r"(?: ?[、，,/和及与;] ?|以及|还有|和)(?:\d*人)?")


@dataclass(frozen=True, slots=True)
class Link:
    """A quantity with the fact it is of.

    `years` is None where they are still to be looked for, and empty where none was said.
    """

    fact: str
    quantity: Quantity
    start: int
    years: tuple[int, ...] | None = None
    sign: int = 1


class Linker:
    """Links the quantities of one sentence; all offsets are those of the whole text."""

    def __init__(
        self,
        text: str,
        span: tuple[int, int],
        mentions: list[Mention],
        years: list[YearSpan],
        units: dict[str, str],
    ) -> None:
        self.text, self.span, self.mentions = text, span, mentions
        self.years, self.units = years, units
        self._used: dict[Mention, Quantity] = {}
        self.carried: str | None = None
        """The fact of the last figure before a semicolon, for a list of years that goes on."""

    def link(self, quantities: list[Quantity]) -> list[Link]:
        """Every quantity that is of a fact, in order."""
        links: list[Link] = []
        done: set[Quantity] = set()
        for old, new in zip(quantities, quantities[1:]):
            changed = self._link_change(old, new)
            links += changed
            done |= {old, new} if changed else set()
        for run in self._runs(quantities):
            made = self._link_run(run)
            links += made
            done |= set(run) if made else set()
        previous: Quantity | None = None
        for quantity in quantities:
            if quantity not in done:
                made_one = self._link_one(quantity, previous, links)
                links += [made_one] if made_one else []
            previous = quantity
        return sorted(links, key=lambda one: one.quantity.start)

    # runs: 分别是8000万、1亿、1.2亿

    def _runs(self, quantities: list[Quantity]) -> list[list[Quantity]]:
        runs: list[list[Quantity]] = []
        for one in quantities:
            last = runs[-1][-1] if runs else None
            if last and _CONNECTOR.fullmatch(self.text[last.end : one.start]):
                runs[-1].append(one)
            else:
                runs.append([one])
        return [run for run in runs if len(run) > 1]

    def _link_run(self, run: list[Quantity]) -> list[Link]:
        run = self._same_unit(run)
        before = [one for one in self.mentions if one.end <= run[0].start]
        if not before:
            return []
        names = self._named_together(before)
        head = before[-1]
        if not self._gap_fits(head.end, run[0].start, extra="分别"):
            return []
        if len(names) == len(run) > 1:
            found = [
                (name, self._fact(name, quantity), quantity)
                for name, quantity in zip(names, run, strict=True)
            ]
            return [
                Link(fact, quantity, name.start)
                for name, fact, quantity in found
                if fact is not None
            ]
        years = self._years_for(len(run), run[0].start)
        fact = self._fact(head, run[0])
        if fact is None or not years:
            return []
        self._used[head] = run[-1]
        return [
            Link(fact, quantity, quantity.start, (year,))
            for year, quantity in zip(years, run, strict=True)
        ]

    def _same_unit(self, run: list[Quantity]) -> list[Quantity]:
        """分别为800、950、1100万: the last one has the unit of all."""
        last = run[-1]
        if last.kind != "money" or not any(one.kind == "bare" for one in run):
            return run
        raw = self.text[last.start : last.end]
        factor = 10**8 if "亿" in raw else 10**4
        return [
            Quantity(one.start, one.end, "money", one.bound, one.value * factor, one.upper)
            if one.kind == "bare"
            else one
            for one in run
        ]

    def _named_together(self, before: list[Mention]) -> list[Mention]:
        names = [before[-1]]
        for one in reversed(before[:-1]):
            if not _CONNECTOR.fullmatch(self.text[one.end : names[0].start]):
                break
            names.insert(0, one)
        return names

    def _years_for(self, count: int, before: int) -> tuple[int, ...]:
        spans = [one for one in self.years if one.end <= before]
        for one in reversed(spans):
            if one.is_span and len(one.years) == count:
                return one.years
        singles = [one.years[0] for one in spans if not one.is_span][-count:]
        return tuple(singles) if len(singles) == count and len(set(singles)) == count else ()

    def _link_change(self, old: Quantity, new: Quantity) -> list[Link]:
        """营收从前年的1.5亿跌到1.1亿: the old figure counts only with a year of its own."""
        if not _CHANGED.fullmatch(self.text[old.end : new.start]):
            return []
        for mention in reversed([one for one in self.mentions if one.end <= old.start]):
            gap = self.text[mention.end : old.start]
            fact = self._fact(mention, new)
            found = _FROM.fullmatch(gap)
            if fact is None or not found:
                continue
            self._used[mention] = new
            years = [
                one.years[0]
                for one in self.years
                if mention.end <= one.start and one.end <= old.start and not one.is_span
            ]
            links = [Link(fact, new, new.start, self._years_between(old.end, new.start))]
            return [*links, Link(fact, old, mention.start, (years[-1],))] if years else links
        return []

    # single quantities

    def _link_one(
        self, quantity: Quantity, previous: Quantity | None, links: list[Link]
    ) -> Link | None:
        if quantity.kind == "percent" and (made := self._percent(quantity, links)):
            return made
        preceding = [one for one in self.mentions if one.end <= quantity.start]
        following = [one for one in self.mentions if one.start >= quantity.end]
        if preceding and (made := self._after(preceding[-1], quantity)):
            return made
        if made := self._carry(quantity, links):
            return made
        if following and (made := self._before(following[0], quantity)):
            return made
        if quantity.kind == "money" and "revenue" in self.units:
            return self._colloquial(quantity, previous)
        return None

    def _after(self, mention: Mention, quantity: Quantity) -> Link | None:
        """员工86人."""
        fact = self._fact(mention, quantity)
        is_free = mention not in self._used and self._gap_fits(mention.end, quantity.start)
        if fact is None or not is_free:
            return None
        self._used[mention] = quantity
        return Link(fact, quantity, mention.start)

    def _carry(self, quantity: Quantity, links: list[Link]) -> Link | None:
        """前年9000万 after 去年营收1.2亿; 全年9200万 after 营收下降8%."""
        last = max(links, key=lambda one: one.quantity.end, default=None)
        start = last.quantity.end if last else self.span[0]
        fact = last.fact if last else self.carried
        gap = self.text[start : quantity.start]
        named = [one for one in self.mentions if one.end <= quantity.start]
        comma = max(self.text.rfind(",", 0, quantity.start), self.text.rfind("，", 0, quantity.start))
        if named and not last and comma > named[-1].end:  # 研发是前年的两倍，去年800万
            start, fact = comma + 1, self._fact(named[-1], quantity)
        years = self._years_between(start, quantity.start)
        has_year = bool(years)
        if fact == "revenue_growth" and last and re.match(r"[,，]?(?:全年|去年|达?到|至)", gap):
            fact, has_year = "revenue", True
        kinds = KINDS_BY_UNIT.get(self.units.get(fact or "", ""), ())
        if fact is None or quantity.kind not in kinds:
            return None
        is_own = last is not None and bool(re.search(r"我们|我司|现在|自己|大关", gap))
        if not (has_year or is_own) or not self._gap_fits(start, quantity.start, extra="其中"):
            return None
        return Link(fact, quantity, quantity.start, years or None)

    def _before(self, mention: Mention, quantity: Quantity) -> Link | None:
        """86名员工."""
        fact = self._fact(mention, quantity)
        gap = self.text[quantity.end : mention.start]
        if fact is None or len(gap) > NEAR or not _AFTER.fullmatch(gap) or self._used.get(mention):
            return None
        if quantity.kind == "bare":
            return None
        self._used[mention] = quantity
        return Link(fact, quantity, quantity.start)

    def _colloquial(self, quantity: Quantity, previous: Quantity | None) -> Link | None:
        """去年做了1.2亿."""
        start = max(previous.end if previous else 0, self.span[0])
        head = self.text[start : quantity.start].rstrip()[-NEAR:]
        start = quantity.start - len(head)
        verb = _COLLOQUIAL.search(head)
        if verb is None:
            return None
        at = start + verb.start()
        if not any(one.end == at and start <= one.start for one in self.years):
            return None
        if re.match(r"的?(?:研发|设备|项目|投资|融资|固投|技改)", self.text[quantity.end :]):
            return None
        return Link("revenue", quantity, at)

    def _percent(self, quantity: Quantity, links: list[Link]) -> Link | None:
        """Shares and growth: 研发占营收5%, 营收涨了三成."""
        last_end = max((one.quantity.end for one in links), default=self.span[0])
        for mention in reversed([one for one in self.mentions if one.end <= quantity.start]):
            gap = self.text[mention.end : quantity.start]
            if len(gap) > NEAR:
                break
            own = self._fact(mention, quantity)
            if own and mention not in self._used:
                inner = _OF_TOTAL.fullmatch(gap) or self._gap_fits(mention.end, quantity.start)
                if inner:
                    self._used[mention] = quantity
                    return Link(own, quantity, mention.start)
            share = next((SHARE_OF[key] for key in mention.keys if key in SHARE_OF), None)
            if share == "rd_ratio" and share in self.units and self._gap_fits(mention.end, quantity.start):
                return Link(share, quantity, mention.start)
            if share in self.units and _SHARE.match(gap.lstrip(" 大约概就能要预计一共差不多也只仅才")) and _OF_TOTAL.fullmatch(gap):
                return Link(share, quantity, mention.start)
            if "revenue" in mention.keys and mention not in self._used:
                found = _GROWTH.fullmatch(gap)
                if not found and self.text[quantity.start] in "翻增涨" and not gap:
                    found = _GROWTH.fullmatch("增长")
                if found and not self._is_qualified(mention):
                    return self._growth(found, quantity, mention.start)
        gap = self.text[last_end : quantity.start]
        if len(gap) > NEAR:
            return None
        found = _GROWTH.fullmatch(gap.lstrip(",， "))
        nearest = max(links, key=lambda one: one.quantity.end, default=None)
        if nearest is None:
            return None
        if found and nearest.fact == "revenue":
            return self._growth(found, quantity, last_end)
        share = SHARE_OF.get(nearest.fact)
        clean = gap.lstrip(",， (、")
        if share in self.units and clean[:1] == "占" and _OF_TOTAL.fullmatch(clean):
            return Link(share, quantity, quantity.start)
        return None

    def _growth(self, found: re.Match[str], quantity: Quantity, start: int) -> Link | None:
        if "revenue_growth" not in self.units:
            return None
        sign = -1 if re.search(r"下|跌|降|减|缩|负", found["word"]) else 1
        return Link("revenue_growth", quantity, start, None, sign)

    def _fact(self, mention: Mention, quantity: Quantity) -> str | None:
        if self._is_qualified(mention):
            return None
        for key in mention.keys:
            kinds = KINDS_BY_UNIT.get(self.units.get(key, ""), ())
            is_piece = self.units.get(key) == "人" and quantity.kind == "count"
            counted = is_piece and self.text[quantity.start : quantity.end].endswith("个")
            if quantity.kind in kinds or counted:
                return key
        return None

    def _is_qualified(self, mention: Mention) -> bool:
        """海外收入, 净利润, 固定资产 are other figures than 收入, 利润, 资产."""
        return bool(_QUALIFIED.search(self.text[max(0, mention.start - 6) : mention.start]))

    def _years_between(self, start: int, end: int) -> tuple[int, ...]:
        found = [one for one in self.years if start <= one.start and one.end <= end]
        return found[-1].years if found else ()

    def _gap_fits(self, start: int, end: int, extra: str = "") -> bool:
        gap = self.text[start:end]
        for one in reversed(self.years):
            if start <= one.start and one.end <= end:
                gap = gap[: one.start - start] + gap[one.end - start :]
        if extra:
            gap = gap.replace(extra, "")
        return len(gap) <= 20 and bool(_GAP.fullmatch(gap))


SHARE_OF = {
    "rd_expense": "rd_ratio",
    "equipment_investment": "equipment_share",
    "science_staff_count": "science_staff_share",
}
"""The share that 占 makes of a figure."""
