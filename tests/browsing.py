"""A real browser for tests, the web app served to it, and a visit that notes what it asked for."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fake_assistant import app_with_ui

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


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Opens a page of `address`; at the end nothing was asked elsewhere and nothing failed."""
    contexts, hosts, complaints = [], set(), []

    def asked(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob"):
            hosts.add(parts.hostname)

    def open_page(path: str, viewport: dict[str, int] = DESKTOP, **options: Any) -> Any:
        contexts.append(browser.new_context(viewport=viewport, locale="zh-CN", **options))
        page = contexts[-1].new_page()
        page.on("request", asked)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(address + path)
        return page

    yield open_page
    for one in contexts:
        one.close()
    assert hosts <= LOOPBACK
    assert complaints == []


def is_wider_than_the_screen(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))


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
        return is_wider_than_the_screen(self.page)


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
