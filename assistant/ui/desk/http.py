"""How the desk answers a browser: pages of its own, failures as pages too, nothing cached."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from assistant.errors import AccessError, AssistantError, NotFoundError, UsageError
from assistant.ui.desk.frame import problem_page
from assistant.ui.markup import Html

COOKIE = "pa_desk"
_HEADERS = {
    "Cache-Control": "no-store",
    # With `no-referrer` a browser names no origin for a form either, not even this one.
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
_WORDS = {
    400: "请求没有完成，内容不完整或格式不对；请回到上一页再试。",
    413: "内容太大，未收取；请拆分后再传。",
}
_log = logging.getLogger(__name__)


def shown(page: Html, status: int = 200) -> HTMLResponse:
    return HTMLResponse(page, status, headers=_HEADERS)


def moved(url: str) -> RedirectResponse:
    """To a page that is fetched by GET, so that reloading it sends nothing again."""
    return RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})


def status_of(error: AssistantError) -> int:
    for kind, status in ((NotFoundError, 404), (AccessError, 403), (UsageError, 400)):
        if isinstance(error, kind):
            return status
    _log.error("desk request failed: %s: %s", type(error).__name__, error)
    return 503


class DeskRoute(APIRoute):
    """A failure is a page for people, where the API's is JSON."""

    problem: Callable[..., Html] = staticmethod(problem_page)
    needs_own_origin = True
    """Whether a form of another site is refused: what it sends would change something."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                if self.needs_own_origin:
                    check_origin(request)
                return await handle(request)
            except AssistantError as error:
                title = "没有找到" if isinstance(error, NotFoundError) else "没有完成"
                return shown(self.problem(str(error), title), status_of(error))
            except RequestValidationError as error:
                names = "、".join(str(one["loc"][-1]) for one in error.errors()[:5])
                words = f"地址或表单里的 {names} 有误；日期应为 2026-11-22 这样，年份应为四位数。"
                return shown(self.problem(words), 400)
            except HTTPException as error:
                return shown(self.problem(_WORDS.get(error.status_code, _WORDS[400])),
                             error.status_code)  # fmt: skip

        return handled


def check_origin(request: Request) -> None:
    """A form of another site changes nothing, whatever cookies come with it.

    Raises:
        AccessError: the browser says that the request comes from elsewhere.
    """
    if request.method in ("GET", "HEAD"):
        return
    origin = request.headers.get("origin")
    is_elsewhere = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if is_elsewhere or request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise AccessError("这个请求来自别的网站，未作改动；请在条款台的页面上操作。")
