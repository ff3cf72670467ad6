"""The index on disk, opened: documents, clauses, passages and search over them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path

from assistant.corpus import scan_corpus
from assistant.errors import IndexFolderError
from assistant.retrieval.assembly import Progress
from assistant.retrieval.building import (
    BuildReport,
    build_index,
    readable_manifest,
    resolved,
    sources_of,
)
from assistant.retrieval.concordance import Concordance
from assistant.retrieval.cross_encoder import READ, load_cross_encoder
from assistant.retrieval.embedder import Embedder, load_embedder
from assistant.retrieval.engines import (
    Engine,
    dense_leg,
    open_engine,
    store_name,
    words_leg,
)
from assistant.retrieval.generation import Generation
from assistant.retrieval.held_out import HeldOutRetriever
from assistant.retrieval.manifest import MANIFEST, Manifest, present_recipe, read_manifest
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tokenizer import query_tokens
from assistant.retrieval.views import Clauses, Documents, Passages, Rows, damaged
from assistant.schema import Clause, Document, Hit
from assistant.settings import Settings

__all__ = ["BuildReport", "PolicyIndex", "Progress", "build_index", "open_index", "own_corpus"]


class PolicyIndex:
    """An opened generation. Immutable: a later build does not change it."""

    def __init__(
        self,
        index_dir: Path,
        manifest: Manifest,
        model: str,
        engine: Engine | None = None,
        cross_encoder: str | None = None,
    ) -> None:
        """`engine`: where passages are searched; the files of the index, unless given.

        Raises:
            IndexFolderError: a file of the generation is missing or damaged.
        """
        self.manifest = manifest
        self._index_dir = index_dir
        self._model = model
        self._engine = engine
        self._cross_encoder = cross_encoder
        self._stamp = _stamp(index_dir)
        try:
            self._generation = Generation(index_dir, manifest)
            self._lexical = self._generation.lexical()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise damaged(index_dir) from error
        self._rows = Rows(self._generation, index_dir)
        self._documents = Documents(self._generation, index_dir)
        self.documents: Mapping[str, Document] = self._documents
        self.clauses: Mapping[str, Clause] = Clauses(self._documents, manifest.counts["clauses"])
        self.passages = Passages(self._generation, self._rows)

    @cached_property
    def retriever(self) -> Retriever:
        """Both legs; for measuring them one by one."""
        return Retriever(
            self._rows,
            self._lexical,
            dense_leg(self._generation, self._engine),
            self._model,
            words_leg(self._generation, self._lexical, self._engine),
        )

    def seen_by(self, embedder: Embedder) -> Retriever:
        """The search with another embedder, all passages encoded anew: for measuring."""
        return HeldOutRetriever(self._rows, self._lexical, embedder)

    @cached_property
    def concordance(self) -> Concordance:
        """Every place of a word or phrase, where `search` gives the best ones."""
        return Concordance(self.documents, self.clauses_of)

    def clauses_of(self, doc_id: str) -> tuple[Clause, ...]:
        """The clauses of a document in document order."""
        return tuple(self._documents.clauses_by_id(doc_id).values())

    def document_frequency(self, token: str) -> int:
        """In how many passages a token of the tokenizer stands."""
        return self._lexical.document_frequency(token)

    def search(self, text: str, k: int, doc_ids: Collection[str] | None = None) -> list[Hit]:
        """The k best passages, best first, rank from 1; of some documents only, if given.

        Raises:
            IndexFolderError: the vectors are missing or corrupt.
            SettingsError: the cross-encoder that settings name cannot be loaded.
        """
        if not query_tokens(text):
            return []  # no word and no number; a vector of punctuation would be near anything
        if self._cross_encoder is None:
            return self.retriever.search(text, k, doc_ids)
        hits = self.retriever.search(text, max(k, READ), doc_ids)
        return load_cross_encoder(self._cross_encoder).reordered(text, hits)[:k]

    def is_current(self) -> bool:
        """Whether no newer generation has been swapped in; asked at every question."""
        stamp = _stamp(self._index_dir)
        if stamp == self._stamp:
            return True
        manifest = read_manifest(self._index_dir)
        if manifest is None or manifest.generation != self.manifest.generation:
            return False
        self._stamp = stamp
        return True


def open_index(settings: Settings, *, may_lag: bool = False) -> PolicyIndex:
    """The newest generation; with `may_lag` though documents came or went since it was built.

    Raises:
        IndexFolderError: there is no index, or it is corrupt.
        StoreError: the configured engine cannot be reached.
        IndexStaleError: another corpus, chunker, tokenizer or embedder is configured now.
    """
    manifest = read_manifest(settings.index_dir)
    if manifest is None:
        raise IndexFolderError(
            f"文件夹 {settings.index_dir} 里没有索引；请运行 assistant index 建立。"
        )
    corpus_dir, sources = manifest.corpus_dir, manifest.sources
    wanted = own_corpus(settings)
    if _names_corpus(wanted) and wanted.corpus_dir.is_dir():
        corpus_dir = resolved(wanted.corpus_dir)
        sources = sources if may_lag else sources_of(scan_corpus(wanted.corpus_dir)[0])
    recipe = present_recipe(load_embedder(settings.embedder_spec))
    manifest.check(recipe, corpus_dir, sources, store_name(settings))
    return PolicyIndex(
        settings.index_dir,
        manifest,
        settings.embedder_spec,
        open_engine(settings),
        settings.cross_encoder,
    )


def own_corpus(settings: Settings) -> Settings:
    """With the corpus that the index was built from, unless settings name one.

    `assistant ask --index DIR` is about the documents of DIR, not about the default corpus.
    """
    manifest = readable_manifest(settings.index_dir)
    if _names_corpus(settings) or manifest is None or not Path(manifest.corpus_dir).is_dir():
        return settings
    return settings.model_copy(update={"corpus_dir": Path(manifest.corpus_dir)})


def _names_corpus(settings: Settings) -> bool:
    return "corpus_dir" in settings.model_fields_set


def _stamp(index_dir: Path) -> tuple[int, int] | None:
    try:
        found = (index_dir / MANIFEST).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
