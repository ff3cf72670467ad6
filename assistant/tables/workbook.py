"""The verdicts of many firms as a workbook: a summary, a row a firm and benefit, the bad cells."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from assistant.eligibility.decider import MOST_KEPT
from assistant.eligibility.facts import Definitions
from assistant.eligibility.loading import Rules
from assistant.tables.firms import FirmVerdicts
from assistant.tables.reading import Table, TableProblem
from assistant.tables.sheets import Book, Column, Kept, Sheet, Value
from assistant.tables.wording import OUTCOMES, days_words, fact_names, finding_line
from assistant.verdicts import Outcome, Verdict

SUMMARY, DETAIL, PROBLEMS, NOTES = "汇总", "明细", "问题", "说明"
_FIRM = (Column("行", 6), Column("企业名称", 28), Column("统一社会信用代码", 20))
_SUMMARY = (
    *_FIRM, Column("已知情况数", 10), Column("符合", 8), Column("还缺信息", 8),
    Column("不符合", 8), Column("最优组合合计下限（万元）", 14),
    Column("最优组合合计上限（万元）", 14), Column("最优组合", 40), Column("算法", 40),
    Column("未选的和原因", 40), Column("缺得最多的情况", 20), Column("问题数", 8),
    Column("提示", 40),
)  # fmt: skip
_DETAIL = (
    *_FIRM[:2], Column("待遇", 28), Column("待遇编号", 22), Column("结论", 10),
    Column("条件（要求与本企业的数）", 60), Column("条款原文", 60), Column("条款编号", 30),
    Column("金额下限（万元）", 12), Column("金额上限（万元）", 12), Column("金额公式", 40),
    Column("还缺的情况", 24), Column("还差", 30), Column("政策期限", 24), Column("提示", 40),
)  # fmt: skip
_PROBLEMS = (
    Column("单元格", 10), Column("企业名称", 28), Column("列", 24), Column("内容", 30),
    Column("问题和办法", 70),
)  # fmt: skip


def write_firms(
    rules: Rules, table: Table, decided: Iterable[FirmVerdicts], day: date
) -> tuple[bytes, tuple[TableProblem, ...]]:
    """The workbook, and everything that was not taken, in the order of the rows."""
    with _without_collector():
        return _written(rules, table, decided, day)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A million cells are kept until the end and none is garbage: to look for some among them
    again and again takes a fifth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _written(
    rules: Rules, table: Table, decided: Iterable[FirmVerdicts], day: date
) -> tuple[bytes, tuple[TableProblem, ...]]:
    book = Book(day, "企业资格判断")
    summary, detail = book.sheet(SUMMARY, _SUMMARY), book.sheet(DETAIL, _DETAIL)
    problems = list(table.problems)
    before: dict[int, list[TableProblem]] = {}
    for one in table.problems:
        before.setdefault(one.row, []).append(one)
    notes = _Notes(rules.definitions, detail)
    for made in decided:
        problems += made.problems
        every = [*before.get(made.firm.number, ()), *made.problems]
        summary.row([*_summary(made, rules.definitions), len(every), _remarks(made, every)])
        firm = detail.kept(0, [made.firm.number, made.firm.name])
        for verdict in made.verdicts:
            detail.row_of(firm, notes.detail(verdict))
    summary.filtered()
    detail.filtered()
    listed = book.sheet(PROBLEMS, _PROBLEMS)
    for one in problems:
        listed.row([one.cell, one.firm, one.column, one.words, one.message])
    _write_notes(book.sheet(NOTES, (Column("说明", 100),)), table, day)
    return book.save(), tuple(problems)


class _Notes:
    """What is the same for many firms, put into words once: quotations, whole verdicts."""

    def __init__(self, definitions: Definitions, sheet: Sheet) -> None:
        self._definitions = definitions
        self._sheet = sheet
        self._made: dict[tuple[object, ...], tuple[str, str]] = {}
        self._details: dict[int, tuple[Verdict, Kept]] = {}

    def detail(self, verdict: Verdict) -> Kept:
        """The cells of a verdict; it is kept beside them, so that its id stays its own."""
        found = self._details.get(id(verdict))
        if found is None:
            if len(self._details) >= MOST_KEPT:
                self._details.clear()
            kept = self._sheet.kept(2, self._cells(verdict))
            found = self._details[id(verdict)] = verdict, kept
        return found[1]

    def _cells(self, verdict: Verdict) -> list[Value]:
        amount = None if verdict.outcome is Outcome.INELIGIBLE else verdict.amount
        quotes, clauses = self.of(verdict)
        return [
            verdict.name,
            verdict.benefit,
            OUTCOMES[verdict.outcome],
            "\n".join(map(finding_line, verdict.findings)),
            quotes,
            clauses,
            amount.low if amount else None,
            amount.high if amount else None,
            amount.formula if amount else None,
            fact_names(verdict.missing, self._definitions),
            verdict.near_miss,
            days_words(verdict.period),
            "\n".join(verdict.notices),
        ]

    def of(self, verdict: Verdict) -> tuple[str, str]:
        """The words of each finding's clause and its id, line by line beside the findings."""
        amount = verdict.amount.sources if verdict.amount else ()
        sources = (*(one.source for one in verdict.findings), *amount)
        if sources not in self._made:
            quotes = "\n".join(f"“{one.quote}”" for one in sources)
            self._made[sources] = quotes, "\n".join(one.clause_id for one in sources)
        return self._made[sources]


def _remarks(made: FirmVerdicts, problems: Iterable[TableProblem]) -> str:
    return "\n".join([*map(str, problems), *made.combination.notices])


def _summary(made: FirmVerdicts, definitions: Definitions) -> Iterator[Value]:
    names = {one.benefit: one.name for one in made.verdicts}
    best = made.combination
    yield from (made.firm.number, made.firm.name, made.firm.code, made.fact_count)
    yield from (made.count(one) for one in OUTCOMES)
    yield from (best.low, best.high)
    yield "、".join(names[one] for one in best.benefits)
    yield best.formula
    yield "\n".join(f"{names[one.benefit]}：{one.because}" for one in best.left_out)
    yield fact_names([made.most_missing], definitions) if made.most_missing else None


def _write_notes(sheet: Sheet, table: Table, day: date) -> None:
    count = len(table.firms)
    sheet.row([f"判断的时点：{day.isoformat()}。企业 {count} 家，工作表“{table.sheet}”。"])
    sheet.row(["结论只有三种：符合、不符合、还缺信息；不知道的不当作“是”，也不当作“否”。"])
    sheet.row(["“条件”“条款原文”“条款编号”三列逐行对应；金额公式所依据的条款列在最后。"])
    sheet.row(["金额以万元计；上限为空表示依据现有信息没有上限。不符合的待遇不列金额。"])
    sheet.row(["结论依据所列条款和填写的情况算出，以主管部门的审核为准。"])
    if table.ignored:
        sheet.row([f"没有用到的列：{'、'.join(table.ignored)}。"])
