"""The whole document as HTML: outline, every clause, and the cited words marked by offset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.schema import Clause, Document, Level
from assistant.ui.markup import DOCTYPE, Html, el, join
from assistant.ui.wording import TITLE, doc_status

STATIC = "/ui/static"


def document_sheet(document: Document, clauses: Sequence[Clause], start: int, end: int) -> Html:
    """What the page shows in its drawer. `text[start:end]` is marked; equal offsets mark nothing.

    `clauses` are all of the document in document order.
    """
    return el(
        "div",
        _head(document),
        el(
            "div",
            _outline(clauses, start, end),
            el("div", *_body(document, clauses, start, end), class_="pa-doc-text", tabindex=0,
               role="document", aria_label=document.title),
            class_="pa-doc-columns",
        ),
        class_="pa-doc",
    )  # fmt: skip


def document_page(document: Document, clauses: Sequence[Clause], start: int, end: int) -> Html:
    """The same as a page of its own, for a new tab and for browsers without scripts."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", f"{document.title} - {TITLE}"),
        el("link", rel="icon", href=f"{STATIC}/icon.svg"),
        el("link", rel="stylesheet", href=f"{STATIC}/app.css"),
        el("script", src=f"{STATIC}/app.js", defer=True),
    )
    body = el("body", document_sheet(document, clauses, start, end), class_="pa-standalone")
    return join([DOCTYPE, el("html", head, body, lang="zh-CN")])


def _head(document: Document) -> Html:
    label = doc_status(document.status, document)
    dates = [
        f"印发 {document.issued_on}" if document.issued_on else None,
        f"施行 {document.effective_on}" if document.effective_on else None,
        f"有效期至 {document.expires_on}" if document.expires_on else None,
        "规划期 {}-{}".format(*document.plan_period) if document.plan_period else None,
    ]
    facts = [document.doc_no, "、".join(document.issuers), document.region, *dates]
    return el(
        "header",
        el("h2", document.title, id="pa-doc-title"),
        el("p", el("span", label.words, class_=f"pa-badge tone-{label.tone}"),
           *(el("span", fact) for fact in facts if fact), class_="pa-facts"),
        class_="pa-doc-head",
    )  # fmt: skip


def _outline(clauses: Sequence[Clause], start: int, end: int) -> Html | None:
    headed = [(at, clause) for at, clause in enumerate(clauses) if _is_heading(clause)]
    if not headed:
        return None
    holding = [at for at, clause in headed if start < end and clause.start <= start < clause.end]
    items = (
        el("li", el("a", clause.heading, href=f"#pa-c{at}", data_jump=True,
                    aria_current="true" if at in holding[-1:] else None),
           class_=f"lvl-{clause.level.value}")
        for at, clause in headed
    )  # fmt: skip
    return el("nav", el("details", el("summary", "目录"), el("ul", *items), open=True),
              class_="pa-outline", aria_label="目录")  # fmt: skip


def _is_heading(clause: Clause) -> bool:
    return bool(clause.heading) and clause.level not in (Level.DOCUMENT, Level.TITLE)


def _body(document: Document, clauses: Sequence[Clause], start: int, end: int) -> Iterator[Html]:
    """One block a clause; together their texts are the canonical text, to the character."""
    is_first = True
    for at, clause in enumerate(clauses):
        own = document.text[clause.start : clause.own_end]
        if not own.strip():
            continue
        heading_end = clause.start + _heading_length(own, clause.heading)
        inside = (cut for cut in (start, end) if clause.start < cut < clause.own_end)
        cuts = sorted({clause.start, heading_end, *inside, clause.own_end})
        runs: list[Html] = []
        for left, right in pairwise(cuts):
            run = el("b", document.text[left:right]) if right <= heading_end else None
            run = run or join([document.text[left:right]])
            if start <= left and right <= end and start < end:
                run = el("mark", run, id="pa-cited" if is_first else None, tabindex=-1)
                is_first = False
            runs.append(run)
        yield el("p", *runs, id=f"pa-c{at}", class_=f"lvl-{clause.level.value}")


def _heading_length(own: str, heading: str) -> int:
    blank = len(own) - len(own.lstrip())
    return blank + len(heading) if heading and own.startswith(heading, blank) else 0
