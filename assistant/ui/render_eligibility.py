"""What an answer on the asker's own eligibility shows besides its text: facts, question, cards."""

from __future__ import annotations

import json
from collections.abc import Mapping

from assistant.eligibility.outlook import worth_showing
from assistant.schema import Answer, Document
from assistant.ui.markup import Html, el, join
from assistant.ui.parts import ask_button, badge, document_url
from assistant.ui.verdict_cards import Showing, card, together
from assistant.ui.wording import doc_status
from assistant.verdicts import Question, Source

MOST_BUTTONS = 8
"""More options than this are typed."""


def eligibility(answer: Answer, documents: Mapping[str, Document]) -> Html | None:
    """None where the answer is of another kind."""
    if not answer.verdicts and answer.ask_next is None:
        return None
    showing = Showing(lambda _: "", lambda source: _place(source, documents))
    cards = [card(one, showing) for one in worth_showing(answer.verdicts)]
    best = answer.combination
    return join([
        _next(answer.ask_next) if answer.ask_next else None,
        _facts(answer),
        together(best, answer.verdicts, showing) if best and len(best.benefits) > 1 else None,
        el("details", el("summary", f"逐项看条件和条款原文（{len(cards)} 项）"), *cards,
           class_="pv-all", open=len(cards) <= 3) if cards else None,
    ])  # fmt: skip


def _facts(answer: Answer) -> Html:
    """Chips, and the way to the page where they can be edited: the facts go along in the form,
    not in the address.
    """
    chips = [
        el("li", el("span", str(one["label"])), " ", el("strong", str(one["words"])),
           el("small", f"读自“{one['read_from']}”") if one["read_from"] else None)
        for one in answer.facts
    ]  # fmt: skip
    told = {"facts": [_row(one) for one in answer.facts], "unsure": list(answer.unsure)}
    state = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return el(
        "form",
        el("ul", *chips, class_="pv-facts", aria_label="读到的情况") if chips else None,
        el("input", type="hidden", name="state", value=state),
        el("input", type="hidden", name="day", value=answer.as_of.isoformat()),
        el("button", "更正情况，看全部待遇", type="submit", class_="pa-button"),
        action="/check", method="post", target="_blank", class_="pv-told",
    )  # fmt: skip


def _row(row: Mapping[str, object]) -> dict[str, object]:
    return {name: one for name, one in row.items() if name not in ("label", "words")}


def _next(question: Question) -> Html:
    """Each option is a message that says which question it answers."""
    options = question.options
    shown = options if len(options) <= MOST_BUTTONS else options[-1:]
    label = question.label
    buttons = [
        ask_button(f"{label}：{one}" if label else one, one) for one in shown
    ]
    hint = ""
    if len(options) == 1:
        hint = "请在下面输入，例如“约30”“1.2亿”。"
    elif len(shown) < len(options):
        hint = f"可选：{'、'.join(options[:-1])}。请在下面输入。"
    return el(
        "section", el("p", el("strong", f"还想问一句：{question.question}")),
        el("p", hint, class_="pa-muted") if hint else None,
        el("div", *buttons, class_="pa-actions"), class_="pv-next", aria_label="下一个问题",
    )  # fmt: skip


def _place(source: Source, documents: Mapping[str, Document]) -> Html | None:
    doc_id = source.clause_id.partition("__")[0]
    document = documents.get(doc_id)
    if document is None:
        return None
    return el(
        "cite", f"《{document.title}》 ", badge(doc_status(document.status, document)),
        el("a", "在原文中查看", href=document_url(doc_id, clause=source.clause_id),
           data_open=True),
    )  # fmt: skip
