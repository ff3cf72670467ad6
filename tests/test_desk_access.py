"""Who may change the corpus at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from assistant.errors import AccessError
from assistant.settings import Settings
from assistant.ui.desk.gate import IDLE_S, MAX_TRIES, WINDOW_S, Gate
from tests.desk_client import (
    audit,
    built_corpus,
    client_of,
    form_token,
    page,
    staffed,
)
from tests.desk_corpus import PASSWORD


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Settings:
    """The small corpus, indexed once; tests that change it make a copy."""
    return built_corpus(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(tmp_path) -> tuple[TestClient, Any, Settings]:
    return staffed(tmp_path)


def test_without_a_password_the_desk_is_read_only_and_says_so(built):
    settings = built.model_copy(update={"admin_password": None})
    client = client_of(settings)[0]

    assert "只能查阅" in page(client, "/desk/manage")
    refused = client.post("/desk/login", data={"who": "王", "password": ""})
    assert refused.status_code == 400
    refused = client.post("/desk/login", data={"who": "王", "password": "anything"})
    assert (refused.status_code, "只能查阅" in refused.text) == (403, True)
    assert client.post("/desk/confirm", data={"token": "x"}).status_code == 403


def test_a_wrong_password_is_refused_logged_and_after_five_not_even_compared(built):
    client, keeper = client_of(built)
    for _ in range(MAX_TRIES):
        response = client.post("/desk/login", data={"who": "李", "password": "wrong-password"})
        assert (response.status_code, "口令不对" in response.text) == (403, True)
    response = client.post("/desk/login", data={"who": "李", "password": PASSWORD})

    assert response.status_code == 403
    assert "分钟后再试" in response.text
    assert [one["action"] for one in keeper.audit.last(20)].count("login_failed") == MAX_TRIES
    assert "wrong-password" not in (built.state_dir / "audit.jsonl").read_text("utf-8")


def test_tries_are_counted_by_address_and_forgotten_after_a_while():
    now = [0.0]
    pauses: list[float] = []
    gate = Gate(SecretStr(PASSWORD), clock=lambda: now[0], pause=pauses.append)
    for _ in range(MAX_TRIES):
        with pytest.raises(AccessError, match="口令不对"):
            gate.enter("wrong-password", "王", "a")
    assert len(pauses) == MAX_TRIES
    with pytest.raises(AccessError, match="再试"):
        gate.enter(PASSWORD, "王", "a")
    assert gate.enter(PASSWORD, "王", "b").who == "王"

    now[0] = WINDOW_S
    assert gate.enter(PASSWORD, "王", "a").who == "王"


def test_a_session_ends_when_it_is_not_used():
    now = [0.0]
    gate = Gate(SecretStr(PASSWORD), clock=lambda: now[0])
    session = gate.enter(PASSWORD, "王", "a")
    now[0] = IDLE_S - 1
    assert gate.session(session.token) is not None
    now[0] = 2 * IDLE_S - 2
    assert gate.session(session.token) is not None
    now[0] = 3 * IDLE_S - 2
    assert gate.session(session.token) is None
    with pytest.raises(AccessError, match="重新登录"):
        gate.checked(session.token, session.form_token)


def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(built):
    client, _ = client_of(built)
    response = client.post("/desk/login", data={"who": "王", "password": PASSWORD})
    cookie = response.headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/desk" in cookie
    assert PASSWORD not in str(response.headers)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_form_of_another_site_changes_nothing(desk, headers):
    client, _, settings = desk
    for path in ("/desk/upload", "/desk/confirm", "/desk/edit", "/desk/logout", "/desk/login"):
        assert client.post(path, data={"x": "1"}, headers=headers).status_code == 403
    assert {one["action"] for one in audit(settings)} == {"login"}


@pytest.mark.parametrize("path", ["/desk/upload", "/desk/confirm", "/desk/discard", "/desk/edit"])
def test_a_form_without_the_session_s_token_changes_nothing(desk, path):
    client, _, settings = desk
    before = sorted(settings.corpus_dir.iterdir())
    for token in ("", "guess"):
        data = {"form_token": token, "id": "support_2021", "title": "改"}
        response = client.post(path, data=data, files={"file": ("a.txt", b"x")}
                               if path.endswith("upload") else None)  # fmt: skip
        assert response.status_code == 403
    assert sorted(settings.corpus_dir.iterdir()) == before


def test_leaving_ends_the_session(desk):
    client, _, _ = desk
    token = form_token(client)
    assert client.post("/desk/logout", data={"form_token": token}).status_code == 303
    assert "登录后才能" in page(client, "/desk/manage")


@pytest.mark.parametrize("path", ["/desk/remove", "/desk/restore"])
def test_a_stranger_removes_and_restores_nothing(built, path):
    client, _ = client_of(built)
    sent = client.post(path, data={"id": "support_2021", "why": "x", "form_token": "x"})
    assert sent.status_code == 403
    assert (built.corpus_dir / "support_2021.txt").exists()
