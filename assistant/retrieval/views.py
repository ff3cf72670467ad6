"""An opened generation as mappings: documents, clauses and passages are read when asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexFolderError
from assistant.parsing import ParsedDocument
from assistant.retrieval.generation import Generation
from assistant.schema import Clause, Document, Passage

MAX_KEPT = 20_000
"""Of passages, and of documents with their clauses, once read; beyond that they are read again."""


def damaged(index_dir: Path) -> IndexFolderError:
    return IndexFolderError(f"索引 {index_dir} 已损坏；请运行 assistant index 重建。")


class Documents(Mapping[str, Document]):
    """The documents by id, in the order of the corpus; kept once read."""

    def __init__(self, generation: Generation, index_dir: Path) -> None:
        self._generation = generation
        self._index_dir = index_dir
        self._documents: dict[str, Document] = {}
        self._clauses: dict[str, dict[str, Clause]] = {}

    def __getitem__(self, doc_id: str) -> Document:
        """
        Raises:
            KeyError: there is no such document.
            IndexFolderError: its line was changed on disk.
        """
        found = self._documents.get(doc_id)
        if found is None:
            found = self._documents[doc_id] = self._parsed(doc_id).document
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._generation.places)

    def __len__(self) -> int:
        return len(self._generation.places)

    def __contains__(self, doc_id: object) -> bool:
        return doc_id in self._generation.places

    def clauses_by_id(self, doc_id: str) -> Mapping[str, Clause]:
        """Those of one document, in document order; errors as above."""
        found = self._clauses.get(doc_id)
        if found is None:
            if len(self._clauses) >= MAX_KEPT:
                self._clauses = {}
            found = {one.clause_id: one for one in self._parsed(doc_id).clauses}
            self._clauses[doc_id] = found
        return found

    def _parsed(self, doc_id: str) -> ParsedDocument:
        segment, number = self._generation.places[doc_id]
        try:
            return self._generation.segments[segment].document(number)
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(self._index_dir) from error


class Clauses(Mapping[str, Clause]):
    """The clauses by id, which begins with that of the document."""

    def __init__(self, documents: Documents, count: int) -> None:
        self._documents = documents
        self._count = count

    def __getitem__(self, clause_id: str) -> Clause:
        for doc_id in _prefixes(clause_id):
            if doc_id in self._documents:
                found = self._documents.clauses_by_id(doc_id).get(clause_id)
                if found is not None:
                    return found
        raise KeyError(clause_id)

    def __iter__(self) -> Iterator[str]:
        for doc_id in self._documents:
            yield from self._documents.clauses_by_id(doc_id)

    def __len__(self) -> int:
        return self._count


def _prefixes(clause_id: str) -> Iterator[str]:
    """
    >>> list(_prefixes("a__b__art_1"))
    ['a__b__art_1', 'a__b', 'a']
    """
    end = len(clause_id)
    while end > 0:
        yield clause_id[:end]
        end = clause_id.rfind("__", 0, end)


class Rows:
    """Passages by the row that the legs give them; `positions` are their places in the corpus."""

    def __init__(self, generation: Generation, index_dir: Path) -> None:
        self.positions = generation.positions
        self._generation = generation
        self._index_dir = index_dir
        self._kept: dict[int, Passage] = {}

    def __getitem__(self, row: int) -> Passage:
        """
        Raises:
            IndexFolderError: its line was changed on disk.
        """
        found = self._kept.get(row)
        if found is None:
            if len(self._kept) >= MAX_KEPT:
                self._kept = {}
            try:
                found = self._kept[row] = self._generation.passage(row)
            except (ValueError, KeyError, TypeError) as error:
                raise damaged(self._index_dir) from error
        return found

    def of_documents(self, doc_ids: Collection[str]) -> NDArray[np.int64]:
        """The rows of living documents, in order; unknown ids have none."""
        places = [self._generation.places[one] for one in doc_ids if one in self._generation.places]
        return np.array(sorted(self._generation.rows_of(places)), dtype=np.int64)


class Passages(Sequence[Passage]):
    """The living passages in the order of the corpus."""

    def __init__(self, generation: Generation, rows: Rows) -> None:
        self._numbers = generation.living_rows()
        self._rows = rows

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> Passage: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Passage, ...]: ...

    def __getitem__(self, at: int | slice) -> Passage | tuple[Passage, ...]:
        if isinstance(at, slice):
            return tuple(self._rows[int(row)] for row in self._numbers[at])
        return self._rows[int(self._numbers[at])]
