"""One process: the API, the web app on it, and a port that is taken or free before work starts."""

from __future__ import annotations

import errno
import logging
import os
import socket
from collections.abc import Callable
from contextlib import closing, suppress

import uvicorn

from assistant.api.routes import create_app
from assistant.errors import UsageError
from assistant.pipeline import Assistant
from assistant.settings import Settings

Progress = Callable[[str, int, int], None]
SHUTDOWN_S = 3


class _NoTraceback(logging.Filter):
    """Keeps an exception's message, which may repeat a question, out of uvicorn's log.

    `problems` logs the type of the error and where it was raised.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True


def serve(
    settings: Settings,
    *,
    progress: Progress | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted. `on_ready` gets the address once requests are accepted.

    Raises:
        UsageError: the address cannot be used, with what to do about it.
    """
    with closing(listen(settings.host, settings.port)) as listener:
        assistant = Assistant.open(settings, progress=progress)
        assistant.warm_up()
        app = create_app(assistant)
        # Here, not at the top: the API alone must not pay for Gradio.
        from assistant.ui.app import mount

        mount(app, assistant)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, ws="none",
            timeout_graceful_shutdown=SHUTDOWN_S,
        )  # fmt: skip
        logging.getLogger("uvicorn.error").addFilter(_NoTraceback())
        if on_ready is not None:
            on_ready(address_of(settings.host, listener.getsockname()[1]))
        with suppress(KeyboardInterrupt):  # Ctrl-C is how it ends; uvicorn has shut down by then
            uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that a busy port is known before an index is built.

    Raises:
        UsageError: in Chinese, naming the port and the flag.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise UsageError(f"监听地址“{host}”无法识别，请用 --host 127.0.0.1 或本机地址。") from error
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # on Windows it would take a port that another program uses
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageError(_why(error, host, port)) from error
    return listener


def address_of(host: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name and not name.startswith('[') else name}:{port}"


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被占用：请关掉占用它的程序，或用 --port 换一个端口。"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"没有权限使用端口 {port}：请用 --port 换一个大于 1023 的端口。"
    return f"无法监听 {host}:{port}（{error.strerror}）：请检查 --host 和 --port。"
