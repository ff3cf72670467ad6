"""How often the right articles are found among 140,047 (the `statutes` benchmark).

    python eval/bench_statutes.py FOLDER [--embedder NAME] [--index DIR] [--run FILE]

FOLDER holds `corpus.jsonl.gz` (or `corpus.jsonl`), `queries.dev.jsonl` and `qrels.dev.tsv` in BEIR
form. An article is found where its first passage stands; measures are those of ir-measures. The
shipped ranker has seen these questions: what it does on others is in the folds of `assistant
train-ranker`. `--run` writes the search as a TREC run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import RR, R

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.evaluation.judged import QRELS, QUERIES, lay_out
from assistant.retrieval.retriever import DENSE_WEIGHT, fuse
from assistant.retrieval.store import PolicyIndex, build_index, open_index
from assistant.schema import Passage
from assistant.settings import SHIPPED_EMBEDDER, Settings

DEPTH = 200
"""Passages looked at, so that a hundred articles are among them."""
MEASURES = [R @ 10, R @ 100, RR @ 10]


def articles(passages: Iterable[Passage]) -> list[str]:
    """Documents in the order in which their first passages stand."""
    return list(dict.fromkeys(one.doc_id for one in passages))


def as_run(rankings: Sequence[Sequence[str]], ids: Sequence[str]) -> list[ir_measures.ScoredDoc]:
    """Scores fall by one a rank: what orders a run is its order."""
    return [
        ir_measures.ScoredDoc(query_id, doc_id, float(-rank))
        for query_id, ranking in zip(ids, rankings, strict=True)
        for rank, doc_id in enumerate(ranking)
    ]


def rankings_of(index: PolicyIndex, texts: Sequence[str]) -> dict[str, list[list[str]]]:
    """By system, the articles for each question."""
    passages = list(index.passages)
    order = np.array([one.passage_id for one in passages]).argsort().argsort()
    made: dict[str, list[list[str]]] = {"BM25": [], "embedder": [], "fused": []}
    for text in texts:
        bm25, cosines = index.retriever.legs(text)
        for name, values in (
            ("BM25", bm25),
            ("embedder", cosines),
            ("fused", fuse(bm25, cosines, DENSE_WEIGHT)),
        ):
            best = np.argpartition(-values, 2 * DEPTH)[: 2 * DEPTH]
            best = best[np.lexsort((order[best], -np.round(values[best].astype(float), 9)))]
            made[name].append(articles(passages[row] for row in best[:DEPTH] if values[row] > 0))
    made["search, as shipped"] = [
        articles(hit.passage for hit in index.search(text, DEPTH)) for text in texts
    ]
    return made


def run(folder: Path, settings: Settings, run_path: Path | None) -> None:
    begin = time.perf_counter()
    report = build_index(settings)
    index = open_index(settings)
    say(
        f"{report.documents} articles, {report.passages} passages, "
        f"built in {time.perf_counter() - begin:.1f} s, {report.reused} reused"
    )
    rows = [json.loads(line) for line in (folder / QUERIES).read_text("utf-8").splitlines()]
    ids, texts = [one["_id"] for one in rows], [one["text"] for one in rows]
    lines = (folder / QRELS).read_text("utf-8").splitlines()[1:]
    qrels = [
        ir_measures.Qrel(query_id, doc_id, int(score))
        for query_id, doc_id, score in (line.split("\t") for line in lines)
    ]
    index.search(texts[0], 10)
    times = []
    for text in texts:
        clock = time.perf_counter()
        index.search(text, 10)
        times.append((time.perf_counter() - clock) * 1000)
    say(f"n = {len(texts)}; a search of ten: p50 {np.median(times):.1f} ms, "
        f"p95 {np.percentile(times, 95):.1f} ms")  # fmt: skip
    say(f"{'':24}" + "".join(f"{one!s:>10}" for one in MEASURES))
    for name, rankings in rankings_of(index, texts).items():
        found = as_run(rankings, ids)
        values = ir_measures.calc_aggregate(MEASURES, qrels, found)
        say(f"{name:24}" + "".join(f"{values[one]:10.3f}" for one in MEASURES))
    if run_path is not None:
        run_path.write_text(
            "".join(f"{one.query_id} Q0 {one.doc_id} {1 - one.score:.0f} {one.score} assistant\n"
                    for one in found), "utf-8")  # fmt: skip


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--embedder", default=SHIPPED_EMBEDDER)
    parser.add_argument("--index", type=Path, help="keep corpus and index here")
    parser.add_argument("--run", type=Path, help="write the search as a TREC run")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        kept = args.index or Path(scratch)
        lay_out(args.folder, kept / "corpus")
        settings = Settings(corpus_dir=kept / "corpus", index_dir=kept / "index",
                            embedder=args.embedder)  # fmt: skip
        run(args.folder, settings, args.run)
    return 0


if __name__ == "__main__":
    sys.exit(main())
