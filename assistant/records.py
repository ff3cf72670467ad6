"""Records of CONTRACT as JSON-ready dictionaries: one function a record, used by every face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from assistant.schema import Answer, Clause, DefinedTerm, Document, Hit, Reference
from assistant.verdicts import Amount, Combination, Days, Question, Source, Stated, Verdict

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
        "verdicts": [verdict_record(one) for one in answer.verdicts],
        "ask_next": question_record(answer.ask_next),
        "notices": list(answer.notices),
        "writer": answer.writer,
        "intent": answer.intent.value if answer.intent else None,
        "reason": answer.reason,
        "nearest": asdict(answer.nearest) if answer.nearest else None,
        "timings_ms": {name: round(ms, 3) for name, ms in answer.timings_ms.items()},
    }
    if answer.verdicts or answer.ask_next:
        made = answer.combination
        record |= {
            "facts": list(answer.facts),
            "unsure": list(answer.unsure),
            "combination": combination_record(made) if made else None,
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


def hit_record(hit: Hit, state: Record) -> Record:
    """`state` is what its document is called and is on the day."""
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
        **state,
    }


def search_record(
    query: str,
    hits: Sequence[Hit],
    timings_ms: Mapping[str, float],
    states: Mapping[str, Record],
    row_id: str | None = None,
) -> Record:
    """Search output, best hit first; `rank` counts from 1. `states` are those of the documents."""
    record: Record = {} if row_id is None else {"_id": row_id}
    return record | {
        "query": query,
        "hits": [hit_record(hit, states[hit.passage.doc_id]) for hit in hits],
        "timings_ms": {name: round(ms, 3) for name, ms in timings_ms.items()},
    }


def search_error_record(row_id: str | None, query: object, message: str) -> Record:
    """The row of a search that failed: `status` is `error`, `message` says why, no hits."""
    record: Record = {} if row_id is None else {"_id": row_id}
    return record | {
        "query": query if isinstance(query, str) else None,
        "status": "error",
        "message": message,
        "hits": [],
        "timings_ms": {"total": 0.0},
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


def verdict_record(verdict: Verdict) -> Record:
    """A verdict as answers and checks give it."""
    return {
        "benefit": verdict.benefit,
        "name": verdict.name,
        "verdict": verdict.outcome.value,
        "findings": [
            {
                "condition": one.condition,
                "name": one.name,
                "truth": one.truth.word,
                "fact": one.fact,
                "value": one.value,
                "needed": one.needed,
                **_source(one.source),
            }
            for one in verdict.findings
        ],
        "amount": amount_record(verdict.amount) if verdict.amount else None,
        "missing": list(verdict.missing),
        "period": _days(verdict.period),
        "window": _days(verdict.window),
        "near_miss": verdict.near_miss,
        "notices": list(verdict.notices),
        "kind": verdict.kind,
        "frequency": verdict.frequency,
        "certainty": verdict.certainty,
        "route": _stated(verdict.route),
        "materials": _stated(verdict.materials),
        "department": _stated(verdict.department),
    }


def amount_record(amount: Amount) -> Record:
    """In CNY; `value` is null where only bounds are known, `high` where there is none."""
    return {
        "value": _cny(amount.value),
        "unit": "CNY",
        "formula": amount.formula,
        "cap": _cny(amount.cap),
        "low": _cny(amount.low),
        "high": _cny(amount.high),
        "per": amount.per.value,
        "is_soft_cap": amount.is_soft,
        "missing": list(amount.missing),
        "sources": [_source(one) for one in amount.sources],
    }


def combination_record(combination: Combination) -> Record:
    low, high = combination.low, combination.high
    return {
        "benefits": list(combination.benefits),
        "total": {
            "value": _cny(high if low == high else None),
            "unit": "CNY",
            "formula": combination.formula,
            "low": _cny(low),
            "high": _cny(high),
        },
        "left_out": [
            {"benefit": one.benefit, "because": one.because, **_source(one.source)}
            for one in combination.left_out
        ],
        "notices": list(combination.notices),
    }


def question_record(question: Question | None) -> Record | None:
    if question is None:
        return None
    options = list(question.options)
    return {"fact": question.fact, "question": question.question, "options": options}


def _source(source: Source) -> Record:
    return {"clause_id": source.clause_id, "quote": source.quote}


def _stated(stated: Stated | None) -> Record | None:
    if stated is None:
        return None
    source = _source(stated.source) if stated.source else {"clause_id": None, "quote": None}
    return {"text": stated.text, **source}


def _days(days: Days | None) -> Record | None:
    if days is None:
        return None
    source = _source(days.source) if days.source else {"clause_id": None, "quote": None}
    return {"from": _day(days.first), "to": _day(days.last), **source}


def _cny(wan: Decimal | None) -> int | float | None:
    """万元 to 元."""
    if wan is None:
        return None
    yuan = wan * 10_000
    return int(yuan) if yuan == int(yuan) else round(float(yuan), 2)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
