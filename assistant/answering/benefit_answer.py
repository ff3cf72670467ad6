"""What the benefits asked about give, on what conditions, until when and beside what: in the words
of their clauses, current ones first, expired ones under their own heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from enum import Enum
from itertools import combinations

from assistant.answering.abstain import NO_AMOUNT, Refusal
from assistant.answering.benefit_asked import BenefitsAsked
from assistant.answering.cited_lines import CitedLines, Library, Way, plain_name, unquoted
from assistant.answering.compose import dated, notices_of
from assistant.answering.draft import Draft, Statement, refuse
from assistant.answering.eligibility_remarks import joined
from assistant.answering.judge import Case, answers
from assistant.corpus.force import Force, newer_versions, standing_on
from assistant.eligibility.amounts import amount_of
from assistant.eligibility.benefits import Benefit, BenefitKind, ExclusionRule, Part
from assistant.eligibility.conditions import Group, Leaf, OneOf, leaves_of
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.loading import Rules
from assistant.linear import LinearModel
from assistant.schema import Answer, Intent, Status
from assistant.text import normalize
from assistant.verdicts import Source

MOST_CURRENT, MOST_OVER = 4, 3
MOST_CONDITIONS = 6
MIN_ANSWERS = 0.3
"""Less than other drafts need, as the rules have every word of the question: of the dev and
training questions, those rightly answered so have at least 0.67, the others at most 0.16.
"""
_TOGETHER = {
    ExclusionRule.NOT_BOTH: "不能同时享受",
    ExclusionRule.HIGHER_ONLY: "就高，不重复享受",
    ExclusionRule.DEDUCTED: "已得的要抵扣",
    ExclusionRule.UNKNOWN: "重叠的怎样算没有写清，请核实",
}
_BASE_OPEN = re.compile(r"，即 最高 [^，]+")
"""What a formula comes to where its base is not told: no more than its cap, said already."""
_VERSION = re.compile(r"^[^（]*?\d[^（]*?版")


class _Standing(Enum):
    CURRENT = "现行有效"
    UNSEEN = "没有见到有效期，是否现行请核实"
    DRAFT = "只见于征求意见稿，不是正式规定"
    OVER = "已经失效，不能再申请"


class BenefitDraft:
    """An answer on benefits in the making: its quotations, to be judged, and its words."""

    def __init__(
        self, asked: BenefitsAsked, rules: Rules, library: Library, day: date
    ) -> None:
        self._asked = asked
        self._definitions = rules.definitions
        self._by_id = rules.by_id
        self._library = library
        self._day = day
        self._said: set[Source] = set()
        """Clauses on having two at once that are told already."""
        self._groups = _grouped(asked.named, library, day)

    def judged(self, case: Case, model: LinearModel) -> Draft | None:
        """The quotations where they answer the question of `case`, and better than its own draft;
        the refusal where a sum is asked for that the rules do not know; else None.
        """
        if not self._shown():
            return None
        draft = self._draft()
        if draft.refusal is not None:
            return draft
        found = answers(replace(case, draft=draft), model)
        is_best = case.draft.refusal is not None or found >= answers(case, model)
        return draft if is_best and found >= MIN_ANSWERS else None

    def _draft(self) -> Draft:
        """Every quotation of the benefits that are told of; a refusal where the amount that is
        asked for is told by none of them.
        """
        shown = self._shown()
        if self._lacks_amount(shown):
            return self._refusal()
        found = (
            self._library.find(source) for one in shown for source in _sources(self._parted(one))
        )
        return Draft(tuple(Statement("", one) for one in dict.fromkeys(found) if one))

    def answer(self, question: str) -> Answer:
        lines = CitedLines(question, self._library)
        said: list[str] = []
        shown = self._shown()
        if self._asked.is_together:
            said += self._pairs(shown, lines)
        for standing, benefits in self._groups.items():
            for one in benefits:
                if one in shown:
                    said += self._lines_of(one, standing, lines)
        documents = self._library.documents
        is_current = bool(self._groups[_Standing.CURRENT])
        return Answer(
            question=question,
            as_of=self._day,
            status=Status.ANSWERED if is_current else Status.PARTIAL,
            text="\n".join(said),
            citations=dated(lines.citations, documents, self._day),
            notices=(
                *joined(notices_of(lines.citations, documents, self._day)),
                *self._remarks(shown, said),
            ),
            intent=Intent.SUPPORT,
        )

    def _shown(self) -> list[Benefit]:
        most = {_Standing.OVER: MOST_OVER}
        return [
            one
            for standing, benefits in self._groups.items()
            for one in benefits[: most.get(standing, MOST_CURRENT)]
        ]

    def _lacks_amount(self, shown: Sequence[Benefit]) -> bool:
        """Whether a sum is asked for that no rule that holds, or that ever held, has."""
        asked = self._asked
        if asked.is_together or not asked.asks_amount:
            return False
        held = [one for one in shown if not (asked.asks_now and self._is_over(one))]
        return all(one.amount is None and one.kind is not BenefitKind.TAX for one in held)

    def _is_over(self, benefit: Benefit) -> bool:
        return benefit in self._groups[_Standing.OVER]

    def _refusal(self) -> Draft:
        first = self._shown()[0]
        over = self._is_over(first) and first.amount is not None
        told = "所见的规定已经失效，现行的没有见到" if over else "没有见到金额或比例"
        unseen = "；".join(one for one in first.unknown if not re.search(r"\d", one))
        more = f"（没有见到的还有：{unseen}）" if unseen else ""
        words = f"{plain_name(first.name)}：{told}{more}。"
        refusal = Refusal(NO_AMOUNT.reason, NO_AMOUNT.status, f"{words}{NO_AMOUNT.text}")
        sources = (self._library.find(one) for one in _sources(first))
        nearest = next((one.clause for one in sources if one), None)
        return refuse(refusal, nearest)

    def _parted(self, benefit: Benefit) -> Benefit:
        """With those parts of its amount alone that the question speaks of, where it does."""
        amount = benefit.amount
        if amount is None:
            return benefit
        meant = tuple(one for one in amount.parts if self._speaks_of(one))
        return replace(benefit, amount=replace(amount, parts=meant)) if meant else benefit

    def _speaks_of(self, part: Part) -> bool:
        return part.when is not None and any(
            self._is_named(leaf) for leaf in leaves_of(part.when)
        )

    def _is_named(self, leaf: Leaf) -> bool:
        definition = self._definitions.get(leaf.fact)
        if definition is None or not isinstance(leaf.test, OneOf):
            return False
        words = (
            normalize(word).text
            for one in definition.options
            if one.value in leaf.test.options
            for word in (one.name, *one.synonyms)
        )
        return any(one in self._asked.norm for one in words)

    def _lines_of(
        self, benefit: Benefit, standing: _Standing, lines: CitedLines
    ) -> Iterator[str]:
        benefit = self._parted(benefit)
        first = lines.first(self._amount(benefit, standing))
        if first is None:
            return
        yield first
        conditions = _conditions(benefit)
        words = "；".join("或".join(f"“{one.quote}”" for one in each) for each in conditions)
        asked = [one for each in conditions for one in each]
        yield from _line([f"- 条件：{words}"], asked, lines)
        days = benefit.period
        if days is not None and days.source is not None:
            yield from _line([f"- 期限：“{days.source.quote}”"], [days.source], lines)
        for one in benefit.excludes:
            if one.source not in (*self._said, *asked):
                how = _TOGETHER[one.rule]
                names = _names(self._by_id[one.benefit]) if one.benefit in self._by_id else ()
                ways = [*(f"和{name}{how}" for name in dict.fromkeys(names)), how]
                said = [f"- {way}：“{one.source.quote}”" for way in ways]
                yield from _line(said, [one.source], lines)

    def _pairs(self, shown: Sequence[Benefit], lines: CitedLines) -> Iterator[str]:
        """Of every two that are told of, what a clause of either says of having both."""
        for one, other in combinations(shown, 2):
            if self._is_over(one) and self._is_over(other):
                continue
            found = one.excludes_benefit(other) or other.excludes_benefit(one)
            if found is not None:
                both = (f"{first}和{second}" for first, second in zip(
                    _names(one), _names(other), strict=True))
                rest = f"：{_TOGETHER[found.rule]}，“{found.source.quote}”"
                line = lines.first((f"{said}{rest}", (found.source,)) for said in both)
                if line is not None:
                    self._said.add(found.source)
                    yield line

    def _amount(self, benefit: Benefit, standing: _Standing) -> Iterator[Way]:
        sources = _paid(benefit)
        amounts = [f"金额：{'，'.join(f'“{one.quote}”' for one in sources)}"]
        if not sources:
            sources = _conditions(benefit)[0][:1]
            is_tax = benefit.kind is BenefitKind.TAX  # its rate is what it is conditional on
            lead = "" if is_tax else "没有见到金额，见到的是"
            amounts = [f"{lead}“{sources[0].quote}”"]
        elif _is_plain(benefit):
            made = amount_of(benefit, Known(Profile(self._definitions), self._day))
            formula = _BASE_OPEN.sub("", made.formula.replace("（待填）", "")) if made else ""
            amounts.insert(0, f"金额：{formula}；{amounts[0].removeprefix('金额：')}")
        for name in dict.fromkeys(_names(benefit)):
            for amount in amounts:
                yield f"{name}（{standing.value}）：\n- {amount}", sources

    def _remarks(self, shown: Sequence[Benefit], said: Sequence[str]) -> Iterator[str]:
        for one in shown:
            if one.unknown:
                yield f"{plain_name(one.name)}：没有见到的有：{'；'.join(one.unknown)}。"
        left = [one for one in self._asked.named if one not in shown]
        if left:
            yield f"没有逐项列出的还有：{'、'.join(unquoted(one.name) for one in left)}。"
        if self._asked.is_together and not any("同时享受" in line for line in said):
            yield "没有见到能否同时享受的规定，请向主管部门核实。"


def _grouped(
    benefits: Sequence[Benefit], library: Library, day: date
) -> dict[_Standing, list[Benefit]]:
    """In the order they are told; of those that are over, the last one first."""
    groups: dict[_Standing, list[Benefit]] = {one: [] for one in _Standing}
    for one in benefits:
        standing = _standing_of(one, library, day)
        if standing is not None:
            groups[standing].append(one)
    groups[_Standing.OVER].sort(key=_last_day, reverse=True)
    return groups


def _standing_of(benefit: Benefit, library: Library, day: date) -> _Standing | None:
    """None where it is not yet, or its document is not here."""
    document = library.documents.get(benefit.document)
    if document is None:
        return None
    first, last = (
        (benefit.period.first, benefit.period.last) if benefit.period else (None, None)
    )
    if last is not None and day > last:
        return _Standing.OVER
    if first is not None and day < first:
        return None
    newer = newer_versions(library.documents).get(benefit.document, ())
    force = standing_on(document, newer, day).force
    if force is Force.NOT_YET:
        return None
    if force is Force.DRAFT:
        return _Standing.DRAFT
    if force in (Force.EXPIRED, Force.SUPERSEDED, Force.REPEALED):
        return _Standing.OVER
    return _Standing.CURRENT if last or force is Force.IN_FORCE else _Standing.UNSEEN


def _last_day(benefit: Benefit) -> tuple[date, str]:
    last = benefit.period.last if benefit.period else None
    return last or date.min, benefit.benefit


def _line(ways: Sequence[str], sources: Sequence[Source], lines: CitedLines) -> Iterator[str]:
    line = lines.first((way, sources) for way in ways)
    if line is not None:
        yield line


def _paid(benefit: Benefit) -> list[Source]:
    amount = benefit.amount
    if amount is None:
        return []
    sources = [one.source for one in amount.parts]
    sources += [one.cap.source for one in amount.parts if one.cap is not None]
    return _distinct([*sources, *(one.source for one in amount.caps)])


def _conditions(benefit: Benefit) -> list[list[Source]]:
    """A list for each thing that is asked for, with the quotations of which one is enough."""
    top = benefit.conditions
    is_all = isinstance(top, Group) and top.needed == len(top.parts)
    parts = top.parts if isinstance(top, Group) and is_all else (top,)
    found: list[list[Source]] = []
    for part in parts:
        told = [one for each in found for one in each]
        sources = _distinct([one.source for one in leaves_of(part)])
        if new := [one for one in sources if not any(_holds(other, one) for other in told)]:
            found.append(new)
    return found[:MOST_CONDITIONS]


def _sources(benefit: Benefit) -> list[Source]:
    days = [benefit.period.source] if benefit.period and benefit.period.source else []
    asked = [one for each in _conditions(benefit) for one in each]
    return [*_paid(benefit), *asked, *days, *(one.source for one in benefit.excludes)]


def _distinct(sources: Sequence[Source]) -> list[Source]:
    """Without those whose words stand in another one of the same clause."""
    kept = list(dict.fromkeys(sources))
    return [
        one for one in kept if not any(one != other and _holds(other, one) for other in kept)
    ]


def _holds(source: Source, other: Source) -> bool:
    return source.clause_id == other.clause_id and other.quote in source.quote


def _is_plain(benefit: Benefit) -> bool:
    """Whether its parts are added for everyone: 首次 25 and 迁入 20 are not."""
    return benefit.amount is not None and not any(one.when for one in benefit.amount.parts)


def _names(benefit: Benefit) -> tuple[str, str, str]:
    """From the full name to one without figures, which a quotation may not bear out."""
    plain = plain_name(benefit.name)
    return unquoted(benefit.name), plain, _VERSION.sub("", plain)
