"""A document's clauses as two layers that can be aligned: provisions, and the units inside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.parsing import ParsedDocument
from assistant.schema import Clause, Level
from assistant.text import normalize

_KIN = {
    Level.DOCUMENT: "document",
    Level.TITLE: "title",
    Level.PART: "heading",
    Level.CHAPTER: "heading",
    Level.SECTION: "heading",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """The own words of one clause, without its marker; never empty.

    `[start, end)` are offsets into the canonical text; `text` is normalised for comparison.
    """

    clause: Clause
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Provision:
    """An article with all below it, or any other clause outside an article, alone."""

    clause: Clause
    inner: tuple[Clause, ...]
    """Paragraphs, items and subitems of an article, in order."""
    units: tuple[Unit, ...]
    text: str
    """The units' normalised texts, one after the other."""

    @property
    def wordless(self) -> tuple[Clause, ...]:
        """Inner clauses that are a bare marker."""
        worded = {unit.clause.clause_id for unit in self.units}
        return tuple(one for one in self.inner if one.clause_id not in worded)

    @property
    def kin(self) -> str:
        """Only provisions of one kin can be counterparts: a heading never becomes an article."""
        return _KIN.get(self.clause.level, "words")


def provisions_of(parsed: ParsedDocument) -> tuple[Provision, ...]:
    """Every clause of the document is in exactly one provision; document order."""
    groups: list[list[Clause]] = []
    article_end = 0
    for clause in parsed.clauses:
        if groups and clause.start < article_end:
            groups[-1].append(clause)
            continue
        groups.append([clause])
        if clause.level is Level.ARTICLE:
            article_end = clause.end
    return tuple(_provision(group, parsed.document.text) for group in groups)


def _provision(group: Sequence[Clause], text: str) -> Provision:
    units = tuple(unit for unit in (_unit(clause, text) for clause in group) if unit.text)
    return Provision(group[0], tuple(group[1:]), units, "".join(unit.text for unit in units))


def _unit(clause: Clause, text: str) -> Unit:
    start = clause.start + len(clause.number)
    own = text[start : clause.own_end]
    end = start + len(own.rstrip())
    start = min(end, start + len(own) - len(own.lstrip()))
    return Unit(clause, start, end, normalize(text[start:end]).text)


def address(clause: Clause) -> str:
    """Where the clause stands: its id without the document, and within an article from the article.

    Articles are numbered through all chapters, so a chapter's number is no part of theirs.
    """
    codes = local_id(clause).split("__")
    articles = [place for place, code in enumerate(codes) if code.startswith("art_")]
    return "__".join(codes[articles[0] :] if articles else codes)


def local_id(clause: Clause) -> str:
    """The id without the document's: art_3__para_2; empty for the document itself."""
    return clause.clause_id[len(clause.doc_id) :].removeprefix("__")
