"""Drafts: statements with the quotes that prove them, not yet numbered."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answering.abstain import Refusal
from assistant.answering.sentences import Sentence
from assistant.schema import Clause, Document, Evidence, Status


@dataclass(frozen=True, slots=True)
class Statement:
    """`lead` + the quote in “” + its mark + `tail`."""

    lead: str
    evidence: Evidence
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """Statements to say, or the reason to say nothing."""

    statements: tuple[Statement, ...] = ()
    status: Status = Status.ANSWERED
    refusal: Refusal | None = None
    nearest: Clause | None = None
    is_sure: bool = False
    """Whether it answers without being judged: the title block on the document itself."""
    notices: tuple[str, ...] = ()
    """What is said beside the answer."""


def refuse(refusal: Refusal, nearest: Clause | None = None) -> Draft:
    return Draft(status=refusal.status, refusal=refusal, nearest=nearest)


def label(clause: Clause) -> str:
    """How a clause is named in an answer: its own heading, or that of the section above."""
    return f"“{clause.path[-1]}”" if clause.path else "文件开头部分"


def quote(sentence: Sentence, lead: str = "", tail: str = "") -> Statement:
    """A statement that quotes a sentence, naming its clause unless there is a lead."""
    return Statement(lead or f"{label(sentence.clause)}写明：", sentence.evidence(), tail)


def whole_clause(clause: Clause, document: Document) -> Evidence:
    """The clause with all below it."""
    text = document.text[clause.start : clause.end]
    return Evidence(clause, document, clause.start, clause.start + len(text.rstrip()))


def heading_of(clause: Clause, document: Document) -> Evidence:
    """The heading alone."""
    return Evidence(clause, document, clause.start, clause.start + len(clause.heading))


def line_of(title: Clause, document: Document, words: str) -> Evidence:
    """The line of the title block that has the words."""
    block = document.text[title.start : title.end]
    position = block.index(words) if words in block else 0
    begin = block.rfind("\n", 0, position) + 1
    end = block.find("\n", position)
    end = len(block) if end < 0 else end
    return Evidence(title, document, title.start + begin, title.start + end)
