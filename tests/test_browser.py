"""The web app in a real browser: ask, read, click the citation, follow up, rate, get refused.

The page is driven twice: on the real assistant with the plan, and on a small fake one where the
test needs slowness, a crash or hostile text.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from assistant.settings import Settings
from tests.fake_assistant import PLAN, FakeAssistant, app_with_ui

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
    # Gradio and what it imports warn about their own future; that is not ours to fail on.
    pytest.mark.filterwarnings("ignore"),
]


@contextmanager
def served(assistant: Any) -> Iterator[str]:
    """The API with the web app on a free port of this machine, in a thread."""
    import uvicorn

    from assistant.api.server import address_of, listen

    app = app_with_ui(assistant)
    with closing(listen("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield address_of("127.0.0.1", listener.getsockname()[1])
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


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


class Page:
    """One visit: the page with what it asked for and complained about."""

    def __init__(self, browser: Any, address: str, viewport: dict[str, int], **options: Any):
        self.context = browser.new_context(viewport=viewport, locale="zh-CN", **options)
        self.page = self.context.new_page()
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        self.page.goto(address)
        self.page.wait_for_selector(".pa-empty")

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob"):
            self.hosts.add(parts.hostname or "")

    def ask(self, question: str, *, by: str = "Enter") -> Any:
        """Types and sends the question; returns its turn once that is settled."""
        before = self.page.locator(".pa-turn[data-status]").count()
        self.page.fill("#pa-input textarea", question)
        if by == "Enter":
            self.page.press("#pa-input textarea", "Enter")
        else:
            self.page.click(by)
        return self.settled(before + 1)

    def settled(self, count: int) -> Any:
        turns = self.page.locator(".pa-turn[data-status]")
        turns.nth(count - 1).wait_for()
        return turns.nth(count - 1)

    def marked(self) -> str:
        self.page.wait_for_selector("#pa-drawer[open] #pa-cited")
        return "".join(self.page.locator("#pa-drawer mark").all_text_contents())

    def is_wider_than_the_screen(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))


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


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_new_question_comes_to_the_top_and_its_answer_is_in_sight(visit, fake_address, viewport):
    visitor = visit(fake_address, viewport)
    for question in ("培育多少家高新技术企业？", "奖励金额不超过多少？", "那瞪羚企业呢？"):
        turn = visitor.ask(question)
    visitor.page.wait_for_timeout(200)

    assert 40 < turn.locator(".pa-question").bounding_box()["y"] < 140
    assert turn.locator(".pa-text").is_visible()


def test_two_visitors_do_not_see_each_other(visit, fake_address):
    first, second = visit(fake_address), visit(fake_address)
    first.ask("培育多少家高新技术企业？")

    assert second.page.locator(".pa-turn").count() == 0


def test_the_page_can_be_used_with_the_keyboard_alone(visit, fake_address):
    visitor = visit(fake_address)
    page = visitor.page
    page.wait_for_function("document.activeElement.matches('#pa-input textarea')")
    page.keyboard.type("培育多少家高新技术企业？")
    page.keyboard.press("Enter")
    turn = visitor.settled(1)
    cite = turn.locator(".pa-cite").first
    cite.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    visitor.marked()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className").startswith("pa-cite")
    unnamed = page.evaluate(
        """[...document.querySelectorAll('button, a, input, textarea')].filter(
             one => one.offsetParent && !(one.innerText.trim() || one.getAttribute('aria-label')
               || one.closest('label'))).map(one => one.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []


def test_a_phone_shows_one_column_with_the_evidence_below_the_answer(visit, fake_address):
    visitor = visit(fake_address, PHONE)
    assert not visitor.is_wider_than_the_screen()
    turn = visitor.ask("培育多少家高新技术企业？")
    answer = turn.locator(".pa-answer").bounding_box()
    evidence = turn.locator(".pa-evidence").bounding_box()

    assert evidence["y"] >= answer["y"] + answer["height"]
    assert not visitor.is_wider_than_the_screen()
    turn.locator(".pa-cite").first.click()
    visitor.marked()
    assert visitor.page.locator("#pa-drawer").bounding_box()["width"] == PHONE["width"]
    assert not visitor.is_wider_than_the_screen()


def test_a_desktop_shows_the_evidence_beside_the_answer(visit, fake_address):
    turn = visit(fake_address).ask("培育多少家高新技术企业？")
    answer = turn.locator(".pa-answer").bounding_box()
    evidence = turn.locator(".pa-evidence").bounding_box()

    assert evidence["x"] >= answer["x"] + answer["width"]
    assert evidence["y"] <= answer["y"]
    assert answer["x"] >= 20
    assert evidence["x"] + evidence["width"] <= DESKTOP["width"] - 20


CONTRAST = """(selectors) => {
  const channel = v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const ground = one => {
    for (let e = one; e; e = e.parentElement) {
      const c = numbers(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  return selectors.map(selector => {
    const one = document.querySelector(selector);
    const [a, b] = [light(numbers(getComputedStyle(one).color)), light(ground(one))];
    return [selector, (Math.max(a, b) + .05) / (Math.min(a, b) + .05)];
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_light_and_in_dark(visit, fake_address, scheme):
    visitor = visit(fake_address, color_scheme=scheme)
    visitor.ask("培育多少家高新技术企业？").locator(".pa-cite").first.click()
    visitor.marked()
    assert ("dark" in (visitor.page.get_attribute("body", "class") or "")) is (scheme == "dark")
    measured = visitor.page.evaluate(CONTRAST, [
        ".pa-question", ".pa-text p", ".pa-status", ".pa-trace", ".pa-cite", ".pa-notices li",
        ".pa-badge", ".pa-path", ".pa-quote", ".pa-more", ".pa-button", "mark", ".pa-outline a",
        ".pa-disclaimer", "#pa-clear", ".pa-brand p", ".pa-chip",
    ])  # fmt: skip

    assert [pair for pair in measured if pair[1] < 4.5] == []


def test_the_colours_can_be_switched_and_stay_switched(visit, fake_address):
    page = visit(fake_address, color_scheme="light").page
    page.click("[data-theme]")
    assert "dark" in page.get_attribute("body", "class")
    page.reload()
    page.wait_for_selector(".pa-empty")
    page.wait_for_function("document.body.classList.contains('dark')")


def test_the_api_page_lists_the_operations(visit, fake_address):
    visitor = visit(fake_address)
    visitor.page.goto(f"{fake_address}/docs")
    visitor.page.wait_for_selector("text=POST /api/ask")


def test_the_first_answer_is_quick(visit, fake_address):
    visitor = visit(fake_address)
    started = time.monotonic()
    visitor.ask("培育多少家高新技术企业？")

    assert time.monotonic() - started < 3
