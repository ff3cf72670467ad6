"""The clause desk over HTTP for tests: a client, staff that has entered, forms of a page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.ui.desk import add_desk
from assistant.ui.desk.gate import Gate
from tests.desk_corpus import PASSWORD, make_corpus

DAY = "2026-11-22"


def built_corpus(folder: Path) -> Settings:
    """The small corpus, indexed."""
    settings = make_corpus(folder)
    Assistant.open(settings)
    return settings


def client_of(settings: Settings, gate: Gate | None = None) -> tuple[TestClient, Any]:
    assistant = Assistant.open(settings)
    app = create_app(assistant)
    keeper = add_desk(app, assistant, gate or Gate(settings.admin_password, pause=lambda _: None))
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False), keeper


def staffed(folder: Path) -> tuple[TestClient, Any, Settings]:
    """A corpus of the test's own, and staff that has entered."""
    settings = make_corpus(folder)
    client, keeper = client_of(settings)
    entered = client.post("/desk/login", data={"who": "王一", "password": PASSWORD})
    assert entered.status_code == 303
    return client, keeper, settings


def page(client: TestClient, path: str = "/desk", **query: object) -> str:
    response = client.get(path, params=query)
    assert response.status_code == 200, response.text
    return response.text


class Forms(HTMLParser):
    """Hidden and shown inputs by name, and all text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""
        self._textarea = ""
        self._select = ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(given)
        if tag == "input" and given.get("name"):
            self.values.setdefault(given["name"], given.get("value") or "")
        self._textarea = given.get("name", "") if tag == "textarea" else ""
        self._select = given.get("name", "") if tag == "select" else self._select
        if tag == "option" and "selected" in given:
            self.values[self._select] = given.get("value") or ""

    def handle_data(self, data):
        self.words += data
        if self._textarea:
            self.values[self._textarea] = self.values.get(self._textarea, "") + data

    def handle_endtag(self, tag):
        self._textarea = "" if tag == "textarea" else self._textarea


def form_token(client: TestClient) -> str:
    return Forms(page(client, "/desk/manage")).values["form_token"]


def send(client: TestClient, name: str, raw: bytes | str, **fields: str) -> Any:
    raw = raw.encode() if isinstance(raw, str) else raw
    data = {"form_token": form_token(client), **fields}
    return client.post("/desk/upload", data=data, files={"file": (name, raw)})


def audit(settings: Settings) -> list[dict[str, Any]]:
    lines = (settings.state_dir / "audit.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def preview(client: TestClient, response: Any) -> dict[str, str]:
    """The fields of the preview that an upload leads to."""
    assert response.status_code == 303, response.text
    assert response.headers["location"].startswith("/desk/preview?token=")
    shown = Forms(client.get(response.headers["location"]).text)
    return shown.values
