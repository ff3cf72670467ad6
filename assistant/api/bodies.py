"""The JSON bodies of requests: their type, text in UTF-8, days as 2026-11-22."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Annotated, Any

from fastapi import Request
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
    model_validator,
)
from starlette.exceptions import HTTPException

from assistant.errors import UsageError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Facts = dict[str, Any] | list[dict[str, Any]]


def _only_iso_days(value: object) -> object:
    # pydantic alone would read 20260101 as seconds since 1970.
    if value is None or isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("应为 2026-11-22 这样的日期")


IsoDay = Annotated[date | None, BeforeValidator(_only_iso_days)]


class Utf8Body(BaseModel):
    """A body whose every text can be answered with."""

    @model_validator(mode="before")
    @classmethod
    def _only_utf8(cls, value: object) -> object:
        # JSON can spell half a character (\ud800); no answer could repeat it.
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError("含有无法用 UTF-8 表示的字符") from None
        return value


class QuestionBody(Utf8Body):
    """A question, as a row of `--input` has it; unknown fields are passed over."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore")

    row_id: StrictStr | StrictInt | None = Field(
        default=None, alias="_id", description="原样带回的行号。"
    )
    text: StrictStr | None = Field(default=None, description="问题。")
    question: StrictStr | None = Field(default=None, description="同上，另一个名字。")
    history: list[Any] | None = Field(
        default=None, description='此前的对话：[{"role": "user" 或 "assistant", "content": "…"}]。'
    )
    profile: Facts | StrictStr | None = Field(default=None, description="企业情况。")
    as_of: IsoDay = Field(
        default=None, description="问题所指的日期，如 2026-11-22；不写为今天。"
    )
    k: StrictInt | None = Field(default=None, ge=1, le=100, description="检索时要几段，1 到 100。")

    def asked(self) -> str:
        """
        Raises:
            UsageError: there is no question.
        """
        asked = self.text if self.text is not None else self.question
        if asked is None:
            raise UsageError('请求里没有问题：请给出 "text"（或 "question"）。')
        return asked

    def id_text(self) -> str | None:
        return None if self.row_id is None else str(self.row_id)


class CheckBody(Utf8Body):
    """One enterprise: in its own words, by name of fact, or both; then what is named stands."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore")

    row_id: StrictStr | StrictInt | None = Field(
        default=None, alias="_id", description="原样带回的行号。"
    )
    text: StrictStr | None = Field(default=None, description="企业情况，一段话。")
    profile: Facts | None = Field(
        default=None, description='{事实: 值}，如 {"staff_count": 86}；或上次返回的 facts。'
    )
    facts: Facts | None = Field(default=None, description="同上，另一个名字。")
    unsure: list[StrictStr] = Field(default=[], description="答“不清楚”的事实，不再问。")
    as_of: IsoDay = Field(default=None, description="判断的日期，如 2026-11-22；不写为今天。")

    def given(self) -> Facts | None:
        return self.profile if self.profile is not None else self.facts

    def id_text(self) -> str | None:
        return None if self.row_id is None else str(self.row_id)


def json_only(request: Request) -> None:
    """A body of another type is refused; a form of another site cannot send this one."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415)
