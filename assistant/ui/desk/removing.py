"""The routes that take a document out of the corpus and put it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from assistant.errors import CorpusError, NotFoundError, UsageError
from assistant.ui.desk.frame import desk_url
from assistant.ui.desk.gate import Gate
from assistant.ui.desk.http import COOKIE, DeskRoute, moved, shown, status_of
from assistant.ui.desk.keeper import Keeper
from assistant.ui.desk.manage import entrance, known, sent_form
from assistant.ui.desk.render_gone import remove_page

if TYPE_CHECKING:
    from assistant.pipeline import Assistant


def removing_router(assistant: Assistant, gate: Gate, keeper: Keeper) -> APIRouter:
    """The routes below `/desk` about removal; not part of the public API."""
    router = APIRouter(prefix="/desk", include_in_schema=False, route_class=DeskRoute)

    @router.get("/remove")
    def preview(request: Request, id: str) -> Response:  # noqa: A002
        session = gate.session(request.cookies.get(COOKIE))
        if session is None:
            return entrance(gate, desk_url("remove", id=id))
        document = known(assistant.snapshot().documents, id)
        return shown(remove_page(session, document, keeper.dependents(id)))

    @router.post("/remove")
    async def remove(request: Request) -> Response:
        session, given = await sent_form(request, gate)
        doc_id = given.get("id", "")
        document = known(assistant.documents, doc_id)
        try:
            await run_in_threadpool(keeper.remove, session.who, doc_id, given.get("why", ""))
        except NotFoundError:
            raise
        except (UsageError, CorpusError) as error:
            found = await run_in_threadpool(keeper.dependents, doc_id)
            page = remove_page(session, document, found, str(error))
            return shown(page, status_of(error))
        return moved(desk_url("manage"))

    @router.post("/restore")
    async def restore(request: Request) -> Response:
        session, given = await sent_form(request, gate)
        await run_in_threadpool(keeper.restore, session.who, given.get("id", ""))
        return moved(desk_url("manage"))

    return router
