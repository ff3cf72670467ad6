"""What an index was built from; the file whose replacement swaps a new index in."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import IndexFolderError, IndexStaleError

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Fields but the last three must agree with the present settings."""

    schema: str
    chunker: str
    tokenizer: str
    embedder: str
    corpus_dir: str
    generation: str
    sources: dict[str, str]
    """sha256 by file, relative to the corpus folder."""
    counts: dict[str, int]

    def check(self, wanted: Manifest) -> None:
        """
        Raises:
            IndexStaleError: naming each field that differs and the command that rebuilds.
        """
        built, now = asdict(self), asdict(wanted)
        fields = ("schema", "chunker", "tokenizer", "embedder", "corpus_dir", "sources")
        changed = [name for name in fields if built[name] != now[name]]
        if changed:
            raise IndexStaleError(
                f"索引已过时（不同之处：{'、'.join(changed)}）；请运行 assistant index 更新。"
            )


def read_manifest(index_dir: Path) -> Manifest | None:
    """The manifest of an index folder; None where there is no index yet.

    Raises:
        IndexFolderError: it is there and cannot be read.
    """
    path = index_dir / MANIFEST
    if not path.is_file():
        return None
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise IndexFolderError(
            f"索引清单 {path} 已损坏；请删除文件夹 {index_dir} 后运行 assistant index 重建。"
        ) from error


def write_manifest(index_dir: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step: readers see the old index or the new one."""
    path = index_dir / MANIFEST
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    with fresh.open("w", encoding="utf-8") as stream:
        json.dump(asdict(manifest), stream, ensure_ascii=False, sort_keys=True, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
