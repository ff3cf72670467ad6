"""A web site on this machine whose pages misbehave as told; it remembers what was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Handler = BaseHTTPRequestHandler


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    at: float


@dataclass
class Site:
    """`pages` by path: bytes of an HTML page, or a function that answers the request itself."""

    port: int = 0
    pages: dict[str, bytes | Callable[[Handler], None]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [one.path for one in self.asked if one.path != "/robots.txt"]


def send(handler: Handler, status: int, body: bytes = b"", **headers: str) -> None:
    """A whole reply; `_` in a header's name stands for `-`."""
    handler.send_response(status)
    for name, value in ({"Content_Type": "text/html", "Connection": "close"} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def tagged(body: bytes, etag: str, modified: str | None = None) -> Callable[[Handler], None]:
    """A page that answers 304 to a request for anything newer than `etag`."""

    def answer(handler: Handler) -> None:
        dated = {"Last_Modified": modified} if modified else {}
        is_known = handler.headers.get("If-None-Match") == etag
        send(handler, *((304, b"") if is_known else (200, body)), ETag=etag, **dated)

    return answer


def half(body: bytes) -> Callable[[Handler], None]:
    """A page that promises more than it sends."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])
        handler.close_connection = True

    return answer


def dripping(part: bytes, times: int, pause_s: float) -> Callable[[Handler], None]:
    """A page that comes a little at a time."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        for _ in range(times):
            handler.wfile.write(part)
            handler.wfile.flush()
            time.sleep(pause_s)

    return answer


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(Asked(self.path, dict(self.headers), time.monotonic()))
            page = site.pages.get(self.path)
            try:
                if page is None:
                    send(self, 404, b"<html><body>404</body></html>")
                elif isinstance(page, bytes):
                    send(self, 200, page)
                else:
                    page(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the reader had enough

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
