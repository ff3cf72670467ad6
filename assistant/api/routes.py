"""The routes of the contract. They block, so FastAPI runs each of them in its thread pool."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from assistant import __version__, batch, records
from assistant.answering.turns import parse_history
from assistant.api.bodies import QuestionBody, json_only
from assistant.api.checking import add_checking
from assistant.api.comparing import add_comparing
from assistant.api.guard import Guard
from assistant.api.problems import handle_problems
from assistant.batch import parse_day
from assistant.corpus.collection import list_documents, listed_on, listed_record, states_on
from assistant.errors import NotFoundError
from assistant.settings import PACKAGE_DIR

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.schema import Clause

STATIC_DIR = PACKAGE_DIR / "ui" / "static"


def create_app(assistant: Assistant) -> FastAPI:
    """The API without the web app; `ui.app.mount` adds that to it."""
    app = FastAPI(
        title="政策知识助手",
        description='按条款原文回答的政策问答接口。出错时返回 {"error": {"code", "message"}}。',
        version=__version__,
        docs_url=None,
        redoc_url=None,
    )
    handle_problems(app)
    app.add_middleware(Guard, max_file_bytes=assistant.settings.max_file_bytes)
    app.mount("/ui/static", StaticFiles(directory=STATIC_DIR), name="ui-static")
    _add_questions(app, assistant)
    add_checking(app, assistant)
    _add_documents(app, assistant)
    add_comparing(app, assistant)
    _add_service(app, assistant)
    return app


def _add_questions(app: FastAPI, assistant: Assistant) -> None:
    json_body = [Depends(json_only)]

    @app.post("/api/ask", summary="提问，得到带引用的答复", dependencies=json_body)
    def ask(body: QuestionBody) -> dict[str, Any]:
        answer = assistant.ask(
            body.asked(),
            profile=body.profile,
            as_of=body.as_of,
            history=parse_history(body.history),
        )
        return records.answer_record(answer, body.id_text())

    @app.post("/api/search", summary="检索段落，不作答", dependencies=json_body)
    def search(body: QuestionBody) -> dict[str, Any]:
        day = body.as_of or date.today()
        return batch.found(assistant, body.asked(), body.k, day, body.id_text())


def _add_documents(app: FastAPI, assistant: Assistant) -> None:
    @app.get("/api/documents", summary="全部文件")
    def documents(as_of: str | None = None) -> dict[str, Any]:
        day = parse_day(as_of) if as_of else date.today()
        listed = list_documents(assistant.documents, day)
        ordered = sorted(listed, key=lambda one: one.document.doc_id)
        return {"as_of": day.isoformat(), "documents": [listed_record(one) for one in ordered]}

    @app.get("/api/documents/{doc_id:path}", summary="一份文件：全文与条款")
    def document(doc_id: str, as_of: str | None = None) -> dict[str, Any]:
        found = assistant.documents.get(doc_id)
        if found is None:
            gone = assistant.gone(doc_id)
            words = f"资料库里没有文件“{doc_id}”；全部文件见 /api/documents。"
            raise NotFoundError(gone.told if gone else words)
        clauses = assistant.clauses_of(doc_id)
        day = parse_day(as_of) if as_of else date.today()
        return {
            **listed_record(listed_on(assistant.documents, doc_id, day)),
            **records.document_record(found, with_text=True),
            "clauses": [records.clause_record(clause, found) for clause in clauses],
        }

    @app.get("/api/clauses/{address:path}", summary="一个条款，按编号或地址（三（二）8）")
    def clause(
        address: Annotated[str, "id or address"], as_of: str | None = None
    ) -> dict[str, Any]:
        day = parse_day(as_of) if as_of else date.today()
        return _clause_with_neighbours(assistant, _one_clause(assistant, address), day)


def _add_service(app: FastAPI, assistant: Assistant) -> None:
    @app.get("/healthz", summary="服务状态")
    def health() -> dict[str, Any]:
        settings = assistant.settings
        return {
            "status": "ok",
            "version": __version__,
            "documents": len(assistant.documents),
            "passages": len(assistant.index.passages),
            "generation": assistant.index.manifest.generation,
            "writer": f"llm:{settings.llm_model or settings.llm_class}"
            if settings.has_llm
            else "extractive",
            "embedder": settings.embedder,
        }

    @app.get("/docs", include_in_schema=False)
    def docs() -> FileResponse:
        # FastAPI's own page loads its script from a CDN.
        return FileResponse(STATIC_DIR / "docs.html", media_type="text/html")

    @app.api_route(
        "/api/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        include_in_schema=False,
    )  # fmt: skip
    def nothing_here(path: str) -> None:
        # Without this route the web app, mounted at /, would answer in its own way.
        known = path.partition("/")[0] in (
            "ask", "search", "check", "documents", "clauses", "phrase", "diff",
        )  # fmt: skip
        raise HTTPException(405 if known else 404)


def _one_clause(assistant: Assistant, address: str) -> Clause:
    """
    Raises:
        NotFoundError: no clause, or several, and then their ids.
    """
    exact = assistant.clauses.get(address)
    found = [exact] if exact is not None else assistant.find_clauses(address)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(f"没有找到条款“{address}”；条款编号见 /api/documents/{{id}}。")
    ids = "、".join(clause.clause_id for clause in found[:5])
    raise NotFoundError(f"“{address}”对应 {len(found)} 个条款，请指明其一：{ids}。")


def _clause_with_neighbours(assistant: Assistant, clause: Clause, day: date) -> dict[str, Any]:
    document = assistant.documents[clause.doc_id]
    ids = [other.clause_id for other in assistant.clauses_of(clause.doc_id)]
    at = ids.index(clause.clause_id)
    return {
        **records.clause_record(clause, document),
        **states_on(assistant.documents, [clause.doc_id], day)[clause.doc_id],
        **records.links_record(*assistant.links(clause)),
        "document": records.document_record(document),
        "previous_id": ids[at - 1] if at > 0 else None,
        "next_id": ids[at + 1] if at + 1 < len(ids) else None,
    }
