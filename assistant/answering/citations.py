"""Quotes located exactly, and answer texts cut into statements with their [n] marks."""

from __future__ import annotations

import re

from assistant.errors import CitationError
from assistant.schema import Citation, Clause, Document, Evidence

MARK = re.compile(r"\[(\d{1,3})\](?!\s*\d*\s*号)")
"""A citation mark. 国发[2021]1号 and 国发[99]1号 are numbers of documents, not marks."""

_SPACED_MARK = re.compile(r"[ \t]*" + MARK.pattern)

QUOTES = {"“": "”", "‘": "’", "《": "》", "「": "」", "『": "』", "〈": "〉", '"': '"'}
"""Inside these nothing is cut: a quoted clause may hold sentences of its own."""

STOPS = "。！？!?"
CLOSERS = '”’》」』〉）)】"'
CONTINUES = "，,、；;：:的和与及或等而都均—…"
"""After a closed quote that ends in 。, one of these says that the sentence goes on."""


def cite(clause: Clause, document: Document, quote: str, n: int) -> Citation:
    """Locate `quote` in `clause`, verbatim; its first occurrence counts.

    Raises:
        CitationError: the clause does not contain the quote. A near miss is a miss:
            十八周岁 is not 十六周岁.
    """
    _check_owner(clause, document)
    start = document.text.find(quote, clause.start, clause.end)
    if not quote.strip() or start < 0:
        raise CitationError(
            f"《{document.title}》{_name(clause)}中没有“{quote}”这句原文，一字之差也不算；"
            f"请核对引文。"
        )
    return _citation(clause, document, start, start + len(quote), n)


def citation_of(evidence: Evidence, n: int) -> Citation:
    """The whole evidence as citation `n`, its quote read again from the canonical text.

    Raises:
        CitationError: the span is empty, blank or not within its clause.
    """
    clause, document = evidence.clause, evidence.document
    _check_owner(clause, document)
    inside = clause.start <= evidence.start < evidence.end <= min(clause.end, len(document.text))
    if not inside or not document.text[evidence.start : evidence.end].strip():
        raise CitationError(
            f"引文范围 {evidence.start}–{evidence.end} 不在《{document.title}》{_name(clause)}"
            f"（{clause.start}–{clause.end}）之内；请重建索引后再试。"
        )
    return _citation(clause, document, evidence.start, evidence.end, n)


def marks(statement: str) -> list[int]:
    """Numbers of the citation marks outside quotes, in order, repeats kept.

    >>> marks("方案提到“一地两区”。[2][1]")
    [2, 1]
    """
    quoted = quoted_spans(statement)
    return [
        int(found.group(1))
        for found in MARK.finditer(statement)
        if not any(start <= found.start() < end for start, end in quoted)
    ]


def without_marks(text: str) -> str:
    """`text` with its marks taken out, those in quotes too."""
    return MARK.sub("", text)


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Outermost quoted spans with their quotation marks, end exclusive.

    A quote that is never closed, or closed by another kind, is not one.

    >>> quoted_spans("写明“建成“白名单””。")
    [(2, 11)]
    """
    spans: list[tuple[int, int]] = []
    position = 0
    while position < len(text):
        close = _closing(text, position)
        if close is None:
            position += 1
        else:
            spans.append((position, close + 1))
            position = close + 1
    return spans


def split_statements(text: str) -> list[str]:
    """Sentences and lines, each with the marks that follow it; blank ones left out.

    >>> split_statements("到 2026 年，90 家。[1]另有“甲。乙。”[2]\\n完")
    ['到 2026 年，90 家。[1]', '另有“甲。乙。”[2]', '完']
    """
    return [piece.strip() for piece in statement_pieces(text) if piece.strip()]


def statement_pieces(text: str) -> list[str]:
    """As `split_statements`, but joined the pieces are `text`, to the character."""
    quotes = dict(quoted_spans(text))
    pieces: list[str] = []
    begin = position = 0
    while position < len(text):
        after = quotes.get(position, position + 1)
        if _ends_statement(text, position, after):
            after = _take_marks(text, after)
            pieces.append(text[begin:after])
            begin = after
        position = after
    if begin < len(text):
        pieces.append(text[begin:])
    return pieces


def _closing(text: str, position: int) -> int | None:
    """Index of the mark that closes the quote opened at `position`; None if none does."""
    opening = text[position]
    closing = QUOTES.get(opening)
    if closing is None:
        return None
    if closing == opening:  # straight quotes do not nest, and pair up within a line
        end = text.find(closing, position + 1)
        return end if end >= 0 and "\n" not in text[position:end] else None
    depth = 0
    for index in range(position, len(text)):
        if text[index] == opening:
            depth += 1
        elif text[index] == closing:
            depth -= 1
            if depth == 0:
                return index
    return None


def _ends_statement(text: str, position: int, after: int) -> bool:
    """Whether the character, or the quote, at `[position, after)` closes a statement."""
    following = text[after : after + 1]
    if text[position] == "\n":
        return True
    if following and following in STOPS + CLOSERS:  # ？！ and 。” and 。） end once, at the end
        return False
    if text[position] in STOPS:
        return True
    closes = text[after - 1] in CLOSERS and after >= 2 and text[after - 2] in STOPS
    return closes and not (following and following in CONTINUES)


def _take_marks(text: str, position: int) -> int:
    """End of the marks at `position`, spaces between them, and the stop or line break after."""
    end = position
    while found := _SPACED_MARK.match(text, end):
        end = found.end()
    if end > position and text[end : end + 1] in ("。", "；", ";", "\n"):
        end += 1
    return end


def _citation(clause: Clause, document: Document, start: int, end: int, n: int) -> Citation:
    return Citation(
        n=n,
        doc_id=document.doc_id,
        doc_title=document.title,
        doc_no=document.doc_no,
        doc_status=document.status,
        clause_id=clause.clause_id,
        clause_path=clause.path,
        quote=document.text[start:end],
        start=start,
        end=end,
        url=document.url,
    )


def _check_owner(clause: Clause, document: Document) -> None:
    if clause.doc_id != document.doc_id:
        raise CitationError(
            f"条款 {clause.clause_id} 属于文件 {clause.doc_id}，不属于 {document.doc_id}；"
            f"请核对引文。"
        )


def _name(clause: Clause) -> str:
    return f"“{clause.path[-1]}”" if clause.path else f"条款 {clause.clause_id} "
