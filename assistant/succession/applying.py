"""The change itself: rules, questions, manifest and digest in one transaction, or none of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from assistant.addressing.titles import Texts
from assistant.corpus.archive import Kept
from assistant.corpus.register import Row, proposed_row, register_bytes
from assistant.eligibility.grounds import check_grounds
from assistant.eligibility.loading import FACTS, read_rules
from assistant.eligibility.size_rows import SIZES_FILE
from assistant.errors import UsageError
from assistant.intake.filing import Shelf
from assistant.intake.reliance import BENEFITS, Reliance, reliances
from assistant.intake.removal import (
    GOLD,
    Places,
    archived,
    folder_of,
    kept_record,
    sound_rows,
    withdrawn_rules,
)
from assistant.succession.checking import check_mapping
from assistant.succession.mapping import Mapping, path_of
from assistant.succession.rewriting import rewritten_questions, rewritten_rule
from assistant.succession.undoing import UNDO, undo_bytes
from assistant.transaction import Content, change_files, changing

_INHERITED = (
    "short_titles", "issuer", "region", "level", "issued_on", "effective_on", "expires_on",
    "repealed_on", "replaces", "replaced_by", "topics", "url",
)  # fmt: skip
"""Keys of the digest's row that the official text's takes over where it has none."""


@dataclass(slots=True)
class Plan:
    """What would change; `refused` says why it may not."""

    changes: dict[Path, Content] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    gold: list[str] = field(default_factory=list)
    withdrawn_rules: dict[str, str] = field(default_factory=dict)
    """Put aside, by name, with the reason."""
    withdrawn_gold: list[str] = field(default_factory=list)
    inherited: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def told(self) -> Iterator[str]:
        """For a person: what moves, what is put aside and why, what forbids it."""
        for words, names in (("改写规则", self.rules), ("改写题目", self.gold),
                             ("收起题目（正式文件里没有依据）", self.withdrawn_gold)):  # fmt: skip
            if names:
                yield f"{words} {len(names)}：{'、'.join(names)}"
        for name, why in self.withdrawn_rules.items():
            yield f"收起规则 {name}：{why}"
        if self.inherited:
            yield f"正式文件的登记沿用摘编的：{'、'.join(self.inherited)}（请核对）"
        yield from (f"不能替换：{one}" for one in self.refused)


class Succession:
    """One mapping against one corpus."""

    def __init__(self, mapping: Mapping, texts: Texts, shelf: Shelf, places: Places) -> None:
        self._mapping = mapping
        self._texts = texts
        self._shelf = shelf
        self._places = places
        self._aside: list[str] = []
        """Lines of questions that the plan puts aside."""

    def plan(self, about: tuple[datetime, str, str]) -> Plan:
        """Nothing is written; `about`: when, who and why.

        Raises:
            UsageError: a file of rules or questions cannot be read.
            CorpusError: the manifest has a broken row.
        """
        uses = reliances(self._mapping.digest, self._places.rules_dir, self._places.gold_dir)
        made = Plan(refused=list(check_mapping(self._mapping, self._texts, uses).problems))
        if made.refused:
            return made
        rows = sound_rows(self._shelf)
        before = dict(rows)
        kept = self._kept(rows, about)
        folder = folder_of(self._shelf, kept)
        self._rules(made, uses, folder)
        self._aside = []
        self._questions(made, uses, folder)
        kept = kept.model_copy(
            update={"rules": tuple(made.withdrawn_rules), "gold": tuple(made.withdrawn_gold)}
        )
        after = self._succeeded(rows, made)
        record = undo_bytes(made.changes, self._places, self._aside, (before, after))
        made.changes[folder / UNDO] = record
        made.changes |= archived(self._shelf, kept)
        made.changes[self._shelf.manifest] = register_bytes(after)
        mapping = path_of(self._shelf.corpus_dir, self._mapping.digest)
        if mapping.exists():
            made.changes |= {folder / mapping.name: mapping, mapping: None}
        made.refused += self._unborne(made)
        return made

    def apply(self, about: tuple[datetime, str, str]) -> Plan:
        """
        Raises:
            UsageError: something forbids it; nothing was changed.
            CorpusError: a folder cannot be written; nothing was changed.
        """
        with changing(self._shelf.state_dir):
            made = self.plan(about)
            if made.refused:
                more = f"（共 {len(made.refused)} 处）" if len(made.refused) > 1 else ""
                raise UsageError(f"{made.refused[0]}没有作任何改动{more}。")
            change_files(self._shelf.state_dir, made.changes)
        return made

    def _kept(self, rows: dict[str, Row], about: tuple[datetime, str, str]) -> Kept:
        digest = self._texts.documents[self._mapping.digest]
        kept = kept_record(digest, self._texts, rows.get(digest.source), about)
        became = {one.clause: one.to for one in self._mapping.clauses}
        clauses = tuple(
            one.model_copy(update={"became": became.get(one.clause_id, ())})
            for one in kept.clauses
        )
        return kept.model_copy(update={"successor": self._mapping.official, "clauses": clauses})

    def _rules(self, made: Plan, uses: tuple[Reliance, ...], folder: Path) -> None:
        moves = self._mapping.moves
        for path in dict.fromkeys(one.path for one in uses if one.is_rule):
            own = [moves[one.clause_id, one.quote] for one in uses
                   if one.path == path and (one.clause_id, one.quote) in moves]  # fmt: skip
            why = next((one.withdraw for one in own if one.withdraw is not None), None)
            if why is not None and path.name == SIZES_FILE:
                made.refused.append(f"{SIZES_FILE} 的界限不能收起；请先在那份文件里改写。")
                continue
            if why is not None:
                made.withdrawn_rules[path.stem] = why
                made.changes |= {folder / BENEFITS / path.name: path, path: None}
                continue
            made.rules.append(path.stem)
            text = rewritten_rule(
                path.read_text("utf-8"), self._mapping.digest, self._mapping.official, moves
            )
            made.changes[path] = text.encode()
        if made.withdrawn_rules:
            made.changes |= withdrawn_rules(self._places, made.withdrawn_rules)

    def _questions(self, made: Plan, uses: tuple[Reliance, ...], folder: Path) -> None:
        for path in dict.fromkeys(one.path for one in uses if not one.is_rule):
            text, withdrawn, moved = rewritten_questions(
                path, self._mapping.digest, self._mapping.moves
            )
            made.changes[path] = text.encode()
            made.gold += moved
            names = {one.name for one in uses if one.path == path}
            made.withdrawn_gold += sorted(names - set(moved))
            self._aside += withdrawn
            if withdrawn:
                place = folder / GOLD / path.relative_to(self._places.gold_dir)
                made.changes[place] = "".join(f"{line}\n" for line in withdrawn).encode()

    def _succeeded(self, rows: dict[str, Row], made: Plan) -> dict[str, Row]:
        """The digest's row gone, its place in the line taken, its row's gaps filled."""
        documents = self._texts.documents
        digest, official = documents[self._mapping.digest], documents[self._mapping.official]
        old = rows.pop(digest.source, None)
        new = rows.get(official.source) or proposed_row(official)
        if old is not None:
            gaps = [name for name in _INHERITED if getattr(old, name) and not getattr(new, name)]
            made.inherited += gaps
            new = new.model_copy(update={name: getattr(old, name) for name in gaps})
        rows[official.source] = new
        names = {self._mapping.digest: self._mapping.official}
        return {
            file: row.model_copy(update=changed)
            if (changed := _renamed(row, names)) else row
            for file, row in rows.items()
        }  # fmt: skip

    def _unborne(self, made: Plan) -> list[str]:
        """What `assistant rules check` would say of the rules afterwards and does not say now."""
        with tempfile.TemporaryDirectory(prefix="rules-") as name:
            fresh = Path(name)
            if not (self._places.rules_dir / FACTS).is_file():
                return []
            (fresh / BENEFITS).mkdir()
            for path in (self._places.rules_dir / BENEFITS).glob("*.*"):
                shutil.copy(path, fresh / BENEFITS)
            for name in (FACTS, SIZES_FILE):
                if (self._places.rules_dir / name).is_file():
                    shutil.copy(self._places.rules_dir / name, fresh / name)
            before = set(self._problems(fresh, with_digest=True))
            for path, content in made.changes.items():
                rules_dir = self._places.rules_dir
                if path.parent != rules_dir / BENEFITS and path != rules_dir / SIZES_FILE:
                    continue
                target = fresh / path.relative_to(rules_dir)
                if isinstance(content, bytes):
                    target.write_bytes(content)
                else:
                    target.unlink(missing_ok=True)
            after = self._problems(fresh, with_digest=False)
        return [one for one in after if one not in before]

    def _problems(self, folder: Path, *, with_digest: bool) -> list[str]:
        rules, problems = read_rules(folder)
        documents = {
            doc_id: one for doc_id, one in self._texts.documents.items()
            if with_digest or doc_id != self._mapping.digest
        }  # fmt: skip
        clauses = {
            one.clause_id: one for doc_id in documents for one in self._texts.clauses_of(doc_id)
        }
        return [str(one) for one in (*problems, *check_grounds(rules, clauses, documents))]


def _renamed(row: Row, names: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """The row's links to the digest as links to the official text, never to itself."""
    found: dict[str, tuple[str, ...]] = {}
    for key in ("replaces", "replaced_by"):
        ids: tuple[str, ...] = getattr(row, key)
        if any(one in names for one in ids):
            renamed = dict.fromkeys(names.get(one, one) for one in ids)
            found[key] = tuple(one for one in renamed if one != row.doc_id)
    return found
