"""The routes below `/check/table`: a template, an upload, its progress and its workbook."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from assistant.errors import UsageError
from assistant.tables.reading import MAX_FILE_BYTES
from assistant.tables.template import write_template
from assistant.ui.check.frame import CHECK, problem_page
from assistant.ui.check.render_table import TABLE, job_page, upload_page
from assistant.ui.check.routes import XLSX, download
from assistant.ui.check.table_jobs import TableJobs
from assistant.ui.desk.http import DeskRoute, moved, shown
from assistant.ui.desk.routes import DeskQuery

if TYPE_CHECKING:
    from assistant.pipeline import Assistant


class TableRoute(DeskRoute):
    """An upload takes time and space of the server, so it must come from a page of its own."""

    problem = staticmethod(problem_page)


def table_router(assistant: Assistant, jobs: TableJobs) -> APIRouter:
    """Not part of the public API."""
    router = APIRouter(prefix=f"{CHECK}/table", include_in_schema=False, route_class=TableRoute)

    @router.get("")
    def start(query: Annotated[DeskQuery, Query()]) -> Response:
        return shown(upload_page(query.on))

    @router.get("/template")
    def template(query: Annotated[DeskQuery, Query()]) -> Response:
        raw = write_template(assistant.entitlements.rules(), query.on)
        return download(raw, "企业情况表.xlsx", XLSX)

    @router.post("")
    async def upload(request: Request) -> Response:
        try:
            async with request.form(max_files=1, max_fields=5, max_part_size=2000) as form:
                file, words = form.get("file"), form.get("day")
                if not isinstance(file, UploadFile) or not file.filename:
                    raise UsageError("没有收到完整的文件；请重新选择后再传。")
                day = DeskQuery.model_validate({"day": words}).on
                token = await run_in_threadpool(jobs.start, file.filename, file.file, day)
        except ClientDisconnect as error:
            raise UsageError("上传中断，没有留下任何内容；请重新上传。") from error
        except ValueError as error:
            raise UsageError("判断的日期应为 2026-11-22 这样。") from error
        except HTTPException as error:
            if error.status_code != 413:
                raise
            size = MAX_FILE_BYTES // 1_000_000
            words = f"表格超过 {size} MB，未收取；请删去图片和空行，或分成几个表格再传。"
            return shown(problem_page(words), 413)
        return moved(f"{TABLE}/{token}")

    @router.get("/{token}")
    def job(token: str) -> Response:
        return shown(job_page(jobs.job(token)))

    @router.get("/{token}/result")
    def result(token: str) -> Response:
        raw = jobs.result(token)
        return download(raw, f"资格判断结果_{date.today().isoformat()}.xlsx", XLSX)

    @router.post("/{token}/delete")
    def delete(token: str) -> Response:
        jobs.delete(token)
        return moved(TABLE)

    return router
