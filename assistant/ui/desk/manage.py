"""The routes that change the corpus. Each form is checked against its session before anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from assistant.corpus.official import looks_like, official_pairs
from assistant.errors import AccessError, CorpusError, NotFoundError, UsageError
from assistant.schema import Document, Kind
from assistant.ui.desk.fields import FIELDS, values_of
from assistant.ui.desk.forms import TOKEN
from assistant.ui.desk.frame import desk_url
from assistant.ui.desk.gate import IDLE_S, Gate, Session
from assistant.ui.desk.http import COOKIE, DeskRoute, moved, shown, status_of
from assistant.ui.desk.keeper import Keeper, Staged
from assistant.ui.desk.render_manage import (
    Lists,
    closed_page,
    edit_page,
    login_page,
    manage_page,
    preview_page,
)

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

RECORDS_SHOWN = 20
Text = Annotated[str, Form(max_length=500)]


def manage_router(assistant: Assistant, gate: Gate, keeper: Keeper) -> APIRouter:
    """The routes below `/desk` that change something; not part of the public API."""
    router = APIRouter(prefix="/desk", include_in_schema=False, route_class=DeskRoute)
    _addentrance(router, gate, keeper)
    _add_reading(router, assistant, gate, keeper)
    _add_upload(router, gate, keeper)
    _add_changes(router, assistant, gate, keeper)
    return router


def _addentrance(router: APIRouter, gate: Gate, keeper: Keeper) -> None:
    @router.post("/login")
    def login(request: Request, who: Text, password: Text, next: Text = "") -> Response:  # noqa: A002
        name = who.strip()
        if not name:
            raise UsageError("请填写姓名或工号，它会记入操作记录。")
        address = request.client.host if request.client else ""
        is_tried = not gate.is_read_only and not gate.is_blocked(address)
        try:
            session = gate.enter(password, name, address)
        except AccessError as error:
            if is_tried:  # what was not even compared cannot fill the log
                keeper.log(name[:40], "login_failed", **{"from": address})
            return shown(login_page(next, str(error)), status_of(error))
        keeper.log(session.who, "login", **{"from": address})
        response = moved(next if next.startswith(desk_url()) else desk_url("manage"))
        response.set_cookie(
            COOKIE, session.token, max_age=int(IDLE_S) * 8, path=desk_url(), httponly=True,
            samesite="strict", secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    @router.post("/logout")
    def logout(request: Request, form_token: Text) -> Response:
        session = gate.checked(request.cookies.get(COOKIE), form_token)
        gate.leave(session)
        keeper.log(session.who, "logout")
        response = moved(desk_url())
        response.delete_cookie(COOKIE, path=desk_url())
        return response


def _add_reading(router: APIRouter, assistant: Assistant, gate: Gate, keeper: Keeper) -> None:
    @router.get("/manage")
    def manage(request: Request, replace: str = "", done: str = "") -> Response:
        session = gate.session(request.cookies.get(COOKIE))
        if session is None:
            return entrance(gate, desk_url("manage", replace=replace))
        documents = assistant.snapshot().documents
        target = known(documents, replace) if replace else None
        job = keeper.rebuilder.job
        shown_done = done if done in documents else ""
        lists = Lists(
            keeper.audit.last(RECORDS_SHOWN), keeper.removed(), official_pairs(documents)
        )
        return shown(manage_page(session, job, target, shown_done, lists))

    @router.get("/status")
    def status(request: Request) -> Response:
        if gate.session(request.cookies.get(COOKIE)) is None:
            raise AccessError("登录已过期；请重新登录。")
        job = keeper.rebuilder.job
        return JSONResponse({"state": job.state, "words": job.words})

    @router.get("/preview")
    def preview(request: Request, token: str) -> Response:
        session = gate.session(request.cookies.get(COOKIE))
        if session is None:
            return entrance(gate, desk_url("preview", token=token))
        staged = keeper.staged(token)
        told = _remarks(staged, assistant.documents)
        return shown(preview_page(session, staged, {}, told))

    @router.get("/edit")
    def edit(request: Request, id: str) -> Response:  # noqa: A002
        session = gate.session(request.cookies.get(COOKIE))
        if session is None:
            return entrance(gate, desk_url("edit", id=id))
        values = values_of(keeper.row_of(id))
        document = assistant.documents[id]
        return shown(edit_page(session, document, values, ""))


def _add_upload(router: APIRouter, gate: Gate, keeper: Keeper) -> None:
    @router.post("/upload")
    async def upload(request: Request) -> Response:
        # Before the body is read: a stranger's file is not even received.
        session = gate.session(request.cookies.get(COOKIE))
        if session is None:
            raise AccessError("还没有登录或登录已过期；请重新登录后再传。")
        try:
            async with request.form(max_files=1, max_fields=5, max_part_size=2000) as form:
                gate.checked(session.token, _text(form.get(TOKEN)))
                file = form.get("file")
                if not isinstance(file, UploadFile):
                    raise UsageError("没有收到完整的文件；请重新选择后再传。")
                staged = await run_in_threadpool(
                    keeper.take, session.who, file.filename or "", file.file,
                    _text(form.get("target")) or None,
                )  # fmt: skip
        except ClientDisconnect as error:
            raise UsageError("上传中断，没有留下任何内容；请重新上传。") from error
        except HTTPException as error:
            if error.status_code == 413:
                await run_in_threadpool(keeper.refuse_too_large, session.who)
            raise
        return moved(desk_url("preview", token=staged.token))


def _add_changes(router: APIRouter, assistant: Assistant, gate: Gate, keeper: Keeper) -> None:
    @router.post("/confirm")
    async def confirm(request: Request) -> Response:
        session, given = await sent_form(request, gate)
        staged = keeper.staged(given.get("token", ""))
        try:
            row = await run_in_threadpool(keeper.confirm, session.who, staged.token, given)
        except (UsageError, CorpusError) as error:
            told = [str(error), *_remarks(staged, assistant.documents)]
            kept = {name: given[name] for name in _editable(given)}
            return shown(preview_page(session, staged, kept, told),
                         status_of(error))  # fmt: skip
        return moved(desk_url("manage", done=row.doc_id))

    @router.post("/discard")
    async def discard(request: Request) -> Response:
        session, given = await sent_form(request, gate)
        await run_in_threadpool(keeper.discard, session.who, given.get("token", ""))
        return moved(desk_url("manage"))

    @router.post("/edit")
    async def edit(request: Request) -> Response:
        session, given = await sent_form(request, gate)
        doc_id = given.get("id", "")
        document = known(assistant.documents, doc_id)
        try:
            await run_in_threadpool(keeper.correct, session.who, doc_id, given)
        except UsageError as error:
            kept = {name: given[name] for name in _editable(given)}
            page = edit_page(session, document, kept, str(error))
            return shown(page, status_of(error))
        return moved(desk_url("manage", done=doc_id))


async def sent_form(request: Request, gate: Gate) -> tuple[Session, dict[str, str]]:
    """The session and the fields of a form.

    Raises:
        AccessError: as `Gate.checked`.
    """
    async with request.form(max_files=0, max_fields=50) as form:
        given = {name: value for name, value in form.items() if isinstance(value, str)}
    return gate.checked(request.cookies.get(COOKIE), given.get(TOKEN, "")), given


def entrance(gate: Gate, next_: str) -> Response:
    """For whoever is not in: the way in, or that there is none."""
    return shown(closed_page() if gate.is_read_only else login_page(next_))


def known(documents: Mapping[str, Document], doc_id: str) -> Document:
    """
    Raises:
        NotFoundError: no document has this id.
    """
    if doc_id not in documents:
        raise NotFoundError(f"资料库里没有文件“{doc_id[:60]}”，它可能已被移除。")
    return documents[doc_id]


def _remarks(staged: Staged, documents: Mapping[str, Document]) -> list[str]:
    """What a person should look at before confirming."""
    row, told = staged.row, []
    others = [one for one in documents.values() if one.doc_id != staged.target]
    document = row.applied_to(staged.parsed.document)
    for one in others:
        if looks_like(document, one):
            told.append(
                f"看来是摘编《{one.title}》（{one.doc_id}）的正式文件；收录后请在“维护”页打开两者的对照，"
                "核对后由它接替摘编。"
            )
        elif row.doc_no and one.doc_no == row.doc_no and one.title != row.title:
            told.append(f"文号与已收录的《{one.title}》相同，请核对文号。")
        elif row.title and one.title == row.title and one.kind is not Kind.DIGEST:
            told.append(f"已收录同名的文件；若这是新版本，请在“替代的文件”里写上 {one.doc_id}。")
    read = staged.parsed.document
    if (read.expires_on, read.repealed_on) != (row.expires_on, row.repealed_on):
        day = read.expires_on or read.repealed_on
        told.append(f"读到的失效日期 {day} 早于施行或印发日期，未采用。")
    if read.read_certainty < 0.9:
        told.append("读取的把握不高，请对照原件核对文字和条款树。")
    if not (row.issued_on or row.effective_on):
        told.append("没有读到印发或施行日期，请补上；否则不知道它在某一天是否有效。")
    return told


def _editable(given: dict[str, str]) -> list[str]:
    return [name for name in ("doc_id", *(one.name for one in FIELDS)) if name in given]


def _text(value: UploadFile | str | None) -> str:
    return value if isinstance(value, str) else ""
