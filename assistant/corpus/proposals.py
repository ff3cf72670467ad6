"""Rows for documents that the manifest does not have yet, for a person to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.corpus.register import (
    Failure,
    Row,
    proposed_row,
    read_register,
    write_register,
)
from assistant.corpus.scan import JSONL, load_source, scan_corpus
from assistant.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Proposal:
    """`rows` are new; `kept` counts those that stood there, untouched."""

    rows: tuple[Row, ...]
    kept: int
    failures: tuple[Failure, ...]


def propose_rows(corpus_dir: Path, max_bytes: int, *, is_written: bool) -> Proposal:
    """What was read from each document without a row; added to the manifest if `is_written`.

    Raises:
        CorpusError: a row of the manifest is broken: it would be lost by writing the rest.
    """
    files, failures = scan_corpus(corpus_dir)
    register = read_register(corpus_dir)
    if register.refused:
        raise CorpusError(f"{register.refused[0].message}改正之前不写入新行。")
    rows = dict(register.rows)
    for file in files:
        if file.path.suffix.lower() != JSONL and file.relative in rows:
            continue
        documents, failed = load_source(file, corpus_dir, max_bytes)
        failures += failed
        for one in documents:
            rows.setdefault(one.document.source, proposed_row(one.document))
    added = tuple(row for source, row in rows.items() if source not in register.rows)
    if added and is_written:
        write_register(corpus_dir, rows)
    return Proposal(added, len(register.rows), tuple(failures))
