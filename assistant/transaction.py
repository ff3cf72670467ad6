"""Several files changed together: all of them or none, at whatever moment the process is killed.

The new contents and a plan are written aside first; the plan in its place is the decision. What was
decided and not finished is finished by the next one that looks; what was not decided is dropped.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from assistant.errors import CorpusError
from assistant.files import locked, replace_file

PENDING = "pending"
PLAN = "plan.json"
WAIT_S = 20.0
_in_process = threading.Lock()

Content = bytes | Path | None
"""What a file will hold: bytes, a copy of another file, or nothing: it is deleted."""


@contextmanager
def changing(state_dir: Path) -> Iterator[None]:
    """One change of the corpus at a time, whatever was left half done being finished first.

    Raises:
        CorpusError: another process is at it for longer than `WAIT_S`, or a folder cannot be
            written.
    """
    folder = state_dir / PENDING
    with _in_process:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(folder, error) from error
        until = time.monotonic() + WAIT_S
        while True:
            try:
                with locked(folder / ".lock"):
                    _finish(folder)
                    yield
                    return
            except BlockingIOError as error:
                if time.monotonic() > until:
                    raise CorpusError(
                        "另一个进程正在改动资料文件夹，没有作任何改动；请稍后再试。"
                    ) from error
            time.sleep(0.05)


def change_files(state_dir: Path, contents: Mapping[Path, Content]) -> None:
    """Within `changing`: write and delete these files, all or none.

    Raises:
        CorpusError: a folder cannot be written; every file is as it was.
    """
    folder = state_dir / PENDING / uuid4().hex
    try:
        folder.mkdir()
        steps = [
            _step(folder, number, target.absolute(), content)
            for number, (target, content) in enumerate(contents.items())
        ]
        replace_file(folder / PLAN, json.dumps(steps, ensure_ascii=False).encode())
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _unwritable(Path(error.filename or folder), error) from error
    try:
        _carry_out(folder, steps)
    except OSError as error:
        _undo(folder, steps)
        raise _unwritable(Path(error.filename or folder), error) from error


def finish_changes(state_dir: Path) -> None:
    """Finish what a killed process had decided, so that nobody reads half of it.

    Raises:
        CorpusError: as `changing`.
    """
    if any((state_dir / PENDING).glob(f"*/{PLAN}")):
        with changing(state_dir):
            pass


def _finish(pending: Path) -> None:
    for folder in sorted(one for one in pending.iterdir() if one.is_dir()):
        plan = folder / PLAN
        if not plan.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            steps = json.loads(plan.read_text("utf-8"))
            _refuse_conflict(folder, steps)
            _carry_out(folder, steps)
        except OSError as error:
            raise _unwritable(Path(error.filename or folder), error) from error


def _step(folder: Path, number: int, target: Path, content: Content) -> dict[str, str | None]:
    """One file, with what it holds now and will hold, both kept aside."""
    before = _sha256(target)
    if before is not None:
        _copy(target, folder / f"{number}.old")
    made = folder / f"{number}.new"
    if isinstance(content, bytes):
        replace_file(made, content)
    elif content is not None:
        _copy(content, made)
    return {"target": str(target), "new": made.name if content is not None else None,
            "old": f"{number}.old" if before is not None else None,
            "before": before, "after": _sha256(made)}  # fmt: skip


def _refuse_conflict(folder: Path, steps: list[dict[str, str | None]]) -> None:
    """
    Raises:
        CorpusError: a person changed one of the files since; neither version may be lost.
    """
    for step in steps:
        target = Path(str(step["target"]))
        if _sha256(target) not in (step["before"], step["after"]):
            raise CorpusError(
                f"上次的改动中断以后，{target} 又被改过，没有继续；"
                f"请核对后删除文件夹 {folder}（其中的 .new 是要写入的内容）。"
            )


def _carry_out(folder: Path, steps: list[dict[str, str | None]]) -> None:
    for step in steps:
        _put(Path(str(step["target"])), folder / step["new"] if step["new"] else None)
    (folder / PLAN).unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _undo(folder: Path, steps: list[dict[str, str | None]]) -> None:
    """Where even this fails, the plan stays, and the next one that looks goes through with it."""
    try:
        for step in steps:
            _put(Path(str(step["target"])), folder / step["old"] if step["old"] else None)
    except OSError:
        return
    (folder / PLAN).unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _put(target: Path, content: Path | None) -> None:
    """In one step, whether or not it was done before."""
    if content is None:
        with suppress(FileNotFoundError, NotADirectoryError):
            target.unlink()
        return
    if _sha256(target) == _sha256(content):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        _copy(content, fresh)
        fresh.replace(target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _copy(source: Path, target: Path) -> None:
    """On disk when it returns."""
    with source.open("rb") as stream, target.open("wb") as made:
        shutil.copyfileobj(stream, made)
        made.flush()
        os.fsync(made.fileno())


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            digest = hashlib.sha256()
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return digest.hexdigest()


def _unwritable(path: Path, error: OSError) -> CorpusError:
    return CorpusError(
        f"{path} 无法写入（{error.strerror or error}），没有作任何改动；请检查权限和磁盘空间。"
    )
