"""The rules of an answer, checked on its text alone: whoever wrote it, by model or by rule.

A statement about a policy carries a mark; a mark has its citation; what a statement says in
figures, dates, numbers of documents and clauses, and in quotation marks, stands in what it cites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answering import figures
from assistant.answering.citations import (
    MARK,
    marks,
    quoted_spans,
    split_statements,
    without_marks,
)
from assistant.corpus.force import statuses_on
from assistant.schema import REFUSALS, Answer, Citation, DocStatus, Document, Status
from assistant.verdicts import Combination, Verdict

RELATED = "相关，但未回答您的问题"
"""How a refusal introduces the nearest clause."""

STATUS_WORDS: Mapping[DocStatus, tuple[str, ...]] = {
    DocStatus.DRAFT: (
        *("送审稿", "征求意见稿", "草案", "草稿", "讨论稿", "报批稿", "起草"),
        "尚未施行",
    ),
    DocStatus.EXPIRED: ("失效", "废止", "过期", "期满", "到期"),
    DocStatus.SUPERSEDED: ("取代", "替代", "代替", "修订", "新版"),
    DocStatus.DIGEST: ("摘要", "摘编", "摘录", "节选"),
}
"""A notice names a document as such with one of these, or with its own `status_words`."""

_VERDICT = re.compile(r"(?:不?对|是的?|不是|否|有|没有|没错|不准确|不完全对|部分正确)[。！!，,]*")
_CONNECTIVE = re.compile(
    r"(?:您好|你好|谢谢|综上|总之|此外|另外|同时|其中|(?:具体|原文|依据|要点|内容)?如下|原文(?:是|为)?|"
    r"(?:以下|下面)(?:是|为)(?:原文|依据|要点)|需要说明的是)[。：:！!，,]*"
)
_LINK = re.compile(
    r"https?://[^\s，。；）)]+|www\.[^\s，。；）)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.-])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|gov|edu|top|xyz|io|info)(?![\w-])(?:/[^\s，。；：、”）)]*)?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that an answer breaks."""

    rule: str
    """empty, mark, citation, span, quote, number, date, doc_no, clause, link, refusal, notice."""
    message: str
    """One Chinese sentence that names the words at fault."""


@dataclass(frozen=True, slots=True)
class _Statement:
    text: str
    numbers: tuple[int, ...]
    """Its marks; those of the next statement for a lead-in such as 如下："""


def verify_text(
    text: str, citations: Sequence[Citation], *, question: str, extra_allowed: str = ""
) -> list[Problem]:
    """Every rule that `text` breaks with these citations; empty when it is right.

    A statement is held against the citations it marks itself. `question` and `extra_allowed`
    may lend it figures and quoted words, but never support.
    """
    statements = _statements(text)
    problems = _check_marks(text, statements, citations)
    by_number = {citation.n: citation for citation in citations}
    lent = tuple(part for part in (question, extra_allowed) if part)
    for statement in statements:
        cited = [by_number[n] for n in dict.fromkeys(statement.numbers) if n in by_number]
        problems += _check_words(statement.text, cited, lent)
    return problems


def is_connective(statement: str) -> bool:
    """Whether it only greets, agrees or leads on, and so says nothing about a policy."""
    words = without_marks(statement).strip()
    return bool(_CONNECTIVE.fullmatch(words) or _VERDICT.fullmatch(words))


def check_answer(answer: Answer, documents: Mapping[str, Document]) -> list[Problem]:
    """Every rule of the contract that a finished answer breaks; empty when it is right."""
    if not answer.text.strip():
        return [Problem("empty", "答复没有文字。")]
    if answer.status in REFUSALS or (answer.status is Status.NEEDS_INFO and not answer.citations):
        return _check_refusal(answer, documents)
    cited = sorted({one.doc_id for one in answer.citations} & documents.keys())
    statuses = statuses_on(documents, cited, answer.as_of)
    problems = [
        problem
        for citation in answer.citations
        for problem in _check_span(
            citation, documents.get(citation.doc_id), statuses.get(citation.doc_id, ())
        )
    ]
    if not answer.citations:
        problems.append(Problem("citation", "答复没有引用任何条款。"))
    lent = lent_words(answer.facts, answer.verdicts, answer.combination)
    problems += verify_text(
        answer.text, answer.citations, question=answer.question, extra_allowed=lent
    )
    return problems + _check_notices(answer, documents, statuses)


def lent_words(
    facts: Iterable[Mapping[str, Any]], verdicts: Iterable[Verdict], taken: Combination | None
) -> str:
    """The profile and the formulas shown: their figures need no quotation."""
    told = [f"{one['value']}{one['unit'] or ''} {one['read_from']}" for one in facts]
    formulas = [one.amount.formula for one in verdicts if one.amount is not None]
    return "\n".join([*told, *formulas, taken.formula if taken else ""])


def _statements(text: str) -> list[_Statement]:
    """From the last to the first, so that a lead-in takes the marks of what it leads to."""
    found: list[_Statement] = []
    following: tuple[int, ...] = ()
    for statement in reversed(split_statements(text)):
        own = tuple(marks(statement))
        if not own and (statement.endswith(("：", ":")) or is_connective(statement)):
            own = following
        found.append(_Statement(statement, own))
        following = own
    return found[::-1]


