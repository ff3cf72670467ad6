"""The words of the interface: what each status is called, and in which tone it is shown."""

from __future__ import annotations

from typing import NamedTuple

from assistant.schema import DocStatus, Document, Status

TITLE = "政策知识助手"
TAGLINE = "按条款原文回答，逐句可核对"
DISCLAIMER = "答复只引用资料库中的原文，供参考；办理事项以正式印发的文件和主管部门答复为准。"

STAGES: dict[str, str] = {"find": "找到条款", "check": "核对", "write": "答复"}
"""In the order they happen."""

REASONS: tuple[str, ...] = (
    "答非所问", "引用不对", "内容不全", "数字有误", "本该答却没答", "看不懂", "其他",
)  # fmt: skip


class Label(NamedTuple):
    """What is read and how it looks: `tone` names a colour pair of the stylesheet."""

    words: str
    tone: str


STATUS: dict[Status, Label] = {
    Status.ANSWERED: Label("已答复", "good"),
    Status.PARTIAL: Label("部分答复", "warn"),
    Status.NEEDS_INFO: Label("需要补充情况", "info"),
    Status.NOT_IN_CORPUS: Label("资料中没有", "none"),
    Status.OUT_OF_SCOPE: Label("不在答复范围", "out"),
    Status.ERROR: Label("出错了", "bad"),
}

_DOC_STATUS: dict[DocStatus, Label] = {
    DocStatus.DRAFT: Label("未生效", "warn"),
    DocStatus.IN_FORCE: Label("现行有效", "good"),
    DocStatus.EXPIRED: Label("已失效", "bad"),
    DocStatus.SUPERSEDED: Label("已被替代", "bad"),
    DocStatus.DIGEST: Label("摘要，非原文", "info"),
}


def doc_status(status: DocStatus, document: Document | None = None) -> Label:
    """The badge of a document; its own words (送审稿) where it has some and is a draft."""
    label = _DOC_STATUS[status]
    if status is DocStatus.DRAFT and document is not None and document.status_words:
        return Label(document.status_words, label.tone)
    return label
