"""What every form has that changes the corpus."""

from __future__ import annotations

from assistant.ui.desk.frame import desk_url
from assistant.ui.desk.gate import Session
from assistant.ui.markup import Html, el

TOKEN = "form_token"


def who(session: Session) -> Html:
    """Who is in, and the way out."""
    return el(
        "form", el("span", f"已登录：{session.who}"), hidden(TOKEN, session.form_token),
        el("button", "退出", type="submit", class_="pa-link"),
        action=desk_url("logout"), method="post", class_="pd-who",
    )  # fmt: skip


def hidden(name: str, value: str) -> Html:
    """A field that goes along with a form."""
    return el("input", type="hidden", name=name, value=value)


def problem(words: str) -> Html | None:
    """What was wrong with what was sent."""
    return el("p", words, role="alert", class_="pd-problem") if words else None
