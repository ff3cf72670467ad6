"""The evidence pack of one firm: what is said, and on which words of which clause it rests.

Built once as headings, paragraphs and grids; `pack_files` writes them as XLSX and DOCX.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.eligibility.checks import Check
from assistant.eligibility.known import value_words
from assistant.parsing import ParsedDocument
from assistant.schema import Clause, Kind
from assistant.tables.wording import (
    CERTAINTIES,
    FREQUENCIES,
    KINDS,
    OUTCOMES,
    TRUTHS,
    amount_words,
    days_words,
    fact_names,
    own_words,
    plain,
)
from assistant.verdicts import Outcome, Source, Stated, Verdict

TITLE = "企业政策资格证据包"
_NOTE = (
    "本材料按所列条款和企业所述情况算出，供申报前核对；以原文和主管部门的审核为准。"
    "引文与资料库中的文字逐字相同；注明摘编的，是本资料库对原文件的摘编，申报前请核对原文件。"
)
_KINDS_OF_TEXT = {Kind.OFFICIAL: "原文", Kind.DRAFT: "未正式印发", Kind.DIGEST: "摘编，非原文"}


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows below a header; every row is as long as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the pack; `level` 1 has a heading of its own sheet, 2 stands below it."""

    title: str
    level: int
    lines: tuple[str, ...] = ()
    grid: Grid | None = None


class Library:
    """Documents and clauses by id, to name the place of a quotation."""

    def __init__(self, documents: Mapping[str, ParsedDocument]) -> None:
        self._documents = documents
        self._clauses: dict[str, Clause] = {
            clause.clause_id: clause for one in documents.values() for clause in one.clauses
        }

    def place(self, source: Source) -> str:
        """《title》（文号）clause path [clause id]."""
        clause = self._clauses.get(source.clause_id)
        if clause is None:
            return f"[{source.clause_id}]（资料库中没有这个条款，请核对）"
        document = self._documents[clause.doc_id].document
        number = f"（{document.doc_no}）" if document.doc_no else ""
        path = " > ".join(one for one in clause.path if one != document.title)
        return f"《{document.title}》{number}{path} [{source.clause_id}]"

    def used(self, sources: Sequence[Source]) -> tuple[tuple[str, ...], ...]:
        """A row a document, in the order of first use."""
        ids = dict.fromkeys(
            self._clauses[one.clause_id].doc_id
            for one in sources
            if one.clause_id in self._clauses
        )
        return tuple(self._row(one) for one in ids)

    def _row(self, doc_id: str) -> tuple[str, ...]:
        one = self._documents[doc_id].document
        return (
            one.title, one.doc_no or "未见文号", "、".join(one.issuers) or "未见",
            one.effective_on.isoformat() if one.effective_on else "未见",
            one.expires_on.isoformat() if one.expires_on else "未见",
            "；".join(filter(None, (one.status_words, _KINDS_OF_TEXT[one.kind]))),
            one.url or "", doc_id,
        )  # fmt: skip


def pack_sections(made: Check, library: Library) -> tuple[Section, ...]:
    ordered = [one for outcome in OUTCOMES for one in made.verdicts if one.outcome is outcome]
    return (
        _opening(made),
        _facts(made),
        Section("结论一览", 1, (), Grid(
            ("待遇", "结论", "金额", "政策期限", "申报时间", "还缺的情况或还差"),
            tuple(_overview(made, one) for one in ordered),
        )),
        _combination(made, library),
        Section("逐项依据", 1, ("每个条件列出要求、本企业的情况、条款原文和出处。",)),
        *(_benefit(made, one, library) for one in ordered),
        Section("所引文件", 1, (), Grid(
            ("文件", "文号", "发文机关", "施行", "失效", "性质", "网址", "编号"),
            library.used(sources_of(made)),
        )),
    )  # fmt: skip


def _opening(made: Check) -> Section:
    counts = "，".join(
        f"{label} {sum(one.outcome is outcome for one in made.verdicts)} 项"
        for outcome, label in OUTCOMES.items()
    )
    lines = [f"时点：{made.day.isoformat()}", f"结论：{counts}", *_next_question(made), _NOTE]
    return Section(TITLE, 1, (*lines, *(f"提示：{one}" for one in made.notices)))


def _next_question(made: Check) -> Iterator[str]:
    if made.ask_next is None:
        yield "下一个问题：没有，已知的情况再多也不改变结论。"
    else:
        yield f"下一个问题：{made.ask_next.question}（{'、'.join(made.ask_next.options)}）"


def _facts(made: Check) -> Section:
    definitions = made.profile.definitions
    rows = []
    for definition in definitions:
        told = made.profile.told.get(definition.fact)
        if told is not None:
            words = value_words(told.value, definition) or ""
            rows.append((definition.name, words, told.words))
        elif definition.fact in made.profile.unsure:
            rows.append((definition.name, "不清楚", ""))
    lines = () if rows else ("没有给出任何情况。",)
    return Section("企业情况", 1, lines, Grid(("情况", "内容", "读自"), tuple(rows)))


