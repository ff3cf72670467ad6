"""Thumbs and reasons in SQLite, with what they rate; no trace of who gave them."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from assistant.answering.privacy import mask
from assistant.errors import SettingsError, UsageError
from assistant.schema import Answer

RATINGS = ("up", "down")
MAX_COMMENT_CHARS = 300
_BUSY_TIMEOUT_S = 5.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    token TEXT PRIMARY KEY,
    given_at TEXT NOT NULL,
    rating TEXT NOT NULL CHECK (rating IN ('up', 'down')),
    reason TEXT NOT NULL,
    comment TEXT NOT NULL,
    question TEXT NOT NULL,
    status TEXT NOT NULL,
    answer TEXT NOT NULL,
    clause_ids TEXT NOT NULL,
    writer TEXT NOT NULL
)
"""

_UPSERT = """
INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (token) DO UPDATE SET
    given_at = excluded.given_at, rating = excluded.rating,
    reason = excluded.reason, comment = excluded.comment
"""


@dataclass(frozen=True, slots=True)
class Rating:
    """One opinion of one answer; a second one on the same token replaces the first."""

    token: str
    rating: str
    reason: str = ""
    comment: str = ""


class FeedbackStore:
    """`state_dir/feedback.sqlite`, made on first use; one connection a call, so threads may share.

    The question, the answer and the comment are masked before they are written.
    """

    def __init__(self, state_dir: Path) -> None:
        self._lock = threading.Lock()
        self._path = state_dir / "feedback.sqlite"

    def add(self, given: Rating, question: str, answer: Answer) -> None:
        """
        Raises:
            UsageError: the rating is unknown or the comment too long.
            SettingsError: the state folder cannot be written.
        """
        if given.rating not in RATINGS:
            raise UsageError("评价只能是“有帮助”（up）或“没帮助”（down）。")
        if len(given.comment) > MAX_COMMENT_CHARS:
            raise UsageError(f"补充说明最多 {MAX_COMMENT_CHARS} 字，请删减后再提交。")
        row = (
            given.token,
            datetime.now(timezone.utc).isoformat(timespec="seconds"),
            given.rating,
            _masked(given.reason),
            _masked(given.comment),
            _masked(question),
            answer.status.value,
            _masked(answer.text),
            json.dumps([citation.clause_id for citation in answer.citations], ensure_ascii=False),
            answer.writer,
        )
        # Switching a new file to WAL fails at once when another connection does the same.
        with self._lock, self._connection() as connection, connection:
            connection.execute(_UPSERT, row)

    def count(self) -> dict[str, int]:
        """Ratings by name; zero for those nobody gave."""
        totals = dict.fromkeys(RATINGS, 0)
        if self._path.is_file():
            with self._connection() as connection:
                totals |= dict(
                    connection.execute("SELECT rating, count(*) FROM feedback GROUP BY rating")
                )
        return totals

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute(_SCHEMA)
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(
                f"意见没有保存：{self._path} 无法写入（{error}）。"
                "请检查 state_dir 设置指向的文件夹是否可写、磁盘是否已满。"
            ) from error


def _masked(text: str) -> str:
    """Half a character (a lone surrogate), which SQLite cannot hold, becomes a question mark."""
    return mask(text).encode("utf-8", "replace").decode("utf-8")
