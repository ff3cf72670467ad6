"""One clause through the versions of its document: which clause it was, and which it became."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from assistant.addressing.titles import Texts
from assistant.corpus.force import begin_of, newer_versions
from assistant.parsing import ParsedDocument
from assistant.retrieval.tokenizer import cut
from assistant.schema import Clause, Document
from assistant.versions import Change, Diff, Kind, diff_documents


@dataclass(frozen=True, slots=True)
class Stage:
    """A version of the document, and the clause in it."""

    document: Document
    clauses: tuple[Clause, ...]
    """Several where it was split or merged; empty where the version has no counterpart."""
    changes: tuple[Change, ...] = ()
    """From the stage before; none for the first."""

    @property
    def kind(self) -> Kind | None:
        return self.changes[0].kind if self.changes else None


@lru_cache(maxsize=32)
def diff_of(texts: Texts, old: str, new: str) -> Diff:
    """Two documents of an opened index, clause by clause."""
    before, after = (
        ParsedDocument(texts.documents[one], tuple(texts.clauses_of(one))) for one in (old, new)
    )
    return diff_documents(before, after, cut)


def line_of(document: Document, documents: Mapping[str, Document]) -> tuple[Document, ...]:
    """The versions from the oldest that leads to this one to the newest that it leads to.

    Where several took the place of one, or one that of several, the latest is followed.
    """
    newer = newer_versions(documents)
    line = [document]
    while earlier := [
        documents[old]
        for old, ones in newer.items()
        if any(one.doc_id == line[0].doc_id for one in ones) and documents[old] not in line
    ]:
        line.insert(0, max(earlier, key=_begin))
    while later := [one for one in newer.get(line[-1].doc_id, ()) if one not in line]:
        line.append(later[-1])
    return tuple(line)


def history_of(texts: Texts, clause: Clause) -> tuple[Stage, ...]:
    """A stage for each version, the oldest first; one alone where there is no other version."""
    line = line_of(texts.documents[clause.doc_id], texts.documents)
    here = next(at for at, one in enumerate(line) if one.doc_id == clause.doc_id)
    clauses: dict[int, tuple[Clause, ...]] = {here: (clause,)}
    changes: dict[int, tuple[Change, ...]] = {}
    for at in range(here + 1, len(line)):
        diff = diff_of(texts, line[at - 1].doc_id, line[at].doc_id)
        changes[at] = _naming(diff, old=clauses[at - 1])
        clauses[at] = _tops(new for one in changes[at] for new in one.new)
    for at in range(here - 1, -1, -1):
        diff = diff_of(texts, line[at].doc_id, line[at + 1].doc_id)
        changes[at + 1] = _naming(diff, new=clauses[at + 1])
        clauses[at] = _tops(old for one in changes[at + 1] for old in one.old)
    return tuple(
        Stage(document, clauses[at], changes.get(at, ())) for at, document in enumerate(line)
    )


def _naming(
    diff: Diff, old: tuple[Clause, ...] = (), new: tuple[Clause, ...] = ()
) -> tuple[Change, ...]:
    """The changes that tell of any of these clauses."""
    olds, news = {one.clause_id for one in old}, {one.clause_id for one in new}
    return tuple(
        one
        for one in diff.walk()
        if any(clause.clause_id in olds for clause in one.old)
        or any(clause.clause_id in news for clause in one.new)
    )


def _tops(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """Without those that stand below another of them."""
    found = tuple(dict.fromkeys(clauses))
    return tuple(one for one in found if not any(_is_below(one, other) for other in found))


def _is_below(clause: Clause, other: Clause) -> bool:
    return clause.clause_id.startswith(f"{other.clause_id}__")


def _begin(document: Document) -> tuple[date, str]:
    span = begin_of(document)
    return (span.first if span else date.min), document.doc_id
