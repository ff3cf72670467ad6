"""The page 资格自查: the description and the form, and below them what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from assistant.eligibility.checks import Check, Described
from assistant.eligibility.facts import FactDefinition
from assistant.eligibility.outlook import DIRECTION, is_expired, promising, would_do
from assistant.truth import Truth
from assistant.ui.check.frame import CHECK, page
from assistant.ui.check.render_facts import (
    FORM,
    answer_buttons,
    chips,
    form_fields,
)
from assistant.ui.check.state import link_facts, state_of
from assistant.ui.markup import Html, el, join
from assistant.ui.verdict_cards import Showing, card, label_of, together
from assistant.verdicts import Outcome, Question, Verdict

EXAMPLE = (
    "例如：我们是罗店的医疗器械公司，去年营收1.2亿，研发投入八百多万，86个人，高企在有效期内，"
    "刚拿到一张三类证"
)
NOTE = "结论按所引条款和您所说的情况推算，供参考；能否享受以主管部门审核为准。"
PRIVACY = "不必写企业名称、信用代码、姓名和电话，判断用不到；写的内容不保存。"
OPEN_SHOWN = 8
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class View:
    """What one page shows."""

    day: date
    told: Described
    form: Sequence[FactDefinition]
    """Of the short form, in its order."""
    max_chars: int
    made: Check | None = None
    showing: Showing | None = None
    opened: frozenset[str] = frozenset()
    """Benefits whose cards were asked for."""
    problem: str = ""


def check_page(view: View) -> Html:
    made = view.made
    result = _result(view, made, view.showing) if made and view.showing else None
    return page(
        "资格自查", "check",
        el("h1", "我们能拿什么补贴？"),
        el("p", "介绍企业情况，逐项看符合、不符合还是缺信息；每个条件都附条款原文。"),
        el("p", view.problem, role="alert", class_="pd-problem") if view.problem else None,
        _description(view),
        el("div", result, id="pc-result") if result else None,
        el("p", NOTE, class_="pa-muted"),
    )  # fmt: skip


def _description(view: View) -> Html:
    profile = view.told.profile
    has_facts = bool(profile.told or profile.unsure)
    asked = view.made.ask_next.fact if view.made and view.made.ask_next else None
    shown = {*profile.told, *profile.unsure, asked}  # each fact has its fields once on the page
    fields = [one for one in view.form if one.fact not in shown]
    return el(
        "form",
        # The button that Enter presses: it changes nothing but what was typed.
        el("button", "更新", type="submit", name="do", value="", class_="pa-hidden", tabindex=-1,
           aria_hidden="true"),
        el("input", type="hidden", name="state", value=state_of(view.told)),
        el("label", el("span", "还有什么要补充或更正？" if has_facts else "用自己的话介绍企业"),
           el("textarea", name="text", rows=2 if has_facts else 4, maxlength=view.max_chars,
              placeholder=None if has_facts else EXAMPLE, autocomplete="off")),
        el("p", PRIVACY, class_="pa-muted"),
        el("details", el("summary", "填表（不知道的留空或选“不清楚”）"),
           form_fields(fields, view.day.year - 1, view.told),
           id="pc-form-fields") if fields else None,
        el("div",
           el("label", el("span", "判断的日期"),
              el("input", type="date", name="day", value=view.day.isoformat())),
           el("button", "查一查", type="submit", name="do", value="", class_="pd-go",
              formaction=f"{CHECK}#pc-result"), class_="pc-send"),
        *(el("input", type="hidden", name="opened", value=one) for one in sorted(view.opened)),
        id=FORM, method="post", action=CHECK, class_="pd-box pc-form", data_live=True,
    )  # fmt: skip


def _result(view: View, made: Check, showing: Showing) -> Html:
    profile = made.profile
    has_facts = bool(profile.told or profile.unsure)
    return join([
        el("ul", *(el("li", one) for one in dict.fromkeys(made.notices)), class_="pa-notices",
           role="alert") if made.notices else None,
        el("section", el("h2", "读到的情况"),
           el("p", "点开可以更正、删除，或改为“不清楚”。" if has_facts else
              "还没有读到可用的情况：请补充几句，或直接回答下面的问题。", class_="pa-muted"),
           chips(view.told, made.day.year - 1), _keep(view), class_="pd-box",
           aria_label="读到的情况"),
        _next(made),
        el("p", _counts(made.verdicts), class_="pc-counts", id="pc-counts", role="status"),
        together(made.combination, made.verdicts, showing),
        *_groups(view, made, showing),
        _packs(),
    ])  # fmt: skip


def _keep(view: View) -> Html | None:
    """A link with the facts in it, for who wants one; the page's own address has none."""
    facts = link_facts(view.told)
    if facts == "{}" or not facts:
        return None
    url = f"{CHECK}?" + urlencode({"facts": facts, "day": view.day.isoformat()})
    warning = "　拿到链接的人都能看到这些情况（不含原话）；不点就不放。"
    return el("p", el("a", "把这些情况放进链接", href=url), warning, class_="pa-muted")


def _next(made: Check) -> Html | None:
    answers = answer_buttons(made)
    question = made.ask_next
    if question is None or answers is None:
        words = "已知的情况再多，也不改变结论了。" if made.profile.told else None
        return el("p", words, class_="pd-box", id="pc-next") if words else None
    return el(
        "section", el("h2", "还想问一句"), el("p", question.question, class_="pc-question"),
        el("p", _why(question, made.verdicts), class_="pa-muted"), answers,
        class_="pd-box pc-next", id="pc-next", aria_label="下一个问题",
    )  # fmt: skip


