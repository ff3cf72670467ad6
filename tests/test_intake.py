"""A file on its way into the corpus: its name, the process that reads it, where it ends up."""

from __future__ import annotations

import json
import os
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from assistant.corpus.register import Row, read_register
from assistant.errors import CorpusError, SettingsError, UsageError
from assistant.intake.apart import Limits, parse_apart
from assistant.intake.filing import Shelf
from assistant.intake.journal import MAX_KEPT, AuditLog, set_aside
from assistant.intake.names import MAX_NAME_BYTES, checked_name
from assistant.settings import load_settings
from tests.desk_corpus import OLD_TEXT, UPLOAD_TEXT, make_corpus
from tests.real_files import docx_of
from tests.test_bad_files import docx_with, locked_pdf

AT = datetime(2026, 11, 22, 10, 15, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../办法.txt", "路径"), ("a/b.txt", "路径"), ("C:\\x\\办法.txt", "路径"), ("..", "路径"),
        ("", "没有收到文件名"), ("  ", "没有收到文件名"), (".hidden.txt", "以点"),
        ("~$办法.docx", "以点"), (" 办法.txt", "空格"), ("办法.txt ", "空格"),
        ("a\x00.txt", "不可见"), ("办\n法.txt", "不可见"), ("\u202egpj.txt", "不可见"),
        ("manifest.jsonl", "自用"), ("README.md", "自用"), ("readme.txt", "自用"),
        ("Words.txt", "自用"), ("a.exe", "格式不支持"), ("a.jsonl", "格式不支持"),
        ("a", "格式不支持"), ("字" * 66 + ".txt", "超过"),
    ],
)  # fmt: skip
def test_names_that_are_refused(name, words):
    with pytest.raises(UsageError, match=words):
        checked_name(name)


@pytest.mark.parametrize("name", ["办法（2024）.docx", "a..b.PDF", "-rf.txt", "字" * 65 + ".html"])
def test_names_that_are_taken(name):
    assert checked_name(name) == name
    assert len(name.encode()) <= MAX_NAME_BYTES


def written(folder: Path, name: str, raw: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return path


def test_a_file_read_apart_is_read_as_usual(tmp_path):
    from assistant.parsing import parse_file

    path = written(tmp_path, "办法.docx", docx_of(OLD_TEXT.splitlines()))

    assert parse_apart(path, "id", Limits()) == parse_file(path, corpus_dir=tmp_path, doc_id="id")


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("a.pdf", locked_pdf, "设有密码"),
        ("a.docx", lambda: docx_with("x.bin", b"0" * 250_000_000), "压缩炸弹|上限"),
        ("a.txt", lambda: b"", "是空的"),
    ],
)
def test_a_bad_file_is_refused_in_the_reader_s_own_sentence(tmp_path, name, make, words):
    with pytest.raises(CorpusError, match=words):
        parse_apart(written(tmp_path, name, make()), "id", Limits())


def test_a_file_that_takes_too_long_is_given_up_and_its_process_is_gone(tmp_path):
    path = written(tmp_path, "a.txt", OLD_TEXT)
    started = time.monotonic()

    with pytest.raises(CorpusError, match="秒还没有读完"):
        parse_apart(path, "id", Limits(seconds=0))
    assert time.monotonic() - started < 5


def test_a_file_that_takes_too_much_memory_is_given_up(tmp_path):
    path = written(tmp_path, "a.txt", OLD_TEXT * 20_000)

    with pytest.raises(CorpusError, match="内存"):
        parse_apart(path, "id", Limits(memory_bytes=200_000_000))


def test_the_reading_process_does_not_know_the_password(tmp_path, monkeypatch):
    from assistant.intake.apart import _environment

    monkeypatch.setenv("ASSISTANT_ADMIN_PASSWORD", "desk-password-1")
    monkeypatch.setenv("ASSISTANT_LLM_API_KEY", "key")

    assert not [name for name in _environment(str(tmp_path)) if name.startswith("ASSISTANT_")]


def test_the_audit_log_has_a_line_an_action_and_the_latest_comes_first(tmp_path):
    log = AuditLog(tmp_path / "state")
    assert log.last(5) == []

    for number in range(3):
        log.write(AT, "王<b>", "add", doc_id=f"d{number}", reason="一\n二")

    assert [one["doc_id"] for one in log.last(2)] == ["d2", "d1"]
    lines = (tmp_path / "state" / "audit.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "at": "2026-11-22T10:15:00+00:00", "who": "王<b>", "action": "add", "doc_id": "d0",
        "reason": "一\n二",
    }  # fmt: skip


def test_what_cannot_be_logged_is_an_error_with_the_folder(tmp_path):
    (tmp_path / "state").write_text("a file where the folder should be")

    with pytest.raises(SettingsError, match="操作记录"):
        AuditLog(tmp_path / "state").write(AT, "王", "add")


