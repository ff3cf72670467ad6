"""The commands about benefits: `check` decides them, `rules` checks and drafts the rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assistant import checking
from assistant.batch import parse_day
from assistant.cli import tables
from assistant.cli.console import AsJson, AsOf, Input, errors, print_json, run_batch
from assistant.eligibility.checks import Check, check_record, open_rules
from assistant.eligibility.checks import check as decide
from assistant.errors import UsageError
from assistant.settings import load_settings
from assistant.truth import Truth
from assistant.verdicts import Outcome, Verdict

rules = typer.Typer(help="核对待遇规则，或从文件拟出规则草稿。", no_args_is_help=True)

RulesDir = Annotated[
    Path | None, typer.Option("--rules", help="规则文件夹：facts.yaml、benefits/ 和所引文件")
]
_LABELS = {
    Outcome.ELIGIBLE: "符合",
    Outcome.UNDETERMINED: "还缺信息",
    Outcome.INELIGIBLE: "不符合",
}
_MARKS = {Truth.TRUE: "√", Truth.FALSE: "×", Truth.UNKNOWN: "？"}


def check(
    profile: Annotated[
        str | None, typer.Option("--profile", help="企业情况：JSON 或 YAML 文件，或一段话")
    ] = None,
    input_path: Input = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="企业情况表 XLSX，一行一家；结论写入 --output")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="写出待填的企业情况表 XLSX")
    ] = None,
    pack: Annotated[
        Path | None, typer.Option("--pack", help="把一家企业的依据写成 XLSX 或 DOCX")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", help="结果写入的文件")] = None,
    as_of: AsOf = None,
    rules_dir: RulesDir = None,
    as_json: AsJson = False,
) -> None:
    """判断一家企业能拿哪些补贴：符合、不符合，还是还缺什么；每个条件附条款原文。"""
    day = parse_day(as_of) if as_of else None
    settings = load_settings(rules_dir=rules_dir)
    found = open_rules(settings)
    ways = {"--profile": profile, "--input": input_path, "--table": table, "--template": template}
    _check_one_of(ways)
    if pack is not None and profile is None:
        raise UsageError("--pack 写的是一家企业的依据，请用 --profile 给出这家企业的情况。")
    if input_path is not None:
        run_batch(input_path, output, checking.checker(found, settings, day))
        return
    day = day or date.today()
    if template is not None:
        tables.make_template(found, template, day)
        return
    if table is not None:
        tables.check_table(found, table, output, day, as_json=as_json)
        return
    told = checking.read_given(profile or "", found, day)
    made = checking.with_quoted(decide(found, told, day), found, settings)
    record = check_record(made)
    if pack is not None:
        tables.make_pack(made, settings, pack)
    if output is not None:
        _write(output, json.dumps(record, ensure_ascii=False, indent=2) + "\n")
        errors.print(f"已写入：{output}")
    elif as_json:
        print_json(record)
    elif pack is None:
        for line in _report(made):
            typer.echo(line)


@rules.command("check")
def check_rules(rules_dir: RulesDir = None, as_json: AsJson = False) -> None:
    """核对每条规则：条款和引文在不在语料里，数字在不在引文里，事实认不认识，日期有没有重叠。"""
    found, problems = checking.rule_problems(load_settings(rules_dir=rules_dir))
    if as_json:
        listed = [
            {"file": one.file, "where": one.where, "key": one.key, "message": one.message}
            for one in problems
        ]
        print_json({"benefits": len(found.benefits), "problems": listed})
    else:
        for one in problems:
            typer.echo(str(one))
        state = f"有 {len(problems)} 处要改" if problems else "全部通过"
        typer.echo(f"核对 {len(found.benefits)} 项待遇、{len(found.claims)} 处引文：{state}。")
    if problems:
        raise typer.Exit(1)


@rules.command("draft")
def draft_rules(
    doc: Annotated[str, typer.Argument(help="文件 id")],
    rules_dir: RulesDir = None,
) -> None:
    """从一份文件的“对…给予…最高不超过…”拟出规则草稿，由人核对后放入 benefits/。"""
    drafted = checking.draft(load_settings(rules_dir=rules_dir), doc)
    if not drafted:
        errors.print(f"{doc} 里没有找到金额的句子。")
        return
    typer.echo("# 草稿，由程序按句式拟出：条件、比例的基数和日期须由人补全，核对后再用。")
    typer.echo(drafted, nl=False)


def _check_one_of(ways: Mapping[str, object]) -> None:
    given = [flag for flag, value in ways.items() if value is not None]
    if len(given) != 1:
        raise UsageError(f"{'、'.join(ways)} 要给出恰好一个，现有：{'、'.join(given) or '没有'}。")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"无法写入 {path}：{error.strerror}。请换一个 --output。") from error


def _report(made: Check) -> list[str]:
    lines = [f"提示：{one}" for one in made.notices]
    for outcome, label in _LABELS.items():
        listed = [one for one in made.verdicts if one.outcome is outcome]
        lines += ["", f"【{label}】{len(listed)} 项"] if listed else []
        for verdict in listed:
            lines += _verdict_lines(verdict)
    combination = made.combination
    if combination.benefits:
        names = {one.benefit: one.name for one in made.verdicts}
        taken = "、".join(names[one] for one in combination.benefits)
        lines += ["", f"可以同时享受：{taken}", f"合计：{combination.formula or '无金额'}"]
        lines += [f"未选“{names[one.benefit]}”：{one.because}" for one in combination.left_out]
        lines += [f"提示：{one}" for one in combination.notices]
    if made.ask_next is not None:
        options = "、".join(made.ask_next.options)
        lines += ["", f"下一个问题：{made.ask_next.question}（{options}）"]
    return lines


def _verdict_lines(verdict: Verdict) -> list[str]:
    lines = [f"{verdict.name}  [{verdict.benefit}]"]
    for one in verdict.findings:
        own = f"，现为 {one.value}" if one.value else ""
        lines.append(f"  {_MARKS[one.truth]} {one.name}：{one.needed}{own}")
        lines.append(f"      “{one.source.quote}”[{one.source.clause_id}]")
    if verdict.amount is not None:
        lines.append(f"  金额：{verdict.amount.formula}")
    applying = (verdict.department, verdict.route, verdict.materials)
    if verdict.outcome is not Outcome.INELIGIBLE and any(applying):
        lines.append(f"  申报：{'；'.join(one.text for one in applying if one)}")
    if verdict.near_miss is not None:
        lines.append(f"  还差：{verdict.near_miss}")
    return lines + [f"  提示：{one}" for one in verdict.notices]
