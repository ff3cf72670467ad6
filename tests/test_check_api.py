"""`POST /api/check`, and questions with a profile."""

from __future__ import annotations

import json

import pytest

from tests.check_pages import DAY, FIRM, client

__all__ = ["client"]  # fixtures


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
