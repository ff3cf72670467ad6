"""An answer and its citations as plain text, for the clipboard."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.corpus.collection import Listed
from assistant.corpus.force import Force
from assistant.corpus.notices import LABELS
from assistant.schema import Answer, Citation, Clause, Document, Kind
from assistant.ui.wording import doc_status
from assistant.versions.labels import cited_place


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


def clause_citation(listed: Listed, clause: Clause) -> str:
    """A clause as officials cite it: 《…》（文号）第五条第二款; what is not in force says so."""
    document, force = listed.document, listed.standing.force
    words = document.status_words if force is Force.DRAFT else None
    remarks = [
        document.doc_no,
        None if force is Force.IN_FORCE else words or LABELS[force],
        "摘编，非官方原文" if document.kind is Kind.DIGEST else None,
    ]
    told = "，".join(filter(None, remarks))
    title = document.title.strip("《》")
    return f"《{title}》{f'（{told}）' if told else ''}{cited_place(clause)}"
