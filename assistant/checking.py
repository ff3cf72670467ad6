"""`assistant check`: one enterprise, or many, against every benefit; and the rules' own check."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from assistant.answering.eligibility_remarks import with_standing
from assistant.batch import parse_day, row_id
from assistant.corpus.quoted import read_documents
from assistant.eligibility.checks import (
    Check,
    Described,
    check,
    check_record,
    told_as_facts,
    told_in_words,
)
from assistant.eligibility.drafting import draft_rules
from assistant.eligibility.grounds import check_grounds
from assistant.eligibility.loading import Rules, read_rules
from assistant.eligibility.yaml_files import Problem, read_yaml
from assistant.errors import CorpusError, NotFoundError, RuleError, UsageError
from assistant.records import Record
from assistant.schema import Document
from assistant.settings import Settings


def read_given(given: str, rules: Rules, day: date) -> Described:
    """A file of facts, or a description in words; with what could not be taken.

    Raises:
        UsageError: the file cannot be read or has no facts.
    """
    path = Path(given)
    try:
        is_file = path.is_file()
    except OSError:  # a long text is no file name
        is_file = False
    if not is_file:
        return told_in_words(given, rules, day)
    if path.suffix.lower() in (".yaml", ".yml"):
        try:
            return told_as_facts(read_yaml(path), rules, day)
        except RuleError as error:
            raise UsageError(str(error)) from error
    try:
        facts = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"文件 {path} 无法读取或不是 JSON：{error}。") from error
    return told_as_facts(facts, rules, day)


def checker(rules: Rules, settings: Settings, as_of: date | None) -> Callable[[Any], Record]:
    """Checks a row `{"_id", "text" or "profile", "as_of"?}`."""
    documents = _quoted(settings, rules)

    def answer(row: Any) -> Record:
        day = parse_day(row["as_of"]) if row.get("as_of") else as_of or date.today()
        if row.get("profile") is not None:
            told = told_as_facts(row["profile"], rules, day)
        elif isinstance(row.get("text"), str):
            told = told_in_words(row["text"], rules, day)
        else:
            raise UsageError("这一行应有 text 或 profile。")
        return check_record(with_documents(check(rules, told, day), documents), row_id(row))

    return answer


def with_quoted(made: Check, rules: Rules, settings: Settings) -> Check:
    """As `with_documents`, of the documents in the folder of the rules."""
    return with_documents(made, _quoted(settings, rules))


def _quoted(settings: Settings, rules: Rules) -> dict[str, Document]:
    """The documents that the rules quote; what is not there is left out."""
    wanted = {one.document for one in rules.benefits}
    try:
        parsed = read_documents(settings.rules_dir, wanted, settings.max_file_bytes)
    except CorpusError:
        return {}  # rules without the documents that they quote
    return {doc_id: one.document for doc_id, one in parsed.items()}


def with_documents(made: Check, documents: Mapping[str, Document]) -> Check:
    """Each verdict with what must be said of its documents: that one is a digest, or over."""
    return replace(made, verdicts=with_standing(made.verdicts, documents, made.day))


def rule_problems(settings: Settings) -> tuple[Rules, list[Problem]]:
    """Everything wrong with the rules: their grammar, and what the corpus does not bear out.

    Raises:
        RuleError: the fact definitions themselves cannot be read.
    """
    rules, problems = read_rules(settings.rules_dir)
    wanted = {one.document for one in rules.benefits}
    wanted |= {one.source.clause_id.split("__")[0] for one in rules.claims}
    parsed = read_documents(settings.rules_dir, wanted, settings.max_file_bytes)
    clauses = {clause.clause_id: clause for one in parsed.values() for clause in one.clauses}
    documents = {doc_id: one.document for doc_id, one in parsed.items()}
    return rules, [*problems, *check_grounds(rules, clauses, documents)]


def draft(settings: Settings, doc_id: str) -> str:
    """Rules proposed for one document, as YAML.

    Raises:
        NotFoundError: no such document in the folder of the rules.
    """
    parsed = read_documents(settings.rules_dir, {doc_id}, settings.max_file_bytes).get(doc_id)
    if parsed is None:
        raise NotFoundError(f"{settings.rules_dir} 里没有文件 {doc_id}；请核对文件 id。")
    return draft_rules(parsed.document, parsed.clauses)
