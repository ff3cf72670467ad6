"""Every failure over HTTP has one shape: `{"error": {"code", "message"}}`, in Chinese.

A request of the caller's making is a 4xx, an error of the package's own a 503 with its sentence,
and anything unforeseen a 500 that says nothing of the inside.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.errors import AssistantError, NotFoundError, UsageError

_log = logging.getLogger(__name__)

_BY_STATUS: dict[int, tuple[str, str]] = {
    400: ("bad_request", "请求体无法读取：请发送 UTF-8 编码的合法 JSON。"),
    404: ("not_found", "没有这个地址；接口列表见 /docs。"),
    405: ("method_not_allowed", "这个地址不支持该请求方法；接口列表见 /docs。"),
    413: ("too_large", "请求体超过 256 KB，请缩短后再发。"),
    415: ("unsupported_media_type", "请以 JSON 发送，并设 Content-Type: application/json。"),
}

_BY_TYPE: dict[str, str] = {
    "missing": "缺少",
    "string_type": "应为字符串",
    "string_unicode": "含有无法用 UTF-8 表示的字符",
    "string_too_long": "最多 {max_length} 字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是 {expected}",
    "extra_forbidden": "没有这个字段",
    "model_attributes_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
}
"""Pydantic's error types in Chinese; the braces are filled from its context."""


def problem(status: int, code: str | None = None, message: str | None = None) -> JSONResponse:
    """The response of the common shape; wording by status where none is given."""
    default_code, default_message = _BY_STATUS.get(status, ("error", "请求没有完成。"))
    body = {"error": {"code": code or default_code, "message": message or default_message}}
    return JSONResponse(body, status_code=status)


def handle_problems(app: FastAPI) -> None:
    """Register the handlers, the one for unforeseen errors included."""
    app.add_exception_handler(AssistantError, _on_assistant_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_unforeseen)


def _on_assistant_error(_request: Request, error: Exception) -> JSONResponse:
    code = error.code if isinstance(error, AssistantError) else "error"
    if isinstance(error, NotFoundError):
        return problem(404, code, str(error))
    if isinstance(error, UsageError):
        return problem(400, code, str(error))
    _log.error("request failed: %s: %s", type(error).__name__, error)
    return problem(503, code, str(error))


def _on_validation_error(_request: Request, error: Exception) -> JSONResponse:
    found: Sequence[Mapping[str, Any]] = (
        error.errors() if isinstance(error, RequestValidationError) else ()
    )
    if any(item["type"] == "json_invalid" for item in found):
        return problem(400, "invalid_json", "请求体不是合法的 JSON，请检查括号、引号和编码。")
    sentences = "；".join(_sentence(item) for item in found[:5])
    return problem(422, "invalid_request", f"请求有误：{sentences}。")


def _sentence(item: Mapping[str, Any]) -> str:
    # The value itself is left out: it may be the question.
    place = ".".join(str(part) for part in item["loc"][1:] if not _is_internal(part)) or "请求体"
    if item["type"] == "value_error":
        return f"{place}：{item['ctx']['error']}"
    if item["type"] == "missing":
        return f"缺少{place}"
    wording = _BY_TYPE.get(item["type"])
    return f"{place}：{wording.format(**item.get('ctx', {})) if wording else '格式不对'}"


def _is_internal(part: object) -> bool:
    """Pydantic names the branch of a union in the place of an error; a caller cannot use that."""
    return isinstance(part, str) and (part in ("str", "int") or "[" in part)


def _on_http_error(_request: Request, error: Exception) -> JSONResponse:
    return problem(error.status_code if isinstance(error, HTTPException) else 500)


def _on_unforeseen(request: Request, error: Exception) -> JSONResponse:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in frames[::-1])
    # Neither the message nor the body: both may repeat the question.
    _log.error("%s on %s: %s", type(error).__name__, request.scope.get("path"), where)
    return problem(500, "internal", "服务内部出错，请稍后重试；若总是如此，请联系管理员查看日志。")
