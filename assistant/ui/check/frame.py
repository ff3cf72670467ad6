"""What every page of 资格自查 has: head, header and links."""

from __future__ import annotations

from assistant.ui.markup import DOCTYPE, Html, el, join
from assistant.ui.render_document import STATIC
from assistant.ui.wording import TITLE

CHECK = "/check"
NAME = "资格自查"
_NAV = (("一家企业", CHECK, "check"), ("企业表格", f"{CHECK}/table", "table"))


def page(title: str, active: str, *body: Html | None, refresh_s: int | None = None) -> Html:
    """A whole page; with `refresh_s` it is fetched again after so many seconds."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", http_equiv="refresh", content=str(refresh_s)) if refresh_s else None,
        el("title", f"{title} - {TITLE}" if title == NAME else f"{title} - {NAME} - {TITLE}"),
        el("link", rel="icon", href=f"{STATIC}/icon.svg"),
        *(el("link", rel="stylesheet", href=f"{STATIC}/{name}.css")
          for name in ("app", "desk", "check")),
        *(el("script", src=f"{STATIC}/{name}.js", defer=True) for name in ("app", "check")),
    )  # fmt: skip
    links = [
        el("a", words, href=url, aria_current="page" if name == active else None)
        for words, url, name in _NAV
    ]
    header = el(
        "header",
        el("a", el("span", "策", class_="pa-logo", aria_hidden="true"), el("strong", NAME),
           href=CHECK, class_="pd-brand"),
        el("nav", *links, el("a", "条款台", href="/desk"), el("a", "问答", href="/"),
           el("button", "深色", type="button", class_="pa-link", data_theme=True,
              aria_label="切换深色或浅色"), class_="pd-nav", aria_label=NAME),
        class_="pd-top",
    )  # fmt: skip
    main = el("main", *body, class_="pd-main pc-main")
    body_ = el("body", header, main, class_="pa-standalone pd pc")
    return join([DOCTYPE, el("html", head, body_, lang="zh-CN")])


def problem_page(message: str, title: str = "没有完成") -> Html:
    """A page that says what went wrong, and nothing of the inside."""
    return page(
        title, "",
        el("section", el("h1", title), el("p", message, role="alert", class_="pd-problem"),
           el("p", el("a", "回到资格自查", href=CHECK)), class_="pd-box"),
    )  # fmt: skip
