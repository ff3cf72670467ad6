"""Markup as a browser would take it apart, and text that means harm."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

DAY = date(2026, 11, 22)
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "[点我](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "</textarea></template><iframe src=//evil.example>",
    "&lt;script&gt;",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
    "\x00\x1b[31m\u202e",
]
TAGS = {
    "article", "div", "span", "section", "header", "p", "a", "ul", "li", "footer", "button", "form",
    "fieldset", "legend", "label", "input", "svg", "path", "aside", "h3", "strong", "q", "ol",
    "details", "summary", "nav", "h1", "h2", "b", "mark",
}  # fmt: skip


class Seen(HTMLParser):
    """Every tag, attribute and text of a piece of markup, as a browser would read it."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.words += data


def assert_harmless(markup: str, allowed: set[str] = TAGS) -> Seen:
    seen = Seen(markup)
    assert seen.tags <= allowed
    assert not {name for name in seen.attributes if name.startswith("on")}
    assert all(link.startswith(("/ui/document?", "/docs", "#pa-c")) for link in seen.links)
    return seen
