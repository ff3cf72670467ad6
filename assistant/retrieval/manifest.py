"""What an index was built from; the file whose replacement swaps a new index in."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.chunking import CHUNKER
from assistant.errors import IndexFolderError, IndexStaleError
from assistant.files import replace_file
from assistant.retrieval.embedder import Embedder
from assistant.retrieval.lexical import LEXICAL
from assistant.retrieval.tokenizer import tokenizer_name
from assistant.retrieval.vectors import SIGNS_NAME
from assistant.schema import SCHEMA_VERSION, Passage
from assistant.settings import PACKAGE_DIR

MANIFEST = "manifest.json"
_GENERATION = re.compile(r"gen-\d{1,9}-[0-9a-f]{12}")
_SEGMENT = re.compile(r"seg-\d{1,9}-[0-9a-f]{12}")
_PARSING = ("text.py", "corpus/*.py", "chunking.py", "parsing/**/*.py")
_NAMES = {
    "schema": "程序版本",
    "parser": "解析程序",
    "chunker": "切分方式",
    "tokenizer": "分词方式",
    "embedder": "向量模型（embedder）",
    "corpus_dir": "语料文件夹",
    "sources": "语料文件（sources）",
    "store": "向量库（store）",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How documents become an index. A field that differs makes an index stale."""

    schema: str
    parser: str
    chunker: str
    tokenizer: str
    embedder: str


def present_recipe(embedder: Embedder) -> Recipe:
    """That of the installed program and the configured embedder."""
    return Recipe(
        schema=SCHEMA_VERSION,
        parser=_parser_digest(),
        chunker=CHUNKER,
        tokenizer=f"{tokenizer_name()} {LEXICAL}",
        embedder=f"{embedder.name} {EMBEDDED} {SIGNS_NAME}",
    )


EMBEDDED = "title+path+text"


def embedded_text(passage: Passage) -> str:
    """What the vector of a passage stands for; `EMBEDDED` names this choice."""
    return " ".join([passage.title, *passage.path, passage.text])


@dataclass(frozen=True, slots=True)
class Manifest:
    """Written when a generation is complete, and not before."""

    schema: str = ""
    parser: str = ""
    chunker: str = ""
    tokenizer: str = ""
    embedder: str = ""
    corpus_dir: str = ""
    generation: str = ""
    store: str = ""
    """Where the segments are searched: `local`, or an engine with its address."""
    segments: tuple[str, ...] = ()
    """Folders of the generation, in order."""
    sources: dict[str, str] = field(default_factory=dict)
    """By file, relative to the corpus folder: its sha256, and a digest of its manifest rows."""
    counts: dict[str, int] = field(default_factory=dict)
    failed_rows: dict[str, str] = field(default_factory=dict)
    """Files and rows that could not be read and why: a build that takes a file over says so of its
    rows, too, and the desk lists them."""

    def check(
        self, recipe: Recipe, corpus_dir: str, sources: dict[str, str], store: str
    ) -> None:
        """
        Raises:
            IndexStaleError: naming each field that differs and the command that rebuilds.
        """
        now = {**asdict(recipe), "corpus_dir": corpus_dir, "sources": sources, "store": store}
        changed = [_NAMES[name] for name, value in now.items() if getattr(self, name) != value]
        if changed:
            raise IndexStaleError(
                f"索引已过时，{'、'.join(changed)}与建索引时不同；请运行 assistant index 更新。"
            )


def read_manifest(index_dir: Path) -> Manifest | None:
    """The manifest of an index folder; None where there is no index yet.

    A field that an older program did not write is empty, so the index is stale, not corrupt.

    Raises:
        IndexFolderError: it is there and cannot be read.
    """
    path = index_dir / MANIFEST
    try:
        values = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _damaged(path) from error
    if not isinstance(values, dict):
        raise _damaged(path)
    known = {name: values[name] for name in Manifest.__slots__ if name in values}
    segments = known.get("segments", [])
    if not isinstance(segments, list):
        raise _damaged(path)
    manifest = Manifest(**known | {"segments": tuple(segments)})
    if not _is_sound(manifest):
        raise _damaged(path)
    return manifest


def write_manifest(index_dir: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step: readers see the old index or the new one."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, sort_keys=True, indent=1)
    replace_file(index_dir / MANIFEST, text.encode())


def _is_sound(manifest: Manifest) -> bool:
    def is_map(value: Any, kind: type) -> bool:
        return isinstance(value, dict) and all(isinstance(one, kind) for one in value.values())

    values = [value for value in asdict(manifest).values() if not isinstance(value, dict | tuple)]
    return (
        all(isinstance(one, str) for one in values)
        and all(_SEGMENT.fullmatch(str(one)) for one in manifest.segments)
        and _GENERATION.fullmatch(manifest.generation) is not None
        and is_map(manifest.sources, str)
        and is_map(manifest.counts, int)
        and is_map(manifest.failed_rows, str)
    )


def _damaged(path: Path) -> IndexFolderError:
    return IndexFolderError(f"索引清单 {path} 已损坏；请运行 assistant index 重建。")


@lru_cache(maxsize=1)
def _parser_digest() -> str:
    """Of the code between a file and its passages: mended code makes old indexes stale."""
    digest = hashlib.sha256()
    for pattern in _PARSING:
        for path in sorted(PACKAGE_DIR.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
