"""An index that is there and up to date: built on first use, again where it is stale."""

from __future__ import annotations

from assistant.errors import IndexStaleError
from assistant.retrieval.manifest import read_manifest
from assistant.retrieval.store import PolicyIndex, Progress, build_index, open_index, own_corpus
from assistant.settings import Settings


def open_current_index(settings: Settings, progress: Progress | None = None) -> PolicyIndex:
    """The index, built on first use and brought up to date when stale.

    Raises:
        CorpusError, IndexFolderError, SettingsError: as `build_index` and `open_index`.
    """
    if read_manifest(settings.index_dir) is None:
        build_index(settings, progress)
    try:
        return open_index(settings)
    except IndexStaleError:
        build_index(own_corpus(settings), progress)  # never over the index of another corpus
        return open_index(settings)
