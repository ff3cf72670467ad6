"""The process that reads one file: `python -m assistant.intake.worker '{"path": …}'`."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.errors import CorpusError
from assistant.parsing import parse_file
from assistant.retrieval.codec import to_row


def main(given: dict[str, Any]) -> None:
    """Limit this process, read the file, write what came of it where the parent looks for it."""
    limit_process(given)
    path = Path(given["path"])
    result: dict[str, object]
    try:
        parsed = parse_file(
            path, corpus_dir=path.parent, doc_id=given["doc_id"], max_bytes=given["file_bytes"]
        )
        result = {"parsed": to_row(parsed)}
    except (CorpusError, MemoryError) as error:
        # A reader takes an error of its library for a broken file, this one included.
        is_memory = isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError)
        words = f"文件 {path.name} 读取时超出内存上限，未读取；请拆分后再传。"
        result = {"error": words if is_memory else str(error)}
    Path(given["made"]).write_text(json.dumps(result, ensure_ascii=False), "utf-8")


def limit_process(given: Mapping[str, Any]) -> None:
    """From here on this process has no more than it was given; what it starts, neither."""
    for kind, most in (
        (resource.RLIMIT_AS, given["memory_bytes"]),
        (resource.RLIMIT_CPU, given["seconds"]),
        (resource.RLIMIT_FSIZE, given["written_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
