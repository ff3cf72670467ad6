"""Two versions side by side: provisions aligned, changed words marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from assistant.schema import Clause, Document, Level
from assistant.ui.desk.frame import desk_url, document_facts, page, select
from assistant.ui.markup import Html, el, join
from assistant.ui.parts import badge
from assistant.ui.wording import Label
from assistant.versions import Change, Diff, Kind, Op
from assistant.versions.labels import KIND_WORDS, label

_TONES: dict[Kind, str] = {
    Kind.UNCHANGED: "none",
    Kind.CHANGED: "warn",
    Kind.MOVED: "info",
    Kind.SPLIT: "out",
    Kind.MERGED: "out",
    Kind.ADDED: "good",
    Kind.DROPPED: "bad",
}


def compare_page(
    documents: Mapping[str, Document], chosen: tuple[str, str], diff: Diff | None, day: date
) -> Html:
    """The choice of two documents, and the comparison where both are chosen."""
    old, new = chosen
    options = {"": "请选择", **{one.doc_id: _named(one) for one in _ordered(documents.values())}}
    form = el(
        "form",
        el("input", type="hidden", name="day", value=day.isoformat()),
        select("a", options, old, "旧版"),
        select("b", options, new, "新版"),
        el("button", "比较", type="submit", class_="pd-go"),
        el("a", "对调", href=desk_url("compare", a=new, b=old, day=day)) if old or new else None,
        action=desk_url("compare"), method="get", class_="pd-pair",
    )  # fmt: skip
    body = _comparison(diff, day) if diff else [
        el("p", "选两份文件，逐条对齐：重新编号的也对得上，改动的词语标出来。", class_="pd-empty")
    ]  # fmt: skip
    return page("比较", "compare", el("h1", "比较两个版本"), form, *body)


def _named(document: Document) -> str:
    day = document.amended_on or document.effective_on or document.issued_on
    remarks = "，".join(filter(None, (document.doc_no, str(day) if day else None)))
    return f"{document.title}（{remarks}）" if remarks else document.title


def _ordered(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda one: (one.title, str(one.effective_on), one.doc_id))


def _comparison(diff: Diff, day: date) -> list[Html]:
    counts = diff.summary.provisions
    summary = el(
        "p", *(el("span", badge(Label(KIND_WORDS[kind], _TONES[kind])), f" {counts[kind]}")
               for kind in Kind), class_="pd-kinds", role="status",
    )  # fmt: skip
    heads = el(
        "div",
        *(el("div", el("h2", el("a", one.title, href=desk_url("document", id=one.doc_id, day=day))),
             document_facts(one)) for one in (diff.old, diff.new)),
        class_="pd-sides pd-heads",
    )  # fmt: skip
    shown = [one for one in diff.changes if (*one.old, *one.new)[0].level is not Level.DOCUMENT]
    rows = list(_rows(shown, diff, day))
    if not any(one.kind is not Kind.UNCHANGED for one in shown):
        rows.insert(0, el("p", "两个版本的文字完全相同。", class_="pd-empty"))
    return [summary, heads, el("div", *rows, class_="pd-diff")]


def _rows(changes: Sequence[Change], diff: Diff, day: date) -> Iterator[Html]:
    """Unchanged provisions in a row are folded into one line."""
    same: list[Change] = []
    for change in changes:
        if change.kind is Kind.UNCHANGED:
            same.append(change)
            continue
        yield from _folded(same, diff, day)
        same = []
        yield change_row(change, diff.old, diff.new, day)
    yield from _folded(same, diff, day)


def _folded(same: Sequence[Change], diff: Diff, day: date) -> Iterator[Html]:
    if not same:
        return
    names = [label(one.new[0]) for one in same]
    words = names[0] if len(names) == 1 else f"{names[0]} 至 {names[-1]}，共 {len(names)} 条"
    yield el("details", el("summary", f"未变：{words}"),
             *(change_row(one, diff.old, diff.new, day) for one in same))  # fmt: skip


def change_row(change: Change, old: Document, new: Document, day: date) -> Html:
    """One provision: what became of it, its old words and its new ones."""
    return el(
        "section",
        el("p", badge(Label(KIND_WORDS[change.kind], _TONES[change.kind])), class_="pd-kind"),
        el("div", _side(change, old, day, is_old=True), _side(change, new, day, is_old=False),
           class_="pd-sides"),
        class_=f"pd-change is-{change.kind.value}",
    )  # fmt: skip


def _side(change: Change, document: Document, day: date, *, is_old: bool) -> Html:
    clauses = change.old if is_old else change.new
    tops = [one for one in clauses if one.parent_id not in {two.clause_id for two in clauses}]
    name = "旧版" if is_old else "新版"
    links = (
        el("a", label(one), href=desk_url(clause=one.clause_id, day=day)) for one in tops
    )
    head = el("h3", el("span", f"{name}：", class_="pa-hidden"),
              *(links if tops else [el("span", "（无）", class_="pa-muted")]))  # fmt: skip
    blocks = (el("p", words) for words in _words(change, document, is_old=is_old))
    return el("div", head, *blocks, class_="pd-old" if is_old else "pd-new")


def _words(change: Change, document: Document, *, is_old: bool) -> Iterator[Html]:
    """The words of the change and of its parts, a block a clause."""
    if change.marks:
        yield _marks(change, document, is_old=is_old)
    else:
        for clause in change.old if is_old else change.new:
            own = document.text[clause.start : clause.own_end].strip()
            if own and own != clause.number:
                yield _lone(own, change, is_old=is_old)
    for part in change.parts:
        yield from _words(part, document, is_old=is_old)


def _lone(own: str, change: Change, *, is_old: bool) -> Html:
    """A clause without a counterpart is marked whole."""
    if is_old and not change.new:
        return el("del", own)
    if not is_old and not change.old:
        return el("ins", own)
    return join([own])


def _marks(change: Change, document: Document, *, is_old: bool) -> Html:
    pieces: list[str] = []
    number = _number(change.old if is_old else change.new)
    for mark in change.marks:
        span = (mark.old_start, mark.old_end) if is_old else (mark.new_start, mark.new_end)
        words = document.text[span[0] : span[1]]
        if mark.op is Op.SAME:
            pieces.append(words)
        elif words:
            pieces.append(el("del" if is_old else "ins", words))
    return join([number, *pieces])


def _number(clauses: Sequence[Clause]) -> str | None:
    """The marker of the first clause, which marks leave out."""
    number = clauses[0].number if clauses else ""
    return f"{number} " if number and not number.startswith("第") else None
