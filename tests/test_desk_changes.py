"""Documents are added, replaced, corrected, removed and restored at the desk."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.corpus.register import read_register
from assistant.settings import Settings
from tests.desk_client import (
    DAY,
    Forms,
    audit,
    form_token,
    page,
    preview,
    send,
    staffed,
)
from tests.desk_corpus import OLD_TEXT, UPLOAD, UPLOAD_TEXT


@pytest.fixture
def desk(tmp_path) -> tuple[TestClient, Any, Settings]:
    return staffed(tmp_path)


def test_an_upload_is_previewed_corrected_confirmed_and_then_answers(desk):
    client, keeper, settings = desk
    before = client.post("/api/ask", json={"text": "加氢站补贴多少？"}).json()
    assert before["citations"] == []
    fields = preview(client, send(client, UPLOAD, UPLOAD_TEXT))
    assert fields["title"] == "测试区氢能产业促进办法"
    assert fields["effective_on"] == "2025-01-01"
    assert not (settings.corpus_dir / UPLOAD).exists()

    fields |= {"doc_no": "测府规〔2025〕3号", "doc_id": "hydrogen", "issuer": "区发改委\n区科委"}
    confirmed = client.post("/desk/confirm", data=fields)
    assert confirmed.headers["location"] == "/desk/manage?done=hydrogen"
    assert keeper.rebuilder.wait(60).state == "done"

    answer = client.post("/api/ask", json={"text": "加氢站补贴多少？"}).json()
    assert answer["status"] == "answered"
    assert "七十七万元" in answer["text"]
    assert answer["citations"][0]["doc_no"] == "测府规〔2025〕3号"
    assert (settings.corpus_dir / UPLOAD).read_text("utf-8") == UPLOAD_TEXT
    row = read_register(settings.corpus_dir).rows[UPLOAD]
    assert row.issuer == ("区发改委", "区科委")
    done = [one for one in audit(settings) if one["action"] == "add"]
    assert [(one["who"], one["doc_id"], one["sha256"]) for one in done] == [
        ("王一", "hydrogen", row.sha256)
    ]
    assert not any((settings.state_dir / "uploads").iterdir())
    assert "support_2021" in read_register(settings.corpus_dir).rows["support_2024.txt"].replaces


def test_answers_go_on_while_the_index_is_rebuilt(desk, monkeypatch):
    client, keeper, _ = desk
    from assistant import pipeline

    building, go_on = threading.Event(), threading.Event()
    build = pipeline.build_apart

    def slow(*arguments):
        building.set()
        assert go_on.wait(30)
        return build(*arguments)

    monkeypatch.setattr(pipeline, "build_apart", slow)
    fields = preview(client, send(client, UPLOAD, UPLOAD_TEXT))
    client.post("/desk/confirm", data=fields)
    assert building.wait(10)
    assert client.get("/desk/status").json()["state"] == "running"
    started = time.monotonic()
    answer = client.post("/api/ask", json={"text": "首次认定为高新技术企业奖励多少？"}).json()
    assert answer["status"] == "answered"
    assert "3 份" in page(client, day=DAY)
    assert time.monotonic() - started < 5
    go_on.set()

    assert keeper.rebuilder.wait(60).state == "done"
    assert "4 份" in page(client, day=DAY)


def test_a_wrong_field_keeps_the_preview_with_what_was_typed(desk):
    client, _, settings = desk
    fields = preview(client, send(client, UPLOAD, UPLOAD_TEXT))
    for wrong, words in (
        ({"issued_on": "去年"}, "印发日期"), ({"expires_on": "2024-01-01"}, "早于"),
        ({"url": "javascript:alert(1)"}, "https"), ({"doc_id": "support_2021"}, "已有文件使用"),
        ({"doc_id": "a/b"}, "doc_id"), ({"level": "planet"}, "层级"),
        ({"note": "字" * 6000}, "超过"),
    ):  # fmt: skip
        response = client.post("/desk/confirm", data={**fields, "note": "手写的备注", **wrong})
        assert response.status_code == 400, wrong
        assert words in response.text, wrong
        assert "note" in wrong or "手写的备注" in response.text
    assert not (settings.corpus_dir / UPLOAD).exists()
    assert client.post("/desk/confirm", data=fields).status_code == 303


@pytest.mark.parametrize("name", ["①办法.txt", "2025年办法.txt", "办法（终稿）.txt", "-.txt"])
def test_any_name_of_a_file_gives_an_id_that_can_be_confirmed(desk, name):
    client, _, settings = desk
    fields = preview(client, send(client, name, UPLOAD_TEXT))

    assert fields["doc_id"].replace("-", "_").isidentifier()
    assert client.post("/desk/confirm", data=fields).status_code == 303
    assert (settings.corpus_dir / name).exists()


def test_days_that_cannot_both_be_true_are_left_out_and_told(desk):
    client, _, _ = desk
    text = UPLOAD_TEXT.replace("起施行。", "起施行，有效期至2020年12月31日。")
    response = send(client, UPLOAD, text)
    fields = preview(client, response)

    assert (fields["effective_on"], fields["expires_on"]) == ("2025-01-01", "")
    assert "2020-12-31 早于施行" in client.get(response.headers["location"]).text


def test_a_preview_can_be_thrown_away(desk):
    client, _, settings = desk
    fields = preview(client, send(client, UPLOAD, UPLOAD_TEXT))
    assert client.post("/desk/discard", data=fields).status_code == 303

    assert not any((settings.state_dir / "uploads").iterdir())
    assert client.post("/desk/confirm", data=fields).status_code == 404
    assert not (settings.corpus_dir / UPLOAD).exists()


def test_a_document_s_file_is_replaced_under_its_id_and_the_old_one_kept(desk):
    client, keeper, settings = desk
    changed = OLD_TEXT.replace("十万元", "十五万元")
    fields = preview(client, send(client, "new.txt", changed, target="support_2021"))
    assert "doc_id" not in fields
    assert fields["topics"] == "高新技术企业"  # a person's words outlive the file
    fields |= {"doc_no": "测府规〔2021〕1号", "level": "district", "effective_on": "2021-03-01"}
    assert client.post("/desk/confirm", data=fields).status_code == 303
    assert keeper.rebuilder.wait(60).state == "done"

    document = client.get("/api/documents/support_2021").json()
    assert "十五万元" in document["text"]
    assert document["source"] == "new.txt"
    assert not (settings.corpus_dir / "support_2021.txt").exists()
    (kept,) = (settings.state_dir / "replaced").iterdir()
    assert kept.read_text("utf-8") == OLD_TEXT
    done = next(one for one in audit(settings) if one["action"] == "replace")
    assert done["replaced"] == "support_2021.txt"
    assert len(done["replaced_sha256"]) == 64


def test_a_correction_changes_only_the_keys_that_were_changed(desk):
    client, keeper, settings = desk
    values = Forms(page(client, "/desk/edit", id="carrier")).values
    assert values["title"] == "测试区载体建设方案（征求意见稿）"
    same = client.post("/desk/edit", data=values)
    assert (same.status_code, "没有改动" in same.text) == (400, True)

    sent = client.post("/desk/edit", data={**values, "topics": "载体\n补贴"})
    assert sent.status_code == 303
    assert keeper.rebuilder.wait(60).state == "done"

    row = read_register(settings.corpus_dir).rows["carrier.txt"]
    assert row.model_fields_set == {"file", "doc_id", "topics", "sha256"}
    assert client.get("/api/documents/carrier").json()["topics"] == ["载体", "补贴"]
    done = next(one for one in audit(settings) if one["action"] == "correct")
    assert done["changes"] == {"topics": [[], ["载体", "补贴"]]}


def test_a_failed_rebuild_is_told_and_the_old_index_serves(desk, monkeypatch):
    client, keeper, _ = desk
    from assistant import pipeline
    from assistant.errors import IndexFolderError

    def fails(*_arguments):
        raise IndexFolderError("磁盘已满。")

    monkeypatch.setattr(pipeline, "build_apart", fails)
    fields = preview(client, send(client, UPLOAD, UPLOAD_TEXT))
    client.post("/desk/confirm", data=fields)

    assert keeper.rebuilder.wait(20).state == "failed"
    assert "磁盘已满" in page(client, "/desk/manage")
    assert "3 份" in page(client, day=DAY)


def test_a_document_is_removed_with_a_reason_and_its_links_tell(desk):
    client, keeper, settings = desk
    told = page(client, "/desk/remove", id="support_2021")
    assert "1 份文件提到它" in told
    assert "测试区企业扶持办法" in told
    fields = Forms(told).values
    without = client.post("/desk/remove", data={**fields, "why": " "})
    assert (without.status_code, "请写明移出的原因" in without.text) == (400, True)
    assert (settings.corpus_dir / "support_2021.txt").exists()

    sent = client.post("/desk/remove", data={**fields, "why": "<b>撤下</b>"})
    assert sent.status_code == 303
    assert keeper.rebuilder.wait(60).state == "done"

    for query in ({"clause": "support_2021__art_3__para_2"}, {"id": "support_2021"}):
        path = "/desk/document" if "id" in query else "/desk"
        gone = client.get(path, params=query)
        assert gone.status_code == 410
        assert "移出资料库" in gone.text
        assert "同一企业只能享受一次。" in gone.text
        assert "<b>撤下" not in gone.text
    assert "移出" in page(client, "/desk/manage")
    done = next(one for one in audit(settings) if one["action"] == "remove")
    assert (done["who"], done["doc_id"], len(done["sha256"])) == ("王一", "support_2021", 64)


def test_a_removed_document_is_restored_and_found_again(desk):
    client, keeper, settings = desk
    fields = Forms(page(client, "/desk/remove", id="support_2021")).values
    client.post("/desk/remove", data={**fields, "why": "误传"})
    assert keeper.rebuilder.wait(60).state == "done"
    listed = client.get("/api/documents").json()["documents"]
    assert {one["doc_id"] for one in listed} == {"support_2024", "carrier"}

    token = form_token(client)
    sent = client.post("/desk/restore", data={"form_token": token, "id": "support_2021"})
    assert sent.status_code == 303
    assert keeper.rebuilder.wait(60).state == "done"
    assert "同一企业只能享受一次。" in page(client, clause="support_2021__art_3__para_2", day=DAY)
    assert read_register(settings.corpus_dir).rows["support_2021.txt"].doc_no == "测府规〔2021〕1号"
    again = client.post("/desk/restore", data={"form_token": token, "id": "support_2021"})
    assert again.status_code == 404
