"""Markup that cannot carry anybody else's markup: every plain string is escaped on its way in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

_VOID = frozenset({"br", "hr", "input", "link", "meta"})
_LINKS = frozenset({"href", "src", "action"})
_LOCAL_OR_WEB = re.compile(r"(?:https?://|/(?![/\\\s])|#)", re.IGNORECASE)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

Attribute = str | int | bool | None


class Html(str):
    """Markup made by this module; any other string is text and is escaped.

    Adding two of them gives a plain string again, which is escaped where it is inserted: a
    forgotten `join` shows tags to the reader and never runs them.
    """

    __slots__ = ()


NOTHING = Html("")
DOCTYPE = Html("<!doctype html>")


def text(value: str) -> Html:
    """`value` as text; characters that HTML or UTF-8 cannot hold become U+FFFD.

    >>> text('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return Html(escape(_UNPRINTABLE.sub("\ufffd", value), quote=True))


def join(parts: Iterable[str | None]) -> Html:
    return Html("".join(_safe(part) for part in parts if part is not None))


def el(tag: str, *children: str | None, **attributes: Attribute) -> Html:
    """One element. `class_` is `class`, `data_turn` is `data-turn`; None and False are left out.

    A link that is neither http(s), a local path nor a fragment is left out as well.

    >>> el("a", "1 < 2", href="javascript:alert(1)", class_="cite")
    '<a class="cite">1 &lt; 2</a>'
    """
    opening = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Html(f"<{tag}{opening}>")
    return Html(f"<{tag}{opening}>{join(children)}</{tag}>")


def is_safe_link(url: str) -> bool:
    return _LOCAL_OR_WEB.match(url) is not None


def _safe(part: str) -> str:
    return part if isinstance(part, Html) else text(part)


def _attribute(name: str, value: Attribute) -> str:
    name = name.rstrip("_").replace("_", "-")
    if value is None or value is False or (name in _LINKS and not is_safe_link(str(value))):
        return ""
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'
