"""Our search and others' on the same passages with the same embedder: one table.

    python eval/peers/run.py FOLDER [--systems ours bm25s …] [--sample N] [--k 100]

FOLDER is a benchmark in BEIR form: `corpus.jsonl` or `corpus.jsonl.gz`, `queries.dev.jsonl`, and
`qrels.dev.tsv`, or a `doc_id` and an `answer` in each query (see `eval/bench_ncp.py`). Each system
runs in a process of its own; the memory is the most that it held, and CPU times tell what a busy
machine hides. `--sample N`: every article that answers a question, and N others. Measures are those
of ir-measures.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import numpy as np
from joblib.externals.loky import get_reusable_executor

from assistant.evaluation.judged import judged_questions
from assistant.retrieval.manifest import embedded_text
from assistant.retrieval.store import PolicyIndex, build_index, open_index
from assistant.settings import Settings

PACKAGES = ("chromadb", "llama-index-core", "haystack-ai", "txtai", "bm25s", "numpy")
FIGURES = {
    "build s": "build_s", "build CPU s": "build_cpu_s", "p50 ms": "p50_ms", "p95 ms": "p95_ms",
    "CPU ms": "cpu_ms", "memory MB": "memory_mb",
}  # fmt: skip
TIMED_K = 10
"""Hits asked for where time is taken; all systems look at 100 candidates of each leg or more."""
WARM = 5
BUDGET_CHARS = 1500


def read_rows(path: Path) -> list[Any]:
    zipped = path.with_name(path.name + ".gz")
    if not path.is_file() and not zipped.is_file():
        sys.exit(f"{path.parent} has no {path.name}")
    raw = gzip.decompress(zipped.read_bytes()) if zipped.is_file() else path.read_bytes()
    return [json.loads(line) for line in raw.decode("utf-8").split("\n") if line.strip()]


def read_qrels(folder: Path) -> dict[str, set[str]]:
    """Documents that answer each question."""
    found: dict[str, set[str]] = {}
    for line in (folder / "qrels.dev.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, score = line.split("\t")
        if int(score) > 0:
            found.setdefault(query, set()).add(document)
    return found


def write_corpus(folder: Path, target: Path, sample: int | None) -> None:
    rows = read_rows(folder / "corpus.jsonl")
    if sample is not None and (folder / "qrels.dev.tsv").is_file():
        wanted = {one for group in read_qrels(folder).values() for one in group}
        others = [row for row in rows if row["_id"] not in wanted]
        step = max(1, len(others) // max(1, sample))
        kept = wanted | {row["_id"] for row in others[::step][:sample]}
        rows = [row for row in rows if row["_id"] in kept]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (target / "corpus.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


class Ours:
    """The index of the assistant, built by `assistant index`."""

    def __init__(self, scratch: Path) -> None:
        self._settings = settings_in(scratch, "index of ours")

    def build(self, texts: Sequence[str], folder: Path) -> None:
        del texts, folder  # it reads the corpus itself, which is part of its work
        build_index(self._settings)
        self._index = open_index(self._settings)
        self._row_of = {one.passage_id: row for row, one in enumerate(self._index.passages)}

    def search(self, query: str, k: int) -> list[int]:
        return [self._row_of[hit.passage.passage_id] for hit in self._index.search(query, k)]


def settings_in(scratch: Path, name: str) -> Settings:
    return Settings(
        corpus_dir=scratch / "corpus", index_dir=scratch / name, state_dir=scratch / "state"
    )


def peak_mb() -> float:
    """The kernel's VmHWM: ru_maxrss would count what the parent held."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def cpu_s() -> float:
    """Of this process and of those it started that have ended."""
    return sum(os.times()[:4])


def run_one(name: str, scratch: Path, k: int) -> None:
    """Build and ask one system; leaves `NAME.json` in the scratch folder."""
    from systems import SYSTEMS, vectors, words

    passages = read_rows(scratch / "passages.jsonl")
    queries = read_rows(scratch / "queries.jsonl")
    texts = [one["text"] for one in passages]
    del passages
    words("预热"), vectors(["预热"])
    system = Ours(scratch) if name == "ours" else SYSTEMS[name]()
    folder = scratch / f"store of {name}"
    folder.mkdir()
    begin, cpu = time.perf_counter(), cpu_s()
    system.build(texts, folder)
    built = time.perf_counter() - begin
    get_reusable_executor().shutdown(wait=True)  # so that the time of its processes is counted
    built_cpu = cpu_s() - cpu
    for one in queries[:WARM]:
        system.search(one["text"], k)
    times = []
    cpu = cpu_s()
    for one in queries:
        begin = time.perf_counter()
        system.search(one["text"], TIMED_K)
        times.append((time.perf_counter() - begin) * 1000)
    spent = cpu_s() - cpu
    ranked = {one["_id"]: system.search(one["text"], k) for one in queries}
    made = {
        "build_s": built,
        "build_cpu_s": built_cpu,
        "cpu_ms": spent * 1000 / len(queries),
        "p50_ms": float(np.percentile(times, 50)),
        "p95_ms": float(np.percentile(times, 95)),
        "memory_mb": peak_mb(),
        "ranked": ranked,
    }
    (scratch / f"{name}.json").write_text(json.dumps(made), "utf-8")


