"""Every store behind the retriever: the same hits, the same order, the same scores."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from assistant.errors import IndexStaleError, SettingsError, StoreError
from assistant.retrieval.store import build_index, open_index
from assistant.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore")  # of the engines' own libraries

WORDS = ("企业", "药物", "园区", "补贴", "人才", "专利", "临床试验", "融资", "载体", "标准")
QUERIES = ("企业补贴多少钱", "临床试验和药物", "园区载体的标准", "人才", "20万元", "火星移民",
           "xyz", "？！")  # fmt: skip
STORES = ("local", "chroma", "chroma server", "milvus")


def free_port():
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def chroma_server(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("chroma"), free_port()
    command = [Path(sys.executable).parent / "chroma", "run", "--path", folder, "--host",
               "127.0.0.1", "--port", str(port)]  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    uri = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            if httpx.get(f"{uri}/api/v2/heartbeat", timeout=1).status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield uri
    server.terminate()
    server.wait(20)


def rows(count=150):
    rng = random.Random(0)
    for number in range(count):
        one, two = rng.choice(WORDS), rng.choice(WORDS)
        text = f"第一条 支持{one}和{two}，给予{rng.randrange(1, 60)}万元。第{number}号。"
        yield {"_id": f"r{number}", "title": f"{rng.choice('甲乙丙')}区{two}办法", "text": text}


def write(corpus, made):
    lines = [json.dumps(one, ensure_ascii=False) for one in made]
    (corpus / "rows.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "corpus").mkdir()
    write(tmp_path / "corpus", rows())
    return tmp_path / "corpus"


@pytest.fixture(params=STORES)
def settings(request, corpus, tmp_path):
    chosen = {"corpus_dir": corpus, "index_dir": tmp_path / "index", "state_dir": tmp_path / "s"}
    if request.param == "chroma server":
        chosen |= {"store": "chroma", "store_uri": request.getfixturevalue("chroma_server")}
    elif request.param == "milvus":
        pytest.importorskip("milvus_lite")
        chosen |= {"store": "milvus", "store_uri": str(tmp_path / "milvus.db")}
    else:
        chosen |= {"store": request.param}
    return Settings(**chosen, store_timeout_s=30)


def found(settings):
    index = open_index(settings)
    return {
        query: [(one.rank, one.passage, one.score, one.lexical, one.dense) for one in hits]
        for query in QUERIES
        for hits in [index.search(query, 10)]
    }


def on_files(settings, folder):
    plain = Settings(corpus_dir=settings.corpus_dir, index_dir=folder, state_dir=folder / "s")
    build_index(plain)
    return found(plain)


def test_a_store_finds_what_the_files_find(settings, tmp_path):
    build_index(settings)

    hits = found(settings)

    assert hits == on_files(settings, tmp_path / "files")
    assert all(len(hits[query]) == 10 for query in QUERIES[:5])
    assert hits["？！"] == []


def test_a_store_follows_changes_and_keeps_nothing_that_is_gone(settings, tmp_path):
    build_index(settings)
    opened = open_index(settings)
    changed = [one for one in rows() if one["_id"] not in ("r3", "r77", "r140")]
    changed[5] |= {"text": "第一条 支持海洋装备。"}
    changed.append({"_id": "new", "title": "丁区办法", "text": "第一条 支持火星移民。"})
    write(settings.corpus_dir, changed)

    build_index(settings)

    assert found(settings) == on_files(settings, tmp_path / "files")
    assert opened.search("企业补贴多少钱", 5), "the old generation still serves"
    assert open_index(settings).search("火星移民", 1)[0].passage.doc_id == "new"
    for _ in range(2):
        build_index(settings)
    assert found(settings) == on_files(settings, tmp_path / "files2")


def test_another_store_makes_an_index_stale_and_is_filled_without_reading_the_corpus_again(
    settings, tmp_path
):
    plain = Settings(corpus_dir=settings.corpus_dir, index_dir=settings.index_dir)
    build_index(plain)
    if settings.store == "local":
        return
    with pytest.raises(IndexStaleError, match="store"):
        open_index(settings)

    report = build_index(settings)

    assert report.reused == report.documents
    assert found(settings) == on_files(settings, tmp_path / "files")


def test_what_a_store_lost_is_an_error_and_the_next_build_brings_it_back(settings):
    if settings.store == "local":
        return
    build_index(settings)
    hits = found(settings)
    from assistant.retrieval.engines import open_engine

    engine = open_engine(settings)
    for name in engine.names():
        engine.drop(name)
    if settings.store_uri:  # what is open in this process goes on from its open files
        with pytest.raises(StoreError, match="assistant index"):
            open_index(settings).search("人才", 5)

    build_index(settings)

    assert found(settings) == hits


def silent_server():
    """Takes connections and never answers."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(20)
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("store", ["chroma", "milvus"])
@pytest.mark.parametrize("fault", ["down", "silent"])
def test_a_server_that_is_down_or_silent_is_one_sentence_and_the_old_index_serves(
    corpus, tmp_path, store, fault
):
    plain = Settings(corpus_dir=corpus, index_dir=tmp_path / "index", state_dir=tmp_path / "s")
    build_index(plain)
    listener, uri = silent_server()
    with closing(listener):
        if fault == "down":
            uri = f"http://127.0.0.1:{free_port()}"
        broken = plain.model_copy(
            update={"store": store, "store_uri": uri, "store_timeout_s": 1.0}
        )
        begin = time.monotonic()
        with pytest.raises(StoreError, match="向量库") as caught:
            build_index(broken)

    assert time.monotonic() - begin < 20
    assert "\n" not in str(caught.value)
    assert open_index(plain).search("人才", 3)
    assert not [one for one in plain.index_dir.iterdir() if one.name.startswith(".gen")]


