"""Thumbs: stored with what they rate, masked, replaced by a second opinion, refused when wrong."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.errors import SettingsError, UsageError
from assistant.settings import Settings
from assistant.ui.feedback import MAX_COMMENT_CHARS, FeedbackStore, Rating
from assistant.ui.routes import ui_router
from assistant.ui.session import Exchange, Ledger
from tests.fake_assistant import FakeAssistant

QUESTION = "培育多少家高新技术企业，我的电话13800138000"


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(Settings(state_dir=tmp_path / "state"))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def client(assistant: FakeAssistant, ledger: Ledger) -> TestClient:
    app = create_app(assistant)
    app.include_router(ui_router(assistant, ledger, FeedbackStore(assistant.settings.state_dir)))
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def token(assistant: FakeAssistant, ledger: Ledger) -> str:
    exchange = Exchange(QUESTION, assistant.ask(QUESTION))
    ledger.remember(exchange)
    return exchange.token


def rows(folder: Path) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(folder / "feedback.sqlite")) as connection:
        connection.row_factory = sqlite3.Row
        return list(connection.execute("SELECT * FROM feedback"))


def test_a_thumb_is_stored_with_the_question_masked(client, assistant, token):
    response = client.post("/ui/feedback", json={"token": token, "rating": "up"})

    assert response.status_code == 200
    (row,) = rows(assistant.settings.state_dir)
    assert row["rating"] == "up"
    assert "高新技术企业" in row["question"]
    assert "13800138000" not in "".join(str(value) for value in tuple(row))
    assert "plan__c4" in row["clause_ids"]


def test_a_second_opinion_replaces_the_first(client, assistant, token):
    client.post("/ui/feedback", json={"token": token, "rating": "up"})
    body = {
        "token": token,
        "rating": "down",
        "reason": "数字有误",
        "comment": "'); DROP TABLE feedback;--",
    }
    client.post("/ui/feedback", json=body)

    (row,) = rows(assistant.settings.state_dir)
    assert (row["rating"], row["reason"]) == ("down", "数字有误")
    assert row["comment"] == "'); DROP TABLE feedback;--"
    assert FeedbackStore(assistant.settings.state_dir).count() == {"up": 0, "down": 1}


@pytest.mark.parametrize(
    ("change", "status"),
    [({"token": "unknown"}, 404), ({"rating": "great"}, 422), ({"extra": 1}, 422),
     ({"comment": "长" * (MAX_COMMENT_CHARS + 1)}, 422), ({"token": None}, 422)],
)  # fmt: skip
def test_a_wrong_opinion_is_refused_and_nothing_is_stored(client, assistant, token, change, status):
    response = client.post("/ui/feedback", json={"token": token, "rating": "up"} | change)

    assert response.status_code == status
    assert response.json()["error"]["message"]
    assert not (assistant.settings.state_dir / "feedback.sqlite").exists()


def test_the_longest_comment_is_kept_whole(client, assistant, token):
    comment = "长" * MAX_COMMENT_CHARS
    client.post("/ui/feedback", json={"token": token, "rating": "down", "comment": comment})

    assert rows(assistant.settings.state_dir)[0]["comment"] == comment


def test_a_form_of_another_site_cannot_vote(client, assistant, token):
    body = f'{{"token": "{token}", "rating": "up"}}'
    response = client.post("/ui/feedback", content=body, headers={"Content-Type": "text/plain"})

    assert response.status_code == 422
    assert not (assistant.settings.state_dir / "feedback.sqlite").exists()


def test_half_a_character_is_refused_at_the_door_and_survived_by_the_store(
    client, assistant, token
):
    body = f'{{"token": "{token}", "rating": "down", "comment": "差\\ud800"}}'
    response = client.post(
        "/ui/feedback", content=body, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 422
    FeedbackStore(assistant.settings.state_dir).add(
        Rating("t", "down", comment="差\ud800"), "问\udfff", assistant.ask("高新技术企业")
    )
    assert rows(assistant.settings.state_dir)[0]["comment"] == "差?"


def test_a_state_folder_that_cannot_be_made_is_one_clear_sentence(client, assistant, token):
    assistant.settings.state_dir.write_text("a file where a folder should be", "utf-8")
    response = client.post("/ui/feedback", json={"token": token, "rating": "up"})

    assert response.status_code == 503
    assert "state_dir" in response.json()["error"]["message"]


def test_a_damaged_database_is_an_error_and_not_a_crash(tmp_path, assistant):
    (tmp_path / "feedback.sqlite").write_bytes(b"not a database, " * 100)
    store = FeedbackStore(tmp_path)

    with pytest.raises(SettingsError, match="意见没有保存"):
        store.add(Rating("t", "up"), "问", assistant.ask("高新技术企业"))


def test_the_store_checks_for_itself(tmp_path, assistant):
    store = FeedbackStore(tmp_path)
    answer = assistant.ask("高新技术企业")

    with pytest.raises(UsageError):
        store.add(Rating("t", "great"), "问", answer)
    with pytest.raises(UsageError):
        store.add(Rating("t", "up", comment="长" * (MAX_COMMENT_CHARS + 1)), "问", answer)
    assert store.count() == {"up": 0, "down": 0}


def test_many_at_once_are_all_stored(tmp_path, assistant):
    store = FeedbackStore(tmp_path)
    answer = assistant.ask("高新技术企业")
    threads = [
        threading.Thread(target=store.add, args=(Rating(f"t{n}", "up"), "问", answer))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.count() == {"up": 8, "down": 0}


def test_the_database_keeps_a_write_ahead_log(tmp_path, assistant):
    FeedbackStore(tmp_path).add(Rating("t", "up"), "问", assistant.ask("高新技术企业"))

    with closing(sqlite3.connect(tmp_path / "feedback.sqlite")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    ("query", "status"),
    [("id=plan&start=3&end=9", 200), ("id=plan", 200), ("id=plan&clause=plan__c4", 200),
     ("id=none", 404), ("id=plan&clause=rules__c1", 404), ("id=plan&start=9&end=3", 400),
     ("id=plan&start=0&end=999999", 400), ("id=plan&start=-1", 422), ("id=plan&start=x", 422),
     ("", 422)],
)  # fmt: skip
def test_a_document_opens_at_a_span_that_exists(client, query, status):
    response = client.get(f"/ui/document?{query}")

    assert response.status_code == status
    assert ("<html" in response.text) is (status == 200)


def test_the_drawer_gets_the_part_without_the_page(client):
    part = client.get("/ui/document?id=plan&clause=plan__c4&part=1").text

    assert part.startswith('<div class="pa-doc">')
    assert "<mark" in part
