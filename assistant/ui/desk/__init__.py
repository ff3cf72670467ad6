"""The clause desk: the corpus for staff, document by document and clause by clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.ui.desk.gate import Gate
from assistant.ui.desk.keeper import Keeper
from assistant.ui.desk.manage import manage_router
from assistant.ui.desk.removing import removing_router
from assistant.ui.desk.routes import desk_router
from assistant.ui.desk.succeeding import succeeding_router

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.pipeline import Assistant

__all__ = ["add_desk"]


def add_desk(app: FastAPI, assistant: Assistant, gate: Gate | None = None) -> Keeper:
    """Put the desk at `/desk` of `app`; without a password in the settings it is read-only."""
    keeper = Keeper(assistant)
    app.include_router(desk_router(assistant))
    gate = gate or Gate(assistant.settings.admin_password)
    app.include_router(manage_router(assistant, gate, keeper))
    app.include_router(removing_router(assistant, gate, keeper))
    app.include_router(succeeding_router(assistant, gate, keeper))
    return keeper
