"""The rules of the house: who may import whom, where heavy libraries live, how long things get."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from assistant.settings import PACKAGE_DIR

ROWS = [  # a module may import only from rows above its own
    {"errors", "truth"},
    {"verdicts"},
    {"schema", "settings"},
    {"text", "records", "sounds", "files", "trees", "linear", "neural"},
    {"transaction"},
    {"parsing"},
    {"corpus", "chunking", "versions", "addressing", "eligibility"},
    {"retrieval", "references", "sync"},
    {"answering", "lineage", "intake"},
    {"succession"},
    {"pipeline", "tables"},
    {"evaluation", "ui", "adapters", "batch", "diffing"},
    {"checking"},
    {"api"},  # below ui: one process serves both, and the API is the host
    {"cli"},
    {"__main__"},
]
HEAVY = {  # where each may be imported: a file, or a folder that ends in /
    "bs4": ("parsing/",),
    "chromadb": ("retrieval/chroma.py",),
    "diff_match_patch": ("versions/marks.py",),
    "docx": ("parsing/", "tables/"),
    "gradio": ("ui/",),
    "httpx": ("answering/llm.py", "retrieval/chroma.py", "sync/"),
    "jieba": ("retrieval/tokenizer.py",),
    "joblib": ("retrieval/making.py",),
    "lightgbm": ("evaluation/", "retrieval/ranker_training.py"),
    "llama_index": ("adapters/", "answering/llm.py", "retrieval/llama_embedding.py"),
    "opencc": ("text.py",),
    "openpyxl": ("parsing/", "tables/"),
    "pdfplumber": ("parsing/",),
    "pypdfium2": ("parsing/",),
    "pypinyin": ("sounds.py",),
    "protego": ("sync/",),
    "pymilvus": ("retrieval/milvus.py",),
    "scipy": ("retrieval/embedder.py", "retrieval/postings.py"),
    "sentence_transformers": (
        "retrieval/cross_encoder.py",
        "retrieval/embedder.py",
        "retrieval/training.py",
    ),
    "torch": (
        "evaluation/statement_training.py",
        "retrieval/embedder.py",
        "retrieval/training.py",
    ),
    "xlsxwriter": ("tables/",),
}
MAX_FILE_LINES = 350
MAX_FUNCTION_LINES = 50
MAX_ARGUMENTS = 5
MAX_COLD_ASK_MB = 400

MODULES = sorted(PACKAGE_DIR.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE_DIR).as_posix() for path in MODULES]


def _imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names, lazy and type-checking imports included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "assistant":
                yield from (f"assistant.{alias.name}" for alias in node.names)


def _row(module: str) -> int:
    return next(index for index, row in enumerate(ROWS) if module in row)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.fixture(params=MODULES, ids=NAMES)
def module(request) -> tuple[str, str, ast.Module]:
    text = request.param.read_text("utf-8")
    return request.param.relative_to(PACKAGE_DIR).as_posix(), text, ast.parse(text)


def test_a_module_imports_only_from_rows_above_its_own(module):
    name, _, tree = module
    if name == "__init__.py":
        assert not [one for one in _imports(tree) if one.startswith("assistant")]
        return
    mine = name.split("/")[0].removesuffix(".py")
    for imported in _imports(tree):
        root, _, rest = imported.partition(".")
        theirs = rest.split(".")[0]
        if root != "assistant" or theirs in ("", "__version__", mine):
            continue
        assert _row(theirs) < _row(mine), f"{name} imports {imported}"


def test_a_heavy_library_stays_in_its_home(module):
    name, _, tree = module
    for imported in _imports(tree):
        homes = HEAVY.get(imported.partition(".")[0])
        if homes is None:
            continue
        at_home = any(name == home or (home[-1] == "/" and name.startswith(home)) for home in homes)
        assert at_home, f"{name} imports {imported}, which belongs in {' or '.join(homes)}"


def test_a_file_does_one_thing_in_350_lines(module):
    assert len(module[1].splitlines()) <= MAX_FILE_LINES


def test_a_function_fits_on_a_screen_and_takes_few_arguments(module):
    name, _, tree = module
    for function in _functions(tree):
        lines = (function.end_lineno or 0) - function.lineno + 1
        assert lines <= MAX_FUNCTION_LINES, f"{name}: {function.name} has {lines} lines"
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        named = [one.arg for one in every if one.arg not in ("self", "cls")]
        if not name.startswith("cli"):  # there, an argument is a flag
            assert len(named) <= MAX_ARGUMENTS, f"{name}: {function.name} takes {named}"


PROBE = """
import atexit, json, sys
from pathlib import Path

def report():
    status = Path("/proc/self/status")
    peak_kb = None
    if status.exists():
        peak_kb = int(status.read_text().split("VmHWM:")[1].split()[0])
    Path(sys.argv[0]).write_text(json.dumps({"modules": sorted(sys.modules), "peak_kb": peak_kb}))

sys.argv = sys.argv[1:]
atexit.register(report)
from assistant.cli import main
main()
"""


@pytest.fixture(scope="module")
def cold_ask(assistant_on_plan, tmp_path_factory) -> dict:
    """A fresh process that answers one question from the index that is there already.

    Its peak memory is the kernel's VmHWM: ru_maxrss survives exec, so that of a child of this
    process would count what pytest has loaded.
    """
    report = tmp_path_factory.mktemp("cold") / "report.json"
    settings = assistant_on_plan.settings
    environ = dict(os.environ) | {
        "ASSISTANT_CORPUS_DIR": str(settings.corpus_dir),
        "ASSISTANT_INDEX_DIR": str(settings.index_dir),
        "PYTHONPATH": str(PACKAGE_DIR.parent),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-c", PROBE, str(report), "ask", "培育多少家高新技术企业？"]
    done = subprocess.run(
        command,
        env=environ,
        cwd=report.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8")
    return {**json.loads(report.read_text()), "stdout": done.stdout.decode("utf-8")}


def test_a_cold_ask_answers(cold_ask):
    assert "90" in cold_ask["stdout"]


@pytest.mark.parametrize(
    "library",
    ["torch", "sentence_transformers", "transformers", "gradio", "llama_index", "pdfplumber",
     "docx", "bs4", "openpyxl", "pypdfium2", "xlsxwriter", "chromadb", "joblib", "scipy"],
)  # fmt: skip
def test_a_cold_ask_does_not_pay_for(cold_ask, library):
    loaded = {name.partition(".")[0] for name in cold_ask["modules"]}

    assert library not in loaded


def test_a_cold_ask_stays_small(cold_ask):
    if cold_ask["peak_kb"] is None:
        pytest.skip("peak memory is read from /proc, which this system does not have")

    assert cold_ask["peak_kb"] < MAX_COLD_ASK_MB * 1024
