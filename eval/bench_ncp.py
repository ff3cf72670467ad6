"""How often the answering passage is found, on questions nobody here wrote (the `ncp` benchmark).

    python eval/bench_ncp.py FOLDER [--embedder NAME] [--index DIR] [--folds 5]

FOLDER holds `corpus.jsonl` (rows `_id`, `title`, `text`) and `queries.dev.jsonl` (rows `_id`,
`text`, `doc_id`, `answer`). A question is answered at k when one of the first k passages lies in
its document and covers its answer, white space aside, or the part of the answer that is longest
where a passage boundary cuts it; at 1500 characters, when the first passages that fit in 1,500
characters do. Weights are compared by folds over documents: chosen on four, counted on the fifth.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.retrieval.retriever import fuse
from assistant.retrieval.store import PolicyIndex, build_index, open_index
from assistant.settings import SHIPPED_EMBEDDER, Settings

DEPTH = 100
BUDGET_CHARS = 1500
CUTOFFS = (1, 5, 10)
WEIGHTS = tuple(round(0.05 * step, 2) for step in range(13))


@dataclass(frozen=True, slots=True)
class Question:
    """One question with the passages that answer it, by row in the index."""

    text: str
    doc_id: str
    rows: frozenset[int]


def load_questions(path: Path, index: PolicyIndex) -> list[Question]:
    rows_of: dict[str, list[int]] = {}
    for row, passage in enumerate(index.passages):
        rows_of.setdefault(passage.doc_id, []).append(row)
    questions = []
    for line in path.read_text("utf-8").splitlines():
        one = json.loads(line)
        answer, rows = _squeeze(one["answer"]), rows_of.get(one["doc_id"], [])
        parts = {row: _longest_part(answer, _squeeze(index.passages[row].text)) for row in rows}
        longest = max(parts.values(), default=0)
        found = frozenset(row for row, size in parts.items() if size == longest > 0)
        questions.append(Question(one["text"], one["doc_id"], found))
    return questions


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _longest_part(answer: str, passage: str) -> int:
    """Length of the longest run of the answer's characters that the passage has."""
    longest = 0
    for start in range(len(answer)):
        while answer[start : start + longest + 1] in passage and start + longest < len(answer):
            longest += 1
    return longest


def measure(ranking: Sequence[int], question: Question, lengths: Sequence[int]) -> list[float]:
    """1 or 0 at each cut-off and at the budget of characters."""
    scores = [float(not question.rows.isdisjoint(ranking[:k])) for k in CUTOFFS]
    used = 0
    for row in ranking:
        used += lengths[row]
        if used > BUDGET_CHARS:
            break
        if row in question.rows:
            return [*scores, 1.0]
    return [*scores, 0.0]


def by_folds(
    scores: NDArray[np.float64], questions: Sequence[Question], folds: int
) -> tuple[NDArray[np.float64], list[float]]:
    """scores [weights, questions, measures] -> figures on held-out folds, the weights chosen."""
    documents = sorted({one.doc_id for one in questions})
    fold_of = {doc_id: number % folds for number, doc_id in enumerate(documents)}
    fold = np.array([fold_of[one.doc_id] for one in questions])
    held = np.zeros(scores.shape[1:])
    chosen = []
    for number in range(folds):
        best = int(scores[:, fold != number].mean(axis=(1, 2)).argmax())
        held[fold == number] = scores[best, fold == number]
        chosen.append(WEIGHTS[best])
    return held.mean(axis=0), chosen


def run(folder: Path, settings: Settings, folds: int) -> None:
    begin = time.perf_counter()
    report = build_index(settings)
    index = open_index(settings)
    say(
        f"{report.documents} documents, {report.passages} passages, "
        f"{np.mean([len(one.text) for one in index.passages]):.0f} characters each, "
        f"built in {time.perf_counter() - begin:.1f} s, {report.reused} reused"
    )
    questions = load_questions(folder / "queries.dev.jsonl", index)
    lengths = [len(one.text) for one in index.passages]
    order = np.array([one.passage_id for one in index.passages]).argsort().argsort()

    def ranked(values: NDArray[np.float64]) -> list[int]:
        best = np.lexsort((order, -np.round(values, 9)))[:DEPTH]
        return [int(row) for row in best if values[row] > 0]

    legs = [index.retriever.legs(one.text) for one in questions]
    table = np.array([
        [measure(ranked(fuse(*leg, weight)), one, lengths)
         for leg, one in zip(legs, questions, strict=True)]
        for weight in WEIGHTS
    ])  # fmt: skip
    alone = [measure(ranked(cosines.astype(np.float64)), one, lengths)
             for (_, cosines), one in zip(legs, questions, strict=True)]  # fmt: skip
    row_of = {one.passage_id: row for row, one in enumerate(index.passages)}
    clock = time.perf_counter()
    hits = [index.search(one.text, DEPTH) for one in questions]
    each_ms = (time.perf_counter() - clock) * 1000 / max(1, len(questions))
    shipped = [measure([row_of[hit.passage.passage_id] for hit in found], one, lengths)
               for found, one in zip(hits, questions, strict=True)]  # fmt: skip
    held, chosen = by_folds(table, questions, folds)
    say(f"n = {len(questions)}; {each_ms:.1f} ms a search")
    say(f"{'':32}" + "".join(f"{f'top {k}':>8}" for k in CUTOFFS) + f"{'1500 ch':>9}")
    for name, values in (
        ("BM25", table[0].mean(axis=0)),
        ("embedder", np.mean(alone, axis=0)),
        ("fused, weight by folds", held),
        ("search, as shipped", np.mean(shipped, axis=0)),
    ):
        say(f"{name:32}" + "".join(f"{value:8.3f}" for value in values))
    say(f"weights chosen: {chosen}")
    for weight, values in zip(WEIGHTS, table.mean(axis=1), strict=True):
        say(f"  weight {weight:.2f}" + "".join(f"{value:8.3f}" for value in values))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--embedder", default=SHIPPED_EMBEDDER)
    parser.add_argument("--index", type=Path, help="keep the index here")
    parser.add_argument("--folds", type=int, default=5)
    args = parser.parse_args()
    missing = [name for name in ("corpus.jsonl", "queries.dev.jsonl")
               if not (args.folder / name).is_file()]  # fmt: skip
    if missing:
        sys.stderr.write(f"{args.folder} has no {' or '.join(missing)}\n")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch) / "corpus"
        corpus.mkdir()
        shutil.copy(args.folder / "corpus.jsonl", corpus)  # the questions are no documents
        settings = Settings(corpus_dir=corpus, index_dir=args.index or Path(scratch) / "index",
                            embedder=args.embedder)  # fmt: skip
        run(args.folder, settings, args.folds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
