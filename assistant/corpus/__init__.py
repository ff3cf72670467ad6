"""The corpus: which files there are, what their manifest says, and what is in force on a day."""

from assistant.corpus.register import Failure
from assistant.corpus.scan import JSONL, SourceFile, load_source, remarks_on, scan_corpus

__all__ = ["JSONL", "Failure", "SourceFile", "load_source", "remarks_on", "scan_corpus"]
