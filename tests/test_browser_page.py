"""How the page stands in a real browser: desktop and phone, keyboard, colours, visitors."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.settings import Settings
from tests.browsing import (
    CHROMIUM,
    CONTRAST,
    DESKTOP,
    LOOPBACK,
    PHONE,
    Page,
    browser,
    served,
)
from tests.fake_assistant import FakeAssistant

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
