"""Look-up tables of a whole corpus: titles, headings, and an outline a document."""

from __future__ import annotations

from functools import lru_cache

from assistant.addressing.outline import SECTIONS, Outline
from assistant.addressing.titles import Texts, Titles
from assistant.schema import Clause, Level
from assistant.text import normalize

__all__ = ["SECTIONS", "Places", "places_of"]


class Places:
    """Look-up tables of a corpus, built once an index; outlines when first asked for."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.titles = Titles(texts)
        self._outlines: dict[str, Outline] = {}
        self.headings: dict[str, list[Clause]] = {}
        for doc_id in self.titles.order:
            for clause in texts.clauses_of(doc_id):
                if not clause.heading or clause.level is Level.ARTICLE:
                    continue
                for words in {clause.heading, clause.heading.removeprefix(clause.number)}:
                    name = normalize(words).text
                    if len(name) >= 2:
                        self.headings.setdefault(name, []).append(clause)

    def outline(self, doc_id: str) -> Outline:
        if doc_id not in self._outlines:
            self._outlines[doc_id] = Outline(self._texts.clauses_of(doc_id))
        return self._outlines[doc_id]


@lru_cache(maxsize=4)
def places_of(texts: Texts) -> Places:
    return Places(texts)
