"""The HTML of an exchange: records in, escaped markup out. Nothing here reads or decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from assistant.answering.citations import MARK
from assistant.schema import Answer, Citation, Document, Nearest, Status
from assistant.ui.markup import Html, el, is_safe_link, join
from assistant.ui.parts import ask_button, badge, document_url
from assistant.ui.quotation import clipboard_text
from assistant.ui.render_eligibility import eligibility
from assistant.ui.session import Exchange
from assistant.ui.wording import REASONS, STAGES, STATUS, Label, doc_status

CARDS_SHOWN = 6
_THUMB = (
    "M7 10v10H3V10zM7 10l4-7c1.7 0 2.6 1.2 2.3 2.8L12.6 9H19a2 2 0 0 1 2 2.4l-1.3 7"
    "A2 2 0 0 1 17.7 20H7"
)
_CLOSING = "。，；、！？）"
_BULLET = re.compile(r"[-•·]\s*")


def pending(question: str, stage: str, labels: Sequence[str], text: str, at: int = 0) -> Html:
    """The exchange under way: which stage it is in, the clauses found, the answer so far.

    `at` counts the exchanges before it: the page scrolls once to each.
    """
    order = list(STAGES)
    now = order.index(stage) if stage in STAGES else 0
    steps = [
        el("li", words, class_="done" if at < now else "now" if at == now else "next",
           aria_current="step" if at == now else None)
        for at, words in enumerate(STAGES.values())
    ]  # fmt: skip
    found = el("ul", *(el("li", label) for label in labels), class_="pa-found") if labels else None
    body = el(
        "section",
        el("ol", *steps, class_="pa-steps", aria_label="进度"),
        found,
        _paragraphs(text, {}) if text else None,
        class_="pa-answer pa-pending", aria_busy="true", data_announce=f"正在{STAGES[order[now]]}",
    )  # fmt: skip
    main = el("div", _question(question), body, class_="pa-main")
    return el("article", main, class_="pa-turn", data_turn=str(at + 1))


def exchange(done: Exchange, documents: Mapping[str, Document]) -> Html:
    """One finished exchange: question, answer with its marks, and the evidence beside it."""
    if done.answer is None:
        return _without_answer(done)
    answer = done.answer
    shown = [citation for citation in answer.citations if is_exact(citation, documents)]
    side = _evidence(shown, len(answer.citations), documents)
    if answer.nearest is not None and not answer.citations:
        side = _nearest(answer.nearest)
    body = el(
        "section",
        _answer_head(STATUS[answer.status], _trace(answer)),
        _paragraphs(answer.text, {citation.n: citation for citation in shown}),
        eligibility(answer, documents),
        _notices(answer.notices),
        _actions(done.token, clipboard_text(answer, documents)),
        class_=f"pa-answer tone-{STATUS[answer.status].tone}", aria_label="答复",
    )  # fmt: skip
    main = el("div", _question(done.question), body, class_="pa-main")
    return el("article", main, side, class_="pa-turn", data_status=answer.status.value)


def is_exact(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """A quote is shown only when the stored text still reads so at its offsets."""
    document = documents.get(citation.doc_id)
    return document is not None and document.text[citation.start : citation.end] == citation.quote


def _without_answer(done: Exchange) -> Html:
    label = Label("已停止", "none") if done.stopped else STATUS[Status.ERROR]
    words = "已按您的要求停止，没有给出答复。" if done.stopped else (done.problem or "没有答复。")
    body = el(
        "section",
        _answer_head(label, None),
        el("div", el("p", words), class_="pa-text"),
        el("div", ask_button(done.question, "重新提问"), class_="pa-actions"),
        class_=f"pa-answer tone-{label.tone}", aria_label=label.words,
        role=None if done.stopped else "alert",
    )  # fmt: skip
    status = "stopped" if done.stopped else "error"
    main = el("div", _question(done.question), body, class_="pa-main")
    return el("article", main, class_="pa-turn", data_status=status)


def _question(question: str) -> Html:
    return el("div", el("span", "问：", class_="pa-hidden"), question, class_="pa-question")


def _answer_head(label: Label, trace: str | None) -> Html:
    status = el("span", label.words, class_=f"pa-status tone-{label.tone}",
                data_announce=f"答复：{label.words}")  # fmt: skip
    return el("header", status, el("span", trace, class_="pa-trace") if trace else None)


def _trace(answer: Answer) -> str:
    parts = []
    if answer.citations:
        parts += [f"找到 {len(answer.citations)} 处依据", "原文已核对"]
    if answer.writer.startswith("llm:"):
        parts.append(f"由 {answer.writer.removeprefix('llm:')} 成文")
    total = answer.timings_ms.get("total")
    if total is not None:
        parts.append(f"{total / 1000:.1f} 秒" if total >= 1000 else f"{max(1, round(total))} 毫秒")
    return " · ".join(parts)


def _paragraphs(text: str, citations: Mapping[int, Citation]) -> Html:
    """Text as paragraphs and lists; only marks that have a citation become links."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    blocks: list[Html] = []
    for is_list, group in groupby(lines, key=lambda line: _BULLET.match(line) is not None):
        marked = (_marked(_BULLET.sub("", line, count=1) if is_list else line, citations)
                  for line in group)  # fmt: skip
        if is_list:
            blocks.append(el("ul", *(el("li", item) for item in marked)))
        else:
            blocks += [el("p", item) for item in marked]
    return el("div", *blocks, class_="pa-text")


