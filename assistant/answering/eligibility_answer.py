"""A check as an answer: what is said of each benefit, beside the words of the clause it rests on.

A line is said in the fullest way that its own quotations, the facts told and the formula shown
bear out; what no clause of the corpus bears out is left to the verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from assistant.answering.cited_lines import CitedLines, Library, Way, plain_name, unquoted
from assistant.answering.compose import dated, notices_of
from assistant.answering.eligibility_asked import EligibilityAsked
from assistant.answering.eligibility_remarks import joined, remarks, with_standing
from assistant.answering.privacy import mask
from assistant.answering.verify import lent_words
from assistant.eligibility.checks import Check
from assistant.eligibility.outlook import (
    DIRECTION,
    conditions_of,
    is_expert,
    is_expired,
    promising,
    worth,
    would_do,
)
from assistant.eligibility.told import fact_rows
from assistant.schema import Answer, Intent, Status
from assistant.truth import Truth
from assistant.verdicts import Finding, Outcome, Source, Verdict

MOST_ELIGIBLE, MOST_OPEN, MOST_NO, MOST_EXPIRED, MOST_DIRECTIONS = 10, 5, 3, 3, 2
MOST_NAMED = 12
QUOTES_A_LINE = 3
NOTHING_TOLD = (
    "还没有企业的情况，暂时不能逐项判断。请说说注册地、行业和产品、人数、营业收入、研发投入和已有的资质，"
    "或者先回答下面的问题。"
)
NOTHING_SURE = (
    "就所说的情况，还没有能够说定的；请再补充一些情况，或者先回答下面的问题。逐项的判断见所附结论。"
)
NONE_CITED = "逐项的判断见所附结论；所依据的文件没有收进当前的资料库，这里不作引用。"


def answer_of(question: str, asked: EligibilityAsked, made: Check, library: Library) -> Answer:
    """`made` is of the benefits that were asked about, or of all."""
    lines = _Lines(question, made, library)
    for heading, verdicts, say in _groups(asked, made):
        lines.group(heading, verdicts, say)
    lines.together(made)
    text = "\n".join(lines.said) or _without_lines(made, library)
    status = _status(asked, made, has_text=bool(lines.said))
    citations = lines.cited.citations
    return Answer(
        question=question,
        as_of=made.day,
        status=status,
        text=text,
        citations=dated(citations, library.documents, made.day),
        notices=(
            *joined(notices_of(citations, library.documents, made.day)),
            *remarks(made, lines.shown, is_all=not asked.named),
        ),
        intent=Intent.SUPPORT,
        verdicts=with_standing(made.verdicts, library.documents, made.day),
        ask_next=made.ask_next,
        facts=tuple(
            {**row, "read_from": mask(str(row["read_from"]))} for row in fact_rows(made.profile)
        ),
        unsure=tuple(sorted(made.profile.unsure)),
        combination=made.combination,
    )


def _without_lines(made: Check, library: Library) -> str:
    if not made.profile.told:
        return NOTHING_TOLD
    is_here = any(library.find(each.source) for one in made.verdicts for each in one.findings)
    return NOTHING_SURE if is_here else NONE_CITED


Say = Callable[["_Lines", Verdict], Iterator[Way]]


def _groups(
    asked: EligibilityAsked, made: Check
) -> Iterator[tuple[str, Sequence[Verdict], Say]]:
    real = [one for one in made.verdicts if one.kind != DIRECTION]
    by_worth = sorted(real, key=lambda one: (-worth(one), one.benefit))
    yes = [one for one in by_worth if one.outcome is Outcome.ELIGIBLE]
    no = [one for one in by_worth if one.outcome is Outcome.INELIGIBLE and not is_expired(one)]
    over = [one for one in real if is_expired(one)]
    open_ = promising(real)
    if asked.named:
        open_ = [one for one in by_worth if one.outcome is Outcome.UNDETERMINED]
    else:
        near = [one for one in no if one.near_miss]
        no = (near or [one for one in no if _fails_as_told(one)])[:MOST_NO]
        over = [one for one in over if would_do(one)][:MOST_EXPIRED]
        yes, open_ = yes[:MOST_ELIGIBLE], open_[:MOST_OPEN]
    yield "符合：", yes, _Lines.say_yes
    yield "还缺信息：", open_[:MOST_NAMED], _Lines.say_open
    yield "不符合：", no[:MOST_NAMED], _Lines.say_no
    yield "已经失效，不能再申请：", over[:MOST_NAMED], _Lines.say_over
    if not asked.named:
        ways = [one for one in made.verdicts if one.kind == DIRECTION and would_do(one)]
        ways.sort(key=lambda one: -sum(each.fact == "fields" for each in one.findings))
        yield "只是方案鼓励的方向，没有金额，不构成承诺：", ways[:MOST_DIRECTIONS], _Lines.say_way


def _fails_as_told(verdict: Verdict) -> bool:
    return any(one.truth is Truth.FALSE for one in conditions_of(verdict))


class _Lines:
    """The lines said so far, with the verdicts that they are of."""

    def __init__(self, question: str, made: Check, library: Library) -> None:
        self.said: list[str] = []
        self.shown: list[Verdict] = []
        self.cited = CitedLines(question, library)
        self._made = made

    def group(self, heading: str, verdicts: Sequence[Verdict], say: Say) -> None:
        is_headed = False
        for verdict in verdicts:
            # What the enterprise told bears out what is said of it, not when a rule ended.
            lent = [verdict] if say in (_Lines.say_yes, _Lines.say_no) else []
            line = self._first(say(self, verdict), *lent)
            if line is None:
                continue
            if not is_headed:
                self.said.append(heading)
                is_headed = True
            self.said.append(f"- {line}")
            self.shown.append(verdict)

    def together(self, made: Check) -> None:
        """The combination, where more than one benefit goes into it."""
        best = made.combination
        by_id = {one.benefit: one for one in made.verdicts}
        shown = {one.benefit for one in self.shown}
        taken = [by_id[one] for one in best.benefits if one in shown]
        if len(taken) == len(best.benefits) > 1 and best.formula:
            sources = [one.amount.sources[0] for one in taken if one.amount and one.amount.sources]
            names = "、".join(unquoted(one.name) for one in taken)
            said = f"一起拿：{names}，合计 {best.formula}"
            line = self._first(
                [(said, sources), (f"一起拿：合计 {best.formula}", sources)], *taken
            )
            self.said += [line] if line else []
        for left in best.left_out:
            verdict = by_id.get(left.benefit)
            if verdict is not None and left.benefit in shown:
                said = f"{unquoted(verdict.name)}没有选：{left.because}，“{left.source.quote}”"
                line = self._first([(said, (left.source,))], verdict)
                self.said += [line] if line else []

    def say_yes(self, verdict: Verdict) -> Iterator[Way]:
        met = [one for one in conditions_of(verdict) if one.truth is Truth.TRUE]
        shown = _distinct(met)[:QUOTES_A_LINE]
        grounds = "，".join(f"“{one.source.quote}”" for one in shown)
        sources = [one.source for one in shown]
        name, amount = unquoted(verdict.name), verdict.amount
        until = self._until(verdict)
        if amount is not None and amount.sources:
            paid = amount.sources[0]
            money = f"金额：{amount.formula}，“{paid.quote}”"
            yield f"{name}：{grounds}；{money}{until[0]}", [*sources, paid, *until[1]]
            yield f"{name}：{grounds}；{money}", [*sources, paid]
            yield f"{plain_name(verdict.name)}：{grounds}；“{paid.quote}”", [*sources, paid]
        yield f"{name}：{grounds}{until[0]}", [*sources, *until[1]]
        yield f"{name}：{grounds}", sources
        yield f"{plain_name(verdict.name)}：{grounds}", sources

    def say_open(self, verdict: Verdict) -> Iterator[Way]:
        unknown = [one for one in conditions_of(verdict) if one.truth is Truth.UNKNOWN]
        told = [one for one in unknown if not is_expert(one)]
        lead = "还要知道" if told else "还要由主管部门认定"
        shown = _distinct(told or unknown)[:QUOTES_A_LINE]
        sources = [one.source for one in shown]
        needs = "；".join(f"{one.name}（“{one.source.quote}”）" for one in shown)
        quotes = "，".join(f"“{one.source.quote}”" for one in shown)
        yield f"{unquoted(verdict.name)}，{lead}：{needs}", sources
        yield f"{plain_name(verdict.name)}，{lead}：{needs}", sources
        yield f"{plain_name(verdict.name)}，{lead}：{quotes}", sources

    def say_no(self, verdict: Verdict) -> Iterator[Way]:
        failed = [one for one in verdict.findings if one.truth is Truth.FALSE]
        shown = _distinct(failed)[:QUOTES_A_LINE]
        sources = [one.source for one in shown]
        why = "；".join(
            f"{_needed(one)}{self._own(one)}，“{one.source.quote}”" for one in shown
        )
        needed = "；".join(f"{_needed(one)}，“{one.source.quote}”" for one in shown)
        plain = "；".join(f"{one.name}，“{one.source.quote}”" for one in shown)
        if verdict.near_miss:
            yield f"{unquoted(verdict.name)}：{why}；{verdict.near_miss.rstrip('。')}", sources
        for words in (why, needed, plain):
            yield f"{unquoted(verdict.name)}：{words}", sources
        yield f"{plain_name(verdict.name)}：{plain}", sources

    def say_over(self, verdict: Verdict) -> Iterator[Way]:
        days = verdict.period
        if days is None or days.source is None:
            return
        yield f"{unquoted(verdict.name)}：{days.last}到期，“{days.source.quote}”", (days.source,)
        yield f"{unquoted(verdict.name)}：“{days.source.quote}”", (days.source,)
        yield f"{plain_name(verdict.name)}：“{days.source.quote}”", (days.source,)

    def say_way(self, verdict: Verdict) -> Iterator[Way]:
        source = verdict.findings[-1].source
        name = unquoted(verdict.name).removeprefix("行动方案方向：")
        yield f"{name}：“{source.quote}”", (source,)

    def _own(self, finding: Finding) -> str:
        """In the person's own words, where it is something that was told."""
        told = self._made.profile.told.get((finding.fact or "").removesuffix("_last"))
        if told is not None and told.words and "；" not in told.words:
            return f"，所说的是“{mask(told.words)}”"
        return f"，现为 {finding.value}" if finding.value and finding.fact else ""

    def _until(self, verdict: Verdict) -> tuple[str, list[Source]]:
        days = verdict.window if verdict.window and verdict.window.source else verdict.period
        if days is None or days.source is None or days.last is None:
            return "", []
        return f"；期限到{days.last}，“{days.source.quote}”", [days.source]

    def _first(self, ways: Iterable[Way], *verdicts: Verdict) -> str | None:
        """The first way of saying it that holds. The facts told and the formulas of `verdicts`
        may lend figures; where none is given, only the question may.
        """
        lent = ""
        if verdicts:
            lent = lent_words(fact_rows(self._made.profile), verdicts, self._made.combination)
        return self.cited.first(ways, lent)


