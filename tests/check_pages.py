"""What the tests of 资格自查 share: the app, a page as a browser would send it, tables of firms."""

from __future__ import annotations

import io
import re
import time
from html import unescape
from html.parser import HTMLParser

import openpyxl
import pytest
from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.ui.check import add_check
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
