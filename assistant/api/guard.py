"""What every request passes before any route: a limit on its size, and headers on what returns."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.problems import problem
from assistant.tables.reading import MAX_FILE_BYTES

MAX_BODY_BYTES = 256 * 1024
UPLOAD = "/desk/upload"
"""Takes files of the corpus; its route looks at the session before it reads the body."""
TABLE = "/check/table"
"""Takes a table of firms from anybody, so a smaller one."""
FORM_BYTES = 16 * 1024
"""What a form adds to the file it carries."""

# Gradio's page has inline scripts and compiles its templates, hence the two unsafe words. What
# matters here is 'self': a browser that keeps to it cannot ask another machine for anything.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Guard:
    """ASGI middleware: a body over `MAX_BODY_BYTES` is a 413 and reaches nothing.

    An upload is not held in memory: it is counted as it is read, and a 413 where it is too much.
    """

    def __init__(self, app: ASGIApp, max_file_bytes: int) -> None:
        self._app = app
        self._uploads = {
            UPLOAD: max_file_bytes + FORM_BYTES,
            TABLE: MAX_FILE_BYTES + FORM_BYTES,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)  # a page may have a stricter policy
            await send(message)

        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send_with_headers)
            return
        if (most := self._uploads.get(scope["path"])) is not None:
            counted = _counted(Headers(scope=scope), receive, most)
            await self._app(scope, counted, send_with_headers)
            return
        body = await _read(Headers(scope=scope), receive)
        if body is None:
            await problem(413)(scope, receive, send_with_headers)
            return
        await self._app(scope, _replay(body, receive), send_with_headers)


async def _read(headers: Headers, receive: Receive) -> bytes | None:
    """The whole body, or None when it is too large; what it claims to be is checked first."""
    claimed = headers.get("content-length", "")
    if claimed.isdigit() and int(claimed[:20]) > MAX_BODY_BYTES:
        return None
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BODY_BYTES:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return b"".join(chunks)


def _counted(headers: Headers, receive: Receive, most: int) -> Receive:
    """A `receive` that raises a 413 in whoever reads past `most` bytes."""
    claimed = headers.get("content-length", "")
    size = int(claimed[:20]) if claimed.isdigit() else 0
    if size <= most:
        size = 0

    async def counted() -> Message:
        nonlocal size
        if size > most:
            raise HTTPException(413)
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(413)
        return message

    return counted


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once and then what the client does next."""
    unread = [body]

    async def replayed() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return replayed
