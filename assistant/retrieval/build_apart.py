"""A build in a process of its own, for a server: it holds the interpreter for seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from assistant.corpus import Failure
from assistant.errors import (
    AssistantError,
    CorpusError,
    IndexFolderError,
    SettingsError,
    StoreError,
)
from assistant.retrieval.store import BuildReport, build_index
from assistant.settings import PACKAGE_DIR, PREFIX, Settings

_NEEDED = {
    "corpus_dir", "index_dir", "state_dir", "embedder", "embedder_kwargs", "max_file_bytes",
    "build_workers", "store", "store_uri", "store_timeout_s",
}  # fmt: skip
_ERRORS = {one.__name__: one for one in (CorpusError, IndexFolderError, SettingsError, StoreError)}


def build_apart(settings: Settings) -> BuildReport:
    """As `build_index`; answers in this process are not slowed down.

    Raises:
        CorpusError, IndexFolderError: as `build_index`, or the process ended before its time.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    paths = [str(PACKAGE_DIR.parent), kept.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-m", "assistant.retrieval.build_apart"],
        input=_told(settings), capture_output=True, check=False,
        encoding="utf-8", env=kept | {"PYTHONPATH": os.pathsep.join(filter(None, paths)),
                                      "PYTHONUTF8": "1"},
    )  # fmt: skip
    try:
        made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise IndexFolderError(
            f"更新索引的进程异常中止（退出码 {done.returncode}），原来的索引照常使用；"
            "请运行 assistant index 查看原因。"
        ) from error
    if "error" in made:
        raise _ERRORS.get(made["error"], IndexFolderError)(made["message"])
    for name in ("failures", "remarks"):
        made[name] = tuple(Failure(**one) for one in made[name])
    return BuildReport(**made)


def _told(settings: Settings) -> str:
    """What the build needs to know; the token goes through a pipe, not the environment."""
    told = settings.model_dump(mode="json", include=_NEEDED)
    if settings.store_token is not None:
        told["store_token"] = settings.store_token.get_secret_value()
    return json.dumps(told)


def main() -> None:
    """Settings from stdin, the report as the last line of stdout."""
    settings = Settings.model_validate_json(sys.stdin.read())
    try:
        made = asdict(build_index(settings))
    except AssistantError as error:
        made = {"error": type(error).__name__, "message": str(error)}
    sys.stdout.write(f"\n{json.dumps(made, ensure_ascii=False)}\n")


if __name__ == "__main__":
    main()
