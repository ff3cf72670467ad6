"""Lines made of a rule's words and its quotations, each said in the fullest way that holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.answering.citations import citation_of
from assistant.answering.verify import verify_text
from assistant.schema import Citation, Clause, Document, Evidence
from assistant.verdicts import Source

Way = tuple[str, Sequence[Source]]
"""Words without a final stop, and the quotations that must bear them out."""


_BRACKETED = re.compile(r"（[^（）]+）$")


def unquoted(name: str) -> str:
    """A benefit's name without the quotation marks that would make it a quotation."""
    return name.translate(str.maketrans("", "", "“”"))


def plain_name(name: str) -> str:
    """Without the version or source in brackets at its end: their figures are in no clause."""
    return _BRACKETED.sub("", unquoted(name))


class Library:
    """Where a rule's quotation stands in the documents that are indexed."""

    def __init__(
        self, documents: Mapping[str, Document], clauses: Mapping[str, Clause]
    ) -> None:
        self.documents = documents
        self._clauses = clauses

    def find(self, source: Source) -> Evidence | None:
        clause = self._clauses.get(source.clause_id)
        if clause is None:
            return None
        document = self.documents[clause.doc_id]
        start = document.text.find(source.quote, clause.start, clause.end)
        if start < 0 or not source.quote.strip():
            return None
        return Evidence(clause, document, start, start + len(source.quote))


class CitedLines:
    """The citations of the lines made so far; equal spans share a number."""

    def __init__(self, question: str, library: Library) -> None:
        self.citations: list[Citation] = []
        self._question = question
        self._library = library
        self._numbers: dict[tuple[str, int, int], int] = {}

    def first(self, ways: Iterable[Way], lent: str = "") -> str | None:
        """The first way of saying it that holds, with its marks; None where none does.

        The question and `lent` may lend figures.
        """
        for words, sources in ways:
            found = [self._library.find(one) for one in dict.fromkeys(sources)]
            spans = [one for one in found if one is not None]
            if not spans or len(spans) < len(found):
                continue
            kept = len(self.citations), dict(self._numbers)
            numbers = list(dict.fromkeys(map(self._number, spans)))
            line = f"{words}{''.join(f'[{one}]' for one in numbers)}。"
            cited = [one for one in self.citations if one.n in numbers]
            if not verify_text(line, cited, question=self._question, extra_allowed=lent):
                return line
            del self.citations[kept[0] :]
            self._numbers = kept[1]
        return None

    def _number(self, evidence: Evidence) -> int:
        key = (evidence.document.doc_id, evidence.start, evidence.end)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self.citations.append(citation_of(evidence, self._numbers[key]))
        return self._numbers[key]
