"""One enterprise against every benefit: what is known of it, all verdicts, what to take and ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.eligibility.decide import decide_known
from assistant.eligibility.facts import FactType
from assistant.eligibility.form import profile_of
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.loading import FACTS, Rules, load_rules
from assistant.eligibility.next_question import UNSURE, next_question
from assistant.eligibility.profile import read_profile
from assistant.eligibility.readings import Contradiction, ReadFact, ReadProfile
from assistant.eligibility.stacking import combine
from assistant.eligibility.told import fact_rows
from assistant.errors import UsageError
from assistant.records import Record, combination_record, question_record, verdict_record
from assistant.settings import Settings
from assistant.verdicts import Combination, Question, Verdict


@dataclass(frozen=True, slots=True)
class Described:
    """What a person told: the facts, what could not be taken, and what was told in two ways."""

    profile: Profile
    notices: tuple[str, ...] = ()
    doubts: tuple[Question, ...] = ()
    """One for each fact with two values; none of them is in the profile."""


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


def check(rules: Rules, told: Described, day: date) -> Check:
    """What was told in two ways is asked for before anything else."""
    known = Known(told.profile, day)
    verdicts = tuple(decide_known(one, known) for one in rules.benefits)
    open_doubts = (one for one in told.doubts if one.fact not in told.profile.told)
    return Check(
        day=day,
        profile=told.profile,
        verdicts=verdicts,
        combination=combine(rules.by_id, verdicts),
        ask_next=next(open_doubts, None) or next_question(rules.benefits, known, verdicts),
        notices=told.notices,
    )


def check_record(made: Check, row_id: str | None = None) -> Record:
    """As `assistant check --json` and `POST /api/check` give it."""
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


def told_in_words(text: str, rules: Rules, day: date) -> Described:
    """The facts of a description, by the reader of free text.

    Raises:
        UsageError: the text is empty.
    """
    if not text.strip():
        raise UsageError("企业情况是空的，请写几句话或给出文件。")
    return told_by(read_profile(text, day, rules.definitions), rules, day)


def told_by(reading: ReadProfile, rules: Rules, day: date) -> Described:
    """What a reader of texts or rows has read, as a profile, and what was not taken."""
    rows = [_reading_row(one, rules) for one in reading.facts]
    profile, problems = profile_of(rows, rules.definitions, day)
    unread = tuple(f"“{one.words}”没有采用：{one.reason}" for one in reading.unread)
    doubts = tuple(_doubt(one, rules) for one in reading.contradictions)
    said = tuple(f"前后不一致，请核对：{_readings(one)}" for one in reading.contradictions)
    return Described(profile, (*problems, *unread, *said), doubts)


def told_as_facts(given: object, rules: Rules, day: date) -> Described:
    """
    Raises:
        UsageError: `given` is no mapping or rows of facts.
    """
    return Described(*profile_of(given, rules.definitions, day))


def _reading_row(one: ReadFact, rules: Rules) -> Record:
    """A fact as read, as a form gives it. Of a place the narrowest is what a choice holds."""
    definition = rules.definitions.get(one.fact)
    value: object = one.value if one.upper is None else [one.value, one.upper]
    if definition and definition.type is FactType.CHOICE and isinstance(value, tuple):
        value = value[0]
    row = {"fact": one.fact, "value": value, "kind": one.bound.value, "read_from": one.words}
    years = {} if one.year is None else {"year": one.year}
    return row | years | ({"unit": one.unit} if one.unit else {})


def _doubt(one: Contradiction, rules: Rules) -> Question:
    definition = rules.definitions.get(one.fact)
    name = definition.name if definition else one.fact
    year = f"{one.year} 年" if one.year else ""
    return Question(
        one.fact,
        f"{year}{name}前后说法不一致（{_readings(one)}），以哪个为准？",
        (*dict.fromkeys(each.words for each in one.readings), UNSURE),
        name,
    )


def _readings(one: Contradiction) -> str:
    return "；".join(f"“{each.words}”" for each in one.readings)
