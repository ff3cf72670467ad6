"""The clause desk in a real browser: find, read, copy, compare, enter, upload, ask."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from assistant.pipeline import Assistant
from assistant.settings import Settings
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
from tests.desk_corpus import PASSWORD, UPLOAD, UPLOAD_TEXT, make_corpus
from tests.test_bad_files import docx_with, locked_pdf

__all__ = ["browser", "visit"]

DAY = "2026-11-22"
BOTH = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])

pytestmark = [
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
    # Gradio and what it imports warn about their own future; that is not ours to fail on.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    return make_corpus(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with served(Assistant.open(settings)) as found:
        yield found


def enter(page: Any, password: str = PASSWORD) -> None:
    page.fill('[name="who"]', "王一")
    page.fill('[name="password"]', password)
    page.click('button:has-text("登录")')


def clause_path(clause: str, day: str = DAY) -> str:
    return "/desk?" + urlencode({"clause": clause, "day": day})


@BOTH
def test_from_the_chat_to_the_list_filtered_to_a_document_and_a_clause(visit, viewport):
    page = visit("/", viewport)
    page.click('.pa-nav a:has-text("条款台")')
    page.wait_for_url("**/desk")
    if viewport is PHONE:
        page.click(".pd-search summary")
    page.fill('[name="day"]', DAY)
    page.select_option('[name="force"]', "in_force")
    page.click('button:has-text("筛选")')
    assert page.locator(".pd-table tbody tr").count() == 1
    assert not is_wider_than_the_screen(page)

    page.click(".pd-title a")
    assert page.inner_text("h1").startswith("测试区企业扶持办法")
    page.fill("[data-filter]", "信用良好")
    shown = page.locator(".pd-tree li:visible")
    assert shown.count() == 1
    page.fill("[data-filter]", "没有这些字")
    assert page.is_visible("#tree-empty")
    page.fill("[data-filter]", "信用")
    shown.locator("a").click()
    assert page.inner_text("h1").startswith("第三条")
    assert "day=2026-11-22" in page.url
    assert not is_wider_than_the_screen(page)


@BOTH
def test_a_clause_opens_by_address_and_its_citation_is_copied_in_one_click(visit, viewport):
    options = {"permissions": ["clipboard-read", "clipboard-write"]}
    page = visit("/desk", viewport, **options)
    page.fill('[name="q"]', "测府规〔2021〕1号第三条第二款")
    page.select_option('[name="mode"]', "clause")
    page.click('.pd-bar button:has-text("查找")')
    page.wait_for_url("**clause=**")

    assert page.inner_text("h1").startswith("第三条第二款")
    cited = "《测试区企业扶持办法》（测府规〔2021〕1号，已被替代）第三条第二款"
    for button, copied in (
        ("只复制引注", cited), ("复制原文和引注", f"{cited}：“同一企业只能享受一次。”"),
    ):  # fmt: skip
        page.click(f'button:has-text("{button}")')
        page.locator('button:has-text("已复制")').wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == copied
        page.locator(f'button:has-text("{button}")').wait_for()
    page.click("[data-copy-path]")
    page.locator('button:has-text("已复制")').wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith("http://127.0.0.1:")
    again = visit(link.partition(f"{urlsplit(link).netloc}")[2], viewport)
    assert again.inner_text(".pd-words") == page.inner_text(".pd-words")
    assert not is_wider_than_the_screen(page)


@BOTH
def test_references_neighbours_and_versions_lead_on(visit, viewport):
    page = visit(clause_path("support_2024__art_5"), viewport)
    page.click(".pd-words a")
    assert page.inner_text("h1").startswith("第四条第二款")
    page.go_back()
    page.click('#history a:has-text("第四条")')
    assert page.inner_text("h1").startswith("第四条")
    assert "已被替代" in page.inner_text("h1")
    page.click("a[rel=next]")
    assert page.inner_text("h1").startswith("第五条")
    assert not is_wider_than_the_screen(page)


@BOTH
def test_two_versions_are_compared(visit, viewport):
    page = visit("/desk/compare", viewport)
    page.select_option('[name="a"]', "support_2021")
    page.select_option('[name="b"]', "support_2024")
    page.click('button:has-text("比较")')

    assert page.inner_text(".is-changed del") == "十万元"
    assert page.inner_text(".is-changed ins") == "二十万元"
    old = page.locator(".is-changed .pd-old").first.bounding_box()
    new = page.locator(".is-changed .pd-new").first.bounding_box()
    if viewport is DESKTOP:
        assert new["x"] >= old["x"] + old["width"]
    else:
        assert new["y"] >= old["y"] + old["height"]
    assert not is_wider_than_the_screen(page)


def test_a_phrase_is_marked_and_counted(visit):
    page = visit("/desk?" + urlencode({"q": "市级奖励", "day": DAY}))

    assert "逐字出现 2 处，见 2 份文件" in page.inner_text(".pd-count")
    assert page.locator("mark").all_text_contents() == ["市级奖励"] * 2


def test_everything_can_be_read_without_scripts(visit):
    page = visit(clause_path("support_2024__art_5"), java_script_enabled=False)

    assert "《测试区企业扶持办法》（测府规〔2024〕2号）第五条" in page.inner_text("#citation")
    page.click(".pd-words a")
    assert page.inner_text("h1").startswith("第四条第二款")


def test_a_wrong_password_opens_nothing(visit):
    page = visit("/desk/manage")
    enter(page, "not-the-password")

    assert "口令不对" in page.inner_text("[role=alert]")
    assert page.locator("input[type=file]").count() == 0


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [("办法.pdf", locked_pdf, "设有密码"),
     ("办法.docx", lambda: docx_with("x.bin", b"0" * 250_000_000), "上限")],
    ids=["locked", "bomb"],
)  # fmt: skip
def test_a_bad_upload_is_refused_with_its_reason(visit, name, make, words):
    page = visit("/desk/manage")
    enter(page)
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": make()}
    page.set_input_files("input[type=file]", file)
    page.click('button:has-text("上传并预览")')
    page.wait_for_selector("[role=alert]")

    assert words in page.inner_text("[role=alert]")
    assert "隔离区" in page.inner_text("[role=alert]")


def test_a_connection_that_breaks_during_an_upload_leaves_nothing(visit, address, settings):
    page = visit("/desk/manage")
    enter(page)
    page.wait_for_selector("input[type=file]")
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    parts = urlsplit(address)
    before = sorted(settings.state_dir.rglob("*"))
    half = (
        f"POST /desk/upload HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 900000\r\n"
        f"Cookie: pa_desk={cookies['pa_desk']}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        + "x" * 20_000
    )
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(half.encode())
    page.wait_for_timeout(500)

    assert sorted(settings.state_dir.rglob("*")) == before
    page.reload()
    assert page.locator("input[type=file]").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_of_the_desk_is_readable_in_light_and_in_dark(visit, scheme):
    for path, selectors in (
        (clause_path("support_2021__art_4"),
         [".pd-words p", ".pd-words a", ".pd-cited", ".pa-notices", ".pa-path", ".pa-facts span",
          ".pd-crumbs a", ".pd-nav a[aria-current]", ".pa-badge", ".pa-chip"]),
        ("/desk/compare?a=support_2021&b=support_2024", ["del", "ins", ".pd-go", ".pd-kinds span"]),
        ("/desk?q=" + quote("奖励"), ["mark", ".pd-count", ".pd-search summary"]),
    ):  # fmt: skip
        page = visit(path, color_scheme=scheme)
        assert ("dark" in page.get_attribute("body", "class")) is (scheme == "dark")
        measured = page.evaluate(CONTRAST, selectors)
        assert [pair for pair in measured if pair[1] < 4.5] == []


@BOTH
def test_an_upload_is_previewed_confirmed_and_then_asked_about(visit, settings, viewport):
    """Last in this file: it changes the corpus."""
    station = "加氢站" if viewport is DESKTOP else "储氢罐"
    text = UPLOAD_TEXT.replace("加氢站", station).replace("氢能", f"{station}")
    page = visit("/desk/manage", viewport)
    enter(page)
    file = {"name": f"{station}{UPLOAD}", "mimeType": "text/plain", "buffer": text.encode()}
    page.set_input_files("input[type=file]", file)
    page.click('button:has-text("上传并预览")')
    page.wait_for_selector("h1:has-text('核对读到的内容')")
    assert page.input_value('[name="title"]') == f"测试区{station}产业促进办法"
    assert page.input_value('[name="effective_on"]') == "2025-01-01"
    assert "第一条" in page.inner_text(".pd-preview .pd-tree")
    assert "把握 100%" in page.inner_text("main")
    assert not is_wider_than_the_screen(page)

    page.fill('[name="doc_no"]', "测府规〔2025〕3号")
    page.click('button:has-text("确认收录")')
    page.wait_for_selector(".pd-job.is-done", timeout=60_000)
    assert "王一" in page.inner_text(".pd-log")
    page.click('a:has-text("查看这份文件")')
    assert "测府规〔2025〕3号" in page.inner_text(".pa-facts")

    chat = visit("/", viewport)
    chat.wait_for_selector(".pa-empty")
    chat.fill("#pa-input textarea", f"建成{station}的企业补贴多少？")
    chat.press("#pa-input textarea", "Enter")
    turn = chat.locator(".pa-turn[data-status]").first
    turn.wait_for()
    assert "七十七万元" in turn.locator(".pa-text").inner_text()
    assert "测府规〔2025〕3号" in turn.locator(".pa-evidence").inner_text()
    lines = (settings.state_dir / "audit.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[-1])["action"] == "add"
    assert PASSWORD not in "".join(lines)
