"""The commands that measure and train: `eval`, `train-…`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress

from assistant.cli.console import (
    AsJson,
    IndexDir,
    bar,
    errors,
    open_assistant,
    print_json,
    progress,
)
from assistant.retrieval.opening import open_current_index
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.evaluation.evaluator import Report
    from assistant.evaluation.training import Exam
    from assistant.retrieval.store import PolicyIndex


def evaluate(
    gold: Annotated[Path, typer.Option("--gold", help="题集文件夹")] = Path("eval/gold"),
    gates: Annotated[Path | None, typer.Option("--gates", help="门槛文件 TOML")] = None,
    baseline: Annotated[Path | None, typer.Option("--baseline", help="基线 JSON")] = None,
    report_dir: Annotated[Path | None, typer.Option("--report", help="报告文件夹")] = None,
    split: Annotated[str, typer.Option("--split", help="题集的一部分；all 是全部")] = "all",
    eligibility: Annotated[
        Path | None,
        typer.Option("--eligibility", help="资格题集文件夹；不写就用题集旁的 eligibility"),
    ] = None,
    index_dir: IndexDir = None,
) -> None:
    """在题集上评测；有门槛未达到时退出码为 1。"""
    from assistant.evaluation import compare, evaluator, report
    from assistant.evaluation.gates import failed_gates, load_gates
    from assistant.evaluation.gold import load_gold

    settings = load_settings(index_dir=index_dir)
    assistant = open_assistant(settings)
    questions = load_gold(gold, assistant.documents, assistant.clauses)
    with bar() as shown:
        task = shown.add_task("作答", total=None)
        result = evaluator.run_evaluation(
            assistant,
            questions,
            split=split,
            progress=lambda done, total: shown.update(task, completed=done, total=total),
        )
    folder = eligibility or gold.parent / "eligibility"
    if eligibility is not None or folder.is_dir():
        result = _with_eligibility(result, settings, folder)
    failed = failed_gates(result, load_gates(gates)) if gates else ()
    comparison = compare.compare(result, compare.load_baseline(baseline)) if baseline else None
    if report_dir is not None:
        for path in report.write_report(report_dir, result, failed, comparison):
            typer.echo(f"报告：{path}")
    typer.echo(report.summary(result))
    for one in failed:
        errors.print(str(one))
    if failed:
        raise typer.Exit(1)


def _with_eligibility(result: Report, settings: Settings, folder: Path) -> Report:
    from assistant.eligibility.checks import open_rules
    from assistant.evaluation.eligibility import measure_eligibility, with_eligibility
    from assistant.evaluation.eligibility_gold import load_eligibility_gold

    rules = open_rules(settings)
    gold = load_eligibility_gold(folder, rules)
    return with_eligibility(result, measure_eligibility(gold, rules, result.split))


def train_reader(
    out_dir: Annotated[Path, typer.Argument(help="模型写到这个文件夹")],
    questions: Annotated[
        list[Path] | None,
        typer.Option("--questions", help="题集文件夹，可给多个；只用其中的 dev 题"),
    ] = None,
    added: Annotated[
        Path | None,
        typer.Option(
            "--added",
            help="另一批文件和问它们的题：含 corpus.jsonl 和 queries.dev.jsonl 的文件夹",
        ),
    ] = None,
    work_dir: Annotated[
        Path, typer.Option("--work", help="--added 的语料和索引放在这个文件夹，可重复使用")
    ] = Path("indexes/training"),
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """训练读题的几个模型，并按出题人分折测量，--added 的题按文件分折（CPU 上几分钟）。"""
    from assistant.evaluation import training
    from assistant.evaluation.added import notice_exams

    settings = load_settings(index_dir=index_dir)
    folders = questions or [Path("eval/reader"), Path("eval/gold")]
    with bar() as shown:
        exams = [_exam(settings, one, shown) for one in folders]
        if added is not None:
            exams += notice_exams(
                added, work_dir / "added",
                lambda corpus, index: open_current_index(
                    load_settings(index_dir=index, corpus_dir=corpus), progress(shown)
                ),
            )  # fmt: skip
        task = shown.add_task("训练", total=None)
        trained = training.train_reader(
            exams,
            progress=lambda done, total: shown.update(task, completed=done, total=total),
        )
    trained.reader.save(out_dir)
    figures = asdict(trained.figures())
    if as_json:
        print_json({name: {"value": value, "n": n} for name, (value, n) in figures.items()})
        return
    for name, (value, n) in figures.items():
        if n:
            typer.echo(f"{name}：{value:.3f}（n={n}，按出题人分折）")
    typer.echo(f"已写入 {out_dir}")


def train_statements(
    out_dir: Annotated[Path, typer.Argument(help="模型写到这个文件夹")],
    gold: Annotated[
        Path, typer.Option("--gold", help="资格题集：statements、training 和 dev 自述")
    ] = Path("eval/eligibility"),
    folds: Annotated[
        bool, typer.Option("--folds", help="另按写作者分折测量，要多花三倍时间")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """训练读企业自述的网络（两核 CPU 上约二十分钟）。"""
    from assistant.eligibility.checks import open_rules
    from assistant.evaluation import statement_training as training
    from assistant.evaluation.eligibility_gold import load_eligibility_gold
    from assistant.evaluation.statement_examples import TrainingText, read_statements

    rules = open_rules(load_settings())
    dev = (one for one in load_eligibility_gold(gold, rules).descriptions if one.split == "dev")
    told = TrainingText(
        read_statements(gold / "statements"),
        load_eligibility_gold(gold / "training", rules).descriptions,
        [*load_eligibility_gold(gold / "training" / "mended", rules).descriptions, *dev],
    )
    figures = {}
    with bar() as shown:
        task = shown.add_task("训练", total=None)

        def show(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total)

        if folds:
            figures = training.by_folds(told, rules, show)
        definitions = {one.fact: one for one in rules.definitions}
        training.train_statements(told, definitions, show).save(out_dir)
    if as_json:
        print_json({name: {"value": value, "n": n} for name, (value, n) in figures.items()})
        return
    for name, (value, n) in figures.items():
        typer.echo(f"{name}：{value:.3f}（n={n}，按写作者分折）")
    typer.echo(f"已写入 {out_dir}")


def _exam(settings: Settings, questions: Path, shown: Progress) -> Exam:
    """The dev questions of a folder on the index of the settings, built if need be."""
    from assistant.evaluation.gold import TUNED, load_gold
    from assistant.evaluation.training import Exam

    index = open_current_index(settings, progress=progress(shown))
    gold = load_gold(questions, index.documents, index.clauses)
    return Exam(index, [one for one in gold.questions if one.split in TUNED])


def train_embedder(
    train_dir: Annotated[Path, typer.Argument(help="含 ncp_pairs.jsonl 和 news.jsonl.gz 的文件夹")],
    out_dir: Annotated[Path, typer.Argument(help="模型写到这个文件夹")],
    benchmark: Annotated[
        Path, typer.Option("--benchmark", help="法条和问法条的题：corpus、queries.dev、qrels.dev")
    ],
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 20240601,
) -> None:
    """训练随附的静态向量模型（CPU 上约十分钟），另写出各折没见过题的模型供 train-ranker 用。"""
    from assistant.retrieval import training

    with bar() as shown:
        training.train_embedder(
            train_dir, benchmark, out_dir, seed=seed, progress=progress(shown)
        )
    typer.echo(f"已写入 {out_dir}")


def train_ranker(
    out_dir: Annotated[Path, typer.Argument(help="模型写到这个文件夹")],
    benchmarks: Annotated[
        list[Path],
        typer.Option("--benchmark", help="含 corpus.jsonl 和 queries.dev.jsonl 的文件夹，可给多个"),
    ],
    questions: Annotated[
        list[Path] | None,
        typer.Option("--questions", help="题集文件夹，可给多个；只用其中的 dev 题"),
    ] = None,
    whole_corpus: Annotated[
        Path, typer.Option("--whole-corpus", help="题集所问的语料文件夹，含摘编")
    ] = Path("corpus"),
    work_dir: Annotated[
        Path, typer.Option("--work", help="训练用的语料和索引放在这个文件夹，可重复使用")
    ] = Path("indexes/training"),
    embedder_folds: Annotated[
        Path | None,
        typer.Option(
            "--embedder-folds",
            help="train-embedder 写出的文件夹：有 qrels 的题用其中没见过该折的模型",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 20260101,
    as_json: AsJson = False,
) -> None:
    """训练检索的排序模型，并按文件、法规或出题人分折测量（CPU 上几分钟，大的语料要先建索引）。"""
    from assistant.evaluation import judged, ranker_exam
    from assistant.evaluation.gold import load_gold
    from assistant.retrieval import ranker_training

    def index_of(name: str, corpus_dir: Path) -> PolicyIndex:
        settings = load_settings(index_dir=work_dir / name / "index", corpus_dir=corpus_dir)
        return open_current_index(settings, progress=report)

    with bar() as shown:
        report = progress(shown)
        sets = []
        for folder in benchmarks:
            judged.lay_out(folder, work_dir / folder.name / "corpus")
            index = index_of(folder.name, work_dir / folder.name / "corpus")
            sets.append(judged.benchmark_set(folder, index, embedder_folds))
        for folder in questions or [Path("eval/gold/digests"), Path("eval/reader")]:
            index = index_of("whole", whole_corpus)
            gold = load_gold(folder, index.documents, index.clauses)
            sets += judged.gold_sets(folder.name, gold.questions, index)
        trained = ranker_training.train_ranker(sets, out_dir, seed=seed, progress=report)
    _show_folds(ranker_exam.figures(trained), as_json=as_json)
    errors.print(f"已写入 {out_dir}")


def _show_folds(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(figures)
        return
    for name, values in figures.items():
        for system in ("bm25", "fused", "ranker"):
            typer.echo(f"{name} {system}：{values[system]}（n={values['n']}，分折）")
