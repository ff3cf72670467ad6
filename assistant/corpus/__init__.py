"""The corpus: which files there are, what their manifest says, and what is in force on a day."""

from assistant.corpus.register import Failure
from assistant.corpus.scan import (
    JSONL,
    SAME_ID,
    SourceFile,
    load_source,
    parse_row,
    read_rows,
    remarks_on,
    scan_corpus,
)

__all__ = [
    "JSONL",
    "SAME_ID",
    "Failure",
    "SourceFile",
    "load_source",
    "parse_row",
    "read_rows",
    "remarks_on",
    "scan_corpus",
]
