"""An optional cross-encoder that reads question and passage together; slow, so only of the first.

Any sentence-transformers `CrossEncoder` by name or folder, chosen by the setting `cross_encoder`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from assistant.schema import Hit

READ = 20
"""Hits that are put in order anew; a transformer takes tens of milliseconds for each on a CPU."""


class Reader:
    """Puts the first hits in the order of the model; imports torch."""

    def __init__(self, name_or_folder: str) -> None:
        from sentence_transformers import CrossEncoder

        try:
            self._model: Any = CrossEncoder(name_or_folder, device="cpu")
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise SettingsError(
                f"排序模型 {name_or_folder} 无法载入：{type(error).__name__}。"
                "请检查设置 cross_encoder 是不是 CrossEncoder 模型的名称或文件夹。"
            ) from error

    def reordered(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """The first `READ` by the model, ties by passage id; the others follow as they were.

        The scores stay where they are: the first is still the ranker's probability that the
        corpus answers, which a cross-encoder's own scale does not tell.
        """
        read, rest = hits[:READ], hits[READ:]
        if not read:
            return []
        pairs = [(question, " ".join([one.passage.title, *one.passage.path, one.passage.text]))
                 for one in read]  # fmt: skip
        marks = self._model.predict(pairs, show_progress_bar=False)
        order = sorted(
            range(len(read)),
            key=lambda at: (-round(float(marks[at]), 6), read[at].passage.passage_id),
        )
        ordered = [
            replace(read[at], score=place.score, rank=place.rank)
            for at, place in zip(order, read, strict=True)
        ]
        return [*ordered, *rest]


@lru_cache(maxsize=2)
def load_cross_encoder(name_or_folder: str) -> Reader:
    """The model that the setting names.

    Raises:
        SettingsError: it is no model that can be loaded.
    """
    if name_or_folder.startswith((".", "/")) and not Path(name_or_folder).is_dir():
        raise SettingsError(f"设置 cross_encoder 指的文件夹 {name_or_folder} 不存在。")
    return Reader(name_or_folder)
