"""Verdicts as cards: each condition with the enterprise's own value and the clause's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.eligibility.facts import EXPERT
from assistant.eligibility.outlook import is_expert, is_expired
from assistant.tables.wording import (
    CERTAINTIES,
    FREQUENCIES,
    amount_words,
    days_words,
    plain,
)
from assistant.truth import Truth
from assistant.ui.markup import Html, el, join
from assistant.ui.parts import badge
from assistant.ui.wording import Label
from assistant.verdicts import Combination, Finding, Outcome, Source, Stated, Verdict

OUTCOMES: dict[Outcome, Label] = {
    Outcome.ELIGIBLE: Label("符合", "good"),
    Outcome.UNDETERMINED: Label("还缺信息", "warn"),
    Outcome.INELIGIBLE: Label("不符合", "bad"),
}
EXPIRED = Label("已失效", "none")
WAY = Label("方案方向，不构成承诺", "info")
_TRUTHS = {
    Truth.TRUE: Label("满足", "good"),
    Truth.FALSE: Label("不满足", "bad"),
    Truth.UNKNOWN: Label("还不清楚", "warn"),
}


@dataclass(frozen=True, slots=True)
class Showing:
    """How cards are shown."""

    names: Callable[[Iterable[str]], str]
    """Facts by their names; empty where they are not known here."""
    place: Callable[[Source], Html | None]
    """Where a quotation stands, linked where it can be."""


def label_of(verdict: Verdict) -> Label:
    """An expired one says so; a direction of the plan is nobody's entitlement."""
    if is_expired(verdict):
        return EXPIRED
    if verdict.kind == "direction" and verdict.outcome is not Outcome.INELIGIBLE:
        return WAY
    return OUTCOMES[verdict.outcome]


def card(verdict: Verdict, showing: Showing, *, is_open: bool = False) -> Html:
    """The verdict in a line or two; the conditions below, folded."""
    return el(
        "article",
        el("h4", verdict.name, " ", badge(label_of(verdict))),
        *_lines(verdict, showing),
        el("details",
           el("summary", f"{len(verdict.findings)} 个条件和条款原文"),
           el("ul", *(_finding(one, showing) for one in verdict.findings), class_="pv-findings"),
           *_details(verdict, showing), open=is_open),
        class_=f"pv-card tone-{label_of(verdict).tone}", id=f"b-{verdict.benefit}",
    )  # fmt: skip


def _lines(verdict: Verdict, showing: Showing) -> Iterator[Html]:
    amount = verdict.amount
    is_no = verdict.outcome is Outcome.INELIGIBLE
    if amount is not None and not is_no:
        words = amount_words(amount)
        formula = f"（{amount.formula}）" if amount.formula and amount.formula != words else ""
        yield el("p", el("strong", words), formula, class_="pv-amount")
    if verdict.outcome is Outcome.UNDETERMINED and verdict.missing:
        yield from _open_lines(verdict, showing)
    if is_no:
        failed = [one for one in verdict.findings if one.truth is Truth.FALSE]
        yield el("p", "；".join(map(_short, failed[:3])))
    if verdict.near_miss:
        yield el("p", verdict.near_miss, class_="pv-near")
    times = [
        f"{name}：{words}"
        for name, days in (("申报时间", verdict.window), ("政策期限", verdict.period))
        if (words := days_words(days)) and not is_no
    ]
    where = [
        f"{name}：{one.text}"
        for name, one in (("主管部门", verdict.department), ("申报", verdict.route))
        if one is not None and not is_no
    ]
    if times or where:
        yield el("p", "　".join([*times, *where]), class_="pv-when")


def _open_lines(verdict: Verdict, showing: Showing) -> Iterator[Html]:
    """What the enterprise can still tell, and what only the authority can."""
    unknown = [one for one in verdict.findings if one.truth is Truth.UNKNOWN]
    told = [one for one in verdict.missing if not one.startswith(EXPERT)]
    names = [one.name for one in unknown if not is_expert(one)]
    experts = [one.name for one in unknown if is_expert(one)]
    if told:
        words = showing.names(told) or "、".join(dict.fromkeys(names))
        yield el("p", f"还要知道：{words}")
    if experts:
        yield el("p", f"由主管部门认定：{'、'.join(dict.fromkeys(experts))}")


