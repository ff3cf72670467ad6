"""Rows for documents that the manifest does not have yet, for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable
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
from assistant.transaction import changing


@dataclass(frozen=True, slots=True)
class Proposal:
    """`rows` are new; `kept` counts those that stood there, untouched."""

    rows: tuple[Row, ...]
    kept: int
    failures: tuple[Failure, ...]


def propose_rows(corpus_dir: Path, max_bytes: int) -> Proposal:
    """What was read from each document without a row.

    Raises:
        CorpusError: a row of the manifest is broken: it would be lost by writing the rest.
    """
    files, failures = scan_corpus(corpus_dir)
    known = _sound_rows(corpus_dir)
    found: dict[str, Row] = {}
    for file in files:
        if file.path.suffix.lower() != JSONL and file.relative in known:
            continue
        documents, failed = load_source(file, corpus_dir, max_bytes)
        failures += failed
        for one in documents:
            found.setdefault(one.document.source, proposed_row(one.document))
    added = tuple(row for source, row in found.items() if source not in known)
    return Proposal(added, len(known), tuple(failures))


def add_rows(corpus_dir: Path, state_dir: Path, rows: Iterable[Row]) -> None:
    """Put them in the manifest; a row that a file has got meanwhile stays.

    Raises:
        CorpusError: a row is broken, or another process is changing the corpus for long.
    """
    with changing(state_dir):
        known = _sound_rows(corpus_dir)
        added = {row.file: row for row in rows if row.file not in known}
        if added:
            write_register(corpus_dir, known | added)


def _sound_rows(corpus_dir: Path) -> dict[str, Row]:
    register = read_register(corpus_dir)
    if register.refused:
        raise CorpusError(f"{register.refused[0].message}改正之前不写入新行。")
    return dict(register.rows)
