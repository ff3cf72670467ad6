"""What the corpus holds and which level of writer and embedder is active, for the first screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.schema import Clause, Document, Level
from assistant.settings import SHIPPED_EMBEDDER, Settings

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

PLAN_TITLE = "宝山区促进生物医药产业高质量发展行动方案"

PLAN_EXAMPLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "企业",
        (
            "到2026年要培育多少家高新技术企业？",
            "我们做细胞和基因治疗，罗店园区适合吗？",
            "建设概念验证平台有什么支持？",
        ),
    ),
    (
        "工作人员",
        (
            "第12项的原文是什么？",
            "人才引育方面有哪些措施？",
            "这份方案现在生效了吗？",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the empty state says."""

    documents: tuple[Document, ...]
    clause_count: int
    passage_count: int
    built_on: str | None
    """Day of the index, ISO."""
    writer: str
    embedder: str
    examples: tuple[tuple[str, tuple[str, ...]], ...]
    """(audience, questions), three questions each."""
    max_question_chars: int


def overview_of(assistant: Assistant) -> Overview:
    documents = tuple(sorted(assistant.documents.values(), key=lambda document: document.doc_id))
    return Overview(
        documents=documents,
        clause_count=len(assistant.clauses),
        passage_count=len(assistant.index.passages),
        built_on=_built_on(assistant.settings.index_dir),
        writer=writer_words(assistant.settings),
        embedder=embedder_words(assistant.settings),
        examples=examples_for(assistant, documents),
        max_question_chars=assistant.settings.max_question_chars,
    )


def _built_on(index_dir: Path) -> str | None:
    """The manifest is replaced when an index is swapped in, so its own day is that of the index."""
    try:
        built_at = (index_dir / "manifest.json").stat().st_mtime
    except OSError:
        return None
    return date.fromtimestamp(built_at).isoformat()


def writer_words(settings: Settings) -> str:
    """What writes the answers, for a reader who has never heard of a model."""
    if settings.has_llm:
        return f"大模型（{settings.llm_model or settings.llm_class}），逐句核对"
    return "摘录原文（不用大模型）"


def embedder_words(settings: Settings) -> str:
    if settings.embedder == SHIPPED_EMBEDDER:
        return "词语＋随附的语义模型"
    return f"词语＋{settings.embedder}"


def examples_for(
    assistant: Assistant, documents: tuple[Document, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Questions that this corpus can answer; made from its headings when it is not the plan."""
    if any(document.title.startswith(PLAN_TITLE) for document in documents):
        return PLAN_EXAMPLES
    if not documents:
        return ()
    first = documents[0]
    headings = [clause for clause in assistant.clauses_of(first.doc_id) if _is_askable(clause)][:3]
    topics = tuple(f"{_topic(clause)}有哪些规定？" for clause in headings)
    wordings = tuple(f"{_address(clause)}的原文是什么？" for clause in headings[:2])
    return tuple(
        (audience, questions)
        for audience, questions in (
            ("企业", topics),
            ("工作人员", (*wordings, f"《{first.title}》现在有效吗？")),
        )
        if questions
    )


def _is_askable(clause: Clause) -> bool:
    return clause.level not in (Level.DOCUMENT, Level.TITLE) and 4 <= len(_topic(clause)) <= 24


def _topic(clause: Clause) -> str:
    return clause.heading.removeprefix(clause.number).strip(" 　、.．:：")


def _address(clause: Clause) -> str:
    return f"“{clause.heading}”"
