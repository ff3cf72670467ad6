"""Small pieces of markup that several pages share."""

from __future__ import annotations

from urllib.parse import urlencode

from assistant.ui.markup import Html, el
from assistant.ui.wording import Label


def document_url(doc_id: str, **span: str | int) -> str:
    return "/ui/document?" + urlencode({"id": doc_id, **span})


def ask_button(question: str, words: str | None = None) -> Html:
    return el("button", words or question, type="button", class_="pa-example", data_ask=question)


def badge(label: Label) -> Html:
    return el("span", label.words, class_=f"pa-badge tone-{label.tone}")
