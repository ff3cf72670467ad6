"""The HTTP contract, driven through the app: what comes back, and every kind of bad request."""

from __future__ import annotations

import json
import logging
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.api.guard import MAX_BODY_BYTES
from assistant.api.server import address_of, listen
from assistant.errors import IndexFolderError, UsageError
from assistant.settings import Settings
from tests.fake_assistant import PLAN, FakeAssistant, app_with_ui

JSON = {"Content-Type": "application/json"}
QUESTION = "到2026年培育多少家高新技术企业？"


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(Settings(state_dir=tmp_path, max_question_chars=50))


@pytest.fixture
def client(assistant: FakeAssistant) -> TestClient:
    return TestClient(create_app(assistant), raise_server_exceptions=False)


def problem_of(response: Any) -> tuple[int, str]:
    """Status and code, after checking the shape that every failure has."""
    body = response.json()
    assert list(body) == ["error"]
    assert set(body["error"]) == {"code", "message"}
    assert any("\u4e00" <= character <= "\u9fff" for character in body["error"]["message"])
    return response.status_code, body["error"]["code"]


@pytest.mark.parametrize("name", ["text", "question"])
def test_a_question_under_either_name_gets_the_record_of_the_contract(client, name):
    record = client.post("/api/ask", json={name: QUESTION}).json()

    assert record["status"] == "answered"
    assert record["question"] == QUESTION
    assert "90家" in record["text"]
    assert record["citations"][0]["doc_title"] == PLAN
    assert {"verdicts", "ask_next", "notices", "writer", "timings_ms"} <= record.keys()


def test_quotes_of_an_answer_are_spans_of_the_document_the_api_gives(client):
    for citation in client.post("/api/ask", json={"text": QUESTION}).json()["citations"]:
        document = client.get(f"/api/documents/{citation['doc_id']}").json()
        assert document["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_the_row_id_comes_back_as_it_was_sent(client):
    assert client.post("/api/ask", json={"_id": "q1", "text": QUESTION}).json()["_id"] == "q1"
    assert "_id" not in client.post("/api/ask", json={"text": QUESTION}).json()


def test_history_day_and_profile_reach_the_assistant(client, assistant):
    turns = [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "您好"}]
    body = {"text": QUESTION, "history": turns, "as_of": "2025-01-31", "profile": {"园区": "罗店"}}

    assert client.post("/api/ask", json=body).json()["as_of"] == "2025-01-31"
    assert assistant.profiles[-1] == {"园区": "罗店"}
    assert [(turn.role, turn.content) for turn in assistant.histories[-1]] == [
        ("user", "你好"), ("assistant", "您好"),
    ]  # fmt: skip


def test_search_gives_hits_best_first_and_as_many_as_wanted(client):
    record = client.post("/api/search", json={"text": QUESTION, "k": 2}).json()

    assert record["query"] == QUESTION
    assert [hit["rank"] for hit in record["hits"]] == [1, 2]
    assert record["timings_ms"]["total"] >= 0
    for hit in record["hits"]:
        text = client.get(f"/api/documents/{hit['doc_id']}").json()["text"]
        assert text[hit["start"] : hit["end"]] == hit["text"]


def test_a_question_nobody_can_answer_is_an_answer_and_not_an_error(client):
    response = client.post("/api/ask", json={"text": "zzz"})

    assert response.status_code == 200
    assert response.json()["status"] == "not_in_corpus"
    assert response.json()["citations"] == []


def test_documents_and_their_clauses(client):
    listed = client.get("/api/documents").json()["documents"]
    document = client.get("/api/documents/plan").json()

    assert [row["doc_id"] for row in listed] == ["plan", "rules"]
    assert "text" not in listed[0]
    assert "".join(clause["own_text"] for clause in document["clauses"]) == document["text"]


@pytest.mark.parametrize(
    ("day", "force"), [("2021-02-28", "not_yet"), ("2021-03-01", "in_force")]
)
def test_documents_have_the_status_of_the_day(client, day, force):
    listed = client.get("/api/documents", params={"as_of": day}).json()
    document = client.get("/api/documents/rules", params={"as_of": day}).json()

    assert listed["as_of"] == day
    assert {one["doc_id"]: one["force"] for one in listed["documents"]}["rules"] == force
    assert document["force"] == force
    assert problem_of(client.get("/api/documents", params={"as_of": "昨天"}))[0] == 400


