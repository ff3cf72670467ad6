"""Builds that take over what did not change: the same answers as from scratch, and little work."""

import json
import random

import pytest

from assistant.errors import IndexFolderError
from assistant.retrieval import assembly, making
from assistant.retrieval.store import build_index, open_index
from assistant.settings import Settings

WORDS = ("企业", "药物", "园区", "补贴", "人才", "专利", "临床试验", "融资", "载体", "标准")
QUERIES = ("企业补贴多少", "临床试验和药物", "园区载体标准", "人才")


def text_of(rng):
    lines = [f"{rng.choice('甲乙丙')}区{rng.choice(WORDS)}办法"]
    lines += [
        f"第{numeral}条 支持{rng.choice(WORDS)}和{rng.choice(WORDS)}，给予{rng.randrange(9)}0万元。"
        for numeral in "一二三四"[: rng.randrange(1, 5)]
    ]
    return "\n".join(lines)


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "corpus").mkdir()
    return Settings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "index")


def write(settings, rows, files):
    lines = [json.dumps({"_id": key, "text": text}) for key, text in rows.items()]
    (settings.corpus_dir / "rows.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    for path in settings.corpus_dir.glob("*.txt"):
        path.unlink()
    for name, text in files.items():
        (settings.corpus_dir / f"{name}.txt").write_text(text, "utf-8")


def shown(settings):
    """All that a user can see of an index."""
    index = open_index(settings)
    hits = {
        query: [
            (one.passage, round(one.score, 6), round(one.lexical, 4), round(one.dense, 5))
            for one in index.search(query, 50)
        ]
        for query in QUERIES
    }
    frequencies = [index.document_frequency(word) for word in WORDS]
    texts = [(one.doc_id, one.text, one.source) for one in index.documents.values()]
    return hits, frequencies, texts, list(index.clauses), list(index.passages), len(index.passages)


def segments(settings):
    return len(open_index(settings).manifest.segments)


def bytes_of(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("seed", range(4))
def test_after_any_edits_an_index_answers_as_one_built_from_scratch(settings, tmp_path, seed):
    rng = random.Random(seed)
    rows = {f"r{n}": text_of(rng) for n in range(30)}
    files = {f"f{n}": text_of(rng) for n in range(8)}
    write(settings, rows, files)
    build_index(settings)
    seen = set()
    for step in range(6):
        for _ in range(rng.choice((1, 1, 3))):
            kept = rng.choice((rows, files))
            name = rng.choice(sorted(kept))
            if rng.random() < 0.3 and len(kept) > 3:
                del kept[name]
            else:
                kept[name if rng.random() < 0.6 else f"n{step}{name}"] = text_of(rng)
        write(settings, rows, files)
        report = build_index(settings)
        assert report.documents == len(rows) + len(files)
        assert report.reused >= report.documents - 3
        fresh = settings.model_copy(update={"index_dir": tmp_path / f"fresh{step}"})
        build_index(fresh)
        for mine, theirs in zip(shown(settings), shown(fresh), strict=True):
            assert mine == theirs
        seen.add(segments(settings))
    assert max(seen) > 1, "nothing was taken over as it stands"


def test_two_builds_of_one_corpus_are_the_same_bytes(settings, tmp_path):
    rng = random.Random(0)
    write(settings, {f"r{n}": text_of(rng) for n in range(20)}, {"f": text_of(rng)})
    other = settings.model_copy(update={"index_dir": tmp_path / "other"})
    build_index(settings)
    build_index(other)

    assert bytes_of(settings.index_dir) == bytes_of(other.index_dir)


def test_several_processes_write_the_bytes_of_one(settings, tmp_path, monkeypatch):
    rng = random.Random(0)
    write(settings, {f"r{n}": text_of(rng) for n in range(60)}, {"f": text_of(rng)})
    monkeypatch.setattr(making, "UNIT_BYTES", 2000)
    monkeypatch.setattr(making, "ALONE_BYTES", 0)
    other = settings.model_copy(update={"index_dir": tmp_path / "other", "build_workers": 1})
    build_index(settings.model_copy(update={"build_workers": 2}))
    build_index(other)

    assert bytes_of(settings.index_dir) == bytes_of(other.index_dir)


def test_one_changed_row_is_read_alone_and_the_rest_is_linked(settings, monkeypatch):
    rng = random.Random(0)
    rows = {f"r{n}": text_of(rng) for n in range(40)}
    write(settings, rows, {})
    first = build_index(settings)
    rows["r7"] = "甲区新办法\n第一条 支持海洋装备。"
    write(settings, rows, {})
    read = []
    parse_row = making.parse_row
    monkeypatch.setattr(making, "parse_row", lambda *row: read.append(row) or parse_row(*row))

    second = build_index(settings)

    assert (len(read), second.reused, segments(settings)) == (1, 39, 2)
    folders = [settings.index_dir / one.generation for one in (first, second)]
    name = f"seg-{first.generation[4:]}/documents.jsonl"
    assert len({(folder / name).stat().st_ino for folder in folders}) == 1
    assert open_index(settings).search("海洋装备", 1)[0].passage.doc_id == "r7"


def test_many_small_builds_leave_few_segments(settings):
    rows = {f"r{n}": f"第一条 支持企业{n}。" for n in range(200)}
    write(settings, rows, {})
    build_index(settings)
    for number in range(25):
        rows[f"r{number}"] = f"第一条 支持园区{number}。"
        write(settings, rows, {})
        build_index(settings)

    assert segments(settings) <= 3
    assert len(open_index(settings).passages) == 200


def test_a_segment_that_is_mostly_dead_is_written_anew(settings):
    rows = {f"r{n}": f"第一条 支持企业{n}。" for n in range(30)}
    write(settings, rows, {})
    build_index(settings)
    write(settings, {key: rows[key] for key in list(rows)[:14]}, {})

    build_index(settings)

    index = open_index(settings)
    assert (segments(settings), len(index.documents), len(index.passages)) == (1, 14, 14)


def test_a_line_that_was_changed_on_disk_is_not_quoted_and_the_next_build_mends_it(settings):
    write(settings, {"r1": "第一条 给予20万元。", "r2": "第一条 支持企业。"}, {})
    build_index(settings)
    index = open_index(settings)
    (path,) = settings.index_dir.glob("gen-*/seg-*/documents.jsonl")
    path.write_bytes(path.read_bytes().replace("20万元".encode(), "50万元".encode()))

    with pytest.raises(IndexFolderError, match="损坏"):
        _ = index.documents["r1"]
    write(settings, {"r1": "第一条 给予20万元。", "r2": "第一条 支持园区。"}, {})
    build_index(settings)

    assert "20万元" in open_index(settings).documents["r1"].text


def test_where_files_cannot_be_linked_they_are_copied(settings, monkeypatch):
    def no_links(*_):
        raise OSError("no hard links here")

    write(settings, {f"r{n}": "第一条 支持企业。" for n in range(20)}, {})
    build_index(settings)
    monkeypatch.setattr(assembly.os, "link", no_links)
    (settings.corpus_dir / "new.txt").write_text("新办法\n第一条 支持海洋。\n", "utf-8")

    build_index(settings)

    assert open_index(settings).search("海洋", 1)[0].passage.doc_id == "new"
