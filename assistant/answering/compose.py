"""Draft to answer: numbered citations, the text with its marks, and the notices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.answering.abstain import NO_SUCH_CLAUSE
from assistant.answering.citations import citation_of
from assistant.answering.draft import Draft, label
from assistant.answering.understand import Query
from assistant.corpus.force import begin_of, newer_versions, statuses_on
from assistant.corpus.notices import chinese_day, notices_on
from assistant.schema import Answer, Citation, Clause, Document, Kind, Level, Nearest

MAX_NAMED = 3
_BRACKETED = re.compile(r"[（(][^（()）]*[)）]$")


def compose(
    question: str, query: Query, draft: Draft, documents: Mapping[str, Document], as_of: date
) -> Answer:
    """Number the quotes in order of appearance; equal spans share a number."""
    if draft.refusal is not None:
        return _decline(question, query, draft, as_of)
    numbers: dict[tuple[str, int, int], int] = {}
    citations: list[Citation] = []
    lines: list[str] = []
    told = next(iter(documents)) if len(documents) == 1 else ""
    for statement in draft.statements:
        evidence = statement.evidence
        lead = statement.lead
        if evidence.document.doc_id != told:
            told = evidence.document.doc_id
            lead = _with_title(lead, evidence.clause, evidence.document)
        key = (evidence.clause.clause_id, evidence.start, evidence.end)
        if key not in numbers:
            numbers[key] = len(numbers) + 1
            citations.append(citation_of(evidence, numbers[key]))
        mark = f"[{numbers[key]}]"
        lines.append(f"{lead}“{evidence.quote}”{statement.tail}{mark}。")
    return Answer(
        question=question,
        as_of=as_of,
        status=draft.status,
        text="\n".join(lines),
        citations=dated(citations, documents, as_of),
        notices=(
            *draft.notices,
            *notices_of(citations, documents, as_of),
            *_other_fits(query, citations, documents),
            *_own_numbers(query, citations, documents),
        ),
        intent=query.intent,
    )


def _with_title(lead: str, clause: Clause, document: Document) -> str:
    """The lead with the document named before the clause, in a corpus of several."""
    if clause.level is Level.TITLE:
        return lead  # the title is what is quoted
    name = f"《{_BRACKETED.sub('', document.title)}》"
    own = label(clause)
    return lead.replace(own, f"{name}{own}", 1) if own in lead else f"{name}{lead}"


def dated(
    citations: Sequence[Citation], documents: Mapping[str, Document], day: date
) -> tuple[Citation, ...]:
    """The citations with the status that each document has on `day`."""
    statuses = statuses_on(documents, {one.doc_id for one in citations}, day)
    return tuple(replace(one, doc_status=statuses[one.doc_id][0]) for one in citations)


def _other_fits(
    query: Query, citations: list[Citation], documents: Mapping[str, Document]
) -> tuple[str, ...]:
    """Where an address fits clauses of several documents, which one is answered from."""
    fits = dict.fromkeys(one.doc_id for one in query.address.clauses) if query.address else {}
    cited = {one.doc_id for one in citations}
    if len(fits) < 2 or not cited & fits.keys():
        return ()
    names = [_told_apart(documents[one]) for one in fits if one not in cited]
    others = "、".join(dict.fromkeys(names[:MAX_NAMED]))
    own = "、".join(_told_apart(documents[one]) for one in fits if one in cited)
    more = f"等{len(names)}份文件" if len(names) > MAX_NAMED else ""
    return (f"没有写明是哪份文件：以上出自{own}，{others}{more}也有这个编号。",)


def _own_numbers(
    query: Query, citations: list[Citation], documents: Mapping[str, Document]
) -> tuple[str, ...]:
    """That the number asked for is the digest's own: the text's article of it says other things."""
    asked = {one.doc_id for one in query.address.clauses} if query.address else set()
    cited = asked & {one.doc_id for one in citations}
    if not any(documents[one].kind is Kind.DIGEST for one in cited):
        return ()
    return ("所引编号是摘编自己的编号，不是原文的条款编号。",)


def _told_apart(document: Document) -> str:
    """The title with what tells its versions apart: when this one began, else its number."""
    begin = begin_of(document)
    day = chinese_day(begin.day) if begin and begin.day else document.doc_no
    return f"《{document.title}》（{day}）" if day else f"《{document.title}》"


def notices_of(
    citations: Sequence[Citation], documents: Mapping[str, Document], day: date
) -> tuple[str, ...]:
    """What must be said of the cited documents, in order of citation."""
    newer = newer_versions(documents)
    cited = dict.fromkeys(citation.doc_id for citation in citations)
    notices = [
        notice for one in cited for notice in notices_on(documents[one], newer.get(one, ()), day)
    ]
    return tuple(dict.fromkeys(notices))


def _decline(question: str, query: Query, draft: Draft, as_of: date) -> Answer:
    assert draft.refusal is not None
    text, nearest = draft.refusal.text, None
    clause = draft.nearest
    name = clause.heading.removeprefix(clause.number).strip() if clause is not None else ""
    if clause is not None and name:
        nearest = Nearest(clause.doc_id, clause.clause_id, name)
        text += f"\n相关，但未回答您的问题：“{name}”。"
    return Answer(
        question=question,
        as_of=as_of,
        status=draft.status,
        text=text,
        intent=query.intent,
        reason=draft.refusal.reason,
        nearest=nearest,
        notices=_what_there_is(query, draft),
    )


def _what_there_is(query: Query, draft: Draft) -> tuple[str, ...]:
    """Of a clause that does not exist: what does that is nearest."""
    if draft.refusal is not NO_SUCH_CLAUSE or query.address is None:
        return ()
    return (query.address.problem,) if query.address.problem else ()
