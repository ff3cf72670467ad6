"""Where the quotations of rules stand: in the index, else in the folder of the rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from assistant.corpus.force import statuses_on
from assistant.corpus.quoted import read_documents
from assistant.errors import CorpusError
from assistant.parsing import ParsedDocument
from assistant.schema import Clause, DocStatus, Document
from assistant.ui.desk.frame import desk_url
from assistant.ui.markup import Html, el
from assistant.ui.parts import badge
from assistant.ui.wording import doc_status
from assistant.verdicts import Source

if TYPE_CHECKING:
    from assistant.pipeline import Assistant


class Places:
    """Documents that are not indexed are read once, when first quoted."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._read: dict[str, ParsedDocument] = {}
        self._sought: set[str] = set()

    def parsed(self, doc_ids: Collection[str]) -> Mapping[str, ParsedDocument]:
        """By id; what is nowhere is left out."""
        now = self._assistant
        missing = {one for one in doc_ids if one not in now.documents} - self._sought
        if missing:
            settings = now.settings
            try:
                found = read_documents(settings.rules_dir, missing, settings.max_file_bytes)
            except CorpusError:
                found = {}  # rules without the documents that they quote
            self._read |= found
            self._sought |= missing
        made = {
            one: ParsedDocument(now.documents[one], now.clauses_of(one))
            for one in doc_ids
            if one in now.documents
        }
        return made | {one: self._read[one] for one in doc_ids if one in self._read}

    def place(self, source: Source, day: date) -> Html | None:
        """《title》 › clause path, what the document is on the day, and a link to the desk."""
        doc_id = source.clause_id.partition("__")[0]
        parsed = self.parsed([doc_id]).get(doc_id)
        clause = _clause(parsed, source.clause_id) if parsed else None
        if parsed is None or clause is None:
            return None
        document = parsed.document
        path = [one for one in clause.path if one != document.title]
        is_indexed = source.clause_id in self._assistant.clauses
        return el(
            "cite",
            f"《{document.title}》",
            f"{document.doc_no} " if document.doc_no else None,
            " › ".join(path), " ",
            *(badge(doc_status(one, document)) for one in self._statuses(document, day)),
            el("a", "看条款", href=desk_url(clause=source.clause_id, day=day))
            if is_indexed else None,
        )  # fmt: skip

    def _statuses(self, document: Document, day: date) -> tuple[DocStatus, ...]:
        documents = {**self._assistant.documents, document.doc_id: document}
        every = statuses_on(documents, {document.doc_id}, day)[document.doc_id]
        return tuple(one for one in every if one is not DocStatus.IN_FORCE)


def _clause(parsed: ParsedDocument, clause_id: str) -> Clause | None:
    return next((one for one in parsed.clauses if one.clause_id == clause_id), None)
