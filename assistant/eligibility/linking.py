"""Which fact a quantity is of, within one sentence: by the words that lie between the two.

A quantity whose noun is not known is of no fact: 融资5000万 after 营收1.2亿 is left alone.
"""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.eligibility.linking_words import (
    AFTER,
    CHANGED,
    CONNECTOR,
    DELTA,
    DENIED,
    FROM,
    GROWTH,
    HAS_OWN,
    HEDGES,
    IN_CHINA,
    KINDS_BY_UNIT,
    LOST,
    OF_TOTAL,
    OF_WHOLE,
    ONE_YEAR,
    ONLY,
    OURS,
    REACHED,
    RISES,
    SHARE,
    SHARE_OF,
    SHARE_OF_LAST,
    SHARES_ALONE,
    WORDS,
    is_qualified,
)
from assistant.eligibility.mentions import Mention
from assistant.eligibility.parts import Quantity
from assistant.eligibility.runs import (
    Link,
    growth_of,
    is_of_people,
    is_rd_ratio,
    named_together,
    same_unit,
    sold,
    undated,
    years_behind,
    years_between,
    years_for,
)
from assistant.eligibility.scope import NEAR
from assistant.eligibility.years import YearSpan

_GAP = re.compile(rf"(?:{WORDS})*")


class Linker:
    """Links the quantities of one sentence; all offsets are those of the whole text."""

    def __init__(
        self, text: str, span: tuple[int, int], mentions: list[Mention], years: list[YearSpan],
        units: dict[str, str],
    ) -> None:  # fmt: skip
        self.text, self.span, self.mentions = text, span, mentions
        self.years, self.units = years, units
        self._used: dict[Mention, Quantity] = {}
        self.carried_years: tuple[int, ...] = ()
        self.carried: str | None = None  # the fact of the last figure before a semicolon

    def link(self, quantities: list[Quantity]) -> list[Link]:
        """Every quantity that is of a fact, in order."""
        links: list[Link] = []
        done: set[Quantity] = set()
        for old, rise, new in zip(quantities, quantities[1:], quantities[2:], strict=False):
            compared = self._link_compared(old, rise, new)
            links += compared
            done |= {old, rise, new} if compared else set()
        for old, new in pairwise(quantities):
            changed = [] if old in done or new in done else self._link_change(old, new)
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
            previous = previous if quantity.kind == "year" else quantity
        return sorted(links, key=lambda one: one.quantity.start)

    def _runs(self, quantities: list[Quantity]) -> list[list[Quantity]]:
        runs: list[list[Quantity]] = []
        for one in quantities:
            last = runs[-1][-1] if runs else None
            if last and CONNECTOR.fullmatch(self.text[last.end : one.start]):
                runs[-1].append(one)
            else:
                runs.append([one])
        return [run for run in runs if len(run) > 1]

    def _link_run(self, run: list[Quantity]) -> list[Link]:
        run = same_unit(self.text, run)
        before = [one for one in self.mentions if one.end <= run[0].start]
        if not before:
            return []
        names = named_together(self.text, before)
        head = before[-1]
        rises = f"|{RISES}" if head.keys[0].endswith("growth") else ""
        if not self._gap_fits(head.end, run[0].start, f"分别|依次|逐年|各{rises}"):
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
        years = years_for(self.years, run)
        if not years and len(self.carried_years) == len(run):
            years = self.carried_years
        fact = self._fact(head, run[0])
        if fact is None and run[0].kind == "percent":
            share = self._percent(run[0], [])
            fact = share.fact if share else None
        if fact is None or not years:
            return []
        fact = ONE_YEAR.get(fact, fact)
        self._used[head] = run[-1]
        self.carried_years = years
        return [
            Link(fact, quantity, quantity.start, (year,))
            for year, quantity in zip(years, run, strict=True)
        ]

    def _link_change(self, old: Quantity, new: Quantity) -> list[Link]:
        """营收从前年的1.5亿跌到1.1亿: the old figure counts only with a year of its own."""
        between = undated(self.text, self.years, old.end, new.start)
        if not CHANGED.fullmatch(between.replace(" ", "")):
            return []
        for mention in reversed([one for one in self.mentions if one.end <= old.start]):
            gap = self.text[mention.end : old.start]
            fact = self._fact(mention, new)
            if fact is not None and DELTA.fullmatch(gap):  # 比前年增加了100万，达到580万
                self._used[mention] = new
                rise = GROWTH.fullmatch(gap) if old.kind == "percent" else None
                grown = growth_of(self.units, rise, old, mention.start) if rise else None
                return [one for one in (grown, Link(fact, new, new.start, ())) if one]
            if fact is None or not FROM.fullmatch(gap):
                continue
            self._used[mention] = new
            years = [
                one.years[0]
                for one in self.years
                if mention.end <= one.start and one.end <= old.start and not one.is_span
            ]
            if years and re.search(r"[从由]$", gap):  # 去年从3000万涨到5000万
                return [Link(fact, new, new.start, (years[-1],))]
            if re.search(r"准备|打算|计划|要|想|拟", gap):  # 准备从12个扩到20个
                return [Link(fact, old, mention.start, ())]
            now = Link(fact, new, new.start, years_between(self.years, old.end, new.start))
            return [now, Link(fact, old, mention.start, (years[-1],))] if years else [now]
        return []

    def _link_compared(self, old: Quantity, rise: Quantity, new: Quantity) -> list[Link]:
        """营收2025年较2024年的6200万元增长11%，为6882万元."""
        mention = next((one for one in reversed(self.mentions) if one.end <= old.start), None)
        if mention is None or rise.kind != "percent":
            return []
        fact, gap = self._fact(mention, new), undated(self.text, self.years, mention.end, old.start)
        grown = GROWTH.fullmatch(self.text[old.end : rise.start])
        reached = REACHED.fullmatch(self.text[rise.end : new.start])
        before = years_between(self.years, mention.end, old.start)
        if fact != self._fact(mention, old) or fact is None or not (grown and reached and before):
            return []
        if not re.fullmatch(r"(?:同比)?(?:较|比|相比)的?", gap):
            return []
        self._used[mention] = new
        growth = growth_of(self.units, grown, rise, rise.start) if fact == "revenue" else None
        last = (before[-1] + 1,)
        made = (Link(fact, old, old.start, before[-1:]), growth, Link(fact, new, new.start, last))
        return [one for one in made if one]

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
            start = max(previous.end if previous else 0, self.span[0])
            return sold(self.text, start, quantity, self.years)
        return None

    def _after(self, mention: Mention, quantity: Quantity) -> Link | None:
        """员工86人."""
        fact = self._fact(mention, quantity)
        extra = "新增|到账|实缴" if (fact or "").startswith("equity") else ""
        fits = self._gap_fits(mention.end, quantity.start, extra)
        if fact is None or mention in self._used or not fits:
            return None
        self._used[mention] = quantity
        lost = fact == "profit" and LOST.search(self.text, mention.start, quantity.start)
        return Link(fact, quantity, mention.start, sign=-1 if lost else 1)

    def _carry(self, quantity: Quantity, links: list[Link]) -> Link | None:
        """前年9000万 after 去年营收1.2亿; 全年9200万 after 营收下降8%."""
        last = max(links, key=lambda one: one.quantity.end, default=None)
        start = last.quantity.end if last else self.span[0]
        fact = last.fact if last else self.carried
        named_by = [one.end for one, used in self._used.items() if last and used == last.quantity]
        start = max([start, *named_by])
        gap = self.text[start : quantity.start]
        named = [one for one in self.mentions if one.end <= quantity.start]
        head = self.text[: quantity.start]
        comma = max(head.rfind(","), head.rfind("，"), head.rfind(" "))
        near = named and not re.search("[,，]", self.text[named[-1].end : max(comma, 0)])
        if near and not last and comma > named[-1].end:  # 研发是前年的两倍，去年800万
            start, fact = comma + 1, self._fact(named[-1], quantity)
        behind = years_behind(self.text, self.years, quantity)
        years = behind or years_between(self.years, start, quantity.start)
        has_year = bool(years)
        if len(years) == 1:
            fact = ONE_YEAR.get(fact or "", fact)
        if fact == "revenue_growth" and last and re.match(r"[,，]?(?:全年|去年|达?到|至|$)", gap):
            fact, has_year = "revenue", True
        kinds = KINDS_BY_UNIT.get(self.units.get(fact or "", ""), ())
        if fact is None or quantity.kind not in kinds:
            return None
        extra = "其中|比|较|相比" + (f"|{RISES}" if "growth" in fact else "|的母港|的航次")
        is_own = bool(ONLY.match(gap)) or (last is not None and bool(OURS.search(gap)))
        if not (has_year or is_own) or not self._gap_fits(start, quantity.start, extra):
            return None
        is_loss = fact == "profit" and quantity.value > 0 and not re.search("赚|盈|转正", gap)
        sign = last.sign if last and is_loss else 1
        return Link(fact, quantity, quantity.start, years or None, sign)

    def _before(self, mention: Mention, quantity: Quantity) -> Link | None:
        """86名员工."""
        fact = self._fact(mention, quantity)
        gap = self.text[quantity.end : mention.start]
        if fact is None or quantity.kind == "bare" or self._used.get(mention):
            return None
        if len(gap) > NEAR or not AFTER.fullmatch(gap):
            return None
        if " " in gap and HAS_OWN.match(self.text, mention.end):
            return None  # 66人 研发 58
        self._used[mention] = quantity
        return Link(fact, quantity, quantity.start)

    def _percent(self, quantity: Quantity, links: list[Link]) -> Link | None:
        """Shares and growth: 研发占营收5%, 营收涨了三成."""
        for mention in reversed([one for one in self.mentions if one.end <= quantity.start]):
            gap = self.text[mention.end : quantity.start]
            if len(gap) > NEAR:
                break
            if OF_WHOLE.search(self.text[max(0, mention.start - 6) : mention.start]):
                continue  # 占全部研发费用85%: the whole, and not what has the share
            own = self._fact(mention, quantity)
            if own and mention not in self._used:
                inner = OF_TOTAL.fullmatch(gap) or self._gap_fits(mention.end, quantity.start)
                if own.endswith("growth") or own == "growth_3y":
                    inner = inner or self._gap_fits(mention.end, quantity.start, RISES)
                if inner:
                    self._used[mention] = quantity
                    return Link(own, quantity, mention.start)
            share = next((SHARE_OF[key] for key in mention.keys if key in SHARE_OF), None)
            if share == "rd_ratio" and IN_CHINA.match(self.text, quantity.end):
                return Link("rd_in_china_share", quantity, mention.start)
            if share == "rd_ratio" and is_of_people(mention, gap, quantity):
                if "rd_staff_share" in self.units and OF_TOTAL.fullmatch(gap):
                    return Link("rd_staff_share", quantity, mention.start)
                continue
            is_bare = share == "rd_ratio" and self._gap_fits(mention.end, quantity.start)
            said = undated(self.text, self.years, mention.end, quantity.start).lstrip(HEDGES)
            is_share = SHARE.match(said) and OF_TOTAL.fullmatch(said)
            if share in self.units and (is_bare or is_share):  # 研发大概百分之六
                return Link(share, quantity, mention.start)
            if "revenue" in mention.keys and mention not in self._used:
                found = GROWTH.fullmatch(gap)
                if not found and self.text[quantity.start] in "翻增涨" and not gap:
                    found = GROWTH.fullmatch("增长")
                if found and not is_qualified(self.text, mention.start):
                    return growth_of(self.units, found, quantity, mention.start)
        return self._percent_of_last(quantity, links)

    def _percent_of_last(self, quantity: Quantity, links: list[Link]) -> Link | None:
        """营收1.2亿，涨了三成; 科技人员33，占55%."""
        if is_rd_ratio(self.text, self.span[0], links, self.carried, quantity):
            return Link("rd_ratio", quantity, quantity.start)
        last_end = max((one.quantity.end for one in links), default=self.span[0])
        gap = self.text[last_end : quantity.start]
        if len(gap) > NEAR:
            return None
        found = GROWTH.fullmatch(gap.lstrip(",， "))
        nearest = max(links, key=lambda one: one.quantity.end, default=None)
        if nearest is None:
            return None
        if found and nearest.fact == "revenue":
            return growth_of(self.units, found, quantity, last_end)
        share = SHARE_OF_LAST.get(nearest.fact)
        clean = gap.lstrip(",， (、").lstrip(HEDGES)
        is_next = not clean and len(gap) == 1 and share in SHARES_ALONE
        if share in self.units and (is_next or (clean[:1] in "占即" and OF_TOTAL.fullmatch(clean))):
            before = [one for one in self.years if one.end <= nearest.quantity.start]
            years = before[-1].years if before and before[-1].is_span else None
            return Link(share, quantity, quantity.start, years)
        return None

    def _fact(self, mention: Mention, quantity: Quantity) -> str | None:
        if is_qualified(self.text, mention.start) and "market_rank" not in mention.keys:
            return None
        keys = mention.keys
        before = [one for one in self.mentions if one.end <= mention.start][-1:]
        is_next = bool(before) and self.units.get(before[0].keys[0]) == "万元"
        if quantity.kind == "bare" and (is_next or quantity.value >= 100):  # 研发498
            keys = tuple(sorted(keys, key=lambda one: self.units.get(one) != "万元"))
        for key in keys:
            kinds = KINDS_BY_UNIT.get(self.units.get(key, ""), ())
            is_piece = self.units.get(key) == "人" and quantity.kind == "count"
            counted = is_piece and self.text[quantity.start : quantity.end].endswith("个")
            if quantity.kind in kinds or counted:
                return key
        return None

    def _gap_fits(self, start: int, end: int, extra: str = "") -> bool:
        gap = DENIED.sub("", undated(self.text, self.years, start, end))
        gap = re.sub(extra, "", gap) if extra else gap
        return len(gap) <= 20 and bool(_GAP.fullmatch(gap))
