"""`assistant check` with workbooks: a table of firms, the template, the evidence pack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import typer

from assistant.cli.console import bar, errors, print_json
from assistant.corpus.quoted import read_documents
from assistant.eligibility.checks import Check
from assistant.eligibility.loading import Rules
from assistant.errors import UsageError
from assistant.files import replace_file
from assistant.settings import Settings
from assistant.tables.firms import FirmVerdicts, decide_firms
from assistant.tables.pack import Library, pack_sections, sources_of
from assistant.tables.pack_files import pack_docx, pack_xlsx
from assistant.tables.reading import Table, read_table
from assistant.tables.template import write_template
from assistant.tables.workbook import write_firms

_SHOWN_PROBLEMS = 20
_PACKS = {".xlsx": pack_xlsx, ".docx": pack_docx}


def check_table(
    rules: Rules, table_path: Path, output: Path | None, day: date, *, as_json: bool
) -> None:
    """Writes the workbook of verdicts; bad cells are listed and do not stop the rest."""
    output = output or table_path.with_name(f"{table_path.stem}_结论.xlsx")
    _check_suffix(output, "--output", (".xlsx",))
    if output.resolve() == table_path.resolve():
        raise UsageError(f"--output 与 --table 是同一个文件 {output}；请换一个 --output。")
    try:
        raw = table_path.read_bytes()
    except OSError as error:
        raise UsageError(f"无法读取 {table_path}：{error.strerror}。请检查 --table。") from error
    table = read_table(raw, table_path.name, rules.definitions, day)
    made, problems = write_firms(rules, table, _with_bar(rules, table, day), day)
    write(output, made)
    if as_json:
        print_json({
            "output": str(output),
            "as_of": day.isoformat(),
            "firms": len(table.firms),
            "benefits": len(rules.benefits),
            "ignored": list(table.ignored),
            "problems": [
                {"cell": one.cell, "firm": one.firm, "column": one.column,
                 "words": one.words, "message": one.message}
                for one in problems
            ],
        })  # fmt: skip
        return
    for one in problems[:_SHOWN_PROBLEMS]:
        errors.print(str(one))
    if len(problems) > _SHOWN_PROBLEMS:
        errors.print(f"……共 {len(problems)} 处，见“问题”工作表。")
    if table.ignored:
        errors.print(f"没有用到的列：{'、'.join(table.ignored)[:300]}")
    typer.echo(f"已判断 {len(table.firms)} 家企业、{len(rules.benefits)} 项待遇：{output}")


def make_template(rules: Rules, path: Path, day: date) -> None:
    _check_suffix(path, "--template", (".xlsx",))
    write(path, write_template(rules, day))
    errors.print(f"已写入：{path}")


def make_pack(made: Check, settings: Settings, path: Path) -> None:
    _check_suffix(path, "--pack", tuple(_PACKS))
    wanted = {one.clause_id.split("__")[0] for one in sources_of(made)}
    library = Library(read_documents(settings.rules_dir, wanted, settings.max_file_bytes))
    write(path, _PACKS[path.suffix.lower()](pack_sections(made, library), made.day))
    errors.print(f"已写入：{path}")


def write(path: Path, raw: bytes) -> None:
    try:
        replace_file(path, raw)
    except OSError as error:
        raise UsageError(f"无法写入 {path}：{error.strerror}。请换一个位置。") from error


def _with_bar(rules: Rules, table: Table, day: date) -> Iterator[FirmVerdicts]:
    with bar() as shown:
        task = shown.add_task("判断", total=len(table.firms))
        for one in decide_firms(rules, table, day):
            yield one
            shown.advance(task)


def _check_suffix(path: Path, flag: str, known: tuple[str, ...]) -> None:
    if path.suffix.lower() not in known:
        raise UsageError(f"{flag} 应以 {' 或 '.join(known)} 结尾，写的是 {path}。")
