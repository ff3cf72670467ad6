"""The documents that rules quote, read from their folder; no index is needed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from assistant.corpus import load_source, scan_corpus
from assistant.parsing import ParsedDocument


def read_documents(
    folder: Path, wanted: Collection[str], max_bytes: int
) -> dict[str, ParsedDocument]:
    """The documents of these ids, by id; what is not there is left out.

    Raises:
        CorpusError: the folder has no documents.
    """
    files, _ = scan_corpus(folder)
    found: dict[str, ParsedDocument] = {}
    for file in files:
        if file.doc_id in wanted:
            documents, _ = load_source(file, folder, max_bytes)
            found |= {one.document.doc_id: one for one in documents}
    return found
