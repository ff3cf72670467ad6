"""Query to hits: candidates from BM25 and the dense leg, put in order by the ranker."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.candidates import CORE, Pool
from assistant.retrieval.dense import DenseIndex
from assistant.retrieval.embedder import load_embedder
from assistant.retrieval.engines import EngineWords
from assistant.retrieval.lexical import LexicalIndex, Scored
from assistant.retrieval.ranker import load_ranker
from assistant.retrieval.ties import best
from assistant.retrieval.views import Rows
from assistant.schema import Hit

Made = TypeVar("Made")

DENSE_WEIGHT = 0.5
"""Of the fused score; the rest is BM25 over its best. Chosen by folds: see docs/benchmarks.md."""
DEEP = 40
"""Who wants more than so many looks through long lists, which are worth more time."""
LOOKED_AT = 2
"""Times as many are asked of each leg, so that its own idea of the last ones does not matter."""
MANY_PASSAGES = 20_000
"""From which on both legs are asked at the same time: of 3,713 it cost 0.1 ms, of 148,281 it saved
a fifth; measured at those two alone."""
_THREADS = ThreadPoolExecutor(thread_name_prefix="dense-leg")
_AROUND = np.array([-2, -1, 1, 2])


class Retriever:
    """Both legs over the same passages; row i of each is passage i."""

    def __init__(
        self, passages: Rows, lexical: LexicalIndex, dense: DenseIndex, model: str,
        words: EngineWords | None = None,
    ) -> None:
        """`words`: finds the lexical candidates in place of `lexical`."""
        self._words = words
        self._passages = passages
        self._positions = passages.positions
        self._lexical = lexical
        self._dense = dense
        self._model = model

    def _encode(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = load_embedder(self._model).encode_queries([text])[0]
        return vector

    def search(self, text: str, k: int, doc_ids: Collection[str] | None = None) -> list[Hit]:
        """The k best passages, rank from 1, ties by passage id; none where nothing matches.

        `doc_ids`: of these documents only.
        """
        found = self.pool(text, k, doc_ids)
        if found is None:
            return []
        _, pool = found
        scores = load_ranker().scores(pool).tolist()
        ids = [one.passage_id for one in pool.passages]
        order = sorted(zip([-round(one, 9) for one in scores], ids, range(len(ids)), strict=True))
        return [
            Hit(
                pool.passages[at],
                scores[at],
                rank,
                float(pool.lexical[at]),
                float(pool.cosine[at]),
            )
            for rank, (_, _, at) in enumerate(order[:k], start=1)
        ]

    def pool(
        self, text: str, k: int, doc_ids: Collection[str] | None = None
    ) -> tuple[NDArray[np.int64], Pool] | None:
        """The candidates, by row, and what the ranker is told of them; None where there are none.

        The same of both legs: the best by their fused score are kept.
        """
        text = self._lexical.in_its_words(text)
        depth = min(depth_of(k), self._lexical.count)
        wide = LOOKED_AT * depth
        near = self._beside(self._nearest, text, wide if doc_ids is None else 0)
        scored = self._lexical.scored(text)
        sharing = (scored.passages > 0).nonzero()[0]  # of numbers it takes ten times as long
        totals = scored.total(sharing)
        if doc_ids is None:
            if self._words is None:
                words = sharing[best(totals, wide, self._positions[sharing])]
            else:
                words = np.array(self._words.heaviest(text, wide), dtype=np.int64)
            vector, nearest = near()
            rows = np.union1d(words, nearest)
        else:
            vector, _ = near()
            rows = self._passages.of_documents(doc_ids)
        cosines = self._dense.cosines(vector, rows)
        fused = fuse(scored.total(rows), cosines, DENSE_WEIGHT, float(totals.max(initial=0.0)))
        kept = np.sort(best(fused, depth, self._positions[rows]))
        kept = kept[fused[kept] > 0]
        if not len(kept):
            return None
        return rows[kept], self._told(text, scored, rows[kept], (fused[kept], cosines[kept]))

    def _nearest(self, text: str, k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The vector of a text and the rows of the k nearest passages."""
        vector = self._encode(text)
        return vector, np.array(self._dense.nearest(vector, k) if k else [], dtype=np.int64)

    def _beside(self, work: Callable[..., Made], *args: object) -> Callable[[], Made]:
        """What asks for the result: of many passages it is worked out beside what comes next, for
        numpy lets two threads run; of few the threads would cost more than they save.
        """
        if self._lexical.count > MANY_PASSAGES:
            return _THREADS.submit(work, *args).result
        made = work(*args)
        return lambda: made

    def legs(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """BM25 and cosine of every passage, float32 [passages] each: for measuring weights."""
        vector = self._encode(text)
        return self._lexical.scores(text), self._dense.every(vector)

    def _told(
        self,
        text: str,
        scored: Scored,
        rows: NDArray[np.int64],
        legs: tuple[NDArray[np.float64], NDArray[np.float32]],
    ) -> Pool:
        document = self._lexical.owners[rows]
        return Pool(
            question=text,
            passages=[self._passages[int(row)] for row in rows],
            fused=legs[0],
            lexical=scored.total(rows).astype(np.float64),
            bm25=scored.passages[rows].astype(np.float64),
            document=scored.documents(rows).astype(np.float64),
            cosine=legs[1].astype(np.float64),
            around=self._around(scored.passages, rows),
            place=rows - self._firsts[document],
            size=self._sizes[document],
            best_bm25=float(scored.passages.max(initial=0.0)),
            ideal=scored.ideal,
            passage_count=self._lexical.count,
            document_count=self._lexical.document_count,
            frequencies=scored.frequencies,
            exact=self._lexical.exact(text, rows),
        )

    def _around(
        self, scores: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """[rows, 4]: scores of the passages beside each, 0 beyond its document.

        Documents of one passage, rows of a law say, count as parts of one text.
        """
        wanted = self._positions[rows][:, None] + _AROUND
        inside = np.clip(wanted, 0, len(self._living) - 1)
        beside = self._living[inside]
        mine, theirs = self._lexical.owners[rows][:, None], self._lexical.owners[beside]
        is_near = (mine == theirs) | ((self._sizes[mine] == 1) & (self._sizes[theirs] == 1))
        made = np.where(is_near & (wanted == inside), scores[beside], 0.0)
        return made.astype(np.float64)

    @cached_property
    def _living(self) -> NDArray[np.int64]:
        """The rows of living passages in the order of the corpus."""
        return np.argsort(self._positions, kind="stable")[: self._lexical.count]

    @cached_property
    def _sizes(self) -> NDArray[np.int64]:
        """Passages by document."""
        return np.bincount(self._lexical.owners, minlength=1)

    @cached_property
    def _firsts(self) -> NDArray[np.int64]:
        """The first row by document."""
        return np.cumsum(self._sizes) - self._sizes


def depth_of(k: int) -> int:
    """How many candidates are ranked, the best by fused score, where k hits are wanted."""
    return max(CORE, (2 if k <= DEEP else 6) * k)


def fuse(
    bm25: NDArray[Any], cosines: NDArray[np.float32], weight: float, most: float = 0.0
) -> NDArray[np.float64]:
    """Scores in [0, 1]; `most` is the best BM25 of passages that are not here. By score and not
    by rank: that the first is far better than the second is worth knowing.

    >>> fuse(np.float32([8, 4, 0]), np.float32([0.5, 0, -0.5]), 0.2).round(3).tolist()
    [0.9, 0.4, 0.0]
    """
    share = bm25.astype(np.float64) / max(most, float(bm25.max(initial=0.0)), 1e-9)
    return (1 - weight) * share + weight * np.maximum(cosines, 0)
