"""Records of CONTRACT as JSON-ready dictionaries: one function a record, used by every face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from assistant.schema import Answer, Clause, DefinedTerm, Document, Hit, Reference

Record = dict[str, Any]


def answer_record(answer: Answer, row_id: str | None = None) -> Record:
    """The answer as `assistant ask --json` and `POST /api/ask` give it."""
    record: Record = {} if row_id is None else {"_id": row_id}
    record |= {
        "question": answer.question,
        "as_of": answer.as_of.isoformat(),
        "status": answer.status.value,
        "text": answer.text,
        "citations": [
            {
                **asdict(citation),
                "doc_status": citation.doc_status.value,
                "clause_path": list(citation.clause_path),
            }
            for citation in answer.citations
        ],
        "verdicts": [],
        "ask_next": None,
        "notices": list(answer.notices),
        "writer": answer.writer,
        "intent": answer.intent.value if answer.intent else None,
        "reason": answer.reason,
        "nearest": asdict(answer.nearest) if answer.nearest else None,
        "timings_ms": {name: round(ms, 3) for name, ms in answer.timings_ms.items()},
    }
    return record


def error_record(row_id: str | None, question: object, message: str, as_of: date) -> Record:
    """The row of a question that could not be answered: `status` is `error`, the rest is empty."""
    record: Record = {} if row_id is None else {"_id": row_id}
    return record | {
        "question": question if isinstance(question, str) else None,
        "as_of": as_of.isoformat(),
        "status": "error",
        "text": message,
        "citations": [],
        "verdicts": [],
        "ask_next": None,
        "notices": [],
        "writer": "extractive",
        "intent": None,
        "reason": "error",
        "nearest": None,
        "timings_ms": {},
    }


def hit_record(hit: Hit) -> Record:
    passage = hit.passage
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "doc_id": passage.doc_id,
        "passage_id": passage.passage_id,
        "clause_ids": list(passage.clause_ids),
        "clause_path": list(passage.path),
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
    }


def search_record(
    query: str, hits: Sequence[Hit], timings_ms: Mapping[str, float], row_id: str | None = None
) -> Record:
    """Search output, best hit first; `rank` counts from 1."""
    record: Record = {} if row_id is None else {"_id": row_id}
    return record | {
        "query": query,
        "hits": [hit_record(hit) for hit in hits],
        "timings_ms": {name: round(ms, 3) for name, ms in timings_ms.items()},
    }


def document_record(document: Document, *, with_text: bool = False) -> Record:
    """Metadata of a document; with `text` and the layout that was dropped when asked for."""
    record: Record = {
        "doc_id": document.doc_id,
        "title": document.title,
        "short_titles": list(document.short_titles),
        "doc_no": document.doc_no,
        "issuer": "、".join(document.issuers) or None,
        "issuers": list(document.issuers),
        "region": document.region,
        "tier": document.tier.value if document.tier else None,
        "topics": list(document.topics),
        "kind": document.kind.value,
        "status": document.status.value,
        "status_words": document.status_words,
        "issued_on": _day(document.issued_on),
        "amended_on": _day(document.amended_on),
        "effective_on": _day(document.effective_on),
        "expires_on": _day(document.expires_on),
        "repealed_on": _day(document.repealed_on),
        "replaces": list(document.replaces),
        "replaced_by": list(document.replaced_by),
        "plan_period": list(document.plan_period) if document.plan_period else None,
        "source": document.source,
        "sha256": document.sha256,
        "url": document.url,
        "read_how": document.read_how,
        "read_certainty": document.read_certainty,
        "read_why": document.read_why,
        "fetched_on": _day(document.fetched_on),
        "certainty": document.certainty,
        "note": document.note,
    }
    if with_text:
        record |= {"text": document.text, "dropped": list(document.dropped)}
    return record


def clause_record(clause: Clause, document: Document) -> Record:
    """A clause with its own text (`own_text`) and the text of all below it (`text`)."""
    return {
        "clause_id": clause.clause_id,
        "doc_id": clause.doc_id,
        "level": clause.level.value,
        "number": clause.number,
        "heading": clause.heading,
        "clause_path": list(clause.path),
        "start": clause.start,
        "own_end": clause.own_end,
        "end": clause.end,
        "parent_id": clause.parent_id,
        "own_text": document.text[clause.start : clause.own_end],
        "text": document.text[clause.start : clause.end],
    }


def links_record(references: Sequence[Reference], terms: Sequence[DefinedTerm]) -> Record:
    """What a clause refers to and which defined terms it uses, beside its own record."""
    return {
        "references": [asdict(one) for one in references],
        "defined_terms": [asdict(one) for one in terms],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
