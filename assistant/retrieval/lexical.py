"""BM25 over passages: two fields in one score, saved as arrays and JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.tokenizer import tokenize
from assistant.schema import Passage

K1 = 1.2
B = 0.6
HEADING_WEIGHT = 2.0
"""A word of the heading path counts as this many in the text (BM25F, Robertson et al. 2004)."""
TITLE_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """Postings in CSR form: those of token t are `rows[starts[t]:starts[t+1]]`, with impacts."""

    token_ids: dict[str, int]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    impacts: NDArray[np.float32]
    count: int

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every passage: float32 [count]; a token counts as often as the query has it."""
        total = np.zeros(self.count, dtype=np.float32)
        for token, times in sorted(Counter(tokenize(query)).items()):
            index = self.token_ids.get(token)
            if index is not None:
                span = slice(self.starts[index], self.starts[index + 1])
                np.add.at(total, self.rows[span], self.impacts[span] * times)
        return total

    def document_frequency(self, token: str) -> int:
        index = self.token_ids.get(token)
        return 0 if index is None else int(self.starts[index + 1] - self.starts[index])

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        np.savez(folder / "postings.npz", starts=self.starts, rows=self.rows, impacts=self.impacts)
        vocabulary = {"count": self.count, "tokens": list(self.token_ids)}
        (folder / "vocabulary.json").write_text(json.dumps(vocabulary, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        with np.load(folder / "postings.npz", allow_pickle=False) as arrays:
            vocabulary = json.loads((folder / "vocabulary.json").read_text("utf-8"))
            return cls(
                token_ids={token: index for index, token in enumerate(vocabulary["tokens"])},
                starts=arrays["starts"],
                rows=arrays["rows"],
                impacts=arrays["impacts"],
                count=vocabulary["count"],
            )


def term_weights(passage: Passage) -> dict[str, float]:
    """Weighted term frequencies of a passage over its fields."""
    weights: dict[str, float] = {}
    fields = (
        (passage.text, 1.0),
        (" ".join(passage.path), HEADING_WEIGHT),
        (passage.title, TITLE_WEIGHT),
    )
    for text, weight in fields:
        for token, times in Counter(tokenize(text)).items():
            weights[token] = weights.get(token, 0.0) + weight * times
    return weights


def build_lexical(weights: Sequence[dict[str, float]]) -> LexicalIndex:
    """BM25 with Lucene's idf, ln(1 + (N - df + 0.5) / (df + 0.5)), which is never negative."""
    count = len(weights)
    lengths = np.array([sum(row.values()) for row in weights], dtype=np.float64)
    mean = float(lengths.mean()) if count else 1.0
    postings: dict[str, list[tuple[int, float]]] = {}
    for row, terms in enumerate(weights):
        for token, weight in terms.items():
            postings.setdefault(token, []).append((row, weight))
    starts, rows, impacts = [0], [], []
    token_ids: dict[str, int] = {}
    for token in sorted(postings):
        token_ids[token] = len(token_ids)
        found = postings[token]
        idf = np.log(1 + (count - len(found) + 0.5) / (len(found) + 0.5))
        for row, weight in found:
            norm = K1 * (1 - B + B * lengths[row] / mean)
            rows.append(row)
            impacts.append(idf * weight * (K1 + 1) / (weight + norm))
        starts.append(len(rows))
    return LexicalIndex(
        token_ids,
        np.array(starts, dtype=np.int64),
        np.array(rows, dtype=np.int32),
        np.array(impacts, dtype=np.float32),
        count,
    )