def _short(finding: Finding) -> str:
    if finding.condition in ("period", "window"):
        return finding.needed
    own = f"，现为 {finding.value}" if finding.value else ""
    return f"{finding.name}要{finding.needed}{own}"


def _finding(finding: Finding, showing: Showing) -> Html:
    own = finding.value if finding.fact else None
    return el(
        "li",
        badge(_TRUTHS[finding.truth]), " ",
        el("strong", finding.name), f"：{finding.needed}",
        el("span", f"　您的情况：{own}") if own else None,
        el("blockquote", f"“{finding.source.quote}”", showing.place(finding.source)),
    )  # fmt: skip


def _details(verdict: Verdict, showing: Showing) -> Iterator[Html]:
    amount = verdict.amount
    if amount is not None and verdict.outcome is not Outcome.INELIGIBLE:
        cap = ""
        if amount.cap is not None:
            cap = f"，{'原则上' if amount.is_soft else ''}最高 {plain(amount.cap)} 万元"
        lacks = showing.names(amount.missing)
        yield el("p", f"金额：{amount.formula}{cap}", f"；算准还要知道：{lacks}" if lacks else None)
        for source in dict.fromkeys(amount.sources):
            yield el("blockquote", f"“{source.quote}”", showing.place(source))
    for name, stated in (
        ("主管部门", verdict.department), ("申报途径", verdict.route),
        ("申报材料", verdict.materials),
    ):  # fmt: skip
        if stated is not None:
            yield _stated(name, stated, showing)
    about = [
        f"频次：{FREQUENCIES.get(verdict.frequency, '')}" if verdict.frequency else None,
        f"依据的把握：{CERTAINTIES.get(verdict.certainty, '')}" if verdict.certainty else None,
        *verdict.notices,
    ]
    told = [one for one in about if one]
    if told:
        yield el("ul", *(el("li", one) for one in told), class_="pv-notes")


def _stated(name: str, stated: Stated, showing: Showing) -> Html:
    source = stated.source
    quoted = (
        el("blockquote", f"“{source.quote}”", showing.place(source)) if source is not None else None
    )
    return join([el("p", f"{name}：{stated.text}"), quoted])


def together(
    best: Combination, verdicts: Sequence[Verdict], showing: Showing
) -> Html | None:
    """The best lawful combination, its total, and why something is left out of it."""
    names = {one.benefit: one.name for one in verdicts}
    if not best.benefits or not any(one in names for one in best.benefits):
        return None
    left = [
        el("li", f"没有选“{names.get(one.benefit, one.benefit)}”：{one.because}",
           el("blockquote", f"“{one.source.quote}”", showing.place(one.source)))
        for one in best.left_out
    ]  # fmt: skip
    return el(
        "section",
        el("h3", "可以一起拿"),
        el("p", "、".join(names.get(one, one) for one in best.benefits)),
        el("p", "合计 ", el("strong", _total(best)),
           f"：{best.formula}" if best.formula else None),
        el("ul", *left, class_="pv-findings") if left else None,
        el("ul", *(el("li", one) for one in best.notices), class_="pv-notes")
        if best.notices else None,
        class_="pv-together", aria_label="可以一起拿",
    )  # fmt: skip


def _total(best: Combination) -> str:
    if not best.formula:
        return "没有可以相加的金额"
    if best.high is None:
        return f"至少 {plain(best.low)} 万元" if best.low else "金额依据现有信息算不出"
    if best.low == best.high:
        return f"{plain(best.low)} 万元"
    return f"{plain(best.low)} 至 {plain(best.high)} 万元" if best.low else (
        f"不超过 {plain(best.high)} 万元"
    )