def test_a_refused_file_is_kept_with_its_reason_and_never_under_its_own_name(tmp_path):
    path = written(tmp_path, "x", b"bytes")
    reason = set_aside(tmp_path, AT, path, {"name": "../../etc/passwd", "reason": "路径"})

    assert json.loads(reason.read_text("utf-8"))["name"] == "../../etc/passwd"
    assert reason.with_suffix(".upload").read_bytes() == b"bytes"
    assert not path.exists()
    assert {one.parent for one in (tmp_path / "quarantine").rglob("*")} == {reason.parent}


def test_the_quarantine_does_not_grow_without_end(tmp_path):
    folder = tmp_path / "quarantine"
    folder.mkdir()
    for number in range(MAX_KEPT):
        (folder / f"2020-{number:03}.json").write_text("{}")
        (folder / f"2020-{number:03}.upload").write_text("x")

    newest = set_aside(tmp_path, AT, None, {"reason": "太大"})

    kept = sorted(folder.glob("*.json"))
    assert len(kept) == MAX_KEPT
    assert (kept[0].name, kept[-1]) == ("2020-001.json", newest)
    assert len(list(folder.glob("*.upload"))) == MAX_KEPT - 1


@pytest.fixture
def shelf(tmp_path):
    settings = make_corpus(tmp_path)
    return Shelf(settings.corpus_dir, settings.state_dir)


def test_a_new_file_and_its_row_are_put_in_place(shelf, tmp_path):
    staged = written(tmp_path, "staged", UPLOAD_TEXT)
    shelf.file(staged, Row(file="h2.txt", doc_id="h2"), AT)

    assert (shelf.corpus_dir / "h2.txt").read_text("utf-8") == UPLOAD_TEXT
    assert list(read_register(shelf.corpus_dir).rows) == ["h2.txt", "support_2021.txt",
                                                          "support_2024.txt"]  # fmt: skip
    assert not [one for one in shelf.corpus_dir.iterdir() if one.name.endswith(".tmp")]


def test_a_file_of_another_document_is_never_overwritten(shelf, tmp_path):
    staged = written(tmp_path, "staged", UPLOAD_TEXT)

    with pytest.raises(UsageError, match="已有"):
        shelf.file(staged, Row(file="carrier.txt", doc_id="h2"), AT)
    assert "载体" in (shelf.corpus_dir / "carrier.txt").read_text("utf-8")


@pytest.mark.parametrize("name", ["support_2021.txt", "support_2021.md"])
def test_a_replaced_file_is_kept_and_its_row_goes(shelf, tmp_path, name):
    staged = written(tmp_path, "staged", UPLOAD_TEXT)
    shelf.file(staged, Row(file=name, doc_id="support_2021"), AT, replaced="support_2021.txt")

    rows = read_register(shelf.corpus_dir).rows
    assert [one for one in rows if rows[one].doc_id == "support_2021"] == [name]
    assert (shelf.corpus_dir / name).read_text("utf-8") == UPLOAD_TEXT
    assert len(list(shelf.corpus_dir.glob("support_2021.*"))) == 1
    (kept,) = (shelf.state_dir / "replaced").iterdir()
    assert kept.read_text("utf-8") == OLD_TEXT


def test_a_broken_manifest_is_not_written_over(shelf, tmp_path):
    manifest = shelf.corpus_dir / "manifest.jsonl"
    manifest.write_text('{"file": "x.txt", "issued_on": "昨天"}\n', "utf-8")
    staged = written(tmp_path, "staged", UPLOAD_TEXT)

    with pytest.raises(CorpusError, match="改正之前不写入"):
        shelf.file(staged, Row(file="h2.txt", doc_id="h2"), AT)
    assert not (shelf.corpus_dir / "h2.txt").exists()
    assert "昨天" in manifest.read_text("utf-8")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_an_error_with_its_path(shelf, tmp_path):
    staged = written(tmp_path, "staged", UPLOAD_TEXT)
    shelf.corpus_dir.chmod(0o500)

    with pytest.raises(CorpusError, match="无法写入"):
        shelf.file(staged, Row(file="h2.txt", doc_id="h2"), AT)


def test_new_files_go_to_raw_where_there_is_one(shelf):
    assert shelf.place_of("h2.txt") == "h2.txt"
    (shelf.corpus_dir / "raw").mkdir()
    assert shelf.place_of("h2.txt") == "raw/h2.txt"


def test_the_password_comes_from_the_environment_only_and_is_not_shown(tmp_path):
    settings = load_settings(tmp_path, {"ASSISTANT_ADMIN_PASSWORD": "desk-password-1"})
    assert "desk-password-1" not in repr(settings)

    with pytest.raises(SettingsError, match="admin_password") as caught:
        load_settings(tmp_path, {"ASSISTANT_ADMIN_PASSWORD": "short-7"})
    assert "short-7" not in str(caught.value)

    (tmp_path / "assistant.toml").write_text('admin_password = "desk-password-1"\n')
    with pytest.raises(SettingsError, match="环境变量"):
        load_settings(tmp_path, {})
