"""What every page of the clause desk has: head, header, links, and the words for small things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from assistant.corpus.collection import Listed
from assistant.corpus.force import Force
from assistant.corpus.notices import LABELS
from assistant.schema import Document, Kind, Tier
from assistant.ui.markup import DOCTYPE, Html, el, join
from assistant.ui.parts import badge
from assistant.ui.render_document import STATIC
from assistant.ui.wording import TITLE, Label

DESK = "/desk"
NAME = "条款台"
TIERS: dict[Tier, str] = {Tier.NATIONAL: "国家", Tier.CITY: "市", Tier.DISTRICT: "区"}
_TONES: dict[Force, str] = {
    Force.DRAFT: "warn",
    Force.NOT_YET: "info",
    Force.IN_FORCE: "good",
    Force.EXPIRED: "bad",
    Force.SUPERSEDED: "bad",
    Force.REPEALED: "bad",
    Force.UNKNOWN: "none",
}
_NAV = (("文件", "", "documents"), ("比较", "compare", "compare"), ("维护", "manage", "manage"))


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` of a document, shown with a tag and attributes of its own."""

    start: int
    end: int
    tag: str = "mark"
    href: str | None = None
    title: str | None = None


def desk_url(path: str = "", /, **query: str | int | date | None) -> str:
    """A page of the desk; what is None or empty is left out.

    >>> desk_url("compare", a="甲", b="")
    '/desk/compare?a=%E7%94%B2'
    """
    given = {name: str(value) for name, value in query.items() if value not in (None, "")}
    return DESK + (f"/{path}" if path else "") + (f"?{urlencode(given)}" if given else "")


def page(title: str, active: str, *body: Html | None) -> Html:
    """A whole page; `active` is the entry of the navigation that it belongs to."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"{title} - {NAME} - {TITLE}"),
        el("link", rel="icon", href=f"{STATIC}/icon.svg"),
        el("link", rel="stylesheet", href=f"{STATIC}/app.css"),
        el("link", rel="stylesheet", href=f"{STATIC}/desk.css"),
        el("script", src=f"{STATIC}/app.js", defer=True),
        el("script", src=f"{STATIC}/desk.js", defer=True),
    )
    links = [
        el("a", words, href=desk_url(path), aria_current="page" if name == active else None)
        for words, path, name in _NAV
    ]
    header = el(
        "header",
        el("a", el("span", "策", class_="pa-logo", aria_hidden="true"), el("strong", NAME),
           href=desk_url(), class_="pd-brand"),
        el("nav", *links, el("a", "问答", href="/"),
           el("button", "深色", type="button", class_="pa-link", data_theme=True,
              aria_label="切换深色或浅色"), class_="pd-nav", aria_label="条款台"),
        class_="pd-top",
    )  # fmt: skip
    main = el("main", *body, class_="pd-main")
    return join([DOCTYPE, el("html", head, el("body", header, main, class_="pa-standalone pd"),
                             lang="zh-CN")])  # fmt: skip


def problem_page(message: str, title: str = "没有完成") -> Html:
    """A page that says what went wrong, and nothing of the inside."""
    return page(
        title, "",
        el("section", el("h1", title), el("p", message, role="alert", class_="pd-problem"),
           el("p", el("a", "回到文件列表", href=desk_url())), class_="pd-box"),
    )  # fmt: skip


def standing_badges(listed: Listed) -> Html:
    """What the document is on the day; a digest and a draft say so besides."""
    force = listed.standing.force
    document = listed.document
    words = LABELS[force]
    if force is Force.DRAFT and document.status_words and document.kind is not Kind.DIGEST:
        words = document.status_words
    shown = [badge(Label(words, _TONES[force]))]
    if document.kind is Kind.DIGEST:
        shown.append(badge(Label("摘编，非官方原文", "info")))
    return join(shown)


def document_facts(document: Document) -> Html:
    """文号, issuers, tier and days in one line."""
    days = [
        ("印发", document.issued_on), ("修正", document.amended_on),
        ("施行", document.effective_on), ("有效期至", document.expires_on),
        ("废止", document.repealed_on),
    ]  # fmt: skip
    facts = [
        document.doc_no,
        "、".join(document.issuers),
        TIERS[document.tier] if document.tier else None,
        document.region,
        *(f"{words} {day}" for words, day in days if day),
        "规划期 {}-{}".format(*document.plan_period) if document.plan_period else None,
    ]
    return el("p", *(el("span", fact) for fact in facts if fact), class_="pa-facts")


def marked(text: str, window: tuple[int, int], spans: Iterable[Span]) -> Html:
    """`text` within the window, verbatim, each span in its tag; of two that overlap the first."""
    start, end = window
    pieces: list[str] = []
    at = start
    for one in sorted(spans, key=lambda span: (span.start, -span.end)):
        left, right = max(one.start, at), min(one.end, end)
        if left >= right or one.start < at:
            continue
        pieces += [text[at:left],
                   el(one.tag, text[left:right], href=one.href, title=one.title)]  # fmt: skip
        at = right
    return join([*pieces, text[at:end]])


def select(name: str, options: Mapping[str, str], chosen: str, words: str) -> Html:
    """A labelled choice; keys are what is sent."""
    return el(
        "label", el("span", words),
        el("select", *(el("option", shown, value=value, selected=value == chosen)
                       for value, shown in options.items()), name=name),
    )  # fmt: skip


def field(name: str, value: str, words: str, *, type_: str = "text", list_: str = "") -> Html:
    """A labelled input; `list_` is the id of suggestions."""
    return el("label", el("span", words),
              el("input", type=type_, name=name, value=value, list=list_ or None,
                 maxlength=None if type_ == "date" else 500))  # fmt: skip


def suggestions(id_: str, values: Sequence[str]) -> Html:
    return el("datalist", *(el("option", value=value) for value in values), id=id_)