def _distinct(findings: Sequence[Finding]) -> list[Finding]:
    """One a quotation; the ones that the enterprise told something about come first."""
    ordered = sorted(findings, key=lambda one: one.value is None)
    return list({one.source: one for one in reversed(ordered)}.values())[::-1]


def _needed(finding: Finding) -> str:
    """Of the days of a rule, what is the matter with them; else what is asked for."""
    is_of_days = finding.condition in ("period", "window")
    return finding.needed if is_of_days else f"{finding.name}要{finding.needed}"


def _status(asked: EligibilityAsked, made: Check, *, has_text: bool) -> Status:
    counted = [one for one in made.verdicts if one.kind != DIRECTION]
    is_open = any(one.outcome is Outcome.UNDETERMINED for one in counted)
    has_yes = any(one.outcome is Outcome.ELIGIBLE for one in counted)
    if not has_text:
        return Status.NEEDS_INFO
    if asked.named:
        current = [one for one in counted if not is_expired(one)]
        is_all_open = all(one.outcome is Outcome.UNDETERMINED for one in current)
        if is_open:
            return Status.NEEDS_INFO if is_all_open else Status.PARTIAL
        return Status.ANSWERED
    if made.ask_next is None:
        return Status.PARTIAL if is_open else Status.ANSWERED
    return Status.PARTIAL if has_yes else Status.NEEDS_INFO
