"""The HTML around the conversation: header, first screen, the line below the input."""

from __future__ import annotations

from assistant.schema import Document
from assistant.ui.markup import Html, el, join
from assistant.ui.overview import Overview
from assistant.ui.parts import ask_button, badge, document_url
from assistant.ui.wording import DISCLAIMER, TAGLINE, TITLE, doc_status

DOCUMENTS_SHOWN = 6


def header(overview: Overview) -> Html:
    return el(
        "div",
        el("span", "策", class_="pa-logo", aria_hidden="true"),
        el("div", el("h1", TITLE), el("p", TAGLINE), class_="pa-brand"),
        el(
            "nav",
            el("span", f"{len(overview.documents)} 份文件", class_="pa-chip"),
            el("span", f"写作：{overview.writer}", class_="pa-chip pa-wide"),
            el("a", "资格自查", href="/check", class_="pa-link pa-desk"),
            el("a", "条款台", href="/desk", class_="pa-link pa-desk"),
            el("a", "接口", href="/docs", target="_blank", class_="pa-link"),
            el("button", "深色", type="button", class_="pa-link", data_theme=True,
               aria_label="切换深色或浅色"),
            class_="pa-nav", aria_label="状态与设置",
        ),
        class_="pa-header", role="banner",
    )  # fmt: skip


def empty_state(overview: Overview) -> Html:
    """What the corpus holds, how answers are made, and questions to start with."""
    audiences = [
        el("div", el("h3", f"{audience}常问"), *(ask_button(question) for question in questions))
        for audience, questions in overview.examples
    ]
    return el(
        "section",
        el("h2", "想了解哪条政策？"),
        el("p", "先找到条款，再核对原文，然后作答；每句话都能点开原文核对。"
                "资料里没有写的，会直接告诉您没有。", class_="pa-lead"),
        el("div", *audiences, class_="pa-examples") if audiences else None,
        _holdings(overview),
        class_="pa-empty", aria_label="开始",
    )  # fmt: skip


def _holdings(overview: Overview) -> Html:
    shown = overview.documents[:DOCUMENTS_SHOWN]
    rest = len(overview.documents) - len(shown)
    facts = [
        f"{len(overview.documents)} 份文件，{overview.clause_count} 个条款",
        f"索引更新于 {overview.built_on}" if overview.built_on else None,
        f"写作：{overview.writer}",
        f"检索：{overview.embedder}",
    ]
    if not overview.documents:
        body = el("p", "资料库还是空的：把文件放进资料文件夹，运行 assistant index，再刷新本页。")
    else:
        rows = (el("li", _document_line(document)) for document in shown)
        more = el("li", el("a", f"另有 {rest} 份文件", href="/desk")) if rest > 0 else None
        body = el("ul", *rows, more, class_="pa-documents")
    facts_line = el("p", *(el("span", fact) for fact in facts if fact), class_="pa-facts")
    return el("div", el("h3", "资料库里有"), body, facts_line, class_="pa-holdings")


def _document_line(document: Document) -> Html:
    link = el("a", document.title, href=document_url(document.doc_id), data_open=True)
    number = el("span", document.doc_no, class_="pa-docno") if document.doc_no else None
    return join([link, " ", badge(doc_status(document.status, document)), number])


def composer_note(max_question_chars: int) -> Html:
    """Below the input: what an answer is worth, and the counter the script fills in."""
    return el(
        "div",
        el("p", DISCLAIMER, class_="pa-disclaimer"),
        el("p", id="pa-counter", role="status", data_max=max_question_chars),
        class_="pa-note",
    )
