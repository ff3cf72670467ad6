"""Two versions of one document, clause by clause: what stayed, changed, moved, came and went."""

from __future__ import annotations

from assistant.versions.changes import Change, Diff, Kind, Mark, Op, Summary
from assistant.versions.diff import diff_documents
from assistant.versions.touched import Touched, touched

__all__ = [
    "Change",
    "Diff",
    "Kind",
    "Mark",
    "Op",
    "Summary",
    "Touched",
    "diff_documents",
    "touched",
]
