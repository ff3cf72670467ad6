"""`POST /api/check`: one enterprise against every benefit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI

from assistant.api.bodies import CheckBody, json_only
from assistant.checking import with_documents
from assistant.eligibility.checks import (
    Described,
    check,
    check_record,
    told_as_facts,
    told_in_words,
)
from assistant.eligibility.loading import Rules
from assistant.eligibility.telling import merged
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.pipeline import Assistant


def add_checking(app: FastAPI, assistant: Assistant) -> None:
    @app.post("/api/check", summary="一家企业符合哪些待遇", dependencies=[Depends(json_only)])
    def check_one(body: CheckBody) -> dict[str, Any]:
        rules = assistant.entitlements.rules()
        day = body.as_of or date.today()
        told = _told(body, rules, day, assistant.settings.max_question_chars)
        made = with_documents(check(rules, told, day), assistant.documents)
        return check_record(made, body.id_text())


def _told(body: CheckBody, rules: Rules, day: date, most_chars: int) -> Described:
    """
    Raises:
        UsageError: nothing is told of the enterprise, or too much.
    """
    given = body.given()
    if body.text is None and given is None:
        raise UsageError('请求里没有企业情况：请给出 "text" 或 "profile"。')
    told = told_as_facts({}, rules, day)
    if body.text is not None:
        if len(body.text) > most_chars:
            raise UsageError(f"企业情况超过 {most_chars} 字，请删减后再查。")
        told = told_in_words(body.text, rules, day)
    if given is not None:
        told = merged(told, told_as_facts(given, rules, day))
    known = {one for one in body.unsure if rules.definitions.get(one)}
    profile = told.profile
    return replace(
        told, profile=replace(profile, unsure=(profile.unsure | known) - profile.told.keys())
    )