def measure_articles(
    ranked: dict[str, list[int]], doc_ids: Sequence[str], qrels: dict[str, set[str]]
) -> dict[str, float]:
    """Recall and reciprocal rank over documents, by ir-measures."""
    import ir_measures
    from ir_measures import RR, R

    runs = {
        query: {doc: -rank for rank, doc in reversed(list(enumerate(doc_ids[row] for row in rows)))}
        for query, rows in ranked.items()
    }
    judged = {query: dict.fromkeys(documents, 1) for query, documents in qrels.items()}
    wanted = [R @ 10, R @ 100, RR @ 10]
    found = ir_measures.calc_aggregate(wanted, judged, runs)
    return {str(one): found[one] for one in wanted}


def measure_answers(
    ranked: dict[str, list[int]], index: PolicyIndex, folder: Path
) -> dict[str, float]:
    """Success over passages that cover the answer, by ir-measures; and in the first characters."""
    import ir_measures
    from ir_measures import Success

    ids = [one.passage_id for one in index.passages]
    queries = read_rows(folder / "queries.dev.jsonl")
    wanted = {
        row["_id"]: one.groups[0]
        for row, one in zip(queries, judged_questions(folder, index), strict=True)
    }
    runs = {
        query: {ids[row]: -float(rank) for rank, row in enumerate(rows)}
        for query, rows in ranked.items()
    }
    # A question without an answering passage counts as missed, not as unasked.
    judged = {query: dict.fromkeys(found, 1) or {"none": 1} for query, found in wanted.items()}
    measures = [Success @ 1, Success @ 5, Success @ 10]
    found = ir_measures.calc_aggregate(measures, judged, runs)
    lengths = [len(one.text) for one in index.passages]
    within = [
        not wanted[query].isdisjoint(ids[row] for row in _first(rows, lengths))
        for query, rows in ranked.items()
    ]
    return {str(one): found[one] for one in measures} | {"1500 ch": float(np.mean(within))}


def _first(rows: Iterable[int], lengths: Sequence[int]) -> set[int]:
    """The first passages that fit in the budget of characters."""
    used, found = 0, set()
    for row in rows:
        used += lengths[row]
        if used > BUDGET_CHARS:
            break
        found.add(row)
    return found


def compare(folder: Path, scratch: Path, names: Sequence[str], k: int, sample: int | None) -> None:
    (scratch / "corpus").mkdir()
    write_corpus(folder, scratch / "corpus", sample)
    settings = settings_in(scratch, "index for passages")
    build_index(settings)
    index = open_index(settings)
    lines = [
        json.dumps({"_id": one.passage_id, "text": embedded_text(one)}, ensure_ascii=False)
        for one in index.passages
    ]
    (scratch / "passages.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    queries = read_rows(folder / "queries.dev.jsonl")
    has_qrels = (folder / "qrels.dev.tsv").is_file()
    rows = [json.dumps({"_id": one["_id"], "text": one["text"]}) for one in queries]
    (scratch / "queries.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    say(f"{len(index.documents)} documents, {len(lines)} passages of "
        f"{np.mean([len(one.text) for one in index.passages]):.0f} characters, "
        f"{len(rows)} questions; " + ", ".join(_versions()))  # fmt: skip
    doc_ids = [one.doc_id for one in index.passages]
    is_first = True
    for name in names:
        done = subprocess.run(
            [sys.executable, __file__, str(folder), "--one", name, "--scratch", str(scratch),
             "--k", str(k)], capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            say(f"{name}: failed: {done.stderr.strip().splitlines()[-1:]}")
            continue
        made = json.loads((scratch / f"{name}.json").read_text("utf-8"))
        ranked = made.pop("ranked")
        found = (
            measure_articles(ranked, doc_ids, read_qrels(folder))
            if has_qrels
            else measure_answers(ranked, index, folder)
        )
        if is_first:
            say(f"| system | {' | '.join(found)} | {' | '.join(FIGURES)} |")
            say("| --- |" + " --- |" * (len(found) + len(FIGURES)))
            is_first = False
        cells = [f"{value:.3f}" for value in found.values()]
        cells += [f"{made[name]:.1f}" for name in FIGURES.values()]
        say(f"| {name} | {' | '.join(cells)} |")


def _versions() -> list[str]:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return found


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    names = ("ours", "bm25s", "llama-index", "haystack", "txtai")
    parser.add_argument("--systems", nargs="+", default=names, choices=names)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--k", type=int, default=100)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--scratch", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        run_one(args.one, args.scratch, args.k)
        return 0
    with tempfile.TemporaryDirectory(dir=args.scratch) as scratch:
        compare(args.folder, Path(scratch), args.systems, args.k, args.sample)
    return 0


if __name__ == "__main__":
    sys.exit(main())
