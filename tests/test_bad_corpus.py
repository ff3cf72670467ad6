"""A folder of hostile and broken files: each is told in a sentence, the rest is indexed."""

from __future__ import annotations

import contextlib
import resource
import threading
import time
from pathlib import Path

import pytest

from assistant.corpus import scan_corpus
from assistant.corpus.limit import memory_limit, time_limit
from assistant.errors import CorpusError
from assistant.pipeline import Assistant
from assistant.retrieval.store import build_index
from assistant.settings import Settings
from tests.desk_client import client_of
from tests.real_files import pdf_of
from tests.test_bad_files import (
    BIG_XML,
    ENTITIES,
    OLE,
    WORDS,
    docx_of,
    docx_with,
    locked_pdf,
    pages_of,
)

GOOD = "好文件办法\n第一条　对好文件给予十一万元补贴。\n"
BAD = {
    "加密.pdf": (locked_pdf, "设有密码"),
    "截断.pdf": (lambda: pdf_of(WORDS)[:-200], "不完整"),
    "千零一页.pdf": (lambda: pages_of(1001), "1000 页"),
    "截断.docx": (lambda: docx_of(WORDS)[:-500], "不是完好的 DOCX"),
    "密码.docx": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "设有密码"),
    "炸弹.docx": (lambda: docx_with("x.xml", BIG_XML), "压缩炸弹"),
    "实体.docx": (lambda: docx_with("x.xml", ENTITIES), "不是完好的 DOCX"),
    "空.txt": (lambda: b"", "是空的"),
    "空白.html": (lambda: b"  \n", "是空的"),
    "名不副实.docx": (lambda: pdf_of(WORDS), "内容却是 PDF"),
    "乱码.txt": (lambda: "办法".encode("gbk")[:-1] + b"\xff\xfe\xfd" * 30, "编码无法识别"),
    "深.html": (lambda: b"<div>" * 5000 + "第一条 深".encode() + b"</div>" * 5000, "嵌套"),
    "宽.html": (lambda: b"<html><body>" + b"<p>x</p>" * 200_001 + b"</body></html>", "标签"),
}
FINE = {
    "国标.txt": GOOD.replace("好文件", "国标编码").encode("gb18030"),
    "网页.html": (
        "<html><body onload='x()'><script>document.write('第九条 假的')</script>"
        "<h1>网页办法</h1><p>第一条　网页给予十万元。</p>"
        "<img src=x onerror='alert(1)'></body></html>"
    ).encode(),
    "甲.txt": "甲区扶持办法\n甲府规〔2024〕1号\n第一条　甲给予一万元。\n".encode(),
    "乙.txt": "甲区资助办法\n甲府规〔2024〕1号\n第一条　乙给予二万元。\n".encode(),
    "丙.txt": "丙区管理办法\n第一条　丙给予三万元。\n第二条　《丁区管理办法》同时废止。\n".encode(),
    "丁.txt": "丁区管理办法\n第一条　丁给予四万元。\n第二条　《丙区管理办法》同时废止。\n".encode(),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, (make, _) in BAD.items():
        (corpus / name).write_bytes(make())
    for name, raw in FINE.items():
        (corpus / name).write_bytes(raw)
    settings = Settings(
        corpus_dir=corpus, index_dir=folder / "index", state_dir=folder / "state"
    )
    return settings, build_index(settings)


def test_each_bad_file_is_told_in_a_sentence_and_the_rest_is_indexed(built):
    settings, report = built
    told = {one.source: one.message for one in report.failures}

    assert set(told) == set(BAD)
    for name, (_, words) in BAD.items():
        assert any(one in told[name] for one in words.split("|")), told[name]
        assert told[name].count("。") == 1
    assert report.documents == len(FINE)
    assistant = Assistant.open(settings)
    assert "十一万元" in assistant.ask("国标编码给予多少补贴？").text
    texts = "".join(one.text for one in assistant.documents.values())
    assert "假的" not in texts
    assert "alert" not in texts


def test_one_number_of_two_and_a_circle_are_told_and_harm_nothing(built):
    settings, report = built
    told = "".join(one.message for one in report.remarks)

    assert "文号同为甲府规〔2024〕1号" in told
    assert "成了圈" in told
    assistant = Assistant.open(settings)
    found = assistant.ask("《丙区管理办法》第一条的原文是什么？")
    assert "丙给予三万元" in found.text
    assert "替代" not in "".join(found.notices)  # neither of a circle took the other's place


def test_the_desk_lists_what_was_not_taken_in_with_the_reason(built):
    settings, _ = built
    text = client_of(settings)[0].get("/desk").text

    assert f"另有 {len(BAD)} 处没有收录" in text
    assert "千零一页.pdf" in text
    assert "设有密码" in text


def forever() -> None:
    """As a reader that takes every error for one of the file."""
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read():
    with pytest.raises(CorpusError, match=r"慢\.pdf 读了 0.2 秒"), time_limit(0.2, "慢.pdf"):
        forever()
    with time_limit(5, "快.pdf"):
        assert Path(__file__).read_text("utf-8")


def test_a_file_that_takes_all_memory_is_left_out_and_the_limit_is_lifted_after():
    before = resource.getrlimit(resource.RLIMIT_AS)

    with (
        pytest.raises(CorpusError, match=r"大\.pdf 读取时超出内存上限"),
        memory_limit(200_000_000, "大.pdf"),
    ):
        bytearray(400_000_000)
    with memory_limit(400_000_000, "小.pdf"):
        bytearray(100_000_000)

    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_library_that_ran_out_of_memory_is_no_broken_file():
    with pytest.raises(CorpusError, match="超出内存上限"), memory_limit(10**9, "大.docx"):
        raise CorpusError("不是完好的 DOCX") from MemoryError()
    with pytest.raises(CorpusError, match="坏了"), memory_limit(10**9, "坏.docx"):
        raise CorpusError("坏了")


def test_in_another_thread_there_is_no_limit_that_would_hold_the_others():
    found = []

    def read() -> None:
        with memory_limit(1, "一.txt"):
            found.append(resource.getrlimit(resource.RLIMIT_AS))

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert found == [resource.getrlimit(resource.RLIMIT_AS)]


def test_links_out_of_the_folder_are_told_and_not_followed(tmp_path):
    corpus, outside = tmp_path / "corpus", tmp_path / "outside"
    for folder in (corpus, outside):
        folder.mkdir()
    (outside / "别处.txt").write_text(GOOD, "utf-8")
    (corpus / "好.txt").write_text(GOOD, "utf-8")
    (corpus / "里.txt").symlink_to("好.txt")
    (corpus / "外.txt").symlink_to(outside / "别处.txt")
    (corpus / "绕.txt").symlink_to("../outside/别处.txt")
    (corpus / "自己.txt").symlink_to("自己.txt")
    (corpus / "夹").symlink_to(outside)

    files, failures = scan_corpus(corpus)

    assert [one.relative for one in files] == ["好.txt", "里.txt"]
    told = {one.source: one.message for one in failures}
    assert told.keys() == {"外.txt", "绕.txt", "自己.txt", "夹"}
    assert told["外.txt"] == told["绕.txt"]
    assert "语料文件夹之外" in told["外.txt"]
    assert "失效的链接" in told["自己.txt"]
    assert "文件夹的链接" in told["夹"]
