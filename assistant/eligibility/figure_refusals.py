"""Figures that are no fact of this firm today: another's, planned, in part, only applied for."""

from __future__ import annotations

import re

from assistant.eligibility.runs import Link
from assistant.eligibility.scope import Clause

_MAY_BE_PLANNED = {
    "project_investment",
    "equipment_investment",
    "equipment_share",
    "fixed_investment",
    "rd_cost_of_project",
    "team_size",
}
"""A project's investment is a plan by nature."""
_NEWLY = re.compile(r"(?:去年|今年|上半年|\d年|新增|新获)\S{0,4}(?:拿|获|新|授权|取得|增|件|项)")
_APPLIED = re.compile(
    r"受理|实审|在审|申请中|在申请|正在申请|申请了|待授权|公示|申报中|还没下来|没授权|还没授权"
    r"|未授权"
)
_REQUIRED = re.compile(
    r"(?<![主重])(?:要(?!求)|得(?!分|了|到|过)|须|需要?|至少|起码)(?:到|有|达到?|满|占|够)?"
)
_OWN = re.compile(r"我|咱|本公司|去年|前年|今年|年度|20\d\d|现在|目前")
_YEAR_OF = re.compile(r"其中(?:去年|前年|(?:20)?\d\d年)")
_FELL_THROUGH = re.compile(r"没谈成|没谈拢|没成|黄了|泡汤|没到账|没落实|意向")


def refusal(
    text: str, link: Link, clauses: tuple[Clause, Clause], unit: str, before: set[str]
) -> str | None:
    """Why a figure is not one of this firm today; "other" where nothing need be said, None where
    it is one. `clauses`: that of the figure and that of its name; `before`: the facts just read.
    """
    clause, head = clauses
    if not clause.is_ours or head.is_other or head.is_supposed:
        return "other"
    planned = clause.is_planned or (head.is_planned and head.start == clause.start)
    if planned and link.fact not in _MAY_BE_PLANNED:
        return "这是计划或预计数，没有作为已有情况读取"
    said = text[link.start : clause.end]
    if clause.is_asked and _REQUIRED.search(clause.text) and not _OWN.search(clause.text):
        return "other"  # 营收要1000万吗
    if _FELL_THROUGH.search(said):
        return "这件事没有成，没有读取"
    if link.quantity.kind == "foreign":
        return "外币金额没有折算，请换算成人民币填写"
    words = text[clause.start : clause.end]
    if unit == "项" and _APPLIED.search(words) and "授权发明" not in words:
        return "还在申请的知识产权没有计入"
    is_part = words.lstrip().startswith("其中") and not _YEAR_OF.match(words.lstrip())
    if is_part and link.fact in before and link.years is None:
        return "这是其中的一部分，没有作为总数读取"
    if unit == "项" and _NEWLY.search(words) and "累计" not in words:
        return "这是一段时间新增的，没有作为总数读取"
    return None
