"""资格自查 in a real browser, with and without script, at a desk and on a phone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest

from tests.browsing import (
    CHROMIUM,
    CONTRAST,
    DESKTOP,
    PHONE,
    browser,
    is_wider_than_the_screen,
    served,
    visit,
)
from tests.check_pages import FIRM, firms

__all__ = ["browser", "visit"]

BOTH = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
pytestmark = [
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
    # Gradio and what it imports warn about their own future; that is not ours to fail on.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def address(assistant_on_rules) -> Iterator[str]:
    with served(assistant_on_rules) as found:
        yield found


def describe(page: Any, words: str = FIRM) -> None:
    page.fill("textarea[name=text]", words)
    page.click('button:has-text("查一查")')
    page.wait_for_selector("#pc-result")


@BOTH
def test_from_the_chat_a_description_becomes_verdicts(visit, viewport):
    page = visit("/", viewport)
    page.click('.pa-nav a:has-text("资格自查")')
    page.wait_for_url("**/check")
    describe(page)

    assert "罗店镇" in page.inner_text("#fact-region summary")
    assert page.locator(".pv-card").count() >= 5
    assert not is_wider_than_the_screen(page)
    assert urlsplit(page.url).query == ""
    assert page.input_value("textarea[name=text]") == ""


@BOTH
def test_the_chat_shows_cards_and_asks_on_by_buttons(visit, viewport):
    page = visit("/", viewport)
    page.fill("#pa-input textarea", f"{FIRM}，能拿什么补贴？")
    page.press("#pa-input textarea", "Enter")
    page.wait_for_selector("#pa-live .pv-next")
    page.click("#pa-live .pv-all > summary")
    page.click("#pa-live .pv-card summary")
    assert "“认定后企业所得税按15%征收”" in page.inner_text("#pa-live .pv-card")
    assert not is_wider_than_the_screen(page)

    asked = page.inner_text("#pa-live .pv-next strong")
    page.click('#pa-live .pv-next button:has-text("不清楚")')
    page.wait_for_function(
        "words => { const now = document.querySelector('#pa-live .pv-next strong');"
        " return now && now.textContent !== words; }", arg=asked,
    )  # fmt: skip
    assert page.locator(".pa-turn").count() == 2

    with page.context.expect_page() as opened:
        page.click('#pa-live button:has-text("更正情况")')
    opened.value.wait_for_load_state()
    assert urlsplit(opened.value.url).query == ""
    assert "86 人" in opened.value.inner_text("#fact-staff_count summary")
    assert opened.value.locator(".pc-unsure").count() == 1


@BOTH
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_facts_are_edited_questions_answered_and_conditions_read(visit, viewport, has_script):
    page = visit("/check", viewport, java_script_enabled=has_script)
    describe(page)

    page.click("#fact-staff_count summary")
    page.fill("#fact-staff_count input[type=text]", "120")
    page.click('#fact-staff_count button:has-text("更正")')
    page.wait_for_selector('#fact-staff_count summary:has-text("120 人")')

    asked = page.inner_text(".pc-question")
    page.click('#pc-next button:has-text("不清楚")')
    page.wait_for_selector(".pc-unsure")
    assert page.inner_text(".pc-question") != asked

    card = page.locator("#b-hightech_tax_rate")
    card.locator("summary").click()
    assert "“认定后企业所得税按15%征收”" in card.inner_text()
    assert not (has_script and is_wider_than_the_screen(page))
    card.get_by_role("link", name="看条款").first.click()
    page.wait_for_url("**/desk?clause=*")
    assert "15%" in page.inner_text("main")


@BOTH
def test_a_folded_card_opens_where_it_is(visit, viewport):
    page = visit("/check", viewport)
    describe(page)
    page.locator(".pc-folded > summary").first.click()
    page.locator('button:has-text("看条件")').first.click()
    page.wait_for_selector(".pc-folded .pv-card")

    assert page.locator(".pc-folded .pv-card details[open]").count() == 1
    assert not is_wider_than_the_screen(page)


def test_the_form_is_filled_in_and_the_day_chosen(visit):
    page = visit("/check")
    page.click('summary:has-text("填表")')
    page.fill('[name="v.region"]', "罗店")
    page.select_option('[name="v.hightech"]', "在有效期内")
    page.check('[name="v.revenue"][value="不清楚"]')
    page.fill('[name="day"]', "2023-06-30")
    page.click('button:has-text("查一查")')
    page.wait_for_selector("#pc-result")

    assert "罗店镇" in page.inner_text("#fact-region summary")
    assert "不清楚" in page.inner_text("#fact-revenue summary")
    assert page.input_value('[name="day"]') == "2023-06-30"


def test_all_of_it_can_be_reached_by_keyboard(visit):
    page = visit("/check")
    page.focus("textarea[name=text]")
    page.keyboard.type("我们是罗店的高企，86人")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "查一查":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#pc-result")
    page.focus("#fact-staff_count summary")
    page.keyboard.press("Enter")
    page.focus("#fact-staff_count input[type=text]")
    page.keyboard.press("Control+A")
    page.keyboard.type("90")
    page.keyboard.press("Enter")

    page.wait_for_selector('#fact-staff_count summary:has-text("90 人")')


def test_the_facts_are_in_the_link_only_when_wanted(visit):
    page = visit("/check")
    describe(page)
    assert "facts" not in page.url
    page.click('a:has-text("把这些情况放进链接")')
    page.wait_for_url("**facts=*")
    assert "个人" not in page.url
    linked = visit(page.url.partition("/check")[1] + page.url.partition("/check")[2])

    assert "86 人" in linked.inner_text("#fact-staff_count summary")


@pytest.mark.parametrize("words", ["DOCX", "XLSX"])
def test_the_evidence_pack_is_downloaded(visit, words):
    page = visit("/check")
    describe(page)
    with page.expect_download() as found:
        page.click(f'button:has-text("{words}")')

    assert found.value.suggested_filename == f"资格证据包.{words.lower()}"


@BOTH
def test_a_table_is_uploaded_followed_and_fetched(visit, viewport, tmp_path):
    path = tmp_path / "企业.xlsx"
    path.write_bytes(firms(300, C3=-3))
    page = visit("/check/table", viewport)
    page.set_input_files("input[type=file]", path)
    page.click('button:has-text("上传并判断")')
    assert "正在判断" in page.inner_text("h1")
    assert not is_wider_than_the_screen(page)
    page.wait_for_selector("text=下载结果工作簿", timeout=60_000)
    assert "C3" in page.inner_text(".pc-table")
    assert not is_wider_than_the_screen(page)
    with page.expect_download() as found:
        page.click("text=下载结果工作簿")

    book = openpyxl.load_workbook(io.BytesIO(found.value.path().read_bytes()), read_only=True)
    assert "汇总" in book.sheetnames


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(visit, scheme):
    page = visit("/check", color_scheme=scheme)
    describe(page)
    page.click("#b-hightech_tax_rate summary")

    page.click(".pc-folded > summary")
    measured = page.evaluate(CONTRAST, [
        ".pc-main > p", ".pa-muted", ".pc-chip strong", ".pc-chip small", ".pc-question",
        ".pc-counts", ".pv-card h4", ".pv-card p", ".pv-card summary", ".pv-card blockquote",
        ".pv-card cite", ".pv-card cite a", ".pv-when", ".pv-near", ".pv-notes", ".pa-badge",
        ".pc-folded summary", ".pc-folded li", ".pc-folded .pa-link", ".pd-go", ".pa-button",
    ])  # fmt: skip

    assert [one for one in measured if one[1] < 4.5] == []


def test_a_server_that_is_gone_is_said_and_what_was_typed_stays(visit):
    page = visit("/check")
    describe(page)
    page.route("**/check", lambda route: route.abort())
    page.fill("textarea[name=text]", "其实120人")
    page.click('button:has-text("查一查")')
    page.wait_for_selector('[role="alert"]:has-text("连接不上服务")')

    assert page.input_value("textarea[name=text]") == "其实120人"
