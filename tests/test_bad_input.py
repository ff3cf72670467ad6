"""What goes wrong around an index: one Chinese line, exit code 2, and the old index serves on."""

import json
import os
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from assistant.errors import IndexFolderError, SettingsError
from assistant.retrieval import making
from assistant.retrieval.embedder import load_embedder
from assistant.retrieval.store import build_index, open_index
from assistant.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "corpus").mkdir()
    write(tmp_path / "corpus", rows_of("r", "企业", 300))
    return Settings(
        corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "index", state_dir=tmp_path / "state"
    )


def rows_of(name, word, count):
    return [{"_id": f"{name}{n}", "text": f"第一条 支持{word}{n}。"} for n in range(count)]


def write(corpus, rows):
    lines = [json.dumps(one, ensure_ascii=False) for one in rows]
    (corpus / "rows.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def command(settings, *words, limit=None, **environ):
    """Run `assistant` as a user would; `limit`: the most bytes that a file may have."""
    cap = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)) if limit else None
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *map(str, words)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONUTF8": "1"}
        | environ,
        cwd=settings.corpus_dir.parent, capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=cap,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def files(settings):
    return sorted(path for path in settings.index_dir.rglob("*") if path.is_file())


def test_a_disk_that_fills_up_is_one_line_and_the_old_index_serves(settings):
    build_index(settings)
    before = files(settings)
    write(settings.corpus_dir, rows_of("n", "园区", 3000))
    where = ("--corpus", settings.corpus_dir, "--index", settings.index_dir)

    code, out, err = command(settings, "index", *where, limit=60_000)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "磁盘空间不足" in err
    assert files(settings) == before
    write(settings.corpus_dir, rows_of("r", "企业", 300))
    assert open_index(settings).search("企业7", 1)
    assert build_index(settings).documents == 300


def test_rows_without_text_with_an_id_twice_or_half_a_character_are_named_one_by_one(settings):
    rows = [
        '{"_id": "a", "text": "第一条 支持企业。"}',
        '{"_id": "b", "text": ""}',
        '{"_id": "c"}',
        '{"_id": "d", "text": null}',
        '{"_id": "a", "text": "第一条 支持园区。"}',
        '{"_id": "", "text": "第一条 支持人才。"}',
        '{"_id": "e", "text": "半个字\\ud800"}',
        '{"_id": "f\\udfff", "text": "第一条 支持药物。"}',
        '{"_id": "g", "text": ' + "[" * 100_000,
        '{"_id": null, "text": "第一条 支持融资。"}',
        '{"_id": "h", "title": ["甲"], "text": "第一条 支持专利。"}',
    ]
    (settings.corpus_dir / "rows.jsonl").write_text("\n".join(rows), "utf-8")

    report = build_index(settings)

    assert set(open_index(settings).documents) == {"a", "h"}
    assert {one.source for one in report.failures} == {f"rows.jsonl#{n}" for n in range(2, 11)}
    assert open_index(settings).documents["a"].text.startswith("第一条 支持企业")
    assert set(build_index(settings).failures) == set(report.failures)


@pytest.mark.parametrize("name", ["folder", "./nothing", "/none/such"])
def test_a_folder_that_is_no_model_is_said_at_once(settings, tmp_path, name):
    if name == "folder":
        (tmp_path / "folder").mkdir()
        name = str(tmp_path / "folder")

    code, _, err = command(
        settings, "search", "企业", "--index", settings.index_dir, ASSISTANT_EMBEDDER=name
    )

    assert (code, err.count("\n")) == (2, 1)
    assert "不是模型文件夹" in err


@pytest.mark.parametrize(
    ("path", "words"),
    [("nothing.There", "无法导入"), ("pathlib.Path", "不是 llama-index"),
     ("llama_index.core.embeddings.MockEmbedding", "embedder_kwargs")],
)  # fmt: skip
def test_a_llama_index_embedding_that_cannot_be_made_is_named(path, words):
    with pytest.raises(SettingsError, match=words):
        load_embedder(f"llama-index:{path}")


def test_any_llama_index_embedding_by_its_path_and_arguments(settings):
    (settings.corpus_dir.parent / "assistant.toml").write_text(
        'embedder = "llama-index:llama_index.core.embeddings.MockEmbedding"\n'
        "embedder_kwargs = {embed_dim = 6}\n",
        "utf-8",
    )
    chosen = load_settings(settings.corpus_dir.parent, {}, **settings.model_dump(
        include={"corpus_dir", "index_dir", "state_dir"}))  # fmt: skip
    build_index(chosen)

    index = open_index(chosen)

    assert "MockEmbedding" in index.manifest.embedder
    assert load_embedder(chosen.embedder_spec).encode_queries(["企业"]).shape == (1, 6)
    assert index.search("企业7", 1)[0].passage.doc_id == "r7"


@pytest.mark.parametrize("query", ["？！…", "🙂🙂", "——", "   。"])
def test_a_question_without_a_word_finds_nothing(settings, query):
    build_index(settings)

    assert open_index(settings).search(query, 5) == []


def test_a_worker_that_is_killed_is_said_and_leaves_nothing(settings, monkeypatch):
    monkeypatch.setattr(making, "UNIT_BYTES", 5000)
    monkeypatch.setattr(making, "ALONE_BYTES", 0)
    monkeypatch.setattr(making.Workshop, "_make", _killed)
    parallel = settings.model_copy(update={"build_workers": 2})

    with pytest.raises(IndexFolderError, match="内存不足"):
        build_index(parallel)

    assert [one.name for one in settings.index_dir.iterdir()] == [".lock"]


def _killed(_self, _unit):
    os.kill(os.getpid(), 9)