def test_a_clause_by_id_and_by_address_with_its_neighbours(client):
    by_id = client.get("/api/clauses/plan__c4").json()

    assert by_id["heading"] == "12、培育多梯次科技企业集群"
    assert (by_id["previous_id"], by_id["next_id"]) == ("plan__c3", "plan__c5")
    assert by_id["document"]["title"] == PLAN
    assert client.get("/api/clauses/12、培育多梯次科技企业集群").json() == by_id
    assert client.get("/api/clauses/plan__c0").json()["previous_id"] is None


@pytest.mark.parametrize(
    "path",
    ["/api/documents/无此文件", "/api/clauses/无此条款", "/api/无此地址", "/api/", "/无此地址"],
)
def test_what_does_not_exist_is_a_404(client, path):
    assert problem_of(client.get(path)) == (404, "not_found")


@pytest.mark.parametrize("name", ["%00", "..", "%2e%2e%2f", "a" * 5000, "[", "*", "%ff", "☃"])
@pytest.mark.parametrize("folder", ["/api/documents", "/api/clauses", "/ui/static", "/api"])
def test_odd_names_are_a_404_as_well(client, folder, name):
    assert problem_of(client.get(f"{folder}/{name}")) == (404, "not_found")


def test_an_ambiguous_address_names_the_candidates(client):
    response = client.get("/api/clauses/培育")

    assert problem_of(response) == (404, "not_found")
    assert "plan__c4" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 422, "invalid_request"),
        ("{", 400, "invalid_json"),
        ("[1]", 422, "invalid_request"),
        ("null", 422, "invalid_request"),
        ('"text"', 422, "invalid_request"),
        ("{}", 400, "bad_request"),
        ('{"text": null}', 400, "bad_request"),
        ('{"text": 12}', 422, "invalid_request"),
        ('{"text": ["a"]}', 422, "invalid_request"),
        ('{"text": ""}', 400, "bad_request"),
        ('{"text": " \\n\\t"}', 400, "bad_request"),
        ('{"text": "\\ud800"}', 422, "invalid_request"),
        ('{"text": "a", "history": "b"}', 422, "invalid_request"),
        ('{"text": "a", "as_of": "2026-02-30"}', 422, "invalid_request"),
        ('{"text": "a", "as_of": "2026-2-3"}', 422, "invalid_request"),
        ('{"text": "a", "as_of": 20260203}', 422, "invalid_request"),
        ('{"text": "a", "as_of": "昨天"}', 422, "invalid_request"),
        ('{"text": "a", "k": 0}', 422, "invalid_request"),
        ('{"text": "a", "k": 101}', 422, "invalid_request"),
        ('{"text": "a", "k": 2.5}', 422, "invalid_request"),
        ('{"text": "a", "k": "3"}', 422, "invalid_request"),
        ('{"text": "a", "profile": [1]}', 422, "invalid_request"),
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/search"])
def test_a_bad_body_is_a_4xx_that_says_why(client, path, body, status, code):
    response = client.post(path, content=body, headers=JSON)

    assert problem_of(response) == (status, code)


def test_a_history_that_is_none_is_a_400(client):
    for history in ([1], [{}], [{"role": "user"}]):
        response = client.post("/api/ask", json={"text": QUESTION, "history": history})
        assert problem_of(response) == (400, "bad_request")


def test_deep_nesting_and_bytes_that_are_not_utf8_are_a_400(client):
    for body in (b"[" * 100_000, b'{"text": "\xff\xfe"}', b'{"text": "\x00"}'):
        assert problem_of(client.post("/api/ask", content=body, headers=JSON))[0] == 400


def test_the_longest_question_passes_and_one_more_character_does_not(client):
    assert client.post("/api/ask", json={"text": "政" * 50}).status_code == 200
    assert problem_of(client.post("/api/ask", json={"text": "政" * 51})) == (400, "bad_request")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "json"])
def test_another_content_type_is_a_415(client, kind):
    body = json.dumps({"text": QUESTION})
    response = client.post("/api/ask", content=body, headers={"Content-Type": kind})

    assert problem_of(response) == (415, "unsupported_media_type")


def test_a_charset_after_the_content_type_is_fine(client):
    headers = {"Content-Type": "application/json; charset=utf-8"}
    body = json.dumps({"text": QUESTION}, ensure_ascii=False).encode()

    assert client.post("/api/ask", content=body, headers=headers).status_code == 200


