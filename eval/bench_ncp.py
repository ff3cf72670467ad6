"""How often the answering passage is found, on questions nobody here wrote (the `ncp` benchmark).

    python eval/bench_ncp.py FOLDER [--embedder NAME] [--index DIR]

FOLDER holds `corpus.jsonl` (rows `_id`, `title`, `text`) and `queries.dev.jsonl` (rows `_id`,
`text`, `doc_id`, `answer`). A question is answered at k when one of the first k passages lies in
its document and covers its answer, white space aside, or the part of the answer that is longest
where a passage boundary cuts it; at 1500 characters, when the first passages that fit in 1,500
characters do. The shipped ranker has seen these questions: what it does on others is in the folds
of `assistant train-ranker`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.evaluation.judged import judged_questions, lay_out
from assistant.retrieval.ranker_training import Judged
from assistant.retrieval.retriever import DENSE_WEIGHT, fuse
from assistant.retrieval.store import build_index, open_index
from assistant.schema import Passage
from assistant.settings import SHIPPED_EMBEDDER, Settings

DEPTH = 100
BUDGET_CHARS = 1500
CUTOFFS = (1, 5, 10)

def measure(ranking: Sequence[Passage], question: Judged) -> list[float]:
    """1 or 0 at each cut-off and at the budget of characters."""
    wanted = question.groups[0]
    found = [one.passage_id in wanted for one in ranking]
    fit = np.searchsorted(np.cumsum([len(one.text) for one in ranking]), BUDGET_CHARS, "right")
    return [float(any(found[:k])) for k in (*CUTOFFS, int(fit))]


def run(folder: Path, settings: Settings) -> None:
    begin = time.perf_counter()
    report = build_index(settings)
    index = open_index(settings)
    say(
        f"{report.documents} documents, {report.passages} passages, "
        f"{np.mean([len(one.text) for one in index.passages]):.0f} characters each, "
        f"built in {time.perf_counter() - begin:.1f} s, {report.reused} reused"
    )
    questions = judged_questions(folder, index)
    passages = list(index.passages)
    order = np.array([one.passage_id for one in passages]).argsort().argsort()

    def ranked(values: NDArray[Any]) -> list[Passage]:
        best = np.lexsort((order, -np.round(values.astype(np.float64), 9)))[:DEPTH]
        return [passages[row] for row in best if values[row] > 0]

    legs = [index.retriever.legs(one.text) for one in questions]
    index.search(questions[0].text, 10)
    clock = time.perf_counter()
    for one in questions:
        index.search(one.text, 10)
    each_ms = (time.perf_counter() - clock) * 1000 / max(1, len(questions))
    shipped = [[hit.passage for hit in index.search(one.text, DEPTH)] for one in questions]
    say(f"n = {len(questions)}; {each_ms:.1f} ms a search of ten")
    say(f"{'':32}" + "".join(f"{f'top {k}':>8}" for k in CUTOFFS) + f"{'1500 ch':>9}")
    for name, runs in (
        ("BM25", [ranked(bm25) for bm25, _ in legs]),
        ("embedder", [ranked(cosines) for _, cosines in legs]),
        ("fused", [ranked(fuse(*leg, DENSE_WEIGHT)) for leg in legs]),
        ("search, as shipped", shipped),
    ):
        values = np.mean([measure(*pair) for pair in zip(runs, questions, strict=True)], axis=0)
        say(f"{name:32}" + "".join(f"{value:8.3f}" for value in values))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--embedder", default=SHIPPED_EMBEDDER)
    parser.add_argument("--index", type=Path, help="keep the index here")
    args = parser.parse_args()
    missing = [name for name in ("corpus.jsonl", "queries.dev.jsonl")
               if not (args.folder / name).is_file()]  # fmt: skip
    if missing:
        sys.stderr.write(f"{args.folder} has no {' or '.join(missing)}\n")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch) / "corpus"
        lay_out(args.folder, corpus)
        settings = Settings(corpus_dir=corpus, index_dir=args.index or Path(scratch) / "index",
                            embedder=args.embedder)  # fmt: skip
        run(args.folder, settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
