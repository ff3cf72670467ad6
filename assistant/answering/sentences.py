"""Sentences of clauses, the grain at which answers quote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.retrieval.store import PolicyIndex
from assistant.schema import Clause, Document, Evidence
from assistant.text import Normalized, normalize

_SENTENCE = re.compile(r"(?:（[^（）\n]*）|[^。；！？\n])+[。；！？]?")
_SOURCE = re.compile(r"（来源：.*）")
"""What a digest writes behind a clause on where it is from; shown with the clause, no answer."""
_PART = re.compile(r"[^，,；;：:。]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a clause's own text, its heading left out."""

    clause: Clause
    document: Document
    start: int
    end: int
    norm: Normalized
    path: str
    """The heading path, normalised."""

    @property
    def text(self) -> str:
        return self.norm.text

    def parts(self) -> list[tuple[int, int]]:
        """Spans of `text` between commas."""
        return [found.span() for found in _PART.finditer(self.text)]

    def evidence(self, score: float = 0.0) -> Evidence:
        """The sentence as a quote, its closing 。 left out."""
        text = self.document.text[self.start : self.end]
        end = self.start + len(text.rstrip("。；\n 　"))
        return Evidence(self.clause, self.document, self.start, end, score)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence with how well it fits a question."""

    sentence: Sentence
    score: float
    """Of the best sentence 1, of another the odds that it fits better."""
    fit: float
    """The sum of the weighted figures of `fit.fit_features`."""
    covered: float
    """Weighted share of the question's content words that sentence, path and clause have."""
    is_named: bool = False
    """Whether the question has the heading of its clause."""


@lru_cache(maxsize=16384)
def sentences_of(clause: Clause, document: Document) -> tuple[Sentence, ...]:
    """Sentences of the clause's own text; a clause that is only a heading has none."""
    begin = body_start(clause, document)
    text = document.text[begin : clause.own_end]
    path = normalize(" ".join(clause.path)).text
    found = []
    for match in _SENTENCE.finditer(text):
        words = match[0].strip()
        if len(words) < 2 or _SOURCE.fullmatch(words):
            continue
        start = begin + match.start() + match[0].index(words[0])
        end = start + len(words)
        norm = normalize(document.text[start:end])
        found.append(Sentence(clause, document, start, end, norm, path))
    return tuple(found)


@lru_cache(maxsize=4096)
def names_of(document: Document) -> str:
    """Title, short titles, issuers and region, normalised: what a document is about and whose it
    is, its sentences need not say.
    """
    names = [document.title, *document.short_titles, *document.issuers, document.region or ""]
    return normalize(" ".join(names)).text


@lru_cache(maxsize=64)
def whole_text(document: Document) -> str:
    """All its text, normalised."""
    return normalize(document.text).text


def body_start(clause: Clause, document: Document) -> int:
    """Where the clause's own text begins after marker and heading."""
    own = document.text[clause.start : clause.own_end]
    lead = clause.heading or clause.number
    if lead and own.startswith(lead):
        rest = own[len(lead) :]
        return clause.start + len(lead) + len(rest) - len(rest.lstrip("。 　"))
    return clause.start


def children_of(index: PolicyIndex, clause: Clause) -> list[Clause]:
    """The clauses right below, in order."""
    return [one for one in index.clauses_of(clause.doc_id) if one.parent_id == clause.clause_id]
