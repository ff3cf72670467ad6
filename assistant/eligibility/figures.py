"""Numbers and yearly series of a text: every quantity that is linked to a fact of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from assistant.eligibility.cues import CueFinder
from assistant.eligibility.figure_kin import kin_of
from assistant.eligibility.figure_money import (
    likely_scale,
    plain_number,
    scale_beside,
    scale_in_brackets,
    scale_of_all,
)
from assistant.eligibility.figure_names import (
    NameFinder,
    headed,
    is_piece_of_staff,
    is_staff,
    is_sum,
    may_be_staff,
)
from assistant.eligibility.figure_refusals import refusal
from assistant.eligibility.linking import Linker
from assistant.eligibility.none_said import nothing_of
from assistant.eligibility.parts import Quantity
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact, Unread
from assistant.eligibility.runs import Link, year_before, years_behind
from assistant.eligibility.scope import NEAR, Clause, Sentence
from assistant.eligibility.sentence_figures import quantities_in, years_in
from assistant.eligibility.told_again import told_again
from assistant.eligibility.unnamed import apart, other_years, revenue_of, staff_of
from assistant.eligibility.vague import vague_figures
from assistant.eligibility.years import YearSpan, find_years

SUMMED = "这是累计或平均数，没有作为一年的数读取"
FOREIGN = "外币金额没有折算，请换算成人民币填写"
IMPOSSIBLE = "这个数不可能，没有读取"
_EVENT = re.compile(
    r"\S{0,3}(?:注册|成立|创立|创办|设立|认定|取得|评[上为]|迁|搬|落户|入库|发证|拿[到的]"
    r"|获[批评得]|开始|入驻|改制|投产|转型)"
)
"""A year of these is no year of the figure that follows."""
_SUMMED = re.compile(
    r"累计|已经?投|总共投|前后投|年均|平均|三年合计|三年总|三年一共|三年加|复合|历年|两年合计"
    r"|两年加|这几年|[二两三四五]年下来|人均"
)
_FIGURE_GONE = re.compile(r"[\d百千万亿成]\S* ")
_HEDGE = re.compile(r"约(?!束)|大概|差不多|约莫|估计|估摸|大致|应该(?:在|是|有)|大体|可能")
_DASH = re.compile(r"(?<=[a-z一-龥])-(?=\d)")
_PUT_RIGHT = re.compile("不对|不是|更正|错")  # 不对，应该是4280万: sure of it


class FigureReader:
    """Reads numbers and series; `definitions` by fact id."""

    def __init__(self, definitions: Mapping[str, DefinitionLike], day: date) -> None:
        self.definitions, self.day = definitions, day
        kinds = ("number", "series")
        self.units = {
            name: one.unit or "" for name, one in definitions.items() if one.type in kinds
        }
        self._names = NameFinder(definitions)
        self._cues = CueFinder(definitions, self.units)
        self.facts: list[ReadFact] = []
        self.unread: list[Unread] = []
        self._year: int | None = None
        self._fact_of_year: str | None = None
        self._last_fact: str | None = None
        self._last_years: tuple[int, ...] = ()
        self._listed: list[int] = []
        """The years of the last fact, as they were said: those of 同期."""
        self._unit = 0  # of money that is said for all that follows; 0 where none was
        self._people: list[tuple[Sentence, Quantity]] = []
        """Of no name and no known kind: the staff, where there is only one such number."""
        self._loose: list[tuple[Sentence, Quantity]] = []  # all that were of no fact

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts` and `unread`; spans and words are those of `text`."""
        self._unit = scale_of_all(text)
        self._names.begin(text)
        for index, sentence in enumerate(sentences):
            if index == 0 or text[sentence.start - 1] != ";":
                self.forget()
            self._sentence(text, sentence)
        read = {one.fact for one in self.facts}
        if "staff_count" in self.units and "staff_count" not in read:
            self._unnamed_staff(text)
        if "revenue" in self.units:
            sold = [one for one in self.facts if one.fact == "revenue"]
            loose = self._loose
            more = other_years(text, loose, sold, self.day) if sold else revenue_of(text, loose)
            for sentence, link in more:
                self._take(text, sentence, link, years_in(sentence, self.day))

    def _unnamed_staff(self, text: str) -> None:
        spans = [(one.start, one.end) for one in self.unread]  # 营收86人 is told to be none
        loose, people = apart(self._loose, spans), apart(self._people, spans)
        found = staff_of(text, loose, people if len(self._people) == 1 else [])
        if found is not None:
            self._take(text, *found, [])

    def forget(self) -> None:
        """The year and the fact of what was said before."""
        self._year = self._fact_of_year = self._last_fact = None
        self._last_years = ()

    def _bare_year(self, sentence: Sentence, years: list[YearSpan]) -> None:
        """2025年度：… sets the year of what follows."""
        for one in years:
            clause = sentence.clause_at(one.start)
            if len(clause.text.strip(" 度:")) <= one.end - one.start and len(one.years) == 1:
                self._year = one.years[0]
                return

    def _remember(self, fact: str, year: int) -> None:
        """The year of a figure goes for the next one, unless one fact had several years."""
        if self._fact_of_year == fact and self._year != year:
            self._year = None
        elif self._fact_of_year is None or self._fact_of_year != fact:
            self._year, self._fact_of_year = year, fact

    def _sentence(self, text: str, sentence: Sentence) -> None:
        years = years_in(sentence, self.day)
        quantities = quantities_in(text, sentence, years)
        mentions = self._names.find(text, sentence)
        linker = Linker(text, (sentence.start, sentence.end), mentions, years, self.units)
        linker.carried, linker.carried_years = self._last_fact, self._last_years
        if "同期" in sentence.text:
            linker.carried_years = tuple(self._listed)
        links = linker.link(quantities)
        self._last_years = linker.carried_years
        if mentions and not quantities:
            self._last_fact = headed(sentence, mentions[-1]) or self._last_fact
            self._unit = scale_in_brackets(sentence.text) or self._unit
        self._bare_year(sentence, years)
        self.unread += vague_figures(text, sentence, mentions, self.definitions)
        for link in nothing_of(text, (sentence.start, sentence.end), mentions, self.units):
            self._take(text, sentence, link, years)
            end = link.quantity.end
            quantities = [one for one in quantities if not link.start <= one.start < end]
        linked = {link.quantity.start: link for link in links}
        for link in links:
            self._take(text, sentence, link, years)
            last = self.facts[-1] if self.facts else None
            if last and last.year is not None:
                same = self._last_fact == link.fact
                self._listed = [*self._listed, last.year] if same else [last.year]
            self._last_fact = link.fact
        for link in list(self._cues.links(text, sentence, quantities, linked)):
            if not self._is_known(link.fact):
                linked[link.quantity.start] = link
                self._take(text, sentence, link, years)
        for quantity in quantities:
            if quantity.start in linked:
                continue
            if again := told_again(text, quantity, self._last_before(quantity)):
                self._take(text, sentence, again, [])
            else:
                count = len(self.facts)
                self._unlinked(text, sentence, quantity)
                if len(self.facts) == count and quantity.kind != "foreign":
                    self._loose.append((sentence, quantity))

    def _last_before(self, quantity: Quantity) -> ReadFact | None:
        before = [one for one in self.facts if one.end <= quantity.start]
        return max(before, key=lambda one: one.end, default=None)

    def _is_known(self, fact: str) -> bool:
        """Whether a figure with a name of its own was read: a cue adds none to it."""
        is_series = self.definitions[fact].type == "series"
        return not is_series and any(one.fact == fact for one in self.facts)

    def _take(self, text: str, sentence: Sentence, link: Link, years: list[YearSpan]) -> None:
        clause = sentence.clause_at(link.quantity.start)
        head = sentence.clause_at(min(link.start, link.quantity.start))
        before = {one.fact for one in self.facts if one.start >= clause.start - NEAR}
        reason = refusal(text, link, (clause, head), self.units[link.fact], before)
        fact, year, assumed = link.fact, None, False
        if reason is None:
            said = year_before(text, self.facts, link) or link.years
            if said is None:
                said = self.years_said(text, link, years, sentence)
            elif not said:
                self._year = None
            fact, year, assumed, reason = self.dated(text, link, said, clause)
        if reason:
            if reason != "other":
                self._leave(text, link.start, link.quantity.end, reason)
            return
        read = self.converted(text, fact, link)
        if isinstance(read, Unread):
            self.unread.append(read)
            return
        self.facts.append(
            ReadFact(
                fact, read[1], self.units[fact], read[0], text[link.start : link.quantity.end],
                min(link.start, link.quantity.start), link.quantity.end, read[2], year, assumed,
            )
        )  # fmt: skip

    def years_said(
        self, text: str, link: Link, years: list[YearSpan], sentence: Sentence
    ) -> tuple[int, ...] | None:
        """The years said of a figure: after the last figure, in brackets behind it, or earlier."""
        quantity = link.quantity
        if behind := years_behind(text, years, quantity):
            return behind
        for one in reversed([one for one in years if one.end <= quantity.start]):
            between = sentence.text[one.end - sentence.start : quantity.start - sentence.start]
            if re.search("(?<!占)[比较]$", sentence.text[: one.start - sentence.start]):
                continue  # 比前年多了17%
            words = between.lstrip(",，: 度、")
            is_plain = self.definitions[link.fact].type != "series"
            if is_plain and re.search(r"\||[^ ]{3,} [^ ]", words):
                continue  # 2016年 信息技术服务 人数156
            if _FIGURE_GONE.search(between):
                break  # 前年2750w 研发210w: that year was of the other figure
            if not re.search("[,，、;]", words) and not _EVENT.match(words):
                return one.years
        return None

    def dated(
        self, text: str, link: Link, said: tuple[int, ...] | None, clause: Clause
    ) -> tuple[str, int | None, bool, str | None]:
        """(fact, year, is the year assumed, why not)."""
        fact, last = link.fact, self.day.year - 1
        if kin := kin_of(text, link, said, self.units):
            return kin, None, False, None
        if fact == "rd_ratio" and said and len(said) == 3:
            known = "rd_ratio_3y" in self.units
            return "rd_ratio_3y", None, False, None if known else "三年的比例没有作为一年的读取"
        is_old = said is not None and len(said) == 1 and said[0] < last
        if fact == "rd_ratio" and is_old and said and "rd_ratio_yearly" in self.units:
            return "rd_ratio_yearly", said[0], False, None
        if self.definitions[fact].type != "series":
            is_past = is_old and not re.search("_[23]y", fact)
            return fact, None, False, "这是往年的情况" if is_past else None
        if _SUMMED.search(text[clause.start : link.quantity.start]):
            return fact, None, False, SUMMED
        if clause.is_partial:
            return fact, None, False, "这不是全年的数"
        if said and len(said) > 1:
            return fact, None, False, "没有说清是哪一年的数"
        year = said[0] if said else self._year
        if said:
            self._remember(fact, said[0])
        elif self._fact_of_year is None:
            self._fact_of_year = fact
        if year is not None and year > last:
            return fact, None, False, "这一年还没有结束，不作为全年的数"
        return fact, year or last, year is None, None

    def converted(
        self, text: str, fact: str, link: Link
    ) -> tuple[Bound, int | float, int | float | None] | Unread:
        quantity = link.quantity
        unit = self.units[fact]
        factor = Decimal(1)
        if unit == "万元":
            factor = Decimal(1) / 10**4
            if quantity.kind == "bare":
                self._unit = scale_beside(text, link) or self._unit
                scale = self._unit or likely_scale(text, quantity)
                if not scale:
                    return Unread(
                        text[link.start : quantity.end], link.start, quantity.end,
                        "金额没有写单位（万元还是亿元）",
                    )  # fmt: skip
                factor *= scale
        made = quantity.scaled(factor * link.sign)
        value = plain_number(made.value)
        upper = None if made.upper is None else plain_number(made.upper)
        if upper is not None and upper < value:
            value, upper = upper, value
        low, high = self.definitions[fact].min, self.definitions[fact].max
        if low == 0 and value < 0 and len(_DASH.findall(text)) > 1:
            value = -value  # 员工-134
        if (low is not None and value < low) or (high is not None and value > high):
            return Unread(
                text[link.start : quantity.end], link.start, quantity.end, IMPOSSIBLE
            )
        bound = quantity.bound
        hedge = _HEDGE.search(text, max(0, link.start - 3), max(link.start, quantity.start))
        right = _PUT_RIGHT.search(text, max(0, link.start - 8), quantity.start)
        if bound is Bound.EXACT and hedge and not right:
            bound = Bound.ESTIMATE
        return bound, value, upper

    def _unlinked(self, text: str, sentence: Sentence, quantity: Quantity) -> None:
        clause = sentence.clause_at(quantity.start)
        if quantity.kind == "foreign" and clause.is_ours:
            self._leave(
                text, quantity.start, quantity.end, FOREIGN
            )
        head = text[clause.start : quantity.start]
        said = text[sentence.start : clause.end]
        is_kit = quantity.kind == "set" and re.search("设备|仪器", said)
        if is_kit and "equipment_sets" in self.units and not re.search("生产|电脑", head):
            self._take(text, sentence, Link("equipment_sets", quantity, quantity.start), [])
            return
        if label := re.search(r"[^,，;。、]{1,10}:$", text[: clause.start]):
            head = label[0] + head
        is_piece = quantity.kind == "count" and is_piece_of_staff(head, text[quantity.end :])
        if not (quantity.kind == "person" or is_piece) or "staff_count" not in self.units:
            return
        if not clause.is_ours or clause.is_planned or clause.is_partial:
            return
        years = find_years(head, self.day)
        if any(one.years[0] < self.day.year - 1 for one in years):
            return
        unit = text[quantity.end - 1]
        ends = quantity.end == clause.end
        is_headcount = is_staff(head, text[quantity.end :], ends_clause=ends)
        if unit in "名位":
            return
        if not is_headcount and may_be_staff(head, text[quantity.end :]):
            self._people.append((sentence, quantity))
        elif is_headcount:
            if is_sum(head):
                self.facts = [
                    one
                    for one in self.facts
                    if one.fact != "staff_count" or one.start < sentence.start
                ]
            self._take(text, sentence, Link("staff_count", quantity, quantity.start), [])

    def _leave(self, text: str, start: int, end: int, reason: str) -> None:
        self.unread.append(Unread(text[start:end], start, end, reason))
