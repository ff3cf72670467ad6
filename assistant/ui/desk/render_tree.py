"""A document as its clause tree: what it is, how it was read, every clause a link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from assistant.corpus.archive import Kept
from assistant.corpus.collection import Listed
from assistant.schema import Clause, Document, Level
from assistant.ui.desk.frame import desk_url, document_facts, page, standing_badges
from assistant.ui.desk.render_clause import standing_line
from assistant.ui.markup import Html, el, is_safe_link, join
from assistant.ui.parts import document_url
from assistant.versions.labels import label

NODE_CHARS = 70
MAX_DEPTH = 6
_READ_HOW = {"encoding": "文本，编码", "text layer": "PDF 文字层", "ocr": "文字识别",
             "html": "网页", "legacy doc": "DOC", ", ": "，"}  # fmt: skip


def tree_page(
    listed: Listed, clauses: Sequence[Clause], line: Sequence[Document], day: date,
    taken_over: Sequence[Kept] = (),
) -> Html:  # fmt: skip
    """`line`: all versions of the document, the oldest first; `taken_over`: its digests."""
    document = listed.document
    return page(
        document.title, "documents",
        el("section",
           el("h1", document.title, " ", standing_badges(listed)),
           document_facts(document), standing_line(listed, day),
           _about(document), _versions(document, line, day), *map(_digest, taken_over),
           el("p", *_links(document, day), class_="pd-links"), class_="pd-box"),
        el("section",
           el("h2", "条款树"), _search(document, day),
           el("ol", *tree_items(document, clauses, day), class_="pd-tree", id="tree"),
           el("p", "没有含这些字的条款。", class_="pd-empty", id="tree-empty", hidden=True),
           class_="pd-box"),
    )  # fmt: skip


def how_read(document: Document) -> Html:
    """How the file was read and how sure that is."""
    how = document.read_how or "纯文本"
    for code, shown in _READ_HOW.items():
        how = how.replace(code, shown)
    words = f"读法：{how}，把握 {document.read_certainty:.0%}"
    return join([words, f"（{document.read_why.rstrip('。')}）" if document.read_why else None])


def tree_items(document: Document, clauses: Sequence[Clause], day: date | None) -> Iterator[Html]:
    """A line a clause; links where there is a day, as in a preview there is no page yet."""
    depth = {clause.clause_id: 0 for clause in clauses if clause.parent_id is None}
    for one in clauses:
        if one.parent_id is not None:
            depth[one.clause_id] = depth.get(one.parent_id, 0) + 1
        own = document.text[one.start : one.own_end].strip()
        if one.level is Level.DOCUMENT or not (own or one.heading):
            continue
        name = label(one)
        rest = " ".join(own.removeprefix(one.heading or one.number).split())
        rest = rest if len(rest) <= NODE_CHARS else f"{rest[:NODE_CHARS]}…"
        link = el("a", name, href=desk_url(clause=one.clause_id, day=day)) if day else name
        yield el("li", link, " ", el("span", rest, class_="pa-muted"),
                 class_=f"pd-d{min(depth[one.clause_id], MAX_DEPTH)}")  # fmt: skip


def _search(document: Document, day: date) -> Html:
    return el(
        "form",
        el("input", type="hidden", name="doc", value=document.doc_id),
        el("input", type="hidden", name="day", value=day.isoformat()),
        el("div",
           el("input", type="search", name="q", placeholder="筛选下面的条款；按查找则列出每一处",
              aria_label="在这份文件里查找", maxlength=500, data_filter="tree"),
           el("button", "查找", type="submit", class_="pd-go"), class_="pd-bar"),
        action=desk_url(), method="get", role="search",
    )  # fmt: skip


def _about(document: Document) -> Html:
    url = document.url if document.url and is_safe_link(document.url) else None
    lines = [
        join([f"文件 {document.source}；", how_read(document)]),
        join(["主题：", "、".join(document.topics)]) if document.topics else None,
        document.note,
        join(["来源：", el("a", url, href=url, target="_blank", rel="noopener noreferrer")])
        if url else None,
    ]  # fmt: skip
    return el("ul", *(el("li", line) for line in lines if line), class_="pd-about")


def _versions(document: Document, line: Sequence[Document], day: date) -> Html | None:
    if len(line) < 2:
        return None
    items = []
    for at, one in enumerate(line):
        is_here = one.doc_id == document.doc_id
        link = None if is_here else desk_url("document", id=one.doc_id, day=day)
        name = el("a" if link else "strong", one.title, href=link)
        before = line[at - 1].doc_id if at else None
        compare = el("a", "与前一版比较", href=desk_url(
            "compare", a=before, b=one.doc_id, day=day)) if before else None  # fmt: skip
        items.append(el("li", name, " ", str(one.amended_on or one.effective_on or ""), " ",
                        compare))  # fmt: skip
    return el("details", el("summary", f"共 {len(line)} 个版本"), el("ol", *items), open=True,
              class_="pd-versions")  # fmt: skip


def _digest(kept: Kept) -> Html:
    link = el("a", "看存档", href=desk_url("document", id=kept.doc_id))
    return el("p", f"接替了摘编《{kept.title}》（{kept.removed_at.date()}）：", link,
              class_="pa-muted")  # fmt: skip


def _links(document: Document, day: date) -> list[Html]:
    doc_id = document.doc_id
    return [
        el("a", "全文", href=document_url(doc_id), target="_blank"),
        el("a", "与另一份比较", href=desk_url("compare", a=doc_id, day=day)),
        el("a", "更正登记的内容", href=desk_url("edit", id=doc_id)),
        el("a", "替换文件", href=desk_url("manage", replace=doc_id)),
        el("a", "移出资料库", href=desk_url("remove", id=doc_id)),
    ]
