"""One clause with its words, its place, what it refers to, and what it was in other versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.corpus.archive import Gone
from assistant.corpus.collection import Listed
from assistant.corpus.force import Force
from assistant.lineage import Stage
from assistant.schema import Clause, DefinedTerm, Document, Reference
from assistant.ui.desk.frame import Span, desk_url, document_facts, marked, page, standing_badges
from assistant.ui.desk.render_compare import change_row
from assistant.ui.markup import Html, el
from assistant.ui.parts import document_url
from assistant.ui.quotation import clause_citation
from assistant.versions import Kind
from assistant.versions.labels import KIND_WORDS, label

PREVIEW_CHARS = 90


@dataclass(frozen=True, slots=True)
class Target:
    """A clause elsewhere, with its document."""

    clause: Clause
    document: Document


@dataclass(frozen=True, slots=True)
class ClauseView:
    """All that the page of a clause shows."""

    listed: Listed
    day: date
    clause: Clause
    below: tuple[Clause, ...]
    """The clause and all below it, in document order."""
    above: tuple[Clause, ...]
    """From the top of the document down to the parent."""
    neighbours: tuple[Clause | None, Clause | None]
    references: tuple[tuple[Reference, Target | None], ...]
    terms: tuple[DefinedTerm, ...]
    history: tuple[tuple[Stage, Listed], ...]
    """With what each version is on the day."""


def clause_page(view: ClauseView, was: Gone | None = None) -> Html:
    """`was`: the clause that a link named, which this one took over from."""
    document, clause = view.listed.document, view.clause
    crumbs = el(
        "nav",
        el("a", document.title, href=_document_link(view)),
        *(el("a", label(one), href=_link(one, view.day)) for one in view.above),
        el("span", label(clause), aria_current="page"),
        class_="pd-crumbs", aria_label="位置",
    )  # fmt: skip
    return page(
        f"{label(clause)} {document.title}", "documents",
        el("p", f"{was.kept.told}您打开的“{was.clause.label}”现为本条。", class_="pa-notices")
        if was and was.clause else None,
        crumbs,
        el("article",
           el("h1", label(clause), " ", standing_badges(view.listed)),
           document_facts(document), standing_line(view.listed, view.day),
           _text(view), _actions(view), class_="pd-box pd-clause"),
        el("div", _neighbour(view, 0, "上一条款"), _neighbour(view, 1, "下一条款"),
           class_="pd-sides pd-near"),
        _references(view), _terms(view), _history(view),
    )  # fmt: skip


def pick_page(address: str, targets: Sequence[Target], day: date) -> Html:
    """Several clauses have the address: which one is meant."""
    items = (
        el("li", el("a", f"《{one.document.title}》{label(one.clause)}",
                    href=_link(one.clause, day)), document_facts(one.document),
           el("p", _preview(one.clause, one.document)))
        for one in targets
    )  # fmt: skip
    return page(
        address, "documents",
        el("section", el("h1", f"“{address}”对应 {len(targets)} 个条款"),
           el("ol", *items, class_="pd-places"), class_="pd-box"),
    )  # fmt: skip


def standing_line(listed: Listed, day: date) -> Html | None:
    """Since when it is no longer, or not yet, in force, with a link to what took its place."""
    standing = listed.standing
    since = f"自 {standing.since} 起" if standing.since else ""
    words = {
        Force.DRAFT: "不是正式印发的文件，内容可能调整，不能据以办事。",
        Force.NOT_YET: f"{since}施行，{day} 尚未施行。",
        Force.EXPIRED: f"{since}失效，{day} 不能据以办事。",
        Force.SUPERSEDED: f"{since}被替代，{day} 不能据以办事。",
        Force.REPEALED: f"{since}废止，{day} 不能据以办事。",
        Force.UNKNOWN: f"未见施行日期或有效期，{day} 是否有效请向发文机关核实。",
        Force.IN_FORCE: "",
    }[standing.force]
    if not words:
        return None
    newer = standing.newer
    link = el("a", f"替代它的是《{newer.title}》",
              href=desk_url("document", id=newer.doc_id, day=day)) if newer else None  # fmt: skip
    return el("p", words, link, class_="pa-notices")


def _text(view: ClauseView) -> Html:
    """Every clause a block; own texts joined are the words of the document, to the character."""
    text = view.listed.document.text
    spans = [
        Span(one.start, one.end, "a" if target else "span",
             _link(target.clause, view.day) if target else None,
             "在“除…外”之中" if one.is_exception else None)
        for one, target in view.references
    ]  # fmt: skip
    blocks = (
        el("p", marked(text, (one.start, one.own_end), spans), class_=f"lvl-{one.level.value}")
        for one in view.below
        if text[one.start : one.own_end].strip()
    )
    return el("div", *blocks, class_="pd-words", id="words")


def _actions(view: ClauseView) -> Html:
    document, clause = view.listed.document, view.clause
    cited = clause_citation(view.listed, clause)
    words = document.text[clause.start : clause.end].strip()
    link = _link(clause, view.day)
    return el(
        "footer",
        el("p", cited, class_="pd-cited", id="citation"),
        el("div",
           _copy("复制原文和引注", f"{cited}：“{words}”"), _copy("只复制引注", cited),
           el("button", "复制链接", type="button", class_="pa-button", data_copy_path=link),
           el("a", "本页链接", href=link, rel="bookmark"),
           el("a", "在全文中看", target="_blank",
              href=document_url(document.doc_id, clause=clause.clause_id)),
           class_="pa-actions"),
    )  # fmt: skip


def _copy(words: str, text: str) -> Html:
    return el("button", words, type="button", class_="pa-button", data_copy=text)


def _neighbour(view: ClauseView, at: int, words: str) -> Html:
    one = view.neighbours[at]
    if one is None:
        return el("div", el("span", words, class_="pa-path"), el("p", "没有了", class_="pa-muted"),
                  class_="pd-box")  # fmt: skip
    return el(
        "a", el("span", words, class_="pa-path"), el("strong", label(one)),
        el("p", _preview(one, view.listed.document)), href=_link(one, view.day),
        rel=("prev", "next")[at], class_="pd-box",
    )  # fmt: skip


def _references(view: ClauseView) -> Html | None:
    if not view.references:
        return None
    items = []
    for one, target in view.references:
        if target is None:
            where, preview = el("span", "资料库里没有，或编号不存在", class_="pa-muted"), None
        else:
            same = target.document.doc_id == view.clause.doc_id
            title = "" if same else f"《{target.document.title}》"
            where = el("a", f"{title}{label(target.clause)}", href=_link(target.clause, view.day))
            preview = el("p", _preview(target.clause, target.document))
        note = el("span", "除外", class_="pa-chip") if one.is_exception else None
        items.append(el("li", el("q", one.words), " → ", where, note, preview))
    return el("section", el("h2", "引用的条款"), el("ul", *items, class_="pd-places"),
              class_="pd-box", id="references")  # fmt: skip


def _terms(view: ClauseView) -> Html | None:
    if not view.terms:
        return None
    text = view.listed.document.text
    items = []
    for one in view.terms:
        start = max(text.rfind("\n", 0, one.start) + 1, one.start - 30)
        end = min((text.find("\n", one.end) + 1 or len(text)) - 1, one.end + PREVIEW_CHARS)
        items.append(
            el("li", el("a", one.term, href=_link_id(one.clause_id, view.day)),
               el("p", marked(text, (start, end), [Span(one.start, one.end)])))
        )  # fmt: skip
    return el("section", el("h2", "用到的定义"), el("ul", *items, class_="pd-places"),
              class_="pd-box", id="terms")  # fmt: skip


def _history(view: ClauseView) -> Html | None:
    if len(view.history) < 2:
        return None
    stages = [
        _stage(view, stage, listed, view.history[at - 1][0] if at else None)
        for at, (stage, listed) in enumerate(view.history)
    ]
    return el("section", el("h2", "各版本"), el("ol", *stages, class_="pd-history"),
              class_="pd-box", id="history")  # fmt: skip


def _stage(view: ClauseView, stage: Stage, listed: Listed, before: Stage | None) -> Html:
    document = stage.document
    is_here = document.doc_id == view.clause.doc_id
    links = [el("a", label(one), href=_link(one, view.day)) for one in stage.clauses]
    kind = f"{KIND_WORDS[stage.kind]}" if stage.kind else None
    compare = None
    if before is not None:
        compare = el("a", "两版全文比较", href=desk_url(
            "compare", a=before.document.doc_id, b=document.doc_id, day=view.day))  # fmt: skip
    changes = None
    if before is not None and stage.kind not in (None, Kind.UNCHANGED, Kind.MOVED):
        rows = (change_row(one, before.document, document, view.day) for one in stage.changes)
        changes = el("details", el("summary", "与前一版对照"), *rows, open=is_here)
    return el(
        "li",
        el("p", el("strong", document.title), " ", standing_badges(listed),
           el("span", "本页", class_="pa-chip") if is_here else None),
        document_facts(document),
        el("p", *(links or [el("span", "这一版没有对应的条款", class_="pa-muted")]),
           el("span", kind, class_="pa-chip") if kind else None, compare, class_="pd-links"),
        changes,
    )  # fmt: skip


def _preview(clause: Clause, document: Document) -> str:
    words = " ".join(document.text[clause.start : clause.end].split())
    return words if len(words) <= PREVIEW_CHARS else f"{words[:PREVIEW_CHARS]}…"


def _document_link(view: ClauseView) -> str:
    return desk_url("document", id=view.clause.doc_id, day=view.day)


def _link(clause: Clause, day: date) -> str:
    return _link_id(clause.clause_id, day)


def _link_id(clause_id: str, day: date) -> str:
    return desk_url(clause=clause_id, day=day)
