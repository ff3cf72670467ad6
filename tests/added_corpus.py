"""The shipped corpus with texts that somebody adds, and the assistant on it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from assistant.pipeline import Assistant
from assistant.settings import PACKAGE_DIR, Settings


def open_with(texts: Mapping[str, str], folder: Path) -> Assistant:
    """The assistant on the shipped corpus and these texts, by file name, both below `folder`."""
    corpus = folder / "corpus"
    shutil.copytree(PACKAGE_DIR.parent / "corpus", corpus)
    for name, text in texts.items():
        (corpus / "raw" / name).write_text(text, "utf-8")
    return Assistant.open(
        Settings(corpus_dir=corpus, index_dir=folder / "index", rules_dir=corpus)
    )
