"""The clause desk over HTTP: what it shows, and who may change what."""

from __future__ import annotations

import json
import re
import threading
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from assistant.api import create_app
from assistant.corpus.register import read_register
from assistant.errors import AccessError
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.ui.desk import add_desk
from assistant.ui.desk.gate import IDLE_S, MAX_TRIES, WINDOW_S, Gate
from tests.desk_corpus import OLD_TEXT, PASSWORD, UPLOAD, UPLOAD_TEXT, make_corpus
from tests.test_bad_files import docx_with, locked_pdf

DAY = "2026-11-22"


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Settings:
    """The small corpus, indexed once; tests that change it make a copy."""
    settings = make_corpus(tmp_path_factory.mktemp("desk"))
    Assistant.open(settings)
    return settings


def client_of(settings: Settings, gate: Gate | None = None) -> tuple[TestClient, Any]:
    assistant = Assistant.open(settings)
    app = create_app(assistant)
    keeper = add_desk(app, assistant, gate or Gate(settings.admin_password, pause=lambda _: None))
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False), keeper


@pytest.fixture(scope="module")
def reader(built) -> TestClient:
    return client_of(built)[0]


@pytest.fixture
def desk(tmp_path) -> tuple[TestClient, Any, Settings]:
    """A corpus of the test's own, and staff that has entered."""
    settings = make_corpus(tmp_path)
    client, keeper = client_of(settings)
    entered = client.post("/desk/login", data={"who": "王一", "password": PASSWORD})
    assert entered.status_code == 303
    return client, keeper, settings


def page(client: TestClient, path: str = "/desk", **query: object) -> str:
    response = client.get(path, params=query)
    assert response.status_code == 200, response.text
    return response.text


