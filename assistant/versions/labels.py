"""What people call a clause, 第十六条第二款第（三）项, and what became of it."""

from __future__ import annotations

import cn2an

from assistant.schema import Clause, Level
from assistant.versions.changes import Kind
from assistant.versions.units import address

KIND_WORDS = {
    Kind.UNCHANGED: "未变",
    Kind.CHANGED: "修改",
    Kind.MOVED: "移动",
    Kind.SPLIT: "拆分",
    Kind.MERGED: "合并",
    Kind.ADDED: "新增",
    Kind.DROPPED: "删除",
}
_FRAME = {Level.DOCUMENT: "全文", Level.TITLE: "题名"}
_INNER = {"para": "第{}款", "item": "第（{}）项", "sub": "第{}目", "row": "表格第{}行"}


def label(clause: Clause) -> str:
    """第十六条第二款第（三）项; outside articles the heading, or 题名, or 总体要求 第一段."""
    if clause.level in _FRAME:
        return _FRAME[clause.level]
    codes = [code.partition(".")[0].split("_") for code in address(clause).split("__")]
    if codes[0][0] != "art":
        return clause.heading or " ".join((*clause.path[-1:], f"第{_chinese(codes[-1][-1])}段"))
    main, _, sub = codes[0][1].partition("-")
    article = f"第{_chinese(main)}条" + (f"之{_chinese(sub)}" if sub else "")
    return article + "".join(
        _INNER.get(level, "第{}项").format(_chinese(number)) for level, number in codes[1:]
    )


def cited_place(clause: Clause) -> str:
    """The place in a citation: an article by its number alone, anything else with its headings.

    Empty for the document as a whole.
    """
    if clause.level in _FRAME:
        return ""
    if address(clause).startswith("art_"):
        return label(clause)
    own = clause.heading or label(clause).split(" ")[-1]
    return " › ".join(dict.fromkeys((*clause.path, own)))


def _chinese(number: str) -> str:
    return str(cn2an.an2cn(number)) if number.isdecimal() else number
