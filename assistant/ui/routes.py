"""What the page's own script asks for: a document at a sentence, and a place for opinions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.errors import NotFoundError, UsageError
from assistant.ui.feedback import MAX_COMMENT_CHARS, FeedbackStore, Rating
from assistant.ui.render_document import document_page, document_sheet
from assistant.ui.session import Ledger

if TYPE_CHECKING:
    from assistant.pipeline import Assistant


class FeedbackBody(BaseModel):
    """A thumb, and for a thumb down a reason."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(max_length=64)
    rating: Literal["up", "down"]
    reason: str = Field(default="", max_length=40)
    comment: str = Field(default="", max_length=MAX_COMMENT_CHARS)


class DocumentQuery(BaseModel):
    """Which document, and the span to mark: by offsets or by clause."""

    id: str
    clause: str | None = None
    start: int = Field(default=0, ge=0)
    end: int = Field(default=0, ge=0)
    part: bool = False
    """Only what the drawer shows, without the page around it."""


def ui_router(assistant: Assistant, ledger: Ledger, store: FeedbackStore) -> APIRouter:
    """The routes below `/ui`; not part of the public API."""
    router = APIRouter(prefix="/ui", include_in_schema=False)

    @router.get("/document", response_class=HTMLResponse)
    def document(query: Annotated[DocumentQuery, Query()]) -> HTMLResponse:
        wanted = assistant.documents.get(query.id)
        if wanted is None:
            gone = assistant.gone(query.id)
            words = f"资料库里没有文件“{query.id}”，它可能已被移除；请刷新页面再问。"
            raise NotFoundError(gone.told if gone else words)
        start, end = query.start, query.end
        if query.clause is not None:
            clause = assistant.clauses.get(query.clause)
            if clause is None or clause.doc_id != query.id:
                raise NotFoundError(f"文件里没有条款“{query.clause}”，请刷新页面再问。")
            start, end = clause.start, clause.end
        if not start <= end <= len(wanted.text):
            raise UsageError("引用的位置超出了文件的范围，文件可能已更新；请刷新页面再问。")
        make = document_sheet if query.part else document_page
        return HTMLResponse(make(wanted, assistant.clauses_of(query.id), start, end))

    @router.post("/feedback")
    def feedback(body: FeedbackBody) -> dict[str, str]:
        rated = ledger.find(body.token)
        if rated is None or rated.answer is None:
            raise NotFoundError("这条答复太早了，服务重启后不能再评价；请重新提问后评价。")
        store.add(Rating(**body.model_dump()), rated.question, rated.answer)
        return {"message": "已记录，谢谢。"}

    return router
