"""Many questions from a JSONL file to a JSONL file; one bad row never stops the rest."""

from __future__ import annotations

import json
import os
import time
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from assistant.answering.turns import parse_history
from assistant.corpus.collection import states_on
from assistant.errors import AssistantError, UsageError
from assistant.pipeline import Assistant
from assistant.records import (
    Record,
    answer_record,
    clause_record,
    error_record,
    links_record,
    search_record,
)
from assistant.schema import Clause

Progress = Callable[[int, int], None]


Failed = Callable[[str | None, object, str], Record]
"""The record of a row that failed, from its id, its text and the reason."""


def failed_answer(row_id: str | None, text: object, message: str) -> Record:
    """In the shape of an answer."""
    return error_record(row_id, text, message, date.today())


def run_batch(
    rows_path: Path,
    output: Path,
    answer: Callable[[Any], Record],
    progress: Progress,
    failed: Failed = failed_answer,
) -> int:
    """Write a row a question, in order; returns how many. `output` appears when all is done.

    Raises:
        UsageError: the input cannot be read or the output cannot be written, or they are one file.
    """
    if output.exists() and rows_path.exists() and output.samefile(rows_path):
        raise UsageError(f"--output 与 --input 是同一个文件 {output}，会盖掉问题；请另起一个名字。")
    try:
        lines = [line for line in rows_path.read_bytes().split(b"\n") if line.strip()]
    except OSError as error:
        raise UsageError(f"无法读取 {rows_path}：{error.strerror}。请检查 --input。") from error
    fresh = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with fresh.open("w", encoding="utf-8") as stream:
            for done, line in enumerate(lines, start=1):
                stream.write(json.dumps(_row(line, answer, failed), ensure_ascii=False) + "\n")
                progress(done, len(lines))
        fresh.replace(output)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise UsageError(f"无法写入 {output}：{error.strerror}。请换一个 --output。") from error
    return len(lines)


def _row(line: bytes, answer: Callable[[Any], Record], failed: Failed) -> Record:
    try:
        row = json.loads(line.removeprefix(BOM_UTF8).decode("utf-8"))
        json.dumps(row, ensure_ascii=False).encode("utf-8")  # half a character cannot be written
    except RecursionError:
        return failed(None, None, "这一行的 JSON 嵌套过深。")
    except ValueError as error:
        return failed(None, None, f"这一行不是 UTF-8 的 JSON：{error}。")
    try:
        if not isinstance(row, dict):
            raise UsageError("这一行应是一个 JSON 对象。")
        return answer(row)
    except AssistantError as error:
        known = row if isinstance(row, dict) else {}
        row_id = known.get("_id")
        return failed(None if row_id is None else str(row_id), known.get("text"), str(error))


def asker(assistant: Assistant, as_of: date | None) -> Callable[[Any], Record]:
    """Answers a row `{"_id", "text", "history"?, "as_of"?}`."""

    def answer(row: Any) -> Record:
        made = assistant.ask(
            _asked(row),
            profile=row.get("profile"),
            as_of=parse_day(row["as_of"]) if row.get("as_of") else as_of,
            history=parse_history(row.get("history")),
        )
        return answer_record(made, row_id(row))

    return answer


def searcher(assistant: Assistant, k: int, as_of: date | None) -> Callable[[Any], Record]:
    """Searches for a row `{"_id", "text", "as_of"?}`."""

    def search(row: Any) -> Record:
        words = _asked(row)
        day = parse_day(row["as_of"]) if row.get("as_of") else as_of or date.today()
        return found(assistant, words, k, day, row_id(row))

    return search


def found(
    assistant: Assistant, words: str, k: int | None, day: date, name: str | None = None
) -> Record:
    """What a search finds, with what each document is on the day."""
    begin = time.perf_counter()
    hits = assistant.search(words, k)
    timings = {"total": (time.perf_counter() - begin) * 1000}
    states = states_on(assistant.documents, (hit.passage.doc_id for hit in hits), day)
    return search_record(words, hits, timings, states, name)


def hit_words(hit: Record) -> str:
    """A hit as the terminal shows it: where it stands and what that is worth, and its words."""
    where = " > ".join(hit["clause_path"])
    named = f"《{hit['doc_title']}》（{hit['force_label']}）"
    return f"{hit['rank']}. {hit['score']:.3f}  {named}{where}\n    {hit['text']}"


def parse_day(words: object) -> date:
    """
    Raises:
        UsageError: it is no day such as 2026-11-22.
    """
    try:
        return date.fromisoformat(str(words))
    except ValueError as error:
        raise UsageError(f"日期 {words!r} 无效，请写成 2026-11-22 这样。") from error


def _asked(row: dict[str, Any]) -> str:
    text = row.get("text")
    if not isinstance(text, str):
        raise UsageError("这一行应是含 _id 和 text 的 JSON 对象。")
    return text


def row_id(row: dict[str, Any]) -> str | None:
    return str(row["_id"]) if "_id" in row else None


def outline_rows(assistant: Assistant, doc_id: str) -> Iterator[tuple[int, str, str]]:
    """(depth, clause id, heading or first words) of each clause of a document."""
    depth: dict[str | None, int] = {None: -1}
    document = assistant.documents[doc_id]
    for clause in assistant.clauses_of(doc_id):
        depth[clause.clause_id] = depth[clause.parent_id] + 1
        own = document.text[clause.start : clause.own_end].strip().replace("\n", " ")
        words = clause.heading or (own if len(own) <= 30 else f"{own[:30]}…") or document.title
        yield depth[clause.clause_id], clause.clause_id, words


def clause_row(assistant: Assistant, clause: Clause, day: date) -> Record:
    """A clause with its neighbours, its references and the defined terms in it, and what its
    document is on the day.
    """
    document = assistant.documents[clause.doc_id]
    before, after = assistant.neighbours(clause)
    return {
        **clause_record(clause, document),
        "doc_no": document.doc_no,
        **states_on(assistant.documents, [clause.doc_id], day)[clause.doc_id],
        "before": before.clause_id if before else None,
        "after": after.clause_id if after else None,
        **links_record(*assistant.links(clause)),
    }


def clause_line(row: Record) -> str:
    """One line for a list of clauses: document, path and id."""
    number = f"（{row['doc_no']}）" if row["doc_no"] else ""
    named = f"《{row['doc_title']}》{number}（{row['force_label']}）"
    return f"{named}{' > '.join(row['clause_path'])}  [{row['clause_id']}]"


def clause_words(row: Record) -> str:
    """A clause in full, as the terminal shows it."""
    lines = [
        clause_line(row),
        row["text"].rstrip(),
        f"前：{row['before'] or '无'}  后：{row['after'] or '无'}",
    ]
    lines += [
        f"引用：{one['words']} → {one['clause_id'] or '不在资料库中'}" for one in row["references"]
    ]
    lines += [f"定义：{one['term']} → {one['clause_id']}" for one in row["defined_terms"]]
    return "\n".join(lines)
