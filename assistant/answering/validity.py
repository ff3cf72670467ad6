"""Questions about the document itself: its status, period, number, issuer and dates."""

from __future__ import annotations

import re

from assistant.answering.abstain import NO_PROCEDURE, NOT_WRITTEN
from assistant.answering.draft import Draft, Statement, line_of, refuse, whole_clause
from assistant.answering.understand import Query
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Clause, Document, Intent, Level

_PERIOD = re.compile(r"哪几年|管到|管哪|覆盖|期限|规划期|时间范围|哪年|几年|到期|有效期|20\d\d")
_NUMBER = re.compile(r"文号|发文字号")
_TITLE = re.compile(r"全名|全称|标题|名称|叫什么")
_ISSUED = r"(?:发|印|制定|起草|编|出)"
_ISSUER = re.compile(
    rf"谁.{{0,3}}{_ISSUED}|哪个?(?:部门|单位|机关|政府|局|委).{{0,4}}{_ISSUED}|发文(?:单位|机关)|起草单位"
)
_WHEN = r"(?:什么时候|何时|哪天|几时|几月|哪一天|日期|时间)"
_ACT = r"(?:印发|发布|公布|出台|通过|生效|施行|实施|征求意见|公开|起草|修订|审议|报送|公示)"
DRAFT_WORDS = ("征求意见稿", "送审稿", "讨论稿", "草案")
_IN_FORCE = re.compile(r"正式|印发|生效|施行|定稿|终稿|发布|出台|有效|通过")
_DENIES = re.compile(r"还没|尚未|未(?!来)|没有(?![?吗]*$)|没(?:正式|生效|印发|发)|不是(?!吗)|还不")
_DATED = re.compile(rf"{_WHEN}.{{0,12}}{_ACT}|{_ACT}.{{0,6}}{_WHEN}|常务会议")


def write_validity(query: Query, index: PolicyIndex, doc_id: str) -> Draft:
    """What the title block says; what it does not say is declined."""
    document = index.documents[doc_id]
    title = next(
        (one for one in index.clauses_of(document.doc_id) if one.level is Level.TITLE), None
    )
    if title is None:
        return refuse(NOT_WRITTEN)
    if _TITLE.search(query.norm):
        return Draft((Statement("文件全名：", whole_clause(title, document)),))
    if _NUMBER.search(query.norm) and document.doc_no is None:
        return refuse(NOT_WRITTEN, title)
    if _ISSUER.search(query.norm) and not document.issuers:
        return refuse(NOT_WRITTEN, title)
    if _DATED.search(query.norm) and not (document.issued_on or document.effective_on):
        return refuse(NO_PROCEDURE, title)
    if query.intent is Intent.PREMISE and (claim := _check_claim(query, title, document)):
        return claim
    statements = []
    if document.status_words:
        lead = (
            "这份文件是送审稿，未见正式印发和施行的内容，标题写明："
            if (document.status_words == "送审稿")
            else f"这份文件{_told(document.status_words)}，标题写明："
        )
        statements.append(Statement(lead, line_of(title, document, document.status_words)))
    if document.plan_period and (_PERIOD.search(query.norm) or not statements):
        period = line_of(title, document, str(document.plan_period[0]))
        statements.insert(0, Statement("规划期见标题：", period))
    return Draft(tuple(statements)) if statements else refuse(NOT_WRITTEN, title)


def _told(words: str) -> str:
    return f"是{words}" if words in DRAFT_WORDS else f"标注为{words}"


def _check_claim(query: Query, title: Clause, document: Document) -> Draft | None:
    """A claim about the status or the years, against the title; None where it claims neither."""
    claimed = {int(span.value) for span in query.numbers if 2000 <= span.value <= 2100}
    if claimed and document.plan_period:
        is_true = claimed <= set(document.plan_period)
        lead = "对，标题写明：" if is_true else "不对：标题写的是"
        return Draft((Statement(lead, line_of(title, document, str(document.plan_period[0]))),))
    words = document.status_words
    if not words:
        return None
    said = next((one for one in DRAFT_WORDS if one in query.norm), None)
    if said is not None:
        is_true = (said == words) is not bool(_DENIES.search(query.norm))
    elif _IN_FORCE.search(query.norm):
        is_true = bool(_DENIES.search(query.norm))
    else:
        return None
    lead = f"{'对' if is_true else '不对'}：这份文件是{words}，未见正式印发和施行的内容，标题写明："
    return Draft((Statement(lead, line_of(title, document, words)),))
