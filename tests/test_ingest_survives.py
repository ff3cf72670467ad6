"""Documents come in while questions are answered, and an ingest is killed at any moment."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.verify import check_answer
from assistant.corpus import scan_corpus
from assistant.corpus.register import read_register
from assistant.errors import IndexFolderError
from assistant.pipeline import Assistant
from assistant.retrieval.manifest import read_manifest
from assistant.retrieval.store import build_index, open_index
from assistant.schema import Status
from assistant.settings import PACKAGE_DIR, Settings

LAWS = Path(__file__).parents[2] / "shared" / "bench" / "law_texts"
KILLS = int(os.environ.get("INGEST_KILLS", "10"))
DAY = date(2026, 6, 30)
needs_laws = pytest.mark.skipif(
    not LAWS.is_dir(), reason="the public law texts are not on this machine"
)


def regulation(number: int) -> str:
    return (
        f"# 示例区第{number}号资金管理办法\n\n第一条 为了规范第{number}号资金，制定本办法。\n\n"
        f"第二条 第{number}号资金给予不超过{number + 100}万元的补贴。\n\n"
        "第三条 本办法自2026年1月1日起施行。\n"
    )


def add(settings: Settings, number: int) -> None:
    (settings.corpus_dir / f"资金{number}.md").write_text(regulation(number), "utf-8")


def start(settings: Settings, *arguments: str) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    environ = dict(os.environ) | {
        "ASSISTANT_CORPUS_DIR": str(settings.corpus_dir),
        "ASSISTANT_INDEX_DIR": str(settings.index_dir),
        "ASSISTANT_STATE_DIR": str(settings.state_dir),
        "PYTHONPATH": str(PACKAGE_DIR.parent),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "assistant", *arguments], env=environ,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(process: subprocess.Popen[bytes]) -> None:
    _, told = process.communicate(timeout=300)
    assert process.returncode == 0, told.decode("utf-8")


def settings_in(folder: Path, corpus_dir: Path) -> Settings:
    return Settings(
        corpus_dir=corpus_dir, index_dir=folder / "index", state_dir=folder / "state"
    )


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """Three short regulations, indexed."""
    (tmp_path / "corpus").mkdir()
    settings = settings_in(tmp_path, tmp_path / "corpus")
    for number in (1, 2, 3):
        add(settings, number)
    build_index(settings)
    return settings


def test_an_open_assistant_takes_in_what_two_builds_added_when_it_is_searched(small):
    assistant = Assistant.open(small)
    for number in (4, 5):
        add(small, number)
        build_index(small)

    hits = assistant.search("第5号资金给予多少补贴", 3)

    assert any("105万元" in hit.passage.text for hit in hits)


def test_a_document_that_comes_in_after_a_build_does_not_hold_the_build_back(small):
    assistant = Assistant.open(small)
    add(small, 4)
    build_index(small)
    add(small, 5)  # not indexed yet

    answer = assistant.ask("第4号资金补贴多少万元？", as_of=DAY)

    assert answer.status is Status.ANSWERED
    assert "104" in answer.text


def test_leftovers_of_killed_builds_are_cleared_by_the_next(small):
    (small.index_dir / ".gen-9-0123456789ab").mkdir()
    (small.index_dir / "gen-8-0123456789ab").mkdir()
    (small.index_dir / ".manifest.json.4711.tmp").write_text("{")

    build_index(small)

    left = {path.name for path in small.index_dir.iterdir()}
    assert not [name for name in left if name.endswith("tmp") or "0123456789ab" in name]


@pytest.fixture(scope="module")
def laws(tmp_path_factory) -> Settings:
    """The law texts, indexed; tests add to them."""
    folder = tmp_path_factory.mktemp("laws")
    shutil.copytree(LAWS, folder / "corpus")
    for path in [folder / "corpus", *(folder / "corpus").iterdir()]:
        path.chmod(0o755)
    settings = settings_in(folder, folder / "corpus")
    build_index(settings)
    return settings


def verify(settings: Settings, at_least: int) -> None:
    """The index as it is on disk opens, says what the files say, and answers."""
    opened = Settings(index_dir=settings.index_dir, state_dir=settings.state_dir)
    index = open_index(opened, may_lag=True)
    assert len(index.documents) >= at_least
    for document in index.documents.values():
        raw = (settings.corpus_dir / document.source).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == document.sha256
        clauses = index.clauses_of(document.doc_id)
        joined = "".join(document.text[one.start : one.own_end] for one in clauses)
        assert joined == document.text
    assistant = Assistant(opened, index)
    for question in ("上海市人才流动条例第五条", "公共数据开放由哪个部门负责？"):
        answer = assistant.ask(question, as_of=DAY)
        assert answer.citations
        assert check_answer(answer, index.documents) == []


def verify_corpus(settings: Settings) -> None:
    assert scan_corpus(settings.corpus_dir)[1] == []
    assert read_register(settings.corpus_dir).refused == ()


@pytest.mark.slow
@needs_laws
def test_killing_an_ingest_at_any_moment_leaves_a_corpus_and_index_that_open_and_verify(
    laws, tmp_path
):
    """By turns: an update of the index, a first build of one, and the writing of the manifest."""
    moments = random.Random(20260630)
    spans: dict[str, float] = {}
    fresh = settings_in(tmp_path, laws.corpus_dir)
    ways = {"update": (laws, "index"), "first": (fresh, "index"), "register": (laws, "register")}
    killed = dict.fromkeys(ways, 0)
    for number in range(KILLS + len(ways)):
        way = list(ways)[number] if number < len(ways) else moments.choices([*ways], [7, 2, 1])[0]
        settings, command = ways[way]
        add(laws, 1000 + number)
        if way == "first":
            shutil.rmtree(fresh.index_dir, ignore_errors=True)
        if way == "register":
            (laws.corpus_dir / "manifest.jsonl").unlink(missing_ok=True)
        began = time.monotonic()
        with start(settings, command) as process:
            if way not in spans:  # the first of each kind runs to its end, to know how long it is
                finish(process)
                spans[way] = time.monotonic() - began
                continue
            time.sleep(moments.uniform(0, 1.05 * spans[way]))
            killed[way] += process.poll() is None
            process.kill()
        verify_corpus(laws)
        if way == "first" and read_manifest(fresh.index_dir) is None:
            with pytest.raises(IndexFolderError, match="没有索引"):
                open_index(fresh)
        else:
            verify(settings, 353)

    finish(start(laws, "index"))
    verify(laws, 353 + KILLS + len(ways))
    verify_corpus(laws)
    left = [one.name for one in laws.index_dir.iterdir()]
    assert not [name for name in left if name.endswith(".tmp") or name.startswith(".gen-")]
    assert sum(name.startswith("gen-") for name in left) <= 2
    print(f"killed while running: {killed} of {KILLS}; whole runs in s: {spans}")  # noqa: T201


@pytest.mark.slow
@needs_laws
def test_adding_a_document_takes_seconds_and_never_interrupts_answering(laws):
    assistant = Assistant.open(laws)
    assistant.warm_up()
    waits: list[float] = []
    faults: list[str] = []
    is_over = threading.Event()

    def keep_asking() -> None:
        while not is_over.is_set():
            began = time.monotonic()
            answer = assistant.ask("公共数据开放由哪个部门负责？", as_of=DAY)
            waits.append(time.monotonic() - began)
            faults.extend(check_answer(answer, assistant.documents))
            if not answer.citations:
                faults.append(answer.text)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        add(laws, 7)
        began = time.monotonic()
        finish(start(laws, "index"))
        took = time.monotonic() - began
        time.sleep(2)
    finally:
        is_over.set()
        asking.join()

    answer = assistant.ask("第7号资金补贴多少万元？", as_of=DAY)
    print(f"added in {took:.1f} s; {len(waits)} answers, slowest {max(waits):.2f} s")  # noqa: T201
    assert "107" in answer.text
    assert faults == []
    assert took < 30
    assert max(waits) < 5
