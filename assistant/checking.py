"""`assistant check`: one enterprise, or many, against every benefit; and the rules' own check."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.batch import parse_day, row_id
from assistant.corpus import load_source, scan_corpus
from assistant.eligibility.decide import decide_known
from assistant.eligibility.drafting import draft_rules
from assistant.eligibility.facts import FactType
from assistant.eligibility.form import profile_of
from assistant.eligibility.grounds import check_grounds
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.loading import FACTS, Rules, load_rules, read_rules
from assistant.eligibility.next_question import next_question
from assistant.eligibility.stacking import combine
from assistant.eligibility.told import fact_rows
from assistant.eligibility.yaml_files import Problem, read_yaml
from assistant.errors import NotFoundError, RuleError, UsageError
from assistant.parsing import ParsedDocument
from assistant.records import Record, combination_record, question_record, verdict_record
from assistant.settings import Settings
from assistant.verdicts import Combination, Question, Verdict

READER = "assistant.eligibility.profile"


@dataclass(frozen=True, slots=True)
class Check:
    """Every benefit decided for one enterprise on one day."""

    day: date
    profile: Profile
    verdicts: tuple[Verdict, ...]
    combination: Combination
    ask_next: Question | None
    notices: tuple[str, ...] = ()


def open_rules(settings: Settings) -> Rules:
    """
    Raises:
        UsageError: the folder has no rules.
        RuleError: a rule is malformed.
    """
    if not (settings.rules_dir / FACTS).is_file():
        raise UsageError(
            f"规则文件夹 {settings.rules_dir} 里没有 {FACTS}；请用 --rules 或设置 rules_dir 指定。"
        )
    return load_rules(settings.rules_dir)


def check(rules: Rules, profile: Profile, day: date, notices: tuple[str, ...] = ()) -> Check:
    known = Known(profile, day)
    verdicts = tuple(decide_known(one, known) for one in rules.benefits)
    return Check(
        day=day,
        profile=profile,
        verdicts=verdicts,
        combination=combine(rules.by_id, verdicts),
        ask_next=next_question(rules.benefits, known, verdicts),
        notices=notices,
    )


def check_record(made: Check, row_id: str | None = None) -> Record:
    """As `assistant check --json` gives it."""
    record: Record = {} if row_id is None else {"_id": row_id}
    return record | {
        "as_of": made.day.isoformat(),
        "facts": fact_rows(made.profile),
        "unsure": sorted(made.profile.unsure),
        "verdicts": [verdict_record(one) for one in made.verdicts],
        "combination": combination_record(made.combination),
        "ask_next": question_record(made.ask_next),
        "notices": list(made.notices),
    }


def read_given(given: str, rules: Rules, day: date) -> tuple[Profile, tuple[str, ...]]:
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
        return read_text(given, rules, day)
    if path.suffix.lower() in (".yaml", ".yml"):
        try:
            return profile_of(read_yaml(path), rules.definitions, day)
        except RuleError as error:
            raise UsageError(str(error)) from error
    try:
        facts = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"文件 {path} 无法读取或不是 JSON：{error}。") from error
    return profile_of(facts, rules.definitions, day)


def read_text(text: str, rules: Rules, day: date) -> tuple[Profile, tuple[str, ...]]:
    """The facts of a description, by the reader of free text.

    Raises:
        UsageError: the text is empty, or this installation has no such reader.
    """
    if not text.strip():
        raise UsageError("企业情况是空的，请写几句话或给出文件。")
    try:
        reader = importlib.import_module(READER)
    except ModuleNotFoundError as error:
        if error.name != READER:
            raise
        raise UsageError(
            f"没有文件 {text[:40]}，从文字读企业情况的部分也没有安装；请给出 JSON 或 YAML 文件。"
        ) from error
    return profile_from(reader.read_profile(text, day, rules.definitions), rules, day)


def profile_from(reading: Any, rules: Rules, day: date) -> tuple[Profile, tuple[str, ...]]:
    """What a reader of texts or rows has read, as a profile, and what was not taken."""
    rows = [_reading_row(one, rules) for one in reading.facts]
    profile, problems = profile_of(rows, rules.definitions, day)
    unread = tuple(f"“{one.words}”没有采用：{one.reason}" for one in reading.unread)
    return profile, (*problems, *unread, *_contradictions(reading))


def _reading_row(one: Any, rules: Rules) -> Record:
    """A fact as read, as a form gives it. Of a place the narrowest is what a choice holds."""
    definition = rules.definitions.get(one.fact)
    value = one.value if one.upper is None else [one.value, one.upper]
    if definition and definition.type is FactType.CHOICE and isinstance(value, tuple):
        value = value[0]
    row = {"fact": one.fact, "value": value, "kind": one.bound.value, "read_from": one.words}
    years = {} if one.year is None else {"year": one.year}
    return row | years | ({"unit": one.unit} if one.unit else {})


def _contradictions(reading: Any) -> tuple[str, ...]:
    return tuple(
        f"前后不一致，请核对：{'；'.join(f'“{each.words}”' for each in one.readings)}"
        for one in reading.contradictions
    )


def checker(rules: Rules, as_of: date | None) -> Callable[[Any], Record]:
    """Checks a row `{"_id", "text" or "profile", "as_of"?}`."""

    def answer(row: Any) -> Record:
        day = parse_day(row["as_of"]) if row.get("as_of") else as_of or date.today()
        if row.get("profile") is not None:
            profile, problems = profile_of(row["profile"], rules.definitions, day)
        elif isinstance(row.get("text"), str):
            profile, problems = read_text(row["text"], rules, day)
        else:
            raise UsageError("这一行应有 text 或 profile。")
        return check_record(check(rules, profile, day, problems), row_id(row))

    return answer


def rule_problems(settings: Settings) -> tuple[Rules, list[Problem]]:
    """Everything wrong with the rules: their grammar, and what the corpus does not bear out.

    Raises:
        RuleError: the fact definitions themselves cannot be read.
    """
    rules, problems = read_rules(settings.rules_dir)
    wanted = {one.document for one in rules.benefits}
    wanted |= {one.source.clause_id.split("__")[0] for one in rules.claims}
    parsed = read_documents(settings, wanted)
    clauses = {clause.clause_id: clause for one in parsed.values() for clause in one.clauses}
    documents = {doc_id: one.document for doc_id, one in parsed.items()}
    return rules, [*problems, *check_grounds(rules, clauses, documents)]


def read_documents(settings: Settings, wanted: set[str]) -> Mapping[str, ParsedDocument]:
    """The documents of these ids in the folder of the rules; no index is needed.

    Raises:
        CorpusError: the folder has no documents.
    """
    files, _ = scan_corpus(settings.rules_dir)
    found: dict[str, ParsedDocument] = {}
    for file in files:
        if file.doc_id in wanted:
            documents, _ = load_source(file, settings.rules_dir, settings.max_file_bytes)
            found |= {one.document.doc_id: one for one in documents}
    return found


def draft(settings: Settings, doc_id: str) -> str:
    """Rules proposed for one document, as YAML.

    Raises:
        NotFoundError: no such document in the folder of the rules.
    """
    parsed = read_documents(settings, {doc_id}).get(doc_id)
    if parsed is None:
        raise NotFoundError(f"{settings.rules_dir} 里没有文件 {doc_id}；请核对文件 id。")
    return draft_rules(parsed.document, parsed.clauses)
