"""Which of Gradio's many addresses this app needs; the rest do not exist here."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

_EXACT = frozenset(
    {
        "/", "/config", "/favicon.ico", "/manifest.json", "/robots.txt", "/theme.css",
        "/gradio_api/app_id", "/gradio_api/cancel", "/gradio_api/info", "/gradio_api/queue/data",
        "/gradio_api/queue/join", "/gradio_api/reset", "/gradio_api/startup-events",
        "/gradio_api/theme.css", "/gradio_api/user",
    }
)  # fmt: skip
_BELOW = ("/assets/", "/static/", "/svelte/", "/gradio_api/heartbeat/")


class Door:
    """Around Gradio's app: no uploads, no proxy, no files, no saved links, no direct calls."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_needed(_path(scope)):
            raise HTTPException(404)
        await self._app(scope, receive, send)


def is_needed(path: str) -> bool:
    """
    >>> is_needed("/gradio_api/queue/join"), is_needed("/gradio_api/upload")
    (True, False)
    """
    clean = path.rstrip("/") or "/"
    return clean in _EXACT or (path.startswith(_BELOW) and ".." not in path)


def _path(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(str(scope.get("root_path", ""))) or "/"
