"""资格自查 over HTTP: the page; everything works by forms alone."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import docx
import openpyxl
import pytest
from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.pipeline import Assistant
from assistant.ui.check import add_check
from assistant.ui.check.render_facts import field
from tests.check_pages import DAY, FIRM, Page, client, posted, told

__all__ = ["client", "told"]  # fixtures


def test_the_first_page_is_a_form_and_nothing_else(client):
    page = Page(client.get("/check").text)

    assert "介绍企业情况" in page.words
    assert "pc-result" not in page.ids
    assert page.markup.count('value="不清楚"') >= 18


def test_what_was_read_is_shown_with_its_words(told):
    assert told.chip("staff_count") == "职工人数 86 人读自“86个人”"
    assert told.chip("region") == "注册地 罗店镇读自“罗店”"
    assert "2025年 800 至 900 万元" in told.chip("rd_expense")
    assert len(told.ids) == len(set(told.ids))
    assert FIRM not in unescape(told.markup)


def test_cards_stand_in_groups_and_show_the_clause_s_words(told):
    order = ["符合（", "差一点就符合（", "还缺信息（", "已失效，不能再申请（"]
    places = [told.words.index(one) for one in order]
    assert places == sorted(places)
    card = re.search(r'id="b-hightech_tax_rate">(.*?)</article>', told.markup)[1]
    assert "“认定后企业所得税按15%征收”" in unescape(card)
    assert "您的情况：在有效期内" in unescape(card)
    assert "/desk?clause=" in card
    assert "摘要，非原文" in card


def test_a_direction_is_never_among_what_one_is_entitled_to(told):
    before, _, after = told.markup.partition("行动方案鼓励的方向")

    assert "没有金额，不构成承诺" in unescape(after)
    assert "行动方案方向：" not in re.search(r"<h2>符合.*?</section>", before)[0]


def test_links_to_clauses_lead_somewhere(client, told):
    links = [one for one in told.links if one.startswith("/desk?clause=")]

    assert len(links) >= 10
    for one in links[:5]:
        assert client.get(one).status_code == 200


def test_the_page_stays_small(told):
    assert len(told.markup.encode("utf-8")) < 150_000


def test_a_fact_is_corrected_removed_or_not_known(client, told):
    corrected = told.press(client, v_staff_count="120")
    assert corrected.chip("staff_count") == "职工人数 120 人您填写的"
    assert corrected.chip("region") == told.chip("region")

    removed = corrected.press(client, do="drop:staff_count")
    assert removed.chip("staff_count") == ""

    unsure = told.press(client, do="unsure:hightech")
    assert unsure.chip("hightech") == "高新技术企业资格 不清楚"
    again = unsure.press(client, v_hightech="在有效期内")
    assert again.chip("hightech") == "高新技术企业资格 在有效期内您填写的"


@pytest.mark.parametrize(
    ("fact", "value", "shown"),
    [
        ("v_staff_count", "100以上", "至少 100 人"),
        ("v_staff_count", "约30", "27 至 33 人"),
        ("v_region", "张江", "浦东新区"),
        ("v_revenue.2025", "8000万", "2025年 8000 万元"),
        ("v_fields", ["体外诊断", "软件"], "体外诊断、软件"),
        ("v_fields", ["都没有"], "无"),
        ("v_fields", [], ""),
        ("v_revenue.2025", "", ""),
    ],
)
def test_fields_are_read_as_cells_of_a_table(client, told, fact, value, shown):
    page = told.press(client, **{fact: value})
    name = fact.removeprefix("v_").partition(".")[0]

    assert shown in page.chip(name)
    assert bool(page.chip(name)) == bool(shown)


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [
        ("v_staff_count", "-3", "职工人数不可能是 -3"),
        ("v_revenue.2025", "很多", "营业收入应是一个数"),
        ("v_revenue.2025", "800", "金额没有写单位"),
        ("v_revenue.2025", "100万美元", "外币"),
        ("v_region", "火星", "看不出“火星”"),
    ],
)
def test_what_cannot_be_is_named_by_its_field_and_nothing_is_guessed(
    client, told, fact, value, said
):
    page = told.press(client, **{fact: value})

    assert said in page.words
    assert page.chip("hightech") == told.chip("hightech")


def test_the_next_question_is_answered_with_one_button(client, told):
    asked = next(one for one in told.buttons if one.get("value", "").startswith("unsure:project"))
    page = told.press(client, do=asked["value"])
    assert page.chip("project_kinds") == "项目类别 不清楚"

    option = next(one for one in page.buttons if one.get("value", "").startswith("answer:"))
    _, fact, words = option["value"].split(":")
    assert words in page.press(client, do=option["value"]).chip(fact)


def test_every_question_can_be_answered_with_not_knowing_until_none_is_left(client, told):
    page = told
    for _ in range(120):
        answers = [one for one in page.buttons if one.get("formaction") == "/check#pc-next"]
        left = [one["value"] for one in answers if re.search("^unsure:|:不清楚$", one["value"])]
        if not left:
            break
        page = page.press(client, do=left[0])

    assert "已知的情况再多，也不改变结论了" in page.words


def test_a_question_of_several_years_has_a_field_for_each(assistant_on_rules):
    definition = assistant_on_rules.entitlements.rules().definitions.get("revenue")
    asked = field(definition, None, 2025, is_unsure=None, years=[2023, 2024, 2025])

    names = re.findall(r'name="(v\.[^"]+)"', asked)
    assert names == ["v.revenue.2025", "v.revenue.2024", "v.revenue.2023"]


def test_what_was_told_twice_is_asked_about_and_settled(client):
    page = posted(client, {"text": "我们职工人数86人。职工人数120人。", "day": DAY})
    assert "前后说法不一致" in page.words
    assert page.chip("staff_count") == ""

    settled = page.press(client, do="answer:staff_count:职工人数120人")
    assert settled.chip("staff_count").startswith("职工人数 120 人")
    assert "前后说法不一致" not in settled.words


def test_a_card_that_is_folded_away_opens_where_it_is_asked_for(client, told):
    wanted = next(one for one in told.buttons if one.get("name") == "opened")
    page = told.press(client, opened=wanted["value"])

    assert f"b-{wanted['value']}" in page.ids
    assert f"b-{wanted['value']}" in page.press(client, v_staff_count="90").ids


def test_the_link_has_the_facts_by_choice_only_and_no_words(client, told):
    link = next(one for one in told.links if "facts=" in one)
    facts = json.loads(parse_qs(urlsplit(link).query)["facts"][0])

    assert facts["staff_count"] == 86
    assert facts["revenue"] == {"2025": 12000}
    assert "个人" not in json.dumps(facts, ensure_ascii=False)
    page = Page(client.get(link).text)
    assert page.chip("staff_count") == "职工人数 86 人您填写的"
    assert re.search(r"符合 \d+ 项", page.words)[0] == re.search(r"符合 \d+ 项", told.words)[0]


def test_the_day_is_the_one_that_was_chosen(client, told):
    then = told.press(client, day="2023-06-30")

    assert 'value="2023-06-30"' in then.markup
    assert re.search("已失效 .*?项", then.words)[0] != re.search("已失效 .*?项", told.words)[0]


def test_phone_numbers_and_codes_do_not_come_back(client):
    words = "我司91310113MA1GK0000X，电话13800138000，职工86人，营收13800138000元"
    page = posted(client, {"text": words, "day": DAY})

    assert "91310113MA1GK0000X" not in page.markup
    assert "13800138000，" not in page.markup


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "{"},
        {"state": "[]"},
        {"state": '{"facts": 3}'},
        {"state": '{"facts": {"staff_count": {"kind": [1], "value": 2}}}'},
        {"state": json.dumps({"facts": {"x": [[[[[[[[[[1]]]]]]]]]]}})},
        {"state": "x" * 70_000},
        {"text": "很" * 2_001},
        {"day": "2026-13-01"},
        {"day": "20260101"},
    ],
)
def test_a_form_that_is_none_of_ours_is_a_page_that_says_so(client, fields):
    response = client.post("/check", data={"day": DAY, **fields})

    assert response.status_code == 400
    assert 'role="alert"' in response.text


@pytest.mark.parametrize("facts", ["{", "3", '{"facts": 3}', "[1]"])
def test_a_broken_link_says_so(client, facts):
    assert client.get("/check", params={"facts": facts}).status_code == 400


def test_unknown_facts_buttons_and_options_change_nothing(client, told):
    state = json.dumps({
        "facts": {"nothing": 1}, "unsure": ["nothing", 3],
        "doubts": [{"fact": "nothing", "question": "?", "options": []}, 7],
    })  # fmt: skip
    page = posted(client, {"state": state, "do": "drop:nothing", "day": DAY, "v.nothing": "1"})

    assert "没有“nothing”这项情况" not in page.chip("nothing")
    for do in ("answer:hightech:<script>", "answer", "::", "drop:", "x:hightech"):
        assert told.press(client, do=do).chip("staff_count") == told.chip("staff_count")


def test_markup_in_what_was_written_stays_text(client):
    page = posted(client, {"text": "<img src=x onerror=alert(1)>我们职工<b>86</b>人", "day": DAY})

    assert "<img" not in page.markup
    assert "<b>" not in page.markup


def test_nothing_but_our_own_is_loaded_and_nothing_is_stored(client):
    headers = client.get("/check").headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_a_form_may_come_from_the_chat_which_names_no_origin(client):
    response = client.post("/check", data={"text": FIRM}, headers={"Origin": "null"})

    assert response.status_code == 200


def test_without_rules_the_page_and_the_api_say_so(assistant_on_rules, tmp_path):
    settings = assistant_on_rules.settings.model_copy(update={"rules_dir": tmp_path})
    assistant = Assistant(settings, assistant_on_rules.index)
    app = create_app(assistant)
    add_check(app, assistant)
    bare = TestClient(app, raise_server_exceptions=False)

    assert "没有 facts.yaml" in bare.get("/check").text
    assert "facts.yaml" in bare.post("/api/check", json={"text": FIRM}).json()["error"]["message"]
    assert assistant.ask("我们能拿什么补贴？").verdicts == ()


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_the_evidence_pack_is_of_what_the_page_shows(client, told, kind):
    fields: dict[str, list[str]] = {}
    for name, value in told.sent:
        fields.setdefault(name, []).append(value)
    response = client.post(f"/check/pack?kind={kind}", data=fields)

    assert response.status_code == 200
    assert kind in response.headers["content-disposition"]
    if kind == "docx":
        document = docx.Document(io.BytesIO(response.content))
        words = "\n".join(one.text for one in document.paragraphs)
        assert "时点：2026-11-25" in words
        cells = {cell.text for table in document.tables for cell in table._cells}
        assert "86 人" in cells
    else:
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        assert "企业情况" in book.sheetnames
    assert client.post("/check/pack?kind=exe", data=fields).status_code == 400
