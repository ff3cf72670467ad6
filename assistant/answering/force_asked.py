"""Is it still in force, since when, until when, what took its place: the state of a day from the
register, the words for it from the document's own sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from assistant.answering.draft import Draft, Statement
from assistant.answering.sentences import Sentence, sentences_of
from assistant.answering.understand import Query
from assistant.corpus.force import Force, newer_versions, standing_on
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Document, Level
from assistant.text import normalize

MAX_TOLD = 2
_LEADS: dict[Force, str] = {
    Force.NOT_YET: "尚未施行，",
    Force.IN_FORCE: "现行有效，",
    Force.EXPIRED: "已失效，",
    Force.SUPERSEDED: "已被替代，",
    Force.REPEALED: "已废止，",
    Force.DRAFT: "不是正式印发的文件，",
}
_END = r"有效期|失效|废止|到期|期满|过期|终止"
_REPLACED = r"替代|取代|代替|接替|修订为|废止|后续"
_ASKS = (  # what is asked, and the words that tell it
    (re.compile(r"替代|取代|代替|接替|新版|哪[个份]新|后来|改成|修订"), _REPLACED),
    (
        re.compile(
            r"失效|到期|废止|过期|截止|有效期|作废|管到|还能用|还管用|还有效|有效[吗么]|现行|还在执行"
        ),
        _END,
    ),
    (re.compile(r"施行|生效|实施|执行|起算"), r"施行|生效|实施|起执行"),
    (
        re.compile(r"谁|哪个(?:部门|单位|机关|局|委)|发文(?:单位|机关)|发布机关"),
        r"印发|发布|公布|出台|制定",
    ),
    (re.compile(r"印发|发布|公布|出台|发文|哪天|哪年|什么时候|何时"), r"印发|发布|公布|出台"),
)
_OWN = re.compile(
    r"本(?:办法|条例|规定|政策|方案|通知|意见|细则|标准|指南|措施|文件|公告|要点)|自.{2,14}起"
)


def write_force(query: Query, index: PolicyIndex, document: Document, day: date) -> Draft | None:
    """The sentences that tell what is asked, led by the state on the day; None where none does."""
    if "文号" in query.norm or "字号" in query.norm:
        return _number(document, index)
    asked = next(((asks, tells) for asks, tells in _ASKS if asks.search(query.norm)), None)
    if asked is None:
        return None
    told = list(_telling(index, document, re.compile(asked[1])))[:MAX_TOLD]
    if not told:
        return None
    newer = newer_versions(index.documents).get(document.doc_id, ())
    force = standing_on(document, newer, day).force
    asks_end = asked[1] in (_END, _REPLACED)
    lead = _LEADS.get(force, "") if asks_end else ""
    first, *rest = told
    statements = [Statement(f"{lead}文件写明：", first.evidence())]
    statements += [Statement("另写明：", one.evidence()) for one in rest]
    return Draft(tuple(statements))


def _telling(
    index: PolicyIndex, document: Document, tells: re.Pattern[str]
) -> Iterable[Sentence]:
    """Sentences on the document itself that have the words."""
    for clause in index.clauses_of(document.doc_id):
        if clause.level not in (Level.DOCUMENT, Level.TITLE):
            for sentence in sentences_of(clause, document):
                if tells.search(sentence.text) and _is_own(sentence):
                    yield sentence


def _is_own(sentence: Sentence) -> bool:
    """Whether a sentence tells of the document itself: it says so, or stands where that is told."""
    is_told = "基本情况" in sentence.path or "附则" in sentence.path
    return is_told or bool(_OWN.search(sentence.text))


def _number(document: Document, index: PolicyIndex) -> Draft | None:
    """The words that have the document's own number."""
    if not document.doc_no:
        return None
    wanted = normalize(document.doc_no).text
    for clause in index.clauses_of(document.doc_id):
        for sentence in sentences_of(clause, document):
            if wanted in sentence.text:
                statement = Statement("文号：", sentence.evidence())
                return Draft((statement,))
    return None
