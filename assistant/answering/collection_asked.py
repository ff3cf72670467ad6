"""Questions about the collection are answered from the register: titles with their state."""

from __future__ import annotations

from datetime import date

from assistant.answering.abstain import NONE_LISTED
from assistant.answering.collection_words import read_wanted
from assistant.answering.draft import Draft, Statement, line_of, refuse
from assistant.answering.understand import Query
from assistant.corpus.collection import Act, Listed, list_documents
from assistant.corpus.force import Force
from assistant.corpus.notices import LABELS
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Evidence, Level

MAX_LISTED = 12
_ORDER = (Force.IN_FORCE, Force.NOT_YET, Force.DRAFT, Force.UNKNOWN)


def write_collection(query: Query, index: PolicyIndex, day: date) -> Draft | None:
    """The documents that fit, each with its state on the day; None if no collection is asked for,
    or one of something that the corpus lacks.
    """
    if len(index.documents) == 1:
        return None
    wanted = read_wanted(query, index.documents, day)
    if wanted is None:
        return None
    listed = sorted(list_documents(index.documents, day, wanted), key=_rank)
    if not listed:
        return None if wanted.words else refuse(NONE_LISTED)
    statements = [
        Statement(f"- {LABELS[one.standing.force]}：", evidence)
        for one in listed[:MAX_LISTED]
        if (evidence := _title(one, index)) is not None
    ]
    if not statements:
        return None
    return Draft(tuple(statements), is_sure=True, notices=tuple(_counted(listed, wanted.act)))


def _counted(listed: list[Listed], act: Act) -> list[str]:
    more = f"，以上列出{MAX_LISTED}份，其余可在条款台的文件页或用 assistant documents 查看"
    told = [f"按登记的内容查到{len(listed)}份{more if len(listed) > MAX_LISTED else ''}。"]
    if act is Act.ENDED:
        told.append("没有登记失效日期的文件不在其中。")
    return told


def _rank(listed: Listed) -> int:
    force = listed.standing.force
    return _ORDER.index(force) if force in _ORDER else len(_ORDER)


def _title(listed: Listed, index: PolicyIndex) -> Evidence | None:
    document = listed.document
    for clause in index.clauses_of(document.doc_id):
        if clause.level is Level.TITLE:
            text = document.text[clause.start : clause.end]
            return line_of(clause, document, text.lstrip().splitlines()[0])
    return None