def _marked(line: str, citations: Mapping[int, Citation]) -> Html:
    def pieces() -> Iterator[str]:
        done = 0
        for found in MARK.finditer(line):
            citation = citations.get(int(found[1]))
            if citation is not None:
                yield line[done : found.start()]
                stop = line[found.end() : found.end() + 1]
                kept = stop if stop in _CLOSING else ""
                # A full stop alone on the next line looks like a mistake.
                yield el("span", _cite(citation), kept, class_="pa-keep")
                done = found.end() + len(kept)
        yield line[done:]

    return join(pieces())


def _cite(citation: Citation) -> Html:
    return el(
        "a", str(citation.n), class_="pa-cite", href=_citation_url(citation), data_open=True,
        data_n=citation.n, aria_label=f"依据 {citation.n}：{_where(citation)}，打开原文",
    )  # fmt: skip


def _citation_url(citation: Citation) -> str:
    return document_url(citation.doc_id, start=citation.start, end=citation.end)


def _where(citation: Citation) -> str:
    return " › ".join(citation.clause_path) or citation.doc_title


def _notices(notices: Sequence[str]) -> Html | None:
    if not notices:
        return None
    return el("ul", *(el("li", notice) for notice in notices), class_="pa-notices",
              aria_label="提示")  # fmt: skip


def _actions(token: str, to_copy: str) -> Html:
    reasons = [
        el("label", el("input", type="radio", name=f"reason-{token}", value=reason), reason)
        for reason in REASONS
    ]
    form = el(
        "form",
        el("fieldset", el("legend", "哪里不好？"), *reasons),
        el("input", type="text", name="comment", maxlength=300, placeholder="补充说明（可不填）",
           aria_label="补充说明"),
        el("button", "提交", type="submit", class_="pa-button"),
        class_="pa-reasons", hidden=True,
    )  # fmt: skip
    return el(
        "footer",
        el("button", "复制答复与引用", type="button", class_="pa-button",
           data_copy=to_copy),
        el("span", class_="pa-grow"),
        _thumb("up", "有帮助"),
        _thumb("down", "没帮助"),
        el("span", role="status", class_="pa-said"),
        form,
        class_="pa-actions", data_token=token,
    )  # fmt: skip


def _thumb(rating: str, words: str) -> Html:
    # Drawn, because a thumb is an emoji and many a desktop has no font for it.
    icon = el("svg", el("path", d=_THUMB), viewBox="0 0 24 24", aria_hidden="true")
    return el("button", icon, type="button", class_=f"pa-rate {rating}", data_rate=rating,
              aria_label=words, title=words, aria_pressed="false")  # fmt: skip


def _evidence(
    citations: Sequence[Citation], count: int, documents: Mapping[str, Document]
) -> Html | None:
    if not count:
        return None
    lost = count - len(citations)
    warning = f"有 {lost} 处引文与库中原文不一致，没有显示；请重建索引后再问。" if lost else None
    return el(
        "aside",
        el("h3", f"依据（{len(citations)}）"),
        el("p", warning, class_="pa-notices") if warning else None,
        *_by_document(citations[:CARDS_SHOWN], documents),
        el("details", el("summary", f"另外 {len(citations) - CARDS_SHOWN} 处依据"),
           *_by_document(citations[CARDS_SHOWN:], documents))
        if len(citations) > CARDS_SHOWN else None,
        class_="pa-evidence", aria_label="依据",
    )  # fmt: skip


def _by_document(
    citations: Sequence[Citation], documents: Mapping[str, Document]
) -> Iterator[Html]:
    """A title once, then the cards of that document, in the order of the marks."""
    for doc_id, group in groupby(citations, key=lambda citation: citation.doc_id):
        cards = list(group)
        title = _source(cards[0], documents.get(doc_id))
        yield el("div", title, *(_card(citation) for citation in cards), class_="pa-source")


def _source(citation: Citation, document: Document | None) -> Html:
    url = citation.url if citation.url and is_safe_link(citation.url) else None
    return el(
        "div",
        el("strong", citation.doc_title),
        badge(doc_status(citation.doc_status, document)),
        el("span", citation.doc_no, class_="pa-docno") if citation.doc_no else None,
        el("a", "发布页", href=url, target="_blank", rel="noopener noreferrer") if url else None,
        class_="pa-source-head",
    )


def _card(citation: Citation) -> Html:
    return el(
        "a",
        el("span", str(citation.n), class_="pa-n", aria_hidden="true"),
        el("span", " › ".join(citation.clause_path), class_="pa-path"),
        el("q", citation.quote.strip(), class_="pa-quote"),
        el("span", "在原文中查看", class_="pa-more", aria_hidden="true"),
        class_="pa-card", href=_citation_url(citation), data_open=True, data_n=citation.n,
        aria_label=f"依据 {citation.n}，{citation.doc_title}，{_where(citation)}：{citation.quote}",
    )  # fmt: skip


def _nearest(nearest: Nearest) -> Html:
    return el(
        "aside",
        el("h3", "相关，但未回答您的问题"),
        el("a", el("span", nearest.label, class_="pa-path"),
           el("span", "在原文中查看", class_="pa-more", aria_hidden="true"),
           class_="pa-card pa-near", data_open=True,
           href=document_url(nearest.doc_id, clause=nearest.clause_id)),
        class_="pa-evidence pa-nearby", aria_label="相关条款",
    )  # fmt: skip