def test_a_server_that_stops_after_the_index_was_opened_is_one_sentence(corpus, tmp_path):
    port = free_port()
    command = [Path(sys.executable).parent / "chroma", "run", "--path", tmp_path / "db", "--host",
               "127.0.0.1", "--port", str(port)]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    settings = Settings(
        corpus_dir=corpus, index_dir=tmp_path / "index", state_dir=tmp_path / "s",
        store="chroma", store_uri=f"http://127.0.0.1:{port}",
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                build_index(settings)
                break
            except StoreError:
                time.sleep(0.1)
        index = open_index(settings)
        assert index.search("人才", 3)
    finally:
        server.terminate()
        server.wait(20)

    with pytest.raises(StoreError, match="向量库"):
        index.search("人才", 3)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"store": "chroma", "store_uri": "nonsense"}, "http://"),
        ({"store": "milvus"}, "store_uri"),
        ({"store_uri": "http://127.0.0.1:1"}, "store"),
    ],
)
def test_settings_that_do_not_fit_are_named(corpus, tmp_path, chosen, words):
    settings = Settings(corpus_dir=corpus, index_dir=tmp_path / "index", **chosen)

    with pytest.raises(SettingsError, match=words):
        build_index(settings)


def test_the_command_says_in_one_line_that_the_server_is_down(corpus, tmp_path):
    environ = os.environ | {
        "ASSISTANT_STORE": "chroma",
        "ASSISTANT_STORE_URI": f"http://127.0.0.1:{free_port()}",
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-m", "assistant", "index", "--corpus", str(corpus), "--index",
               str(tmp_path / "index")]  # fmt: skip

    done = subprocess.run(
        command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("错误：向量库")
    assert done.stderr.count("\n") == 1


def test_threads_share_an_index(settings):
    build_index(settings)
    index = open_index(settings)
    alone = {query: index.search(query, 5) for query in QUERIES}
    wrong = []

    def ask():
        for query in QUERIES * 3:
            if index.search(query, 5) != alone[query]:
                wrong.append(query)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert not wrong
    shutil.rmtree(settings.index_dir)
