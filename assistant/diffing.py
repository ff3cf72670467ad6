"""`assistant diff`: which two texts are compared, the JSON record, and the lines on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.text import Text

from assistant.errors import NotFoundError
from assistant.parsing import ParsedDocument, parse_file
from assistant.pipeline import Assistant
from assistant.records import Record
from assistant.retrieval.tokenizer import cut
from assistant.schema import Clause, Level
from assistant.versions import Change, Diff, Kind, Mark, Op, Touched, diff_documents, touched
from assistant.versions.labels import KIND_WORDS, label
from assistant.versions.uses import Use, uses_in_benefits, uses_in_gold

_STYLES = {Op.SAME: "", Op.ADDED: "green", Op.DROPPED: "red strike"}
_BRACKETS = {Op.SAME: ("", ""), Op.ADDED: ("{+", "+}"), Op.DROPPED: ("[-", "-]")}
_LONG = 80
"""Unchanged words in a row that are shortened to their two ends."""

Affected = tuple[Use, Touched]


def compare(old: str, new: str, open_assistant: Callable[[], Assistant]) -> Diff:
    """The diff of two versions, each the path of a file or else the id of a document.

    Raises:
        NotFoundError: neither a file nor a document of the index.
        CorpusError: a file that cannot be read.
    """
    paths = [Path(name) if Path(name).is_file() else None for name in (old, new)]
    assistant = None if all(paths) else open_assistant()
    before, after = (
        parse_file(path, corpus_dir=path.parent) if path else _indexed(name, assistant)
        for name, path in zip((old, new), paths, strict=True)
    )
    return diff_documents(before, after, cut)


def _indexed(name: str, assistant: Assistant | None) -> ParsedDocument:
    if assistant is None or name not in assistant.documents:
        raise NotFoundError(f"{name!r} 既不是文件，也不是已收录的文件 id；请检查路径或 id。")
    return ParsedDocument(assistant.documents[name], assistant.clauses_of(name))


def affected(diff: Diff, gold: Path, benefits: Path) -> tuple[Affected, ...]:
    """Each use of a touched clause, questions first.

    Raises:
        UsageError: as `uses_in_gold`, `uses_in_benefits` and `touched`.
    """
    uses = (*uses_in_gold(gold), *uses_in_benefits(benefits))
    found = {one.clause_id: one for one in touched(diff, (use.clause_id for use in uses))}
    return tuple((use, found[use.clause_id]) for use in uses if use.clause_id in found)


def diff_record(diff: Diff, kinds: Sequence[Kind], uses: Sequence[Affected] | None) -> Record:
    """`assistant diff --json`; `kinds` keeps provisions of these kinds only, all where empty."""
    summary = diff.summary
    record: Record = {
        "old": {"doc_id": diff.old.doc_id, "title": diff.old.title},
        "new": {"doc_id": diff.new.doc_id, "title": diff.new.title},
        "summary": {
            "provisions": {kind.value: count for kind, count in summary.provisions.items()},
            "changes": {kind.value: count for kind, count in summary.changes.items()},
            "old_clauses": summary.old_clauses,
            "new_clauses": summary.new_clauses,
        },
        "changes": [_change_record(one, diff) for one in _kept(diff, kinds)],
    }
    if uses is not None:
        record["touched"] = [
            {
                "source": use.source,
                "name": use.name,
                "clause_id": use.clause_id,
                "kind": one.kind.value,
                "new_ids": list(one.new_ids),
            }
            for use, one in uses
        ]
    return record


def _change_record(change: Change, diff: Diff) -> Record:
    return {
        "kind": change.kind.value,
        "old": [_clause_record(one) for one in change.old],
        "new": [_clause_record(one) for one in change.new],
        "marks": [
            {
                "op": mark.op.value,
                "text": _words(mark, diff),
                "old_start": mark.old_start,
                "old_end": mark.old_end,
                "new_start": mark.new_start,
                "new_end": mark.new_end,
            }
            for mark in change.marks
        ],
        "parts": [_change_record(one, diff) for one in change.parts],
    }


def _clause_record(clause: Clause) -> Record:
    return {
        "clause_id": clause.clause_id,
        "level": clause.level.value,
        "number": clause.number,
        "start": clause.start,
        "own_end": clause.own_end,
        "end": clause.end,
    }


def _kept(diff: Diff, kinds: Sequence[Kind]) -> list[Change]:
    return [one for one in diff.changes if not kinds or one.kind in kinds]


def report(diff: Diff, kinds: Sequence[Kind], uses: Sequence[Affected] | None) -> Iterator[Text]:
    """Lines for people: a summary, then each provision that is not unchanged, or of `kinds`."""
    yield Text(f"旧：《{diff.old.title}》[{diff.old.doc_id}]")
    yield Text(f"新：《{diff.new.title}》[{diff.new.doc_id}]")
    counts = diff.summary.provisions
    yield Text("按条计：" + "，".join(f"{KIND_WORDS[kind]} {counts[kind]}" for kind in Kind))
    for change in _kept(diff, kinds or [kind for kind in Kind if kind is not Kind.UNCHANGED]):
        if (*change.old, *change.new)[0].level is not Level.DOCUMENT:
            yield Text()
            yield from _lines(change, diff, "")
    if uses is None:
        return
    yield Text(f"\n受影响的题目和规则：{len(uses)} 处")
    for use, one in uses:
        where = "、".join(one.new_ids) or "无"
        source = "题目" if use.source == "gold" else "规则"
        yield Text(f"{source} {use.name}：{use.clause_id} {KIND_WORDS[one.kind]}，新条款：{where}")


def _lines(change: Change, diff: Diff, indent: str) -> Iterator[Text]:
    old, new = ("、".join(map(label, side)) for side in (change.old, change.new))
    places = " → ".join(dict.fromkeys(filter(None, (old, new))))
    yield Text(f"{indent}{KIND_WORDS[change.kind]}  {places}", style="" if indent else "bold")
    if change.kind in (Kind.UNCHANGED, Kind.MOVED):
        return
    if change.marks:
        line = Text(f"{indent}    ")
        for mark in change.marks:
            left, right = _BRACKETS[mark.op]
            words = _words(mark, diff).replace("\n", " ")
            if mark.op is Op.SAME and len(words) > _LONG:
                words = f"{words[: _LONG // 2]}……{words[-_LONG // 2 :]}"
            line.append(f"{left}{words}{right}", _STYLES[mark.op])
        yield line
    elif not change.old or not change.new:
        op, side, document = (
            (Op.DROPPED, change.old, diff.old) if change.old else (Op.ADDED, change.new, diff.new)
        )
        left, right = _BRACKETS[op]
        for clause in side:
            words = document.text[clause.start : clause.own_end].strip()
            if words and words != clause.number:
                yield Text(f"{indent}    ").append(f"{left}{words}{right}", _STYLES[op])
    for part in change.parts:
        if part.kind is not Kind.UNCHANGED:
            yield from _lines(part, diff, f"{indent}  ")


def _words(mark: Mark, diff: Diff) -> str:
    if mark.op is Op.DROPPED:
        return diff.old.text[mark.old_start : mark.old_end]
    return diff.new.text[mark.new_start : mark.new_end]
