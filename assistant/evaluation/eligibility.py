"""How well descriptions are read and benefits decided, on the gold of `eligibility_gold`.

Each measure is a mean over facts, expected verdicts or descriptions; `eval/README.md` says the same
in Chinese.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from assistant.answering.eligibility_asked import eligibility_asked
from assistant.eligibility.checks import Check, check, told_as_facts, told_by, told_in_words
from assistant.eligibility.checks import Described as Told
from assistant.eligibility.decide import decide_all
from assistant.eligibility.known import Known
from assistant.eligibility.learned import StatementNetwork
from assistant.eligibility.loading import Rules
from assistant.eligibility.profile import read_profile
from assistant.eligibility.readings import Bound, ReadFact, ReadProfile
from assistant.evaluation.eligibility_gold import (
    Described,
    EligibilityGold,
    Judged,
    profile_rows,
)
from assistant.evaluation.evaluator import ALL, AS_OF, EligibilityRow, Report, Score
from assistant.evaluation.measures import (
    ELIGIBILITY_LABELS,
    ELIGIBILITY_LOWER_IS_BETTER,
    ELIGIBILITY_PREFIX,
    ELIGIBILITY_SPLITS,
)
from assistant.evaluation.resampling import bootstrap_interval
from assistant.verdicts import Outcome

_SIGNS = {Bound.AT_LEAST: ">=", Bound.AT_MOST: "<=", Bound.ESTIMATE: "~"}


@dataclass(frozen=True, slots=True)
class EligibilityRun:
    """Scores of the splits that were run, and what went wrong."""

    scores: tuple[Score, ...] = ()
    failed: tuple[EligibilityRow, ...] = ()


@dataclass
class _Tally:
    values: dict[str, list[float]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, measure: str, is_so: bool, problem: str) -> None:
        """`problem` is kept where the value is the bad one."""
        self.values.setdefault(measure, []).append(float(is_so))
        if is_so is (measure in ELIGIBILITY_LOWER_IS_BETTER):
            self.problems.append(problem)


def measure_eligibility(
    gold: EligibilityGold, rules: Rules, split: str = ALL, network: StatementNetwork | None = None
) -> EligibilityRun:
    """The rows of the split, or of all; nothing where the split is none of theirs.

    `network`: read descriptions by this and not by the one that is shipped.
    """
    scores: list[Score] = []
    failed: list[EligibilityRow] = []
    for name in ELIGIBILITY_SPLITS:
        part = name.removeprefix(ELIGIBILITY_PREFIX)
        if split not in (ALL, part):
            continue
        total: dict[str, list[float]] = {}
        for row, tally in _tallies(gold, rules, part, network):
            for measure, values in tally.values.items():
                total.setdefault(measure, []).extend(values)
            if tally.problems:
                failed.append(EligibilityRow(row.row_id, name, row.text, tuple(tally.problems)))
        for measure in ELIGIBILITY_LABELS:
            if measure in total:
                values = total[measure]
                low, high = bootstrap_interval(values)
                mean = sum(values) / len(values)
                scores.append(Score(name, ALL, measure, len(values), mean, low, high))
    return EligibilityRun(tuple(scores), tuple(failed))


def with_eligibility(report: Report, run: EligibilityRun) -> Report:
    """The report with the scores of the run after its own."""
    return replace(report, scores=(*report.scores, *run.scores), eligibility=run.failed)


def _tallies(
    gold: EligibilityGold, rules: Rules, split: str, network: StatementNetwork | None
) -> Iterator[tuple[Described | Judged, _Tally]]:
    for one in gold.descriptions:
        if one.split == split:
            yield one, _described(one, rules, network)
    for row in gold.questions:
        if row.split == split:
            yield row, _judged(row, rules)


def _described(row: Described, rules: Rules, network: StatementNetwork | None) -> _Tally:
    tally = _Tally()
    reading = read_profile(row.text, AS_OF, rules.definitions, network)
    read = dict(map(noted, reading.facts)) | {
        f"!{one.fact}": True for one in reading.contradictions
    }
    wanted = dict(row.facts) | {f"!{one}": True for one in row.contradictions}
    seen = set()
    for key, value in wanted.items():
        last = f"{key}@{AS_OF.year - 1}"  # a figure without a year is of the last full one
        found = last if key not in read and last in read else key
        seen.add(found)
        is_right = found in read and is_same(value, read[found])
        tally.add("facts_right", is_right, f"{key} 应为 {value}，读作 {read.get(found)}")
    may = {*row.may, *_following(row, rules)}
    for key, value in read.items():
        if not {key, key.split("@")[0]} & may:
            tally.add("facts_invented", key not in seen, f"{key} {value} 没有写明")
    _decided_alike(row, reading, rules, tally)
    return tally


def _following(row: Described, rules: Rules) -> Iterator[str]:
    """What can be computed of the facts that are stated: it is not invented, read or not."""
    known = Known(told_as_facts(profile_rows(row.facts), rules, AS_OF).profile, AS_OF)
    for one in rules.definitions:
        if one.derive and one.fact not in known.profile.told and known.value(one.fact) is not None:
            yield one.fact


def noted(fact: ReadFact) -> tuple[str, Any]:
    """A fact as the gold writes it."""
    key = fact.fact if fact.year is None else f"{fact.fact}@{fact.year}"
    value: Any = fact.value.isoformat() if isinstance(fact.value, date) else fact.value
    if isinstance(value, tuple):
        return key, sorted(value)
    if fact.bound is Bound.RANGE:
        upper = fact.upper.isoformat() if isinstance(fact.upper, date) else fact.upper
        return key, f"{value}..{upper}"
    return key, f"{_SIGNS[fact.bound]}{value}" if fact.bound in _SIGNS else value


def is_same(wanted: Any, read: Any) -> bool:
    """
    >>> is_same("~40|30..40", "30..40"), is_same(86, "~86"), is_same(True, 1)
    (True, False, False)
    >>> is_same("140..150", "141..149"), is_same("140..150", "140..145")
    (True, False)
    """
    if isinstance(wanted, bool) or isinstance(read, bool):
        return wanted is read
    if isinstance(wanted, list):
        return isinstance(read, list) and sorted(wanted) == read
    ways = wanted.split("|") if isinstance(wanted, str) else [wanted]
    return any(
        str(one) == str(read)
        or _number(one) == _number(read) is not None
        or _is_same_range(str(one), str(read))
        for one in ways
    )


def _is_same_range(wanted: str, read: str) -> bool:
    """Ends up to a fifth of the width apart: 一百四十几 is 140 to 150, or 141 to 149."""
    mine, theirs = ([_number(one) for one in words.split("..")] for words in (wanted, read))
    if len(mine) != 2 or len(theirs) != 2 or None in (*mine, *theirs):
        return False
    low, high, other_low, other_high = (float(one or 0) for one in (*mine, *theirs))
    apart = max(abs(low - other_low), abs(high - other_high))
    return apart <= (high - low) / 5 + 1e-9


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _decided_alike(
    row: Described, reading: ReadProfile, rules: Rules, tally: _Tally
) -> None:
    """Facts that may as well be read are given to both sides."""
    extra = [one for one in reading.facts if {noted(one)[0], one.fact} & set(row.may)]
    stated = told_as_facts(profile_rows(row.facts), rules, AS_OF)
    may = told_by(ReadProfile(tuple(extra)), rules, AS_OF)
    told = {**may.profile.told, **stated.profile.told}
    wanted = decide_all(rules.benefits, _with(stated, told), AS_OF)
    got = decide_all(rules.benefits, told_by(reading, rules, AS_OF).profile, AS_OF)
    pairs = list(zip(wanted, got, strict=True))
    unlike = [one.benefit for one, other in pairs if one.outcome is not other.outcome]
    tally.add("decided_alike", not unlike, f"结论不同：{'、'.join(unlike)}")
    for one, other in pairs:
        if one.outcome is not Outcome.ELIGIBLE:
            is_false = other.outcome is Outcome.ELIGIBLE
            tally.add("false_eligible", is_false, f"{one.benefit} 不该符合")


def _with(told: Told, facts: Mapping[str, Any]) -> Any:
    profile = told.profile
    for fact, one in facts.items():
        profile = profile.with_fact(fact, one.value)
    return profile


def _judged(row: Judged, rules: Rules) -> _Tally:
    tally = _Tally()
    made = check(rules, _told(row, rules), row.as_of)
    by_id = {one.benefit: one for one in made.verdicts}
    for benefit, expected in row.verdicts.items():
        got = by_id[benefit].outcome
        is_right = got is not Outcome.ELIGIBLE if expected == "not_eligible" else got == expected
        tally.add("verdicts_right", is_right, f"{benefit} 应为 {expected}，判为 {got.value}")
        if expected != "eligible":
            is_false = got is Outcome.ELIGIBLE
            tally.add("false_eligible", is_false, f"{benefit} 不该符合")
    for benefit, facts in row.missing.items():
        lost = set(facts) - set(by_id[benefit].missing)
        tally.add("missing_named", not lost, f"{benefit} 没有说还缺 {'、'.join(sorted(lost))}")
    for benefit, words in row.near_miss.items():
        said = by_id[benefit].near_miss or ""
        tally.add("near_miss_named", words in said, f"{benefit} 的“还差”应有“{words}”：{said}")
    for benefit, amount in row.amount.items():
        of = by_id[benefit].amount
        value = of.value if of else None
        is_right = value is not None and value * 10_000 == amount
        tally.add("amounts_right", is_right, f"{benefit} 应为 {amount} 元，算作 {value} 万元")
    for one, other in row.not_together:
        taken = {one, other} <= set(made.combination.benefits)
        tally.add("together_right", not taken, f"{one} 和 {other} 不得同取")
    tally.add("ask_next_right", *_asked(row, made))
    return tally


def _told(row: Judged, rules: Rules) -> Told:
    """What the row tells: a profile, or a conversation; an empty one tells nothing."""
    if row.profile is not None:
        return told_as_facts(row.profile, rules, row.as_of)
    asked = eligibility_asked(row.text, row.turns, None, rules, row.as_of)
    return asked.told if asked else told_in_words(row.text, rules, row.as_of)


def _asked(row: Judged, made: Check) -> tuple[bool, str]:
    """Nothing is asked that is known, was answered with 不清楚, or would change nothing."""
    question, told = made.ask_next, made.profile
    waiting = set(_waited_for(made)) - told.unsure
    if question is None:
        is_settled = not any(
            one.outcome is Outcome.UNDETERMINED and set(one.missing) & waiting
            for one in made.verdicts
            if one.kind != "direction" and not any("expert" in fact for fact in one.missing)
        )
        return is_settled, f"还有可以问的：{'、'.join(sorted(waiting)[:5])}"
    is_useful = question.fact in waiting and question.fact not in row.not_asked
    return is_useful, f"问的是 {question.fact}"


def _waited_for(made: Check) -> Iterable[str]:
    for one in made.verdicts:
        if one.outcome is Outcome.UNDETERMINED:
            yield from one.missing
        if one.outcome is not Outcome.INELIGIBLE and one.amount is not None:
            yield from one.amount.missing