def _check_marks(
    text: str, statements: Iterable[_Statement], citations: Sequence[Citation]
) -> list[Problem]:
    problems = [
        Problem("mark", f"“{_short(statement.text)}”没有标出依据。")
        for statement in statements
        if not statement.numbers
        and re.search(r"\w", statement.text)
        and not _CONNECTIVE.fullmatch(statement.text)
    ]
    used = {int(found[1]) for found in MARK.finditer(text)}
    given = [citation.n for citation in citations]
    problems += [
        Problem("citation", f"标注[{n}]没有对应的引用。") for n in sorted(used - set(given))
    ]
    problems += [
        Problem("citation", f"引用[{n}]在答复中没有用到。") for n in sorted(set(given) - used)
    ]
    if len(set(given)) < len(given):
        problems.append(Problem("citation", "引用的编号有重复。"))
    return problems


def _check_words(statement: str, cited: Sequence[Citation], lent: Sequence[str]) -> list[Problem]:
    """Quoted words, links and figures of one statement against what it cites."""
    plain = MARK.sub("\n", statement)
    titles = [citation.doc_title for citation in cited]
    headings = [heading for citation in cited for heading in citation.clause_path]
    quotes = [citation.quote for citation in cited]
    sources = [*quotes, *titles, *headings, *lent]
    problems = [
        Problem("quote", f"引号里的“{_short(words)}”不是所引原文的原话。")
        for start, end in quoted_spans(plain)
        if (words := plain[start + 1 : end - 1]) and not any(words in one for one in sources)
    ]
    urls = [citation.url for citation in cited if citation.url]
    problems += [
        Problem("link", f"“{_short(found.group())}”不在所引原文中。")
        for found in _LINK.finditer(plain)
        if not any(found.group() in one for one in [*sources, *urls])
    ]
    numbers = [citation.doc_no for citation in cited if citation.doc_no]
    support = figures.Support.of([*quotes, *titles, *numbers, *lent], headings, titles)
    return problems + [
        Problem(figure.rule, f"“{figure.words}”不在所引原文、标题或您的问题中。")
        for figure in figures.unsupported(plain, support)
    ]


def _check_span(
    citation: Citation, document: Document | None, statuses: Sequence[DocStatus]
) -> list[Problem]:
    where = f"引用[{citation.n}]"
    if document is None:
        return [Problem("span", f"{where}的文件 {citation.doc_id} 不在资料库中。")]
    start, end = citation.start, citation.end
    problems: list[Problem] = []
    if not 0 <= start < end <= len(document.text) or document.text[start:end] != citation.quote:
        problems.append(Problem("span", f"{where}与原文 {start}–{end} 处的文字不一致。"))
    named = (citation.doc_title, citation.doc_no, citation.doc_status)
    if named != (document.title, document.doc_no, statuses[0]):
        problems.append(
            Problem("span", f"{where}的标题、文号或状态与文件 {citation.doc_id} 不符。")
        )
    return problems


def _check_refusal(answer: Answer, documents: Mapping[str, Document]) -> list[Problem]:
    problems: list[Problem] = []
    if answer.citations or MARK.search(answer.text):
        problems.append(Problem("refusal", "不予回答时不得列出引用作为依据。"))
    titles = [documents[key].title for key in sorted(documents)]
    named = [title for title in titles if title in answer.text]
    label = answer.nearest.label if answer.nearest else ""
    if label and label in answer.text and RELATED not in answer.text:
        problems.append(Problem("refusal", f"列出相近条款时要写明“{RELATED}”。"))
    plain = MARK.sub("\n", answer.text)
    for start, end in quoted_spans(plain):
        words = plain[start + 1 : end - 1]
        near = [answer.question, label, RELATED, *titles]
        near += [documents[key].text for key in sorted(documents)]
        if words and not any(words in one for one in near):
            problems.append(Problem("quote", f"“{_short(words)}”既不在问题中，也不在资料库中。"))
    problems += [
        Problem("link", f"“{_short(found.group())}”不在问题中。")
        for found in _LINK.finditer(plain)
        if found.group() not in answer.question
    ]
    headings = [part.strip() for part in label.split(">") if part.strip()]
    support = figures.Support.of([answer.question, *named], headings, named)
    return problems + [
        Problem(figure.rule, f"“{figure.words}”不在您的问题或所列条款的标题中。")
        for figure in figures.unsupported(plain, support)
    ]


def _check_notices(
    answer: Answer,
    documents: Mapping[str, Document],
    statuses: Mapping[str, Sequence[DocStatus]],
) -> list[Problem]:
    """A notice for each status other than in force; of a digest, also for that of its text."""
    told = [
        (documents[doc_id], status)
        for doc_id, every in statuses.items()
        for status in every
        if status is not DocStatus.IN_FORCE
    ]
    is_one_of_many = len({document.doc_id for document, _ in told}) > 1
    return [
        Problem("notice", f"没有提示《{document.title}》是{STATUS_WORDS[status][0]}。")
        for document, status in told
        if not any(_names(one, document, status, is_one_of_many) for one in answer.notices)
    ]


def _names(notice: str, document: Document, status: DocStatus, is_one_of_many: bool) -> bool:
    """Whether a notice says what the document is, and where there are several, which it means."""
    words = STATUS_WORDS[status]
    if document.status_words and status is not DocStatus.DIGEST:
        words = (*words, document.status_words)
    core = re.sub(r"[（(][^（()）]*[)）]", "", document.title)
    names = [name for name in (document.title, core, document.doc_no) if name]
    return any(word in notice for word in words) and (
        not is_one_of_many or any(name in notice for name in names)
    )


def _short(text: str, limit: int = 40) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
