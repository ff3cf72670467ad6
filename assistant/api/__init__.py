"""The HTTP API of the contract, and the process that serves it together with the web app."""

from __future__ import annotations

from assistant.api.routes import create_app
from assistant.api.server import serve

__all__ = ["create_app", "serve"]