class Forms(HTMLParser):
    """Hidden and shown inputs by name, and all text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""
        self._textarea = ""
        self._select = ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(given)
        if tag == "input" and given.get("name"):
            self.values.setdefault(given["name"], given.get("value") or "")
        self._textarea = given.get("name", "") if tag == "textarea" else ""
        self._select = given.get("name", "") if tag == "select" else self._select
        if tag == "option" and "selected" in given:
            self.values[self._select] = given.get("value") or ""

    def handle_data(self, data):
        self.words += data
        if self._textarea:
            self.values[self._textarea] = self.values.get(self._textarea, "") + data

    def handle_endtag(self, tag):
        self._textarea = "" if tag == "textarea" else self._textarea


def form_token(client: TestClient) -> str:
    return Forms(page(client, "/desk/manage")).values["form_token"]


def send(client: TestClient, name: str, raw: bytes | str, **fields: str) -> Any:
    raw = raw.encode() if isinstance(raw, str) else raw
    data = {"form_token": form_token(client), **fields}
    return client.post("/desk/upload", data=data, files={"file": (name, raw)})


def audit(settings: Settings) -> list[dict[str, Any]]:
    lines = (settings.state_dir / "audit.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


# ---- the list


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, 3),
        ({"force": "superseded"}, 1), ({"force": "in_force"}, 1), ({"force": "draft"}, 1),
        ({"force": "superseded", "day": "2024-04-30"}, 0),
        ({"force": "not_yet", "day": "2024-04-30"}, 1),
        ({"tier": "district", "since": "2024"}, 1), ({"tier": "city"}, 0),
        ({"issuer": "测试区"}, 2), ({"topic": "高新"}, 1), ({"until": "2021"}, 1),
    ],
)  # fmt: skip
def test_the_list_is_filtered_by_status_on_a_day_tier_issuer_topic_and_year(reader, query, titles):
    text = page(reader, **{"day": DAY, "force": "", "issuer": "", **query})

    assert len(re.findall(r'class="pd-title"', text)) == titles
    assert f"{titles} 份文件（共收录 3 份）" in text


@pytest.mark.parametrize(
    "query", [{"day": "昨天"}, {"day": "20260101"}, {"force": "x"}, {"since": "九"}, {"mode": "x"}]
)
def test_a_wrong_filter_is_a_page_that_says_so(reader, query):
    response = reader.get("/desk", params=query)

    assert response.status_code == 400
    assert "有误" in response.text
    assert response.headers["content-type"].startswith("text/html")


def test_pages_allow_nothing_from_elsewhere_and_are_not_kept(reader):
    headers = reader.get("/desk").headers

    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] == "no-store"


# ---- search


def test_a_phrase_is_counted_by_document_and_marked_verbatim(reader):
    text = page(reader, q="高新技術 企业", day=DAY)

    assert "逐字出现 3 处，见 3 份文件" in text
    assert text.count("<mark>高新技术企业</mark>") == 2
    assert "<mark>高新技术\n企业</mark>" in text


def test_words_are_found_in_one_provision(reader):
    assert "各词同在 2 条，见 2 份文件" in page(reader, q="市级 奖励", mode="words", day=DAY)
    assert "没有找到" in page(reader, q="市级 信用", mode="words", day=DAY)


def test_filters_hold_for_the_search_and_one_document_can_be_searched(reader):
    assert "见 1 份文件" in page(reader, q="奖励", force="in_force", day=DAY)
    text = page(reader, q="奖励", doc="support_2021", day=DAY)
    assert "只在《测试区企业扶持办法》里查找" in text
    assert "逐字出现 3 处" in text
    assert reader.get("/desk", params={"q": "奖励", "doc": "none"}).status_code == 404


# ---- a document and a clause


def test_a_document_shows_its_tree_how_it_was_read_and_its_versions(reader):
    text = page(reader, "/desk/document", id="support_2024", day=DAY)

    assert urlencode({"clause": "support_2024__art_4", "day": DAY}).replace("&", "&amp;") in text
    assert "读法：" in text
    assert "共 2 个版本" in text
    assert reader.get("/desk/document", params={"id": "none"}).status_code == 404


def test_a_clause_by_its_address_with_citation_links_terms_neighbours_and_history(reader):
    text = page(reader, clause="support_2024__art_5", day=DAY)
    words = Forms(text).words

    assert "《测试区企业扶持办法》（测府规〔2024〕2号）第五条" in words
    assert re.search(r'<a href="[^"]*support_2024__art_4__para_2[^"]*"[^>]*>第四条第二款</a>', text)
    assert "除外" in words
    assert "第四条" in words
    assert "第六条" in words
    assert "各版本" in words
    assert "support_2021__art_4" in text
    assert re.search(r"用到的定义.*企业", page(reader, clause="support_2024__art_4", day=DAY), re.S)


@pytest.mark.parametrize(
    ("address", "status"),
    [("测府规〔2021〕1号第三条第二款", 200), ("support_2021__art_3__para_2", 200),
     ("测府规〔2021〕1号第九十条", 404), ("没有的东西", 404), ("\x00", 400), ("字" * 5000, 400)],
)  # fmt: skip
def test_any_name_of_a_clause_leads_to_it_or_says_what_is_nearest(reader, address, status):
    response = reader.get("/desk", params={"clause": address, "day": DAY})

    assert response.status_code == status
    if status == 200:
        assert "同一企业只能享受一次。" in response.text
    else:
        assert 'role="alert"' in response.text


def test_an_address_of_several_clauses_lists_them(reader):
    text = page(reader, clause="测试区企业扶持办法第三条", day=DAY)

    assert "对应 2 个条款" in text
    assert "support_2021__art_3" in text


def test_the_search_box_takes_an_address_to_its_permalink(reader):
    response = reader.get("/desk", params={"q": "第三条", "mode": "clause", "day": DAY})

    assert response.status_code == 303
    assert response.headers["location"] == "/desk?" + urlencode({"clause": "第三条", "day": DAY})


@pytest.mark.parametrize(
    ("clause", "day", "cited", "notice"),
    [
        ("support_2021__art_3", DAY, "（测府规〔2021〕1号，已被替代）第三条", "起被替代"),
        ("support_2021__art_3", "2024-04-30", "（测府规〔2021〕1号）第三条", ""),
        ("support_2024__art_3", "2024-04-30", "（测府规〔2024〕2号，尚未施行）第三条", "尚未施行"),
        ("carrier__h1_2__h2_1", DAY, "（征求意见稿）二、支持措施 › （一）", "不是正式印发"),
    ],
)
def test_what_is_not_in_force_on_the_day_is_never_cited_as_if_it_were(
    reader, clause, day, cited, notice
):
    text = page(reader, clause=clause, day=day)

    assert cited in text
    assert notice in text
    assert ("pa-notices" in text) is bool(notice)


def test_an_address_in_the_search_for_words_leads_to_its_clause(reader):
    text = page(reader, q="测府规〔2021〕1号第三条第二款", day=DAY)
    assert "是条款地址" in text
    assert 'id="named"' in text
    assert 'id="named"' not in page(reader, q="没有的东西", day=DAY)
    assert 'id="named"' not in page(reader, q="高新技术企业", day=DAY)


def test_two_versions_stand_side_by_side_with_their_words_marked(reader):
    text = page(reader, "/desk/compare", a="support_2021", b="support_2024", day=DAY)

    assert "<del>十万元</del>" in text
    assert "<ins>二十万元</ins>" in text
    assert "<ins>第三条 申请人应当信用良好。</ins>" in text.replace("\u3000", " ")
    assert "移动" in text
    assert "完全相同" in page(reader, "/desk/compare", a="support_2021", b="support_2021")
    assert reader.get("/desk/compare", params={"a": "x", "b": "y"}).status_code == 404
    assert "请选择" in page(reader, "/desk/compare")


@pytest.mark.parametrize("path", ["/desk", "/desk/document", "/desk/compare"])
@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_an_address_holds_is_shown_as_text(reader, path, hostile):
    for name in ("q", "clause", "id", "a", "issuer", "doc"):
        shown = Forms(reader.get(path, params={name: hostile, "b": hostile}).text)
        assert "img" not in shown.tags
        assert not [one for one in shown.attributes if one.startswith("on")]
        assert "alert" not in re.sub(r"<script[^>]*></script>", "", " ".join(shown.tags))


def test_markup_in_a_document_is_text(reader):
    assert "建成&lt;b&gt;十&lt;/b&gt;个载体" in page(reader, "/desk/document", id="carrier")


# ---- the API


def test_the_api_gives_every_place_of_a_phrase_with_exact_spans(reader):
    record = reader.get("/api/phrase", params={"q": "高新 技术企业"}).json()

    assert record["total"] == 3
    for found in record["documents"]:
        text = reader.get(f"/api/documents/{found['doc_id']}").json()["text"]
        for place in found["places"]:
            assert place["clause_id"].startswith(found["doc_id"])
            for span in place["spans"]:
                assert text[span["start"] : span["end"]] == span["text"]
    one = reader.get("/api/phrase", params={"q": "奖励", "doc": "support_2021", "most": 1}).json()
    assert [(row["doc_id"], row["count"], len(row["places"])) for row in one["documents"]] == [
        ("support_2021", 3, 1)
    ]


def test_the_api_compares_two_documents(reader):
    record = reader.get("/api/diff", params={"a": "support_2021", "b": "support_2024"}).json()

    assert record["old"]["doc_id"] == "support_2021"
    assert record["summary"]["provisions"]["added"] == 1
    only = reader.get(
        "/api/diff", params={"a": "support_2021", "b": "support_2024", "only": "added"}
    ).json()
    assert [one["kind"] for one in only["changes"]] == ["added"]


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [("phrase", {}, 422), ("phrase", {"q": ""}, 400), ("phrase", {"q": "a", "most": 0}, 422),
     ("phrase", {"q": "a", "doc": "none"}, 404), ("diff", {"a": "support_2021"}, 422),
     ("diff", {"a": "support_2021", "b": "none"}, 404)],
)  # fmt: skip
def test_a_bad_request_has_the_shape_of_every_failure(reader, path, query, status):
    response = reader.get(f"/api/{path}", params=query)

    assert response.status_code == status
    assert set(response.json()["error"]) == {"code", "message"}


def test_both_are_documented(reader):
    paths = reader.get("/openapi.json").json()["paths"]

    assert {"/api/phrase", "/api/diff"} <= paths.keys()
    assert not [one for one in paths if one.startswith("/desk")]


# ---- who may change the corpus


def test_without_a_password_the_desk_is_read_only_and_says_so(built):
    settings = built.model_copy(update={"admin_password": None})
    client = client_of(settings)[0]

    assert "只能查阅" in page(client, "/desk/manage")
    refused = client.post("/desk/login", data={"who": "王", "password": ""})
    assert refused.status_code == 400
    refused = client.post("/desk/login", data={"who": "王", "password": "anything"})
    assert (refused.status_code, "只能查阅" in refused.text) == (403, True)
    assert client.post("/desk/confirm", data={"token": "x"}).status_code == 403


def test_a_wrong_password_is_refused_logged_and_after_five_not_even_compared(built):
    client, keeper = client_of(built)
    for _ in range(MAX_TRIES):
        response = client.post("/desk/login", data={"who": "李", "password": "wrong-password"})
        assert (response.status_code, "口令不对" in response.text) == (403, True)
    response = client.post("/desk/login", data={"who": "李", "password": PASSWORD})

    assert response.status_code == 403
    assert "分钟后再试" in response.text
    assert [one["action"] for one in keeper.audit.last(20)].count("login_failed") == MAX_TRIES
    assert "wrong-password" not in (built.state_dir / "audit.jsonl").read_text("utf-8")


def test_tries_are_counted_by_address_and_forgotten_after_a_while():
    now = [0.0]
    pauses: list[float] = []
    gate = Gate(SecretStr(PASSWORD), clock=lambda: now[0], pause=pauses.append)
    for _ in range(MAX_TRIES):
        with pytest.raises(AccessError, match="口令不对"):
            gate.enter("wrong-password", "王", "a")
    assert len(pauses) == MAX_TRIES
    with pytest.raises(AccessError, match="再试"):
        gate.enter(PASSWORD, "王", "a")
    assert gate.enter(PASSWORD, "王", "b").who == "王"

    now[0] = WINDOW_S
    assert gate.enter(PASSWORD, "王", "a").who == "王"


def test_a_session_ends_when_it_is_not_used():
    now = [0.0]
    gate = Gate(SecretStr(PASSWORD), clock=lambda: now[0])
    session = gate.enter(PASSWORD, "王", "a")
    now[0] = IDLE_S - 1
    assert gate.session(session.token) is not None
    now[0] = 2 * IDLE_S - 2
    assert gate.session(session.token) is not None
    now[0] = 3 * IDLE_S - 2
    assert gate.session(session.token) is None
    with pytest.raises(AccessError, match="重新登录"):
        gate.checked(session.token, session.form_token)


def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(built):
    client, _ = client_of(built)
    response = client.post("/desk/login", data={"who": "王", "password": PASSWORD})
    cookie = response.headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/desk" in cookie
    assert PASSWORD not in str(response.headers)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_form_of_another_site_changes_nothing(desk, headers):
    client, _, settings = desk
    for path in ("/desk/upload", "/desk/confirm", "/desk/edit", "/desk/logout", "/desk/login"):
        assert client.post(path, data={"x": "1"}, headers=headers).status_code == 403
    assert {one["action"] for one in audit(settings)} == {"login"}


@pytest.mark.parametrize("path", ["/desk/upload", "/desk/confirm", "/desk/discard", "/desk/edit"])
def test_a_form_without_the_session_s_token_changes_nothing(desk, path):
    client, _, settings = desk
    before = sorted(settings.corpus_dir.iterdir())
    for token in ("", "guess"):
        data = {"form_token": token, "id": "support_2021", "title": "改"}
        response = client.post(path, data=data, files={"file": ("a.txt", b"x")}
                               if path.endswith("upload") else None)  # fmt: skip
        assert response.status_code == 403
    assert sorted(settings.corpus_dir.iterdir()) == before


def test_leaving_ends_the_session(desk):
    client, _, _ = desk
    token = form_token(client)
    assert client.post("/desk/logout", data={"form_token": token}).status_code == 303
    assert "登录后才能" in page(client, "/desk/manage")


# ---- adding, replacing, correcting


def preview(client: TestClient, response: Any) -> dict[str, str]:
    """The fields of the preview that an upload leads to."""
    assert response.status_code == 303, response.text
    assert response.headers["location"].startswith("/desk/preview?token=")
    shown = Forms(client.get(response.headers["location"]).text)
    return shown.values


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


@pytest.mark.parametrize("path", ["/desk/remove", "/desk/restore"])
def test_a_stranger_removes_and_restores_nothing(built, path):
    client, _ = client_of(built)
    sent = client.post(path, data={"id": "support_2021", "why": "x", "form_token": "x"})
    assert sent.status_code == 403
    assert (built.corpus_dir / "support_2021.txt").exists()


# ---- bad uploads


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