def _why(question: Question, verdicts: Sequence[Verdict]) -> str:
    """What the answer can still change, in a sentence."""
    fact = question.fact
    waiting = [one for one in verdicts if fact in one.missing and one.kind != DIRECTION]
    if waiting:
        return f"{len(waiting)} 项待遇的结论还要看它，如{_named(waiting)}。"
    unmeasured = [one for one in verdicts if one.amount and fact in one.amount.missing]
    if unmeasured:
        return f"用来算准金额：{_named(unmeasured)}。"
    return "有的待遇还要靠它判断。"


def _named(verdicts: Sequence[Verdict]) -> str:
    return "、".join(f"“{one.name}”" for one in verdicts[:NAMES_SHOWN])


def _counts(verdicts: Sequence[Verdict]) -> str:
    real = [one for one in verdicts if one.kind != DIRECTION]
    over = sum(map(is_expired, real))
    counts: Mapping[str, int] = {
        "符合": sum(one.outcome is Outcome.ELIGIBLE for one in real),
        "还缺信息": sum(one.outcome is Outcome.UNDETERMINED for one in real),
        "不符合": sum(one.outcome is Outcome.INELIGIBLE for one in real) - over,
        "已失效": over,
    }
    return f"共 {len(real)} 项待遇：{'，'.join(f'{name} {n} 项' for name, n in counts.items())}。"


def _groups(view: View, made: Check, showing: Showing) -> Iterator[Html]:
    real = [one for one in made.verdicts if one.kind != DIRECTION]
    yes = sorted(
        (one for one in real if one.outcome is Outcome.ELIGIBLE),
        key=lambda one: (-(one.amount.high or one.amount.low) if one.amount else 0, one.benefit),
    )
    near = [one for one in real if one.near_miss]
    open_ = promising(real)[:OPEN_SHOWN]
    taken = {one.benefit for one in (*yes, *near, *open_)}
    rest = [one for one in real if one.benefit not in taken]
    ways = [one for one in made.verdicts if one.kind == DIRECTION]
    show = view, showing
    yield _cards("符合", yes, show, "目前没有能确定符合的。")
    yield _cards("差一点就符合", near, show)
    yield _cards("还缺信息", open_, show)
    yield _folded("还缺基本情况", _of(rest, Outcome.UNDETERMINED), show)
    no = [one for one in _of(rest, Outcome.INELIGIBLE) if not is_expired(one)]
    yield _folded("不符合", no, show)
    yield _folded("已失效，不能再申请", [one for one in rest if is_expired(one)], show)
    fit = [one for one in ways if would_do(one)]
    yield _folded("行动方案鼓励的方向（没有金额，不构成承诺）", fit or ways, show)


def _of(verdicts: Sequence[Verdict], outcome: Outcome) -> list[Verdict]:
    return [one for one in verdicts if one.outcome is outcome]


def _cards(
    title: str, verdicts: Sequence[Verdict], show: tuple[View, Showing], empty: str = ""
) -> Html:
    view, showing = show
    if not verdicts and not empty:
        return join([])
    made = [card(one, showing, is_open=one.benefit in view.opened) for one in verdicts]
    body = made or [el("p", empty, class_="pa-muted")]
    return el("section", el("h2", f"{title}（{len(verdicts)}）"), *body, class_="pc-group",
              aria_label=title)  # fmt: skip


def _folded(title: str, verdicts: Sequence[Verdict], show: tuple[View, Showing]) -> Html:
    """A line each; a card only where it was asked for: there are too many to send them all."""
    view, showing = show
    if not verdicts:
        return join([])
    items = [
        el("li", card(one, showing, is_open=True)) if one.benefit in view.opened else _line(one)
        for one in verdicts
    ]
    has_open = any(one.benefit in view.opened for one in verdicts)
    return el(
        "details", el("summary", f"{title}（{len(verdicts)}）"), el("ul", *items),
        class_="pd-box pc-folded", open=has_open,
    )  # fmt: skip


def _line(verdict: Verdict) -> Html:
    failed = [one for one in verdict.findings if one.truth is Truth.FALSE]
    why = ""
    if failed and verdict.outcome is Outcome.INELIGIBLE:
        first = failed[0]
        is_of_days = first.condition in ("period", "window")
        why = first.needed if is_of_days else f"{first.name}要{first.needed}"
    return el(
        "li", el("span", verdict.name), el("small", why) if why else None,
        el("button", "看条件", type="submit", form=FORM, name="opened", value=verdict.benefit,
           formaction=f"{CHECK}#b-{verdict.benefit}", class_="pa-link",
           aria_label=f"看“{verdict.name}”的条件（{label_of(verdict).words}）"),
    )  # fmt: skip


def _packs() -> Html:
    return el(
        "section", el("h2", "下载证据包"),
        el("p", "结论、条款原文和出处、公式、缺的情况、材料和期限，供申报前核对。",
           class_="pa-muted"),
        el("p", *(
            el("button", words, type="submit", form=FORM, formaction=f"{CHECK}/pack?kind={kind}",
               name="do", value="", class_="pa-button", data_plain=True)
            for words, kind in (("DOCX 文档", "docx"), ("XLSX 表格", "xlsx"))
        ), class_="pa-actions"),
        class_="pd-box", aria_label="下载证据包",
    )  # fmt: skip
