"""Documents that go or went: what relies on them, why they went, where their clauses are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from assistant.corpus.archive import Gone, Kept
from assistant.intake.removal import Dependents
from assistant.schema import Clause, Document
from assistant.ui.desk.forms import TOKEN, hidden, problem, who
from assistant.ui.desk.frame import desk_url, page
from assistant.ui.desk.gate import Session
from assistant.ui.markup import Html, el
from assistant.versions.labels import label

WORDS_SHOWN = 2000


def gone_page(gone: Gone, clauses: Mapping[str, Clause], day: date) -> Html:
    """Where a link to a document or clause leads that is no longer in the corpus."""
    kept = gone.kept
    became = [clauses[one] for one in gone.clause.became if one in clauses] if gone.clause else []
    links = [
        el("li", el("a", label(one), href=desk_url(clause=one.clause_id, day=day)))
        for one in became
    ]
    successor = el("p", el("a", "查看正式文件", href=desk_url(
        "document", id=kept.successor, day=day))) if kept.successor else None  # fmt: skip
    return page(
        f"已移出 {kept.title}", "documents",
        el("section",
           el("h1", kept.title),
           el("p", gone.told, class_="pd-problem", role="alert"),
           el("ul", *links, class_="pd-places") if links else None, successor,
           class_="pd-box"),
        _words(gone),
    )  # fmt: skip


def remove_page(
    session: Session, document: Document, found: Dependents, wrong: str = ""
) -> Html:
    """What goes along with a document, before a person decides."""
    told = found.told or ("没有规则、评测题或别的文件以它为依据。",)
    form = el(
        "form",
        hidden(TOKEN, session.form_token), hidden("id", document.doc_id),
        el("label", el("span", "移出的原因（显示给打开旧链接的人，并记入操作记录）"),
           el("input", type="text", name="why", required=True, maxlength=200), class_="pd-wide"),
        el("p", el("button", "确认移出", type="submit", class_="pd-go"), " ",
           el("a", "不移了", href=desk_url("document", id=document.doc_id)), class_="pa-actions"),
        action=desk_url("remove"), method="post", class_="pd-form",
    )  # fmt: skip
    return page(
        "移出", "manage", who(session),
        el("section",
           el("h1", f"把《{document.title}》移出资料库"),
           el("p", f"文件 {document.source} 和它的登记移入 archive 文件夹，可以恢复；"
                   "旧链接会说明它何时、为何移出。", class_="pa-muted"),
           el("ul", *(el("li", one) for one in told), class_="pa-notices"),
           problem(wrong), form, class_="pd-box"),
    )  # fmt: skip


def removed_list(session: Session, removed: Sequence[Kept]) -> Html | None:
    """What was removed, each with a way back; a digest that was taken over has none."""
    if not removed:
        return None
    return el("section", el("h2", "已移出的文件"),
              el("ul", *(el("li", _removed(session, one)) for one in removed), class_="pd-places"),
              class_="pd-box", id="removed")  # fmt: skip


def _removed(session: Session, kept: Kept) -> Html:
    back = None if kept.successor else el(
        "form", hidden(TOKEN, session.form_token), hidden("id", kept.doc_id),
        el("button", "恢复", type="submit", class_="pa-button"),
        action=desk_url("restore"), method="post",
    )  # fmt: skip
    link = el("a", "查看存档", href=desk_url("document", id=kept.doc_id))
    aside = [f"{len(kept.rules)} 条规则"] if kept.rules else []
    aside += [f"{len(kept.gold)} 道题"] if kept.gold else []
    also = f"一并收起：{'、'.join(aside)}。" if aside else None
    return el("div", el("p", kept.told, also, " ", link), back)


def _words(gone: Gone) -> Html | None:
    """What it said, for comparison; never offered with a citation."""
    shown = [gone.clause] if gone.clause else [one for one in gone.kept.clauses if one.words]
    if not shown:
        return None
    items = [
        el("li", el("strong", one.label), el("p", one.words[:WORDS_SHOWN], class_="pa-muted"))
        for one in shown
    ]
    return el("section", el("h2", "存档的文字（不得引用）"),
              el("ul", *items, class_="pd-places"), class_="pd-box")  # fmt: skip
