"""The clause desk over HTTP: what it shows, and its API."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from assistant.settings import Settings
from tests.desk_client import (
    DAY,
    Forms,
    built_corpus,
    client_of,
    page,
)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Settings:
    """The small corpus, indexed once; tests that change it make a copy."""
    return built_corpus(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def reader(built) -> TestClient:
    return client_of(built)[0]


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
