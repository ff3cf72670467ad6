"""A digest beside its official text: which clause became which, and which words took over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.schema import Document
from assistant.succession.checking import Checked
from assistant.succession.mapping import Mapping, QuoteMove
from assistant.ui.desk.forms import TOKEN, hidden, problem, who
from assistant.ui.desk.frame import desk_url, page
from assistant.ui.desk.gate import Session
from assistant.ui.markup import Html, el

HINT = (
    "左边是摘编，右边是正式文件。程序按数字和用词拟出对照；请逐条核对，在下面的文本里改正，保存后再核对。"
    "全部通过后才能替换：规则和评测题的引文一起改写，摘编进存档。"
)
USERS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Draft:
    """A mapping as text, and what is known of it."""

    text: str
    mapping: Mapping | None = None
    checked: Checked | None = None
    told: tuple[str, ...] = ()
    """What applying it would change; empty where it may not be applied."""
    wrong: str = ""


def succession_page(session: Session, pair: tuple[Document, Document], draft: Draft) -> Html:
    """Read from the top: the verdict, the pairs, the file that can be corrected, the buttons."""
    digest, official = pair
    return page(
        "接替摘编", "manage", who(session),
        el("section",
           el("h1", f"由正式文件接替摘编《{digest.title}》"),
           el("p", HINT, class_="pa-muted"),
           el("p", el("a", "看摘编", href=desk_url("document", id=digest.doc_id)), " ",
              el("a", "看正式文件", href=desk_url("document", id=official.doc_id)),
              class_="pd-links"),
           problem(draft.wrong), _verdict(draft), class_="pd-box"),
        _quotes(draft.mapping) if draft.mapping else None,
        _clauses(draft.mapping) if draft.mapping else None,
        _form(session, pair, draft),
    )  # fmt: skip


def _verdict(draft: Draft) -> Html | None:
    if draft.checked is None:
        return None
    found = draft.checked
    if found.problems:
        head = el("p", f"有 {len(found.problems)} 处要改，还不能替换：", role="alert",
                  class_="pd-problem")  # fmt: skip
        return el("div", head, _list(found.problems), _remarks(found.remarks))
    return el("div", el("p", "核对通过。替换将会：", role="status", class_="pd-count"),
              _list(draft.told), _remarks(found.remarks))  # fmt: skip


def _remarks(remarks: Sequence[str]) -> Html | None:
    if not remarks:
        return None
    return el("details", el("summary", f"另有 {len(remarks)} 处请看一眼"), _list(remarks))


def _list(lines: Sequence[str]) -> Html:
    return el("ul", *(el("li", one) for one in lines), class_="pd-places")


def _quotes(mapping: Mapping) -> Html:
    # What a person has to decide comes first.
    ordered = sorted(mapping.quotes, key=lambda one: one.becomes is not None)
    rows = [el("tr", *_quote_cells(one)) for one in ordered]
    names = ("摘编的引文", "正式文件的引文", "谁在用")
    head = el("thead", el("tr", *(el("th", one) for one in names)))
    return el("section", el("h2", f"引文 {len(mapping.quotes)} 处"),
              el("table", head, el("tbody", *rows), class_="pd-table pd-pairs"),
              class_="pd-box", id="quotes")  # fmt: skip


def _quote_cells(one: QuoteMove) -> list[Html]:
    rest = len(one.used_by) - USERS_SHOWN
    users = "、".join(one.used_by[:USERS_SHOWN]) + (f" 另 {rest} 处" if rest > 0 else "")
    if one.withdraw is not None:
        becomes = el("p", f"收起：{one.withdraw}", class_="pa-muted")
    elif one.becomes is None:
        becomes = el("p", one.problem or "还没有对应的引文", class_="pd-problem")
    else:
        becomes = el("p", one.becomes, " ", _sure(one.sure))
    return [
        el("td", el("span", one.clause, class_="pa-path"), el("p", one.quote)),
        el("td", el("span", one.to, class_="pa-path") if one.to else None, becomes),
        el("td", users, data_name="谁在用"),
    ]


def _clauses(mapping: Mapping) -> Html:
    items = (
        el("li", el("span", one.clause, class_="pa-path"), el("p", one.words, " → ",
           "、".join(one.to) or el("span", "正式文件里没有", class_="pa-muted"), " ",
           _sure(one.sure)))
        for one in mapping.clauses
    )  # fmt: skip
    return el("section", el("details", el("summary", f"条款 {len(mapping.clauses)} 条（链接用）"),
              el("ol", *items, class_="pd-places")), class_="pd-box", id="clauses")  # fmt: skip


def _sure(sure: float | None) -> Html | None:
    return el("span", f"把握 {sure:.0%}", class_="pa-chip") if sure is not None else None


def _form(session: Session, pair: tuple[Document, Document], draft: Draft) -> Html:
    digest, official = pair
    may_apply = draft.checked is not None and not draft.checked.problems and not any(
        one.startswith("不能替换") for one in draft.told
    )  # fmt: skip
    return el(
        "form",
        hidden(TOKEN, session.form_token), hidden("digest", digest.doc_id),
        hidden("official", official.doc_id),
        el("label", el("span", "对照文件（mappings 文件夹里的 YAML，也可以在那里改）"),
           el("textarea", draft.text, name="mapping", rows=24, spellcheck="false"),
           class_="pd-wide"),
        el("p", el("button", "保存并核对", type="submit", name="act", value="save",
                   class_="pa-button"), " ",
           el("button", "替换摘编", type="submit", name="act", value="apply", class_="pd-go")
           if may_apply else None, class_="pa-actions"),
        action=desk_url("succession"), method="post", class_="pd-form pd-box",
    )  # fmt: skip
