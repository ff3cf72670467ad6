"""An answer and its citations as plain text, for the clipboard."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.schema import Answer, Citation, Document
from assistant.ui.wording import doc_status


def quotation(citation: Citation, document: Document | None = None) -> str:
    """One citation as officials write it: 《…》（文号，送审稿）三、重点任务 › …：“…”."""
    status = doc_status(citation.doc_status, document).words
    remarks = "，".join(filter(None, (citation.doc_no, status)))
    path = " › ".join(citation.clause_path)
    return f"《{citation.doc_title.strip('《》')}》（{remarks}）{path}：“{citation.quote.strip()}”"


def clipboard_text(answer: Answer, documents: Mapping[str, Document]) -> str:
    """The answer, then its citations by number, then its notices; ends without a line break."""
    lines = [answer.text]
    if answer.citations:
        lines += ["", "依据："]
        lines += [
            f"[{citation.n}] {quotation(citation, documents.get(citation.doc_id))}"
            for citation in answer.citations
        ]
    if answer.notices:
        lines += ["", *(f"注：{notice}" for notice in answer.notices)]
    return "\n".join(lines)
