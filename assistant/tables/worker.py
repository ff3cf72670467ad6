"""The process that decides one table: `python -m assistant.tables.worker '{"path": …}'`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from assistant.eligibility.loading import Rules, load_rules
from assistant.errors import AssistantError
from assistant.files import replace_file
from assistant.intake.worker import limit_process
from assistant.tables.firms import FirmVerdicts, decide_firms
from assistant.tables.reading import Table, TableProblem, read_table
from assistant.tables.workbook import write_firms
from assistant.verdicts import Outcome

RESULT, REPORT, PROGRESS = "result.xlsx", "report.json", "progress.json"
"""What it leaves in its folder; the report comes last."""
PROBLEMS_SHOWN = 200
"""The workbook has them all."""
_EVERY = 20
"""Firms between two notes of the progress."""


def main(given: dict[str, Any]) -> None:
    """Limit this process, decide the table, leave the workbook and a report in the folder."""
    limit_process(given)
    folder, day = Path(given["folder"]), date.fromisoformat(given["day"])
    report: dict[str, Any]
    try:
        rules = load_rules(Path(given["rules_dir"]))
        raw = Path(given["path"]).read_bytes()
        table = read_table(raw, given["name"], rules.definitions, day)
        counts = {outcome.value: 0 for outcome in Outcome}
        decided = _followed(rules, table, day, (folder, counts))
        made, problems = write_firms(rules, table, decided, day)
        replace_file(folder / RESULT, made)
        report = {
            "firms": len(table.firms), "benefits": len(rules.benefits), "sheet": table.sheet,
            "ignored": list(table.ignored[:50]), "counts": counts,
            "problem_count": len(problems),
            "problems": [_row(one) for one in problems[:PROBLEMS_SHOWN]],
        }  # fmt: skip
    except AssistantError as error:
        report = {"error": str(error)}
    except MemoryError:
        report = {"error": "表格判断时超出内存上限，未完成；请分成几个表格再传。"}
    _leave(folder / REPORT, report)


def _followed(
    rules: Rules, table: Table, day: date, told: tuple[Path, dict[str, int]]
) -> Iterator[FirmVerdicts]:
    folder, counts = told
    total = len(table.firms)
    for done, one in enumerate(decide_firms(rules, table, day)):
        if done % _EVERY == 0:
            _leave(folder / PROGRESS, {"done": done, "total": total})
        for outcome in Outcome:
            counts[outcome.value] += one.count(outcome)
        yield one
    _leave(folder / PROGRESS, {"done": total, "total": total})


def _row(one: TableProblem) -> dict[str, str]:
    return {"cell": one.cell, "firm": one.firm, "column": one.column, "words": one.words,
            "message": one.message}  # fmt: skip


def _leave(path: Path, record: dict[str, Any]) -> None:
    replace_file(path, json.dumps(record, ensure_ascii=False).encode("utf-8"))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
