"""资格自查 over HTTP: the page, the API, tables; everything works by forms alone."""

from __future__ import annotations

import io
import json
import re
import time
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import docx
import openpyxl
import pytest
from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.errors import NotFoundError, UsageError
from assistant.pipeline import Assistant
from assistant.tables.reading import MAX_FILE_BYTES
from assistant.ui.check import add_check
from assistant.ui.check.render_facts import field
from assistant.ui.check.table_jobs import KEPT_S, RUNNING_AT_ONCE, TableJobs
from assistant.ui.desk import add_desk

DAY = "2026-11-25"
FIRM = (
    "我们是罗店的一家医疗器械公司，去年营收1.2亿，研发投入八百多万，86个人，高企还在有效期，"
    "刚拿到一张三类证"
)
HERE = {"Origin": "http://testserver"}


@pytest.fixture(scope="module")
def client(assistant_on_rules) -> TestClient:
    app = create_app(assistant_on_rules)
    add_desk(app, assistant_on_rules)
    add_check(app, assistant_on_rules)
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


class Page(HTMLParser):
    """What a browser would send of the page's form, its buttons, its links and its words."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.markup = markup
        self.sent: list[tuple[str, str]] = []
        self.buttons: list[dict[str, str]] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self._select = self._words = ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        if tag == "input" and found.get("type") in ("hidden", "text", "date"):
            self.sent.append((found["name"], found.get("value", "")))
        if tag == "input" and found.get("type") == "checkbox" and "checked" in found:
            self.sent.append((found["name"], found["value"]))
        if tag == "select":
            self._select = found["name"]
        if tag == "option" and "selected" in found:
            self.sent.append((self._select, found["value"]))
        if tag == "button":
            self.buttons.append(found)
        if tag == "a":
            self.links.append(found.get("href", ""))

    def handle_data(self, data):
        self._words += data

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", self._words)

    def press(self, client: TestClient, **changed: str | list[str]) -> Page:
        """The form sent with fields changed: `v_staff_count="120"`, `do="drop:x"`."""
        given: dict[str, list[str]] = {}
        for name, value in self.sent:
            given.setdefault(name, []).append(value)
        for name, value in changed.items():
            key = name.replace("v_", "v.", 1) if name.startswith("v_") else name
            given[key] = value if isinstance(value, list) else [value]
        return posted(client, given)

    def chip(self, fact: str) -> str:
        found = re.search(rf'id="fact-{fact}"><summary>(.*?)</summary>', self.markup)
        return unescape(re.sub("<[^>]+>", "", found[1])) if found else ""


def posted(client: TestClient, fields: dict, path: str = "/check") -> Page:
    response = client.post(path, data=fields)
    assert response.status_code == 200, response.text
    return Page(response.text)


@pytest.fixture(scope="module")
def told(client) -> Page:
    return posted(client, {"text": FIRM, "day": DAY})


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


# ---- the API


def test_the_api_gives_the_record_of_a_check(client):
    record = client.post("/api/check", json={"_id": 7, "text": FIRM, "as_of": DAY}).json()

    assert record["_id"] == "7"
    assert record["as_of"] == DAY
    assert {"facts", "verdicts", "combination", "ask_next", "notices", "unsure"} <= record.keys()
    by_id = {one["benefit"]: one["verdict"] for one in record["verdicts"]}
    assert by_id["hightech_tax_rate"] == "eligible"


def test_in_the_api_what_is_named_stands_over_what_was_read(client):
    body = {"text": FIRM, "profile": {"staff_count": 120}, "unsure": ["listed", "?"], "as_of": DAY}
    record = client.post("/api/check", json=body).json()

    facts = {one["fact"]: one["value"] for one in record["facts"]}
    assert facts["staff_count"] == 120
    assert facts["region"] == ["luodian"]
    assert record["unsure"] == ["listed"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"text": ""}, 400),
        ({"text": "很" * 2_001}, 400),
        ({"profile": 3}, 422),
        ({"profile": [1]}, 422),
        ({"profile": {"staff_count": {"kind": {}, "value": 1}}}, 400),
        ({"text": FIRM, "as_of": "20260101"}, 422),
        ({"text": "\ud800"}, 422),
    ],
)
def test_a_bad_request_to_the_api_is_a_sentence(client, body, status):
    response = client.post(
        "/api/check", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )

    assert response.status_code == status
    assert response.json()["error"]["message"]


def test_the_api_names_a_value_that_cannot_be(client):
    record = client.post("/api/check", json={"profile": {"staff_count": -3}, "as_of": DAY}).json()

    assert record["facts"] == []
    assert "职工人数" in record["notices"][0]


def test_a_question_with_a_profile_over_the_api_has_verdicts(client):
    body = {"text": "能拿什么补贴？", "profile": [{"fact": "hightech", "value": "valid"}]}
    record = client.post("/api/ask", json={**body, "as_of": DAY}).json()

    assert record["verdicts"]
    assert record["facts"][0]["fact"] == "hightech"


# ---- tables


def firms(count: int, **cells: object) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["企业名称", "注册地", "职工人数", "高新技术企业资格"])
    for number in range(count):
        sheet.append([f"企业{number}", "罗店", 86, "在有效期内"])
    for place, value in cells.items():
        sheet[place] = value
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def uploaded(client: TestClient, raw: bytes, name: str = "企业.xlsx", **options):
    headers = options.pop("headers", HERE)
    return client.post(
        "/check/table", files={"file": (name, raw)}, data={"day": DAY}, headers=headers
    )


def decided(client: TestClient, path: str) -> str:
    for _ in range(300):
        page = client.get(path)
        assert page.status_code == 200
        if 'http-equiv="refresh"' not in page.text:
            return page.text
        time.sleep(0.1)
    raise AssertionError("the table was not decided in half a minute")


def test_a_template_is_filled_in_and_comes_back_decided(client):
    template = openpyxl.load_workbook(
        io.BytesIO(client.get("/check/table/template", params={"day": DAY}).content)
    )
    assert "企业名称" in [one.value for one in template["企业"][1]]

    response = uploaded(client, firms(3, C3=-3, B4="火星", D2="=1+1"))
    path = response.headers["location"]
    page = Page(decided(client, path))

    assert response.status_code == 303
    assert "3 家企业" in page.words
    for cell in ("C3", "B4", "D2"):
        assert cell in page.words
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}/result").content))
    assert book["汇总"].max_row == 4
    assert client.post(f"{path}/delete", headers=HERE).status_code == 303
    assert client.get(path).status_code == 404


def test_what_was_uploaded_is_not_kept(client, assistant_on_rules):
    path = uploaded(client, firms(1)).headers["location"]
    decided(client, path)
    folder = Path(assistant_on_rules.settings.state_dir) / "tables" / path.rpartition("/")[2]

    assert {one.name for one in folder.iterdir()} == {
        "result.xlsx", "report.json", "progress.json"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "name", "status", "words"),
    [
        (b"no workbook", "企业.xlsx", 303, "XLSX"),
        (firms(1, A1="甲", B1="乙", C1="丙", D1="丁"), "企业.xlsx", 303, "没有认出任何一列"),
        (firms(0), "企业.xlsx", 303, "只有表头"),
        (firms(1), "企业.xlsm", 400, "应是 XLSX 文件"),
    ],
    ids=["no workbook", "no column", "no firm", "macros"],
)
def test_a_table_that_cannot_be_read_says_why(client, raw, name, status, words):
    response = uploaded(client, raw, name)
    assert response.status_code == status
    text = decided(client, response.headers["location"]) if status == 303 else response.text

    assert words in unescape(text)


def test_too_much_is_not_taken(client):
    response = uploaded(client, b"0" * (MAX_FILE_BYTES + 20_000))

    assert response.status_code == 413
    assert "MB" in response.text


def test_an_upload_from_another_site_is_refused(client):
    response = uploaded(client, firms(1), headers={"Origin": "https://elsewhere.example"})

    assert response.status_code == 403


@pytest.mark.parametrize("path", ["nothing", "..%2f..", "x/result"])
def test_no_result_is_a_page_that_says_so(client, path):
    assert client.get(f"/check/table/{path}").status_code == 404


def test_few_tables_are_decided_at_once_and_none_is_kept_for_long(assistant_on_rules, tmp_path):
    now = [0.0]
    settings = assistant_on_rules.settings.model_copy(update={"state_dir": tmp_path})
    jobs = TableJobs(settings, clock=lambda: now[0])
    day = date.fromisoformat(DAY)
    tokens = [jobs.start("a.xlsx", io.BytesIO(firms(30)), day) for _ in range(RUNNING_AT_ONCE)]
    with pytest.raises(UsageError, match="正在判断别的表格"):
        jobs.start("b.xlsx", io.BytesIO(firms(1)), day)

    now[0] = KEPT_S
    with pytest.raises(NotFoundError):
        jobs.job(tokens[0])
    assert list((tmp_path / "tables").iterdir()) == []


def test_a_table_that_takes_too_long_is_ended(assistant_on_rules, tmp_path):
    now = [0.0]
    settings = assistant_on_rules.settings.model_copy(update={"state_dir": tmp_path})
    jobs = TableJobs(settings, clock=lambda: now[0])
    token = jobs.start("a.xlsx", io.BytesIO(firms(2000)), date.fromisoformat(DAY))
    now[0] = 1000.0

    assert "没有判断完" in jobs.job(token).problem
