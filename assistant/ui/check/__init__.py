"""资格自查: one enterprise, or a table of them, against every benefit, for who has a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.ui.check.routes import check_router
from assistant.ui.check.table_jobs import TableJobs
from assistant.ui.check.table_routes import table_router

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.pipeline import Assistant

__all__ = ["add_check"]


def add_check(app: FastAPI, assistant: Assistant) -> None:
    """Put the pages at `/check` of `app`."""
    app.include_router(check_router(assistant))
    app.include_router(table_router(assistant, TableJobs(assistant.settings)))
