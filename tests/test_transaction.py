"""Several files change together or not at all, at whatever moment the process is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assistant.corpus.register import read_register
from assistant.errors import CorpusError
from assistant.settings import PACKAGE_DIR
from assistant.transaction import PENDING, change_files, changing, finish_changes
from tests.desk_corpus import NEW_TEXT, OLD_TEXT, make_corpus

REPLACING = """
import os, pathlib, shutil, sys
from datetime import datetime, timezone
from pathlib import Path

from assistant.corpus.register import Row
from assistant.intake.filing import Shelf
from assistant.transaction import finish_changes

sys.path.insert(0, sys.argv[1])
from tests.desk_corpus import UPLOAD_TEXT, make_corpus


def act(folder):
    settings = make_corpus(folder)
    staged = folder / "staged"
    staged.write_text(UPLOAD_TEXT, "utf-8")
    shelf = Shelf(settings.corpus_dir, settings.state_dir)
    row = Row(file="new.txt", doc_id="support_2021")
    return lambda: shelf.file(staged, row, datetime.now(timezone.utc), "support_2021.txt")


def killed_at(moment):
    left = [moment]

    def counted(call):
        def counting(*given, **named):
            left[0] -= 1
            if left[0] == 0:
                os._exit(9)
            return call(*given, **named)
        return counting

    for owner, name in ((pathlib.Path, "replace"), (pathlib.Path, "unlink"),
                        (pathlib.Path, "mkdir"), (os, "fsync"), (shutil, "rmtree"),
                        (shutil, "copyfileobj")):
        setattr(owner, name, counted(getattr(owner, name)))


for moment in range(1, 500):
    folder = Path(sys.argv[2]) / str(moment)
    folder.mkdir()
    run = act(folder)
    child = os.fork()
    if child == 0:
        killed_at(moment)
        run()
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
print(moment)
"""


def state_of(corpus: Path) -> str:
    """Whose state the folder is in; fails where it is a mixture."""
    files = {one.name for one in corpus.glob("*.txt")}
    row = next(row for row in read_register(corpus).rows.values() if row.doc_id == "support_2021")
    if "support_2021.txt" in files:
        assert row.file == "support_2021.txt"
        assert row.doc_no == "测府规〔2021〕1号"
        assert (corpus / "support_2021.txt").read_text("utf-8") == OLD_TEXT
        assert "new.txt" not in files
        return "old"
    assert row.file == "new.txt"
    assert "加氢站" in (corpus / "new.txt").read_text("utf-8")
    return "new"


def test_an_upload_killed_at_any_moment_is_done_or_not_begun(tmp_path):
    """Every call that touches the disk is a moment; the next start finishes what was decided."""
    done = subprocess.run(
        [sys.executable, "-c", REPLACING, str(Path(__file__).parent.parent), str(tmp_path)],
        env=dict(os.environ) | {"PYTHONPATH": str(PACKAGE_DIR.parent)},
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    moments = int(done.stdout)

    states = []
    for moment in range(1, moments + 1):
        folder = tmp_path / str(moment)
        finish_changes(folder / "state")
        with changing(folder / "state"):
            pass  # what was not decided is dropped by the next change
        states.append(state_of(folder / "corpus"))
        assert [one.name for one in (folder / "state" / PENDING).iterdir()] == [".lock"]
    assert moments > 20
    assert states == sorted(states, reverse=True)  # old up to the decision, new from there on
    assert set(states) == {"old", "new"}


def test_what_a_person_changed_meanwhile_is_not_written_over(tmp_path):
    settings = make_corpus(tmp_path)
    target = settings.corpus_dir / "support_2021.txt"
    folder = settings.state_dir / PENDING / "half"
    folder.mkdir(parents=True)
    (folder / "0.new").write_text(NEW_TEXT, "utf-8")
    step = {"target": str(target), "new": "0.new", "old": None, "before": "0", "after": "1"}
    (folder / "plan.json").write_text(json.dumps([step]), "utf-8")

    with pytest.raises(CorpusError, match="又被改过"):
        finish_changes(settings.state_dir)
    assert target.read_text("utf-8") == OLD_TEXT


def test_where_one_file_cannot_be_written_none_is(tmp_path):
    """A file stands where the last one needs a folder: found only when it is its turn."""
    first, second, gone = (tmp_path / name for name in ("first", "second", "gone"))
    first.write_text("旧")
    gone.write_text("在")
    second.write_text("文件")

    with changing(tmp_path / "state"), pytest.raises(CorpusError, match="没有作任何改动"):
        change_files(
            tmp_path / "state",
            {first: b"new", gone: None, second / "below": b"new"},
        )
    assert (first.read_text(), gone.read_text(), second.read_text()) == ("旧", "在", "文件")
    assert [one.name for one in (tmp_path / "state" / PENDING).iterdir()] == [".lock"]


def test_changes_wait_for_each_other(tmp_path):
    counter = tmp_path / "counter"
    counter.write_text("0")

    def count() -> None:
        for _ in range(20):
            with changing(tmp_path / "state"):
                change_files(
                    tmp_path / "state", {counter: str(int(counter.read_text()) + 1).encode()}
                )

    threads = [threading.Thread(target=count) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert counter.read_text() == "80"
