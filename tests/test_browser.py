"""Conversations in a real browser, with the real assistant and with the fake one where a
test needs slowness, a crash or hostile text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from assistant.settings import Settings
from tests.browsing import (
    CHROMIUM,
    DESKTOP,
    LOOPBACK,
    PHONE,
    Page,
    browser,
    served,
)
from tests.fake_assistant import PLAN, FakeAssistant

__all__ = ["browser"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
    # Gradio and what it imports warn about their own future; that is not ours to fail on.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> FakeAssistant:
    return FakeAssistant(
        Settings(state_dir=tmp_path_factory.mktemp("state"), max_question_chars=100)
    )


@pytest.fixture(scope="module")
def fake_address(fake: FakeAssistant) -> Iterator[str]:
    with served(fake) as address:
        yield address


@pytest.fixture(scope="module")
def real_address(assistant_on_plan: Any) -> Iterator[str]:
    with served(assistant_on_plan) as address:
        yield address


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    visits: list[Page] = []

    def open_page(address: str, viewport: dict[str, int] = DESKTOP, **options: Any) -> Page:
        visits.append(Page(browser, address, viewport, **options))
        return visits[-1]

    yield open_page
    for one in visits:
        hosts, complaints = one.hosts, one.complaints
        one.context.close()
        assert hosts <= LOOPBACK, "a request left the machine"
        assert complaints == []


# ---- the real assistant on the plan


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_ask_read_click_the_citation_follow_up_and_get_refused(visit, real_address, viewport):
    visitor = visit(real_address, viewport)
    page = visitor.page
    assert "宝山区促进生物医药产业高质量发展行动方案" in page.inner_text(".pa-empty")
    assert page.title() == "政策知识助手"

    turn = visitor.ask("到2026年要培育多少家高新技术企业？")
    assert turn.get_attribute("data-status") == "answered"
    assert "90" in turn.locator(".pa-text").inner_text()
    assert "送审稿" in turn.locator(".pa-evidence").inner_text()
    assert turn.locator(".pa-evidence").is_visible()

    quote = turn.locator(".pa-card").first.locator(".pa-quote").inner_text()
    turn.locator(".pa-cite").first.click()
    assert visitor.marked().strip() == quote.strip()
    assert page.locator("#pa-cited").is_visible()
    assert "四、保障措施" in page.locator("#pa-drawer .pa-doc-text").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("#pa-drawer").is_visible()

    follow_up = visitor.ask("那专精特新企业呢？")
    assert "50" in follow_up.locator(".pa-text").inner_text()

    refused = visitor.ask("高新技术企业认定后奖励多少万元？")
    assert refused.get_attribute("data-status") in ("not_in_corpus", "out_of_scope", "partial")
    assert not visitor.is_wider_than_the_screen()


def test_every_example_of_the_first_screen_gets_an_answer(visit, real_address):
    visitor = visit(real_address)
    questions = visitor.page.locator(".pa-example").all_text_contents()
    assert len(questions) == 6

    for at, question in enumerate(questions, start=1):
        if visitor.page.locator(".pa-empty").count():
            visitor.page.click(f'.pa-example:text-is("{question}")')
            turn = visitor.settled(at)
        else:
            turn = visitor.ask(question)
        assert turn.get_attribute("data-status") in ("answered", "partial"), question


# ---- the fake one


def test_hostile_text_of_users_and_documents_stays_text(visit, fake_address):
    visitor = visit(fake_address)
    hostile = "奖励金额不超过<img src=x onerror=alert(1)><script>alert(2)</script>[a](javascript:x)"
    turn = visitor.ask(hostile)

    assert turn.locator(".pa-question").inner_text().endswith(hostile)
    assert "<img src=x onerror=alert(1)>100万元" in turn.locator(".pa-text").inner_text()
    assert visitor.page.locator(".pa-turn img, .pa-turn script").count() == 0
    turn.locator(".pa-card").first.click()
    assert "<img src=x" in visitor.marked()
    assert visitor.page.locator("#pa-drawer img, #pa-drawer script").count() == 0


def test_a_card_opens_the_document_at_its_quote_and_the_outline_moves_in_it(visit, fake_address):
    visitor = visit(fake_address)
    turn = visitor.ask("培育多少家高新技术企业？")
    card = turn.locator(".pa-card").first
    quote = card.locator(".pa-quote").inner_text()
    card.click()

    assert visitor.marked() == quote
    assert PLAN in visitor.page.inner_text("#pa-drawer .pa-doc-head")
    visitor.page.click('#pa-drawer [data-jump]:has-text("（二）金融赋能")')
    visitor.page.click('#pa-drawer button:has-text("关闭")')
    assert not visitor.page.locator("#pa-drawer").is_visible()


def test_the_document_opens_as_a_page_of_its_own_without_scripts(visit, fake_address):
    visitor = visit(fake_address)
    turn = visitor.ask("培育多少家高新技术企业？")
    href = turn.locator(".pa-cite").first.get_attribute("href")
    other = visitor.context.browser.new_context(java_script_enabled=False)
    page = other.new_page()
    page.goto(fake_address + href)

    assert "90家" in "".join(page.locator("mark").all_text_contents())
    other.close()


def test_the_stages_are_shown_and_the_question_can_be_stopped_and_asked_again(visit, fake_address):
    visitor = visit(fake_address)
    page = visitor.page
    page.fill("#pa-input textarea", "慢慢说，培育多少家高新技术企业？")
    page.press("#pa-input textarea", "Enter")
    # A stage is short: locators look only every half second, this looks at every frame.
    page.wait_for_function("document.querySelector('.pa-steps li:nth-child(2).now')")
    assert "培育多梯次科技企业集群" in page.inner_text(".pa-found")
    assert not page.locator("#pa-send").is_visible()

    page.fill("#pa-input textarea", "第二个问题")
    page.press("#pa-input textarea", "Enter")  # one question at a time: this one waits
    page.click("#pa-stop")
    turn = visitor.settled(1)
    assert turn.get_attribute("data-status") == "stopped"
    assert page.locator(".pa-turn").count() == 1
    assert page.input_value("#pa-input textarea") == "第二个问题"

    turn.locator(".pa-example").click()
    again = visitor.settled(2)
    assert again.get_attribute("data-status") == "answered"


def test_an_error_looks_like_an_error_and_gives_the_question_back(visit, fake_address, capfd):
    visitor = visit(fake_address)
    turn = visitor.ask("崩溃")

    assert turn.get_attribute("data-status") == "error"
    assert "RuntimeError" not in turn.inner_text()
    assert visitor.page.input_value("#pa-input textarea") == "崩溃"
    turn.locator(".pa-example").click()
    visitor.settled(2)
    visitor.page.wait_for_timeout(700)
    assert visitor.page.locator(".pa-turn").count() == 2  # asked again once, not over and over
    assert visitor.ask("培育多少家高新技术企业？").get_attribute("data-status") == "answered"
    logged = capfd.readouterr()
    assert "RuntimeError in _check" in logged.err
    assert "崩溃" not in logged.out + logged.err


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [("培育多少家高新技术企业", "answered", "已答复"),
     ("部分培育多少家高新技术企业", "partial", "部分答复"),
     ("zzz", "not_in_corpus", "资料中没有"), ("你好", "out_of_scope", "不在答复范围")],
)  # fmt: skip
def test_each_status_has_its_own_words(visit, fake_address, question, status, words):
    turn = visit(fake_address).ask(question)

    assert turn.get_attribute("data-status") == status
    assert turn.locator(".pa-status").inner_text() == words
    assert turn.locator(".pa-card").count() == (2 if status in ("answered", "partial") else 0)


def test_the_counter_appears_near_the_end_and_too_much_cannot_be_sent(visit, fake_address):
    page = visit(fake_address).page
    counts = []
    for length in (79, 80, 100, 101):
        page.fill("#pa-input textarea", "字" * length)
        page.wait_for_timeout(80)
        counts.append((page.inner_text("#pa-counter"), page.is_enabled("#pa-send")))

    assert counts == [
        ("", True), ("还可输入 20 字", True), ("还可输入 0 字", True),
        ("超出 1 字，请删减后再发送", False),
    ]  # fmt: skip


def test_blank_questions_are_not_sent(visit, fake_address):
    page = visit(fake_address).page
    page.fill("#pa-input textarea", "  ")
    page.press("#pa-input textarea", "Enter")
    page.wait_for_timeout(300)

    assert not page.is_enabled("#pa-send")
    assert page.locator(".pa-turn").count() == 0


def test_thumbs_are_stored_with_a_reason(visit, fake_address, fake):
    visitor = visit(fake_address)
    turn = visitor.ask("培育多少家高新技术企业？")
    turn.locator('[data-rate="down"]').click()
    turn.locator('.pa-reasons label:has-text("数字有误")').click()
    turn.locator('.pa-reasons input[name="comment"]').fill("应为<b>90</b>家")
    turn.locator(".pa-reasons button").click()
    turn.locator('.pa-said:has-text("已记录")').wait_for()
    visitor.page.wait_for_timeout(200)

    with closing(sqlite3.connect(fake.settings.state_dir / "feedback.sqlite")) as connection:
        row = connection.execute("SELECT rating, reason, comment FROM feedback").fetchall()[-1]
    assert row == ("down", "数字有误", "应为<b>90</b>家")
    visitor.ask("那瞪羚企业呢？")
    pressed = visitor.page.locator('[data-rate="down"]').first.get_attribute("aria-pressed")
    assert pressed == "true"


def test_the_answer_is_copied_with_its_citations(visit, fake_address):
    visitor = visit(fake_address, permissions=["clipboard-read", "clipboard-write"])
    turn = visitor.ask("培育多少家高新技术企业？")
    turn.locator("[data-copy]").click()
    turn.locator('[data-copy]:has-text("已复制")').wait_for()
    copied = visitor.page.evaluate("navigator.clipboard.readText()")

    assert f"[1] 《{PLAN}》（送审稿）一、重点任务" in copied
    assert "“12、培育多梯次科技企业集群。" in copied


def test_a_new_conversation_starts_from_the_first_screen(visit, fake_address, fake):
    visitor = visit(fake_address)
    visitor.ask("培育多少家高新技术企业？")
    visitor.ask("那瞪羚企业呢？")
    assert len(fake.histories[-1]) == 2
    visitor.page.click("#pa-clear")
    visitor.page.wait_for_selector(".pa-empty")
    assert visitor.page.locator(".pa-turn").count() == 0

    visitor.ask("培育多少家高新技术企业？")
    assert fake.histories[-1] == ()


def test_a_conversation_survives_loading_the_page_again_until_it_is_cleared(
    visit, fake_address, fake
):
    visitor = visit(fake_address)
    visitor.ask("培育多少家高新技术企业？")
    visitor.ask("那瞪羚企业呢？")
    visitor.page.wait_for_timeout(500)
    visitor.page.reload()
    visitor.page.locator(".pa-turn[data-status]").nth(1).wait_for()
    assert visitor.page.locator(".pa-turn[data-status]").count() == 2

    visitor.ask("奖励金额不超过多少？")
    assert len(fake.histories[-1]) == 4
    visitor.page.click("#pa-clear")
    visitor.page.wait_for_selector(".pa-empty")
    visitor.page.wait_for_timeout(500)
    visitor.page.reload()
    visitor.page.wait_for_selector(".pa-empty")
    assert visitor.page.locator(".pa-turn").count() == 0


@pytest.mark.parametrize(
    "kept", [None, "x", {"a": 1}, [1, None, ["x"]], ["a-guess"], ["<script>"] * 9999]
)
def test_what_a_browser_kept_is_not_trusted(fake, kept):
    from assistant.ui.chat import Chat
    from assistant.ui.session import Ledger

    assert Chat(fake, Ledger()).resume(kept).exchanges == ()