def test_a_body_over_the_limit_is_a_413_whether_or_not_it_says_so(client):
    frame = len('{"text": ""}')
    at_limit = json.dumps({"text": "a" * (MAX_BODY_BYTES - frame)})
    over = at_limit + " "
    chunks = (part.encode() for part in (over[:1000], over[1000:]))

    assert len(at_limit) == MAX_BODY_BYTES
    assert problem_of(client.post("/api/ask", content=at_limit, headers=JSON))[0] == 400
    assert problem_of(client.post("/api/ask", content=over, headers=JSON)) == (413, "too_large")
    assert problem_of(client.post("/api/ask", content=chunks, headers=JSON)) == (413, "too_large")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/ask"), ("PUT", "/api/search"), ("POST", "/api/documents"),
     ("DELETE", "/api/clauses/plan__c1"), ("POST", "/healthz")],
)  # fmt: skip
def test_the_wrong_method_is_a_405(client, method, path):
    assert problem_of(client.request(method, path)) == (405, "method_not_allowed")


def test_an_unforeseen_error_is_a_500_that_leaks_nothing_and_is_logged(client, caplog):
    with caplog.at_level(logging.ERROR):
        response = client.post("/api/ask", json={"text": "崩溃，密码是13800138000"})

    assert problem_of(response) == (500, "internal")
    assert "RuntimeError" not in response.text
    assert "RuntimeError" in caplog.text
    assert "13800138000" not in response.text + caplog.text


def test_an_error_of_the_package_is_shown_in_its_own_words(client, assistant, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise IndexFolderError("索引已损坏，请运行 assistant index 重建。")

    monkeypatch.setattr(assistant, "ask", broken)
    response = client.post("/api/ask", json={"text": QUESTION})

    assert problem_of(response) == (503, "index")
    assert "assistant index" in response.json()["error"]["message"]


def test_health_says_what_is_served(client):
    assert client.get("/healthz").json() == {
        "status": "ok", "version": "0.1.0", "documents": 2, "passages": 9,
        "generation": "gen-fake", "writer": "extractive", "embedder": "shipped",
    }  # fmt: skip


def test_the_api_page_and_its_script_name_no_other_machine(client):
    for path in ("/docs", "/ui/static/docs.js", "/ui/static/app.css", "/ui/static/app.js"):
        page = client.get(path)
        assert page.status_code == 200
        outside = page.text.replace("http://127.0.0.1:7860", "").replace("http://www.w3.org", "")
        assert "http://" not in outside
        assert "https://" not in outside
    assert "/api/ask" in client.get("/openapi.json").json()["paths"]


def test_every_response_forbids_requests_to_other_machines(client):
    for path in ("/healthz", "/docs", "/api/无此地址"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy


def test_a_static_path_cannot_climb_out(client):
    assert client.get("/ui/static/..%2f..%2fsettings.py").status_code == 404


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Gradio's, about its own future
def test_the_web_app_opens_no_door_of_gradio_that_it_does_not_need(assistant):
    client = TestClient(app_with_ui(assistant), raise_server_exceptions=False)

    assert "政策知识助手" in client.get("/").text
    config = client.get("/config").json()
    assert {one["api_visibility"] for one in config["dependencies"]} == {"private"}
    assert client.get("/gradio_api/info").json()["named_endpoints"] == {}
    for path in ("upload", "run/respond", "call/respond", "proxy=http://evil.example", "deep_link",
                 "file=/etc/passwd", "component_server", "stream/x", "vibe-edit/"):  # fmt: skip
        for method in ("GET", "POST"):
            response = client.request(method, f"/gradio_api/{path}", json={})
            assert problem_of(response) == (404, "not_found"), path
    for path in ("/monitoring", "/login", "/gradio_api/monitoring", "/assets/../../x", "/无此地址"):
        assert client.get(path).status_code == 404
    assert problem_of(client.post("/api/ask", json={})) == (400, "bad_request")


def test_a_busy_port_is_one_sentence_that_says_what_to_do():
    with closing(listen("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"端口 {port} 已被占用.*--port"):
            listen("127.0.0.1", port)


def test_a_port_is_free_again_once_released():
    with closing(listen("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
    with closing(listen("127.0.0.1", port)) as second:
        assert isinstance(second, socket.socket)


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"),
     ("::1", "http://[::1]:80"), ("::", "http://[::1]:80")],
)  # fmt: skip
def test_the_address_shown_can_be_opened(host, address):
    assert address_of(host, 80) == address
