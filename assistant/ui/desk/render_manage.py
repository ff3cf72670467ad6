"""The pages that change the corpus: entering, uploading, confirming, correcting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.corpus.archive import Kept
from assistant.parsing.readers import KNOWN_SUFFIXES
from assistant.schema import Document
from assistant.ui.desk.fields import FIELDS, KINDS, LEVELS, Field, values_of
from assistant.ui.desk.forms import TOKEN, hidden, problem, who
from assistant.ui.desk.frame import desk_url, field, page, select
from assistant.ui.desk.gate import READ_ONLY, Session
from assistant.ui.desk.keeper import Staged
from assistant.ui.desk.rebuilder import Job
from assistant.ui.desk.render_gone import removed_list
from assistant.ui.desk.render_tree import how_read, tree_items
from assistant.ui.markup import Html, el

TREE_SHOWN = 400
_ACTIONS = {
    "login": "登录", "login_failed": "登录失败", "logout": "退出", "upload": "上传",
    "refuse": "拒收", "discard": "放弃", "add": "新增", "replace": "替换", "correct": "更正",
    "map": "改对照", "map_failed": "改对照未成",
    "succeed": "接替摘编", "succeed_failed": "接替未成", "remove": "移出", "restore": "恢复",
    "remove_failed": "移出未成", "restore_failed": "恢复未成",
    "add_failed": "新增未成", "replace_failed": "替换未成", "correct_failed": "更正未成",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lists:
    """What the page of upkeep lists: records of the audit log, removed documents, and digests
    with the official texts that may take their place.
    """

    records: Sequence[Mapping[str, Any]]
    removed: Sequence[Kept]
    pairs: Sequence[tuple[Document, Document]]


def closed_page() -> Html:
    """No password was set at the start."""
    return page("维护", "manage", el("section", el("h1", "只能查阅"), el("p", READ_ONLY),
                                     class_="pd-box"))  # fmt: skip


def login_page(next_: str, wrong: str = "") -> Html:
    form = el(
        "form",
        el("input", type="hidden", name="next", value=next_),
        el("label", el("span", "姓名或工号（记入操作记录）"),
           el("input", type="text", name="who", required=True, maxlength=40,
              autocomplete="username")),
        el("label", el("span", "口令"),
           el("input", type="password", name="password", required=True, maxlength=200,
              autocomplete="current-password")),
        el("button", "登录", type="submit", class_="pd-go"),
        action=desk_url("login"), method="post", class_="pd-form",
    )  # fmt: skip
    return page("登录", "manage", el("section", el("h1", "登录后才能改动资料"),
                                     problem(wrong), form, class_="pd-box"))  # fmt: skip


def manage_page(
    session: Session, job: Job, target: Document | None, done: str, lists: Lists
) -> Html:
    """Uploading, what the index is doing, what was done lately, and what was removed."""
    return page(
        "维护", "manage",
        who(session),
        _job(job, done) if job.state != "idle" else None,
        _pairs(lists.pairs) if lists.pairs else None,
        _upload(session, target),
        el("section", el("h2", "最近的操作"),
           el("ol", *(el("li", _record(one)) for one in lists.records), class_="pd-log")
           if lists.records else el("p", "还没有。", class_="pa-muted"), class_="pd-box"),
        removed_list(session, lists.removed),
    )  # fmt: skip


def preview_page(
    session: Session, staged: Staged, given: Mapping[str, str], told: Sequence[str]
) -> Html:
    """What was understood of a file; `told` are things to look at, `given` what was typed."""
    document = staged.parsed.document
    clauses = staged.parsed.clauses
    shown = list(tree_items(document, clauses[: TREE_SHOWN + 1], None))
    doc_id = field("doc_id", given.get("doc_id") or document.doc_id, "编号（用于链接，定后不改）")
    verb = "替换" if staged.target else "收录"
    form = el(
        "form",
        hidden(TOKEN, session.form_token), hidden("token", staged.token),
        None if staged.target else doc_id,
        *_inputs(values_of(staged.row) | dict(given)),
        el("p", el("button", f"确认{verb}", type="submit", class_="pd-go"), " ",
           el("button", "放弃", type="submit", class_="pa-button",
              formaction=desk_url("discard"), formnovalidate=True), class_="pa-actions"),
        action=desk_url("confirm"), method="post", class_="pd-form",
    )  # fmt: skip
    rest = len(clauses) - 1 - TREE_SHOWN
    return page(
        "核对", "manage",
        who(session),
        el("h1", f"核对读到的内容，再{verb}"),
        el("p", f"文件 {staged.path.name}，{len(document.text)} 字，{len(clauses) - 1} 个条款。",
           how_read(document)),
        el("ul", *(el("li", one) for one in told), class_="pa-notices") if told else None,
        el("div",
           el("section", el("h2", "登记的内容"), form, class_="pd-box"),
           el("section", el("h2", "条款树"), el("ol", *shown, class_="pd-tree"),
              el("p", f"另有 {rest} 个条款", class_="pa-muted") if rest > 0 else None,
              class_="pd-box"),
           class_="pd-sides pd-preview"),
    )  # fmt: skip


def edit_page(
    session: Session, document: Document, values: Mapping[str, str], wrong: str
) -> Html:
    """The row of a document that is in the corpus."""
    form = el(
        "form",
        hidden(TOKEN, session.form_token), hidden("id", document.doc_id),
        *_inputs(values),
        el("p", el("button", "保存更正", type="submit", class_="pd-go"), " ",
           el("a", "不改了", href=desk_url("document", id=document.doc_id)), class_="pa-actions"),
        action=desk_url("edit"), method="post", class_="pd-form",
    )  # fmt: skip
    return page(
        "更正", "manage", who(session),
        el("section", el("h1", f"更正《{document.title}》的登记"),
           el("p", "写入 manifest.jsonl，正文不变；没有改动的项仍从正文读出。", class_="pa-muted"),
           problem(wrong), form, class_="pd-box"),
    )  # fmt: skip


def _inputs(values: Mapping[str, str]) -> list[Html]:
    return [_input(one, values.get(one.name, "")) for one in FIELDS]


def _input(one: Field, value: str) -> Html:
    if one.kind == "list":
        rows = min(6, max(1, value.count("\n") + 1))
        return el("label", el("span", f"{one.words}（一行一个）"),
                  el("textarea", value, name=one.name, rows=rows), class_="pd-wide")  # fmt: skip
    if one.kind in ("level", "kind"):
        return select(one.name, LEVELS if one.kind == "level" else KINDS, value, one.words)
    if one.kind == "day":
        return field(one.name, value, one.words, type_="date")
    made = field(one.name, value, one.words)
    return el("div", made, class_="pd-wide") if one.name in ("title", "url", "note") else made


def _upload(session: Session, target: Document | None) -> Html:
    kinds = "、".join(sorted(KNOWN_SUFFIXES))
    heading = f"替换《{target.title}》的文件" if target else "新增文件"
    hint = "原来的文件会另存，编号和链接不变。" if target else "已收录文件的新版本也在这里新增。"
    form = el(
        "form",
        hidden(TOKEN, session.form_token),
        hidden("target", target.doc_id) if target else None,
        el("label", el("span", f"选择文件（{kinds}）"),
           el("input", type="file", name="file", required=True,
              accept=",".join(sorted(KNOWN_SUFFIXES)))),
        el("button", "上传并预览", type="submit", class_="pd-go"),
        action=desk_url("upload"), method="post", enctype="multipart/form-data", class_="pd-form",
        data_busy="正在读取文件，请稍候……",
    )  # fmt: skip
    return el("section", el("h1", heading), el("p", hint, class_="pa-muted"), form,
              class_="pd-box")  # fmt: skip


def _pairs(pairs: Sequence[tuple[Document, Document]]) -> Html:
    items = (
        el("li", f"《{new.title}》{new.doc_no or ''} ", el("a", "打开对照，接替摘编", href=desk_url(
            "succession", digest=old.doc_id, official=new.doc_id)))
        for old, new in pairs
    )  # fmt: skip
    return el("section", el("h2", "已收录正式文件、可以接替的摘编"),
              el("ul", *items, class_="pd-places"), class_="pd-box", id="pairs")  # fmt: skip


def _job(job: Job, done: str) -> Html:
    link = el("a", "查看这份文件", href=desk_url("document", id=done)) if done else None
    return el("p", el("span", job.words, data_job=job.state), " ",
              link, role="status", class_=f"pd-job is-{job.state}")  # fmt: skip


def _record(record: Mapping[str, Any]) -> str:
    action = _ACTIONS.get(str(record.get("action")), str(record.get("action")))
    what = record.get("doc_id") or record.get("file") or record.get("name") or ""
    told = [str(record.get("at", ""))[:19].replace("T", " "), str(record.get("who", "")), action,
            str(what), str(record.get("reason", ""))]  # fmt: skip
    return "　".join(filter(None, told))
