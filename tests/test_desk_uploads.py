"""Uploads that are bad, stopped, too large or repeated."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.settings import Settings
from tests.desk_client import (
    audit,
    built_corpus,
    client_of,
    form_token,
    send,
    staffed,
)
from tests.desk_corpus import OLD_TEXT, UPLOAD, UPLOAD_TEXT, make_corpus
from tests.test_bad_files import docx_with, locked_pdf


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Settings:
    """The small corpus, indexed once; tests that change it make a copy."""
    return built_corpus(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(tmp_path) -> tuple[TestClient, Any, Settings]:
    return staffed(tmp_path)


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("a.pdf", locked_pdf, "设有密码"),
        ("a.docx", lambda: docx_with("x.bin", b"0" * 250_000_000), "压缩炸弹|上限"),
        ("../../evil.txt", lambda: UPLOAD_TEXT.encode(), "路径"),
        ("..\\evil.txt", lambda: UPLOAD_TEXT.encode(), "路径"),
        ("a.exe", lambda: b"MZ", "格式不支持"),
        ("a.pdf", lambda: b"", "是空的"),
        ("a.txt", lambda: b"%PDF-1.4 words", "内容却是 PDF"),
    ],
    ids=["locked", "bomb", "path", "windows path", "kind", "empty", "mislabelled"],
)
def test_a_bad_upload_is_refused_in_one_sentence_and_kept_aside(desk, name, make, words):
    client, _, settings = desk
    before = sorted(settings.corpus_dir.iterdir())
    response = send(client, name, make())

    assert response.status_code == 400
    assert re.search(words, response.text)
    assert "隔离区" in response.text
    (reason,) = (settings.state_dir / "quarantine").glob("*.json")
    told = json.loads(reason.read_text("utf-8"))
    assert told["name"] == name
    assert re.search(words, told["reason"])
    assert reason.with_suffix(".upload").exists()
    assert sorted(settings.corpus_dir.iterdir()) == before
    assert not any((settings.state_dir / "uploads").iterdir())
    assert audit(settings)[-1]["action"] == "refuse"


def test_a_file_that_is_too_large_is_not_received(desk):
    client, _, settings = desk
    response = send(client, "a.txt", b"x" * (settings.max_file_bytes + 100_000))

    assert response.status_code == 413
    assert "太大" in response.text
    (reason,) = (settings.state_dir / "quarantine").glob("*.json")
    assert "超过" in json.loads(reason.read_text("utf-8"))["reason"]
    assert not list((settings.state_dir / "quarantine").glob("*.upload"))


def test_a_stranger_s_file_is_not_even_read(built):
    client, _ = client_of(built)
    response = client.post("/desk/upload", files={"file": ("a.txt", b"x")})

    assert response.status_code == 403
    assert not (built.state_dir / "uploads").exists()


@pytest.mark.filterwarnings("ignore")  # the half file in memory is closed when it is forgotten
def test_an_upload_that_stops_half_way_leaves_nothing(desk):
    client, _, settings = desk
    token = form_token(client)
    body = (
        f'--b\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token}\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n第一条 未完'
    ).encode()
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    response = client.post("/desk/upload", content=body, headers=kind)

    assert response.status_code == 400
    assert not list(settings.state_dir.glob("uploads/*"))
    assert not (settings.state_dir / "quarantine").exists()


def test_a_state_folder_that_cannot_be_written_is_told_and_nothing_is_left(desk):
    client, _, settings = desk
    (settings.state_dir / "uploads").write_text("a file where the folder should be")
    response = send(client, UPLOAD, UPLOAD_TEXT)

    assert response.status_code == 503
    assert "上传没有保存" in response.text


def test_the_same_file_twice_is_named_and_not_kept_aside(desk):
    client, _, settings = desk
    response = send(client, "copy.txt", OLD_TEXT)

    assert response.status_code == 400
    assert "完全相同" in response.text
    assert not (settings.state_dir / "quarantine").exists()


def test_what_an_ended_process_left_staged_is_removed(tmp_path: Path):
    settings = make_corpus(tmp_path)
    (settings.state_dir / "uploads" / "old").mkdir(parents=True)
    client_of(settings)

    assert not (settings.state_dir / "uploads").exists()
