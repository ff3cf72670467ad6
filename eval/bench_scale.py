"""How the index grows: time to build, to take up one change, disk, memory, time a question.

    python eval/bench_scale.py CORPUS.jsonl[.gz] QUERIES.jsonl [--sizes 1000 10000 140000]

CORPUS has a row a document (`_id`, `title`, `text`), QUERIES a row a question (`text`). Of each
size the first rows are indexed in a process of its own, one row is changed and indexed again, and
a third process opens the index and answers: one client, then eight at a time, threads of one
process as in `assistant serve`. CPU times tell what a busy machine hides. Memory is the most that
a process held, mapped files included, and what of it no other process could give back (`own`). A
line of Markdown a size.
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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from joblib.externals.loky import get_reusable_executor

from assistant.retrieval.store import build_index, open_index
from assistant.settings import Settings

SIZES = (1000, 3000, 10_000, 30_000, 140_047)
CLIENTS = 8
K = 10
WARM = 20
COLUMNS = (
    "documents", "passages", "build s", "build CPU s", "one change s", "one change CPU s",
    "disk MB", "open s", "build peak MB", "serving peak MB", "own MB", "p50 ms", "p95 ms",
    "CPU ms", "a second, 1 client", f"{CLIENTS} clients",
)  # fmt: skip


def settings_in(folder: Path) -> Settings:
    return Settings(
        corpus_dir=folder / "corpus", index_dir=folder / "index", state_dir=folder / "state"
    )


def memory_mb(name: str) -> float:
    """A figure of this process as the kernel has it."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


def build(folder: Path) -> dict[str, float]:
    begin = time.perf_counter()
    report = build_index(settings_in(folder))
    taken = time.perf_counter() - begin
    get_reusable_executor().shutdown(wait=True)  # so that the time of its processes is counted
    spent = os.times()
    return {
        "documents": report.documents,
        "passages": report.passages,
        "build s": taken,
        "build CPU s": sum(spent[:4]),
        "build peak MB": memory_mb("VmHWM"),
    }


def change(folder: Path) -> dict[str, float]:
    """One row in the middle says something else."""
    path = folder / "corpus" / "corpus.jsonl"
    lines = path.read_text("utf-8").split("\n")
    row = json.loads(lines[len(lines) // 2])
    row["text"] += "本条已修改。"
    lines[len(lines) // 2] = json.dumps(row, ensure_ascii=False)
    path.write_text("\n".join(lines), "utf-8")
    begin, cpu = time.perf_counter(), time.process_time()
    report = build_index(settings_in(folder))
    if report.reused != report.documents - 1:
        raise AssertionError(f"{report.documents - report.reused} documents were read again")
    return {
        "one change s": time.perf_counter() - begin,
        "one change CPU s": time.process_time() - cpu,
    }


def serve(folder: Path) -> dict[str, float]:
    begin = time.perf_counter()
    index = open_index(settings_in(folder))
    opened = time.perf_counter() - begin
    texts = [json.loads(line)["text"] for line in (folder / "queries.jsonl").open("rb")]
    for text in texts[:WARM]:
        index.search(text, K)

    def timed(text: str) -> float:
        start = time.perf_counter()
        index.search(text, K)
        return (time.perf_counter() - start) * 1000

    begin = time.perf_counter()
    cpu = time.process_time()
    times = [timed(text) for text in texts]
    spent = (time.process_time() - cpu) * 1000 / len(texts)
    alone = len(texts) / (time.perf_counter() - begin)
    begin = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(timed, texts))
    together = len(texts) / (time.perf_counter() - begin)
    return {
        "open s": opened,
        "p50 ms": float(np.percentile(times, 50)),
        "p95 ms": float(np.percentile(times, 95)),
        "CPU ms": spent,
        "a second, 1 client": alone,
        f"{CLIENTS} clients": together,
        "serving peak MB": memory_mb("VmHWM"),
        "own MB": memory_mb("RssAnon"),
    }


STEPS = {"build": build, "change": change, "serve": serve}


def measure(folder: Path, lines: list[str], queries: Path) -> dict[str, float]:
    (folder / "corpus").mkdir()
    (folder / "corpus" / "corpus.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "queries.jsonl").write_bytes(queries.read_bytes())
    made: dict[str, float] = {}
    for step in STEPS:
        command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{step}: {done.stderr}")
        made |= json.loads(done.stdout.splitlines()[-1])
        if step == "build":
            files = (path for path in (folder / "index").rglob("*") if path.is_file())
            made["disk MB"] = sum(path.stat().st_size for path in files) / 2**20
    return made


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("queries", type=Path, nargs="?")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.step:
        say(json.dumps(STEPS[args.step](args.folder)))
        return 0
    if not (args.corpus and args.queries and args.corpus.is_file() and args.queries.is_file()):
        sys.stderr.write("give a corpus and a file of questions that are there; see --help\n")
        return 2
    raw = args.corpus.read_bytes()
    text = (gzip.decompress(raw) if args.corpus.suffix == ".gz" else raw).decode("utf-8")
    lines = [line for line in text.split("\n") if line.strip()]
    say("| " + " | ".join(COLUMNS) + " |\n|" + " --- |" * len(COLUMNS))
    for size in args.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            made = measure(Path(scratch), lines[:size], args.queries)
        say("| " + " | ".join(shown(made[name]) for name in COLUMNS) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