def _overview(made: Check, verdict: Verdict) -> tuple[str, ...]:
    missing = fact_names(verdict.missing, made.profile.definitions)
    is_no = verdict.outcome is Outcome.INELIGIBLE
    return (
        verdict.name,
        OUTCOMES[verdict.outcome],
        "" if is_no else amount_words(verdict.amount),
        days_words(verdict.period),
        days_words(verdict.window),
        verdict.near_miss or missing,
    )


def _combination(made: Check, library: Library) -> Section:
    best = made.combination
    names = {one.benefit: one.name for one in made.verdicts}
    if not best.benefits:
        return Section("可以同时享受", 1, ("目前没有确定符合的待遇。",))
    high = "没有上限" if best.high is None else f"{plain(best.high)} 万元"
    total = high if best.low == best.high else f"{plain(best.low)} 万元 至 {high}"
    lines = [
        f"待遇：{'、'.join(names[one] for one in best.benefits)}",
        f"合计：{total}；算法：{best.formula}" if best.formula else "合计：没有可以相加的金额",
        *(f"提示：{one}" for one in best.notices),
    ]
    rows = tuple(
        (names[one.benefit], one.because, f"“{one.source.quote}”", library.place(one.source))
        for one in best.left_out
    )
    grid = Grid(("未选的待遇", "原因", "条款原文", "出处"), rows) if rows else None
    return Section("可以同时享受", 1, tuple(lines), grid)


def _benefit(made: Check, verdict: Verdict, library: Library) -> Section:
    grid = Grid(
        ("条件", "要求", "实际", "认定", "条款原文", "出处"),
        tuple(
            (
                one.name, one.needed, own_words(one), TRUTHS[one.truth],
                f"“{one.source.quote}”", library.place(one.source),
            )
            for one in verdict.findings
        ),
    )  # fmt: skip
    title = f"【{OUTCOMES[verdict.outcome]}】{verdict.name}"
    return Section(title, 2, tuple(_benefit_lines(made, verdict, library)), grid)


def _benefit_lines(made: Check, verdict: Verdict, library: Library) -> Iterator[str]:
    definitions = made.profile.definitions
    yield f"类别：{KINDS.get(verdict.kind, verdict.kind)}；编号：{verdict.benefit}"
    amount = verdict.amount
    if amount is not None and verdict.outcome is not Outcome.INELIGIBLE:
        yield f"金额：{amount_words(amount)}；公式：{amount.formula}"
        if amount.cap is not None:
            yield f"上限：{'原则上' if amount.is_soft else ''}{plain(amount.cap)} 万元"
        for one in amount.sources:
            yield f"金额依据：“{one.quote}” {library.place(one)}"
        if amount.missing:
            yield f"算准金额还缺：{fact_names(amount.missing, definitions)}"
    if verdict.missing:
        yield f"还缺的情况：{fact_names(verdict.missing, definitions)}"
    if verdict.near_miss:
        yield f"还差：{verdict.near_miss}"
    for label, days in (("政策期限", verdict.period), ("申报时间", verdict.window)):
        if words := days_words(days):
            yield f"{label}：{words}"
    for label, stated in _applying(verdict):
        yield f"{label}：{_stated(stated, library)}"
    if verdict.frequency:
        yield f"频次：{FREQUENCIES.get(verdict.frequency, verdict.frequency)}"
    if verdict.certainty:
        yield f"依据的把握：{CERTAINTIES.get(verdict.certainty, verdict.certainty)}"
    yield from (f"提示：{one}" for one in verdict.notices)


def _applying(verdict: Verdict) -> tuple[tuple[str, Stated | None], ...]:
    return (
        ("主管部门", verdict.department),
        ("申报途径", verdict.route),
        ("申报材料", verdict.materials),
    )


def _stated(stated: Stated | None, library: Library) -> str:
    if stated is None:
        return "资料库中未见"
    if stated.source is None:
        return stated.text
    return f"{stated.text}（“{stated.source.quote}” {library.place(stated.source)}）"


def sources_of(made: Check) -> list[Source]:
    """Every clause that the pack quotes, in the order of the verdicts."""
    found = [source for one in made.verdicts for source in _sources(one)]
    return found + [one.source for one in made.combination.left_out]


def _sources(verdict: Verdict) -> Iterator[Source]:
    yield from (one.source for one in verdict.findings)
    yield from verdict.amount.sources if verdict.amount else ()
    yield from (one.source for _, one in _applying(verdict) if one and one.source)
    yield from (one.source for one in (verdict.period, verdict.window) if one and one.source)
