"""Is it still in force, since when, until when, what took its place: the state of a day from the
register, the words for it from the document's own sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.draft import Draft, Statement
from assistant.answering.sentences import Sentence, sentences_of
from assistant.answering.understand import Query
from assistant.corpus.force import Force, newer_versions, standing_on
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Document, Level
from assistant.text import normalize

MAX_TOLD = 3
_LEADS: dict[Force, str] = {
    Force.NOT_YET: "尚未施行，",
    Force.IN_FORCE: "现行有效，",
    Force.EXPIRED: "已失效，",
    Force.SUPERSEDED: "已被替代，",
    Force.REPEALED: "已废止，",
    Force.DRAFT: "不是正式印发的文件，",
}


@dataclass(frozen=True, slots=True)
class _Aspect:
    """What of a document's life is asked, and the words that tell it."""

    asks: re.Pattern[str]
    tells: re.Pattern[str]
    is_state: bool = False
    """Whether the state of the day answers it too."""
    is_number: bool = False
    """Whether only the document's own number tells it."""


_ASPECTS = (
    _Aspect(
        re.compile(r"替[代掉换]|取代|代替|接替|接过|换成|新版|哪[个份]新|后来|后续|改成|修订|新的"),
        re.compile(r"替代|取代|代替|接替|修订为|废止|后续|新方案|新办法"),
        is_state=True,
    ),
    _Aspect(
        re.compile(
            r"失效|到期|废止|过期|截止|有效|作废|管到|还能用|管用|现行|还在执行|还算数|什么状态|为止|"
            r"哪[年天].{0,2}到|[能可](?:不能|否)?.{0,3}作为|还能"
        ),
        re.compile(r"有效期|失效|废止|到期|期满|过期|终止|继续有效|未设截止|期为"),
        is_state=True,
    ),
    _Aspect(
        re.compile(r"施行|生效|实施|执行|起算|哪天开始|从哪天"),
        re.compile(r"施行|生效|实施|起执行"),
    ),
    _Aspect(re.compile(r"文号|字号|几号文"), re.compile(r"〔\d{4}〕"), is_number=True),
    _Aspect(
        re.compile(r"谁|哪[个几些](?:部门|单位|机关|局|委|家)|几家|发文(?:单位|机关)|发布机关|牵头|起草"),
        re.compile(r"(?:由|市|区|部|委|局|厅|办公室|政府).{0,30}(?:印发|发布|公布|出台|制定|起草|管理)"),
    ),
    _Aspect(
        re.compile(r"印发|发布|公布|出台|发文|哪天|哪年|什么时候|何时|日期"),
        re.compile(r"\d[年月日]?.{0,6}(?:印发|发布|公布|出台|签发)|日期"),
    ),
)
_OWN = re.compile(
    r"本(?:办法|条例|规定|政策|方案|通知|意见|细则|标准|指南|措施|文件|公告|要点)|自.{2,14}起"
)


def write_force(
    query: Query, index: PolicyIndex, document: Document, day: date, first: Sequence[Sentence]
) -> Draft | None:
    """The sentences that tell what is asked, led by the state on the day; None where none does.

    `first` is what the search found to fit best, if it is of this document.
    """
    asked = [one for one in _ASPECTS if one.asks.search(query.norm)]
    told = list(first)
    own = _own_sentences(index, document)
    for aspect in asked:
        if any(_tells(aspect, one, document) for one in told):
            continue
        best = max(
            own, key=lambda one: (_fits(one, aspect, asked, document), -one.start), default=None
        )
        if best is not None and _tells(aspect, best, document):
            told.append(best)
    if not told:
        return None
    newer = newer_versions(index.documents).get(document.doc_id, ())
    force = standing_on(document, newer, day).force
    lead = _LEADS.get(force, "") if any(one.is_state for one in asked) else ""
    best, *rest = told[:MAX_TOLD]
    statements = [Statement(f"{lead}文件写明：", best.evidence())]
    statements += [Statement("另写明：", one.evidence()) for one in rest]
    return Draft(tuple(statements))


def _own_sentences(index: PolicyIndex, document: Document) -> list[Sentence]:
    """Sentences on the document itself, in order."""
    return [
        sentence
        for clause in index.clauses_of(document.doc_id)
        if clause.level not in (Level.DOCUMENT, Level.TITLE)
        for sentence in sentences_of(clause, document)
        if _is_own(sentence)
    ]


def _tells(aspect: _Aspect, sentence: Sentence, document: Document) -> bool:
    if aspect.is_number:
        return bool(document.doc_no) and normalize(document.doc_no or "").text in sentence.text
    return bool(aspect.tells.search(sentence.text))


def _fits(
    sentence: Sentence, aspect: _Aspect, asked: Sequence[_Aspect], document: Document
) -> tuple[bool, bool, int]:
    """What is asked first; a sentence on this document, or headed by it; then all that is asked."""
    head = normalize(sentence.clause.heading).text
    is_own = bool(_OWN.search(sentence.text)) or bool(aspect.tells.search(head))
    return (
        _tells(aspect, sentence, document),
        is_own,
        sum(_tells(one, sentence, document) for one in asked),
    )


def _is_own(sentence: Sentence) -> bool:
    """Whether a sentence tells of the document itself: it says so, or stands where that is told."""
    is_told = "基本情况" in sentence.path or "附则" in sentence.path
    return is_told or bool(_OWN.search(sentence.text))
