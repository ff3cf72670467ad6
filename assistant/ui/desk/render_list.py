"""The list of documents with its filters, and every place of a word or phrase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.corpus.collection import Listed, Wanted
from assistant.corpus.notices import LABELS
from assistant.retrieval.concordance import Found, Place
from assistant.schema import Clause, Document
from assistant.ui.desk.frame import (
    TIERS,
    Span,
    desk_url,
    document_facts,
    field,
    marked,
    page,
    select,
    standing_badges,
    suggestions,
)
from assistant.ui.markup import Html, el, join
from assistant.versions.labels import label

MODES = {"phrase": "逐字", "words": "关键词", "clause": "条款地址"}
SNIPPET_BEFORE, SNIPPET_CHARS = 60, 260
PLACES_SHOWN = 3
FAILED_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of the list was sent with."""

    day: date
    wanted: Wanted
    q: str = ""
    mode: str = "phrase"
    doc: str = ""

    @property
    def query(self) -> dict[str, str | int | date | None]:
        """As the address of the page has it."""
        wanted = self.wanted
        force = next(iter(wanted.forces), None)
        return {
            "q": self.q, "mode": self.mode if self.q else None, "day": self.day,
            "force": force.value if force else None,
            "tier": wanted.tier.value if wanted.tier else None, "issuer": wanted.issuer,
            "region": wanted.region, "topic": wanted.topic, "since": wanted.since,
            "until": wanted.until, "doc": self.doc,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the filters suggest."""

    issuers: Sequence[str]
    regions: Sequence[str]
    topics: Sequence[str]


def vocabulary(documents: Iterable[Document]) -> Vocabulary:
    every = list(documents)
    return Vocabulary(
        sorted({issuer for one in every for issuer in one.issuers}),
        sorted({one.region for one in every if one.region}),
        sorted({topic for one in every for topic in one.topics}),
    )


def list_page(
    asked: Asked, listed: Sequence[Listed], total: int, known: Vocabulary,
    failed: Mapping[str, str],
) -> Html:  # fmt: skip
    """Documents that fit the filters; `failed`: files that were not taken in, and why."""
    if listed:
        rows = (_row(one, asked.day) for one in listed)
        names = ("题名", "文号", "机关", "状态", "施行", "有效期至")
        body = el("table", el("thead", el("tr", *(el("th", name) for name in names))),
                  el("tbody", *rows), class_="pd-table")  # fmt: skip
    else:
        body = el("p", "没有符合条件的文件；请放宽或清空筛选。", class_="pd-empty")
    count = el("p", f"{asked.day} 这一天：{len(listed)} 份文件（共收录 {total} 份）",
               class_="pd-count", role="status")  # fmt: skip
    return page("文件", "documents", _form(asked, known), count, body, _failed(failed))


def _failed(failed: Mapping[str, str]) -> Html | None:
    if not failed:
        return None
    names = sorted(failed)
    rest = len(names) - FAILED_SHOWN
    items = [el("li", el("strong", one), "：", failed[one]) for one in names[:FAILED_SHOWN]]
    return el(
        "details", el("summary", f"资料文件夹里另有 {len(names)} 处没有收录"),
        el("ul", *items, class_="pd-places"),
        el("p", f"其余 {rest} 处见 assistant index 的输出。") if rest > 0 else None,
        class_="pd-box", id="failed",
    )  # fmt: skip


def found_page(
    asked: Asked, found: Sequence[Found], listed: Mapping[str, Listed], known: Vocabulary,
    named: Sequence[Clause] = (),
) -> Html:  # fmt: skip
    """Places of a word or phrase, with counts by document; `listed` are the documents searched,
    `named` the clauses that the words are an address of, where they stand nowhere.
    """
    total = sum(one.count for one in found)
    unit = "处" if asked.mode == "phrase" else "条"
    how = "逐字出现" if asked.mode == "phrase" else "各词同在"
    words = f"“{asked.q}”{how} {total} {unit}，见 {len(found)} 份文件"
    if not found:
        hint = "可改用关键词，或放宽筛选。" if asked.mode == "phrase" else "可减少词，或放宽筛选。"
        words = f"在 {len(listed)} 份文件里没有找到“{asked.q}”；{hint}"
    within = listed[asked.doc].document.title if asked.doc in listed else None
    scope = el("p", f"只在《{within}》里查找 ", el("a", "查全部文件",
               href=desk_url(**{**asked.query, "doc": None}))) if within else None  # fmt: skip
    return page(
        f"查找 {asked.q}", "documents", _form(asked, known),
        el("p", words, class_="pd-count", role="status"), _named(named, asked), scope,
        _counts(found, listed, asked) if len(found) > 1 else None,
        *(_found(one, listed[one.doc_id], asked, unit) for one in found),
    )  # fmt: skip


def _named(named: Sequence[Clause], asked: Asked) -> Html | None:
    if not named:
        return None
    link = el("a", "打开这个条款" if len(named) == 1 else f"{len(named)} 个条款有这个地址",
              href=desk_url(clause=asked.q, day=asked.day))  # fmt: skip
    return el("p", f"“{asked.q}”是条款地址：", link, class_="pa-notices", id="named")


def _form(asked: Asked, known: Vocabulary) -> Html:
    wanted = asked.wanted
    query = asked.query
    is_filtered = any(query[name] for name in ("force", "tier", "issuer", "region", "topic",
                                               "since", "until"))  # fmt: skip
    forces = {"": "任何状态", **{force.value: words for force, words in LABELS.items()}}
    tiers = {"": "任何层级", **{tier.value: words for tier, words in TIERS.items()}}
    filters = el(
        "details",
        el("summary", "筛选文件", " （已启用）" if is_filtered else None),
        el("div",
           field("day", asked.day.isoformat(), "在哪一天", type_="date"),
           select("force", forces, str(query["force"] or ""), "状态"),
           select("tier", tiers, str(query["tier"] or ""), "层级"),
           field("issuer", wanted.issuer, "发文机关", list_="pd-issuers"),
           field("region", wanted.region, "地区", list_="pd-regions"),
           field("topic", wanted.topic, "题名或主题", list_="pd-topics"),
           field("since", str(wanted.since or ""), "自哪一年", type_="number"),
           field("until", str(wanted.until or ""), "至哪一年", type_="number"),
           class_="pd-filters"),
        suggestions("pd-issuers", known.issuers), suggestions("pd-regions", known.regions),
        suggestions("pd-topics", known.topics),
        el("p", el("button", "筛选", type="submit", class_="pa-button"), " ",
           el("a", "清空", href=desk_url())),
        open=is_filtered or not asked.q, data_idle=not is_filtered,
    )  # fmt: skip
    return el(
        "form",
        el("div",
           el("input", type="search", name="q", value=asked.q, aria_label="查找的词句或条款地址",
              placeholder="查找原文词句，或输入条款地址", maxlength=500),
           el("select", *(el("option", words, value=mode, selected=mode == asked.mode)
                          for mode, words in MODES.items()), name="mode", aria_label="查找方式"),
           el("button", "查找", type="submit", class_="pd-go"), class_="pd-bar"),
        filters,
        action=desk_url(), method="get", role="search", class_="pd-search",
    )  # fmt: skip


def _row(listed: Listed, day: date) -> Html:
    document = listed.document
    link = el("a", document.title, href=desk_url("document", id=document.doc_id, day=day))
    tier = TIERS[document.tier] if document.tier else ""
    issuers = "、".join(document.issuers) or tier
    return el(
        "tr",
        el("td", link, class_="pd-title"),
        el("td", document.doc_no),
        el("td", issuers if len(issuers) <= 24 else f"{issuers[:24]}…"),
        el("td", standing_badges(listed)),
        el("td", str(document.effective_on or ""), data_name="施行"),
        el("td", str(document.expires_on or ""), data_name="有效期至"),
    )


def _counts(found: Sequence[Found], listed: Mapping[str, Listed], asked: Asked) -> Html:
    items = (
        el("li", el("a", listed[one.doc_id].document.title,
                    href=desk_url(**{**asked.query, "doc": one.doc_id})),
           el("span", str(one.count), class_="pa-chip"))
        for one in found
    )  # fmt: skip
    return el("details", el("summary", "各文件处数"), el("ol", *items), class_="pd-counts",
              open=len(found) <= 8)  # fmt: skip


def _found(found: Found, listed: Listed, asked: Asked, unit: str) -> Html:
    document = listed.document
    is_whole = bool(asked.doc)
    places = found.places if is_whole else found.places[:PLACES_SHOWN]
    hits = (place_item(document, place, asked.day) for place in places)
    shown = sum(len(one.spans) for one in places) if asked.mode == "phrase" else len(places)
    rest = found.count - shown
    more = None
    if rest > 0 and not is_whole:
        more = el("p", el("a", f"这份文件里另有 {rest} {unit}",
                          href=desk_url(**{**asked.query, "doc": document.doc_id})))  # fmt: skip
    elif rest > 0:
        more = el("p", f"另有 {rest} {unit}未列出，请加几个字再查。")
    return el(
        "section",
        el("h2", el("a", document.title,
                    href=desk_url("document", id=document.doc_id, day=asked.day)), " ",
           standing_badges(listed), el("span", f"{found.count} {unit}", class_="pa-chip")),
        document_facts(document),
        el("ol", *hits, class_="pd-places"), more,
        class_="pd-box",
    )  # fmt: skip


def place_item(document: Document, place: Place, day: date) -> Html:
    """One place: which clause, and its words with what was looked for marked."""
    clause = place.clause
    first, last = place.spans[0][0], place.spans[-1][1]
    start = max(clause.start, first - SNIPPET_BEFORE)
    end = min(max(clause.end, last), start + max(SNIPPET_CHARS, place.spans[0][1] - start))
    spans = (Span(*one) for one in place.spans)
    return el(
        "li",
        el("a", label(clause), href=desk_url(clause=clause.clause_id, day=day)),
        el("span", " › ".join(clause.path[:-1]), class_="pa-path") if clause.path[:-1] else None,
        el("p", join(["…" if start > clause.start else None,
                      marked(document.text, (start, end), spans),
                      "…" if end < clause.end else None])),
    )  # fmt: skip
