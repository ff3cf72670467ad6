"""The routes for staff programs: every place of a phrase, and two versions clause by clause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import FastAPI, Query

from assistant.diffing import diff_record
from assistant.errors import NotFoundError
from assistant.records import Record
from assistant.retrieval.concordance import Found
from assistant.schema import Document
from assistant.versions import Kind

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

Only = Annotated[list[Kind], Query(description="只要这类变化，可多次")]


def add_comparing(app: FastAPI, assistant: Assistant) -> None:
    @app.get("/api/phrase", summary="词句出现的每一处：逐字（phrase），或各词同在一条（words）")
    def phrase(
        q: Annotated[str, Query(description="要找的词句；比对时不计空格、全半角和繁简")],
        mode: Literal["phrase", "words"] = "phrase",
        doc: Annotated[str | None, Query(description="只在这份文件里找")] = None,
        most: Annotated[int, Query(ge=1, le=1000, description="每份文件最多列几处")] = 20,
    ) -> dict[str, Any]:
        now = assistant.snapshot()
        if doc is not None and doc not in now.documents:
            raise NotFoundError(f"资料库里没有文件“{doc}”；全部文件见 /api/documents。")
        find = now.find_phrase if mode == "phrase" else now.find_words
        found = find(q, None if doc is None else {doc}, most)
        return {
            "q": q,
            "mode": mode,
            "total": sum(one.count for one in found),
            "documents": [found_record(one, now.documents[one.doc_id]) for one in found],
        }

    @app.get("/api/diff", summary="逐条比较两份文件：未变、修改、移动、拆分、合并、新增、删除")
    def diff(
        a: Annotated[str, Query(description="旧版的文件 id")],
        b: Annotated[str, Query(description="新版的文件 id")],
        only: Only = [],  # noqa: B006  FastAPI copies it
    ) -> dict[str, Any]:
        return diff_record(assistant.snapshot().diff(a, b), only, None)


def found_record(found: Found, document: Document) -> Record:
    """How often the words stand in a document, and the first places; `text` is the exact span."""
    return {
        "doc_id": document.doc_id,
        "title": document.title,
        "doc_no": document.doc_no,
        "count": found.count,
        "places": [
            {
                "clause_id": place.clause.clause_id,
                "clause_path": list(place.clause.path),
                "spans": [
                    {"start": start, "end": end, "text": document.text[start:end]}
                    for start, end in place.spans
                ],
            }
            for place in found.places
        ],
    }
