"""Text to unit vectors: the shipped static model without torch, or any other model."""

from __future__ import annotations

import hashlib
import json
import logging
import socket
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError
from assistant.settings import LLAMA_INDEX, PACKAGE_DIR, SHIPPED_EMBEDDER
from assistant.text import normal_text

SHIPPED_DIR = PACKAGE_DIR / "models" / "embedder"
MAX_CHARS = 512
BATCH = 1000
MANY = 50
"""Texts from which on a sparse product is worth its start."""


class Embedder(Protocol):
    """Text to unit vectors. Queries and passages may be prompted differently."""

    name: str
    """Names the model and its revision; part of the index manifest."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns: float32 [len(texts), dim], each row of length 1 (or 0 for no known token)."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns: float32 [len(texts), dim], as for passages."""
        ...


class ShippedEmbedder:
    """The mean of one vector a piece; needs tokenizers, safetensors and numpy only."""

    def __init__(self, folder: Path = SHIPPED_DIR) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        weights_path, tokenizer_path = folder / "model.safetensors", folder / "tokenizer.json"
        if not weights_path.is_file() or not tokenizer_path.is_file():
            raise SettingsError(f"随附的向量模型不完整：{folder}；请重新安装本软件。")
        self._weights = load_file(weights_path)["embedding.weight"]
        self._tokenizer = Tokenizer.from_file(str(tokenizer_path))
        self._tokenizer.no_padding()
        self.name = f"{SHIPPED_EMBEDDER}@{_digest(weights_path)}"

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self._weights.shape[1]), dtype=np.float32)
        for begin in range(0, len(texts), BATCH):  # an encoding takes far more room than its ids
            pieces = self._pieces(texts[begin : begin + BATCH])
            rows[begin : begin + BATCH] = (
                _summed_apart(self._weights, pieces)
                if len(pieces) < MANY
                else _summed(self._weights, pieces)
            )
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.where(lengths == 0, 1, lengths)).astype(np.float32)

    encode_queries = encode_passages

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        plain = [normal_text(text)[:MAX_CHARS] for text in texts]
        if len(plain) == 1:  # a question should not wake the threads of a batch
            return [self._tokenizer.encode(plain[0]).ids]
        return [one.ids for one in self._tokenizer.encode_batch_fast(plain)]


def _summed_apart(weights: Any, pieces: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """The vectors of each text's pieces added up in order: float32 [texts, dim]."""
    return np.stack([weights[ids].astype(np.float32).sum(axis=0) for ids in pieces])


def _summed(weights: Any, pieces: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """The same to the bit, ten times as fast; a question must not pay for importing scipy."""
    from scipy.sparse import csr_array

    starts = np.append(0, np.cumsum([len(ids) for ids in pieces]))
    flat = np.fromiter(chain.from_iterable(pieces), dtype=np.int64, count=int(starts[-1]))
    is_used = np.zeros(len(weights), dtype=bool)
    is_used[flat] = True
    place = np.cumsum(is_used) - 1
    ones = np.ones(len(flat), dtype=np.float32)
    counted = csr_array((ones, place[flat], starts), shape=(len(pieces), int(is_used.sum())))
    made: NDArray[np.float32] = counted @ weights[is_used].astype(np.float32)
    return made


class SentenceTransformerEmbedder:
    """Any sentence-transformers model by name or folder; imports torch."""

    def __init__(self, name_or_folder: str) -> None:
        """
        Raises:
            SettingsError: it is no model, or is neither here nor to be had from the hub.
        """
        _refuse_other_folders(name_or_folder)
        from sentence_transformers import SentenceTransformer

        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
        try:
            self._model: Any = SentenceTransformer(
                name_or_folder, device="cpu", local_files_only=not _can_reach_hub()
            )
        except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
            raise SettingsError(
                f"向量模型 {name_or_folder} 无法载入：{type(error).__name__}。"
                "请检查设置 embedder 是不是 sentence-transformers 模型的名称或文件夹，"
                "按名称的要已下载或能连上模型站。"
            ) from error
        folder = Path(name_or_folder)
        revision = _digest(folder / "modules.json") if folder.is_dir() else "hub"
        self.name = f"{name_or_folder}@{revision}"

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(self._model.encode_document, texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(self._model.encode_query, texts)

    def _encode(self, encode: Any, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


def _refuse_other_folders(name: str) -> None:
    """A folder that is no model is said at once, without half a minute of torch before it."""
    folder = Path(name).expanduser()
    is_path = folder.is_dir() or name.startswith(("/", ".", "~")) or name.count("/") > 1
    if is_path and not any((folder / one).is_file() for one in ("modules.json", "config.json")):
        raise SettingsError(
            f"向量模型 {name} 不是模型文件夹（没有 modules.json）；请检查设置 embedder。"
        )


def _can_reach_hub() -> bool:
    """Whether the hub's name is known here: without a network its client retries for minutes."""
    from huggingface_hub.constants import ENDPOINT

    try:
        socket.getaddrinfo(urlsplit(ENDPOINT).hostname, None)
    except OSError:
        return False
    return True


@lru_cache(maxsize=2)
def load_embedder(spec: str) -> Embedder:
    """The embedder that `Settings.embedder_spec` tells.

    Raises:
        SettingsError: it is no model that can be loaded.
    """
    if spec == SHIPPED_EMBEDDER:
        return ShippedEmbedder()
    if spec.startswith(LLAMA_INDEX):
        from assistant.retrieval.llama_embedding import load_llama_index

        dotted, _, kwargs = spec.removeprefix(LLAMA_INDEX).partition(" ")
        return load_llama_index(dotted, json.loads(kwargs or "{}"))
    return SentenceTransformerEmbedder(spec)


@lru_cache(maxsize=8)
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "none"
