"""Any llama-index embedding as an embedder of ours, by the dotted path of its class."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding


class LlamaIndexEmbedder:
    """A llama-index embedding as our `Embedder`."""

    def __init__(self, embedding: BaseEmbedding) -> None:
        self._embedding = embedding
        self.name = f"llama-index:{embedding.class_name()}:{embedding.model_name}"
        """Class and model, for the manifest: another one makes an index stale."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns: float32 [len(texts), dim], each row of length 1 (0 for a zero vector)."""
        return _unit_rows(self._embedding.get_text_embedding_batch(list(texts)))

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns: float32 [len(texts), dim], each row of length 1 (0 for a zero vector)."""
        return _unit_rows([self._embedding.get_query_embedding(text) for text in texts])


def _unit_rows(vectors: list[list[float]]) -> NDArray[np.float32]:
    if not vectors:
        return np.zeros((0, 0), dtype=np.float32)
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def load_llama_index(dotted: str, kwargs: Mapping[str, Any]) -> LlamaIndexEmbedder:
    """
    Raises:
        SettingsError: there is no such class, it is no embedding, or it refuses the arguments.
    """
    from llama_index.core.base.embeddings.base import BaseEmbedding

    module, _, name = dotted.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"设置 embedder 指向的 {dotted} 无法导入；请检查拼写，并安装对应的 llama-index 包。"
        ) from error
    if not (isinstance(found, type) and issubclass(found, BaseEmbedding)):
        raise SettingsError(f"设置 embedder 指向的 {dotted} 不是 llama-index 的 Embedding 类。")
    try:
        return LlamaIndexEmbedder(found(**kwargs))
    except (TypeError, ValueError, OSError) as error:
        names = "、".join(sorted(kwargs)) or "无"
        raise SettingsError(
            f"用 embedder_kwargs（{names}）无法建立 {dotted}"
            f"（{type(error).__name__}）；请检查参数。"
        ) from None  # the arguments may hold a key
